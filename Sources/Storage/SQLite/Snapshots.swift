import Foundation
import GRDB
import Wire

/// How far a copy has come.
public enum CopyProgress: Sendable {
    /// Of files: so many of so many pages.
    case pages(Int, of: Int)
    /// Of a database.
    case rows(Int)
}

extension VaultStore {
    /// Writes the data as it is at one moment into a file of mode 0600; writing goes on meanwhile.
    ///
    /// - Parameter path: a new file. For a vault in a database it may be that of a former snapshot of the same vault, which
    ///   then takes what has changed since.
    public func copyData(to path: String, progress: @escaping (CopyProgress) -> Void = { _ in }) throws {
        if let server = database as? PostgresDatabase {
            try server.read { try DatabaseSnapshot(server: $0, progress: progress).writeData(to: path) }
        } else {
            try Self.copy(database, to: path, progress)
        }
    }

    /// Writes the key store as it is at one moment into a new file of mode 0600. It has the key of every customer who is
    /// in a copy of the data that was taken before, and was not erased since.
    public func copyKeys(to path: String) throws {
        if let server = keys.database as? PostgresDatabase {
            try server.read { try DatabaseSnapshot(server: $0) { _ in }.writeKeys(to: path) }
        } else {
            try Self.copy(keys.database, to: path) { _ in }
        }
    }

    /// Whether it lies in files that can be copied.
    public var isInFiles: Bool { database is SQLiteDatabase || database is ReadOnlyFiles }

    /// Pages between two reports.
    private static let portion: CInt = 2048

    private static func copy(_ database: any Database, to path: String, _ progress: @escaping (CopyProgress) -> Void) throws {
        let backup: (DatabaseQueue, @escaping (DatabaseBackupProgress) -> Void) throws -> Void
        switch database {
        case let files as SQLiteDatabase: backup = { try files.pool.backup(to: $0, pagesPerStep: portion, progress: $1) }
        case let files as ReadOnlyFiles: backup = { try files.backup(to: $0, pagesPerStep: portion, progress: $1) }
        default: throw StorageError.notFiles(database: database.name)
        }
        _ = try BlockFile(path, blockSize: 1, .writing)
        try StorageError.naming(path) {
            let target = try DatabaseQueue(path: path)
            try backup(target) { progress(.pages($0.completedPageCount, of: $0.totalPageCount)) }
            // One file, without a write-ahead log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        }
    }

    /// The signed checkpoint of the audit log in a copy of `vault.db`.
    public static func auditCheckpoint(inCopy path: String) throws -> String? {
        try readCopy(path) { try String.fetchOne($0, sql: "SELECT checkpoint FROM audit_head") }
    }

    fileprivate static func readCopy<R>(_ path: String, _ body: (GRDB.Database) throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.readonly = true
        return try StorageError.naming(path) {
            let copy = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? copy.close() }
            return try copy.read(body)
        }
    }
}

extension KeyStore {
    /// Opens a copy of a key store without its vault, in the present format.
    public static func open(copy path: String) throws -> KeyStore {
        try StorageError.naming(path) {
            let pool = try SQLiteDatabase.keys(path)
            _ = try SQLiteSchema.upgrade(.keys, in: pool, path: path)
            return KeyStore(try SQLiteDatabase(pool, spare: nil, isNested: true))
        }
    }

    /// Whether a file is the key store of some vault.
    public static func isOne(_ path: String) throws -> Bool {
        do {
            return try VaultStore.readCopy(path) { db in
                try Int.fetchOne(db, sql: "PRAGMA application_id") == SQLiteSchema.applicationID && db.tableExists("subject_key_state")
            }
        } catch StorageError.notAVault {
            return false
        }
    }

    /// Ids of the root keys by number, and the vault's own keys, in a key store that no vault has open.
    public static func keys(inCopy path: String) throws -> (roots: [Int: String], keys: [DataKeyRow]) {
        try VaultStore.readCopy(path) { db in
            let roots = try GRDB.Row.fetchAll(db, sql: "SELECT number, id FROM root_key").map { ($0[0] as Int, $0[1] as String) }
            let keys = try GRDB.Row.fetchAll(db, sql: "SELECT kind, name, version, root, wrapped, created_at FROM data_key").map { row in
                DataKeyRow(kind: row[0], name: row[1], version: row[2], wrapped: WrappedKey(root: row[3], bytes: Array(row[4] as Data)), createdAt: row[5])
            }
            return (Dictionary(uniqueKeysWithValues: roots), keys)
        }
    }

    /// Copies a key store that no vault has open into a new file of mode 0600.
    public static func copy(_ source: String, to path: String) throws {
        _ = try BlockFile(path, blockSize: 1, .writing)
        if access(URL(fileURLWithPath: source).deletingLastPathComponent().path, W_OK) != 0 {
            // SQLite reads a write-ahead log only where it may write: it does so beside the copy.
            for suffix in ["", "-wal"] where access(source + suffix, F_OK) == 0 { try copyBytes(source + suffix, to: path + suffix) }
            return try StorageError.naming(path) {
                let copy = try DatabaseQueue(path: path)
                try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try copy.close()
            }
        }
        var configuration = Configuration()
        configuration.readonly = true
        let from = try StorageError.naming(source) {
            let from = try DatabaseQueue(path: source, configuration: configuration)
            // Whether it is a database shows when it is read.
            _ = try from.read { try $0.tableExists("root_key") }
            return from
        }
        try StorageError.naming(path) {
            let target = try DatabaseQueue(path: path)
            try from.backup(to: target)
            try target.close()
            try from.close()
        }
    }

    private static func copyBytes(_ source: String, to path: String) throws {
        let (from, to) = (try BlockFile(source, blockSize: 1 << 16, .reading), try BlockFile(path, blockSize: 1 << 16, .writing))
        var index = 0
        while case let block = try from.block(index), !block.isEmpty {
            try to.write(block, at: index)
            index += 1
        }
    }
}
