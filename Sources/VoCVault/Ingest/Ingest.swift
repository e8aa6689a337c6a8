import AuditLog
import Detection
import Foundation
import Policy
import Sealing
import Storage

/// The formats of an input.
public enum InputFormat: String, Sendable, CaseIterable {
    case jsonl, csv
}

/// A line that was not taken in.
public struct Reject: Sendable, Equatable {
    /// From 1.
    public var line: Int
    /// Names the field and what is wrong with it, never its value.
    public var reason: String
}

/// What an ingest has done so far.
public struct IngestReport: Sendable, Equatable {
    public var stored = 0
    /// Records that the vault had already.
    public var duplicates = 0
    public var rejected = 0
    public var newCustomers = 0
    /// Bytes of input read.
    public var bytes: Int64 = 0
}

extension Session {
    /// Takes in every good record of an input. What `progress` has been told is durable.
    ///
    /// Records are read, tagged and redacted on all cores while the batch before is sealed and
    /// written by one writer; a batch and its audit entry are one transaction.
    ///
    /// - Parameters:
    ///   - source: names the feed; `(source, id)` is stored once however often it comes.
    ///   - batchSize: records a transaction.
    public func ingest(
        _ input: FileHandle, format: InputFormat, source: String, batchSize: Int = 8192,
        onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) throws -> IngestReport {
        guard !source.isEmpty, source.utf8.count <= 64, vault.detector.redact(source) == source else {
            throw VaultError.invalid("the source's name must have 1 to 64 bytes and no personal data")
        }
        let access = try authorize(.ingest, purpose: nil)
        return try logged(access) {
            let pipeline = try IngestPipeline(vault: vault, input: input, format: format, source: source, batchSize: batchSize)
            let writer = IngestWriter(vault: vault, source: source)
            var report = IngestReport()
            var pending = pipeline.prefetch()
            while let batch = try pending.get() {
                pending = pipeline.prefetch()
                report.bytes = batch.bytesRead
                report.rejected += batch.rejects.count
                try batch.rejects.forEach(onReject)
                let (outcome, receipt) = try commit(access) { store in
                    let outcome = try writer.write(batch.records, foreseen: batch.foreseen, to: store)
                    let detail = [
                        "source": source, "duplicates": String(outcome.duplicates),
                        "rejected": String(batch.rejects.count), "new_customers": String(outcome.newCustomers),
                    ]
                    return (outcome, access.entry(rows: outcome.stored, detail: detail))
                }
                writer.didCommit(receipt: receipt)
                report.stored += outcome.stored
                report.duplicates += outcome.duplicates
                report.newCustomers += outcome.newCustomers
                progress(report)
            }
            return report
        }
    }
}

/// Reads and prepares batches ahead of the writer.
private final class IngestPipeline: @unchecked Sendable {
    // Sendable: `prefetch` is called again only after its result was taken, so that one thread at a
    // time uses the reader.
    struct Batch: Sendable {
        var records: [PreparedRecord]
        var rejects: [Reject]
        var foreseen: Foreseen
        var bytesRead: Int64
    }

    private let vault: Vault
    private let reader: InputReader
    private let source: String
    private let batchSize: Int
    private let table: FieldTable
    private var csv: CSVRecordReader?
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    private var needsHeader: Bool

    init(vault: Vault, input: FileHandle, format: InputFormat, source: String, batchSize: Int) throws {
        (self.vault, self.source, self.batchSize) = (vault, source, batchSize)
        reader = InputReader(handle: input, quoted: format == .csv)
        table = FieldTable(layout: vault.layout)
        needsHeader = format == .csv
    }

    func prefetch() -> Pending<Batch?> {
        Pending { [self] in try nextBatch() }
    }

    private func nextBatch() throws -> Batch? {
        guard var input = try reader.next(maximum: batchSize) else { return nil }
        defer { wipe(&input.bytes) }
        if needsHeader { try readHeader(&input) }
        let lines = input
        let (vault, source, csv, table) = (vault, source, csv, table)
        let parts = pieces(of: lines.records.count, lines.records.count < 64 ? 1 : workers)
        let prepared = try inParallel(parts.count) { part in
            let preparer = try RecordPreparer(vault: vault, source: source, csv: csv, table: table)
            var records: [PreparedRecord] = []
            records.reserveCapacity(parts[part].count)
            var rejects: [Reject] = []
            for (range, line) in lines.records[parts[part]] {
                do {
                    records.append(try preparer.prepare(lines.bytes, range, line: line))
                } catch let error as RecordError {
                    rejects.append(Reject(line: line, reason: error.description))
                }
            }
            return (records, rejects)
        }
        let tooLong = lines.tooLong.map {
            Reject(line: $0, reason: RecordError.tooLong(limit: InputReader.maximumRecord).description)
        }
        let records = prepared.flatMap(\.0)
        return Batch(
            records: records, rejects: (prepared.flatMap(\.1) + tooLong).sorted { $0.line < $1.line },
            foreseen: try vault.store.read { try Foreseen(records, layout: vault.layout, reader: $0) },
            bytesRead: reader.bytesRead)
    }

    private func readHeader(_ input: inout InputBatch) throws {
        needsHeader = false
        guard let header = input.records.first else { throw VaultError.invalid("the CSV has no header") }
        input.records.removeFirst()
        let bytes = input.bytes
        do {
            // Chinese spreadsheets also export with semicolons and tabs.
            let delimiters: [UInt8] = [0x2C, 0x3B, 0x09]
            let candidates = try delimiters.map { ($0, try CSVRecordReader.strings(bytes, header.range, delimiter: $0)) }
            let (delimiter, names) = candidates.max { $0.1.count < $1.1.count }!
            csv = try CSVRecordReader(
                header: names, mapping: vault.policy.csvColumns, table: table, delimiter: delimiter)
        } catch let error as RecordError {
            throw VaultError.invalid("line \(header.line): \(error)")
        }
    }
}

/// Seals and stores prepared records, inside the write transaction.
private final class IngestWriter {
    struct Outcome {
        var stored = 0
        var duplicates = 0
        var newCustomers = 0
    }

    private let vault: Vault
    private let source: String
    /// Keys of customers seen lately. They were found through the blind index inside the
    /// transaction, so that none of them is erased.
    private var recent: [Int64: HeldKey] = [:]
    private static let recentLimit = 20_000
    /// Index entries written or seen lately, each folded into one number: most customers who come
    /// back bring the same values.
    private var knownTags: Set<UInt128> = []
    /// What the batch before added, and what this one adds.
    private var overlay = IngestOverlay()
    private var adding = IngestOverlay()

    init(vault: Vault, source: String) { (self.vault, self.source) = (vault, source) }

    func write(_ records: [PreparedRecord], foreseen: Foreseen, to store: StoreWriter) throws -> Outcome {
        var outcome = Outcome()
        let stored = try current(foreseen, records, store)
        var resolver = SubjectResolver(layout: vault.layout, stored: stored, overlay: overlay)
        adding = IngestOverlay()
        adding.records.reserveCapacity(records.count)
        var fresh: [(record: PreparedRecord, subject: Int64)] = []
        fresh.reserveCapacity(records.count)
        for record in records {
            if stored.present.contains(record.uid) || overlay.records.contains(record.uid)
                || !adding.records.insert(record.uid).inserted
            {
                outcome.duplicates += 1
            } else {
                fresh.append((record, resolver.resolve(record)))
            }
        }
        let now = vault.clock()
        let numbers = try addCustomers(resolver.new, to: store, at: now)
        for index in fresh.indices where fresh[index].subject < 0 {
            fresh[index].subject = numbers[Int(-fresh[index].subject) - 1]
        }
        let subjects = try store.subjectInserter()
        for subject in resolver.newlyIdentified { try subjects.markIdentified(subject) }
        let bodies = try seal(fresh, keys: try keys(of: fresh.map(\.subject)))
        try insertTags(of: fresh, subjects)
        try insert(fresh, bodies, to: store, at: now)
        noteAdditions(fresh, resolver, numbers)
        outcome.stored = fresh.count
        outcome.newCustomers = numbers.count
        return outcome
    }

    /// Call when the transaction is durable.
    func didCommit(receipt: Int64) {
        overlay = adding
        overlay.auditSize = receipt + 1
    }

    /// What was foreseen, when nothing but this run's own last batch has changed the store since;
    /// else what a look inside the transaction shows.
    private func current(_ foreseen: Foreseen, _ records: [PreparedRecord], _ store: StoreWriter) throws -> Foreseen {
        let size = try store.reader.auditHead()?.size ?? 0
        if foreseen.auditSize == size {
            overlay = IngestOverlay()
            return foreseen
        }
        if foreseen.auditSize == size - 1, overlay.auditSize == size { return foreseen }
        overlay = IngestOverlay()
        knownTags.removeAll()
        return try Foreseen(records, layout: vault.layout, reader: store.reader)
    }

    private func noteAdditions(
        _ fresh: [(record: PreparedRecord, subject: Int64)], _ resolver: SubjectResolver, _ numbers: [Int64]
    ) {
        let resolution = Set(vault.layout.resolution)
        for (record, subject) in fresh {
            for (index, tag) in record.tags where resolution.contains(index) {
                let key = Foreseen.Key(index: index, tag: tag)
                if adding.subjects[key] == nil { adding.subjects[key] = subject }
            }
        }
        adding.identified = resolver.newlyIdentified
        for (number, identified) in zip(numbers, resolver.new) where identified { adding.identified.insert(number) }
    }

    /// Makes keys for new customers, durable in the key store before anything is sealed under them.
    private func addCustomers(_ identified: [Bool], to store: StoreWriter, at now: Int64) throws -> [Int64] {
        guard !identified.isEmpty else { return [] }
        let made = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        if recent.count + identified.count > Self.recentLimit { recent.removeAll(keepingCapacity: true) }
        let numbers = try vault.store.keys.addSubjectKeys(count: identified.count) { subject in
            let (key, wrapped) = try made.make(for: subject)
            recent[subject] = key
            return wrapped
        }
        let inserter = try store.subjectInserter()
        for (number, identified) in zip(numbers, identified) { try inserter.insert(number, identified: identified, at: now) }
        return numbers
    }

    private func keys(of subjects: [Int64]) throws -> [Int64: HeldKey] {
        let missing = Set(subjects).filter { recent[$0] == nil }
        if recent.count + missing.count > Self.recentLimit + 8192 {
            let needed = Set(subjects)
            recent = recent.filter { needed.contains($0.key) }
        }
        let opener = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        let wrapped = missing.isEmpty ? [:] : try vault.store.keys.subjectKeys(missing.sorted())
        for subject in missing {
            guard let key = wrapped[subject] else { throw VaultError.integrity("a customer's key is missing from the key store") }
            recent[subject] = try opener.unwrap(key, of: subject)
        }
        return recent
    }

    private func seal(
        _ fresh: [(record: PreparedRecord, subject: Int64)], keys: [Int64: HeldKey]
    ) throws -> [[UInt8]] {
        let parts = pieces(of: fresh.count, fresh.count < 64 ? 1 : ProcessInfo.processInfo.activeProcessorCount)
        let (vaultID, suite) = (vault.store.vaultID, vault.keyring.suite)
        return try inParallel(parts.count) { part in
            let sealer = try RecordSealer(vaultID: vaultID, suite: suite)
            return try fresh[parts[part]].map { record, subject in
                try sealer.seal(record.compartments, key: keys[subject]!.secret, subject: subject, record: record.uid)
            }
        }.flatMap { $0 }
    }

    /// Tags in the order of the index, so that neighbours share pages.
    private func insertTags(of fresh: [(record: PreparedRecord, subject: Int64)], _ inserter: SubjectInserter) throws {
        var rows: [(field: Int, tag: UInt128, subject: Int64)] = []
        rows.reserveCapacity(fresh.count * 2)
        if knownTags.count > 200_000 { knownTags.removeAll(keepingCapacity: true) }
        for (record, subject) in fresh {
            for (index, tag) in record.tags {
                let field = vault.layout.indexes[index].number
                // Tags are uniform 128-bit values: mixing in field and subject keeps them so.
                let mixed = tag ^ (UInt128(UInt64(bitPattern: subject)) << 64 | UInt128(field))
                if knownTags.insert(mixed).inserted { rows.append((field, tag, subject)) }
            }
        }
        rows.sort { ($0.field, $0.tag, $0.subject) < ($1.field, $1.tag, $1.subject) }
        for row in rows { try inserter.addIndex(field: row.field, tag: row.tag, subject: row.subject) }
    }

    private func insert(
        _ fresh: [(record: PreparedRecord, subject: Int64)], _ bodies: [[UInt8]], to store: StoreWriter, at now: Int64
    ) throws {
        let inserter = try store.recordInserter(columns: vault.layout.columns.map(\.column))
        for ((record, subject), body) in zip(fresh, bodies) {
            try inserter.insert(
                NewRecord(
                    uid: record.uid, subject: subject, source: source, channel: record.channel,
                    occurredAt: record.occurredAt, receivedAt: now, redactionVersion: Detector.version,
                    attributes: record.attributes, body: body))
        }
    }
}
