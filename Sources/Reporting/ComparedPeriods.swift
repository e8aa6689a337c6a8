import RedactedAPI

/// Days, weeks or months of the vault's time zone, the last of which is compared with those before it.
public struct ComparedPeriods: Sendable, Equatable {
    public let unit: GroupKey.Unit
    /// Days since 1970; the oldest period first.
    public let periods: [Range<Int64>]

    /// Of each unit, the fewest and the most periods that another is compared with.
    public static let counts = 5...104

    /// - Parameters:
    ///   - unit: day, week or month. A day is compared with the same day of the weeks before: no other has its effect of the week-day.
    ///   - count: how many to compare with.
    ///   - day: since 1970, at whose beginning the last period is over.
    public init(_ unit: GroupKey.Unit, before count: Int, endedBy day: Int64) {
        self.unit = unit
        switch unit {
        case .month:
            let (year, month, _) = Timestamp(day: day).date
            func first(_ back: Int) -> Int64 {
                let months = year * 12 + month - 1 - back
                return Int64(Timestamp.daysSince1970(year: months / 12, month: months % 12 + 1, day: 1))
            }
            periods = (1...count + 1).reversed().map { first($0)..<first($0 - 1) }
        default:
            let length: Int64 = unit == .day ? 1 : 7
            let end = unit == .day ? day : day - day.weekday + 1
            periods = (0...Int64(count)).reversed().map { end - $0 * 7 - length..<end - $0 * 7 }
        }
    }

    /// The same, the last being the one in which a day lies.
    public init(_ unit: GroupKey.Unit, before count: Int, about day: Int64) {
        let (year, month, _) = Timestamp(day: day).date
        let end =
            switch unit {
            case .month: Int64(Timestamp.daysSince1970(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1))
            case .week: day - day.weekday + 8
            default: day + 1
            }
        self.init(unit, before: count, endedBy: end)
    }

    /// Such as `2026-W10`.
    public var name: String { unit.name(of: periods.last!.lowerBound) }
    /// The day after the last period, since 1970.
    public var end: Int64 { periods.last!.upperBound }

    /// The questions for a table about all periods. Days are asked for one by one: a question about many would charge the budgets of others, too.
    func questions(by keys: [String], _ measures: [Measure], where filter: Condition?, purpose: String) -> [AggregateQuery] {
        func question(_ days: Range<Int64>, _ time: [GroupKey]) -> AggregateQuery {
            AggregateQuery(
                groupBy: keys.map { .field($0) } + time, measures: measures, filter: filter, since: Timestamp(day: days.lowerBound), until: Timestamp(day: days.upperBound),
                purpose: purpose)
        }
        return unit == .day ? periods.map { question($0, []) } : [question(periods[0].lowerBound..<end, [.time("occurred_at", unit)])]
    }

    /// How many answers a table takes.
    var answers: Int { unit == .day ? periods.count : 1 }

    /// What the answers tell: figures by cell, then by the position of the period. Cells without a value are left out.
    func cells(_ answers: ArraySlice<AggregateTable>, keys: Int) -> [[String]: [Int: [Double]]] {
        let positions = Dictionary(uniqueKeysWithValues: periods.enumerated().map { (unit.name(of: $1.lowerBound), $0) })
        var cells: [[String]: [Int: [Double]]] = [:]
        for (index, table) in answers.enumerated() {
            for row in table.rows {
                let names = row.prefix(keys).map(\.description)
                let figures = row.dropFirst(unit == .day ? keys : keys + 1).map(\.number)
                guard !names.contains(""), !figures.contains(nil), let position = unit == .day ? index : positions[row[keys].description] else { continue }
                cells[names, default: [:]][position] = figures.compactMap(\.self)
            }
        }
        return cells
    }
}
