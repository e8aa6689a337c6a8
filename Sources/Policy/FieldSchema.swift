/// How identifying a field is.
public enum FieldClass: String, Sendable, CaseIterable {
    /// Identifies a person by itself: name, phone, e-mail, ids.
    case direct
    /// Identifies a person together with others: birth date, address.
    case quasi
    /// Causes harm if it becomes known: health, payment.
    case sensitive
    /// Describes the feedback, not the person. The only class that is stored in clear.
    case plain
}

/// How a value is brought to one spelling before it is indexed or compared.
public enum Normalizer: String, Sendable, CaseIterable {
    case none, phone, email
    /// As it is written, but for blanks around it and case.
    case id
    /// Its letters and digits: what is written between them means nothing.
    case document
    case name
}

/// What becomes of two customers who turn out to have the same handle.
public enum Linking: String, Sendable, CaseIterable {
    /// They are one person from then on, unless something speaks against it.
    case join
    /// Somebody decides.
    case propose
}

/// How a sealed value becomes a coarser one that may be stored for analysis.
public enum Generalization: Sendable, Equatable {
    /// Age at the time of the record, in bands of this many years, such as `30-39`.
    case ageBand(years: Int)
    /// The year of a date.
    case year
    /// Province and city of a Chinese address.
    case city
    /// The first characters.
    case prefix(Int)
}

/// What `mask` leaves of a value, in characters.
public struct Mask: Sendable, Equatable {
    public var keepFirst: Int
    public var keepLast: Int

    public init(keepFirst: Int, keepLast: Int) { (self.keepFirst, self.keepLast) = (keepFirst, keepLast) }
}

/// A field of a record, as `schema.yaml` describes it.
public struct FieldSchema: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case text, integer, decimal, boolean, date
    }

    /// Name as used in queries and policies.
    public var name: String
    /// Where the value is in an input record: `customer.phone`.
    public var path: String
    public var fieldClass: FieldClass
    public var kind: Kind
    public var normalizer: Normalizer
    /// Whether equal values can be found through a blind index.
    public var indexed: Bool
    /// Position, from 1, in the order in which fields identify a record's customer.
    public var resolveOrder: Int?
    /// Nil: a handle that several people may have (`shared`), or of which the schema does not say that it is `unique`.
    public var link: Linking?
    /// Whether two people who share a handle are told apart by its values, as names do.
    public var distinguishes = false
    public var generalization: Generalization?
    public var mask: Mask?
    /// The range of a number; noisy averages need it.
    public var bounds: ClosedRange<Int>?
    /// How many principals a reveal takes: 1, or 2 if another one must approve it.
    public var approval = 1
    public var place: Place

    /// Whether the value is stored sealed.
    public var isSealed: Bool { fieldClass != .plain }
}

/// Fields that every record has, whatever the schema says.
public enum BuiltinField: String, Sendable, CaseIterable {
    /// The record; shown as a pseudonym.
    case record
    /// The customer; shown as a pseudonym.
    case subject
    case source
    case channel
    /// When the customer spoke (UTC).
    case occurred_at
    /// When the vault took the record in (UTC).
    case received_at
    /// What the customer said. `mask` gives the redacted form, `reveal` the original.
    case text
    /// The id that the source gave the record.
    case source_id
    /// Labels from classification: codes of the code frame, sentiment, reasons to hurry, level of need, points of pain, itch and
    /// delight, what is said of each code, feelings, what the customer wants, whether the text is a customer's own words, whether it is a
    /// copy of another, and the classification's version.
    case topic
    case sentiment
    case urgency
    case need
    case point
    case aspect
    case emotion
    case intent
    case relevance
    case originality
    case coding
    /// Where the redacted text says what ``aspect`` says; only in rows that show the text.
    case aspect_places

    /// Whether a classification module assigns it.
    public var isAnnotation: Bool {
        switch self {
        case .topic, .sentiment, .urgency, .need, .point, .aspect, .emotion, .intent, .relevance, .originality, .coding: true
        default: false
        }
    }

    /// Whether it is a moment, of which rows show what the grant's `times` says.
    public var isTime: Bool { self == .occurred_at || self == .received_at }

    /// Treatments that make sense for the field.
    public var treatments: Set<Treatment> {
        switch self {
        case .record, .subject: [.deny, .suppress, .pseudonym]
        case .text: [.deny, .suppress, .mask, .reveal]
        default: [.deny, .suppress, .reveal]
        }
    }

    public var isSealed: Bool { self == .text || self == .source_id }
}

extension FieldSchema {
    /// Treatments that the schema allows for the field.
    public var treatments: Set<Treatment> {
        var known: Set<Treatment> = [.deny, .suppress, .reveal]
        if generalization != nil { known.insert(.generalize) }
        if mask != nil { known.insert(.mask) }
        if isSealed, kind == .text { known.insert(.pseudonym) }
        return known
    }
}
