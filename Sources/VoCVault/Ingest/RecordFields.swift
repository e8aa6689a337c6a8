import Policy
import Wire

/// Why a record cannot be taken in. Never repeats what the record says.
package enum RecordError: Error, Equatable, CustomStringConvertible {
    /// Not JSON; byte position in the line, from 1.
    case malformed(position: Int, expected: String)
    case duplicateKey(position: Int)
    case missing(String)
    case wrongValue(field: String, expected: String)
    case tooLong(limit: Int)
    case wrongColumnCount(expected: Int, found: Int)
    /// In a CSV: byte position in the record, from 1.
    case notUTF8(position: Int)
    /// A quote inside a quoted value that is not doubled.
    case strayQuote
    case unclosedQuote
    /// Databases cannot store it in a text.
    case hasNUL(field: String)

    package var description: String {
        switch self {
        case .malformed(let position, let expected): "not a JSON record: \(expected) expected at byte \(position)"
        case .duplicateKey(let position): "the key at byte \(position) appears twice in its object"
        case .missing(let field): "\(field) is missing or empty"
        case .wrongValue(let field, let expected): "\(field) must be \(expected)"
        case .tooLong(let limit): "longer than \(limit >> 20) MiB"
        case .wrongColumnCount(let expected, let found): "\(found) columns where the header has \(expected)"
        case .notUTF8(let position): "not UTF-8 at byte \(position)"
        case .strayQuote: "a quoted value continues after its closing quote: double the quotes inside a value"
        case .unclosedQuote: "a quoted value has no closing quote"
        case .hasNUL(let field): "\(field) must not contain NUL (U+0000)"
        }
    }
}

/// The fields of one record as read, in any format: ranges of an arena that is reused for the next record.
struct RecordFields {
    var arena: [UInt8] = []
    var id: Range<Int>?
    var occurredAt: Range<Int>?
    var channel: Range<Int>?
    var text: Range<Int>?
    /// By position in the schema.
    var values: [Range<Int>?]
    /// Positions in the schema of values that are an object or a list.
    var nested: Set<Int> = []
    /// Members of a JSON object with everything that the schema does not classify.
    var unclassified: [UInt8] = []
    /// Paths of values that were to be numbers, and are none: they are kept among what is not classified.
    var unread: [String] = []
    /// Values under `customer` that the schema does not classify.
    var customerExtras: [Range<Int>] = []
    /// What its customer decided about purposes: an object, and values by their paths.
    var consent: Range<Int>?
    var consentParts: [(path: String, value: Range<Int>)] = []

    init(fieldCount: Int) { values = Array(repeating: nil, count: fieldCount) }

    mutating func reset() {
        arena.removeAll(keepingCapacity: true)
        (id, occurredAt, channel, text) = (nil, nil, nil, nil)
        for index in values.indices { values[index] = nil }
        nested.removeAll(keepingCapacity: true)
        unclassified.removeAll(keepingCapacity: true)
        customerExtras.removeAll(keepingCapacity: true)
        unread.removeAll(keepingCapacity: true)
        consent = nil
        consentParts.removeAll(keepingCapacity: true)
    }

    /// Keeps a value for which the schema has no place, to be sealed.
    mutating func addUnclassified(_ path: String, _ text: String) {
        unclassified.append(unclassified.isEmpty ? 0x7B : 0x2C)
        JSONText.append(path, to: &unclassified)
        unclassified.append(0x3A)
        JSONText.append(text, to: &unclassified)
    }

    /// The value as text. The arena never contains ill-formed UTF-8.
    func string(_ range: Range<Int>) -> String { String(decoding: arena[range], as: UTF8.self) }
}

/// Finds the place of a key of an input record.
struct FieldTable: Sendable {
    enum Section: Int, Sendable { case top, customer, attributes }

    enum Target: Equatable, Sendable {
        case id, occurredAt, channel, text, customer, attributes, consent
        case field(Int)
    }

    /// By section, then by the key's length.
    private var entries: [[[(key: [UInt8], target: Target)]]] = [[], [], []]
    /// Of the fields.
    let names: [String]

    init(layout: RecordLayout) { self.init(fields: layout.fields) }

    init(fields: [FieldSchema]) {
        names = fields.map(\.name)
        let builtin: KeyValuePairs<String, Target> = [
            "id": .id, "occurred_at": .occurredAt, "channel": .channel, "text": .text, "customer": .customer, "attributes": .attributes,
        ]
        for (key, target) in builtin { add(key, target, to: .top) }
        for (index, field) in fields.enumerated() {
            let (section, key) = Self.split(field.path)
            add(key, .field(index), to: section)
        }
        // A field of the schema with that path stays one.
        let (section, key) = Self.split(StatedDecision.path)
        add(key, .consent, to: section)
    }

    private mutating func add(_ key: String, _ target: Target, to section: Section) {
        let key = Array(key.utf8)
        while entries[section.rawValue].count <= key.count { entries[section.rawValue].append([]) }
        entries[section.rawValue][key.count].append((key, target))
    }

    static func split(_ path: String) -> (Section, String) {
        if path.hasPrefix("customer.") { return (.customer, String(path.dropFirst(9))) }
        if path.hasPrefix("attributes.") { return (.attributes, String(path.dropFirst(11))) }
        return (.top, path)
    }

    func target(_ section: Section, _ bytes: [UInt8], _ key: Range<Int>) -> Target? {
        guard key.count < entries[section.rawValue].count else { return nil }
        for entry in entries[section.rawValue][key.count] {
            var equal = true
            for offset in 0..<key.count where entry.key[offset] != bytes[key.lowerBound + offset] {
                equal = false
                break
            }
            if equal { return entry.target }
        }
        return nil
    }

    func target(path: String) -> Target? {
        let (section, key) = Self.split(path)
        let bytes = Array(key.utf8)
        let known = target(section, bytes, 0..<bytes.count)
        // Columns have the parts of a decision one by one.
        if path == StatedDecision.path, known == .consent { return nil }
        return known == nil && path.hasPrefix(StatedDecision.path + ".") ? .consent : known
    }
}
