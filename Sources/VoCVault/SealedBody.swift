import Policy
import Sealing
import Storage

/// The sealed compartments of one record: one ciphertext per class of data, so that opening one
/// shows nothing of the others and retention can drop one without a key.
///
/// `1 ‖ (compartment bit (1) ‖ length (4, big endian) ‖ ciphertext)…`
///
/// A compartment's plaintext is a run of fields: `name length (1) ‖ name ‖ length (4) ‖ value`.
/// `text` and `redacted` hold one field of that name.
struct SealedBody {
    private(set) var parts: [(compartment: Compartment, range: Range<Int>)] = []
    private(set) var bytes: [UInt8]

    static let formatVersion: UInt8 = 1

    /// Reads the container.
    ///
    /// - Throws: ``VaultError/integrity(_:)`` when it is not well formed.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        guard bytes.first == Self.formatVersion else { throw Self.damaged }
        var index = 1
        while index < bytes.count {
            guard index + 5 <= bytes.count,
                let compartment = Compartment.allCases.first(where: { $0.bit == Int(bytes[index]) })
            else { throw Self.damaged }
            let length = bytes[index + 1..<index + 5].reduce(0) { $0 << 8 | Int($1) }
            guard index + 5 + length <= bytes.count else { throw Self.damaged }
            parts.append((compartment, index + 5..<index + 5 + length))
            index += 5 + length
        }
    }

    private static let damaged = VaultError.integrity("a sealed record is damaged")

    func range(of compartment: Compartment) -> Range<Int>? {
        parts.first { $0.compartment == compartment }?.range
    }

    /// The container without some of its compartments; needs no key.
    func removing(_ compartments: Set<Compartment>) -> [UInt8] {
        var output = [Self.formatVersion]
        for (compartment, range) in parts where !compartments.contains(compartment) {
            output += bytes[range.lowerBound - 5..<range.upperBound]
        }
        return output
    }
}

/// Where a ciphertext belongs. Bound as AAD, so that it opens there and nowhere else.
struct SealingPlace {
    /// Vault id, subject and record; the compartment and the suite follow.
    private var prefix: [UInt8]

    init(vaultID: UInt128, subject: Int64, record: UInt128) {
        prefix = Array("vocvault field".utf8)
        prefix.reserveCapacity(80)
        prefix.append(SealedBody.formatVersion)
        prefix.append(bigEndian: vaultID)
        prefix.append(bigEndian: subject)
        prefix.append(bigEndian: record)
    }

    func aad(_ compartment: Compartment, suite: UInt8) -> [UInt8] {
        var aad = prefix
        aad.append(suite)
        aad.append(contentsOf: compartment.rawValue.utf8)
        return aad
    }
}

/// One worker's sealing and opening of records.
final class RecordSealer {
    private let vaultID: UInt128
    private let suite: Suite
    private let cipher = FieldCipher()

    init(vaultID: UInt128, suite: Suite) { (self.vaultID, self.suite) = (vaultID, suite) }

    /// Seals the compartments of a record under its subject's key.
    func seal(
        _ compartments: [(Compartment, [UInt8])], key: borrowing SecretBytes, subject: Int64, record: UInt128
    ) throws -> [UInt8] {
        try cipher.load(key)
        let place = SealingPlace(vaultID: vaultID, subject: subject, record: record)
        var body = [SealedBody.formatVersion]
        body.reserveCapacity(compartments.reduce(1) { $0 + $1.1.count + 5 + suite.overhead })
        for (compartment, plaintext) in compartments {
            body.append(UInt8(compartment.bit))
            body.append(bigEndian: UInt32(plaintext.count + suite.overhead))
            let aad = place.aad(compartment, suite: suite.rawValue)
            try cipher.seal(plaintext.span, aad: aad.span, suite: suite, to: &body)
        }
        return body
    }

    /// Makes a subject's key the one that `open` uses.
    func load(_ key: borrowing SecretBytes) throws { try cipher.load(key) }

    /// Opens a compartment; nil when the record has none of that kind.
    func open(_ compartment: Compartment, of body: SealedBody, subject: Int64, record: UInt128) throws -> Fields? {
        guard let range = body.range(of: compartment), !range.isEmpty else { return nil }
        let aad = SealingPlace(vaultID: vaultID, subject: subject, record: record)
            .aad(compartment, suite: body.bytes[range.lowerBound])
        do {
            let sealed = body.bytes.span.extracting(range)
            return Fields(plaintext: try cipher.open(sealed, aad: aad.span))
        } catch SealingError.cannotOpen {
            throw VaultError.integrity("a sealed value does not open: it was changed or moved")
        }
    }
}

/// An opened compartment.
struct Fields: ~Copyable {
    private let plaintext: Plaintext

    fileprivate init(plaintext: consuming Plaintext) { self.plaintext = plaintext }

    /// Gives `body` the value of a field, when it is there.
    func with<R>(_ name: String, _ body: (Span<UInt8>) throws -> R) rethrows -> R? {
        try plaintext.withBytes { bytes in
            guard let range = Self.ranges(in: bytes).first(where: { Self.name(in: bytes, $0.name) == name })?.value else { return nil }
            return try body(bytes.extracting(range))
        }
    }

    /// Gives `body` each field in turn.
    func forEach(_ body: (String, Span<UInt8>) throws -> Void) rethrows {
        try plaintext.withBytes { bytes in
            for range in Self.ranges(in: bytes) {
                try body(Self.name(in: bytes, range.name), bytes.extracting(range.value))
            }
        }
    }

    /// Appends a field to a compartment's plaintext.
    static func append(_ name: String, _ value: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(name.utf8.count))
        output.append(contentsOf: name.utf8)
        output.append(bigEndian: UInt32(value.count))
        for index in value.indices { output.append(value[index]) }
    }

    private static func ranges(in bytes: Span<UInt8>) -> [(name: Range<Int>, value: Range<Int>)] {
        var ranges: [(Range<Int>, Range<Int>)] = []
        var index = 0
        while index < bytes.count {
            let name = index + 1..<index + 1 + Int(bytes[index])
            var length = 0
            for offset in 0..<4 { length = length << 8 | Int(bytes[name.upperBound + offset]) }
            let value = name.upperBound + 4..<name.upperBound + 4 + length
            ranges.append((name, value))
            index = value.upperBound
        }
        return ranges
    }

    private static func name(in bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }
}
