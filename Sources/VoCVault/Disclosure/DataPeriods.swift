import RedactedAPI
import Store

/// Whole days of data, on the calendar of the vault's time zone, cut into the periods about which figures are released.
///
/// A year, a quarter, a month or a part of a month is a release of its own, with noise of its own; longer windows are sums of these. So a window
/// that ends with the last closed day does not charge its days anew each day, and one calendar period costs the noise of one release.
enum DataPeriods {
    static let dayLength = DailyBound.day
    /// Days of parts of a month after which an open window may end.
    private static let part = 7

    /// The periods of a window, in the order of time; none if it has no closed day.
    ///
    /// - Parameters:
    ///   - since: its first day, since 1970; nil: from the beginning, which is one period up to the last new year.
    ///   - until: the day after its last; nil: it is open, and ends with the 7th, 14th, 21st, 28th or last day of a month that is closed.
    ///   - closed: the day after the last closed one.
    ///   - earliest: the first day on which a record can have occurred.
    static func periods(since: Int64?, until: Int64?, closed: Int64, earliest: Int64) -> [Range<Int64>] {
        let end = until.map { $0 < closed ? $0 : openEnd(closed, since) } ?? openEnd(closed, since)
        var start = max(since ?? earliest, earliest)
        var found: [Range<Int64>] = []
        if since == nil {
            let year = day(civil(end).year, 1, 1)
            if start < year { found.append(start..<year) }
            start = max(start, year)
        }
        while start < end {
            let next = self.end(ofPeriodFrom: start, until: end)
            found.append(start..<next)
            start = next
        }
        return found
    }

    /// How far figures by month go back without a beginning.
    private static let monthsBack = 36

    /// The months of a window, the first and the last perhaps in part.
    ///
    /// - Parameter areWhole: whether the window is widened to whole months, and ends with the last closed one at the latest.
    static func months(since: Int64?, until: Int64?, closed: Int64, earliest: Int64, areWhole: Bool) -> [Range<Int64>] {
        func first(of day: Int64) -> Int64 { Self.day(civil(day).year, civil(day).month, 1) }
        var end = until.map { $0 < closed ? $0 : openEnd(closed, since) } ?? openEnd(closed, since)
        if areWhole { end = min(until.map { first(of: $0) == $0 ? $0 : monthEnd(civil($0).year, civil($0).month) } ?? .max, first(of: closed)) }
        let (year, month, _) = civil(end)
        let back = (year * 12 + month - 1) - monthsBack
        var start = max(since.map { areWhole ? first(of: $0) : $0 } ?? day(back / 12, back % 12 + 1, 1), earliest)
        var found: [Range<Int64>] = []
        while start < end {
            let next = min(monthEnd(civil(start).year, civil(start).month), end)
            found.append(start..<next)
            start = next
        }
        return found
    }

    /// How far figures by week go back without a beginning.
    private static let weeksBack: Int64 = 52

    /// The weeks of a window, from Monday; the first and the last perhaps in part, but for the running one of an open window.
    static func weeks(since: Int64?, until: Int64?, closed: Int64, earliest: Int64) -> [Range<Int64>] {
        func monday(_ day: Int64) -> Int64 { day - day.weekday + 1 }
        let end = until.map { min($0, closed) } ?? monday(closed)
        var start = max(since ?? monday(end) - weeksBack * 7, earliest)
        var found: [Range<Int64>] = []
        while start < end {
            let next = min(monday(start) + 7, end)
            found.append(start..<next)
            start = next
        }
        return found
    }

    /// The nodes of a binary tree of days that a window is made of: each has 2ʲ days, up to 2¹⁰, and begins with a multiple of as many since 1970. Each day is in
    /// one node of each level.
    static func nodes(since: Int64?, until: Int64?, closed: Int64, earliest: Int64) -> [Range<Int64>] {
        let end = min(until ?? closed, closed)
        var start = max(since ?? earliest, earliest)
        var found: [Range<Int64>] = []
        while start < end {
            let level = (0..<treeLevels).last { start & ((1 << Int64($0)) - 1) == 0 && start + 1 << Int64($0) <= end }!
            found.append(start..<start + 1 << Int64(level))
            start += 1 << Int64(level)
        }
        return found
    }

    static let treeLevels = 11

    /// The longest calendar period that begins on a day and ends in time.
    private static func end(ofPeriodFrom start: Int64, until end: Int64) -> Int64 {
        let (year, month, ofMonth) = civil(start)
        guard ofMonth == 1 else { return min(monthEnd(year, month), end) }
        if month == 1, case let next = day(year + 1, 1, 1), next <= end { return next }
        if month % 3 == 1, case let next = monthEnd(year, month + 2), next <= end { return next }
        return min(monthEnd(year, month), end)
    }

    private static func openEnd(_ closed: Int64, _ since: Int64?) -> Int64 {
        let (year, month, ofMonth) = civil(closed)
        let first = day(year, month, 1)
        let end = first + Int64(min((ofMonth - 1) / part, 4) * part)
        // A window of the last days, which is asked for on purpose.
        return since.map { $0 >= end } == true ? closed : end
    }

    private static func monthEnd(_ year: Int, _ month: Int) -> Int64 { month == 12 ? day(year + 1, 1, 1) : day(year, month + 1, 1) }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64 { Int64(Timestamp.daysSince1970(year: year, month: month, day: day)) }

    private static func civil(_ day: Int64) -> (year: Int, month: Int, day: Int) { Timestamp(day: day).date }
}
