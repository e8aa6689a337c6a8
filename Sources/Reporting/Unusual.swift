import Foundation
import RedactedAPI

/// Codes that came up oftener in a week than the weeks before let expect, among all feedback and by product, region or channel.
///
/// Weekly numbers of customers are compared as Farrington et al. (1996), "A Statistical Algorithm for the Early Detection of Outbreaks of Infectious
/// Disease", J. R. Stat. Soc. A 159, compare reports of diseases: an overdispersed Poisson mean of past weeks, in which earlier outbreaks
/// weigh less (from where Noufaily et al. 2013, Stat. Med. 32, would have it), and the error of the prediction on the 2/3 power scale. As the dispersion of few weeks is
/// an estimate itself, the scale is Student's t. Instead of a trend in time the mean follows the number of all customers, so that a
/// week with more feedback of every kind is not unusual; whole weeks have no week-day effect. Of all cells that are looked at, the false ones among those
/// that are reported are bounded by Benjamini and Hochberg (1995).
///
/// Everything is made of figures that the policy shows. A cell that is not shown counts as the smallest that is: it can only make less seem unusual.
public struct Unusual: Sendable {
    /// A cell whose last week stands out.
    public struct Finding: Sendable, Equatable {
        /// `topic`, or `topic` and another field.
        public var fields: [String]
        public var values: [String]
        /// Customers of the week.
        public var customers: Double
        /// As the weeks before let expect.
        public var expected: Double
        /// What about 97.5 of 100 such weeks do not exceed.
        public var upper: Double
        /// How many standard deviations it is above, on the scale of the comparison.
        public var z: Double
        /// The smallest share of false findings at which this is one.
        public var falseShare: Double
    }

    /// `2026-W10`.
    public var week: String
    /// The weeks that it was compared with.
    public var weeks: Int
    /// How many cells were looked at.
    public var cells: Int
    /// The most unusual first.
    public var findings: [Finding]

    /// Weeks without which nothing is said.
    public static let leastWeeks = 5

    /// What a cell and the whole were in the weeks before.
    struct Baseline {
        /// Customers with the code, and all.
        var weeks: [(part: Double, whole: Double)]
        /// Variance of the noise on a figure.
        var noise: Double = 0

        struct Expectation {
            var mean: Double
            var variance: Double

            /// Farrington's residual: how far a number is above the mean.
            func z(_ count: Double) -> Double {
                guard mean > 0, variance > 0 else { return 0 }
                return (pow(max(count, 0), 2 / 3) - pow(mean, 2 / 3)) / (2 / 3 * pow(mean, -1 / 3) * variance.squareRoot())
            }

            /// The number that is so many deviations above the mean.
            func bound(_ z: Double) -> Double { mean * pow(max(0, 1 + 2 / 3 * z * variance.squareRoot() / mean), 1.5) }
        }

        /// From which residual on a week counts less: at 1, as first proposed, bursts are seen where there are none.
        private static let outlying = 2.58

        /// - Parameter whole: all customers of the week that is expected.
        func expectation(whole: Double) -> Expectation? {
            let weeks = weeks.filter { $0.whole > 0 }
            guard weeks.count >= Unusual.leastWeeks, whole > 0 else { return nil }
            var weights = weeks.map { _ in 1.0 }
            var found = fit(weeks, weights)
            // Weeks that were unusual themselves say less of what is usual.
            for _ in 0..<2 {
                let dispersion = found.dispersion.squareRoot()
                let residuals = weeks.map { week -> Double in
                    let mean = found.share * week.whole
                    return mean > 0 ? 1.5 * (pow(max(week.part, 0), 2 / 3) * pow(mean, -1 / 6) - mean.squareRoot()) / dispersion : 0
                }
                weights = residuals.map { $0 > Self.outlying ? 1 / ($0 * $0) : 1 }
                let sum = weights.reduce(0, +)
                weights = weights.map { $0 * Double(weeks.count) / sum }
                found = fit(weeks, weights)
            }
            let mean = max(found.share * whole, 0.5)
            let seen = zip(weeks, weights).reduce(0) { $0 + $1.0.whole * $1.1 }
            // Of the week's own number, of the mean, and of the noise on both.
            let variance = found.dispersion * mean + found.dispersion * mean * whole / seen + noise * (1 + 1 / Double(weeks.count))
            return Expectation(mean: mean, variance: variance)
        }

        private func fit(_ weeks: [(part: Double, whole: Double)], _ weights: [Double]) -> (share: Double, dispersion: Double) {
            let (part, whole) = zip(weeks, weights).reduce((0.0, 0.0)) { ($0.0 + $1.0.part * $1.1, $0.1 + $1.0.whole * $1.1) }
            let share = max(part / whole, 1e-9)
            let squares = zip(weeks, weights).reduce(0.0) { sum, pair in
                let mean = share * pair.0.whole
                return sum + pair.1 * max(0, (pair.0.part - mean) * (pair.0.part - mean) - noise) / mean
            }
            return (share, max(1, squares / Double(max(weeks.count - 1, 1))))
        }
    }

    /// - Parameters:
    ///   - fields: by which to look beside `topic`; each must have few values.
    ///   - week: the day on which the week to look at begins, a Monday of the vault's time zone.
    ///   - weeks: how many weeks before it to compare with.
    ///   - falseShare: the share of findings that may be false.
    public init(
        from source: some RedactedSource, by fields: [String], week: Timestamp, weeks: Int = 13, where filter: Condition? = nil, falseShare: Double = 0.05, purpose: String
    ) async throws {
        let day: Int64 = 86_400_000
        let since = Timestamp(milliseconds: week.milliseconds - Int64(weeks) * 7 * day)
        let until = Timestamp(milliseconds: week.milliseconds + 7 * day)
        func table(_ keys: [String]) async throws -> (groups: [[String]: [String: Double]], noise: Double) {
            let table = try await source.aggregate(
                AggregateQuery(
                    groupBy: keys.map { .field($0) } + [.time("occurred_at", .week)], measures: [.distinct("subject")], filter: filter, since: since, until: until, purpose: purpose
                ))
            var groups: [[String]: [String: Double]] = [:]
            for row in table.rows {
                let names = row.prefix(keys.count).map(\.description)
                guard !names.contains(""), let count = row[keys.count + 1].number else { continue }
                groups[Array(names), default: [:]][row[keys.count].description] = count
            }
            return (groups, (table.noise ?? 0) * (table.noise ?? 0))
        }
        let all = try await table([])
        let names = Set(all.groups.values.flatMap(\.keys)).sorted()
        guard let last = names.last else {
            (self.week, self.weeks, cells, findings) = ("", 0, 0, [])
            return
        }
        var found: [(finding: Finding, p: Double)] = []
        for field in [nil] + fields.map(Optional.some) {
            let wholes = if let field { try await table([field]) } else { all }
            let parts = try await table(["topic"] + (field.map { [$0] } ?? []))
            // What is not shown is smaller than what is.
            guard let hidden = parts.groups.values.flatMap(\.values).min() else { continue }
            for (key, counts) in parts.groups {
                guard let count = counts[last], let whole = wholes.groups[Array(key.dropFirst())], let now = whole[last] else { continue }
                let past = names.dropLast().compactMap { name in whole[name].map { (part: counts[name] ?? min(hidden, $0), whole: $0) } }
                let baseline = Baseline(weeks: past, noise: parts.noise)
                guard let expected = baseline.expectation(whole: now), case let z = expected.z(count) else { continue }
                let finding = Finding(
                    fields: ["topic"] + (field.map { [$0] } ?? []), values: key, customers: count, expected: expected.mean, upper: expected.bound(1.96), z: z, falseShare: 1)
                found.append((finding, Self.tail(z, freedom: past.count - 1)))
            }
        }
        (self.week, self.weeks, cells) = (last, names.count - 1, found.count)
        findings = Self.adjusted(found.map(\.p)).enumerated().compactMap { index, share in
            guard share <= falseShare else { return nil }
            var finding = found[index].finding
            finding.falseShare = share
            return finding
        }.sorted { ($0.z, $1.values.joined()) > ($1.z, $0.values.joined()) }
    }

    /// The share of Student's t distribution above `t` (Abramowitz, Stegun 1964, 26.7.3 and 26.7.4).
    ///
    /// - Parameter freedom: degrees of freedom, 1 or more.
    static func tail(_ t: Double, freedom: Int) -> Double {
        let angle = atan(t / Double(freedom).squareRoot())
        let (sine, cosine) = (sin(angle), cos(angle))
        let isOdd = freedom % 2 == 1
        var (term, sum) = (isOdd ? cosine : 1.0, 0.0)
        for step in stride(from: isOdd ? 2 : 1, to: freedom, by: 2) {
            sum += term
            term *= cosine * cosine * Double(step) / Double(step + 1)
        }
        let within = isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
        return max(0, (1 - within) / 2)
    }

    /// The least share of false findings at which each would be one (Benjamini, Hochberg 1995, "Controlling the False Discovery Rate").
    static func adjusted(_ p: [Double]) -> [Double] {
        var adjusted = p
        var least = 1.0
        for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated().reversed() {
            least = min(least, p[index] * Double(p.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }
}
