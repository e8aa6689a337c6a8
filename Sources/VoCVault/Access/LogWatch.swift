import AuditLog
import Synchronization

/// The last entry after which queries may answer differently.
struct LogChange: Sendable, Equatable {
    var entry: Int64
    /// Numbers of entries are used again when the log continues from another head.
    var decisions: Int
}

/// What this process knows about the log's end. Nothing is appended to a log that does not continue it.
final class LogWatch: Sendable {
    struct Known: Sendable {
        var head: LogHead
        /// Number of the last entry whose action may have changed what queries show.
        var change: Int64?
    }

    private struct State {
        var known: Known?
        var decisions = 0
        /// Called when somebody has decided that the log continues from another head, so that nothing known about the data holds
        /// any more.
        var onDecision: @Sendable () -> Void = {}
    }

    /// The kept head's file; nil while a vault is put together or an officer decides.
    let kept: KeptHead?
    /// Beside it.
    let journal: ProtectionJournal?
    private let state: Mutex<State>
    private let forked = Atomic(false)

    /// - Parameter isNew: whether the log begins now, whatever was kept of another log at this place.
    init(_ kept: KeptHead?, isNew: Bool = false) throws {
        self.kept = kept
        journal = kept.map(ProtectionJournal.init(beside:))
        var state = State()
        do {
            let record = try kept?.read()
            state.decisions = record.map { $0.decisions + (isNew ? 1 : 0) } ?? 0
            if !isNew { state.known = record.map { Known(head: $0.head) } }
        } catch where !isNew {
            throw VaultError.logForked(error)
        } catch {}
        self.state = Mutex(state)
    }

    var known: Known? { state.withLock { $0.known } }

    var decisions: Int { state.withLock { $0.decisions } }

    /// The number of the next entry, as far as this process knows: the true one may be higher.
    var end: LogChange { state.withLock { LogChange(entry: $0.known?.head.size ?? 0, decisions: $0.decisions) } }

    var lastChange: LogChange? { state.withLock { state in state.known?.change.map { LogChange(entry: $0, decisions: state.decisions) } } }

    /// Whether the log was found, at the last look, not to continue what is known.
    var isForked: Bool {
        get { forked.load(ordering: .relaxed) }
        set { forked.store(newValue, ordering: .relaxed) }
    }

    func onDecision(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onDecision = body } }

    /// Adopts a durable head that continues the known one.
    func note(_ head: LogHead, change: Int64) {
        let (record, isFirst) = state.withLock { state -> (KeptHead.Record?, Bool) in
            if let known = state.known, known.head.size >= head.size { return (nil, false) }
            defer { state.known = Known(head: head, change: change) }
            return (KeptHead.Record(head: head, decisions: state.decisions), state.known == nil)
        }
        guard let record, let kept else { return }
        if isFirst { try? kept.replace(with: record) } else { kept.write(record) }
    }

    /// Adopts the kept head, if somebody has since decided that the log continues from there.
    func takesUpDecision() -> Bool {
        guard let record = try? kept?.read() else { return false }
        let isNew = state.withLock { state in
            guard record.decisions > state.decisions else { return false }
            (state.known, state.decisions) = (Known(head: record.head), record.decisions)
            return true
        }
        if isNew { state.withLock { $0.onDecision }() }
        return isNew
    }

    /// - Throws: ``VaultError/keys(_:)`` if the log's heads cannot be kept.
    func requireKept() throws {
        guard let kept, kept.failure != nil else { return }
        // The last look may be a while ago.
        if let record = state.withLock({ state in state.known.map { KeptHead.Record(head: $0.head, decisions: state.decisions) } }) { kept.write(record) }
        guard let failure = kept.failure else { return }
        throw VaultError.keys(
            "the head of the audit log cannot be kept (\(failure)); set VOCVAULT_HEAD to a folder that the vault can write and the database's administrator cannot")
    }
}
