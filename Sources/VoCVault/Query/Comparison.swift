import Policy
import RedactedAPI
import VaultAPI

extension Session {
    /// Figures beside those of the period before, with their change. Both are answers of their own, each with its entry; of what they show
    /// the change is made, and so costs nothing more.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` if the period has no beginning or end, or is not over.
    func comparedFigures(_ query: AggregateQuery) throws -> AggregateTable {
        guard var since = query.since, var until = query.until, since < until else {
            throw VaultError.invalid("a comparison needs a period: give its beginning and its end ('since' and 'until')")
        }
        let fields = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + (query.filter?.fields.sorted() ?? [])
        let access = try authorizeFigures(query, distinct(fields))
        let disclosure = access.grant.disclosure
        guard !disclosure.isBudgeted else { throw VaultError.invalid("figures with fresh noise are not compared: ask for both periods, and pay for each") }
        // Half a period beside a whole one would seem to be a change.
        let end =
            if disclosure.noise == .cells {
                Timestamp(day: vault.firstOpenDay)
            } else {
                disclosure.isExact ? Timestamp(milliseconds: vault.clock()) : Timestamp(day: vault.zoneOffsets.day(of: vault.clock()))
            }
        if !disclosure.isExact {
            // What begins a day stands for its date, by which months and years are counted.
            func date(_ time: Timestamp) -> Timestamp { vault.zoneOffsets.day(beginning: time).map { Timestamp(day: $0) } ?? time }
            (since, until) = (date(since), date(until))
        }
        guard until <= end else { throw VaultError.invalid("the period is not over: figures are compared up to \(end.description.prefix(10))") }
        let shift = PeriodShift(query, since..<until)
        var (before, now) = (query, query)
        (before.since, before.until) = (shift.before(since), shift.before(until))
        (now.since, now.until) = (since, until)
        let (earlier, later) = (try figures(before), try figures(now))
        return later.compared(with: earlier, query, shift)
    }
}

/// How far the period before lies back: by the unit of time that groups are of; else by the period's months, if it is of whole ones; else by its length.
struct PeriodShift {
    private let months: Int
    private let milliseconds: Int64
    /// The place of the unit of time among the keys.
    private let unit: (place: Int, GroupKey.Unit)?

    init(_ query: AggregateQuery, _ period: Range<Timestamp>) {
        let units = query.groupBy.enumerated().compactMap { place, key -> (place: Int, GroupKey.Unit)? in
            // Weekdays are those of any period.
            if case .time(_, let unit) = key, unit != .weekday { (place, unit) } else { nil }
        }
        unit = units.first
        let (start, end) = (period.lowerBound, period.upperBound)
        let isOfMonths = [start, end].allSatisfy { $0.isDate && $0.date.day == 1 }
        let (first, last) = (start.date, end.date)
        let length = end.milliseconds - start.milliseconds
        (months, milliseconds) =
            switch unit?.1 {
            case .hour?: (0, DataPeriods.dayLength / 24)
            case .day?: (0, DataPeriods.dayLength)
            case .week?: (0, DataPeriods.dayLength * 7)
            case .month?: (1, 0)
            case .quarter?: (3, 0)
            case .year?: (12, 0)
            case nil where isOfMonths: ((last.year - first.year) * 12 + last.month - first.month, 0)
            case nil where query.inMonths: ((last.year - first.year) * 12 + last.month - first.month + (end.isDate && last.day == 1 ? 0 : 1), 0)
            case .weekday?, nil: (0, length)
            }
    }

    func before(_ time: Timestamp) -> Timestamp { moved(time, by: -1) }

    /// The last day of a shorter month stands for those that it does not have.
    private func moved(_ time: Timestamp, by count: Int) -> Timestamp {
        guard months != 0 else { return Timestamp(milliseconds: time.milliseconds + Int64(count) * milliseconds) }
        let date = time.date
        let month = date.year * 12 + date.month - 1 + count * months
        func day(_ day: Int) -> Timestamp {
            Timestamp(milliseconds: Int64(Timestamp.daysSince1970(year: month / 12, month: month % 12 + 1, day: day)) * DataPeriods.dayLength)
        }
        let next = Timestamp(milliseconds: Int64(Timestamp.daysSince1970(year: (month + 1) / 12, month: (month + 1) % 12 + 1, day: 1)) * DataPeriods.dayLength)
        let ofDay =
            time.milliseconds - Timestamp(milliseconds: Int64(Timestamp.daysSince1970(year: date.year, month: date.month, day: date.day)) * DataPeriods.dayLength).milliseconds
        let last = Timestamp(milliseconds: next.milliseconds - DataPeriods.dayLength)
        return Timestamp(milliseconds: min(day(date.day), last).milliseconds + ofDay)
    }

    /// The key under which the group of the period before stands in the period's own answer.
    func later(_ key: [Value]) -> [Value] {
        guard let unit, case .text(let name) = key[unit.place] else { return key }
        var key = key
        if unit.1 == .hour {
            guard let time = Timestamp("\(name):00:00Z") else { return key }
            key[unit.place] = .text(String(moved(time, by: 1).description.prefix(name.utf8.count)))
        } else {
            guard let day = unit.1.day(named: name) else { return key }
            key[unit.place] = .text(unit.1.name(of: moved(Timestamp(day: day), by: 1).milliseconds / DataPeriods.dayLength))
        }
        return key
    }
}

extension AggregateTable {
    /// - Parameter earlier: the figures of the period before.
    fileprivate func compared(with earlier: AggregateTable, _ query: AggregateQuery, _ shift: PeriodShift) -> AggregateTable {
        let keys = query.groupBy.count
        func figures(_ table: AggregateTable, _ key: ([Value]) -> [Value]) -> [[Value]: (values: [Value], margins: [Double?])] {
            Dictionary(
                table.rows.enumerated().map { index, row in
                    (key(Array(row.prefix(keys))), (Array(row.dropFirst(keys)), table.margins?[index] ?? query.measures.map { _ in nil }))
                }, uniquingKeysWith: { first, _ in first })
        }
        let (now, before) = (figures(self) { $0 }, figures(earlier, shift.later))
        let missing = (values: query.measures.map { _ in Value.null }, margins: query.measures.map { _ in Double?.none })
        // Groups that are shown now, then those that were.
        let all = rows.map { Array($0.prefix(keys)) } + earlier.rows.map { shift.later(Array($0.prefix(keys))) }.filter { now[$0] == nil }
        var table = AggregateTable(columns: query.columns, rows: [], noise: noise, receipt: receipt)
        table.rows = all.map { key in
            let (one, other) = (now[key] ?? missing, before[key] ?? missing)
            return key + one.values
                + query.measures.indices.flatMap { place -> [Value] in
                    let margin = one.margins[place].flatMap { first in other.margins[place].map { (first * first + $0 * $0).squareRoot() } }
                    return [other.values[place], Self.change(other.values[place], one.values[place]), margin.map { .decimal(($0 * 100).rounded() / 100) } ?? .null]
                }
        }
        return table
    }

    private static func change(_ before: Value, _ now: Value) -> Value {
        if case (.integer(let first), .integer(let second)) = (before, now) { return .integer(second - first) }
        guard let first = before.amount, let second = now.amount else { return .null }
        return .decimal(((second - first) * 1e6).rounded() / 1e6)
    }
}
