import Detection
import Foundation
import Sealing
import Storage

/// Stores sealed batches, each inside its write transaction.
final class BatchWriter {
    private let vault: Vault
    private let source: String
    /// Index entries written or seen lately, each folded into one number: most customers who come
    /// back bring the same values.
    private var knownTags: Set<UInt128> = []
    /// Numbers of this run's own audit entries.
    private var receipts: Set<Int64> = []
    /// Whether the next batch was sealed beside one that was sealed anew, and so must be as well.
    private(set) var mustRedo = false

    init(vault: Vault, source: String) { (self.vault, self.source) = (vault, source) }

    /// - Returns: the batch as it was stored.
    func write(_ batch: IngestBatch, to store: StoreWriter) throws -> SealedBatch {
        let size = try store.reader.auditHead()?.size ?? 0
        // Every change of the store adds to the audit log: between the snapshot and now there may
        // be entries of this run's only.
        let isCurrent = !mustRedo && (batch.sealed.auditSize..<size).allSatisfy(receipts.contains)
        var sealed = batch.sealed
        if !isCurrent {
            knownTags.removeAll()
            let foreseen = try Foreseen(batch.prepared, layout: vault.layout, reader: store.reader)
            sealed = try BatchSealer(vault: vault).seal(batch.prepared, foreseen: foreseen, overlay: Additions())
        }
        mustRedo = !isCurrent && !mustRedo
        let now = vault.clock()
        let subjects = try store.subjectInserter()
        for (subject, identified) in sealed.newSubjects { try subjects.insert(subject, identified: identified, at: now) }
        for subject in sealed.newlyIdentified { try subjects.markIdentified(subject) }
        try insertTags(of: sealed.records, batch.prepared, subjects)
        let inserter = try store.recordInserter(columns: vault.layout.columns.map(\.column))
        // In the order of the feed, which is mostly that of time: a page of a query then lies together.
        for record in sealed.records {
            let prepared = batch.prepared[record.index]
            try inserter.insert(
                NewRecord(
                    uid: prepared.uid, subject: record.subject, source: source, channel: prepared.channel,
                    occurredAt: prepared.occurredAt, receivedAt: now, redactionVersion: Detector.version,
                    attributes: prepared.attributes, body: record.body))
        }
        return sealed
    }

    /// Call when the transaction is durable.
    func didCommit(receipt: Int64) { receipts.insert(receipt) }

    /// Tags in the order of the index, so that neighbours share pages.
    private func insertTags(
        of records: [SealedBatch.Record], _ prepared: [PreparedRecord], _ inserter: SubjectInserter
    ) throws {
        var rows: [(field: Int, tag: UInt128, subject: Int64)] = []
        rows.reserveCapacity(records.count * 2)
        if knownTags.count > 100_000 { knownTags.removeAll(keepingCapacity: true) }
        for record in records {
            for (index, tag) in prepared[record.index].tags {
                let field = vault.layout.indexes[index].number
                // Tags are uniform 128-bit values: mixing in field and subject keeps them so.
                let mixed = tag ^ (UInt128(UInt64(bitPattern: record.subject)) << 64 | UInt128(field))
                if knownTags.insert(mixed).inserted { rows.append((field, tag, record.subject)) }
            }
        }
        rows.sort { ($0.field, $0.tag, $0.subject) < ($1.field, $1.tag, $1.subject) }
        for row in rows { try inserter.addIndex(field: row.field, tag: row.tag, subject: row.subject) }
    }
}
