import Policy
import RedactedAPI
import Store

extension Timestamp {
    /// Whether it stands for a date: midnight UTC is how a date alone is read.
    var isDate: Bool { milliseconds % DataPeriods.dayLength == 0 }
}

extension AggregateRequest.ZoneOffsets {
    /// The day that a time begins: a date is that of the zone, any other time must be the day's first moment. Nil: it begins none.
    func day(beginning time: Timestamp) -> Int64? {
        if time.isDate { return time.milliseconds / DataPeriods.dayLength }
        let day = day(of: time.milliseconds)
        return start(of: day) == time.milliseconds ? day : nil
    }
}

extension AggregateQuery {
    /// How fine the times are that it is about; nil: it is about none.
    func times(in zone: AggregateRequest.ZoneOffsets) -> TimePrecision? {
        let units = groupBy.compactMap { key -> TimePrecision? in if case .time(_, let unit) = key { unit.precision } else { nil } }
        return (units + [since, until].compactMap { $0?.precision(in: zone) } + (filter?.times(in: zone) ?? [])).min()
    }
}

extension Timestamp {
    /// The longest unit that it begins, if it begins a day.
    fileprivate func precision(in zone: AggregateRequest.ZoneOffsets) -> TimePrecision {
        zone.day(beginning: self).map { Timestamp(day: $0).date.day == 1 ? .month : .day } ?? .exact
    }
}

extension Condition {
    /// How fine the times are that it compares with.
    fileprivate func times(in zone: AggregateRequest.ZoneOffsets) -> [TimePrecision] {
        func times(_ field: String, _ values: [Value]) -> [TimePrecision] {
            guard BuiltinField(rawValue: field)?.isTime == true else { return [] }
            return values.map { if case .time(let time) = $0 { time.precision(in: zone) } else { .month } }
        }
        return switch self {
        case .compare(let field, _, let value): times(field, [value])
        case .isIn(let field, let values): times(field, values)
        case .contains, .isNull: []
        case .and(let parts), .or(let parts): parts.flatMap { $0.times(in: zone) }
        case .not(let part): part.times(in: zone)
        }
    }
}
