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
