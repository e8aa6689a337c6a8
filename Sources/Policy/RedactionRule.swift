/// How entities of a type are redacted in free text, as `schema.yaml` says.
public struct RedactionRule: Sendable, Equatable {
    public enum Replacement: Sendable, Equatable {
        case placeholder
        case mask(keepLast: Int)
        case generalize
        case drop
    }

    /// The type's name, as in its placeholder: PHONE.
    public var type: String
    /// Entities that score lower stay readable; nil: the detector's own threshold.
    public var threshold: Double?
    public var replacement: Replacement
    public var place: Place
}
