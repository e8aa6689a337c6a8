import Foundation
import Policy
import Sealing

/// Reads an input batch by batch and prepares the records on all cores.
final class BatchPreparer: @unchecked Sendable {
    // Sendable: `next` is called by one thread at a time.
    private let vault: Vault
    private let reader: InputReader
    private let source: String
    private let batchSize: Int
    private let table: FieldTable
    private let pool = BufferPool()
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    private var csv: CSVRecordReader?
    private var needsHeader: Bool

    init(vault: Vault, format: InputFormat, source: String, batchSize: Int, nextBlock: @escaping () throws -> ArraySlice<UInt8>?) {
        (self.vault, self.source, self.batchSize) = (vault, source, batchSize)
        reader = InputReader(quoted: format == .csv, nextBlock: nextBlock)
        table = FieldTable(layout: vault.layout)
        needsHeader = format == .csv
    }

    /// The next batch; nil at the end of the input.
    func next() throws -> PreparedBatch? {
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
