import Store

/// What a run has brought in, as it is noted with each of its batches.
struct IntakeRun {
    let source: String
    /// Its number, once anything of it is durable.
    private var number: Int64?
    private var hasEnded = false

    init(source: String) { self.source = source }

    /// Notes a batch in its transaction.
    ///
    /// - Returns: the run's number.
    func note(_ prepared: PreparedBatch, _ sealed: SealedBatch, in store: StoreWriter, at now: Int64) throws -> Int64 {
        let counts = IntakeCounts(prepared, sealed, at: now)
        guard let number else { return try store.beginRun(of: source, counts, isLast: prepared.isLast, at: now) }
        try store.extendRun(number, counts, isLast: prepared.isLast, at: now)
        return number
    }

    mutating func didCommit(_ number: Int64, isLast: Bool) { (self.number, hasEnded) = (number, isLast) }

    /// Says how the run has ended, unless its last batch did. If that cannot be written, it stays open: what it brought in is stored all the same.
    mutating func end(_ state: IntakeRow.State, in store: VaultStore) {
        guard let number, !hasEnded else { return }
        hasEnded = true
        try? store.write { try $0.endRun(number, state) }
    }
}

extension IntakeCounts {
    init(_ prepared: PreparedBatch, _ sealed: SealedBatch, at now: Int64) {
        self.init()
        (stored, replaced, duplicates) = (sealed.records.count, sealed.fate.replaced.count, sealed.duplicates.count)
        (rejected, erasedBefore) = (prepared.rejects.count, sealed.erasedBefore.count)
        // A slip of the pen in one record would hide for years that nothing comes any more.
        latest = prepared.records.lazy.map(\.occurredAt).filter { $0 <= now }.max()
    }
}
