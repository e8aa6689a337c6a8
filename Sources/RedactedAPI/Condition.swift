/// A condition on rows. For each row it is true, false or unknown; only rows for which it is true are taken.
///
/// A comparison with an absent value is unknown, and so is its negation: neither `rating <= 2` nor `not (rating <= 2)` takes a
/// row without a rating. `not`, `and` and `or` are those of SQL (Kleene's).
public indirect enum Condition: Sendable, Equatable {
    public enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    case compare(field: String, Comparison, Value)
    case isIn(field: String, [Value])
    /// The (redacted) text contains the words, in upper or lower case.
    case contains(field: String, String)
    case isNull(field: String)
    case and([Condition])
    case or([Condition])
    case not(Condition)

    /// All fields that the condition names.
    public var fields: Set<String> {
        switch self {
        case .compare(let field, _, _), .isIn(let field, _), .contains(let field, _), .isNull(let field): [field]
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let part): part.fields
        }
    }

    /// Deeper conditions are refused, which bounds the stack of whatever walks through one.
    public static let maximumDepth = 50

    /// How many connectives stand above the deepest comparison.
    public var depth: Int {
        switch self {
        case .compare, .isIn, .contains, .isNull: 0
        case .and(let parts), .or(let parts): 1 + (parts.map(\.depth).max() ?? 0)
        case .not(let part): 1 + part.depth
        }
    }

    /// Whether the query language can express it, so that ``init(parsing:)`` reads ``description`` back as an equal condition. It
    /// cannot express null as a literal, empty lists, infinities and NaN, and times outside years of four digits.
    public var isExpressible: Bool { depth <= Self.maximumDepth && (try? Condition(parsing: description)) == self }
}

extension Condition: CustomStringConvertible {
    /// The condition in the query language, as far as the language can express it (``isExpressible``).
    public var description: String {
        switch self {
        case .compare(let field, let comparison, let value): "\(field) \(comparison.rawValue) \(Self.literal(value))"
        case .isIn(let field, let values): "\(field) in (\(values.map(Self.literal).joined(separator: ", ")))"
        case .contains(let field, let words): "\(field) contains \(Self.literal(.text(words)))"
        case .isNull(let field): "\(field) is null"
        case .and(let parts): "(" + parts.map(\.description).joined(separator: " and ") + ")"
        case .or(let parts): "(" + parts.map(\.description).joined(separator: " or ") + ")"
        case .not(let part): "not (\(part))"
        }
    }

    private static func literal(_ value: Value) -> String {
        switch value {
        case .text(let text):
            var quoted = "'"
            for character in text {
                if character == "'" { quoted += "'" }
                quoted.append(character)
            }
            return quoted + "'"
        case .null: return "null"
        default: return value.description
        }
    }
}
