/// The state of the store.
package struct StoreCondition: Sendable {
    /// What is wrong with the pages and indexes; empty: nothing, or a server's to say.
    package var damage: [String]
    /// Bytes of the data and keys, and of the write-ahead logs beside them.
    package var dataBytes: Int64
    package var logBytes: Int64
    /// Customers whose rows are gone while their key is not.
    package var pendingErasures: Int
}

extension VaultStore {
    /// Reads every page.
    package func condition() throws -> StoreCondition {
        let pending = try read { try $0.pendingKeyErasures().count }
        let sizes = try [database.size(), keys.database.size()]
        return StoreCondition(
            damage: try database.damage() + keys.database.damage(), dataBytes: sizes[0].bytes + sizes[1].bytes, logBytes: sizes[0].logBytes + sizes[1].logBytes,
            pendingErasures: pending)
    }

    /// Whether it lies in files that can be copied.
    package var isInFiles: Bool { database.isInFiles }

    /// Whether nothing can be written to it.
    package var isReadOnly: Bool { database.isReadOnly }
}
