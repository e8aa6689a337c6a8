import Policy
import RedactedAPI

extension Timestamp {
    /// Whether it is the beginning of a day (UTC).
    var isDay: Bool { milliseconds % 86_400_000 == 0 }
}

extension Condition {
    /// Whether it takes or leaves the times of a day (UTC) together.
    var comparesWholeDays: Bool {
        func isTime(_ field: String) -> Bool { BuiltinField(rawValue: field)?.isTime == true }
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

extension AggregateQuery {
    /// How fine the times are that it is about; nil: it is about none.
    var times: TimePrecision? {
        let units = groupBy.compactMap { key -> TimePrecision? in
            guard case .time(_, let unit) = key else { return nil }
            return unit == .day ? .day : .month
        }
        return (units + [since, until].compactMap { $0?.precision } + (filter?.times ?? [])).min()
    }
}

extension Timestamp {
    /// The longest unit that it begins, if it stands for a date.
    fileprivate var precision: TimePrecision { !isDay ? .exact : date.day == 1 ? .month : .day }
}

extension Condition {
    /// How fine the times are that it compares with.
    fileprivate var times: [TimePrecision] {
        func times(_ field: String, _ values: [Value]) -> [TimePrecision] {
            guard BuiltinField(rawValue: field)?.isTime == true else { return [] }
            return values.map { $0.time?.precision ?? .month }
        }
        return switch self {
        case .compare(let field, _, let value): times(field, [value])
        case .isIn(let field, let values): times(field, values)
        case .contains, .isNull: []
        case .and(let parts), .or(let parts): parts.flatMap(\.times)
        case .not(let part): part.times
        }
    }
}
