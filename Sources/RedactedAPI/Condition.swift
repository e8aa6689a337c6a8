/// A condition on rows.
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
    /// The (redacted) text contains the words, whatever their case.
    case contains(field: String, String)
    case isNull(field: String)
    case and([Condition])
    case or([Condition])
    case not(Condition)

    /// Every field that the condition looks at.
    public var fields: Set<String> {
        switch self {
        case .compare(let field, _, _), .isIn(let field, _), .contains(let field, _), .isNull(let field): [field]
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let part): part.fields
        }
    }
}

extension Condition: CustomStringConvertible {
    /// The condition in the query language: ``init(parsing:)`` reads it back to an equal one, unless it has a null
    /// literal or an empty list, for which the language has no words.
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
