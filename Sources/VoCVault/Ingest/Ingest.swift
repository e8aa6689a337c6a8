import AuditLog
import Foundation
import Policy
import Sealing
import Store

/// A line that was not taken in.
package struct Reject: Sendable, Equatable {
    /// From 1; the first line, if the record has several.
    package var line: Int
    /// How many lines it covers: a CSV record may have several.
    package var lines: Int
    /// Names the field and what is wrong with it, never its value.
    package var reason: String
    /// The record as it came, if that was asked for.
    package var kept: KeptLines?

    package init(line: Int, lines: Int = 1, reason: String) { (self.line, self.lines, self.reason) = (line, lines, reason) }
}

/// A record that was not taken in, so that it can be mended and ingested again. In UTF-8, whatever the input was in.
package struct KeptLines: Sendable, Equatable {
    /// What stands before the records of the input: the headings of a table, with the ends of their lines.
    package var heading: [UInt8]
    /// With the end of its last line; nil: it is too long to be kept.
    package var content: [UInt8]?
}

/// What became of the lines of a durable batch.
package struct IngestedBatch: Sendable {
    /// From 1, ascending.
    package var stored: [Int]
    /// Lines whose records the vault already had.
    package var duplicates: [Int]
    /// Lines whose records took the place of what the vault had.
    package var replaced: [Int] = []
    /// Lines whose records were erased or purged before, and were therefore not taken in again.
    package var erasedBefore: [Int]
    package var rejects: [Reject]
    /// Number of the audit entry.
    package var receipt: Int64
    /// All batches so far.
    package var report: IngestReport
}

/// Progress of an ingest.
package struct IngestReport: Sendable, Equatable {
    package var stored = 0
    /// Records that the vault already had.
    package var duplicates = 0
    /// Records that the vault had, and that say something else now: those that were replaced, and those that were kept as they were, which are
    /// among the duplicates.
    package var (replaced, keptChanged) = (0, 0)
    /// Decisions of customers about purposes that were new.
    package var decisions = 0
    /// Records that were erased or purged before, and were therefore not taken in again.
    package var erasedBefore = 0
    package var rejected = 0
    package var newCustomers = 0
    /// Values, by field, that are kept sealed but not used, because they identify nobody or are out of the field's bounds.
    package var setAside: [String: Int] = [:]
    /// Columns and members that nothing maps. Their values are kept sealed, and nobody can query them.
    package var unmapped: Set<String> = []
    /// What the input was taken for, such as `CSV in gb18030, preset wenjuanxing`.
    package var reading = ""
    /// Bytes of input read.
    package var bytes: Int64 = 0

    package init() {}

    mutating func add(_ batch: PreparedBatch, _ sealed: SealedBatch) {
        bytes = batch.bytesRead
        stored += sealed.records.count
        duplicates += sealed.duplicates.count
        replaced += sealed.fate.replaced.count
        keptChanged += sealed.fate.kept.count
        decisions += sealed.decisions
        erasedBefore += sealed.erasedBefore.count
        rejected += batch.rejects.count
        newCustomers += sealed.newSubjects.count
        setAside.merge(batch.setAside, uniquingKeysWith: +)
        unmapped.formUnion(batch.unmapped)
        reading = batch.reading
    }
}

extension IngestedBatch {
    init(_ batch: PreparedBatch, _ sealed: SealedBatch, receipt: Int64, report: IngestReport) {
        self.init(
            stored: sealed.records.map { batch.records[$0.index].line }, duplicates: sealed.duplicates, erasedBefore: sealed.erasedBefore,
            rejects: batch.rejects, receipt: receipt, report: report)
        replaced = sealed.fate.replaced
    }
}

extension Access {
    /// The entry of a batch.
    func entry(_ batch: PreparedBatch, _ sealed: SealedBatch, source: String) -> AuditEntry {
        var detail: [AuditDetail: String] = [
            .source: source, .duplicates: String(sealed.duplicates.count), .rejected: String(batch.rejects.count),
            .newCustomers: String(sealed.newSubjects.count),
        ]
        if !batch.setAside.isEmpty { detail[.setAside] = batch.setAside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
        let changed = sealed.fate.replaced.count + sealed.fate.kept.count
        if changed > 0 { (detail[.changed], detail[.replaced]) = (String(changed), String(sealed.fate.replaced.count)) }
        if sealed.decisions > 0 { detail[.consents] = String(sealed.decisions) }
        if !sealed.erasedBefore.isEmpty { detail[.erasedBefore] = String(sealed.erasedBefore.count) }
        return entry(rows: sealed.records.count, detail: detail)
    }
}

extension Session {
    /// Takes in every good record of a file or pipe. Everything that `progress` has reported is durable.
    ///
    /// - Parameters:
    ///   - source: the name of the feed; `(source, id)` is stored once, however often it comes.
    ///   - options: what is known of the input.
    ///   - batchSize: records per transaction.
    package func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, batchSize: Int = 8192, onReject: (Reject) throws -> Void,
        progress: (IngestReport) -> Void
    ) throws -> IngestReport {
        try ingest(InputSource(input), options, source: source, batchSize: batchSize) { batch in
            try batch.rejects.forEach(onReject)
            progress(batch.report)
        }
    }

    /// Takes in every good record of an input that arrives block by block.
    ///
    /// Records are read, redacted and sealed on all cores while one writer stores the previous batch. A batch and its audit entry
    /// are one transaction.
    ///
    /// - Parameters:
    ///   - input: its blocks are asked for by one thread at a time, not always the same.
    ///   - onBatch: is told of each batch once it is durable.
    package func ingest(
        _ input: InputSource, _ options: InputOptions, source: String, batchSize: Int = 8192, onBatch: (IngestedBatch) throws -> Void
    ) throws -> IngestReport {
        try requireName(ofSource: source)
        let access = try authorize(.ingest, purpose: nil)
        let preparer = BatchPreparer(vault: vault, options: options, source: source, batchSize: batchSize, input: input)
        var report = IngestReport()
        do {
            return try logged(access) { try ingest(preparer, source, access, &report, onBatch) }
        } catch {
            throw Interrupted.error(error, after: report.stored + report.replaced + report.duplicates) { count in
                "\(count.formatted(.number.locale(Locale(identifier: "en")))) records of this input are stored; the same input again stores the rest"
            }
        }
    }

    private func ingest(
        _ preparer: BatchPreparer, _ source: String, _ access: Access, _ report: inout IngestReport, _ onBatch: (IngestedBatch) throws -> Void
    ) throws -> IngestReport {
        let made = MadeKeys()
        let pipeline = IngestPipeline(vault: vault, preparer: preparer, made: made)
        let writer = BatchWriter(vault: vault, source: source, made: made)
        var run = IntakeRun(source: source)
        var checkpoint: Pending<Void>?
        var pending = pipeline.prefetch(after: nil)
        defer {
            // A batch that is being sealed may still be making keys.
            _ = try? pending.get()
            run.end(.failed, in: store)
            made.removeUnused(from: vault)
        }
        while let batch = try pending.get() {
            // After another process has written, the prepared batches are sealed again in their transactions, and only then does
            // the next one begin.
            let ahead = writer.mustRedo ? nil : pipeline.prefetch(after: batch.sealed)
            if let ahead { pending = ahead }
            let ((sealed, number), receipt) = try commit(access) { store in
                let sealed = try writer.write(batch, to: store)
                return try ((sealed, run.note(batch.prepared, sealed, in: store, at: vault.clock())), access.entry(batch.prepared, sealed, source: source))
            }
            writer.didCommit(receipt: receipt)
            run.didCommit(number, isLast: batch.prepared.isLast)
            made.didStore(sealed.newSubjects.lazy.map(\.subject))
            report.add(batch.prepared, sealed)
            // If it takes longer than a batch, nobody waits for it: the next one takes over what it left.
            if checkpoint?.isReady ?? true {
                try checkpoint?.get()
                checkpoint = Pending { [store] in try store.checkpointIfPossible() }
            }
            try onBatch(IngestedBatch(batch.prepared, sealed, receipt: receipt, report: report))
            if ahead == nil { pending = pipeline.prefetch(after: nil) }
        }
        run.end(.done, in: store)
        let keysSettled = Pending { [store] in try store.keys.truncateLog(patience: .milliseconds(100)) }
        try checkpoint?.get()
        // A long write-ahead log slows down every reader. If a reader holds it now, a later checkpoint will do.
        try? store.truncateLog(patience: .milliseconds(100))
        try? keysSettled.get()
        return report
    }

    func requireName(ofSource source: String) throws {
        guard !source.isEmpty, source.utf8.count <= 64, !source.utf8.contains(0), vault.columnDetector.redact(source) == source else {
            throw VaultError.invalid("the source's name must have 1 to 64 bytes and no personal data")
        }
    }
}
