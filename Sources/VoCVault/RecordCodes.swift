import Policy
import Store

/// A part of a record's codes, which is sealed by itself: retention drops one without a key.
enum CodePart: UInt8, CaseIterable {
    case direct = 1
    case quasi = 2
    case sensitive = 4
    case labels = 64

    /// The part with the coarser form of a field.
    init(_ fieldClass: FieldClass) { self = CodePart(rawValue: UInt8(Compartment(fieldClass).bit))! }

    /// Bound into its ciphertext.
    var name: String {
        switch self {
        case .direct: "direct"
        case .quasi: "quasi"
        case .sensitive: "sensitive"
        case .labels: "labels"
        }
    }
}

/// What of a record figures may count and conditions may compare, though it is about its customer: coarser forms of fields, and what modules
/// say about the text. It is sealed under the customer's key, in a row of its own.
struct RecordCodes: Sendable {
    /// The coarser form of a field.
    struct Coarse: Sendable {
        var part: CodePart
        var field: String
        var value: String
    }

    struct Label: Sendable {
        var module: String
        var label: String
        /// 0 to 1.
        var score: Double
    }

    var coarse: [Coarse] = []
    /// In the order of modules and labels.
    private(set) var labels: [Label] = []

    var isEmpty: Bool { coarse.isEmpty && labels.isEmpty }

    /// Sealed codes without those of compartments that go; needs no key. Mentions have none: labels, which have the same bit, stay.
    static func removing(_ compartments: Set<Compartment>, from codes: [UInt8]) throws -> [UInt8] {
        guard !codes.isEmpty else { return [] }
        let left = try SealedBody.removing(compartments.subtracting([.mentions]), from: codes)
        return left.count > 1 ? left : []
    }

    /// What it has in a column of the store: ``CodedColumn``.
    func texts(of column: String) -> [String] {
        if column.hasPrefix(CodedColumn.coarse) { return coarse.filter { column.utf8.dropFirst(2).elementsEqual($0.field.utf8) }.map(\.value) }
        return labels.filter { $0.module == column }.map(\.label)
    }

    mutating func set(_ value: String?, of field: FieldSchema) {
        coarse.removeAll { $0.field == field.name }
        if let value { coarse.append(Coarse(part: CodePart(field.fieldClass), field: field.name, value: value)) }
    }

    /// Makes these a module's only labels.
    mutating func set(_ new: [(label: String, score: Double)], of module: String) {
        labels.removeAll { $0.module == module }
        labels += new.map { Label(module: module, label: $0.label, score: $0.score) }
        labels.sort { ($0.module, $0.label) < ($1.module, $1.label) }
    }

    // MARK: Plaintext

    /// A run of fields (``Fields``): the coarser form of each field under its name; of a label, under its module's, the score
    /// (IEEE 754, 8 bytes, big endian) and the label.
    func plaintext(of part: CodePart) -> [UInt8] {
        var plaintext: [UInt8] = []
        if part == .labels {
            for label in labels {
                var value: [UInt8] = []
                value.append(bigEndian: label.score.bitPattern)
                value += label.label.utf8
                Fields.append(label.module, value[...], to: &plaintext)
            }
        } else {
            for coarse in coarse where coarse.part == part { Fields.append(coarse.field, Array(coarse.value.utf8)[...], to: &plaintext) }
        }
        return plaintext
    }

    mutating func add(_ fields: borrowing Fields, to part: CodePart) throws {
        try fields.forEach { name, value in
            guard part == .labels else { return coarse.append(Coarse(part: part, field: name, value: String(plain: value))) }
            guard value.count >= 8 else { throw SealedBody.damaged }
            let score = Double(bitPattern: UInt64(bigEndian: value.bytes.unsafeLoadUnaligned(as: UInt64.self)))
            labels.append(Label(module: name, label: String(plain: value.extracting(8..<value.count)), score: score))
        }
    }
}

/// Opens codes for statements of one connection.
final class StoredCodeOpener: CodeOpener {
    private let keys: SubjectKeys
    private let sealer: RecordSealer
    /// What was opened last of a record: several columns are read of each.
    private var last: (record: UInt128, sealed: [UInt8], isLabels: Bool, codes: RecordCodes)?

    init(keyring: Keyring, vaultID: UInt128) throws {
        keys = SubjectKeys(keyring: keyring, vaultID: vaultID)
        sealer = try RecordSealer(vaultID: vaultID, suite: keyring.suite)
    }

    func texts(of column: String, in row: CodedRow) throws -> [String] {
        guard let key = row.key, !row.codes.isEmpty else { return [] }
        let isLabels = !column.hasPrefix(CodedColumn.coarse)
        if let last, last.record == row.uid, last.isLabels == isLabels, last.sealed == row.codes { return last.codes.texts(of: column) }
        try sealer.load(key, of: row.subject, from: keys)
        let codes = try sealer.open(codes: row.codes[...], { ($0 == .labels) == isLabels }, subject: row.subject, record: row.uid)
        last = (row.uid, row.codes, isLabels, codes)
        return codes.texts(of: column)
    }
}
