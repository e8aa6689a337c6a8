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
    /// What a record says of each topic: a code and `.negative`, `.neutral` or `.positive`.
    case aspect
    /// Any of anger, disappointment, worry, joy, gratitude; or none.
    case emotion
    /// Any of complaint, question, request, praise, suggestion, churn.
    case intent
    /// One of relevant, spam, automatic, irrelevant.
    case relevance
    /// One of original, copy.
    case originality
    /// Version of what coded the record.
    case coding

    /// Whether a record can have several labels.
    package var isMultiple: Bool {
        switch self {
        case .topic, .urgency, .point, .aspect, .emotion, .intent: true
        case .sentiment, .need, .relevance, .originality, .coding: false
        }
    }
}
