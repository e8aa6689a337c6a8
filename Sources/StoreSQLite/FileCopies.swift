import Foundation
import GRDB
import Store
import Wire

/// Files of a vault that no vault has open: copies, and what a backup has put together.
package enum FileCopies {
    /// The signed checkpoint of the audit log in a copy of `vault.db`.
    package static func auditCheckpoint(of path: String) throws -> String? {
        try read(path) { try $0.first("SELECT checkpoint FROM audit_head") { $0.text(0) } }
    }

    private static func read<R>(_ path: String, _ body: (any Connection) throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.readonly = true
        return try StorageError.naming(path) {
            let copy = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? copy.close() }
            return try copy.read { try body(SQLiteConnection($0)) }
        }
    }

    /// Opens a copy of a key store without its vault, in the present format.
    package static func openKeys(_ path: String) throws -> KeyStore {
        try StorageError.naming(path) {
            let pool = try SQLiteDatabase.keys(path)
            _ = try SQLiteSchema.upgrade(.keys, in: pool, path: path)
            return KeyStore(try SQLiteDatabase(pool, spare: nil, isNested: true))
        }
    }

    /// Whether a file is the key store of some vault.
    package static func isKeyStore(_ path: String) throws -> Bool {
        do {
            return try read(path) { db in
                try db.integer("PRAGMA application_id") == SQLiteSchema.applicationID && !db.columns(of: "subject_key_state").isEmpty
            }
        } catch StorageError.notAVault {
            return false
        }
    }

    /// Ids of the root keys by number, and the vault's own keys, in a key store that no vault has open.
    package static func keys(of path: String) throws -> (roots: [Int: String], keys: [KeyStore.DataKeyRow]) {
        try read(path) { db in
            let roots = try db.rows("SELECT number, id FROM root_key") { ($0.int(0), $0.text(1)) }
            return (Dictionary(uniqueKeysWithValues: roots), try KeyStore.dataKeys(db))
        }
    }

    /// Copies a key store that no vault has open into a new file of mode 0600.
    package static func copyKeys(_ source: String, to path: String) throws {
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
