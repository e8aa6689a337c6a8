/// What a module says about a record.
public struct Annotation: Codable, Sendable, Equatable {
    /// Pseudonym of the record, under the purpose of the writing.
    public var record: String
    /// One of ``modules``.
    public var module: String
    /// Each once; lower-case letters, digits, dots, hyphens and underscores, with a score of 0 to 1. They become the
    /// record's only labels of the module.
    public var labels: [String: Double]

    /// What the vault keeps labels of.
    public static let modules = ["topic", "sentiment", "urgency", "need", "point", "originality", "coding"]

    public init(record: String, module: String, labels: [String: Double]) {
        (self.record, self.module, self.labels) = (record, module, labels)
    }
}

/// A redacted source that takes annotations.
public protocol AnnotatedSource: RedactedSource {
    /// Writes annotations, all or none; returns how many records they are about.
    func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int
}
