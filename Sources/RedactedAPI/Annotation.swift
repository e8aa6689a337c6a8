/// Labels that a module assigns to a record.
public struct Annotation: Codable, Sendable, Equatable {
    /// The record's pseudonym under the purpose of the writing.
    public var record: String
    /// One of ``modules``.
    public var module: String
    /// Labels and their scores from 0 to 1: lower-case letters, digits, dots, hyphens and underscores. They replace all earlier
    /// labels of the module on the record.
    public var labels: [String: Double]

    /// The modules whose labels the vault stores.
    public static let modules = ["topic", "sentiment", "urgency", "need", "point", "originality", "coding"]

    public init(record: String, module: String, labels: [String: Double]) {
        (self.record, self.module, self.labels) = (record, module, labels)
    }
}

/// A redacted source that accepts annotations.
public protocol AnnotatedSource: RedactedSource {
    /// Writes annotations, all or none; returns how many records they concern.
    func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int
}
