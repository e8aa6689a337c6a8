/// When a record, or part of it, must be deleted.
public struct RetentionRule: Sendable {
    public enum Removal: Sendable, Equatable {
        case record
        /// Only these compartments: the classes, or `text` for the original free text.
        case compartments(Set<Compartment>)

        /// `record`, or the compartments joined by `+`, as the audit log has it.
        public var name: String {
            switch self {
            case .record: "record"
            case .compartments(let compartments): compartments.map(\.rawValue).sorted().joined(separator: "+")
            }
        }
    }

    /// From when on the age counts.
    public enum Start: Sendable, Equatable {
        /// From when the record occurred.
        case record
        /// From when anything last occurred of its customer.
        case inactivity
        /// From when the customer withdrew the consent to a purpose, or objected to it; nobody else's records are due.
        case refusal(purpose: String)

        var name: String {
            switch self {
            case .record: "the record"
            case .inactivity: "the customer's last record"
            case .refusal(let purpose): "the refusal of \(purpose)"
            }
        }
    }

    public var name: String
    /// If empty: every channel that no other rule with the same removal names.
    public var channels: [String]
    public var removal: Removal
    /// Age of a record, in days, from which the rule applies.
    public var afterDays: Int
    public var start = Start.record
    /// Only records that fulfil it.
    public var filter: RowFilter?
    public var place: Place

    /// Whether it is for some records of its channels only: it takes nothing away from other rules.
    public var isConditional: Bool { start != .record || filter != nil }

    public init(name: String, channels: [String], removal: Removal, afterDays: Int, start: Start = .record, filter: RowFilter? = nil, place: Place) {
        (self.name, self.channels, self.removal, self.afterDays) = (name, channels, removal, afterDays)
        (self.start, self.filter, self.place) = (start, filter, place)
    }
}

/// The parts in which a record is sealed. The raw value is a bit in the store and the name in AAD.
public enum Compartment: String, Sendable, CaseIterable {
    case direct, quasi, sensitive, text, redacted, unclassified
    /// Tokens of the people whom the text mentions, which go with it.
    case mentions

    /// Those that hold what a record says, each in its own words.
    public static let told: [Compartment] = allCases.filter { $0 != .redacted && $0 != .mentions }

    public var bit: Int {
        switch self {
        case .direct: 1
        case .quasi: 2
        case .sensitive: 4
        case .text: 8
        case .redacted: 16
        case .unclassified: 32
        case .mentions: 64
        }
    }

    public init(_ fieldClass: FieldClass) {
        self = switch fieldClass {
        case .direct: .direct
        case .quasi: .quasi
        case .sensitive: .sensitive
        case .plain: preconditionFailure("plain fields are not sealed")
        }
    }
}
