import Formats
import Foundation
import Policy
import Sealing

/// Reads an input batch by batch and prepares the records on all cores.
final class BatchPreparer: @unchecked Sendable {
    // Sendable: `next` is called by one thread at a time.
    private let vault: Vault
    private let input: InputSource
    private let options: InputOptions
    private let source: String
    private let batchSize: Int
    private let table: FieldTable
    private let pool = BufferPool()
    private let workers = ProcessInfo.processInfo.activeProcessorCount
    /// Once the input's beginning has been looked at.
    private var reading: Reading?
    /// Bytes of the input, as it comes.
    private let bytesRead = Counter()

    private final class Counter {
        var bytes: Int64 = 0
    }

    private struct Reading {
        var input: InputReader
        var kind: RecordReader.Kind
        var timeZone: TimeZone
        var description: String
        var headings: Set<String> = []
        /// The rows of headings as they stand in the input.
        var heading: [UInt8] = []
    }

    init(vault: Vault, options: InputOptions, source: String, batchSize: Int, input: InputSource) {
        (self.vault, self.options, self.source, self.batchSize) = (vault, options, source, batchSize)
        table = FieldTable(layout: vault.layout)
        var counted = input
        counted.blocks = { [bytesRead] in
            let block = try input.blocks()
            bytesRead.bytes += Int64(block?.count ?? 0)
            return block
        }
        self.input = counted
    }

    /// The next batch; nil at the end of the input.
    func next() throws -> PreparedBatch? {
        do {
            if reading == nil { reading = try begin() }
            guard let reading, var input = try reading.input.next(maximum: batchSize) else { return nil }
            defer { wipe(&input.bytes) }
            let parts = try prepare(input, reading)
            let unreadable = input.unreadable.map { unreadable in
                var reject = Reject(line: unreadable.line, lines: unreadable.lines, reason: unreadable.error.description)
                if options.keepsRejected { reject.kept = KeptLines(heading: reading.heading, content: unreadable.content) }
                return reject
            }
            var batch = PreparedBatch(
                records: parts.flatMap(\.records), plaintexts: parts.map(\.plaintext),
                rejects: (parts.flatMap(\.rejects) + unreadable).sorted { $0.line < $1.line }, bytesRead: bytesRead.bytes)
            (batch.reading, batch.isLast) = (reading.description, input.isLast)
            batch.unmapped = reading.headings
            for part in parts {
                batch.setAside.merge(part.setAside, uniquingKeysWith: +)
                batch.unmapped.formUnion(part.unmapped)
                batch.statesDecisions = batch.statesDecisions || part.statesDecisions
            }
            return batch
        } catch let error as FormatError {
            throw VaultError.invalid("\(error)")
        }
    }

    private func prepare(_ input: InputBatch, _ reading: Reading) throws -> [PreparedPart] {
        let (vault, source, table, pool) = (vault, source, table, pool)
        let (timeZone, kind, heading) = (reading.timeZone, reading.kind, options.keepsRejected ? reading.heading : nil)
        let parts = pieces(of: input.records.count, input.records.count < 64 ? 1 : workers)
        return try inParallel(parts.count) { part in
            // Texts are stored twice, original and redacted.
            var preparer = try RecordPreparer(
                vault: vault, source: source, timeZone: timeZone, reader: RecordReader(kind, table: table), part: part,
                buffer: pool.take(capacity: input.bytes.count * 3 / 2 / parts.count))
            var records: [PreparedRecord] = []
            records.reserveCapacity(parts[part].count)
            var rejects: [Reject] = []
            for (range, line) in input.records[parts[part]] {
                do {
                    records.append(try preparer.prepare(input.bytes, range, line: line))
                } catch let error as RecordError {
                    var reject = Reject(line: line, lines: 1 + input.bytes[range].count { $0 == 0x0A }, reason: error.description)
                    if let heading { reject.kept = KeptLines(heading: heading, content: input.bytes[range] + [0x0A]) }
                    rejects.append(reject)
                }
            }
            let unmapped = preparer.reader.unmapped
            return PreparedPart(
                records: records, rejects: rejects, setAside: preparer.setAside, unmapped: unmapped, statesDecisions: preparer.statesDecisions,
                plaintext: PooledBytes(preparer.finish(), pool: pool))
        }
    }

    // MARK: The beginning

    private func begin() throws -> Reading? {
        let policy = vault.policy
        var rule = policy.sources[source]
        if let preset = options.preset {
            guard let found = policy.presets.first(where: { $0.preset == preset }) else {
                throw VaultError.invalid("there is no preset '\(preset)'\(suggestion(for: preset, among: policy.presets.map(\.preset)))")
            }
            rule = found
        }
        let plan = try InputPlan(input, options: options, rule: rule, policy: policy, table: table)
        let reader: InputReader
        let mapping = plan.rule.map { SourceMapping($0, options: options, table: table, columnPaths: policy.csvColumns) }
        let zone = options.timeZone ?? plan.rule?.timeZone.flatMap { TimeZone(identifier: $0) } ?? vault.timeZone
        switch plan.layout {
        case .lines:
            reader = InputReader(isCSV: false, countsRecords: plan.countsRecords, isReady: input.isReady, nextBlock: plan.blocks)
            let kind = mapping.map { RecordReader.Kind.mapped(MappedReader($0, columns: nil, delimiter: 0, isRagged: false, table: table)) } ?? .json
            return Reading(input: reader, kind: kind, timeZone: zone, description: plan.description)
        case .rows(let rows):
            reader = InputReader(isCSV: true, countsRecords: plan.countsRecords, isReady: input.isReady, nextBlock: plan.blocks)
            reader.keepsUnreadable = options.keepsRejected
            reader.use(delimiter: rows.delimiter, columns: nil)
            return try begin(reader, rows, mapping, zone, plan)
        }
    }

    private func begin(_ reader: InputReader, _ rows: InputPlan.Rows, _ mapping: SourceMapping?, _ zone: TimeZone, _ plan: InputPlan) throws -> Reading? {
        var headers: [[String]] = []
        var heading: [UInt8] = []
        var line = 1
        for index in 0..<rows.skipped + rows.headers {
            guard var input = try reader.next(maximum: 1) else { break }
            defer { wipe(&input.bytes) }
            guard let header = input.records.first, input.unreadable.isEmpty else {
                if index < rows.skipped { continue }
                throw VaultError.invalid("line \(input.unreadable.first?.line ?? 1): the CSV's header cannot be read: \(RecordError.strayQuote)")
            }
            line = header.line
            guard index >= rows.skipped else { continue }
            heading += input.bytes[header.range] + [0x0A]
            do throws(RecordError) {
                headers.append(try CSVRecordReader.strings(input.bytes, header.range, delimiter: rows.delimiter))
            } catch {
                throw VaultError.invalid("line \(header.line): \(error)")
            }
        }
        guard !headers.isEmpty else { return nil }
        // A sheet's headings end where its rows do not.
        let count = headers.map(\.count).max()!
        if plan.countsRecords || mapping != nil { for index in headers.indices { headers[index] += Array(repeating: "", count: count - headers[index].count) } }
        guard let mapping else {
            do {
                let csv = try CSVRecordReader(header: headers[0], mapping: vault.policy.csvColumns, table: table, delimiter: rows.delimiter, isRagged: plan.countsRecords)
                reader.use(delimiter: rows.delimiter, columns: plan.countsRecords ? nil : count)
                return Reading(input: reader, kind: .csv(csv), timeZone: zone, description: plan.description, headings: csv.unclassified, heading: heading)
            } catch {
                throw VaultError.invalid("line \(line): \(error)")
            }
        }
        let columns = HeaderRows(headers).columns.map { mapping.column($0.names, label: $0.label, tick: $0.tick) }
        reader.use(delimiter: rows.delimiter, columns: plan.countsRecords ? nil : count)
        let mapped = MappedReader(mapping, columns: columns, delimiter: rows.delimiter, isRagged: plan.countsRecords, table: table)
        let own = options.timeZone == nil ? HeaderRows(headers).timeZone : nil
        return Reading(input: reader, kind: .mapped(mapped), timeZone: own ?? zone, description: plan.description, heading: heading)
    }
}
