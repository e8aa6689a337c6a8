import Store

/// How the values of a field between bounds are counted: one by one where these are few, in bands that widen with the distance from the lower bound
/// where they are many.
///
/// Percentiles with noise are read from one release of these counts. A record is in one bin, so that they cost what one count does.
struct ValueBins {
    /// So many values are counted one by one at most.
    private static let fewest = 32

    private let bounds: ClosedRange<Int64>
    /// The lowest value of each bin.
    private let starts: [Int64]

    init(_ bounds: ClosedRange<Int>) {
        self.bounds = Int64(bounds.lowerBound)...Int64(bounds.upperBound)
        // Two bands for each doubling: 0, 1, 2, 3, 4–5, 6–7, 8–11, 12–15 …
        let offsets = bounds.count <= Self.fewest ? Array(0..<bounds.count) : [0, 1] + (1..<62).flatMap { [1 << $0, 3 << ($0 - 1)] }
        starts = offsets.prefix { $0 < bounds.count }.map { Int64(bounds.lowerBound + $0) }
    }

    var count: Int { starts.count }

    /// What the store measures for them: of each bin but the first, the values held between the one before it and its lowest; and how many values there are.
    func measures(_ column: String) -> [AggregateRequest.Measure] { starts.dropFirst().map { .init(.sum, column, bounds: $0 - 1...$0) } + [.init(.count, column)] }

    /// The number of values in each bin.
    func counts(_ measured: ArraySlice<StoredValue>) -> [Int64] {
        let numbers = measured.map { if case .integer(let integer) = $0 { integer } else { Int64(0) } }
        let all = numbers.last ?? 0
        // How many values reach each bin.
        let reaching = [all] + zip(numbers, starts.dropFirst()).map { $0 - ($1 - 1) * all } + [0]
        return zip(reaching, reaching.dropFirst()).map { $0 - $1 }
    }

    /// The value that a share of the values does not exceed, from noisy counts.
    ///
    /// - Parameters:
    ///   - share: between 0 and 1.
    ///   - deviation: of the noise on each count.
    /// - Returns: the value, within a band as if values were spread over it evenly; and half the width of the interval of values that
    ///   95 of 100 draws of the noise allow (Woodruff 1952). Nil if that has no end within the bounds.
    func percentile(_ share: Double, of counts: [Int64], deviation: Double) -> (value: Double, margin: Double)? {
        let all = Double(counts.reduce(0, +))
        guard all >= 1 else { return nil }
        let reached = Self.ascending(counts.reduce(into: [Double]()) { $0.append(($0.last ?? 0) + Double($1)) })
        let target = share * all
        let bin = reached.firstIndex { $0 >= target } ?? count - 1
        // The noise of the counts up to there, less that of their share of all.
        let (below, above) = (Double(bin + 1), Double(count - bin - 1))
        let reach = 1.96 * deviation * ((1 - share) * (1 - share) * below + share * share * above).squareRoot()
        guard target >= reach, all - target >= reach else { return nil }
        let (low, high) = (value(at: target - reach, reached), value(at: target + reach, reached))
        return (value(at: target, reached), (high - low) / 2)
    }

    private func value(at rank: Double, _ reached: [Double]) -> Double {
        let bin = reached.firstIndex { $0 >= rank } ?? count - 1
        let last = bin + 1 < count ? starts[bin + 1] - 1 : bounds.upperBound
        let before = bin == 0 ? 0 : reached[bin - 1]
        let part = reached[bin] > before ? min(max((rank - before) / (reached[bin] - before), 0), 1) : 1
        return Double(starts[bin]) + part * Double(last - starts[bin])
    }

    /// The nearest sequence that never falls, by least squares (pool adjacent violators): noise lets sums of counts fall, which the numbers behind them do not
    /// (Hay et al. 2010).
    private static func ascending(_ values: [Double]) -> [Double] {
        var blocks: [(mean: Double, count: Int)] = []
        for value in values {
            var block = (mean: value, count: 1)
            while let last = blocks.last, last.mean > block.mean {
                blocks.removeLast()
                block = ((last.mean * Double(last.count) + block.mean * Double(block.count)) / Double(last.count + block.count), last.count + block.count)
            }
            blocks.append(block)
        }
        return blocks.flatMap { Array(repeating: $0.mean, count: $0.count) }
    }
}
