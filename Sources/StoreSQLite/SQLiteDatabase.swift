import Foundation
import GRDB
import GRDBSQLite
import Store

/// A file of SQLite in WAL mode.
///
/// One writer at a time across all processes (`BEGIN IMMEDIATE`), readers on snapshots. A write that has returned is
/// durable (`synchronous=FULL`); deleted content is overwritten (`secure_delete`), and ``truncateLog()`` empties the
/// write-ahead log after a deletion.
final class SQLiteDatabase: CopyableFile {
    let pool: DatabasePool
    private let readers: LendingPool<SQLiteReader>
    /// A connection of its own for check-points, so that the writer need not wait for them.
    private let checkpointer: DatabaseQueue
    private let lookups: DatabaseQueue
    /// Used within the queue alone.
    nonisolated(unsafe) private let lookup: SQLiteConnection
    private let reserve: LogReserve
    private let spare: DiskReserve?
    private let isNested: Bool
    /// Used within the pool's writing queue alone.
    private nonisolated(unsafe) let writer: SQLiteConnection

    var name: String { pool.path }
    let (isReadOnly, hasKeysApart) = (false, false)

    /// - Parameters:
    ///   - spare: of the disk that it lies on, where it is a vault's home.
    ///   - isNested: whether it is also written to while another file is: for keys that a transaction on the data needs. The
    ///     other's log cannot be emptied then.
    init(_ pool: DatabasePool, spare: DiskReserve?, isNested: Bool) throws {
        (self.pool, self.spare, self.isNested) = (pool, spare, isNested)
        let (path, configured) = (pool.path, pool.configuration)
        // For a server's threads, and for those that help another to read.
        readers = LendingPool(count: 12) { try SQLiteReader(path: path, configuration: configured) }
        var configuration = Configuration()
        configuration.label = "checkpoint"
        configuration.prepareDatabase { try SQLiteSchema.applyPragmas(to: $0, cacheKiB: 64) }
        checkpointer = try DatabaseQueue(path: pool.path, configuration: configuration)
        configuration.label = "lookups"
        // It may write only in that, closed last, it empties the write-ahead log.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = ON; PRAGMA cache_size = -256") }
        lookups = try DatabaseQueue(path: pool.path, configuration: configuration)
        lookup = lookups.unsafeRead { SQLiteConnection($0) }
        let reserve = LogReserve(path: pool.path)
        self.reserve = reserve
        writer = pool.writeWithoutTransaction { db in
            reserve.watch(db)
            return SQLiteConnection(db, reserve: reserve)
        }
        spare?.addLog(of: path) { [weak self] in try self?.truncateLog(patience: .milliseconds(200)) }
    }

    deinit {
        // Whoever is closed last empties the write-ahead log: one that may write.
        readers.removeIdle()
        // The connection may live on.
        pool.writeWithoutTransaction { LogReserve.unwatch($0) }
    }

    /// Opens `vault.db`, with `keystore.db` attached read-only: keys are written through ``KeyStore`` only.
    static func data(_ path: String, keyStore: String, patience: Double) throws -> DatabasePool {
        var configuration = configuration("vault", patience: patience)
        configuration.prepareDatabase { db in
            // What readers cache is void after the next write; the system's own cache serves them.
            try SQLiteSchema.applyPragmas(to: db, cacheKiB: db.configuration.readonly ? 4 << 10 : 16 << 10)
            try db.execute(sql: "ATTACH DATABASE ? AS keystore", arguments: [address(of: keyStore, "mode=ro")])
            // Keys change seldom, so that what is cached of them stays valid; but each reader holds its own copy.
            try db.execute(sql: "PRAGMA keystore.cache_size = \(db.configuration.readonly ? -(4 << 10) : -(16 << 10))")
        }
        return try durable(DatabasePool(path: path, configuration: configuration))
    }

    /// A file with parameters (sqlite.org/uri.html).
    static func address(of path: String, _ parameters: String) -> String {
        var uri = URLComponents()
        (uri.scheme, uri.path) = ("file", path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path)
        return "\(uri.string!)?\(parameters)"
    }

    /// Opens `keystore.db`.
    static func keys(_ path: String) throws -> DatabasePool {
        var configuration = configuration("keystore", patience: 15)
        configuration.prepareDatabase { try SQLiteSchema.applyPragmas(to: $0, cacheKiB: 4 << 10) }
        return try durable(DatabasePool(path: path, configuration: configuration))
    }

    /// GRDB lowers `synchronous` to NORMAL when it sets up WAL mode, which is after `prepareDatabase`.
    private static func durable(_ pool: DatabasePool) throws -> DatabasePool {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }

    static func configuration(_ label: String, patience: Double) -> Configuration {
        _ = MemoryStatistics.areOff
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(patience)
        return configuration
    }

    func read<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try readers.lend { try $0.read(beside: readers, body) } } }

    func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try lookups.unsafeRead { _ in try body(lookup) } } }

    func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R {
        try pool.writeWithoutTransaction { _ in try body(writer) }
    }

    func naming<R>(_ body: () throws -> R) throws -> R { try StorageError.naming(pool.path, body) }

    /// Copies the write-ahead log into the database as far as readers allow; the next write then begins the log anew.
    /// Does nothing while another check-point runs.
    func checkpoint() throws {
        try naming {
            do {
                _ = try checkpointer.writeWithoutTransaction { try $0.checkpoint(.passive, on: "main") }
            } catch DatabaseError.SQLITE_BUSY, DatabaseError.SQLITE_LOCKED {
                // What it does not do, the next one does.
            }
        }
    }

    /// - Throws: ``StorageError/busy(path:)`` while a reader of another process holds an old snapshot.
    func truncateLog(patience: Duration) throws {
        let end = ContinuousClock.now + patience
        try naming {
            while true {
                do {
                    return try pool.writeWithoutTransaction { db in
                        // SQLite waits for readers and writers, but not for another check-point.
                        sqlite3_busy_timeout(db.sqliteConnection, Int32(max(Duration.zero, end - ContinuousClock.now) / .milliseconds(1)))
                        defer { db.restoreBusyTimeout() }
                        _ = try db.checkpoint(.truncate, on: "main")
                    }
                } catch DatabaseError.SQLITE_BUSY where ContinuousClock.now < end {
                    Thread.sleep(forTimeInterval: 0.01)
                }
            }
        }
    }

    func backup(to target: DatabaseQueue, pagesPerStep: CInt, progress: @escaping (DatabaseBackupProgress) -> Void) throws {
        try pool.backup(to: target, pagesPerStep: pagesPerStep, progress: progress)
    }

    func withRoom<R>(_ room: Room, _ body: () throws -> R) throws -> R {
        if let spare { try spare.withRoom(room, file: isNested ? name : nil, body) } else { try body() }
    }
}

extension GRDB.Database {
    /// What GRDB set when it opened the connection.
    fileprivate func restoreBusyTimeout() {
        guard case .timeout(let seconds) = configuration.busyMode else { return }
        sqlite3_busy_timeout(sqliteConnection, Int32(seconds * 1000))
    }
}
