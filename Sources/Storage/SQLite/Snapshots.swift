import Foundation
import GRDB

extension VaultStore {
    /// Writes `vault.db` and `keystore.db`, as they are at one moment, into files of mode 0600; writing goes on meanwhile.
    ///
    /// - Parameters:
    ///   - data: a new file. For a vault in a database it may be that of a former snapshot of the same vault, which then
    ///     takes what has changed since.
    ///   - keys: a new file. It has the key of every customer who is in `data` and was not erased since.
    public func snapshot(data: String, keys: String) throws {
        if let server = database as? PostgresDatabase {
            try server.read { connection in
                let snapshot = DatabaseSnapshot(server: connection)
                try snapshot.writeData(to: data)
                try snapshot.writeKeys(to: keys)
            }
        } else {
            try Self.copy(database, to: data)
            try Self.copy(self.keys.database, to: keys)
        }
    }

    /// Whether it lies in files that can be copied.
    public var isInFiles: Bool { database is SQLiteDatabase || database is ReadOnlyFiles }

    private static func copy(_ database: any Database, to path: String) throws {
        let backup: (DatabaseQueue) throws -> Void
        switch database {
        case let files as SQLiteDatabase: backup = { try files.pool.backup(to: $0) }
        case let files as ReadOnlyFiles: backup = files.backup
        default: throw StorageError.notFiles(database: database.name)
        }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw StorageError.readOnly(path: path)
        }
        try StorageError.naming(path) {
            let target = try DatabaseQueue(path: path)
            try backup(target)
            // One file, without a write-ahead log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        }
    }

    /// The signed checkpoint of the audit log in a copy of `vault.db`.
    public static func auditCheckpoint(inCopy path: String) throws -> String? {
        var configuration = Configuration()
        configuration.readonly = true
        return try StorageError.naming(path) {
            let copy = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? copy.close() }
            return try copy.read { try String.fetchOne($0, sql: "SELECT checkpoint FROM audit_head") }
        }
    }
}

extension KeyStore {
    /// Copies a key store that no vault has open.
    public static func copy(_ source: String, to path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        try StorageError.naming(source) {
            let from = try DatabaseQueue(path: source, configuration: configuration)
            let target = try DatabaseQueue(path: path)
            try from.backup(to: target)
            try target.close()
            try from.close()
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
