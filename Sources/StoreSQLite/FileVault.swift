import Foundation
import GRDB
import Store

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A vault in files: `vault.db` and `keystore.db` in its home.
package enum FileVault {
    /// Both files in `home`.
    package static func files(in home: URL) -> (data: String, keys: String) {
        (home.appendingPathComponent(VaultStore.dataFile).path, home.appendingPathComponent(VaultStore.keyFile).path)
    }

    /// Creates both files in `home`, which must exist and hold no vault.
    ///
    /// - Parameter patience: seconds to wait for another process's lock.
    package static func create(in home: URL, vaultID: UInt128, at now: Int64, patience: Double = 15) throws -> VaultStore {
        let (data, keys) = files(in: home)
        for file in [data, keys] where FileManager.default.fileExists(atPath: file) { throw StorageError.alreadyExists(path: file) }
        let keyPool = try StorageError.naming(keys) {
            let pool = try SQLiteDatabase.keys(keys)
            try SQLiteSchema.create(.keys, in: pool)
            return pool
        }
        return try StorageError.naming(data) {
            let pool = try SQLiteDatabase.data(data, keyStore: keys, patience: patience)
            try SQLiteSchema.create(.data, in: pool)
            try pool.write { try SQLiteConnection($0).run("INSERT INTO vault (vault_id, created_at) VALUES (?, ?)", vaultID, now) }
            let spare = DiskReserve(home: home)
            spare.fill(for: 0)
            return try store(pool, keyPool, spare: spare, vaultID: vaultID)
        }
    }

    /// Takes files that nobody has open to the present format.
    ///
    /// - Returns: the older of the formats that they had.
    package static func upgrade(data: String, keys: String) throws -> StoredFormat {
        // Keys first: data of a format find keys of the same or a newer one while an upgrade is under way.
        try [(VaultPart.keys, keys), (.data, data)].map { part, path in
            try withFile(path) { try SQLiteSchema.upgrade(part, in: $0, path: path) }
        }.min()!
    }

    /// The format of one of a vault's files, which no newer program may have written.
    package static func format(of part: VaultPart, _ path: String) throws -> StoredFormat {
        try withFile(path) { try SQLiteSchema.checkedFormat(part, of: $0, path: path) }
    }

    private static func withFile<R>(_ path: String, _ body: (DatabasePool) throws -> R) throws -> R {
        guard FileManager.default.fileExists(atPath: path) else { throw StorageError.notFound(path: path) }
        return try StorageError.naming(path) {
            let pool = try SQLiteDatabase.keys(path)
            defer { try? pool.close() }
            return try body(pool)
        }
    }

    /// Readies files that were put together from a snapshot and a newer key store, before they are opened as a vault.
    package static func makeReady(restored data: String, keys: String) throws {
        _ = try upgrade(data: data, keys: keys)
        // What waited when the snapshot was taken is older than what the key store has.
        try withFile(data) { pool in try pool.write { try $0.execute(sql: "DELETE FROM pending_protection") } }
    }

    /// Opens the vault in the files of `home`.
    package static func open(in home: URL) throws -> VaultStore {
        let ((data, keys), spare) = (files(in: home), DiskReserve(home: home))
        let store = try spare.withRoomToOpen([data, keys]) { try open(data: data, keys: keys, spare: spare) }
        spare.fill(for: try [store.database, store.keys.database].reduce(0) { try $0 + $1.size().bytes })
        return store
    }

    /// The same of files that are no home yet.
    ///
    /// - Parameter anyFormat: opens files of earlier formats as well, which have not all the tables.
    package static func open(data: String, keys: String, anyFormat: Bool = false) throws -> VaultStore {
        try open(data: data, keys: keys, spare: nil, anyFormat: anyFormat)
    }

    private static func open(data: String, keys: String, spare: DiskReserve?, anyFormat: Bool = false) throws -> VaultStore {
        let check = anyFormat ? SQLiteSchema.checkAny : SQLiteSchema.check
        for file in [data, keys] where !FileManager.default.fileExists(atPath: file) { throw StorageError.notFound(path: file) }
        let keyPool = try StorageError.naming(keys) {
            let pool = try SQLiteDatabase.keys(keys)
            try check(.keys, pool, keys)
            return pool
        }
        return try StorageError.naming(data) {
            let pool = try SQLiteDatabase.data(data, keyStore: keys, patience: 15)
            try check(.data, pool, data)
            return try store(pool, keyPool, spare: spare, vaultID: pool.read { try identifier(SQLiteConnection($0), path: data) })
        }
    }

    private static func store(_ data: DatabasePool, _ keys: DatabasePool, spare: DiskReserve?, vaultID: UInt128) throws -> VaultStore {
        try VaultStore(
            data: SQLiteDatabase(data, spare: spare, isNested: false), keys: SQLiteDatabase(keys, spare: spare, isNested: true), vaultID: vaultID)
    }

    /// Opens files that cannot be written, to be read; nil when they can be, or are not there.
    package static func openUnwritable(in home: URL) throws -> VaultStore? {
        let (data, keys) = files(in: home)
        let needed: [String] = [home.path, data, keys]
        guard !needed.allSatisfy({ access($0, W_OK) == 0 }), [data, keys].allSatisfy({ FileManager.default.fileExists(atPath: $0) }) else { return nil }
        let opened = try ReadOnlyFiles.open(data: data, keys: keys)
        try opened.data.requireFormat(.data)
        try opened.keys.requireFormat(.keys)
        let vaultID = try opened.data.read { try identifier($0, path: opened.data.name) }
        return VaultStore(data: opened.data, keys: opened.keys, vaultID: vaultID)
    }

    private static func identifier(_ db: any Connection, path: String) throws -> UInt128 {
        let found = try db.first("SELECT vault_id FROM vault") { $0.bytes(0).count == 16 ? $0.identifier(0) : nil }
        guard let identifier = found ?? nil else { throw StorageError.corrupt(path: path, detail: "no vault id") }
        return identifier
    }

    /// Gives back the room on the disk that was kept for a vault whose files are used no longer.
    package static func removeReserve(from home: URL) { DiskReserve.remove(from: home) }
}
