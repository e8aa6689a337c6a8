import Foundation
import Store
import StorePostgres
import StoreSQLite

extension VaultStore {
    /// The file in a vault's home that says in which database it is.
    package static let addressFile = ServerPlace.fileName

    /// Opens the vault in `home`: its files, or the database that the file `postgres` there names.
    ///
    /// - Parameter readingOnly: whether files that cannot be written are opened as well, to be read.
    package static func open(in home: URL, readingOnly: Bool = false) throws -> VaultStore {
        guard let place = try ServerPlace(in: home) else {
            if readingOnly, let store = try FileVault.openUnwritable(in: home) { return store }
            return try FileVault.open(in: home)
        }
        FileVault.removeReserve(from: home)
        return try place.open()
    }

    /// Opens a vault of any format up to the present one, for what all of them have alike: wrapped keys, the audit log, the state of
    /// the pages, and copies of the files.
    package static func openAnyFormat(in home: URL) throws -> VaultStore {
        if let place = try ServerPlace(in: home) { return try place.open(anyFormat: true) }
        let files = FileVault.files(in: home)
        return try FileVault.open(data: files.data, keys: files.keys, anyFormat: true)
    }

    // MARK: Creating

    /// Creates the files of a vault in `home`, which must exist and hold none.
    ///
    /// - Parameter patience: seconds to wait for another process's lock.
    package static func create(in home: URL, vaultID: UInt128, at now: Int64, patience: Double = 15) throws -> VaultStore {
        try FileVault.create(in: home, vaultID: vaultID, at: now, patience: patience)
    }

    /// Makes the tables of a vault in a database that has none, and lets `role` work with them.
    ///
    /// - Parameters:
    ///   - owner: who owns the tables: nobody who uses the vault.
    ///   - role: the role that the vault's processes connect as; it can read and add audit entries, never change or
    ///     delete them.
    ///   - keys: the database for the keys, as its owner and as the vault will connect to it; nil: the same as for the data.
    package static func create(_ owner: PostgresAddress, role: String, keys: KeysPlace? = nil, vaultID: UInt128, at now: Int64) throws {
        try ServerVault.create(owner, role: role, keys: keys, vaultID: vaultID, at: now)
    }

    /// Removes the files of a vault whose creation did not end: nobody has a token of it, no customer and no entry.
    ///
    /// Call it only while no other process creates a vault in `home`.
    package static func removeUnfinished(in home: URL) throws { try FileVault.removeUnfinished(in: home) }

    /// The vault in a database whose creation in `home` did not end; nil when there is none, or a whole one.
    package static func unfinished(at address: PostgresAddress, keys: PostgresAddress? = nil, in home: URL) throws -> VaultStore? {
        let place = ServerPlace(address, keys: keys)
        if let text = FileManager.default.contents(atPath: home.appendingPathComponent(addressFile).path), text != Data(place.note) { return nil }
        do {
            let store = try place.open()
            return try store.read { try $0.isUnfinished } ? store : nil
        } catch StorageError.notAVault {
            return nil
        }
    }

    // MARK: Places

    /// Notes in `home` that its vault is in a database, and its keys in another one, if so.
    package static func setAddress(_ address: PostgresAddress, keys: PostgresAddress? = nil, in home: URL) throws {
        try ServerPlace(address, keys: keys).write(in: home)
    }

    /// - Throws: ``StorageError/notAVault(path:)`` when the database has none.
    package static func requireVault(at address: PostgresAddress, keys: PostgresAddress? = nil) throws { _ = try ServerVault(opening: address, keys: keys) }

    /// - Throws: ``StorageError/alreadyExists(path:)`` when `home` has a vault, wherever its data are.
    package static func requireNone(in home: URL) throws {
        for name in [dataFile, keyFile, addressFile] {
            let path = home.appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) { throw StorageError.alreadyExists(path: path) }
        }
    }

    /// Files that a vault which is in a database by now has left in `home`.
    package static func leftFiles(in home: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        return names.filter { $0.hasPrefix(dataFile) || $0.hasPrefix(keyFile) }.sorted().map { home.appendingPathComponent($0).path }
    }

    /// What a server on which there need be no vault yet makes of commits.
    package static func serverDurability(at address: PostgresAddress) throws -> ServerDurability {
        try PostgresDatabase(address, .data, schema: "public").serverDurability()
    }
}
