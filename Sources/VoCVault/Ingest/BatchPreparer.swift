import Foundation
import Policy
import Sealing

/// Reads an input batch by batch and prepares the records on all cores.
final class BatchPreparer: @unchecked Sendable {
    // Sendable: `next` is called by one thread at a time.
    private let vault: Vault
    private let reader: InputReader
    private let source: String
    private let timeZone: TimeZone
    private let batchSize: Int
    private let table: FieldTable
    private let pool = BufferPool()
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    private var csv: CSVRecordReader?
    private var needsHeader: Bool

    /// - Parameter timeZone: default: the vault's.
    init(vault: Vault, format: InputFormat, source: String, timeZone: TimeZone?, batchSize: Int, nextBlock: @escaping () throws -> ArraySlice<UInt8>?) {
        (self.vault, self.source, self.timeZone, self.batchSize) = (vault, source, timeZone ?? vault.timeZone, batchSize)
        reader = InputReader(isCSV: format == .csv, nextBlock: nextBlock)
        table = FieldTable(layout: vault.layout)
        needsHeader = format == .csv
    }

    /// The next batch; nil at the end of the input.
    func next() throws -> PreparedBatch? {
        if needsHeader { try readHeader() }
        guard var input = try reader.next(maximum: batchSize) else { return nil }
        defer { wipe(&input.bytes) }
        let parts = try prepare(input)
        let unreadable = input.unreadable.map { Reject(line: $0.line, lines: $0.lines, reason: $0.error.description) }
        var batch = PreparedBatch(
            records: parts.flatMap(\.records), plaintexts: parts.map(\.plaintext),
            rejects: (parts.flatMap(\.rejects) + unreadable).sorted { $0.line < $1.line }, bytesRead: reader.bytesRead)
        for part in parts { batch.setAside.merge(part.setAside, uniquingKeysWith: +) }
        return batch
    }

    private func prepare(_ input: InputBatch) throws -> [PreparedPart] {
        let (vault, source, timeZone, csv, table, pool) = (vault, source, timeZone, csv, table, pool)
        let parts = pieces(of: input.records.count, input.records.count < 64 ? 1 : workers)
        return try inParallel(parts.count) { part in
            // Texts are stored twice, original and redacted.
            var preparer = try RecordPreparer(
                vault: vault, source: source, timeZone: timeZone, csv: csv, table: table, part: part,
                buffer: pool.take(capacity: input.bytes.count * 3 / 2 / parts.count))
            var records: [PreparedRecord] = []
            records.reserveCapacity(parts[part].count)
            var rejects: [Reject] = []
            for (range, line) in input.records[parts[part]] {
                do {
                    records.append(try preparer.prepare(input.bytes, range, line: line))
                } catch let error as RecordError {
                    rejects.append(Reject(line: line, lines: 1 + input.bytes[range].count { $0 == 0x0A }, reason: error.description))
                }
            }
            return PreparedPart(records: records, rejects: rejects, setAside: preparer.setAside, plaintext: PooledBytes(preparer.finish(), pool: pool))
        }
    }

    /// The first record, or the second if a spreadsheet has put `sep=;` before it.
    private func readHeader() throws {
        needsHeader = false
        var announced: UInt8?
        while true {
            guard var input = try reader.next(maximum: 1) else { return }
            defer { wipe(&input.bytes) }
            guard input.unreadable.isEmpty, let header = input.records.first else {
                throw VaultError.invalid("line \(input.unreadable.first?.line ?? 1): the CSV's header cannot be read: \(RecordError.strayQuote)")
            }
            let bytes = input.bytes[header.range]
            if announced == nil, bytes.count == 5, bytes.starts(with: Self.announcement) {
                announced = bytes.last
                reader.use(delimiter: bytes.last!, columns: nil)
                continue
            }
            do {
                let (delimiter, names) = try Self.header(input.bytes, header.range, delimiters: announced.map { [$0] } ?? [0x2C, 0x3B, 0x09])
                csv = try CSVRecordReader(header: names, mapping: vault.policy.csvColumns, table: table, delimiter: delimiter)
                return reader.use(delimiter: delimiter, columns: names.count)
            } catch let error as RecordError {
                throw VaultError.invalid("line \(header.line): \(error)")
            }
        }
    }

    private static let announcement = Array("sep=".utf8)

    /// The names of the columns, by the delimiter that yields the most: Chinese spreadsheets also export with semicolons and
    /// tabs.
    private static func header(_ bytes: [UInt8], _ range: Range<Int>, delimiters: [UInt8]) throws -> (delimiter: UInt8, names: [String]) {
        let readings = delimiters.map { delimiter in (delimiter, Result { try CSVRecordReader.strings(bytes, range, delimiter: delimiter) }) }
        // A delimiter that the quotes rule out does not count.
        let possible = readings.compactMap { delimiter, reading in (try? reading.get()).map { (delimiter, $0) } }
        guard let best = possible.max(by: { $0.1.count < $1.1.count }) else { return (delimiters[0], try readings[0].1.get()) }
        return best
    }
}
