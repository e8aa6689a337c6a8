import Foundation
import RedactedAPI

/// What stands out in a day, week or month against those before it, among all feedback and by fields such as product, region and channel: values that came up
/// oftener, or averages that fell or rose.
///
/// Of all cells that are looked at, the false ones among those that are reported are bounded by Benjamini and Hochberg (1995). What is expected is in
/// ``Baseline`` and ``AverageBaseline``; as the spread of few periods is an estimate itself, the scale is Student's t.
///
/// Everything is made of figures that the policy shows. A cell that is not shown counts as the smallest that is: it can only make less seem unusual.
public struct Unusual: Sendable {
    /// What to look out for.
    public struct Signal: Sendable, Equatable {
        public enum Change: String, Sendable, Equatable {
            /// More customers than expected have one of the field's values.
            case burst
            /// The average of the field is lower than expected; higher.
            case drop, rise
        }

        public var change: Change
        public var field: String
        /// Of a burst, the only values to look at; empty: all.
        public var values: Set<String>
        /// By which to look, beside all feedback; each must have few values.
        public var fields: [String]

        public init(_ change: Change, of field: String, values: Set<String> = [], by fields: [String]) {
            (self.change, self.field, self.values, self.fields) = (change, field, values, fields)
        }
    }

    /// A cell whose last period stands out.
    public struct Finding: Sendable, Equatable {
        /// By which the cell differs from others: of a burst the signal's field, and perhaps another.
        public var fields: [String]
        public var values: [String]
        /// Customers of the period.
        public var customers: Double
        /// What is compared: customers with the value, or the average.
        public var figure: Double
        /// As the periods before let expect.
        public var expected: Double
        /// What 97.5 of 100 such periods do not exceed, or fall below.
        public var bound: Double
        /// How many standard deviations it is off, on the scale of the comparison.
        public var z: Double
        /// The smallest share of false findings at which this is one.
        public var falseShare: Double
    }

    /// `2026-W10`.
    public var period: String
    /// Of how many periods before there are figures.
    public var before: Int
    /// How many cells were looked at.
    public var cells: Int
    /// The most unusual first.
    public var findings: [Finding]

    private typealias Found = (finding: Finding, p: Double)

    /// The questions whose answers ``init(_:over:answers:falseShare:)`` takes, in their order.
    public static func questions(_ signal: Signal, over periods: ComparedPeriods, where filter: Condition?, purpose: String) -> [AggregateQuery] {
        let customers: [Measure] = [.distinct("subject")]
        return ([nil] + signal.fields.map(Optional.some)).flatMap { field in
            let by = field.map { [$0] } ?? []
            guard signal.change == .burst else {
                return periods.questions(by: by, customers + [.average(signal.field)], where: filter, purpose: purpose)
            }
            return periods.questions(by: by, customers, where: filter, purpose: purpose) + periods.questions(by: [signal.field] + by, customers, where: filter, purpose: purpose)
        }
    }

    /// - Parameters:
    ///   - answers: to ``questions(_:over:where:purpose:)``.
    ///   - falseShare: the share of findings that may be false.
    public init(_ signal: Signal, over periods: ComparedPeriods, answers: [AggregateTable], falseShare: Double = 0.05) {
        let width = periods.answers * (signal.change == .burst ? 2 : 1)
        var found: [Found] = []
        for (index, field) in ([nil] + signal.fields.map(Optional.some)).enumerated() {
            let tables = answers[index * width..<(index + 1) * width]
            found += signal.change == .burst ? Self.bursts(signal, field, periods, tables) : Self.shifts(signal, field, periods, tables)
        }
        let all = periods.cells(answers.prefix(periods.answers), keys: 0)[[]] ?? [:]
        let last = periods.periods.count - 1
        (period, before, cells) = (periods.name, all.keys.count { $0 < last }, found.count)
        findings = FalseFindings.shares(found.map(\.p)).enumerated().compactMap { index, share in
            guard share <= falseShare else { return nil }
            var finding = found[index].finding
            finding.falseShare = share
            return finding
        }.sorted { ($0.z, $1.values.joined()) > ($1.z, $0.values.joined()) }
    }

    /// The same of a source's answers.
    public init(
        _ signal: Signal, from source: some RedactedSource, over periods: ComparedPeriods, where filter: Condition? = nil, falseShare: Double = 0.05, purpose: String
    ) async throws {
        var answers: [AggregateTable] = []
        for question in Self.questions(signal, over: periods, where: filter, purpose: purpose) { answers.append(try await source.aggregate(question)) }
        self.init(signal, over: periods, answers: answers, falseShare: falseShare)
    }

    private static func bursts(_ signal: Signal, _ field: String?, _ periods: ComparedPeriods, _ tables: ArraySlice<AggregateTable>) -> [Found] {
        let by = field.map { [$0] } ?? []
        let wholes = periods.cells(tables.prefix(periods.answers), keys: by.count)
        let partTables = tables.dropFirst(periods.answers)
        let parts = periods.cells(partTables, keys: by.count + 1)
        let deviation = partTables.compactMap(\.noise).max() ?? 0
        let last = periods.periods.count - 1
        // What is not shown is smaller than what is.
        guard let hidden = parts.values.flatMap(\.values).map({ $0[0] }).min() else { return [] }
        return parts.compactMap { key, counts in
            guard signal.values.isEmpty || signal.values.contains(key[0]), let count = counts[last]?[0], let whole = wholes[Array(key.dropFirst())], let now = whole[last]?[0]
            else { return nil }
            let past = (0..<last).compactMap { position in whole[position].map { (part: counts[position]?[0] ?? min(hidden, $0[0]), whole: $0[0]) } }
            guard let expected = Baseline(periods: past, noise: deviation * deviation).expectation(whole: now) else { return nil }
            let (z, freedom) = (expected.z(count), past.count - 1)
            return (
                Finding(
                    fields: [signal.field] + by, values: key, customers: count, figure: count, expected: expected.mean,
                    bound: expected.bound(Student.quantile(0.025, freedom: freedom)), z: z, falseShare: 1), Student.tail(z, freedom: freedom)
            )
        }
    }

    private static func shifts(_ signal: Signal, _ field: String?, _ periods: ComparedPeriods, _ tables: ArraySlice<AggregateTable>) -> [Found] {
        let by = field.map { [$0] } ?? []
        let last = periods.periods.count - 1
        let sign: Double = signal.change == .drop ? -1 : 1
        return periods.cells(tables, keys: by.count).compactMap { key, figures in
            guard let now = figures[last] else { return nil }
            let past = (0..<last).compactMap { position in figures[position].map { (average: $0[1], customers: max($0[0], 1)) } }
            guard let expected = AverageBaseline(periods: past).expectation(customers: now[0]) else { return nil }
            let (z, freedom) = (sign * (now[1] - expected.mean) / expected.error, past.count - 1)
            return (
                Finding(
                    fields: by, values: key, customers: now[0], figure: now[1], expected: expected.mean,
                    bound: expected.mean + sign * Student.quantile(0.025, freedom: freedom) * expected.error, z: z, falseShare: 1), Student.tail(z, freedom: freedom)
            )
        }
    }
}
