/// Reads one CSV record (RFC 4180) into ``RecordFields``; the header says where each column goes.
struct CSVRecordReader: Sendable {
    /// What a column is: a known place or, if the schema does not classify it, its path.
    private enum Column: Sendable {
        case known(FieldTable.Target)
        /// A part of what the customer decided.
        case consent(path: String)
        case unclassified(path: String)
    }

    private let columns: [Column]
    /// Headings of columns that the schema does not classify.
    var unclassified: Set<String> {
        Set(columns.compactMap { if case .unclassified(let path) = $0 { path } else { nil } }.filter { !$0.hasPrefix("column ") })
    }
    /// Their headings, for people who have to correct a value.
    private let names: [String]
    private let delimiter: UInt8
    /// Whether rows may end before the last column.
    private let isRagged: Bool

    /// - Parameters:
    ///   - header: the first record's values.
    ///   - mapping: column name → path, from `schema.yaml`; other column names count as paths.
    /// - Throws: ``RecordError`` if a required column is missing or two columns have the same place.
    init(header: [String], mapping: [String: String], table: FieldTable, delimiter: UInt8, isRagged: Bool = false) throws(RecordError) {
        (self.delimiter, self.isRagged) = (delimiter, isRagged)
        names = header
        var columns: [Column] = []
        var paths: Set<String> = []
        for (position, name) in header.enumerated() {
            // Spreadsheets export empty columns, too. Their values, if any, are kept.
            let heading = name.isEmpty ? "column \(position + 1)" : name
            let path = mapping[heading] ?? heading
            guard paths.insert(path).inserted else { throw .wrongValue(field: "the header", expected: "free of repeated columns") }
            switch table.target(path: path) {
            case .customer?, .attributes?, nil: columns.append(.unclassified(path: path))
            case .consent?: columns.append(.consent(path: path))
            case let target?: columns.append(.known(target))
            }
        }
        for required in ["id", "occurred_at", "channel"] where !paths.contains(required) {
            throw .missing("the CSV column for '\(required)' (see csv.columns in schema.yaml, or 'vocvault sources infer')")
        }
        self.columns = columns
    }

    func read(_ bytes: [UInt8], _ range: Range<Int>, into fields: inout RecordFields) throws(RecordError) {
        fields.reset()
        let values = try Self.split(bytes, range, delimiter: delimiter, into: &fields.arena)
        guard values.count == columns.count || isRagged && values.count < columns.count else {
            throw .wrongColumnCount(expected: columns.count, found: values.count)
        }
        if bytes.firstPlace(ofASCII: 0, from: range.lowerBound, to: range.upperBound) != nil,
            let position = values.firstIndex(where: { fields.arena[$0].contains(0) }) {
            throw .hasNUL(field: names[position])
        }
        for (position, value) in values.enumerated() where !value.isEmpty {
            switch columns[position] {
            case .known(.id): fields.id = value
            case .known(.occurredAt): fields.occurredAt = value
            case .known(.channel): fields.channel = value
            case .known(.text): fields.text = value
            case .known(.field(let field)): fields.values[field] = value
            case .consent(let path): fields.consentParts.append((path, value))
            case .known: break
            case .unclassified(let path):
                fields.addUnclassified(path, fields.string(value))
                if path.hasPrefix("customer.") { fields.customerExtras.append(value) }
            }
        }
    }

    /// The values of a record, such as the header.
    static func strings(_ bytes: [UInt8], _ range: Range<Int>, delimiter: UInt8) throws(RecordError) -> [String] {
        var arena: [UInt8] = []
        let values = try split(bytes, range, delimiter: delimiter, into: &arena)
        return values.map { String(decoding: arena[$0], as: UTF8.self) }
    }

    /// Copies each value to the arena, without its quotes.
    static func split(
        _ bytes: [UInt8], _ range: Range<Int>, delimiter: UInt8, into arena: inout [UInt8]
    ) throws(RecordError) -> [Range<Int>] {
        var values: [Range<Int>] = []
        var index = range.lowerBound
        while true {
            let from = arena.count
            if index < range.upperBound, bytes[index] == 0x22 {
                index += 1
                while true {
                    let end = bytes.firstPlace(ofASCII: 0x22, from: index, to: range.upperBound)
                    try copy(bytes, index..<(end ?? range.upperBound), of: range, to: &arena)
                    guard let end else { throw .unclosedQuote }
                    index = end + 1
                    guard index < range.upperBound, bytes[index] == 0x22 else { break }
                    arena.append(0x22)
                    index += 1
                }
                guard index == range.upperBound || bytes[index] == delimiter else { throw .strayQuote }
            } else {
                let end = bytes.firstPlace(ofASCII: delimiter, from: index, to: range.upperBound) ?? range.upperBound
                try copy(bytes, index..<end, of: range, to: &arena)
                index = end
            }
            values.append(plain(from..<arena.count, arena))
            guard index < range.upperBound else { return values }
            index += 1
        }
    }

    /// The value without what spreadsheets wrap around it so that it stays text: `="001"`.
    private static func plain(_ value: Range<Int>, _ arena: [UInt8]) -> Range<Int> {
        guard value.count >= 3, arena[value.lowerBound] == 0x3D, arena[value.lowerBound + 1] == 0x22, arena[value.upperBound - 1] == 0x22 else { return value }
        return value.lowerBound + 2..<value.upperBound - 1
    }

    /// Copies what must be well-formed UTF-8.
    private static func copy(_ bytes: [UInt8], _ part: Range<Int>, of record: Range<Int>, to arena: inout [UInt8]) throws(RecordError) {
        var index = bytes.firstWidePlace(from: part.lowerBound, to: part.upperBound)
        while index < part.upperBound {
            let length = JSONRecordReader.sequenceLength(bytes, at: index, end: part.upperBound)
            guard length > 0 else { throw .notUTF8(position: index - record.lowerBound + 1) }
            index += length
            if index < part.upperBound, bytes[index] < 0x80 { index = bytes.firstWidePlace(from: index, to: part.upperBound) }
        }
        arena.append(contentsOf: bytes[part])
    }
}
