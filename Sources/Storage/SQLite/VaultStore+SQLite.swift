import Foundation
import GRDB

extension VaultStore {
    public static let dataFile = "vault.db"
    public static let keyFile = "keystore.db"

    /// Creates both files in `home`, which must exist and hold no vault.
    ///
    /// - Parameter patience: seconds to wait for another process's lock.
    public static func create(
        in home: URL, vaultID: UInt128, at now: Int64, patience: Double = 15
    ) throws -> VaultStore {
        let data = home.appendingPathComponent(dataFile).path
        let keys = home.appendingPathComponent(keyFile).path
        for file in [data, keys] where FileManager.default.fileExists(atPath: file) { throw StorageError.alreadyExists(path: file) }
        let keyPool = try StorageError.naming(keys) {
            let pool = try SQLiteDatabase.keys(keys)
            try SQLiteSchema.keyMigrator.migrate(pool)
            try pool.write { try $0.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)") }
            return pool
        }
        return try StorageError.naming(data) {
            let pool = try SQLiteDatabase.data(data, keyStore: keys, patience: patience)
            try SQLiteSchema.dataMigrator.migrate(pool)
            try pool.write { db in
                try db.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)")
                try db.execute(sql: "INSERT INTO vault (vault_id, created_at) VALUES (?, ?)", arguments: [vaultID.data, now])
            }
            let spare = DiskReserve(home: home)
            spare.fill(for: 0)
            return try VaultStore(
                SQLiteDatabase(pool, spare: spare), keys: KeyStore(SQLiteDatabase(keyPool, spare: spare)), vaultID: vaultID)
        }
    }

    /// Opens the vault in the files of `home` and brings its schema up to date.
    static func openFiles(in home: URL) throws -> VaultStore {
        let spare = DiskReserve(home: home)
        let files = [dataFile, keyFile].map { home.appendingPathComponent($0).path }
        let store = try spare.withRoomToOpen(files) { try openFiles(in: home, spare) }
        spare.fill(for: try store.dataBytes)
        return store
    }

    private static func openFiles(in home: URL, _ spare: DiskReserve) throws -> VaultStore {
        let data = home.appendingPathComponent(dataFile).path
        let keys = home.appendingPathComponent(keyFile).path
        for file in [data, keys] where !FileManager.default.fileExists(atPath: file) { throw StorageError.notFound(path: file) }
        let keyPool = try StorageError.naming(keys) {
            let pool = try SQLiteDatabase.keys(keys)
            try SQLiteSchema.check(pool, path: keys, migrator: SQLiteSchema.keyMigrator)
            return pool
        }
        return try StorageError.naming(data) {
            let pool = try SQLiteDatabase.data(data, keyStore: keys, patience: 15)
            try SQLiteSchema.check(pool, path: data, migrator: SQLiteSchema.dataMigrator)
            let identifier = try pool.read { db in
                try Data.fetchOne(db, sql: "SELECT vault_id FROM vault").flatMap(UInt128.init(data:))
            }
            guard let identifier else { throw StorageError.corrupt(path: data, detail: "no vault id") }
            return try VaultStore(
                SQLiteDatabase(pool, spare: spare), keys: KeyStore(SQLiteDatabase(keyPool, spare: spare)), vaultID: identifier)
        }
    }
}

extension UInt128 {
    /// Sixteen bytes, most significant first, as stored.
    fileprivate var data: Data { withUnsafeBytes(of: bigEndian) { Data($0) } }

    fileprivate init?(data: Data) {
        guard data.count == 16 else { return nil }
        self = data.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
