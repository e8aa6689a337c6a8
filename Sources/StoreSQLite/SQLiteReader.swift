import GRDB
import Store

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

    func backup(to target: DatabaseQueue, pagesPerStep: CInt, progress: @escaping (DatabaseBackupProgress) -> Void) throws {
        try queue.backup(to: target, pagesPerStep: pagesPerStep, progress: progress)
    }

    /// Refuses a file that is not ours, or not of the present format.
    func requireFormat(_ file: VaultPart, path: String) throws { try SQLiteSchema.check(file, of: queue, path: path) }

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
