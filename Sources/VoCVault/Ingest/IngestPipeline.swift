import Foundation
import Policy
import Sealing
import Storage

/// Some input on its way into the store.
struct IngestBatch: Sendable {
    /// Kept until the batch is stored: should the store have changed, it is sealed again.
    var prepared: [PreparedRecord]
    var sealed: SealedBatch
    var rejects: [Reject]
    var bytesRead: Int64
}

/// Reads, prepares and seals batches ahead of the writer.
final class IngestPipeline: @unchecked Sendable {
    // Sendable: `prefetch` is called again only after its result was taken, so that one thread at a
    // time uses the reader and the sealer.
    private let vault: Vault
    private let reader: InputReader
    private let source: String
    private let batchSize: Int
    private let table: FieldTable
    private let sealer: BatchSealer
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    private var csv: CSVRecordReader?
    private var needsHeader: Bool

    init(vault: Vault, input: FileHandle, format: InputFormat, source: String, batchSize: Int) throws {
        (self.vault, self.source, self.batchSize) = (vault, source, batchSize)
        reader = InputReader(handle: input, quoted: format == .csv)
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
            guard var input = try reader.next(maximum: batchSize) else { return nil }
            defer { wipe(&input.bytes) }
            if needsHeader { try readHeader(&input) }
            let (prepared, rejects) = try prepare(input)
            let foreseen = try vault.store.read { try Foreseen(prepared, layout: vault.layout, reader: $0) }
            let sealed = try sealer.seal(prepared, foreseen: foreseen, overlay: overlay)
            return IngestBatch(prepared: prepared, sealed: sealed, rejects: rejects, bytesRead: reader.bytesRead)
        }
    }

    private func prepare(_ input: InputBatch) throws -> ([PreparedRecord], [Reject]) {
        let (vault, source, csv, table) = (vault, source, csv, table)
        let parts = pieces(of: input.records.count, input.records.count < 64 ? 1 : workers)
        let prepared = try inParallel(parts.count) { part in
            let preparer = try RecordPreparer(vault: vault, source: source, csv: csv, table: table)
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
            return (records, rejects)
        }
        let tooLong = input.tooLong.map {
            Reject(line: $0, reason: RecordError.tooLong(limit: InputReader.maximumRecord).description)
        }
        return (prepared.flatMap(\.0), (prepared.flatMap(\.1) + tooLong).sorted { $0.line < $1.line })
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
