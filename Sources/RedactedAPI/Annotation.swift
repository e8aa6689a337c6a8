/// Labels that a module assigns to a record.
public struct Annotation: Codable, Sendable, Equatable {
    /// The record's pseudonym under the purpose of the writing.
    public var record: String
    /// One that comes with the vault (`topic`, `sentiment`, …), or one of the policy's own.
    public var module: String
    /// Labels and their scores from 0 to 1: lower-case letters, digits, dots, hyphens and underscores. They replace all earlier
    /// labels of the module on the record.
    public var labels: [String: Double]
    /// Where the text says what an aspect says: by label, pairs of a beginning and an end in Unicode scalars of the redacted text, at most
    /// ``mostPlaces`` pairs. A label may have none.
    public var places: [String: [Int]]?
    /// ``mark(of:)`` the text that the places are in. They are shown only with just this text.
    public var mark: String?

    public static let mostPlaces = 16

    public init(record: String, module: String, labels: [String: Double], places: [String: [Int]]? = nil, mark: String? = nil) {
        (self.record, self.module, self.labels, self.places, self.mark) = (record, module, labels, places, mark)
    }

    /// Tells a text from what it was before it changed: 16 hexadecimal digits, FNV-1a (64 bits) of its UTF-8. It proves nothing.
    public static func mark(of text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A redacted source that accepts annotations.
public protocol AnnotatedSource: RedactedSource {
    /// Writes annotations, all or none; returns how many records they concern.
    func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int
}
