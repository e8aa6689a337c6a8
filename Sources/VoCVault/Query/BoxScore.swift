import Policy
import RedactedAPI
import Store

/// A share of values at or above thresholds: top box, CSAT, NPS.
///
/// The number of values from t on is the sum of all values, held between t - 1 and t, less t - 1 for each. So one statement measures it, and one record changes
/// it by 1 at most.
struct BoxScore {
    /// Counted once for each threshold that a value reaches.
    private let thresholds: [Int64]
    /// Taken off for each value.
    private let offset: Int64

    /// - Returns: nil for other measures.
    /// - Throws: ``VaultError/invalid(_:)`` for a field without whole numbers between bounds that fit.
    init?(_ measure: Measure, _ field: FieldSchema?) throws {
        switch measure {
        case .topBox, .csat, .nps: break
        default: return nil
        }
        guard let bounds = field?.bounds, field?.kind == .integer, bounds.lowerBound < bounds.upperBound - 1 else {
            throw VaultError.invalid("\(measure.name) needs a whole number with 'bounds' in schema.yaml")
        }
        switch measure {
        case .topBox: (thresholds, offset) = ([Int64(bounds.upperBound)], 0)
        case .csat: (thresholds, offset) = ([Int64(bounds.upperBound) - 1], 0)
        default:
            guard bounds == 0...10 else { throw VaultError.invalid("\(measure.name) needs a field with bounds from 0 to 10") }
            (thresholds, offset) = ([7, 9], 1)
        }
    }

    /// What the store measures for it: the parts of ``net(_:)``.
    func measures(_ column: String) -> [AggregateRequest.Measure] {
        thresholds.map { .init(.sum, column, bounds: $0 - 1...$0) } + [.init(.count, column)]
    }

    /// How many values count for it, less those against it; and all of them.
    func net(_ measured: ArraySlice<StoredValue>) -> (net: Int64, values: Int64) {
        let numbers = measured.map { if case .integer(let integer) = $0 { integer } else { Int64(0) } }
        let count = numbers.last ?? 0
        return (zip(numbers, thresholds).reduce(0) { $0 + $1.0 - ($1.1 - 1) * count } - offset * count, count)
    }

    /// In per cent, or points.
    func value(net: Int64, values: Int64) -> Value {
        guard values >= 1 else { return .null }
        let score = min(max(Double(net) / Double(values), offset == 0 ? 0 : -1), 1)
        return .decimal((score * 1000).rounded() / 10)
    }
}
