import RedactedAPI

extension Condition {
    /// The same condition in one of the ways to write it: parts and values in order, each once, and none in needless parentheses. So that a
    /// question in other words is the same release.
    var canonical: Condition {
        switch self {
        case .and(let parts): Self.joined(parts.map(\.canonical).flatMap { if case .and(let inner) = $0 { inner } else { [$0] } }, Condition.and)
        case .or(let parts): Self.joined(parts.map(\.canonical).flatMap { if case .or(let inner) = $0 { inner } else { [$0] } }, Condition.or)
        case .not(.not(let part)): part.canonical
        case .not(let part): .not(part.canonical)
        case .isIn(let field, let values):
            Self.isIn(
                field, Dictionary(values.map { ("\(Condition.isIn(field: field, [$0]))", $0) }, uniquingKeysWith: { first, _ in first }).sorted { $0.key < $1.key }.map(\.value))
        case .compare, .contains, .isNull: self
        }
    }

    private static func isIn(_ field: String, _ values: [Value]) -> Condition {
        values.count == 1 ? .compare(field: field, .equal, values[0]) : .isIn(field: field, values)
    }

    private static func joined(_ parts: [Condition], _ make: ([Condition]) -> Condition) -> Condition {
        let sorted = Dictionary(parts.map { (Array("\($0)".utf8), $0) }, uniquingKeysWith: { first, _ in first })
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        return sorted.count == 1 ? sorted[0] : make(sorted)
    }
}
