import Foundation

/// Seconds that two ways to do the same took, in turn, so that a change in the machine's pace meets both.
struct Pairs {
    var vault: [Double] = []
    var baseline: [Double] = []

    var swapped: Pairs { Pairs(vault: baseline, baseline: vault) }

    /// vault : baseline, the geometric mean of the pairs' ratios with its 95 % interval: Student's t on their logarithms.
    var ratio: (mean: Double, interval: ClosedRange<Double>?) {
        let logarithms = zip(vault, baseline).map { log($0 / $1) }
        let count = Double(logarithms.count)
        let mean = logarithms.reduce(0, +) / count
        guard count > 1 else { return (exp(mean), nil) }
        let variance = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let reach = Self.student(logarithms.count - 1) * (variance / count).squareRoot()
        return (exp(mean), exp(mean - reach)...exp(mean + reach))
    }

    /// The 0.975 quantile of Student's t: tabled where few degrees of freedom make the expansion wrong (Abramowitz, Stegun 26.7.5).
    private static func student(_ freedom: Int) -> Double {
        let tabled = [12.7062, 4.3027, 3.1824, 2.7764]
        if freedom <= tabled.count { return tabled[freedom - 1] }
        let (z, n) = (1.959964, Double(freedom))
        let (z3, z5, z7) = (pow(z, 3), pow(z, 5), pow(z, 7))
        return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Two ways to do the same, in turn after one warm-up each.
func compare(_ rounds: Int, _ vault: () throws -> Void, _ baseline: () throws -> Void) throws -> Pairs {
    try vault()
    try baseline()
    var pairs = Pairs()
    for _ in 0..<rounds {
        pairs.vault.append(try seconds(vault))
        pairs.baseline.append(try seconds(baseline))
    }
    return pairs
}
