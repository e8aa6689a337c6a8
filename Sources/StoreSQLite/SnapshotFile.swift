import Foundation
import GRDB
import Store
import Wire

/// A file of SQLite that is written as a whole, for a snapshot.
package enum SnapshotFile {
    /// Gives `body` a connection to the file at `path`, which is made, with mode 0600, or taken as it is.
    ///
    /// - Throws: ``StorageError/notAVault(path:)``, ``StorageError/newerFormat(path:)`` when a file is there that is none
    ///   of a vault of this program's format or an older one.
    package static func write(_ path: String, _ file: VaultPart, _ body: (any Connection) throws -> Void) throws {
        let isNew = !FileManager.default.fileExists(atPath: path)
        if isNew { _ = try BlockFile(path, blockSize: 1, .writing) }
        try StorageError.naming(path) {
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                try SQLiteSchema.applyPragmas(to: db, cacheKiB: 16 << 10)
                // What fails leaves a file that nobody uses: there is nothing to roll back to.
                try db.execute(sql: "PRAGMA journal_mode = OFF")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            if isNew { try SQLiteSchema.create(file, in: queue) } else { try SQLiteSchema.upgrade(file, in: queue, path: path) }
            try queue.writeWithoutTransaction { db in
                let connection = SQLiteConnection(db)
                try connection.transaction { try body(connection) }
            }
        }
    }
}
