import Formats
import Policy
import Wire

/// The first rows of a table.
struct RowBeginning {
    private(set) var rows: [[String]] = []
    private(set) var delimiter: UInt8
    /// Rows before those that count.
    private(set) var skipped = 0
    private let bytes: [UInt8]
    private let isWhole: Bool
    /// Titles, notes and empty rows before the headings are fewer.
    private static let lookedAt = 16

    /// - Parameter delimiters: those that it may have.
    init(_ bytes: [UInt8], isWhole: Bool, delimiters: [UInt8]) {
        (self.bytes, self.isWhole) = (bytes, isWhole)
        // The one that yields the most columns of headings: of the first row that has several.
        delimiter = delimiters[0]
        for row in Self.records(bytes, isWhole, delimiter: nil) {
            let counts = delimiters.map { delimiter in (delimiter, Self.values(row, delimiter)?.count ?? 0) }
            guard let best = counts.max(by: { $0.1 < $1.1 }), best.1 > 1 else { continue }
            delimiter = best.0
            break
        }
        readRows()
    }

    private mutating func readRows() {
        rows = Self.records(bytes, isWhole, delimiter: delimiter).map { Self.values($0, delimiter) ?? [] }
    }

    /// A first line `sep=;` names the delimiter.
    mutating func obeyAnnouncement() {
        let line = Array(bytes.prefix(8).prefix { $0 != 0x0A && $0 != 0x0D })
        guard line.count == 5, line.starts(with: Array("sep=".utf8)) else { return }
        delimiter = line[4]
        skipped = 1
        readRows()
        // The line has a column fewer than it has delimiters, or is one text.
        if rows.first?.count != 1 { rows[0] = ["sep="] }
    }

    private static func records(_ bytes: [UInt8], _ isWhole: Bool, delimiter: UInt8?) -> [ArraySlice<UInt8>] {
        var rest: [UInt8]? = bytes
        let reader = InputReader(isCSV: true) {
            defer { rest = nil }
            return rest?[...]
        }
        if let delimiter { reader.use(delimiter: delimiter, columns: nil) }
        guard let batch = try? reader.next(maximum: lookedAt + 1) else { return [] }
        var records = batch.records.map { batch.bytes[$0.range] }
        // The last one may be only a part.
        if !isWhole, records.count <= lookedAt, records.count > 1 { records.removeLast() }
        return Array(records.prefix(lookedAt))
    }

    private static func values(_ row: ArraySlice<UInt8>, _ delimiter: UInt8) -> [String]? {
        try? CSVRecordReader.strings(Array(row), 0..<row.count, delimiter: delimiter)
    }

    /// Headings in comparable form, of some rows.
    func headings(_ row: Int, _ count: Int) -> [String] {
        rows[row..<min(row + count, rows.count)].flatMap { $0 }.map { ColumnPattern.comparable($0) }.filter { !$0.isEmpty }
    }

    /// Whether the headings are those of the vault's own form.
    func isOwn(_ policy: PolicySet, _ table: FieldTable) -> Bool {
        guard rows.indices.contains(skipped) else { return true }
        let paths = Set(rows[skipped].map { policy.csvColumns[$0] ?? $0 })
        return ["id", "occurred_at", "channel"].allSatisfy(paths.contains)
    }

    /// Whether more of the input would tell nothing more.
    static func isEnough(_ bytes: [UInt8], _ delimiters: [UInt8], _ policy: PolicySet, _ table: FieldTable) -> Bool {
        if bytes.count >= InputPlan.lookedAt { return true }
        guard bytes.contains(0x0A) else { return false }
        var rows = RowBeginning(bytes, isWhole: false, delimiters: delimiters)
        if delimiters.count > 1 { rows.obeyAnnouncement() }
        return rows.rows.count > rows.skipped && rows.isOwn(policy, table) || rows.rows.count >= lookedAt
    }
}

/// The first object of a JSON text.
struct ObjectBeginning {
    /// What an object has, at whatever depth.
    struct Item {
        var paths: [String]
    }

    private let bytes: [UInt8]
    private let isWhole: Bool
    private let end: Int?
    /// Whether the text is a list.
    let isList: Bool

    init(_ bytes: [UInt8], isWhole: Bool) {
        (self.bytes, self.isWhole) = (bytes, isWhole)
        isList = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == 0x5B
        end = isList ? nil : Self.end(of: bytes)
    }

    /// The object at the beginning, or a list's first; nil if there is none, or only a part.
    var object: Item? {
        if isList { return firstItem(of: "") }
        return end.flatMap { Self.item(bytes[..<$0]) }
    }

    /// Whether nothing follows the first object, as far as can be seen.
    var isSingle: Bool {
        guard let end else { return !isList }
        return isWhole && bytes[end...].allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    /// Whether the first object has several lines.
    var isSpread: Bool {
        guard !isList, let start = bytes.firstIndex(of: 0x7B), let line = bytes[start...].firstIndex(of: 0x0A) else { return false }
        // Damaged lines are not one object over several.
        guard let end else { return false }
        return end > line && Self.item(bytes[..<end]) != nil
    }

    /// The first item of a list.
    ///
    /// - Parameter list: its path; nil for the first list of objects.
    func firstItem(of list: String?) -> Item? {
        if list?.isEmpty == false, isList { return firstItem(of: "") }
        var rest: [UInt8]? = bytes
        let lines = ListLines(
            {
                defer { rest = nil }
                return rest?[...]
            }, path: list)
        guard let text = try? lines.next(), let end = text.firstIndex(of: 0x0A) else { return nil }
        return Self.item(text[..<end])
    }

    private static func item(_ bytes: ArraySlice<UInt8>) -> Item? {
        guard let object = try? JSON(parsing: Array(bytes)).object else { return nil }
        var paths: [String] = []
        func add(_ value: JSON, _ path: String) {
            switch value {
            case .object(let members):
                if !path.isEmpty { paths.append(path) }
                for (name, inner) in members { add(inner, path.isEmpty ? name : "\(path).\(name)") }
            case .array(let items):
                paths.append(path)
                if let first = items.first { add(first, path) }
            default: paths.append(path)
            }
        }
        add(.object(object), "")
        return Item(paths: paths)
    }

    /// Where the first object ends; nil if it does not.
    static func end(of bytes: [UInt8]) -> Int? {
        var (depth, inString, isEscaped) = (0, false, false)
        for (index, byte) in bytes.enumerated() {
            if inString {
                if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { inString = false }
                continue
            }
            switch byte {
            case 0x22: inString = true
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth <= 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }
}
