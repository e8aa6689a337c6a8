import Foundation
import Store
import StorePostgres
import StoreSQLite

extension VaultStore {
    /// The format that this program reads and writes.
    package static var format: Int { StoredFormat.current.rawValue }

    /// The formats of the two parts of a vault.
    package struct Formats: Sendable, Equatable {
        package var data: Int
        package var keys: Int

        package var oldest: Int { min(data, keys) }
        /// Whether an upgrade ended between the two.
        package var isMixed: Bool { data != keys }
    }

    /// The formats of the vault in `home`, which no newer program may have written.
    package static func formats(in home: URL) throws -> Formats {
        guard let place = try ServerPlace(in: home) else {
            let files = FileVault.files(in: home)
            return Formats(data: try FileVault.format(of: .data, files.data).rawValue, keys: try FileVault.format(of: .keys, files.keys).rawValue)
        }
        let data = try ServerVault.format(of: .data, at: place.data)
        let keys = try place.keys.map { try ServerVault.format(of: .keys, at: $0) } ?? data
        return Formats(data: data.rawValue, keys: keys.rawValue)
    }

    /// - Throws: ``StorageError/needsOwner(ofKeys:)`` when the vault is in a database whose tables' owner is not named.
    package static func requireOwner(_ owner: PostgresAddress?, keys: PostgresAddress?, in home: URL) throws {
        if let place = try ServerPlace(in: home) { _ = try place.requireOwner(owner, keys) }
    }

    /// Takes the vault in `home`, which nobody has open, to the present format.
    ///
    /// - Parameters:
    ///   - owner: of the tables, where it is in a database.
    ///   - keys: of those of the keys, where these have a database of their own.
    /// - Returns: the format that it had; nil when that is the present one.
    package static func upgrade(in home: URL, owner: PostgresAddress?, keys: PostgresAddress? = nil) throws -> Int? {
        let format: StoredFormat
        if let place = try ServerPlace(in: home) {
            let owner = try place.requireOwner(owner, keys)
            // The data last: the vault opens once it has the present format.
            let before = try keys.map { try PostgresSchema.upgrade($0, .keys) } ?? .current
            format = min(before, try PostgresSchema.upgrade(owner, keys == nil ? .both : .data))
        } else {
            let files = FileVault.files(in: home)
            format = try FileVault.upgrade(data: files.data, keys: files.keys)
        }
        return format < .current ? format.rawValue : nil
    }
}

extension ServerPlace {
    fileprivate func requireOwner(_ owner: PostgresAddress?, _ ownerOfKeys: PostgresAddress?) throws -> PostgresAddress {
        guard let owner, (keys == nil) == (ownerOfKeys == nil) else { throw StorageError.needsOwner(ofKeys: keys != nil) }
        return owner
    }
}
