import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization
import Wire

/// Writes audit entries in the transaction of the change that they describe, and signs the log's new end.
package struct AuditTrail: Sendable {
    /// The log's name in its checkpoints.
    let origin: String
    private let keys: AuditKeys
    let watch: LogWatch
    private let doubted: @Sendable () -> Int64?
    /// The policy in force, as entries name it.
    private let policy: String?
    /// Entries of one transaction, to be stored together.
    private static let pendingLimit = 128
    /// If the log's time differs from the clock's by this much or more, in milliseconds, an entry records the clock's as well.
    private static let difference: Int64 = 1000
    /// By how many bytes an entry grows that commits to the state.
    private static let stateLength = 128

    /// - Parameter load: returns the keys as the key store has them now.
    package init(vaultID: UInt128, load: @escaping @Sendable () throws -> AuditKeys.State) throws {
        try self.init(vaultID: vaultID, watch: LogWatch(nil), policy: nil, doubted: { nil }, load: load)
    }

    /// - Parameters:
    ///   - watch: knows where the log last ended.
    ///   - doubted: what the machine's clock says, if it is not trusted, in milliseconds since 1970.
    init(
        vaultID: UInt128, watch: LogWatch, policy: String?, doubted: @escaping @Sendable () -> Int64?, load: @escaping @Sendable () throws -> AuditKeys.State
    ) throws {
        (self.watch, self.policy, self.doubted) = (watch, policy, doubted)
        origin = "vocvault/\(vaultID.bigEndianBytes.hexadecimal)"
        keys = try AuditKeys(load: load)
    }

    /// The newest signing key.
    package var signingKey: Ed25519.SigningKey { keys.state.signing.last! }

    /// Every key that has signed this log.
    package var logKeys: [LogKey] { keys.state.logKeys }

    /// Adopts keys that were added, and drops keys that were removed.
    func reloadKeys() throws { try keys.reload() }

    /// Whether queries may answer differently after what an entry records.
    static func mayChange(_ entry: AuditEntry) -> Bool { entry.outcome != .denied && entry.event?.effect.contains(.changesAnswers) ?? true }

    /// Appends entries in order; returns them with their numbers and times.
    ///
    /// - Parameter beginning: whether this is the vault's first entry. If a log disappears later, it must not begin again as if
    ///   nothing had been there.
    @discardableResult
    package func append(
        _ entries: consuming [AuditEntry], to writer: StoreWriter, now: Int64, beginning: Bool = false
    ) throws -> [AuditEntry] {
        var end = try end(writer, beginning: beginning)
        // The log's time never goes back, whatever the machine's clock does.
        let time = max(now, end.time)
        let clock = time - now < Self.difference ? nil : Timestamp(milliseconds: now).description
        let doubted = doubted().flatMap { abs($0 - now) < Self.difference ? nil : Timestamp(milliseconds: $0).description }
        for index in entries.indices {
            entries[index].seq = end.size
            entries[index].time = Timestamp(milliseconds: time).description
            (entries[index].clock, entries[index].doubted) = (clock, doubted)
            entries[index].policy = policy
            guard entries[index].canonicalBytes.count <= TileFolder.maximumEntry - Self.stateLength else {
                throw VaultError.invalid("the request is too long for the audit log")
            }
            end.add(entries[index])
            if Self.mayChange(entries[index]) { end.changedBy = entries[index].seq }
        }
        if end.pending.count >= Self.pendingLimit { try end.store(writer) }
        end.time = time
        writer.groupState = end
        return entries
    }

    /// Stores what this transaction has appended so far, for code that reads the entries themselves.
    func store(_ writer: StoreWriter) throws {
        guard var end = writer.groupState as? LogEnd else { return }
        end.close(nil)
        try end.store(writer)
        writer.groupState = end
    }

    /// The last entry after which queries may answer differently, as of this transaction.
    func lastChange(_ writer: StoreWriter) throws -> LogChange { LogChange(entry: try end(writer, beginning: false).changedBy, decisions: watch.decisions) }

    /// The same, as far as this process knows: the true one may be newer, never older. Nil before the first transaction.
    var lastKnownChange: LogChange? { watch.lastChange }

    private func end(_ writer: StoreWriter, beginning: Bool) throws -> LogEnd {
        if let end = writer.groupState as? LogEnd { return end }
        let end = try begin(writer, beginning: beginning)
        writer.groupState = end
        return end
    }

    /// The log's end at the last commit. Everything that one transaction appends is signed together.
    private func begin(_ writer: StoreWriter, beginning: Bool) throws -> LogEnd {
        let head = try follow(writer.reader)
        guard head != nil || beginning else { throw VaultError.integrity("the audit log is gone") }
        try watch.requireKept()
        writer.beforeCommit { writer in
            // If all bodies failed, nothing was appended.
            guard var end = writer.groupState as? LogEnd, end.size > head?.row.size ?? 0 else { return }
            end.close(try end.last.flatMap { try writer.commitState(entry: $0.seq) })
            try end.store(writer)
            let checkpoint = Checkpoint(origin: origin, size: end.tree.size, root: end.tree.root(using: SHA256()))
            let signed = LogHead(origin: origin, tree: end.tree, note: try checkpoint.signed(by: keys.state.signing))
            try writer.setAuditHead(
                AuditHead(size: signed.size, frontier: signed.frontier, lastTime: end.time, changedBy: end.changedBy, checkpoint: signed.note))
            // Only what is durable may be kept or shown: a checkpoint of a log that a crash then undoes would accuse the vault
            // for ever.
            writer.afterCommit { [watch] in watch.note(signed, change: end.changedBy) }
        }
        return LogEnd(tree: head?.tree ?? MerkleTree(), time: head?.row.lastTime ?? 0, changedBy: head?.row.changedBy ?? -1)
    }

    /// A durable checkpoint, known to this process, of a log with `entry`; nil if there is none.
    func checkpoint(covering entry: Int64) -> String? { watch.known.flatMap { $0.head.size > entry ? $0.head.note : nil } }
}

extension AuditTrail {
    /// Reads where the log ends, and verifies that it continues the newest head that this process knows. For its own transactions
    /// that is one comparison; entries of other processes are hashed again, and their checkpoint's signature is verified.
    ///
    /// - Returns: nil if there is no log yet.
    /// - Throws: ``VaultError/logForked(_:)``; ``VaultError/integrity(_:)`` if the database's log does not end as this vault
    ///   signed it.
    func follow(_ reader: StoreReader) throws -> (row: AuditHead, tree: MerkleTree)? {
        // Read before the database, as it may be newer afterwards.
        let known = watch.known?.head
        let row = try reader.auditHead()
        if let row, let known, row.size == known.size, row.frontier == known.frontier, known.origin == origin {
            if watch.isForked { watch.isForked = false }
            return (row, known.tree)
        }
        do {
            guard let row else {
                if let known { throw LogFork(.shorter, kept: known.size, found: 0) }
                return nil
            }
            let head = try signed(row)
            if let known { try requireContinuation(of: known, in: head.tree, reader) }
            watch.note(head, change: row.changedBy)
            watch.isForked = false
            return (row, head.tree)
        } catch let fork as LogFork {
            if watch.takesUpDecision() { return try follow(reader) }
            watch.isForked = true
            throw VaultError.logForked(fork)
        }
    }

    /// The same for readers. Damage within the log is left to those who verify it or append to it.
    ///
    /// - Throws: ``VaultError/logForked(_:)``.
    func requireContinuation(_ reader: StoreReader) throws {
        do { _ = try follow(reader) } catch VaultError.integrity {}
    }

    /// The same without the key store, so that its own connections can be checked: whether the log begins with what this process
    /// knows, whoever signed the rest.
    ///
    /// - Throws: ``VaultError/logForked(_:)``.
    func requireBeginning(_ reader: StoreReader) throws {
        guard let known = watch.known?.head else { return }
        do {
            guard let row = try reader.auditHead() else { throw LogFork(.shorter, kept: known.size, found: 0) }
            if row.size == known.size, row.frontier == known.frontier, known.origin == origin { return }
            // Damage within the log is left to those who verify it.
            guard let tree = MerkleTree(size: row.size, frontier: row.frontier) else { return }
            try requireContinuation(of: known, in: tree, reader)
        } catch let fork as LogFork {
            if watch.takesUpDecision() { return try requireBeginning(reader) }
            watch.isForked = true
            throw VaultError.logForked(fork)
        }
    }

    /// The end as the database has it, with its signature verified.
    func signed(_ row: AuditHead) throws -> LogHead {
        if Checkpoint.hasUnknownSigner(row.checkpoint, keys: logKeys) {
            // Another process has replaced the key: a signature with the former one would be worthless.
            try keys.reload()
            guard !Checkpoint.hasUnknownSigner(row.checkpoint, keys: logKeys) else {
                throw VaultError.integrity("the audit log's end is signed by a key that the key store lacks")
            }
        }
        do {
            return try LogHead(origin: origin, size: row.size, frontier: row.frontier, note: row.checkpoint, keys: logKeys)
        } catch {
            throw VaultError.integrity("the audit log's end is not one that this vault has signed: \(error)")
        }
    }

    private func requireContinuation(of known: LogHead, in found: MerkleTree, _ reader: StoreReader) throws {
        func fork(_ reason: LogFork.Reason) -> LogFork { LogFork(reason, kept: known.size, found: found.size) }
        guard known.origin == origin else { throw fork(.foreign) }
        guard found.size > known.size else { throw fork(found.size < known.size ? .shorter : .different) }
        var tree = known.tree
        let sha = SHA256()
        try reader.forEachAuditEntry(from: known.size, until: found.size) { sequence, entry in
            guard sequence == tree.size else { throw fork(.different) }
            tree.append(entry, using: sha)
        }
        guard tree == found else { throw fork(.different) }
    }
}

/// The end of the log inside a transaction.
private struct LogEnd: Sendable {
    var tree: MerkleTree
    /// Time of the last entry, in milliseconds since 1970.
    var time: Int64
    /// The last entry whose action may have changed what queries show.
    var changedBy: Int64
    /// The last entry, which is not in the tree yet: if it stays the last, it commits to the state.
    private(set) var last: AuditEntry?
    /// The last entries of the tree, which the database does not have yet.
    private(set) var pending: [[UInt8]] = []

    init(tree: MerkleTree, time: Int64, changedBy: Int64) { (self.tree, self.time, self.changedBy) = (tree, time, changedBy) }

    var size: Int64 { tree.size + (last == nil ? 0 : 1) }

    mutating func add(_ entry: AuditEntry) {
        close(nil)
        last = entry
    }

    /// Puts the last entry into the tree.
    ///
    /// - Parameter state: what commits it to the state.
    mutating func close(_ state: [UInt8]?) {
        guard var entry = last else { return }
        entry.state = state?.hexadecimal
        let bytes = entry.canonicalBytes
        tree.append(bytes, using: SHA256())
        pending.append(bytes)
        last = nil
    }

    mutating func store(_ writer: StoreWriter) throws {
        try writer.appendAuditEntries(pending, from: tree.size - Int64(pending.count))
        pending = []
    }
}

/// The audit log's keys in memory.
package final class AuditKeys: Sendable {
    package struct State: Sendable {
        /// Signing keys, in the order in which they were made: two while one replaces the other.
        var signing: [Ed25519.SigningKey]
        /// Former signing keys.
        var former: [LogKey]

        package init(signing: [Ed25519.SigningKey], former: [LogKey] = []) { (self.signing, self.former) = (signing, former) }

        var logKeys: [LogKey] { signing.reversed().map { LogKey(publicKey: $0.publicKey) } + former }
    }

    private let current: Mutex<State>
    private let load: @Sendable () throws -> State

    init(load: @escaping @Sendable () throws -> State) throws {
        self.load = load
        current = Mutex(try load())
    }

    var state: State { current.withLock { $0 } }

    func reload() throws {
        let state = try load()
        current.withLock { $0 = state }
    }
}
