/// Modules whose labels queries can use as fields of a record.
package enum AnnotationModule: String, Sendable, CaseIterable {
    /// Any number of codes a record.
    case topic
    /// One of negative, neutral, positive.
    case sentiment
    /// Any number of reasons to hurry.
    case urgency
    /// One of basic, performance, delight (Kano 1984).
    case need
    /// Any of pain, itch, delight.
    case point
    /// One of original, copy.
    case originality
    /// Version of what coded the record.
    case coding

    /// Whether a record can have several labels.
    package var isMultiple: Bool { self == .topic || self == .urgency || self == .point }
}
