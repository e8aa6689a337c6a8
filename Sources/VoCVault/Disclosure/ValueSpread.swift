import Store

/// The standard deviation of a field's values between bounds, from three sums that get noise: of the values, of their squares, and of ones.
///
/// Values are counted from the middle of the bounds, and squares from the middle of theirs, which needs less noise for the same protection.
struct ValueSpread {
    /// The most that one record may change the sum of squares by, in the units in which it is summed: more is rounded.
    private static let widest: Int64 = 100_000

    private let bounds: ClosedRange<Int64>
    private var width: Int64 { bounds.upperBound - bounds.lowerBound }
    /// The sum of squares is rounded down to multiples of it.
    private var unit: Int64 { max(1, (width * width + Self.widest - 1) / Self.widest) }

    init(_ bounds: ClosedRange<Int>) { self.bounds = Int64(bounds.lowerBound)...Int64(bounds.upperBound) }

    /// By how much one record can change each part. A rounded sum changes by no more than what it is rounded from, rounded up.
    var steps: [UInt64] { [UInt64(max(width, 1)), UInt64(max((width * width + unit - 1) / unit, 1)), 1] }

    func measures(_ column: String) -> [AggregateRequest.Measure] {
        [.init(.sum, column, bounds: bounds), .init(.squares, column, bounds: bounds), .init(.count, column)]
    }

    /// With y twice a value's distance from the middle: the sum of y; that of 2y² less its middle, in units; the number of values.
    func sums(_ measured: ArraySlice<StoredValue>) -> [Int64] {
        let numbers = measured.map { if case .integer(let integer) = $0 { integer } else { Int64(0) } }
        // The store sums squares of distances from the lower bound.
        let (count, squares) = (numbers[2], numbers[1])
        let sum = numbers[0] - bounds.lowerBound * count
        let centred = 8 * squares - 8 * width * sum + width * width * count
        let rounded = (centred - (centred % unit + unit) % unit) / unit
        return [2 * sum - width * count, rounded, count]
    }

    /// The standard deviation from noisy sums, and half the width of its interval, as ``ValueBins/percentile(_:of:deviation:)`` has it.
    ///
    /// - Parameter deviation: of the noise for a step of 1.
    func deviation(_ parts: [Int64], deviation noise: Double) -> (value: Double, margin: Double)? {
        guard parts[2] >= 2 else { return nil }
        let (count, width) = (Double(parts[2]), Double(width))
        let (mean, squares) = (Double(parts[0]) / count, Double(parts[1]) * Double(unit) / count)
        let variance = max(0, (squares + width * width) / 2 - mean * mean)
        // By how much the variance changes with each part.
        let slopes = [2 * mean / count * Double(steps[0]), Double(unit) / (2 * count) * Double(steps[1]), (2 * mean * mean - squares / 2) / count]
        let error = noise * slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let value = min((variance * count / (count - 1)).squareRoot() / 2, width / 2 * (count / (count - 1)).squareRoot())
        guard max(variance, error) > 0 else { return (0, 0) }
        return (value, 1.96 * error / (4 * max(variance, error).squareRoot()))
    }
}
