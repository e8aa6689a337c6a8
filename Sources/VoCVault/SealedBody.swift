import Policy
import Sealing
import Store

/// The sealed compartments of one record: one ciphertext per class of data, so that opening one
/// shows nothing of the others and retention can drop one without a key.
///
/// `1 ‖ (compartment bit (1) ‖ length (4, big endian) ‖ ciphertext)…`
///
/// A compartment's plaintext is a run of fields: `name length (1) ‖ name ‖ length (4) ‖ value`.
/// `text` and `redacted` hold one field of that name.
enum SealedBody {
    static let formatVersion: UInt8 = 1
    static let damaged = VaultError.integrity("a sealed record is damaged")

    /// Where a compartment's ciphertext stands; nil when the record has none of that kind.
    ///
    /// - Throws: ``VaultError/integrity(_:)`` when the container is not well formed.
    static func range(of compartment: Compartment, in body: ArraySlice<UInt8>) throws -> Range<Int>? {
        var found: Range<Int>?
        try forEachPart(of: body) { bit, range in
            if bit == compartment.bit { found = range }
        }
        return found
    }

    /// The container without some of its compartments; needs no key.
    static func removing(_ compartments: Set<Compartment>, from body: [UInt8]) throws -> [UInt8] {
        var output = [formatVersion]
        let bits = compartments.reduce(0) { $0 | $1.bit }
        try forEachPart(of: body[...]) { bit, range in
            if bit & bits == 0 { output += body[range.lowerBound - 5..<range.upperBound] }
        }
        return output
    }

    /// The parts of a container, each with its bit.
    static func parts(of body: ArraySlice<UInt8>) throws -> [(bit: Int, range: Range<Int>)] {
        var parts: [(Int, Range<Int>)] = []
        if !body.isEmpty { try forEachPart(of: body) { parts.append(($0, $1)) } }
        return parts
    }

    private static func forEachPart(of body: ArraySlice<UInt8>, _ visit: (Int, Range<Int>) -> Void) throws {
        guard body.first == formatVersion else { throw damaged }
        var index = body.startIndex + 1
        while index < body.endIndex {
            guard index + 5 <= body.endIndex else { throw damaged }
            var length = 0
            for offset in 1...4 { length = length << 8 | Int(body[index + offset]) }
            let range = index + 5..<index + 5 + length
            guard range.upperBound <= body.endIndex else { throw damaged }
            visit(Int(body[index]), range)
            index = range.upperBound
        }
    }
}

/// The AAD of a record's ciphertexts, written again for each:
/// `domain ‖ format (1) ‖ vault (16) ‖ subject (8) ‖ record (16) ‖ suite (1) ‖ part`.
private struct SealedPlace {
    private(set) var aad: [UInt8]
    private let end: Int

    init(_ domain: String, vaultID: UInt128) {
        aad = Array(domain.utf8)
        aad.reserveCapacity(80)
        aad.append(SealedBody.formatVersion)
        aad.append(bigEndian: vaultID)
        aad.append(bigEndian: 0 as Int64)
        aad.append(bigEndian: 0 as UInt128)
        end = aad.count
    }

    mutating func bind(subject: Int64, record: UInt128) {
        aad.replace(record, endingAt: end)
        aad.replace(subject, endingAt: end - 16)
    }

    mutating func bind(_ part: String, suite: UInt8) {
        aad.removeLast(aad.count - end)
        aad.append(suite)
        aad.append(contentsOf: part.utf8)
    }
}

/// One worker's sealing and opening of records.
///
/// AAD binds a ciphertext to its place: format, vault, subject, record, suite and compartment. It
/// opens there and nowhere else.
final class RecordSealer {
    private let suite: Suite
    private let cipher: FieldCipher
    private var field: SealedPlace
    private var code: SealedPlace

    init(vaultID: UInt128, suite: Suite) throws {
        self.suite = suite
        cipher = try FieldCipher()
        (field, code) = (SealedPlace("vocvault field", vaultID: vaultID), SealedPlace("vocvault code", vaultID: vaultID))
    }

    /// Makes a subject's key the one that seals codes.
    func load(_ key: borrowing SecretBytes) throws { try cipher.load(key, briefly: true) }

    /// Seals the compartments of a record under its subject's key and appends the body to `output`.
    ///
    /// - Parameter places: where each compartment lies in `plaintext`; none is there for an empty one.
    func seal(
        _ plaintext: Span<UInt8>, _ places: CompartmentPlaces, key: borrowing SecretBytes, subject: Int64, record: UInt128,
        to output: inout [UInt8]
    ) throws {
        try cipher.load(key, briefly: true)
        field.bind(subject: subject, record: record)
        output.append(SealedBody.formatVersion)
        for compartment in Compartment.allCases {
            let place = places[compartment]
            if place.isEmpty { continue }
            field.bind(compartment.rawValue, suite: suite.rawValue)
            try seal(plaintext.extracting(place), bit: UInt8(compartment.bit), aad: field.aad, to: &output)
        }
    }

    /// Seals the codes of a record under the key that was loaded last, and appends them to `output`: nothing if there are none.
    func seal(_ codes: RecordCodes, subject: Int64, record: UInt128, to output: inout [UInt8]) throws {
        guard !codes.isEmpty else { return }
        code.bind(subject: subject, record: record)
        output.append(SealedBody.formatVersion)
        for part in CodePart.allCases {
            let plaintext = codes.plaintext(of: part)
            if plaintext.isEmpty { continue }
            code.bind(part.name, suite: suite.rawValue)
            try seal(plaintext.span, bit: part.rawValue, aad: code.aad, to: &output)
        }
    }

    private func seal(_ plaintext: Span<UInt8>, bit: UInt8, aad: [UInt8], to output: inout [UInt8]) throws {
        output.append(bit)
        output.append(bigEndian: UInt32(plaintext.count + suite.overhead))
        try cipher.seal(plaintext, aad: aad.span, suite: suite, to: &output)
    }

    /// Makes a subject's key the one that `open` uses.
    func load(_ key: WrappedKey, of subject: Int64, from keys: SubjectKeys) throws {
        try keys.load(key, of: subject, into: cipher)
    }

    /// Opens a compartment; nil when the record has none of that kind.
    func open(_ compartment: Compartment, of body: ArraySlice<UInt8>, subject: Int64, record: UInt128) throws -> Fields? {
        guard let range = try SealedBody.range(of: compartment, in: body), !range.isEmpty else { return nil }
        field.bind(subject: subject, record: record)
        field.bind(compartment.rawValue, suite: body[range.lowerBound])
        return try open(body[range], aad: field.aad)
    }

    /// Opens the codes of a record, or some parts of them.
    func open(codes: ArraySlice<UInt8>, _ isWanted: (CodePart) -> Bool = { _ in true }, subject: Int64, record: UInt128) throws -> RecordCodes {
        var opened = RecordCodes()
        try open(codes: codes, isWanted, subject: subject, record: record) { part, fields in try opened.add(fields, to: part) }
        return opened
    }

    /// The same, each part given to `take`.
    func open(
        codes: ArraySlice<UInt8>, _ isWanted: (CodePart) -> Bool, subject: Int64, record: UInt128, _ take: (CodePart, borrowing Fields) throws -> Void
    ) throws {
        code.bind(subject: subject, record: record)
        for (bit, range) in try SealedBody.parts(of: codes) {
            guard let part = CodePart(rawValue: UInt8(bit)), !range.isEmpty else { throw SealedBody.damaged }
            guard isWanted(part) else { continue }
            code.bind(part.name, suite: codes[range.lowerBound])
            try take(part, try open(codes[range], aad: code.aad))
        }
    }

    private func open(_ sealed: ArraySlice<UInt8>, aad: [UInt8]) throws -> Fields {
        do {
            return Fields(plaintext: try cipher.open(sealed.span, aad: aad.span))
        } catch SealingError.cannotOpen {
            throw VaultError.integrity("a sealed value does not open: it was changed or moved")
        }
    }
}

/// Where the plaintexts of a record's compartments lie in a buffer.
struct CompartmentPlaces: Sendable {
    /// Each begins where the one before, in the order of their bits, ends.
    private var bounds: SIMD8<UInt32>

    /// All empty, at `start`.
    init(start: Int) { bounds = SIMD8(repeating: UInt32(start)) }

    /// Says that `compartment` ends here; to be said in the order of their bits.
    mutating func end(_ compartment: Compartment, at position: Int) {
        for index in compartment.bit.trailingZeroBitCount + 1..<8 { bounds[index] = UInt32(position) }
    }

    subscript(compartment: Compartment) -> Range<Int> {
        let index = compartment.bit.trailingZeroBitCount
        return Int(bounds[index])..<Int(bounds[index + 1])
    }
}

/// An opened compartment.
struct Fields: ~Copyable {
    private let plaintext: Plaintext

    fileprivate init(plaintext: consuming Plaintext) { self.plaintext = plaintext }

    /// Gives `body` the value of a field, when it is there.
    func with<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) rethrows -> R? {
        try plaintext.withBytes { bytes in try Self.place(of: name, in: bytes).map { try body(bytes.extracting($0)) } }
    }

    /// Where a field's value lies in a compartment's plaintext, when it is there.
    static func place(of name: String, in bytes: Span<UInt8>) -> Range<Int>? {
        var index = 0
        while index < bytes.count {
            let field = field(at: index, in: bytes)
            if equal(bytes, field.name, name) { return field.value }
            index = field.value.upperBound
        }
        return nil
    }

    /// Gives `body` each field in turn.
    func forEach(_ body: (String, Span<UInt8>) throws -> Void) rethrows { try plaintext.withBytes { try Self.forEach(in: $0, body) } }

    /// Appends all of them, as they are, to a run of fields.
    func append(to run: inout [UInt8]) {
        plaintext.withBytes { bytes in bytes.withUnsafeBufferPointer { run.append(contentsOf: $0) } }
    }

    /// Gives `body` the values of all fields of one name.
    static func forEach(named name: String, in bytes: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) rethrows {
        var index = 0
        while index < bytes.count {
            let field = field(at: index, in: bytes)
            if equal(bytes, field.name, name) { try body(bytes.extracting(field.value)) }
            index = field.value.upperBound
        }
    }

    /// The same of a compartment's plaintext.
    static func forEach(in bytes: Span<UInt8>, _ body: (String, Span<UInt8>) throws -> Void) rethrows {
        var index = 0
        while index < bytes.count {
            let field = field(at: index, in: bytes)
            try body(String(plain: bytes.extracting(field.name)), bytes.extracting(field.value))
            index = field.value.upperBound
        }
    }

    /// Appends a field to a compartment's plaintext.
    static func append(_ name: String, _ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(name.utf8.count))
        output.append(contentsOf: name.utf8)
        output.append(bigEndian: UInt32(value.count))
        output.append(contentsOf: value)
    }

    private static func field(at index: Int, in bytes: Span<UInt8>) -> (name: Range<Int>, value: Range<Int>) {
        let name = index + 1..<index + 1 + Int(bytes[index])
        var length = 0
        for offset in 0..<4 { length = length << 8 | Int(bytes[name.upperBound + offset]) }
        return (name, name.upperBound + 4..<name.upperBound + 4 + length)
    }

    private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count else { return false }
        var index = range.lowerBound
        for byte in name.utf8 {
            if bytes[index] != byte { return false }
            index += 1
        }
        return true
    }
}
