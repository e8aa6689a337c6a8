/// How entities of a type are redacted in free text, as `schema.yaml` says it.
public struct RedactionRule: Sendable, Equatable {
    public enum Replacement: Sendable, Equatable {
        case placeholder
        case mask(keepLast: Int)
        case generalize
        case drop
    }

    /// Name of the type as its placeholder shows it: PHONE.
    public var type: String
    /// Entities with a lower score stay; nil: the detector's own threshold.
    public var threshold: Double?
    public var replacement: Replacement
    public var place: Place
}
