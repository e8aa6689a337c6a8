import Foundation

/// Student's t distribution: what chance does where the spread is an estimate itself.
enum Student {
    /// The share above `t` (Abramowitz, Stegun 1964, 26.7.3 and 26.7.4).
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

    /// What only such a share is above.
    ///
    /// - Parameter share: 0.001 to 0.5.
    static func quantile(_ share: Double, freedom: Int) -> Double {
        var (low, high) = (0.0, 700.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if tail(middle, freedom: freedom) > share { low = middle } else { high = middle }
        }
        return high
    }
}

/// Many cells are looked at, and some stand out by chance.
enum FalseFindings {
    /// The least share of false findings at which each would be one (Benjamini, Hochberg 1995, "Controlling the False Discovery Rate").
    static func shares(_ p: [Double]) -> [Double] {
        var adjusted = p
        var least = 1.0
        for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated().reversed() {
            least = min(least, p[index] * Double(p.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }
}
