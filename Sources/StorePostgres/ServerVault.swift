import Store

/// A vault in a database of a server, with its keys beside the data or in a database of their own.
package struct ServerVault: Sendable {
    package let data, keys: PostgresDatabase
    package let vaultID: UInt128

    /// Opens the vault in a database.
    ///
    /// - Parameters:
    ///   - keyAddress: of the database that has its keys; nil: the same.
    ///   - anyFormat: opens one of an earlier format as well, which has not all the tables.
    package init(opening address: PostgresAddress, keys keyAddress: PostgresAddress?, anyFormat: Bool = false) throws {
        let apart = try keyAddress.map { SeparateKeys(try PostgresDatabase($0, .keys), data: address) }
        let data = try PostgresDatabase(address, .data, keysApart: apart)
        let found = try data.read { db in
            guard let parts = try PostgresSchema.parts(of: db), parts.hasData else { throw StorageError.notAVault(path: address.name) }
            guard try db.columns(of: "migration").isEmpty else { throw StorageError.isMoving(database: address.name) }
            guard let identifier = try db.first("SELECT vault_id FROM vault", read: { $0.identifier(0) }) else { return nil as UInt128? }
            try Self.require(apart == nil ? .both : .data, parts, db, anyFormat: anyFormat, name: address.name)
            return identifier
        }
        guard let identifier = found else { throw StorageError.notAVault(path: address.name) }
        if let apart {
            try apart.database.read { db in
                guard let parts = try PostgresSchema.parts(of: db) else { throw StorageError.notAVault(path: apart.database.name) }
                try Self.require(.keys, parts, db, anyFormat: anyFormat, name: apart.database.name)
            }
        }
        keys = try apart?.database ?? PostgresDatabase(address, .keys)
        (self.data, vaultID) = (data, identifier)
    }

    private static func require(_ wanted: ServerParts, _ parts: ServerParts, _ db: any Connection, anyFormat: Bool, name: String) throws {
        try PostgresSchema.require(parts, is: wanted, database: name)
        let format = try PostgresSchema.checkedFormat(db, parts, name: name)
        guard anyFormat || format == .current else { throw StorageError.olderFormat(path: name, format: format.rawValue) }
    }

    /// The format of what a database has of a vault, which no newer program may have written.
    package static func format(of part: VaultPart, at address: PostgresAddress) throws -> StoredFormat {
        try PostgresDatabase(address, part).read { db in
            guard let parts = try PostgresSchema.parts(of: db) else { throw StorageError.notAVault(path: address.name) }
            return try PostgresSchema.checkedFormat(db, parts, name: address.name)
        }
    }

    /// Makes the tables of a vault in a database that has none, and lets `role` work with them.
    ///
    /// - Parameters:
    ///   - owner: who owns the tables: nobody who uses the vault.
    ///   - role: the role that the vault's processes connect as; it can read and add audit entries, never change or
    ///     delete them.
    ///   - keys: the database for the keys, as its owner and as the vault will connect to it; nil: the same as for the data.
    ///   - isMoving: whether its data are on their way from elsewhere: nobody opens it before they have come.
    package static func create(
        _ owner: PostgresAddress, role: String, keys: KeysPlace? = nil, vaultID: UInt128, at now: Int64, isMoving: Bool = false
    ) throws {
        // First, so that a vault whose keys have no place does not come into being. Tables without a key are of an attempt that did not end.
        if let keys { try createKeys(keys.owner, role: keys.address.role) }
        let parts = keys == nil ? ServerParts.both : .data
        try asOwner(owner, .data) { connection in
            guard try connection.integer("SELECT 1 FROM pg_namespace WHERE nspname IN ('vault', 'keystore')") == nil else {
                throw StorageError.alreadyExists(path: "a vault in \(owner.name)")
            }
            let name = try quoted(role, connection)
            for step in StoredFormat.allCases { try connection.run(script: step.server.script(parts)) }
            try connection.run(script: PostgresSchema.grants(to: name, parts))
            if isMoving {
                try connection.run(script: "CREATE TABLE vault.migration (changed_by BIGINT); GRANT SELECT ON vault.migration TO \(name)")
            }
            try connection.run("INSERT INTO vault.vault (vault_id, format, created_at) VALUES (?, ?, ?)", vaultID, StoredFormat.current.rawValue, now)
        }
    }

    /// Makes the tables for keys in a database that has none, or leaves those in which there is no key yet.
    private static func createKeys(_ owner: PostgresAddress, role: String) throws {
        try asOwner(owner, .keys) { connection in
            let name = try quoted(role, connection)
            if let parts = try PostgresSchema.parts(of: connection) {
                guard case .keys = parts, try connection.integer("SELECT 1 FROM keystore.root_key LIMIT 1") == nil else {
                    throw StorageError.alreadyExists(path: "a vault, or the keys of one, in \(owner.name)")
                }
            } else {
                for step in StoredFormat.allCases { try connection.run(script: step.server.script(ServerParts.keys)) }
            }
            try connection.run(script: PostgresSchema.grants(to: name, .keys))
        }
    }

    private static func asOwner(_ owner: PostgresAddress, _ part: VaultPart, _ body: (PostgresConnection) throws -> Void) throws {
        let database = try PostgresDatabase(owner, part, schema: "public")
        try database.naming { try database.withOwner { connection in try connection.transaction { try body(connection) } } }
    }

    /// A role's name in quotes.
    ///
    /// - Throws: ``StorageError/noSuchRole(_:)`` when the server has none, or it is the tables' owner.
    private static func quoted(_ role: String, _ connection: PostgresConnection) throws -> String {
        let name = try connection.first("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = ? AND rolname <> current_user", role) { $0.text(0) }
        guard let name else { throw StorageError.noSuchRole(role) }
        return name
    }
}
