import Foundation
import Store
import StorePostgres
import StoreSQLite

/// How far a vault has moved.
public struct MigrationProgress: Sendable, Equatable {
    public enum Step: String, Sendable {
        case copying
        case comparing
    }

    public var step: Step
    /// The table at hand.
    public var table: String
    /// Rows that were moved or compared, of all tables together.
    public var rows: Int
}

extension VaultStore {
    /// Whether its files were closed for good by a move into a database.
    package var isClosed: Bool {
        get throws { try isInFiles && database.read { try $0.integer(Self.closing) } != nil }
    }

    fileprivate static let closing = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'moved'"

    /// Moves a vault from its files into a PostgreSQL database.
    ///
    /// Nobody can write to the files meanwhile. Rows go in batches, each durable; a move that was interrupted goes on
    /// where it stopped, or begins anew when the vault was changed since. Then every row is compared with what the
    /// database has, the files are closed for good, and `home` says where the vault is. The files stay as they are: who
    /// keeps them keeps the keys of customers who are erased from now on.
    ///
    /// - Parameters:
    ///   - address: of the database, as the vault will connect to it.
    ///   - owner: of the same, as the role that owns the tables.
    ///   - keys: a database of its own for the keys; nil: the same.
    /// - Returns: how many rows were compared.
    /// - Throws: ``StorageError/differs(table:)`` when the database does not have what the files have.
    package func migrate(
        to address: PostgresAddress, owner: PostgresAddress, keys keysPlace: KeysPlace? = nil, home: URL, at now: Int64, batch: Int = 5000,
        progress: @escaping (MigrationProgress) -> Void
    ) throws -> Int {
        guard isInFiles, !isReadOnly else { throw StorageError.notFiles(database: database.name) }
        try Self.prepare(owner, role: address.role, keys: keysPlace, vaultID: vaultID, at: now)
        let target = try PostgresDatabase(owner, .data)
        return try database.naming {
            try database.withWriter { data in
                try keys.database.withWriter { keyData in
                    try target.naming {
                        try target.withOwner { server in
                            try Self.withKeys(keysPlace, or: server) { keyServer in
                                let migration = Migration(data: data, keys: keyData, server: server, keyServer: keyServer, batch: batch, progress: progress)
                                return try migration.run { [vaultID] in
                                    // From here on the vault is in the database, whatever happens.
                                    guard try ServerVault(opening: address, keys: keysPlace?.address).vaultID == vaultID else {
                                        throw StorageError.alreadyExists(path: "another vault in \(address.name)")
                                    }
                                    try Self.setAddress(address, keys: keysPlace?.address, in: home)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Gives `body` the connection for the tables of the keys.
    private static func withKeys<R>(_ place: KeysPlace?, or server: PostgresConnection, _ body: (PostgresConnection) throws -> R) throws -> R {
        guard let place else { return try body(server) }
        let database = try PostgresDatabase(place.owner, .keys)
        return try database.naming { try database.withOwner(body) }
    }

    /// Makes the tables where there are none; those of an earlier attempt stay.
    private static func prepare(_ owner: PostgresAddress, role: String, keys: KeysPlace?, vaultID: UInt128, at now: Int64) throws {
        let database = try PostgresDatabase(owner, .data, schema: "public")
        // The server may still be ending the last transaction of an attempt that was killed: its lock is waited for.
        try database.naming { try database.withOwner { try $0.transaction {} } }
        if try vault(in: database, owner, for: vaultID) == nil {
            try ServerVault.create(owner, role: role, keys: keys, vaultID: vaultID, at: now, isMoving: true)
        } else if let parts = try database.read({ try PostgresSchema.parts(of: $0) }) {
            // As the attempt before had it.
            try PostgresSchema.require(parts, is: keys == nil ? .both : .data, database: owner.name)
        }
    }

    /// - Throws: ``StorageError/alreadyExists(path:)`` when the database has another vault.
    static func requireRoom(at owner: PostgresAddress, for vaultID: UInt128) throws {
        _ = try vault(in: PostgresDatabase(owner, .data, schema: "public"), owner, for: vaultID)
    }

    /// The vault that the database has, which can only be the one that moves.
    private static func vault(in database: PostgresDatabase, _ owner: PostgresAddress, for vaultID: UInt128) throws -> UInt128? {
        let found = try database.read { db -> UInt128? in
            guard try db.integer("SELECT 1 FROM pg_namespace WHERE nspname = 'vault'") != nil else { return nil }
            return try db.first("SELECT vault_id FROM vault.vault") { $0.identifier(0) } ?? 0
        }
        guard found == nil || found == vaultID else { throw StorageError.alreadyExists(path: "another vault in \(owner.name)") }
        return found
    }
}

/// One move, or what is left of it.
private struct Migration {
    let data: any WritingConnection
    let keys: any WritingConnection
    /// For the tables of the data, and of the keys: the same, or each its own.
    let server, keyServer: PostgresConnection
    let batch: Int
    let progress: (MigrationProgress) -> Void

    func run(_ switching: () throws -> Void) throws -> Int {
        let isClosed = try data.integer(VaultStore.closing) != nil
        if try server.integer("SELECT 1 FROM pg_class WHERE oid = to_regclass('vault.migration')") == nil {
            guard isClosed else { throw StorageError.alreadyExists(path: "a vault in this database") }
            // An earlier attempt has compared every row and closed the files, and did not come to say so. What it left is no longer like them:
            // who tried to write to the files since has made keys, and another home may use the database already.
            try switching()
            return try MigratedTable.all.reduce(0) { try $0 + Int(target(of: $1).integer("SELECT COUNT(*) FROM \($1.name)")!) }
        }
        let rows = try data.transaction {
            try keys.transaction {
                try LookupIndex.settleAll(data)
                try begin()
                try copy()
                let rows: Int
                do {
                    rows = try compared()
                } catch StorageError.differs where isClosed {
                    // The files themselves changed no more, but who tried to write to them has made keys.
                    try begin()
                    try copy()
                    rows = try compared()
                }
                // Every change adds to the audit log: without that the files change no more.
                if !isClosed { try data.run("CREATE TRIGGER moved BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'moved'); END") }
                return rows
            }
        }
        try server.transaction { try server.run(script: "DROP TABLE IF EXISTS vault.migration") }
        try switching()
        return rows
    }

    /// Keeps what an earlier attempt has moved, unless the vault was changed since.
    private func begin() throws {
        let change = try data.integer("SELECT changed_by FROM audit_head") ?? -1
        let before = try server.integer("SELECT changed_by FROM vault.migration")
        let anew = MigratedTable.all.filter { change != before || !$0.isLarge }
        func truncation(ofKeys: Bool) -> String { "TRUNCATE \(anew.filter { $0.isInKeyStore == ofKeys }.map(\.name).joined(separator: ", "))" }
        try keyServer.transaction { try keyServer.run(script: truncation(ofKeys: true)) }
        try server.transaction {
            try server.run(script: truncation(ofKeys: false))
            try server.run("DELETE FROM vault.migration")
            try server.run("INSERT INTO vault.migration (changed_by) VALUES (?)", change)
        }
    }

    private func copy() throws {
        var rows = 0
        for table in MigratedTable.all {
            let source = table.isInKeyStore ? keys : data
            let stored = try MigratedRows(of: table, as: source)
            if table.name == "vault.record" { try stored.addColumns(to: server) }
            var last = try lastKey(of: stored)
            while case let found = try stored.inFiles(source, after: last, limit: batch), !found.isEmpty {
                let target = target(of: table)
                try target.transaction { try found.insert(with: target.inserter(into: table.name, stored.columns, ignoringPresent: false)) }
                last = stored.key(of: found[found.count - 1])
                rows += found.count
                progress(MigrationProgress(step: .copying, table: table.name, rows: rows))
            }
        }
        try copyState()
    }

    /// The row that is the vault's own, and the numbers that were given out last.
    private func copyState() throws {
        let state = try data.first("SELECT created_at, last_record, erasures_applied, backed_up_at, resealed_at, protections_applied FROM vault") { row in
            (0..<6).map { MigratedValue(row, $0, .integer) }
        }!
        try server.transaction {
            let update = try server.statement("UPDATE vault.vault SET created_at = ?, last_record = ?, erasures_applied = ?, backed_up_at = ?, resealed_at = ?, protections_applied = ?")
            update.bind(state)
            try update.run()
        }
        for (table, column) in MigratedTable.numbered {
            let (source, target) = table.hasPrefix("keystore.") ? (keys, keyServer) : (data, server)
            let own = String(table.split(separator: ".")[1])
            let given = try source.integer("SELECT seq FROM sqlite_sequence WHERE name = ?", own)
                ?? source.integer("SELECT MAX(\(column)) FROM \(own)")
            if let given, given > 0 { try target.transaction { _ = try target.integer("SELECT setval(pg_get_serial_sequence(?, ?), ?)", table, column, given) } }
        }
    }

    private func target(of table: MigratedTable) -> PostgresConnection { table.isInKeyStore ? keyServer : server }

    private func compared() throws -> Int {
        do {
            return try compare()
        } catch StorageError.differs(let table) {
            // The next attempt begins anew.
            try server.transaction { try server.run("UPDATE vault.migration SET changed_by = NULL") }
            throw StorageError.differs(table: table)
        }
    }

    /// Compares every row; returns how many there are.
    private func compare() throws -> Int {
        var rows = 0
        for table in MigratedTable.all {
            let source = table.isInKeyStore ? keys : data
            let stored = try MigratedRows(of: table, as: source)
            var last: MigratedRows.Values?
            let target = target(of: table)
            try target.snapshot {
                try stored.forEachPortion(of: target, size: batch) { portion in
                    guard try stored.inFiles(source, after: last, limit: portion.count) == portion else { throw StorageError.differs(table: table.name) }
                    last = stored.key(of: portion[portion.count - 1])
                    rows += portion.count
                    progress(MigrationProgress(step: .comparing, table: table.name, rows: rows))
                }
            }
            guard try stored.inFiles(source, after: last, limit: 1).isEmpty else { throw StorageError.differs(table: table.name) }
        }
        return rows
    }

    private func lastKey(of stored: MigratedRows) throws -> MigratedRows.Values? {
        let keys = stored.keyColumns
        let order = keys.map { "\($0.name) DESC" }.joined(separator: ", ")
        return try target(of: stored.table).first("SELECT \(keys.map(\.name).joined(separator: ", ")) FROM \(stored.table.name) ORDER BY \(order) LIMIT 1") { row in
            keys.enumerated().map { MigratedValue(row, $0, $1.kind) }
        }
    }
}
