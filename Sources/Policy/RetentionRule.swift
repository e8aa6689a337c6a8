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

    public var name: String
    /// If empty: every channel that no other rule with the same removal names.
    public var channels: [String]
    public var removal: Removal
    /// Age of a record, in days, from which the rule applies.
    public var afterDays: Int
    public var place: Place
}

/// The parts in which a record is sealed. The raw value is a bit in the store and the name in AAD.
public enum Compartment: String, Sendable, CaseIterable {
    case direct, quasi, sensitive, text, redacted, unclassified

    public var bit: Int {
        switch self {
        case .direct: 1
        case .quasi: 2
        case .sensitive: 4
        case .text: 8
        case .redacted: 16
        case .unclassified: 32
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
