import Foundation
import Policy
import RedactedAPI
import Store

/// Times as rows show them: the hour, day, week or month of the vault's time zone in which each lies.
///
/// One worker's.
struct ShownTimes {
    /// Of times in milliseconds since 1970.
    struct Unit: Equatable {
        var start: Int64
        /// Exclusive.
        var end: Int64

        func contains(_ time: Int64) -> Bool { start <= time && time < end }
    }

    let precision: TimePrecision
    /// Of what they are told: of rows, or of figures, which are about days at the finest.
    private let isOfFigures: Bool
    private let calendar: Calendar
    /// Rows come unit by unit.
    private var last: (unit: Unit, name: String)?

    init(_ precision: TimePrecision, in zone: TimeZone, ofFigures isOfFigures: Bool = false) {
        (self.precision, self.isOfFigures) = (precision, isOfFigures)
        // Weeks begin on Monday, and have the numbers of ISO 8601.
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// The unit in which a moment lies; of exact times, the millisecond.
    mutating func unit(of time: Int64) -> Unit {
        guard precision != .exact else { return Unit(start: time, end: time + 1) }
        return known(time).unit
    }

    /// As it is shown: `2026-03-04T13`, `2026-03-04`, `2026-W10`, `2026-03`; an exact one as it is.
    mutating func value(_ time: Int64) -> Value {
        precision == .exact ? .time(Timestamp(milliseconds: time)) : .text(known(time).name)
    }

    private mutating func known(_ time: Int64) -> (unit: Unit, name: String) {
        if let last, last.unit.contains(time) { return last }
        let found = (unit: computed(time), name: name(time))
        last = found
        return found
    }

    private func computed(_ time: Int64) -> Unit {
        let date = Date(timeIntervalSince1970: Double(time) / 1000)
        let unit: Calendar.Component =
            switch precision {
            case .exact, .hour: .hour
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            }
        let interval = calendar.dateInterval(of: unit, for: date)!
        return Unit(start: Int64((interval.start.timeIntervalSince1970 * 1000).rounded()), end: Int64((interval.end.timeIntervalSince1970 * 1000).rounded()))
    }

    private func name(_ time: Int64) -> String {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .weekOfYear, .yearForWeekOfYear], from: Date(timeIntervalSince1970: Double(time) / 1000))
        func padded(_ number: Int?, _ width: Int = 2) -> String {
            let digits = String(number!)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let month = "\(padded(parts.year, 4))-\(padded(parts.month))"
        return switch precision {
        case .exact, .hour: "\(month)-\(padded(parts.day))T\(padded(parts.hour))"
        case .day: "\(month)-\(padded(parts.day))"
        case .week: "\(padded(parts.yearForWeekOfYear, 4))-W\(padded(parts.weekOfYear))"
        case .month: month
        }
    }

    // MARK: Questions

    /// The unit that a question names: by its beginning, or as it is shown.
    ///
    /// A date alone (which is read as midnight UTC) is that of the vault's time zone.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` for a moment within one: nothing may be asked about that.
    mutating func unit(named value: Value) throws -> Unit? {
        switch value {
        case .time(let time): try unit(beginning: time)
        case .text(let text): try moment(shownAs: text).map { unit(of: $0) } ?? Timestamp(text).map { try unit(beginning: $0) }
        default: nil
        }
    }

    mutating func unit(beginning time: Timestamp) throws -> Unit {
        var moment = time.milliseconds
        if time.isDate {
            let (year, month, day) = time.date
            if let midnight = calendar.date(from: DateComponents(year: year, month: month, day: day)) { moment = Int64((midnight.timeIntervalSince1970 * 1000).rounded()) }
        }
        let unit = unit(of: moment)
        guard unit.start == moment else {
            if isOfFigures, precision == .day { throw VaultError.invalid("figures are about whole days (\(calendar.timeZone.identifier)): give days, such as 2026-03-04") }
            throw VaultError.invalid("what this grant shows of times is the \(precision.rawValue): \(advice)")
        }
        return unit
    }

    private var advice: String {
        switch precision {
        case .exact, .hour: "give whole hours, such as 2026-03-04T13:00:00Z"
        case .day: "give days, such as 2026-03-04"
        case .week: "give a Monday, such as 2026-03-02, or a week, such as '2026-W10'"
        case .month: "give the first day of a month, such as 2026-03-01, or a month, such as '2026-03'"
        }
    }

    /// A moment of what is shown so; nil if nothing is.
    private mutating func moment(shownAs text: String) -> Int64? {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        guard (2...4).contains(numbers.count), numbers.allSatisfy({ $0 < 10_000 }) else { return nil }
        let parts: DateComponents
        switch (precision, numbers.count) {
        case (.hour, 4): parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3])
        case (.day, 3): parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
        case (.week, 2): parts = DateComponents(weekday: 2, weekOfYear: numbers[1], yearForWeekOfYear: numbers[0])
        case (.month, 2): parts = DateComponents(year: numbers[0], month: numbers[1], day: 1)
        default: return nil
        }
        guard let date = calendar.date(from: parts) else { return nil }
        let moment = Int64((date.timeIntervalSince1970 * 1000).rounded())
        return known(moment).name == text ? moment : nil
    }
}

extension Access {
    /// How its rows, and questions about them, tell times; for grants without rows, how figures do.
    var shownTimes: ShownTimes { ShownTimes(grant.pageLimit > 0 ? grant.times : figureTimes, in: session.vault.timeZone) }

    /// The finest times that figures are about: days of the vault's time zone, unless figures may be about one customer.
    var figureTimes: TimePrecision {
        let rows = grant.pageLimit > 0 ? grant.times : .exact
        return grant.disclosure.isExact ? rows : max(rows, .day)
    }
}

extension AggregateRequest.ZoneOffsets {
    /// Changes are foreseen for so long.
    private static let foreseen: Int64 = 20 * 366 * 86_400_000

    /// - Parameters:
    ///   - earliest: the earliest time that a record can have, in milliseconds since 1970.
    ///   - now: the present one.
    init(_ zone: TimeZone, earliest: Int64, now: Int64) {
        func offset(_ date: Date) -> Int64 { Int64(zone.secondsFromGMT(for: date)) * 1000 }
        let first = Date(timeIntervalSince1970: Double(earliest) / 1000)
        var (date, changes) = (first, [Change]())
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, Int64(next.timeIntervalSince1970 * 1000) < now + Self.foreseen {
            changes.append(Change(from: Int64(next.timeIntervalSince1970 * 1000), offset: offset(next)))
            date = next
        }
        self.init(offset: offset(first), changes: changes)
    }
}

extension Vault {
    /// Those of a zone by its IANA name; nil: this system knows none.
    func offsets(of zone: String) -> AggregateRequest.ZoneOffsets? {
        TimeZone(identifier: zone).map { AggregateRequest.ZoneOffsets($0, earliest: policy.occurrence.earliestTime, now: clock()) }
    }
}
