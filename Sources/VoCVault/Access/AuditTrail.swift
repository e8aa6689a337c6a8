import AuditLog
import Policy
import RedactedAPI
import Sealing
import Storage
import Synchronization

/// Writes audit entries inside the transaction whose change they describe, and signs the log's new end.
package struct AuditTrail: Sendable {
    /// Name of the log in its checkpoints.
    let origin: String
    private let keys: AuditKeys
    private let doubted: @Sendable () -> Int64?
    private let newest = NewestCheckpoint()
    /// Entries of one transaction that wait to be stored together.
    private static let pendingLimit = 128
    /// Actions that leave what queries show as it is. Any other, those that are yet to come included, may change it.
    private static let looking: Set<String> = Set(
        [Action.query, .reveal, .lookup, .auditRead, .auditVerify, .subjectExport, .migrate].map(\.rawValue) + ["alert", "sign-in"])

    /// From this difference on, in milliseconds, an entry says what the log's order does not let its time say.
    private static let difference: Int64 = 1000

    /// - Parameters:
    ///   - doubted: what the machine's clock says, where it is not believed, in milliseconds since 1970.
    ///   - load: gives the keys as they are in the key store now.
    package init(
        vaultID: UInt128, doubted: @escaping @Sendable () -> Int64? = { nil }, load: @escaping @Sendable () throws -> AuditKeys.State
    ) throws {
        self.doubted = doubted
        let identifier = vaultID.bigEndianBytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        origin = "vocvault/\(identifier)"
        keys = try AuditKeys(load: load)
    }

    /// The newest key that signs.
    package var signingKey: Ed25519.SigningKey { keys.state.signing.last! }

    /// Every key that has signed this log.
    package var logKeys: [LogKey] { keys.state.logKeys }

    /// Takes up keys that were added or taken away.
    func reloadKeys() throws { try keys.reload() }

    /// Whether queries may show something else after what an entry records.
    static func mayChange(_ entry: AuditEntry) -> Bool { entry.outcome != .denied && !looking.contains(entry.action) }

    /// Appends entries in order; returns them with number and time.
    ///
    /// - Parameter beginning: whether this is the vault's first entry: a log that is gone later on
    ///   must not begin anew as if nothing had been there.
    @discardableResult
    package func append(
        _ entries: consuming [AuditEntry], to writer: StoreWriter, now: Int64, beginning: Bool = false
    ) throws -> [AuditEntry] {
        var end = try end(writer, beginning: beginning)
        // The log's clock never runs backwards, whatever the machine's does.
        let time = max(now, end.time)
        let clock = time - now < Self.difference ? nil : Timestamp(milliseconds: now).description
        let doubted = doubted().flatMap { abs($0 - now) < Self.difference ? nil : Timestamp(milliseconds: $0).description }
        let sha = SHA256()
        for index in entries.indices {
            entries[index].seq = end.tree.size
            entries[index].time = Timestamp(milliseconds: time).description
            (entries[index].clock, entries[index].doubted) = (clock, doubted)
            let bytes = entries[index].canonicalBytes
            guard bytes.count <= TileFolder.maximumEntry else { throw VaultError.invalid("the request is too long for the audit log") }
            end.tree.append(bytes, using: sha)
            end.pending.append(bytes)
            if Self.mayChange(entries[index]) { end.changedBy = entries[index].seq }
        }
        if end.pending.count >= Self.pendingLimit { try end.store(writer) }
        end.time = time
        writer.groupState = end
        return entries
    }

    /// Stores what was appended in this transaction so far, for those who read the entries themselves.
    func store(_ writer: StoreWriter) throws {
        guard var end = writer.groupState as? LogEnd else { return }
        try end.store(writer)
        writer.groupState = end
    }

    /// The last entry after which queries may show something else, as of this transaction.
    func lastChange(_ writer: StoreWriter) throws -> Int64 { try end(writer, beginning: false).changedBy }

    /// The same as far as this process knows: the truth may be newer, never older. Nil before the first transaction.
    var lastKnownChange: Int64? { newest.change }

    private func end(_ writer: StoreWriter, beginning: Bool) throws -> LogEnd {
        if let end = writer.groupState as? LogEnd { return end }
        let end = try begin(writer, beginning: beginning)
        writer.groupState = end
        return end
    }

    /// The log's end as it was committed last. All that one transaction appends is signed together.
    private func begin(_ writer: StoreWriter, beginning: Bool) throws -> LogEnd {
        let head = try writer.reader.auditHead()
        guard head != nil || beginning else { throw VaultError.integrity("the audit log is gone") }
        let restored = head.map { MerkleTree(size: $0.size, frontier: $0.frontier) } ?? MerkleTree()
        guard let tree = restored else { throw VaultError.integrity("the audit log's state is damaged") }
        if let note = head?.checkpoint, note != newest.newestNote, Checkpoint.hasUnknownSigner(note, keys: logKeys) {
            // Another process has replaced the key: a signature of the former one would be worth nothing.
            try keys.reload()
            guard !Checkpoint.hasUnknownSigner(note, keys: logKeys) else {
                throw VaultError.integrity("the audit log's end is signed by a key that the key store lacks")
            }
        }
        writer.beforeCommit { writer in
            // Bodies that all failed have appended nothing.
            guard var end = writer.groupState as? LogEnd, end.tree.size > head?.size ?? 0 else { return }
            try end.store(writer)
            let checkpoint = Checkpoint(origin: origin, size: end.tree.size, root: end.tree.root(using: SHA256()))
            let note = try checkpoint.signed(by: keys.state.signing)
            try writer.setAuditHead(
                AuditHead(size: end.tree.size, frontier: end.tree.frontierBytes, lastTime: end.time, changedBy: end.changedBy, checkpoint: note))
            // Only what is durable may be shown to anybody: a checkpoint of a log that a crash then undoes would
            // accuse the vault for ever.
            writer.afterCommit { [newest] in newest.note(note, size: end.tree.size, change: end.changedBy) }
        }
        return LogEnd(tree: tree, time: head?.lastTime ?? 0, changedBy: head?.changedBy ?? -1)
    }

    /// A durable checkpoint of a log with `entry` that this process has signed; nil when there is none.
    func checkpoint(covering entry: Int64) -> String? { newest.note(covering: entry) }
}

/// Where the log ends inside a transaction.
private struct LogEnd: Sendable {
    var tree: MerkleTree
    /// Of the last entry, ms since 1970.
    var time: Int64
    /// Of the last entry whose action may have changed what queries show.
    var changedBy: Int64
    /// The last entries, which are not in the database yet.
    var pending: [[UInt8]] = []

    mutating func store(_ writer: StoreWriter) throws {
        try writer.appendAuditEntries(pending, from: tree.size - Int64(pending.count))
        pending = []
    }
}

/// The newest durable checkpoint that this process knows.
private final class NewestCheckpoint: Sendable {
    private let newest = Mutex<(size: Int64, change: Int64, note: String)?>(nil)

    func note(_ note: String, size: Int64, change: Int64) {
        newest.withLock { newest in
            if newest?.size ?? -1 < size { newest = (size, change, note) }
        }
    }

    var newestNote: String? { newest.withLock { $0?.note } }

    var change: Int64? { newest.withLock { $0?.change } }

    func note(covering entry: Int64) -> String? {
        newest.withLock { newest in newest.flatMap { $0.size > entry ? $0.note : nil } }
    }
}

/// The keys of the audit log in memory.
package final class AuditKeys: Sendable {
    package struct State: Sendable {
        /// Those that sign, in the order in which they were made: two while one replaces the other.
        var signing: [Ed25519.SigningKey]
        /// Those that signed once.
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
