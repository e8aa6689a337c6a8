import Foundation
import Synchronization
import Wire

/// What is kept and how it is found. Sees ciphertext, tags and plain attributes only: no key type
/// is visible here.
///
/// It has two parts, in two files or in two schemas of a server's database: records, subjects, indexes, tokens and the audit
/// entries in the one, wrapped keys and the log of erasures in the other. They are apart so that older data that are restored
/// beside the newer key store cannot bring an erased customer back.
///
/// One writer at a time across all processes, readers on snapshots. A write that has returned is durable.
package final class VaultStore: Sendable {
    package let database: any Database
    let snapshots: any Snapshots
    /// Bodies that wait for the writer, and whether a thread is writing.
    private let waiting = Mutex<(jobs: [WriteJob], hasLeader: Bool)>(([], false))
    /// As of the last transaction of this process.
    private let known = Mutex(WriterKnowledge())
    private let watch = Mutex(LogWatching())
    let state = StateWatch()
    /// After so long without a write of ours others may have added much: that is gone through before they have to wait.
    private static let patience = Duration.seconds(10)
    /// Leads for those that wait without a thread.
    private let leaders = DispatchQueue(label: "vault.leader")
    /// The wrapped keys.
    package let keys: KeyStore
    /// Random identifier of this vault, bound into every ciphertext.
    package let vaultID: UInt128

    package init(_ database: any Database, keys: KeyStore, vaultID: UInt128, snapshots: any Snapshots) {
        (self.database, self.keys, self.vaultID, self.snapshots) = (database, keys, vaultID, snapshots)
    }

    /// Runs `body` on a snapshot that no writer disturbs.
    package func read<R>(_ body: (StoreReader) throws -> R) throws -> R {
        try database.read { db in
            db.codeOpeners = state.codeOpeners
            db.knowing = { [state] in try StoreReader(db: $0, watch: state).knownCodes() }
            return try body(StoreReader(db: db, watch: state))
        }
    }

    /// The stored token with a SHA-256, as of now. Takes microseconds: no transaction is begun and no other reader waited for.
    package func token(hash: [UInt8]) throws -> TokenRow? {
        if let tokens = try database.lookUp({ try StoreReader(db: $0, watch: state).tokensAtOnce() }) { return tokens.row(hash: hash) }
        return try read { try $0.token(hash: hash) }
    }

    /// Runs `body` in a write transaction; what it did is durable when this returns and undone when
    /// it throws.
    ///
    /// Group commit: bodies that wait for the writer at the same time run one after the other in one
    /// transaction and share its flush to the disk. One that throws is undone alone. Where the disk is full, a body runs
    /// again after room was made: what it captures must not remember the first time.
    package func write<R>(_ room: Room = .ordinary, _ body: (StoreWriter) throws -> R) throws -> R {
        try database.withRoom(room) { try writeOnce(waiting: body) }
    }

    private func writeOnce<R>(waiting body: (StoreWriter) throws -> R) throws -> R {
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
            if let error = job.failure { try database.naming { throw error } }
        }
        return try database.naming { try result!.get() }
    }

    /// The same without a thread that waits, for many that write little.
    package func write<R: Sendable>(_ body: @escaping @Sendable (StoreWriter) throws -> R) async throws -> R {
        do {
            return try await writeOnce(body)
        } catch StorageError.diskFull {
            return try await withCheckedThrowingContinuation { continuation in
                leaders.async { [self] in continuation.resume(with: Result { try database.withRoom(.ordinary) { try writeOnce(waiting: body) } }) }
            }
        }
    }

    private func writeOnce<R: Sendable>(_ body: @escaping @Sendable (StoreWriter) throws -> R) async throws -> R {
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
                guard job.isDone else {
                    // Behind the tasks that can run now: what they write joins the group.
                    Task { [self] in
                        await Task.yield()
                        leaders.async { [self] in lead() }
                    }
                    return
                }
                let database = database
                continuation.resume(
                    with: Result {
                        try database.naming {
                            if let error = job.failure { throw error }
                            return try outcome.withLock { $0! }.get()
                        }
                    })
            }
            if enqueue(job) { job.wake() }
        }
    }

    /// How many bodies wait for the writer just now: for tests, which let them share a transaction.
    package var waitingWriters: Int { waiting.withLock { $0.jobs.count } }

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
        var jobs: [WriteJob] = []
        do {
            try checkLogIfIdle()
            try database.withWriter { connection in
                jobs = takeJobs()
                run(jobs, connection)
            }
        } catch {
            // The server cannot be reached.
            jobs = jobs.isEmpty ? takeJobs() : jobs
            for job in jobs { job.failure = error }
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

    /// Has statements open codes from now on.
    package func openCodes(with openers: CodeOpeners) { state.codeOpeners = openers }

    /// Goes by a clock from now on.
    package func keepTime(by reading: TimeReading) { state.keepTime(by: reading) }

    private func checkLogIfIdle() throws {
        let wasIdle = watch.withLock { watch in
            let now = ContinuousClock.now
            defer { watch.at = now }
            return watch.check != nil && now - watch.at > Self.patience
        }
        if wasIdle { try checkLog() }
    }

    private func takeJobs() -> [WriteJob] {
        waiting.withLock { waiting in
            defer { waiting.jobs = [] }
            return waiting.jobs
        }
    }

    /// Runs jobs in one transaction, and says to each whether it is durable.
    private func run(_ jobs: [WriteJob], _ connection: any WritingConnection) {
        // What is known is put back only when the transaction succeeds.
        var before = known.withLock { known in
            defer { known = WriterKnowledge() }
            return known
        }
        do {
            let group = WriteGroup(state)
            let writer = StoreWriter(db: connection, group: group)
            connection.codeOpeners = state.codeOpeners
            connection.knowing = { [state] in try StoreReader(db: $0, watch: state, group: group).knownCodes() }
            defer { connection.knowing = nil }
            try connection.transaction {
                if try !connection.mayHaveChanged() { swap(&group.known, &before) }
                try writer.adoptState()
                if let only = jobs.first, jobs.count == 1 {
                    try only.body?(writer)
                } else {
                    for job in jobs {
                        let before = (group.state, group.account, group.keeper)
                        group.undoing = []
                        // What it throws is its owner's to see, and so is what a server says only afterwards.
                        if let error = try connection.undoable({ try job.body?(writer) }) {
                            (group.state, group.account, group.keeper) = before
                            (group.known.tokens, group.known.waitingEvents) = ([:], [:])
                            for undo in group.undoing { undo() }
                            job.failure = error
                        }
                    }
                }
                try writer.storeCounts()
                try writer.storeArrivals()
                try group.beforeCommit?(writer)
                try writer.sealStateAlone()
            }
            group.known.commit()
            known.withLock { $0 = group.known }
            if let sum = group.account.coded { state.forgetCodes(butOf: sum) }
            group.afterCommit?()
        } catch {
            for job in jobs { job.failure = error }
        }
    }

    /// Has `check` look at the audit log on each connection to a server that is made from now on, before it is used: it may
    /// be to another server, which took over; and before a write that follows a pause.
    ///
    /// - Parameter keyCheck: the same on connections for the key store, of which it must not ask anything.
    package func watchLog(_ check: @escaping LogCheck, forKeys keyCheck: @escaping LogCheck) {
        watch.withLock { $0.check = check }
        state.logCheck = check
        database.check(connections: { try check(StoreReader(db: $0)) }, reading: .data)
        // Keys in a database of their own are looked at by ``watchKeys(_:)``.
        if !hasKeysApart { keys.database.check(connections: { try keyCheck(StoreReader(db: $0)) }, reading: .data) }
    }

    /// Asks `check`, or what ``watchLog(_:)`` was given, as of now.
    package func checkLog(_ check: LogCheck? = nil) throws {
        guard let check = check ?? watch.withLock({ $0.check }) else { return }
        try database.lookUp { try check(StoreReader(db: $0)) }
    }

    /// Runs `body`, which writes files beside the vault's, with the reserve where the disk is full: it may run again.
    ///
    /// - Throws: ``StorageError/diskFull(path:)`` when there is no room all the same.
    package func withReserve<R>(_ body: () throws -> R) throws -> R {
        try database.withRoom(.reserve) {
            do { return try body() } catch let fault as FileFault where fault.isDiskFull { throw StorageError.diskFull(path: fault.path) }
        }
    }

    /// Keeps the write-ahead log short while writing goes on.
    package func checkpoint() throws { try database.checkpoint() }

    /// The same where the disk has room for it; where it has none, what is written next says so.
    package func checkpointIfPossible() throws {
        do { try checkpoint() } catch StorageError.diskFull {}
    }

    /// Empties the write-ahead log, so that no byte of deleted rows stays in it. (A server sees to its own.)
    ///
    /// - Parameter patience: how long it waits for readers and writers of other processes.
    /// - Throws: ``StorageError/busy(path:)`` while a reader of another process holds an old snapshot.
    package func truncateLog(patience: Duration = .seconds(1)) throws {
        let end = ContinuousClock.now + patience
        // Where one cannot be emptied, the other is all the same.
        let keysEmptied = Result { try keys.truncateLog(patience: patience) }
        try database.withRoom(.reserve) { try database.truncateLog(patience: max(.zero, end - .now)) }
        try keysEmptied.get()
    }
}

/// Looks at the audit log; throws when it is not to be relied on.
package typealias LogCheck = @Sendable (StoreReader) throws -> Void

/// What is asked of the audit log, and when it was asked or written last.
///
/// A type of its own: a function that is itself a generic argument, or part of a tuple that is one, is wrapped anew each time
/// the value is looked at in place, until a call of it overflows the stack.
private struct LogWatching {
    var check: LogCheck?
    var at = ContinuousClock.now
}

/// A body that waits for the writer.
private final class WriteJob: @unchecked Sendable {
    // Sendable: its owner waits while another thread, the writer of the moment, runs it.
    var body: ((StoreWriter) throws -> Void)?
    /// Why it was undone, or the transaction not committed.
    var failure: (any Error)?
    var isDone = false
    /// Called when it is done, or when its owner is to lead next.
    var wake: () -> Void

    init(wake: @escaping () -> Void = {}, _ body: @escaping (StoreWriter) throws -> Void) { (self.wake, self.body) = (wake, body) }
}
