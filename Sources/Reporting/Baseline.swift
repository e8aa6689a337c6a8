import Foundation

/// How many customers a cell and the whole had in the periods before.
///
/// As Farrington et al. (1996), "A Statistical Algorithm for the Early Detection of Outbreaks of Infectious Disease", J. R. Stat. Soc. A 159, compare
/// weekly reports of diseases: an overdispersed Poisson mean of past weeks, in which earlier outbreaks weigh less (from where Noufaily et al. 2013,
/// Stat. Med. 32, would have it), and the error of the prediction on the 2/3 power scale. Instead of a trend in time the mean follows the number of
/// all customers, so that a week with more feedback of every kind is not unusual.
struct Baseline {
    /// Customers with the value, and all.
    var periods: [(part: Double, whole: Double)]
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

    /// From which residual on a period counts less: at 1, as first proposed, bursts are seen where there are none.
    private static let outlying = 2.58

    /// - Parameter whole: all customers of the period that is expected.
    func expectation(whole: Double) -> Expectation? {
        let periods = periods.filter { $0.whole > 0 }
        guard periods.count >= ComparedPeriods.counts.lowerBound, whole > 0 else { return nil }
        var weights = periods.map { _ in 1.0 }
        var found = fit(periods, weights)
        // Periods that were unusual themselves say less of what is usual.
        for _ in 0..<2 {
            let dispersion = found.dispersion.squareRoot()
            let residuals = periods.map { period -> Double in
                let mean = found.share * period.whole
                return mean > 0 ? 1.5 * (pow(max(period.part, 0), 2 / 3) * pow(mean, -1 / 6) - mean.squareRoot()) / dispersion : 0
            }
            weights = residuals.map { $0 > Self.outlying ? 1 / ($0 * $0) : 1 }
            let sum = weights.reduce(0, +)
            weights = weights.map { $0 * Double(periods.count) / sum }
            found = fit(periods, weights)
        }
        let mean = max(found.share * whole, 0.5)
        let seen = zip(periods, weights).reduce(0) { $0 + $1.0.whole * $1.1 }
        // Of the period's own number, of the mean, and of the noise on both.
        let variance = found.dispersion * mean + found.dispersion * mean * whole / seen + noise * (1 + 1 / Double(periods.count))
        return Expectation(mean: mean, variance: variance)
    }

    private func fit(_ periods: [(part: Double, whole: Double)], _ weights: [Double]) -> (share: Double, dispersion: Double) {
        let (part, whole) = zip(periods, weights).reduce((0.0, 0.0)) { ($0.0 + $1.0.part * $1.1, $0.1 + $1.0.whole * $1.1) }
        let share = max(part / whole, 1e-9)
        let squares = zip(periods, weights).reduce(0.0) { sum, pair in
            let mean = share * pair.0.whole
            return sum + pair.1 * max(0, (pair.0.part - mean) * (pair.0.part - mean) - noise) / mean
        }
        return (share, max(1, squares / Double(max(periods.count - 1, 1))))
    }
}

/// What the average of a cell was in the periods before, each weighted by its customers: the prediction of least squares with weights.
struct AverageBaseline {
    var periods: [(average: Double, customers: Double)]

    /// - Returns: the average that is expected of so many customers, and the standard error of the prediction; nil: too little is known, or all were the
    ///   same, so that nothing can be said of chance.
    func expectation(customers: Double) -> (mean: Double, error: Double)? {
        let sum = periods.reduce(0) { $0 + $1.customers }
        guard periods.count >= ComparedPeriods.counts.lowerBound, customers > 0, sum > 0 else { return nil }
        let mean = periods.reduce(0) { $0 + $1.average * $1.customers } / sum
        let spread = periods.reduce(0) { $0 + $1.customers * ($1.average - mean) * ($1.average - mean) } / Double(periods.count - 1)
        return spread > 0 ? (mean, (spread * (1 / customers + 1 / sum)).squareRoot()) : nil
    }
}
