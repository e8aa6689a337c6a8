import Store

/// A condition parts of which the server cannot decide: those of the engine, and those on codes.
struct Undecided {
    /// Comparisons of codes are residual parts of it, numbered from ``firstTest`` on.
    private(set) var condition: StoredCondition
    private let residual: Residual?
    private var tests: [CodeTest] = []
    private let opener: (any CodeOpener)?
    private static let firstTest = 1 << 32

    /// Nil: the server can decide it.
    init?(_ condition: StoredCondition, _ residual: Residual?, _ openers: CodeOpeners?) throws {
        guard residual != nil || condition.namesCodes else { return nil }
        (self.residual, self.condition) = (residual, condition)
        opener = condition.namesCodes ? try openers?.make() : nil
        self.condition = number(condition, isNegated: false)
    }

    var readsCodes: Bool { !tests.isEmpty }
    var readsSealed: Bool { residual != nil }

    func decide(_ number: Int, _ row: SealedRow) throws -> Bool {
        guard number >= Self.firstTest else { return try residual?(number, row) ?? false }
        let test = tests[number - Self.firstTest]
        guard !row.codes.isEmpty else { return test.holds(for: []) }
        guard let opener else { throw StorageError.corrupt(path: "coded", detail: "nothing opens it") }
        return test.holds(for: try opener.texts(of: test.column, in: CodedRow(uid: row.uid, subject: row.subject, key: row.key, codes: row.codes)))
    }

    /// Turns parts round where they are negated: what is unknown of a row is then as little fulfilled as what is false.
    private mutating func number(_ condition: StoredCondition, isNegated: Bool) -> StoredCondition {
        switch condition {
        case .all(let parts):
            let parts = parts.map { number($0, isNegated: isNegated) }
            return isNegated ? .any(parts) : .all(parts)
        case .any(let parts):
            let parts = parts.map { number($0, isNegated: isNegated) }
            return isNegated ? .all(parts) : .any(parts)
        case .not(let part): return number(part, isNegated: !isNegated)
        case .compare(let column, _, _) where CodedColumn.isOne(column), .isNull(let column) where CodedColumn.isOne(column):
            return add(CodeTest(column, condition, isNegated: isNegated))
        case .isIn(let column, let values) where CodedColumn.isOne(column) && !values.isEmpty: return add(CodeTest(column, condition, isNegated: isNegated))
        case .compare, .isIn, .isNull, .residual, .records, .consented: return isNegated ? .not(condition) : condition
        }
    }

    private mutating func add(_ test: CodeTest) -> StoredCondition {
        tests.append(test)
        return .residual(Self.firstTest + tests.count - 1)
    }
}

/// A comparison of one column of codes, as ``StoreReader/sql(_:_:isNegated:)`` has it of other columns.
private struct CodeTest {
    let column: String
    private let test: StoredCondition
    private let isNegated: Bool

    init(_ column: String, _ test: StoredCondition, isNegated: Bool) { (self.column, self.test, self.isNegated) = (column, test, isNegated) }

    func holds(for texts: [String]) -> Bool {
        switch test {
        case .isNull: return texts.isEmpty != isNegated
        case .isIn(_, let values): return isAmong(values, texts)
        case .compare(_, let comparison, let value):
            if CodedColumn.isMultiple(column), comparison == .equal || comparison == .notEqual {
                guard case .text(let text) = value else { return false }
                return (texts.contains(text) == (comparison == .equal)) != isNegated
            }
            guard case .text(let text) = value, !texts.isEmpty else { return false }
            return comparison.holds(texts.joined(separator: " "), text) != isNegated
        default: return false
        }
    }

    private func isAmong(_ values: [StoredValue], _ texts: [String]) -> Bool {
        let wanted = values.compactMap { if case .text(let text) = $0 { text } else { nil as String? } }
        guard wanted.count == values.count, CodedColumn.isMultiple(column) || !texts.isEmpty else { return false }
        return texts.contains(where: wanted.contains) != isNegated
    }
}

extension StoredCondition.Comparison {
    /// In the order of their bytes, as databases compare them here.
    fileprivate func holds(_ a: String, _ b: String) -> Bool {
        func isBefore(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
        return switch self {
        case .equal: a.utf8.elementsEqual(b.utf8)
        case .notEqual: !a.utf8.elementsEqual(b.utf8)
        case .less: isBefore(a, b)
        case .lessOrEqual: !isBefore(b, a)
        case .greater: isBefore(b, a)
        case .greaterOrEqual: !isBefore(a, b)
        }
    }
}

/// Rows that wait for the keys of their customers, where these are in a database of their own.
struct WaitingRows<R> {
    private var rows: [(row: R, key: KeyPlace)] = []
    private let keys: SeparateKeys?
    private static var portion: Int { 1000 }

    init(_ keys: SeparateKeys?) { self.keys = keys }

    /// - Parameter key: as it was read with the row.
    /// - Returns: rows whose keys are known now.
    mutating func add(_ row: R, _ place: KeyPlace, _ key: WrappedKey?) throws -> [(row: R, key: WrappedKey?)] {
        guard keys != nil else { return [(row, key)] }
        rows.append((row, place))
        return rows.count == Self.portion ? try finish() : []
    }

    /// Call after the last row.
    mutating func finish() throws -> [(row: R, key: WrappedKey?)] {
        guard let keys, !rows.isEmpty else { return [] }
        let wrapped = try keys.wrappedKeys(Set(rows.map(\.key.subject)))
        defer { rows = [] }
        return rows.map { ($0.row, wrapped[$0.key]) }
    }
}

/// Which of the records looked at fulfil each part of a condition that the server cannot decide.
struct SealedSearch {
    private let undecided: Undecided
    private var hits: [Int: [Int64]]
    /// All records looked at.
    private(set) var seen: [Int64] = []
    /// The last of them.
    private(set) var last: (time: Int64, record: Int64)?
    private var waiting: WaitingRows<(record: Int64, row: SealedRow)>

    init(_ undecided: Undecided, keys: SeparateKeys?) {
        (self.undecided, waiting) = (undecided, WaitingRows(keys))
        hits = Dictionary(uniqueKeysWithValues: undecided.condition.residuals.map { ($0, []) })
    }

    mutating func look(at row: any Row) throws {
        let record = row.integer(0)
        let sealed = SealedRow(
            uid: row.identifier(1), subject: row.integer(2), body: row.bytes(3), key: nil, redactionVersion: row.int(8), purged: row.int(9), codes: row.bytes(4))
        seen.append(record)
        last = (row.integer(10), record)
        let key = row.isNull(5) ? nil : WrappedKey(root: row.int(5), version: row.int(7), bytes: row.bytes(6))
        try decide(waiting.add((record, sealed), KeyPlace(subject: sealed.subject, version: row.int(7)), key))
    }

    /// Call after the last row.
    mutating func finish() throws {
        try decide(waiting.finish())
    }

    private mutating func decide(_ rows: [(row: (record: Int64, row: SealedRow), key: WrappedKey?)]) throws {
        for ((record, row), key) in rows {
            var row = row
            row.key = key
            for number in hits.keys where try undecided.decide(number, row) { hits[number]!.append(record) }
        }
    }

    /// The condition with the numbers of records in place of what was looked for.
    var resolved: StoredCondition { undecided.condition.mapped { .records(hits[$0] ?? []) } }
}

/// What records have in columns of their codes.
struct CodeOpening {
    /// Of a column, records and the text that each has, or one of those that it has.
    private final class Column {
        let name: String
        let isLabels: Bool
        var records: [Int64] = []
        var texts: [Int] = []
        var known: [String: Int] = [:]

        init(_ name: String, isLabels: Bool) { (self.name, self.isLabels) = (name, isLabels) }

        func add(_ text: String, _ record: Int64) {
            let number = known[text] ?? known.count
            known[text] = number
            records.append(record)
            texts.append(number)
        }

        func take(_ texts: [String], record: Int64) {
            if isLabels {
                for text in texts { add(text, record) }
            } else if !texts.isEmpty {
                add(texts.joined(separator: " "), record)
            }
        }
    }

    private let columns: [Column]
    private let opener: any CodeOpener
    private let known: KnownCodes?
    private var waiting: WaitingRows<(record: Int64, row: CodedRow)>

    init(columns: Set<String>, labels: Set<String>, _ openers: CodeOpeners?, known: KnownCodes?, keys: SeparateKeys?) throws {
        guard let openers else { throw StorageError.corrupt(path: "coded", detail: "nothing opens it") }
        self.columns = columns.sorted().map { Column($0, isLabels: false) } + labels.sorted().map { Column($0, isLabels: true) }
        (opener, self.known, waiting) = (try openers.make(), known, WaitingRows(keys))
    }

    mutating func look(at row: any Row) throws {
        guard !row.isNull(3) else { return }
        if let known {
            let texts = columns.compactMap { known.texts(of: $0.name, row.integer(0)) }
            if texts.count == columns.count {
                for (column, texts) in zip(columns, texts) { column.take(texts, record: row.integer(0)) }
                return
            }
        }
        let coded = CodedRow(uid: row.identifier(1), subject: row.integer(2), key: nil, codes: row.bytes(3))
        let key = row.isNull(4) ? nil : WrappedKey(root: row.int(4), version: row.int(6), bytes: row.bytes(5))
        try open(waiting.add((row.integer(0), coded), KeyPlace(subject: coded.subject, version: row.int(6)), key))
    }

    private func open(_ rows: [(row: (record: Int64, row: CodedRow), key: WrappedKey?)]) throws {
        for ((record, row), key) in rows {
            var row = row
            row.key = key
            for column in columns {
                let texts = try opener.texts(of: column.name, in: row)
                if key != nil { known?.note(texts, of: column.name, record) }
                column.take(texts, record: record)
            }
        }
    }

    mutating func finish() throws -> OpenedColumns {
        try open(waiting.finish())
        var (opened, texts, parts): (OpenedColumns, [String: [String]], [String]) = (OpenedColumns(), [:], [])
        for column in columns {
            // In the order of their bytes, so that positions compare as texts do.
            let sorted = column.known.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { (column.known[$1]!, $0) })
            texts[column.name] = sorted
            parts.append(
                "\"\(column.isLabels ? "labels" : "opened")_\(column.name)\"(record, value) AS MATERIALIZED (SELECT * FROM unnest(CAST(? AS BIGINT[]), CAST(? AS BIGINT[])))")
            opened.arguments.append(.text("{\(column.records.map(String.init).joined(separator: ","))}"))
            opened.arguments.append(.text("{\(column.texts.map { String(positions[$0]!) }.joined(separator: ","))}"))
        }
        opened.head = "WITH \(parts.joined(separator: ", ")) "
        opened.texts = texts
        return opened
    }
}
