import Store
import Testing

/// A place for one vault, empty at first.
package struct StorePlace: Sendable {
    /// Makes the vault.
    package var create: @Sendable () throws -> VaultStore
    /// Opens it, as another process would.
    package var open: @Sendable () throws -> VaultStore

    package init(create: @escaping @Sendable () throws -> VaultStore, open: @escaping @Sendable () throws -> VaultStore) { (self.create, self.open) = (create, open) }
}

/// Something that every store does, whatever its data lie in. Any store that fails one is none.
package struct StoreCheck: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    package let run: @Sendable (StorePlace) throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (StorePlace) throws -> Void) { (testDescription, self.run) = (description, run) }

    package static let all = writing + pages + groups + conditions + counts
}
