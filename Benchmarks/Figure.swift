import Foundation

/// One figure: what the vault took, what its baseline took, and the ratio that counts. Members are those of Benchmarks/Results.json.
struct Figure: Encodable {
    /// The table that it stands in.
    enum Section: String, Encodable { case plain, pgcrypto, server, size, memory }

    var name: String
    var section: Section
    var unit: String
    /// The vault's, in `unit`: a median where it was measured more than once.
    var vault: Double
    var baseline: Double?
    /// What the baseline is; nil where there is nothing to compare with.
    var against: String?
    /// vault : baseline.
    var ratio: Double?
    /// The interval of `ratio`, 95 %; nil where it was not measured in pairs.
    var low: Double?
    var high: Double?
    var runs: Int
    /// In the vault, where that is not the run's.
    var records: Int?

    /// What was measured in pairs.
    init(_ name: String, in section: Section = .plain, _ pairs: Pairs, _ measure: Measure, against: String = "plain SQLite", records: Int? = nil) {
        (self.name, self.section, self.against, self.records) = (name, section, against, records)
        (unit, runs) = (measure.unit, pairs.vault.count)
        (vault, baseline) = (measure.value(median(pairs.vault)).rounded, measure.value(median(pairs.baseline)).rounded)
        let ratio = measure.isRate ? pairs.swapped.ratio : pairs.ratio
        (self.ratio, low, high) = (ratio.mean.rounded, ratio.interval?.lowerBound.rounded, ratio.interval?.upperBound.rounded)
    }

    /// What was measured one after the other, or has no baseline.
    init(_ name: String, in section: Section = .plain, unit: String, vault: Double, baseline: Double? = nil, against: String? = nil, runs: Int) {
        (self.name, self.section, self.unit, self.against, self.runs) = (name, section, unit, against, runs)
        (self.vault, self.baseline) = (vault.rounded, baseline?.rounded)
        ratio = baseline.map { (vault / $0).rounded }
    }
}

/// How seconds are told.
enum Measure {
    case time(String, each: Double)
    case rate(String, of: Double)

    static let milliseconds = Measure.time("ms", each: 1e-3)

    static func records(_ count: Int) -> Measure { .rate("records/s", of: Double(count)) }

    var unit: String {
        switch self {
        case .time(let unit, _), .rate(let unit, _): unit
        }
    }

    var isRate: Bool {
        if case .rate = self { true } else { false }
    }

    func value(_ seconds: Double) -> Double {
        switch self {
        case .time(_, let each): seconds / each
        case .rate(_, let count): count / seconds
        }
    }
}

extension Double {
    /// To four significant digits: more would be noise.
    fileprivate var rounded: Double { Double(String(format: "%.4g", self))! }
}
