import Foundation
import Wire

extension VaultStore {
    /// The file in a vault's home that says in which database it is.
    public static let addressFile = "postgres"
    static let (dataLock, keyLock): (Int32, Int32) = (1, 2)

    /// Opens the vault in `home`: its files, or the database that the file `postgres` there names.
    public static func open(in home: URL) throws -> VaultStore {
        guard let place = try place(in: home) else { return try openFiles(in: home) }
        DiskReserve.remove(from: home)
        return try open(place.data, keys: place.keys)
    }

    /// The format that this program reads and writes.
    public static var format: Int { StoredFormat.current }

    /// Takes the vault in `home`, which nobody has open, to the present format.
    ///
    /// - Parameters:
    ///   - owner: of the tables, where it is in a database.
    ///   - keys: of those of the keys, where these have a database of their own.
    /// - Returns: the format that it had; nil when that is the present one.
    public static func upgrade(in home: URL, owner: PostgresAddress?, keys: PostgresAddress? = nil) throws -> Int? {
        let format: Int
        if let place = try place(in: home) {
            let owner = try requireOwner(owner, keys, of: place)
            // The data last: the vault opens once it has the present format.
            let before = try keys.map { try PostgresSchema.upgrade($0, .keys) } ?? StoredFormat.current
            format = min(before, try PostgresSchema.upgrade(owner, keys == nil ? .both : .data))
        } else {
            format = try upgradeFiles(in: home)
        }
        return format < StoredFormat.current ? format : nil
    }

    /// Where the home says that the vault is; nil: in files.
    static func place(in home: URL) throws -> (data: PostgresAddress, keys: PostgresAddress?)? {
        let file = home.appendingPathComponent(addressFile)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { throw StorageError.readOnly(path: file.path) }
        let lines = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "\n", maxSplits: 1).map(String.init)
        guard let last = lines.last, lines.count == 2, last.hasPrefix(keysMark) else { return (try PostgresAddress(lines.joined(separator: "\n")), nil) }
        return (try PostgresAddress(lines[0]), try PostgresAddress(String(last.dropFirst(keysMark.count))))
    }

    private static let keysMark = "keys "

    /// What the file in the home holds.
    static func note(of address: PostgresAddress, keys: PostgresAddress?) -> String { "\(address.text)\n" + (keys.map { "\(keysMark)\($0.text)\n" } ?? "") }

    /// Opens the vault in a database.
    ///
    /// - Parameters:
    ///   - keyAddress: of the database that has its keys; nil: the same.
    ///   - anyFormat: opens one of an earlier format as well, which has not all the tables.
    static func open(_ address: PostgresAddress, keys keyAddress: PostgresAddress? = nil, anyFormat: Bool = false) throws -> VaultStore {
        let apart = try keyAddress.map { SeparateKeys(try PostgresDatabase($0, schema: "keystore", lock: keyLock), data: address) }
        let data = try PostgresDatabase(address, schema: "vault", lock: dataLock, keysApart: apart)
        let found = try data.read { db in
            guard let parts = try PostgresSchema.parts(of: db), parts.hasData else { throw StorageError.notAVault(path: address.name) }
            guard try db.columns(of: "migration").isEmpty else { throw StorageError.isMoving(database: address.name) }
            guard let identifier = try db.first("SELECT vault_id FROM vault", read: { $0.identifier(0) }) else { return nil as UInt128? }
            try require(parts, is: apart == nil ? .both : .data, database: address.name)
            let format = try PostgresSchema.checkedFormat(db, parts, name: address.name)
            guard anyFormat || format == StoredFormat.current else { throw StorageError.olderFormat(path: address.name, format: format) }
            return identifier
        }
        guard let identifier = found else { throw StorageError.notAVault(path: address.name) }
        if let apart { try requireKeys(in: apart.database, anyFormat: anyFormat) }
        let keys = try apart?.database ?? PostgresDatabase(address, schema: "keystore", lock: keyLock)
        return VaultStore(data, keys: KeyStore(keys), vaultID: identifier)
    }

    private static func requireKeys(in database: PostgresDatabase, anyFormat: Bool) throws {
        try database.read { db in
            guard let parts = try PostgresSchema.parts(of: db) else { throw StorageError.notAVault(path: database.name) }
            try require(parts, is: .keys, database: database.name)
            let format = try PostgresSchema.checkedFormat(db, parts, name: database.name)
            guard anyFormat || format == StoredFormat.current else { throw StorageError.olderFormat(path: database.name, format: format) }
        }
    }

    /// - Throws: what is odd when a database has other parts of a vault than it should.
    static func require(_ parts: ServerParts, is wanted: ServerParts, database: String) throws {
        switch (wanted, parts) {
        case (.both, .both), (.data, .data), (.keys, .keys): return
        case (.both, .data): throw StorageError.keysApart(database: database)
        case (.data, .both): throw StorageError.keysTogether(database: database)
        default: throw StorageError.notAVault(path: database)
        }
    }

    /// - Throws: ``StorageError/alreadyExists(path:)`` when `home` has a vault, wherever its data are.
    public static func requireNone(in home: URL) throws {
        for name in [dataFile, keyFile, addressFile] {
            let path = home.appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) { throw StorageError.alreadyExists(path: path) }
        }
    }

    /// Files that a vault which is in a database by now has left in `home`.
    public static func leftFiles(in home: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        return names.filter { $0.hasPrefix(dataFile) || $0.hasPrefix(keyFile) }.sorted().map { home.appendingPathComponent($0).path }
    }

    /// - Throws: ``StorageError/notAVault(path:)`` when the database has none.
    public static func requireVault(at address: PostgresAddress, keys: PostgresAddress? = nil) throws { _ = try open(address, keys: keys) }

    /// Makes the tables of a vault in a database that has none, and lets `role` work with them.
    ///
    /// - Parameters:
    ///   - owner: who owns the tables: nobody who uses the vault.
    ///   - role: the role that the vault's processes connect as; it can read and add audit entries, never change or
    ///     delete them.
    ///   - keys: the database for the keys, as its owner and as the vault will connect to it; nil: the same as for the data.
    ///   - isMoving: whether its data are on their way from elsewhere: nobody opens it before they have come.
    public static func create(
        _ owner: PostgresAddress, role: String, keys: KeysPlace? = nil, vaultID: UInt128, at now: Int64, isMoving: Bool = false
    ) throws {
        // First, so that a vault whose keys have no place does not come into being. Tables without a key are of an attempt that did not end.
        if let keys { try createKeys(keys.owner, role: keys.address.role) }
        let parts = keys == nil ? ServerParts.both : .data
        let database = try PostgresDatabase(owner, schema: "public", lock: dataLock)
        try database.naming {
            try database.withWriter { connection in
                guard let connection = connection as? PostgresConnection else { return }
                try connection.transaction {
                    guard try connection.integer("SELECT 1 FROM pg_namespace WHERE nspname IN ('vault', 'keystore')") == nil else {
                        throw StorageError.alreadyExists(path: "a vault in \(owner.name)")
                    }
                    let name = try quoted(role, connection)
                    for step in StoredFormat.all { try connection.run(script: step.script(parts)) }
                    try connection.run(script: PostgresSchema.grants(to: name, parts))
                    if isMoving {
                        try connection.run(script: "CREATE TABLE vault.migration (changed_by BIGINT); GRANT SELECT ON vault.migration TO \(name)")
                    }
                    try connection.run(
                        "INSERT INTO vault.vault (vault_id, format, created_at) VALUES (?, ?, ?)", vaultID, StoredFormat.current, now)
                }
            }
        }
    }

    /// Makes the tables for keys in a database that has none, or leaves those in which there is no key yet.
    private static func createKeys(_ owner: PostgresAddress, role: String) throws {
        let database = try PostgresDatabase(owner, schema: "public", lock: keyLock)
        try database.naming {
            try database.withWriter { connection in
                guard let connection = connection as? PostgresConnection else { return }
                try connection.transaction {
                    let name = try quoted(role, connection)
                    if let parts = try PostgresSchema.parts(of: connection) {
                        guard case .keys = parts, try connection.integer("SELECT 1 FROM keystore.root_key LIMIT 1") == nil else {
                            throw StorageError.alreadyExists(path: "a vault, or the keys of one, in \(owner.name)")
                        }
                    } else {
                        for step in StoredFormat.all { try connection.run(script: step.script(ServerParts.keys)) }
                    }
                    try connection.run(script: PostgresSchema.grants(to: name, .keys))
                }
            }
        }
    }

    /// A role's name in quotes.
    ///
    /// - Throws: ``StorageError/noSuchRole(_:)`` when the server has none, or it is the tables' owner.
    private static func quoted(_ role: String, _ connection: PostgresConnection) throws -> String {
        let name = try connection.first("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = ? AND rolname <> current_user", role) { $0.text(0) }
        guard let name else { throw StorageError.noSuchRole(role) }
        return name
    }

    /// Notes in `home` that its vault is in a database, and its keys in another one, if so.
    public static func setAddress(_ address: PostgresAddress, keys: PostgresAddress? = nil, in home: URL) throws {
        try DurableFile.replace(home.appendingPathComponent(addressFile).path, with: Array(note(of: address, keys: keys).utf8))
    }
}
