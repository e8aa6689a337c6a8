import Foundation
import RedactedAPI

/// How many customers will have a value in the weeks or months to come, with bounds.
///
/// Simple exponential smoothing in its state-space form, ETS(A,N,N) (Hyndman, Koehler, Ord, Snyder 2008, "Forecasting with Exponential Smoothing", 6.1), on
/// square roots, on which counts vary alike whatever their size: the level follows the numbers by a share of each error, the share that would
/// have forecast the past best. The bounds hold the figure that will be shown, noise and all, in 95 of 100 cases; they widen with each period.
public struct Forecast: Sendable {
    public struct Period: Sendable, Equatable {
        /// `2026-W10`.
        public var name: String
        public var expected: Double
        public var lower: Double
        public var upper: Double
    }

    /// What is expected of a cell.
    public struct Line: Sendable, Equatable {
        /// By which the cell differs from others; none: all feedback.
        public var fields: [String]
        public var values: [String]
        /// Customers of the last period.
        public var last: Double
        public var periods: [Period]
    }

    /// All feedback, then the cells with the most customers first.
    public var lines: [Line]

    /// A cell that is shown in fewer periods is not forecast.
    public static let leastPeriods = 8

    /// - Parameters:
    ///   - field: whose values are forecast, beside all feedback; nil: none.
    ///   - fields: by which its values are told apart as well.
    ///   - periods: the past.
    ///   - count: how many periods ahead.
    public init(
        of field: String?, by fields: [String], from source: some RedactedSource, after periods: ComparedPeriods, ahead count: Int, where filter: Condition? = nil, purpose: String
    ) async throws {
        let tables = [[]] + (field.map { field in [[field]] + fields.map { [field, $0] } } ?? [])
        let names = Self.names(after: periods, ahead: count)
        lines = []
        for keys in tables {
            var answers: [AggregateTable] = []
            for question in periods.questions(by: keys, [.distinct("subject")], where: filter, purpose: purpose) { answers.append(try await source.aggregate(question)) }
            let cells = periods.cells(answers[...], keys: keys.count)
            let found = cells.compactMap { values, counts -> Line? in
                let series = periods.periods.indices.map { counts[$0]?[0] }
                guard let last = series.last ?? nil, let smoothed = Smoothing(series.map { $0.map { max($0, 0).squareRoot() } }) else { return nil }
                return Line(
                    fields: keys, values: values, last: last,
                    periods: names.enumerated().map { index, name in
                        let (level, width) = (smoothed.level, smoothed.width(ahead: index + 1))
                        func count(_ root: Double) -> Double { max(root, 0) * max(root, 0) }
                        return Period(name: name, expected: count(level), lower: count(level - width), upper: count(level + width))
                    })
            }
            lines += found.sorted { ($0.last, $1.values.joined()) > ($1.last, $0.values.joined()) }
        }
    }

    private static func names(after periods: ComparedPeriods, ahead count: Int) -> [String] {
        var (names, day) = ([String](), periods.end)
        for _ in 0..<count {
            let next = ComparedPeriods(periods.unit, before: 0, about: day)
            names.append(next.name)
            day = next.end
        }
        return names
    }
}

/// Simple exponential smoothing of a series in which values may be missing.
struct Smoothing {
    /// What is expected of each value to come.
    let level: Double
    /// By which share of an error the level moves.
    let share: Double
    /// The standard deviation of errors one step ahead.
    private let deviation: Double
    private let freedom: Int

    /// - Returns: nil where too few values are there.
    init?(_ series: [Double?]) {
        let values = series.compactMap(\.self)
        guard values.count >= Forecast.leastPeriods else { return nil }
        // The level before the first: what the first few say.
        let start = values.prefix(4).reduce(0, +) / 4
        func run(_ share: Double) -> (level: Double, squares: Double) {
            values.reduce((start, 0)) { state, value in
                let error = value - state.0
                return (state.0 + share * error, state.1 + error * error)
            }
        }
        let shares = stride(from: 0.05, through: 0.951, by: 0.05)
        (share, (level, deviation)) = shares.map { ($0, run($0)) }.min { $0.1.squares < $1.1.squares }.map { share, found in
            (share, (found.level, (found.squares / Double(values.count - 2)).squareRoot()))
        }!
        freedom = values.count - 2
    }

    /// Half the width of the interval that holds the value so many steps ahead in 95 of 100 cases.
    func width(ahead steps: Int) -> Double { Student.quantile(0.025, freedom: freedom) * deviation * (1 + Double(steps - 1) * share * share).squareRoot() }
}
