import Foundation
import GRDB

extension VaultStore {
    /// Copies `vault.db`, as it is at one moment, into a new file of mode 0600; writing goes on meanwhile.
    public func copyData(to path: String) throws { try Self.copy(database, to: path) }

    /// The same of `keystore.db`. Copied after the data, it has the key of every customer who is in there and was
    /// not erased since.
    public func copyKeys(to path: String) throws { try Self.copy(keys.database, to: path) }

    /// Whether it lies in files that can be copied.
    public var isInFiles: Bool { database is SQLiteDatabase }

    private static func copy(_ database: any Database, to path: String) throws {
        guard let source = (database as? SQLiteDatabase)?.pool else { throw StorageError.notFiles(database: database.name) }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw StorageError.readOnly(path: path)
        }
        try StorageError.naming(path) {
            let target = try DatabaseQueue(path: path)
            try source.backup(to: target)
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
