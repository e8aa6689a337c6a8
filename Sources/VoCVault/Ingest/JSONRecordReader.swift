/// Reads one JSON object (RFC 8259) into ``RecordFields`` in a single pass over its bytes.
///
/// Strict: UTF-8 must be well formed, keys must not repeat, nothing may follow the object. Nesting is at most 32 levels deep.
struct JSONRecordReader {
    private let table: FieldTable
    var position = 0
    var end = 0
    var start = 0
    /// The keys of the objects around the current position, one object after another.
    private var keys: [Range<Int>] = []
    /// Keys written with escapes: where they begin, and their text. There are seldom any.
    var escapedKeys: [(place: Int, key: [UInt8])] = []
    /// Whether the last string read has escapes.
    var hasEscapes = false
    static let maximumDepth = 32

    init(table: FieldTable) { self.table = table }

    mutating func begin(_ range: Range<Int>) { (position, start, end) = (range.lowerBound, range.lowerBound, range.upperBound) }

    mutating func read(
        _ bytes: [UInt8], _ range: Range<Int>, into fields: inout RecordFields
    ) throws(RecordError) {
        begin(range)
        fields.reset()
        keys.removeAll(keepingCapacity: true)
        escapedKeys.removeAll(keepingCapacity: true)
        try object(bytes, .top, &fields)
        skipSpace(bytes)
        guard position == end else { throw expected("the end of the line") }
    }

    func expected(_ what: String) -> RecordError { .malformed(position: position - start + 1, expected: what) }

    mutating func skipSpace(_ bytes: [UInt8]) {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func take(_ byte: UInt8, _ bytes: [UInt8]) -> Bool {
        skipSpace(bytes)
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Reads the members of `{…}` of a known section.
    private mutating func object(
        _ bytes: [UInt8], _ section: FieldTable.Section, _ fields: inout RecordFields
    ) throws(RecordError) {
        guard take(0x7B, bytes) else { throw expected("an object") }
        if take(0x7D, bytes) { return }
        let first = keys.count
        repeat {
            skipSpace(bytes)
            let key = try rawString(bytes)
            if hasEscapes { escapedKeys.append((key.lowerBound, Self.decoded(bytes, key))) }
            for other in keys[first...] where isEqual(bytes, other, key) { throw .duplicateKey(position: key.lowerBound - start) }
            keys.append(key)
            guard take(0x3A, bytes) else { throw expected("a colon") }
            skipSpace(bytes)
            try member(bytes, section, key, &fields)
        } while take(0x2C, bytes)
        keys.removeLast(keys.count - first)
        guard take(0x7D, bytes) else { throw expected("a comma or the end of the object") }
    }

    private mutating func member(
        _ bytes: [UInt8], _ section: FieldTable.Section, _ key: Range<Int>, _ fields: inout RecordFields
    ) throws(RecordError) {
        switch target(bytes, section, key) {
        case .id: fields.id = try scalar(bytes, "id", &fields)
        case .occurredAt: fields.occurredAt = try scalar(bytes, "occurred_at", &fields)
        case .channel: fields.channel = try scalar(bytes, "channel", &fields)
        case .text: fields.text = try scalar(bytes, "text", &fields)
        case .customer: try subsection(bytes, .customer, "customer", &fields)
        case .attributes: try subsection(bytes, .attributes, "attributes", &fields)
        case .field(let index):
            if position < end, bytes[position] == 0x7B || bytes[position] == 0x5B {
                fields.nested.insert(index)
                let from = position
                try skipValue(bytes, depth: 2)
                fields.values[index] = Self.copy(bytes, from..<position, to: &fields.arena)
            } else {
                fields.values[index] = try scalar(bytes, table.names[index], &fields)
            }
        case .consent:
            let from = position
            try skipValue(bytes, depth: 2)
            fields.consent = Self.copy(bytes, from..<position, to: &fields.arena)
        case nil:
            let from = position
            try skipValue(bytes, depth: 2)
            note(bytes, section, key)
            Self.appendMember(bytes, section, key, from..<position, &fields)
        }
    }

    /// Members that the schema does not classify, by section; a few are enough to say so.
    private var unclassified: [(section: FieldTable.Section, key: [UInt8])] = []

    private mutating func note(_ bytes: [UInt8], _ section: FieldTable.Section, _ key: Range<Int>) {
        guard unclassified.count < 64, !unclassified.contains(where: { $0.section == section && $0.key.elementsEqual(bytes[key]) }) else { return }
        unclassified.append((section, Array(bytes[key])))
    }

    /// Their paths.
    var unmapped: Set<String> {
        let prefixes: [FieldTable.Section: String] = [.top: "", .customer: "customer.", .attributes: "attributes."]
        return Set(unclassified.map { prefixes[$0.section]! + String(decoding: $0.key, as: UTF8.self) })
    }

    private func target(_ bytes: [UInt8], _ section: FieldTable.Section, _ key: Range<Int>) -> FieldTable.Target? {
        guard let escaped = escapedKeys.last, escaped.place == key.lowerBound else { return table.target(section, bytes, key) }
        return table.target(section, escaped.key, escaped.key.indices)
    }

    private mutating func subsection(
        _ bytes: [UInt8], _ section: FieldTable.Section, _ name: String, _ fields: inout RecordFields
    ) throws(RecordError) {
        guard position < end, bytes[position] == 0x7B else {
            let from = position
            try skipValue(bytes, depth: 2)
            guard Self.isNull(bytes, from..<position) else { throw .wrongValue(field: name, expected: "an object") }
            return
        }
        try object(bytes, section, &fields)
    }

    /// A single value.
    private mutating func scalar(
        _ bytes: [UInt8], _ name: String, _ fields: inout RecordFields
    ) throws(RecordError) -> Range<Int>? {
        guard position < end else { throw expected("a value") }
        if bytes[position] == 0x7B || bytes[position] == 0x5B { throw .wrongValue(field: name, expected: "a single value") }
        return try scalar(bytes, name, &fields.arena)
    }

    /// A string, decoded, or a number or boolean as written; nil for null.
    mutating func scalar(_ bytes: [UInt8], _ name: String, _ arena: inout [UInt8]) throws(RecordError) -> Range<Int>? {
        guard bytes[position] == 0x22 else {
            let from = position
            try skipValue(bytes, depth: 2)
            return Self.isNull(bytes, from..<position) ? nil : Self.copy(bytes, from..<position, to: &arena)
        }
        let content = try rawString(bytes)
        guard hasEscapes else { return Self.copy(bytes, content, to: &arena) }
        let text = Self.decode(bytes, content, to: &arena)
        guard !arena[text].contains(0) else { throw .hasNUL(field: name) }
        return text
    }

    // MARK: Values

    /// Checks a string and returns what is between its quotes.
    mutating func rawString(_ bytes: [UInt8]) throws(RecordError) -> Range<Int> {
        guard position < end, bytes[position] == 0x22 else { throw expected("a string") }
        let from = position + 1
        var index = from
        hasEscapes = false
        while index < end {
            let byte = bytes[index]
            if byte == 0x22 {
                position = index + 1
                return from..<index
            }
            if byte == 0x5C {
                hasEscapes = true
                position = index
                try escape(bytes)
                index = position
            } else if byte >= 0x80 {
                let length = Self.sequenceLength(bytes, at: index, end: end)
                guard length > 0 else {
                    position = index
                    throw expected("well-formed UTF-8")
                }
                index += length
            } else if byte >= 0x20 {
                index = bytes.firstSpecialPlace(from: index + 1, to: end)
            } else {
                position = index
                throw expected("an escaped control character")
            }
        }
        position = end
        throw expected("the end of the string")
    }

    private mutating func escape(_ bytes: [UInt8]) throws(RecordError) {
        guard position + 1 < end else { throw expected("an escape") }
        switch bytes[position + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: position += 2
        case 0x75:
            guard let unit = Self.hex4(bytes, position + 2, end) else { throw expected("four hex digits") }
            position += 6
            if (0xDC00...0xDFFF).contains(unit) { throw expected("a high surrogate") }
            if (0xD800...0xDBFF).contains(unit) {
                guard position + 1 < end, bytes[position] == 0x5C, bytes[position + 1] == 0x75,
                    let low = Self.hex4(bytes, position + 2, end), (0xDC00...0xDFFF).contains(low)
                else { throw expected("a low surrogate") }
                position += 6
            }
        default: throw expected("an escape")
        }
    }

    private mutating func skipValue(_ bytes: [UInt8], depth: Int) throws(RecordError) {
        guard depth <= Self.maximumDepth else { throw expected("less nesting") }
        skipSpace(bytes)
        guard position < end else { throw expected("a value") }
        switch bytes[position] {
        case 0x22: _ = try rawString(bytes)
        case 0x7B:
            position += 1
            if take(0x7D, bytes) { return }
            repeat {
                skipSpace(bytes)
                _ = try rawString(bytes)
                guard take(0x3A, bytes) else { throw expected("a colon") }
                try skipValue(bytes, depth: depth + 1)
            } while take(0x2C, bytes)
            guard take(0x7D, bytes) else { throw expected("a comma or the end of the object") }
        case 0x5B:
            position += 1
            if take(0x5D, bytes) { return }
            repeat { try skipValue(bytes, depth: depth + 1) } while take(0x2C, bytes)
            guard take(0x5D, bytes) else { throw expected("a comma or the end of the list") }
        case 0x74: try word("true", bytes)
        case 0x66: try word("false", bytes)
        case 0x6E: try word("null", bytes)
        default: try number(bytes)
        }
    }

    private mutating func word(_ word: StaticString, _ bytes: [UInt8]) throws(RecordError) {
        for byte in word.description.utf8 {
            guard position < end, bytes[position] == byte else { throw expected("a value") }
            position += 1
        }
    }

    private mutating func number(_ bytes: [UInt8]) throws(RecordError) {
        func digits(_ parser: inout JSONRecordReader) throws(RecordError) {
            let from = parser.position
            while parser.position < parser.end, bytes[parser.position] &- 48 < 10 { parser.position += 1 }
            if parser.position == from { throw parser.expected("a value") }
        }
        if bytes[position] == 0x2D { position += 1 }
        if position < end, bytes[position] == 0x30 { position += 1 } else { try digits(&self) }
        if position < end, bytes[position] == 0x2E {
            position += 1
            try digits(&self)
        }
        if position < end, bytes[position] | 0x20 == 0x65 {
            position += 1
            if position < end, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            try digits(&self)
        }
    }
}
