import Foundation
import Policy
import Sealing
import Storage

/// Some input on its way into the store.
struct IngestBatch: Sendable {
    /// Kept until the batch is stored: should the store have changed, it is sealed again.
    var prepared: PreparedBatch
    var sealed: SealedBatch
}

/// Some input, read and prepared.
struct PreparedBatch: Sendable {
    var records: [PreparedRecord]
    /// By part.
    var plaintexts: [PooledBytes]
    var rejects: [Reject]
    /// Bytes of input read so far.
    var bytesRead: Int64
}

/// Reads, prepares and seals batches ahead of the writer: while it stores one batch, the next is
/// being sealed and the one after that prepared.
final class IngestPipeline: @unchecked Sendable {
    // Sendable: `prefetch` is called again only after its result was taken, and a batch is prepared
    // only after the one before was, so that one thread at a time uses the reader and the sealer.
    private let vault: Vault
    private let reader: InputReader
    private let source: String
    private let batchSize: Int
    private let table: FieldTable
    private let sealer: BatchSealer
    private let pool = BufferPool()
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    private var csv: CSVRecordReader?
    private var needsHeader: Bool
    private var upcoming: Pending<PreparedBatch?>?

    init(vault: Vault, format: InputFormat, source: String, batchSize: Int, nextBlock: @escaping () throws -> Data?) throws {
        (self.vault, self.source, self.batchSize) = (vault, source, batchSize)
        reader = InputReader(quoted: format == .csv, nextBlock: nextBlock)
        table = FieldTable(layout: vault.layout)
        sealer = BatchSealer(vault: vault)
        needsHeader = format == .csv
    }

    /// Begins with the next batch.
    ///
    /// - Parameter before: the batch that is being stored meanwhile: its additions are not in the
    ///   store yet, or just so.
    func prefetch(after before: SealedBatch?) -> Pending<IngestBatch?> {
        let overlay = before?.additions ?? Additions()
        return Pending { [self] in
            guard let batch = try upcoming.map({ try $0.get() }) ?? readAndPrepare() else { return nil }
            upcoming = Pending { try self.readAndPrepare() }
            let foreseen = try vault.store.read { try Foreseen(batch.records, layout: vault.layout, reader: $0) }
            return IngestBatch(prepared: batch, sealed: try sealer.seal(batch, foreseen: foreseen, overlay: overlay))
        }
    }

    private func readAndPrepare() throws -> PreparedBatch? {
        guard var input = try reader.next(maximum: batchSize) else { return nil }
        defer { wipe(&input.bytes) }
        if needsHeader { try readHeader(&input) }
        let parts = try prepare(input)
        let tooLong = input.tooLong.map {
            Reject(line: $0, reason: RecordError.tooLong(limit: InputReader.maximumRecord).description)
        }
        return PreparedBatch(
            records: parts.flatMap(\.records), plaintexts: parts.map(\.plaintext),
            rejects: (parts.flatMap(\.rejects) + tooLong).sorted { $0.line < $1.line }, bytesRead: reader.bytesRead)
    }

    private func prepare(_ input: InputBatch) throws -> [PreparedPart] {
        let (vault, source, csv, table, pool) = (vault, source, csv, table, pool)
        let parts = pieces(of: input.records.count, input.records.count < 64 ? 1 : workers)
        return try inParallel(parts.count) { part in
            // Texts are kept twice, as they came and redacted.
            var preparer = try RecordPreparer(
                vault: vault, source: source, csv: csv, table: table, part: part, buffer: pool.take(capacity: input.bytes.count * 3 / 2 / parts.count))
            var records: [PreparedRecord] = []
            records.reserveCapacity(parts[part].count)
            var rejects: [Reject] = []
            for (range, line) in input.records[parts[part]] {
                do {
                    records.append(try preparer.prepare(input.bytes, range, line: line))
                } catch let error as RecordError {
                    rejects.append(Reject(line: line, reason: error.description))
                }
            }
            return PreparedPart(records: records, rejects: rejects, plaintext: PooledBytes(preparer.finish(), pool: pool))
        }
    }

    private func readHeader(_ input: inout InputBatch) throws {
        needsHeader = false
        guard let header = input.records.first else { throw VaultError.invalid("the CSV has no header") }
        input.records.removeFirst()
        do {
            // Chinese spreadsheets also export with semicolons and tabs.
            let delimiters: [UInt8] = [0x2C, 0x3B, 0x09]
            let bytes = input.bytes
            let candidates = try delimiters.map { ($0, try CSVRecordReader.strings(bytes, header.range, delimiter: $0)) }
            let (delimiter, names) = candidates.max { $0.1.count < $1.1.count }!
            csv = try CSVRecordReader(
                header: names, mapping: vault.policy.csvColumns, table: table, delimiter: delimiter)
        } catch let error as RecordError {
            throw VaultError.invalid("line \(header.line): \(error)")
        }
    }
}
