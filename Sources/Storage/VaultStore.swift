import Foundation
import GRDB
import Synchronization

/// What is kept and how it is found. Sees ciphertext, tags and plain attributes only: no key type
/// is visible here.
///
/// Two SQLite files in WAL mode: `vault.db` holds records, subjects, indexes, tokens and the audit
/// entries; `keystore.db` holds wrapped keys and the log of erasures. They are apart so that a
/// restored older `vault.db` beside the newer key store cannot bring an erased customer back.
///
/// One writer at a time across all processes (`BEGIN IMMEDIATE`), readers on snapshots. A write
/// that has returned is durable (`synchronous=FULL`); deleted content is overwritten
/// (`secure_delete`), and ``truncateLog()`` empties the write-ahead log after a deletion.
public final class VaultStore: Sendable {
    let pool: DatabasePool
    /// A connection of its own for check-points, so that the writer need not wait for them.
    private let checkpointer: DatabaseQueue
    /// A connection of its own for single rows that are wanted without delay, as at each sign-in.
    private let lookups: DatabaseQueue
    /// Bodies that wait for the writer, and whether a thread is writing.
    private let waiting = Mutex<(jobs: [WriteJob], hasLeader: Bool)>(([], false))
    /// Leads for those that wait without a thread.
    private let leaders = DispatchQueue(label: "vault.leader")
    /// The wrapped keys.
    public let keys: KeyStore
    /// Random identifier of this vault, bound into every ciphertext.
    public let vaultID: UInt128

    public static let dataFile = "vault.db"
    public static let keyFile = "keystore.db"

    /// Creates both files in `home`, which must exist and hold no vault.
    ///
    /// - Parameter patience: seconds to wait for another process's lock.
    public static func create(
        in home: URL, vaultID: UInt128, at now: Int64, patience: Double = 15
    ) throws -> VaultStore {
        let data = home.appendingPathComponent(dataFile)
        let keys = home.appendingPathComponent(keyFile)
        for file in [data, keys] where FileManager.default.fileExists(atPath: file.path) {
            throw StorageError.alreadyExists(path: file.path)
        }
        return try StorageError.naming(data.path) {
            let keyStore = try KeyStore(path: keys.path, creating: true)
            let pool = try DatabasePool(path: data.path, configuration: configuration(keyStorePath: keys.path, patience: patience))
            try Schema.dataMigrator.migrate(pool)
            try pool.write { db in
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                try db.execute(
                    sql: "INSERT INTO vault (vault_id, created_at) VALUES (?, ?)",
                    arguments: [vaultID.data, now])
            }
            return try VaultStore(pool: pool, keys: keyStore, vaultID: vaultID)
        }
    }

    /// Opens the vault in `home` and brings its schema up to date.
    public static func open(in home: URL) throws -> VaultStore {
        let data = home.appendingPathComponent(dataFile)
        let keys = home.appendingPathComponent(keyFile)
        for file in [data, keys] where !FileManager.default.fileExists(atPath: file.path) {
            throw StorageError.notFound(path: file.path)
        }
        return try StorageError.naming(data.path) {
            let keyStore = try KeyStore(path: keys.path, creating: false)
            let pool = try DatabasePool(path: data.path, configuration: configuration(keyStorePath: keys.path, patience: 15))
            try Schema.check(pool, path: data.path, migrator: Schema.dataMigrator)
            let identifier = try pool.read { db in
                try Data.fetchOne(db, sql: "SELECT vault_id FROM vault").flatMap(UInt128.init(data:))
            }
            guard let identifier else { throw StorageError.corrupt(path: data.path, detail: "no vault id") }
            return try VaultStore(pool: pool, keys: keyStore, vaultID: identifier)
        }
    }

    private init(pool: DatabasePool, keys: KeyStore, vaultID: UInt128) throws {
        (self.pool, self.keys, self.vaultID) = (pool, keys, vaultID)
        var configuration = Configuration()
        configuration.label = "checkpoint"
        configuration.prepareDatabase { try Schema.applyPragmas(to: $0, cacheKiB: 64) }
        checkpointer = try DatabaseQueue(path: pool.path, configuration: configuration)
        configuration.label = "lookups"
        // It may write only in that, closed last, it empties the write-ahead log.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = ON; PRAGMA cache_size = -256") }
        lookups = try DatabaseQueue(path: pool.path, configuration: configuration)
    }

    /// Runs `body` on a snapshot that no writer disturbs.
    public func read<R>(_ body: (StoreReader) throws -> R) throws -> R {
        try StorageError.naming(pool.path) {
            try pool.read { db in try body(StoreReader(db: db)) }
        }
    }

    /// The stored token with a SHA-256, as of now. Takes microseconds: no transaction is begun and no other reader waited for.
    public func token(hash: [UInt8]) throws -> TokenRow? {
        try StorageError.naming(pool.path) { try lookups.unsafeRead { db in try StoreReader(db: db).token(hash: hash) } }
    }

    /// Runs `body` in a write transaction; what it did is durable when this returns and undone when
    /// it throws.
    ///
    /// Group commit: bodies that wait for the writer at the same time run one after the other in one
    /// transaction and share its flush to the disk. One that throws is undone alone.
    public func write<R>(_ body: (StoreWriter) throws -> R) throws -> R {
        var result: Result<R, any Error>?
        try withoutActuallyEscaping(body) { body in
            let turn = DispatchSemaphore(value: 0)
            let job = WriteJob(wake: { turn.signal() }) { writer in
                do {
                    result = .success(try body(writer))
                } catch {
                    result = .failure(error)
                    throw error
                }
            }
            if !enqueue(job) { turn.wait() }
            if !job.isDone { lead() }
            if let error = job.commitError { try StorageError.naming(pool.path) { throw error } }
        }
        return try StorageError.naming(pool.path) { try result!.get() }
    }

    /// The same without a thread that waits, for many that write little.
    public func write<R: Sendable>(_ body: @escaping @Sendable (StoreWriter) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Mutex<Result<R, any Error>?>(nil)
            let job = WriteJob { writer in
                do {
                    let result = try body(writer)
                    outcome.withLock { $0 = .success(result) }
                } catch {
                    outcome.withLock { $0 = .failure(error) }
                    throw error
                }
            }
            job.wake = { [self, unowned job] in
                guard job.isDone else { return leaders.async { [self] in lead() } }
                let path = pool.path
                continuation.resume(
                    with: Result {
                        try StorageError.naming(path) {
                            if let error = job.commitError { throw error }
                            return try outcome.withLock { $0! }.get()
                        }
                    })
            }
            if enqueue(job) { job.wake() }
        }
    }

    /// - Returns: whether its owner is to lead now.
    private func enqueue(_ job: WriteJob) -> Bool {
        waiting.withLock { waiting in
            waiting.jobs.append(job)
            defer { waiting.hasLeader = true }
            return !waiting.hasLeader
        }
    }

    /// Runs all jobs that wait, wakes their owners, and hands the lead to the first that came meanwhile.
    private func lead() {
        let jobs = pool.writeWithoutTransaction { db in
            let jobs = waiting.withLock { waiting in
                defer { waiting.jobs = [] }
                return waiting.jobs
            }
            Self.run(jobs, db)
            return jobs
        }
        let next = waiting.withLock { waiting in
            if waiting.jobs.isEmpty { waiting.hasLeader = false }
            return waiting.jobs.first
        }
        for job in jobs {
            // Its owner returns as soon as it is woken, and what the body captured is gone then.
            job.body = nil
            job.isDone = true
            job.wake()
        }
        next?.wake()
    }

    /// Runs jobs in one transaction, and says to each whether it is durable.
    private static func run(_ jobs: [WriteJob], _ db: Database) {
        do {
            let group = WriteGroup()
            let writer = StoreWriter(db: db, group: group)
            try db.inTransaction(.immediate) {
                if let only = jobs.first, jobs.count == 1 {
                    try only.body?(writer)
                } else {
                    // Prepared once: GRDB's `inSavepoint` costs as much as a small body.
                    let (begin, undo, end) = (
                        try RowWriter(db, "SAVEPOINT body"), try RowWriter(db, "ROLLBACK TO body"), try RowWriter(db, "RELEASE body")
                    )
                    for job in jobs {
                        let (before, counted) = (group.state, group.counts)
                        try begin.run()
                        // What it throws is its owner's to see.
                        do {
                            try job.body?(writer)
                        } catch {
                            (group.state, group.counts) = (before, counted)
                            if db.isInsideTransaction { try undo.run() }
                        }
                        // A full disk ends the transaction for all.
                        guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                        try end.run()
                    }
                }
                try group.beforeCommit?(writer)
                try writer.storeCounts()
                return .commit
            }
            group.afterCommit?()
        } catch {
            for job in jobs { job.commitError = error }
        }
    }

    /// Copies the write-ahead log into the database as far as readers allow, while writing goes on;
    /// the next write then begins the log anew. Does nothing while another check-point runs.
    public func checkpoint() throws {
        try StorageError.naming(pool.path) {
            do {
                _ = try checkpointer.writeWithoutTransaction { try $0.checkpoint(.passive, on: "main") }
            } catch DatabaseError.SQLITE_BUSY, DatabaseError.SQLITE_LOCKED {
                // What it does not do, the next one does.
            }
        }
    }

    /// Empties the write-ahead log into the database and truncates it, so that no byte of deleted
    /// rows stays in it.
    ///
    /// - Throws: ``StorageError/busy(path:)`` while a reader of another process holds an old snapshot.
    public func truncateLog() throws {
        try StorageError.naming(pool.path) {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate, on: "main") }
        }
        try keys.truncateLog()
    }

    private static func configuration(keyStorePath: String, patience: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "vault"
        configuration.busyMode = .timeout(patience)
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { db in
            // What readers cache is void after the next write; the system's own cache serves them.
            try Schema.applyPragmas(to: db, cacheKiB: db.configuration.readonly ? 8 << 10 : 16 << 10)
            // Attached read-only: keys are written through `KeyStore`'s own connection only.
            var uri = URLComponents()
            (uri.scheme, uri.path) = ("file", keyStorePath.hasPrefix("/") ? keyStorePath : absolute(keyStorePath))
            try db.execute(sql: "ATTACH DATABASE ? AS keystore", arguments: [uri.string! + "?mode=ro"])
            // Keys change seldom, so that what is cached of them stays valid.
            try db.execute(sql: "PRAGMA keystore.cache_size = -16384")
        }
        return configuration
    }

    private static func absolute(_ path: String) -> String {
        FileManager.default.currentDirectoryPath + "/" + path
    }
}

/// A body that waits for the writer.
private final class WriteJob: @unchecked Sendable {
    // Sendable: its owner waits while another thread, the writer of the moment, runs it.
    var body: ((StoreWriter) throws -> Void)?
    /// Why the transaction was not committed.
    var commitError: (any Error)?
    var isDone = false
    /// Called when it is done, or when its owner is to lead next.
    var wake: () -> Void

    init(wake: @escaping () -> Void = {}, _ body: @escaping (StoreWriter) throws -> Void) { (self.wake, self.body) = (wake, body) }
}

/// A read transaction. Its operations stand in extensions, one file a subject matter.
public struct StoreReader {
    let db: Database
}

/// What the bodies that share a transaction share besides.
final class WriteGroup {
    var state: (any Sendable)?
    /// What was counted and is not in the database yet.
    var counts = GroupCounts()
    var beforeCommit: ((StoreWriter) throws -> Void)?
    var afterCommit: (() -> Void)?
}

/// The write transaction. It can read what it has written.
public struct StoreWriter {
    let db: Database
    let group: WriteGroup

    /// What one body leaves for the next in the same transaction; put back when a body is undone.
    public var groupState: (any Sendable)? {
        get { group.state }
        nonmutating set { group.state = newValue }
    }

    /// Runs once at the end of the transaction, for all bodies in it; replaces what was to run before.
    public func beforeCommit(_ body: @escaping (StoreWriter) throws -> Void) { group.beforeCommit = body }

    /// Runs once what was written is durable; replaces what was to run before.
    public func afterCommit(_ body: @escaping () -> Void) { group.afterCommit = body }

    /// The same transaction, for reading.
    public var reader: StoreReader { StoreReader(db: db) }
}
