import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import Wire

/// Progress of filling fields that the schema classified later.
package struct ReclassificationReport: Sendable, Equatable {
    /// Records that were looked at, and those that were changed.
    package var examined = 0
    package var done = 0
    /// Values that found their field, by field.
    package var fields: [String: Int] = [:]
    /// False if the time ran out.
    package var isComplete = true
}

extension Session {
    /// Fills fields of `schema.yaml` in older records, from what was kept sealed of them because nothing classified it then. Works in bounded
    /// batches, each with its audit entry in one transaction; what is done is not done again.
    ///
    /// - Parameters:
    ///   - batch: records per transaction.
    ///   - seconds: stops after this long; nil: once nothing is left.
    package func reclassify(
        batch: Int = 500, seconds: Double? = nil, progress: (ReclassificationReport) -> Void = { _ in }
    ) throws -> ReclassificationReport {
        let access = try authorize(.reclassify, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 record") }
            let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
            var report = ReclassificationReport()
            var last: Int64 = 0
            try vault.traces.deleting {
                while true {
                    if let deadline, ContinuousClock.now >= deadline {
                        report.isComplete = false
                        return
                    }
                    let (wanted, count, end) = try store.read { [last] reader in
                        let records = try reader.sealedRecords(withCompartment: Compartment.unclassified.bit, after: last, limit: batch)
                        let worker = try Reclassifier(vault: vault, reader)
                        return (try records.filter { try !worker.moves(in: $0, reader).isEmpty }.map(\.id), records.count, records.last?.id)
                    }
                    guard let end else { return }
                    last = end
                    report.examined += count
                    if !wanted.isEmpty {
                        // Read again where nothing can change meanwhile.
                        let (filled, _) = try commit(access, .reserve) { writer in
                            try vault.layout.requireCurrentIndexes(writer.reader)
                            let worker = try Reclassifier(vault: vault, writer.reader)
                            let filled = try worker.run(wanted, in: writer)
                            let names = filled.fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                            return (filled, access.entry(rows: filled.records, detail: [.filled: names]))
                        }
                        report.done += filled.records
                        report.fields.merge(filled.fields, uniquingKeysWith: +)
                    }
                    progress(report)
                }
            }
            return report
        }
    }
}

/// Moves values of records to the fields that classify them now.
final class Reclassifier {
    /// A value that goes to a field.
    struct Move {
        var key: String
        var field: FieldSchema
        var value: String
    }

    private let vault: Vault
    private let editor: RecordEditor
    private let fields: [String: FieldSchema]
    /// What columns are by their headings, by source.
    private var headings: [String: [String: String]] = [:]

    init(vault: Vault, _ reader: StoreReader) throws {
        (self.vault, editor) = (vault, try RecordEditor(vault: vault))
        fields = Dictionary(vault.policy.fields.map { ($0.path, $0) }) { first, _ in first }
        let csv = vault.policy.csvColumns.map { (ColumnPattern.comparable($0.key), $0.value) }
        for (name, rule) in vault.policy.sources {
            let own = rule.fields.compactMap { path, value in if case .column(let column) = value { (ColumnPattern.comparable(column), path) } else { nil } }
            headings[name] = Dictionary(csv + own) { $1 }
        }
        headings[""] = Dictionary(csv) { $1 }
    }

    /// The values of a record that have a field now.
    func moves(in stored: SealedRecord, _ reader: StoreReader) throws -> [Move] {
        guard stored.key != nil, let text = try editor.unclassified(of: stored), let members = (try? JSON(parsing: Array(text.utf8)))?.object else { return [] }
        let source = try reader.source(of: stored.id)
        let names = headings[source] ?? headings[""]!
        return members.keys.sorted().compactMap { key -> Move? in
            guard let field = fields[key] ?? names[ColumnPattern.comparable(key)].flatMap({ fields[$0] }), let value = members[key] else { return nil }
            switch value {
            case .null: return nil
            case .string(let text): return text.isEmpty ? nil : Move(key: key, field: field, value: text)
            default:
                // What is not a single value fits no plain field.
                if !field.isSealed, value.object != nil || value.array != nil { return nil }
                return Move(key: key, field: field, value: String(decoding: value.bytes, as: UTF8.self))
            }
        }.filter { move in move.field.isSealed || PlainValue.read(move.value, as: move.field, vet: { $0 }) != nil }
    }

    func run(_ numbers: [Int64], in writer: StoreWriter) throws -> (records: Int, fields: [String: Int]) {
        var (records, filled, subjects): (Int, [String: Int], Set<Int64>) = (0, [:], [])
        for stored in try writer.reader.sealedRecords(numbers) {
            let moves = try moves(in: stored, writer.reader)
            guard !moves.isEmpty else { continue }
            try move(moves, in: stored, writer)
            records += 1
            for move in moves { filled[move.field.name, default: 0] += 1 }
            if moves.contains(where: { $0.field.indexed }) { subjects.insert(stored.subject) }
        }
        try reindex(subjects, Set(filled.keys), writer)
        return (records, filled)
    }

    private func move(_ moves: [Move], in stored: SealedRecord, _ writer: StoreWriter) throws {
        // What retention has removed of a record does not come back in a field of the same kind.
        let sealed = moves.filter { $0.field.isSealed && stored.purged & Compartment($0.field.fieldClass).bit == 0 }
        let body = try editor.body(of: stored, taking: Set(moves.map(\.key)), to: sealed.map { ($0.field, $0.value) })
        try writer.replaceBody(of: stored.id, with: body, purged: stored.purged)
        let known = try editor.knownValues(in: stored)
        var columns: [(PlainColumn, StoredValue)] = []
        for move in moves where !move.field.isSealed {
            guard let column = vault.layout.columns.first(where: { vault.layout.fields[$0.field].name == move.field.name })?.column,
                let value = PlainValue.read(move.value, as: move.field, vet: { known.contains($0) ? "[ID]" : vault.columnDetector.redact($0) })
            else { continue }
            columns.append((column, value))
        }
        if !columns.isEmpty { try writer.setColumns(of: stored.id, to: columns) }
        let coarse = sealed.compactMap { move in
            move.field.generalization.map { (move.field, $0.generalize(move.value, at: Timestamp(milliseconds: stored.occurredAt))) }
        }
        guard !coarse.isEmpty else { return }
        try writer.setCodes(
            of: stored.id, subject: stored.subject, to: editor.codes(of: stored) { codes in for (field, value) in coarse { codes.set(value, of: field) } })
    }

    private func reindex(_ subjects: Set<Int64>, _ names: Set<String>, _ writer: StoreWriter) throws {
        guard !subjects.isEmpty else { return }
        let indexer = try SubjectIndexer(vault: vault, of: try writer.reader.indexedFields().filter { $0.state != .former && names.contains($0.name) })
        let resolving = Set(vault.layout.resolution.map { vault.layout.indexes[$0].number })
        let first = vault.layout.resolution.first.map { vault.layout.indexes[$0].number }
        for subject in subjects.sorted() {
            let found = Set(try indexer.index(subject, in: writer).filter { !$0.value.isEmpty }.keys)
            if let first, found.contains(first) { try writer.markIdentified([subject]) }
            if !found.isDisjoint(with: resolving) { try writer.attributeRecords(of: subject) }
        }
    }
}

/// Reads the value of a plain field from its text.
enum PlainValue {
    /// - Parameter vet: removes personal data from texts.
    /// - Returns: nil for what the field cannot have.
    static func read(_ text: String, as field: FieldSchema, vet: (String) -> String) -> StoredValue? {
        func isWithin(_ value: Double) -> Bool { field.bounds.map { value >= Double($0.lowerBound) && value <= Double($0.upperBound) } ?? true }
        switch field.kind {
        case .text: return text.utf8.count <= 256 ? .text(vet(text)) : nil
        case .date: return Timestamp(text) == nil ? nil : .text(text)
        case .integer:
            guard let value = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }), isWithin(Double(value)) else { return nil }
            return .integer(value)
        case .decimal:
            guard let value = Double(text), value.isFinite, isWithin(value) else { return nil }
            return .real(value)
        case .boolean: return text == "true" ? .integer(1) : text == "false" ? .integer(0) : nil
        }
    }
}
