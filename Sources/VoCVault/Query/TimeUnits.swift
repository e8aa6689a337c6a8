import Policy
import RedactedAPI
import Store

extension GroupKey.Unit {
    /// Whether each is made of whole units of the kind that rows show.
    func isCombined(of shown: TimePrecision) -> Bool {
        switch shown {
        case .exact, .hour: true
        case .day: self != .hour
        case .week: self == .week
        case .month: [.month, .quarter, .year].contains(self)
        }
    }

    /// The finest time that groups of it tell.
    var precision: TimePrecision {
        switch self {
        case .hour: .hour
        case .day, .weekday: .day
        case .week: .week
        case .month, .quarter, .year: .month
        }
    }

    var stored: AggregateRequest.Unit {
        switch self {
        case .hour: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        case .quarter: .quarter
        case .year: .year
        case .weekday: .weekday
        }
    }

    /// The first day of a unit; nil for what is no name of one.
    func day(named name: String) -> Int64? {
        switch self {
        case .hour, .weekday: return nil
        case .day, .month, .year:
            let whole = self == .day ? "" : self == .month ? "-01" : "-01-01"
            return Timestamp(name + whole).map { $0.milliseconds / DataPeriods.dayLength }
        case .quarter:
            guard let (year, quarter) = Self.parts(of: name, "Q"), (1...4).contains(quarter) else { return nil }
            return Int64(Timestamp.daysSince1970(year: year, month: quarter * 3 - 2, day: 1))
        case .week:
            guard let (year, week) = Self.parts(of: name, "W"), (1...53).contains(week) else { return nil }
            // The fourth of January is in the first.
            let fourth = Int64(Timestamp.daysSince1970(year: year, month: 1, day: 4))
            return fourth - fourth.weekday + 1 + Int64(week - 1) * 7
        }
    }

    /// 2026 and 10 of `2026-W10`.
    private static func parts(of name: String, _ letter: Character) -> (Int, Int)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].first == letter, let year = Int(parts[0]), let number = Int(parts[1].dropFirst()) else { return nil }
        return (year, number)
    }
}
