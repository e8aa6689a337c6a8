import Foundation

/// What an upgrade has to know of a vault before it changes anything.
extension VaultStore {
    /// The formats of the two parts of a vault.
    public struct Formats: Sendable, Equatable {
        public var data: Int
        public var keys: Int

        public var oldest: Int { min(data, keys) }
        /// Whether an upgrade ended between the two.
        public var isMixed: Bool { data != keys }
    }

    /// The formats of the vault in `home`, which no newer program may have written.
    public static func formats(in home: URL) throws -> Formats {
        guard let place = try place(in: home) else {
            return Formats(data: try format(.data, home.appendingPathComponent(dataFile).path), keys: try format(.keys, home.appendingPathComponent(keyFile).path))
        }
        let data = try format(place.data, schema: "vault", dataLock)
        return Formats(data: data, keys: try place.keys.map { try format($0, schema: "keystore", keyLock) } ?? data)
    }

    /// - Throws: ``StorageError/needsOwner(ofKeys:)`` when the vault is in a database whose tables' owner is not named.
    public static func requireOwner(_ owner: PostgresAddress?, keys: PostgresAddress?, in home: URL) throws {
        if let place = try place(in: home) { _ = try requireOwner(owner, keys, of: place) }
    }

    static func requireOwner(_ owner: PostgresAddress?, _ keys: PostgresAddress?, of place: (data: PostgresAddress, keys: PostgresAddress?)) throws -> PostgresAddress {
        guard let owner, (place.keys == nil) == (keys == nil) else { throw StorageError.needsOwner(ofKeys: place.keys != nil) }
        return owner
    }

    /// Opens a vault of any format up to the present one, for what all of them have alike: wrapped keys, the audit log, the state of
    /// the pages, and copies of the files.
    public static func openAnyFormat(in home: URL) throws -> VaultStore {
        if let place = try place(in: home) { return try open(place.data, keys: place.keys, anyFormat: true) }
        return try open(data: home.appendingPathComponent(dataFile).path, keys: home.appendingPathComponent(keyFile).path, spare: nil, anyFormat: true)
    }

    private static func format(_ file: VaultFile, _ path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { throw StorageError.notFound(path: path) }
        return try StorageError.naming(path) {
            let pool = try SQLiteDatabase.keys(path)
            defer { try? pool.close() }
            return try SQLiteSchema.checkedFormat(file, of: pool, path: path)
        }
    }

    private static func format(_ address: PostgresAddress, schema: String, _ lock: Int32) throws -> Int {
        try PostgresDatabase(address, schema: schema, lock: lock).read { db in
            guard let parts = try PostgresSchema.parts(of: db) else { throw StorageError.notAVault(path: address.name) }
            return try PostgresSchema.checkedFormat(db, parts, name: address.name)
        }
    }
}
