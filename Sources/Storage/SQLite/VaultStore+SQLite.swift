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
            try SQLiteSchema.create(.keys, in: pool)
            return pool
        }
        return try StorageError.naming(data) {
            let pool = try SQLiteDatabase.data(data, keyStore: keys, patience: patience)
            try SQLiteSchema.create(.data, in: pool)
            try pool.write { db in
                try db.execute(sql: "INSERT INTO vault (vault_id, created_at) VALUES (?, ?)", arguments: [vaultID.data, now])
            }
            let spare = DiskReserve(home: home)
            spare.fill(for: 0)
            return try VaultStore(
                SQLiteDatabase(pool, spare: spare, isNested: false), keys: KeyStore(SQLiteDatabase(keyPool, spare: spare, isNested: true)), vaultID: vaultID)
        }
    }

    /// Takes the files of a vault that nobody has open to the present format.
    ///
    /// - Returns: the older of the formats that they had.
    public static func upgradeFiles(in home: URL) throws -> Int {
        try upgradeFiles(data: home.appendingPathComponent(dataFile).path, keys: home.appendingPathComponent(keyFile).path)
    }

    private static func upgradeFiles(data: String, keys: String) throws -> Int {
        // Keys first: data of a format find keys of the same or a newer one while an upgrade is under way.
        try [(VaultFile.keys, keys), (.data, data)].map { file, path in
            guard FileManager.default.fileExists(atPath: path) else { throw StorageError.notFound(path: path) }
            return try StorageError.naming(path) {
                let pool = try SQLiteDatabase.keys(path)
                defer { try? pool.close() }
                return try SQLiteSchema.upgrade(file, in: pool, path: path)
            }
        }.min()!
    }

    /// Readies files that were put together from a snapshot and a newer key store, before they are opened as a vault.
    public static func makeReady(restored data: String, keys: String) throws {
        _ = try upgradeFiles(data: data, keys: keys)
        try StorageError.naming(data) {
            let pool = try SQLiteDatabase.keys(data)
            defer { try? pool.close() }
            // What waited when the snapshot was taken is older than what the key store has.
            try pool.write { try $0.execute(sql: "DELETE FROM pending_protection") }
        }
    }

    /// Opens the vault in the files of `home`.
    static func openFiles(in home: URL) throws -> VaultStore {
        try openFiles(data: home.appendingPathComponent(dataFile).path, keys: home.appendingPathComponent(keyFile).path, spare: DiskReserve(home: home))
    }

    /// The same of files that are no home yet.
    public static func openFiles(data: String, keys: String) throws -> VaultStore { try openFiles(data: data, keys: keys, spare: nil) }

    private static func openFiles(data: String, keys: String, spare: DiskReserve?) throws -> VaultStore {
        guard let spare else { return try open(data: data, keys: keys, spare: nil) }
        let store = try spare.withRoomToOpen([data, keys]) { try open(data: data, keys: keys, spare: spare) }
        spare.fill(for: try store.dataBytes)
        return store
    }

    /// - Parameter anyFormat: opens files of earlier formats as well, which have not all the tables.
    static func open(data: String, keys: String, spare: DiskReserve?, anyFormat: Bool = false) throws -> VaultStore {
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
            let identifier = try pool.read { db in
                try Data.fetchOne(db, sql: "SELECT vault_id FROM vault").flatMap(UInt128.init(data:))
            }
            guard let identifier else { throw StorageError.corrupt(path: data, detail: "no vault id") }
            return try VaultStore(
                SQLiteDatabase(pool, spare: spare, isNested: false), keys: KeyStore(SQLiteDatabase(keyPool, spare: spare, isNested: true)), vaultID: identifier)
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
