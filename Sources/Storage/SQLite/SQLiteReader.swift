import GRDB

/// A connection that reads, lent to one thread at a time.
///
/// GRDB's pool looks at the schema before each read and passes through several queues, which costs more than to read a
/// record. SQLite prepares statements anew by itself when the schema has changed.
final class SQLiteReader: @unchecked Sendable {
    // Sendable: the connection is used within the queue alone.
    private let queue: DatabaseQueue
    private let connection: SQLiteConnection

    /// - Parameter configuration: of the pool that writes to the same file.
    init(path: String, configuration: Configuration) throws {
        var configuration = configuration
        configuration.readonly = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        connection = queue.unsafeRead { SQLiteConnection($0) }
    }

    func backup(to target: DatabaseQueue) throws { try queue.backup(to: target) }

    /// Refuses a file that is not ours, or not of the format of `migrator`.
    func requireFormat(_ migrator: DatabaseMigrator, path: String) throws {
        let (identifier, superseded, complete) = try queue.read { db in
            (try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0, try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
        }
        guard identifier == SQLiteSchema.applicationID else { throw StorageError.notAVault(path: path) }
        guard !superseded else { throw StorageError.newerFormat(path: path) }
        guard complete else { throw StorageError.readOnly(path: path) }
    }

    /// Runs `body` on a snapshot.
    ///
    /// - Parameter others: who may help to read much.
    func read<R>(beside others: LendingPool<SQLiteReader>? = nil, _ body: (SQLiteConnection) throws -> R) throws -> R {
        try queue.unsafeRead { _ in
            connection.others = others
            defer { connection.others = nil }
            return try connection.snapshot(body)
        }
    }
}
