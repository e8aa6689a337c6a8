import Policy
import RedactedAPI

extension Timestamp {
    /// Whether it is the beginning of a day (UTC).
    var isDay: Bool { milliseconds % 86_400_000 == 0 }
}

extension Condition {
    /// Whether it takes or leaves the times of a day (UTC) together.
    var comparesWholeDays: Bool {
        func isTime(_ field: String) -> Bool { [BuiltinField.occurred_at.rawValue, BuiltinField.received_at.rawValue].contains(field) }
        return switch self {
        case .compare(let field, let comparison, let value) where isTime(field): (comparison == .less || comparison == .greaterOrEqual) && value.time?.isDay == true
        case .isIn(let field, _) where isTime(field): false
        case .compare, .isIn, .contains, .isNull: true
        case .and(let parts), .or(let parts): parts.allSatisfy(\.comparesWholeDays)
        case .not(let part): part.comparesWholeDays
        }
    }
}

extension Value {
    fileprivate var time: Timestamp? { if case .time(let time) = self { time } else { nil } }
}
