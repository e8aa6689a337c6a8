import Policy
import Sealing
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
    /// What was opened last of a record, a run of fields: several columns are read of each.
    private var fields: [UInt8] = []
    private var last: (record: UInt128, sealed: [UInt8], isLabels: Bool)?
    private var known = KnownTexts()

    init(keyring: Keyring, vaultID: UInt128) throws {
        keys = SubjectKeys(keyring: keyring, vaultID: vaultID)
        sealer = try RecordSealer(vaultID: vaultID, suite: keyring.suite)
    }

    deinit { forget() }

    func texts(of column: String, in row: CodedRow) throws -> [String] {
        guard let key = row.key, !row.codes.isEmpty else { return [] }
        let isLabels = !column.hasPrefix(CodedColumn.coarse)
        if last?.record != row.uid || last?.isLabels != isLabels || last?.sealed != row.codes {
            forget()
            try sealer.load(key, of: row.subject, from: keys)
            try sealer.open(codes: row.codes[...], { ($0 == .labels) == isLabels }, subject: row.subject, record: row.uid) { _, opened in
                opened.append(to: &fields)
            }
            last = (row.uid, row.codes, isLabels)
        }
        return try known.texts(of: isLabels ? column : String(column.dropFirst(CodedColumn.coarse.count)), in: fields, areLabels: isLabels)
    }

    /// Zeros what was opened, and keeps its memory.
    private func forget() {
        last = nil
        wipe(&fields)
        fields.removeAll(keepingCapacity: true)
    }
}

/// The texts that records have in columns, each list of them made once: there are few lists and many records.
private struct KnownTexts {
    private var lists: [UInt64: (bytes: [UInt8], texts: [String])] = [:]
    /// Those of the record at hand, each behind its length.
    private var bytes: [UInt8] = []
    /// More, and what is in the lists may be anything.
    private static let limit = 10_000

    mutating func texts(of name: String, in fields: [UInt8], areLabels: Bool) throws -> [String] {
        bytes.removeAll(keepingCapacity: true)
        try Fields.forEach(named: name, in: fields.span) { value in
            // A label stands behind its score.
            let start = areLabels ? MemoryLayout<Double>.size : 0
            guard value.count >= start else { throw SealedBody.damaged }
            bytes.append(bigEndian: UInt32(value.count - start))
            value.extracting(start..<value.count).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        }
        if bytes.isEmpty { return [] }
        // FNV-1a.
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        if let known = lists[hash], known.bytes == bytes { return known.texts }
        var (texts, index): ([String], Int) = ([], 0)
        while index < bytes.count {
            let length = bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
            texts.append(String(decoding: bytes[index + 4..<index + 4 + length], as: UTF8.self))
            index += 4 + length
        }
        if lists.count == Self.limit { lists.removeAll(keepingCapacity: true) }
        lists[hash] = (bytes, texts)
        return texts
    }
}
