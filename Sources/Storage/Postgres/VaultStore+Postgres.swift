import Foundation

extension VaultStore {
    /// The file in a vault's home that says in which database it is.
    public static let addressFile = "postgres"
    static let (dataLock, keyLock): (Int32, Int32) = (1, 2)

    /// Opens the vault in `home`: its files, or the database that the file `postgres` there names.
    public static func open(in home: URL) throws -> VaultStore {
        let file = home.appendingPathComponent(addressFile)
        guard FileManager.default.fileExists(atPath: file.path) else { return try openFiles(in: home) }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { throw StorageError.readOnly(path: file.path) }
        DiskReserve.remove(from: home)
        return try open(PostgresAddress(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Opens the vault in a database.
    static func open(_ address: PostgresAddress) throws -> VaultStore {
        let data = try PostgresDatabase(address, schema: "vault", lock: dataLock)
        let found = try data.read { db in
            guard try db.integer("SELECT 1 FROM pg_namespace WHERE nspname = 'vault'") != nil else { throw StorageError.notAVault(path: address.name) }
            guard try db.columns(of: "migration").isEmpty else { throw StorageError.isMoving(database: address.name) }
            return try db.first("SELECT vault_id, format FROM vault") { ($0.identifier(0), $0.integer(1)) }
        }
        guard let (identifier, format) = found else { throw StorageError.notAVault(path: address.name) }
        guard format <= PostgresSchema.format else { throw StorageError.newerFormat(path: address.name) }
        return try VaultStore(data, keys: KeyStore(PostgresDatabase(address, schema: "keystore", lock: keyLock)), vaultID: identifier)
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
    public static func requireVault(at address: PostgresAddress) throws { _ = try open(address) }

    /// Makes the tables of a vault in a database that has none, and lets `role` work with them.
    ///
    /// - Parameters:
    ///   - owner: who owns the tables: nobody who uses the vault.
    ///   - role: the role that the vault's processes connect as; it can read and add audit entries, never change or
    ///     delete them.
    ///   - isMoving: whether its data are on their way from elsewhere: nobody opens it before they have come.
    public static func create(_ owner: PostgresAddress, role: String, vaultID: UInt128, at now: Int64, isMoving: Bool = false) throws {
        let database = try PostgresDatabase(owner, schema: "public", lock: dataLock)
        try database.naming {
            try database.withWriter { connection in
                guard let connection = connection as? PostgresConnection else { return }
                try connection.transaction {
                    guard try connection.integer("SELECT 1 FROM pg_namespace WHERE nspname IN ('vault', 'keystore')") == nil else {
                        throw StorageError.alreadyExists(path: "a vault in \(owner.name)")
                    }
                    let name = try connection.first("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = ? AND rolname <> current_user", role) { $0.text(0) }
                    guard let name else { throw StorageError.noSuchRole(role) }
                    try connection.run(script: PostgresSchema.tables)
                    try connection.run(script: PostgresSchema.grants(to: name))
                    if isMoving {
                        try connection.run(script: "CREATE TABLE vault.migration (changed_by BIGINT); GRANT SELECT ON vault.migration TO \(name)")
                    }
                    try connection.run(
                        "INSERT INTO vault.vault (vault_id, format, created_at) VALUES (?, ?, ?)", vaultID, PostgresSchema.format, now)
                }
            }
        }
    }

    /// Notes in `home` that its vault is in a database.
    public static func setAddress(_ address: PostgresAddress, in home: URL) throws {
        let file = home.appendingPathComponent(addressFile)
        let other = home.appendingPathComponent(".\(addressFile)-\(UUID().uuidString)")
        let permissions: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: other.path, contents: Data("\(address.text)\n".utf8), attributes: permissions),
            rename(other.path, file.path) == 0
        else { throw StorageError.readOnly(path: file.path) }
    }
}
