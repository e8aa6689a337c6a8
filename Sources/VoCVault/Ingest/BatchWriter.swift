import Detection
import Foundation
import Policy
import Sealing
import Store

/// Stores sealed batches, each in its own transaction.
final class BatchWriter {
    private let vault: Vault
    private let source: String
    /// Index entries of this batch and of the one before, each folded into one number: the snapshot that a batch was resolved against may
    /// be too old to have those of the one before.
    private var (written, writtenBefore): (Set<UInt128>, Set<UInt128>) = ([], [])
    /// Numbers of this run's own audit entries.
    private var receipts: Set<Int64> = []
    /// Whether the next batch was sealed beside one that was sealed again, and must therefore be sealed again, too.
    private(set) var mustRedo = false
    /// Whether the last attempt was not committed, and the value of ``mustRedo`` before it.
    private var (isUncommitted, mustRedoBefore) = (false, false)

    private let made: MadeKeys

    init(vault: Vault, source: String, made: MadeKeys) { (self.vault, self.source, self.made) = (vault, source, made) }

    /// Stores a batch. What it remembers of a batch that is undone is forgotten with the next attempt.
    ///
    /// - Returns: the batch as it was stored.
    func write(_ batch: IngestBatch, to store: StoreWriter) throws -> SealedBatch {
        if isUncommitted {
            written.removeAll(keepingCapacity: true)
            mustRedo = mustRedoBefore
        } else {
            swap(&written, &writtenBefore)
            written.removeAll(keepingCapacity: true)
        }
        (isUncommitted, mustRedoBefore) = (true, mustRedo)
        try vault.layout.requireCurrentIndexes(store.reader)
        // Every change of the store adds to the audit log. Since the snapshot, there may only be entries of this run, and of
        // requests that change nothing that it relies on.
        try vault.trail.store(store)
        var sealed = batch.sealed
        var isCurrent = try !mustRedo && !sealed.isStale && !store.reader.changes(since: sealed.foreseen.auditSize, except: receipts) && hasKeys(sealed)
        if !isCurrent {
            let foreseen = try Foreseen(batch.prepared.records, vault: vault, reader: store.reader)
            // Most changes concern other customers.
            let hasKeys = try !sealed.isStale && hasKeys(sealed)
            isCurrent = !mustRedo && hasKeys && foreseen.agrees(with: sealed.foreseen)
            if !isCurrent {
                let again = hasKeys && foreseen.keyVersion == sealed.foreseen.keyVersion ? sealed.newSubjects.map(\.subject) : []
                sealed = try BatchSealer(vault: vault, made: made, again: again).seal(batch.prepared, foreseen: foreseen, overlay: Additions())
                guard !sealed.isStale else { throw VaultError.integrity("a customer's key is missing from the key store") }
            }
        }
        mustRedo = !isCurrent && !mustRedo
        let now = vault.clock()
        var added = newEntries(of: sealed, batch.prepared.records)
        // In index order, so that neighbouring entries share pages.
        let entries = added.flatMap { subject, entries in entries.map { (entry: $0, subject: subject) } }
            .sorted { a, b in
                a.entry.tag == b.entry.tag ? (a.entry.field, a.subject) < (b.entry.field, b.subject) : a.entry.tag < b.entry.tag
            }
        try store.addToIndex(entries)
        try store.insertSubjects(sealed.newSubjects.map { ($0.subject, $0.identified, added.removeValue(forKey: $0.subject) ?? []) }, at: now)
        try store.markIdentified(sealed.newlyIdentified)
        try store.extendSubjects(added)
        let heads = try store.reader.heads(of: Set(sealed.records.map(\.subject)))
        // In the order of the feed, which is mostly that of time, so that the rows of a page lie together.
        let records = sealed.records.lazy.map { [self] record in
            let prepared = batch.prepared.records[record.index]
            var new = NewRecord(
                uid: prepared.uid, subject: record.subject, source: source, channel: prepared.channel,
                occurredAt: prepared.occurredAt, receivedAt: now, redactionVersion: vault.detector.edition,
                attributes: prepared.attributes, body: sealed.bodies[record.part].bytes[record.body],
                codes: sealed.bodies[record.part].bytes[record.codes])
            new.restricted = sealed.foreseen.known[record.subject]?.restricted ?? false
            new.keyVersion = record.keyVersion
            new.person = heads[record.subject]
            new.isAttributed = vault.layout.resolution.contains { prepared.tag($0) != nil }
            return new
        }
        let numbers = try store.insertRecords(records, columns: vault.layout.columns.map(\.column))
        try store.settleIndexes(from: numbers.lowerBound - 1, to: numbers.upperBound - 1)
        if !sealed.links.isEmpty { try vault.link(sealed.links, in: store, at: now) }
        let arrivals = zip(sealed.records, numbers).lazy.map { (record: batch.prepared.records[$0.index], number: $1, subject: $0.subject) }
        try vault.reattach(arrivals, of: batch.prepared, in: store)
        try takeDecisions(of: &sealed, batch.prepared, at: now, in: store)
        return sealed
    }

    /// Looks at records that came again, and enters what customers decided.
    private func takeDecisions(of sealed: inout SealedBatch, _ prepared: PreparedBatch, at now: Int64, in store: StoreWriter) throws {
        let again = sealed.again.map { prepared.records[$0] }
        var arrivals: [(record: PreparedRecord, subject: Int64)] = []
        if prepared.statesDecisions {
            for record in sealed.records where !prepared.records[record.index].decisions.isEmpty { arrivals.append((prepared.records[record.index], record.subject)) }
        }
        if !again.isEmpty {
            let (fate, subjects) = try RecordRevisions(vault, source: source, batch: prepared, in: store, at: now).run(again)
            let replaced = Set(fate.replaced)
            sealed.fate = fate
            if !replaced.isEmpty { sealed.duplicates.removeAll(where: replaced.contains) }
            arrivals += again.filter { !$0.decisions.isEmpty }.compactMap { record in subjects[record.uid].map { (record: record, subject: $0) } }
        }
        sealed.decisions = try DecisionLedger(vault: vault, source: source).enter(arrivals, at: now, in: store)
    }

    /// Whether the keys of new customers still exist: a search for unused keys may have come first.
    private func hasKeys(_ sealed: SealedBatch) throws -> Bool {
        guard let first = sealed.newSubjects.first?.subject, let last = sealed.newSubjects.last?.subject else { return true }
        return try vault.store.keys.hasSubjectKeys(first...last)
    }

    /// Call once the transaction is durable.
    func didCommit(receipt: Int64) {
        receipts.insert(receipt)
        isUncommitted = false
    }

    /// Entries that the index lacks, by customer.
    private func newEntries(of sealed: SealedBatch, _ prepared: [PreparedRecord]) -> [Int64: [IndexEntry]] {
        var added: [Int64: [IndexEntry]] = [:]
        var fresh: [IndexEntry] = []
        for record in sealed.records {
            fresh.removeAll(keepingCapacity: true)
            let stored = sealed.foreseen.known[record.subject]?.entries ?? []
            func add(_ entry: IndexEntry) {
                if stored.contains(entry) { return }
                // Tags are uniform 128-bit values, and stay so with field and customer mixed in.
                let mixed = entry.tag ^ (UInt128(UInt64(bitPattern: record.subject)) << 64 | UInt128(entry.field))
                if !writtenBefore.contains(mixed), written.insert(mixed).inserted { fresh.append(entry) }
            }
            for tag in prepared[record.index].tags { add(IndexEntry(field: vault.layout.indexes[tag.index].number, tag: tag.tag)) }
            for mark in prepared[record.index].marks { add(mark) }
            if !fresh.isEmpty { added[record.subject, default: []] += fresh }
        }
        return added
    }
}

extension StoreReader {
    /// The canonical form of an entry about a request that leaves records, customers and keys unchanged.
    private static let harmless = AuditEvent.beginnings { !$0.contains(.changesRecords) }

    /// Whether the log has an entry from `first` on that records a change.
    fileprivate func changes(since first: Int64, except own: Set<Int64>) throws -> Bool {
        var found = false
        try forEachAuditEntry(from: first) { number, bytes in
            found = !own.contains(number) && !Self.harmless.contains(where: bytes.starts)
            return !found
        }
        return found
    }
}
