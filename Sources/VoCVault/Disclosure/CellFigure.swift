import Policy
import RedactedAPI
import Sealing
import Store

/// A figure about the cells of a table, which is released with noise by cell keys.
///
/// Of each customer one record a day counts, so that one day of one customer changes each part by its step at most.
struct CellFigure {
    /// A whole number that gets noise.
    struct Part {
        /// By how much one record can change it.
        let step: UInt64
        /// Whether it has 4/5 of the noise of a count, for 25/16 of the cost: an average of 400 within 0.1 needs that.
        let isFine: Bool
    }

    /// As in digests.
    let name: String
    let parts: [Part]
    private let kind: Kind

    private enum Kind {
        case customers, records
        case average(column: String, ClosedRange<Int>)
        /// The sum instead of the mean of the same.
        case sum(column: String, ClosedRange<Int>)
        case score(column: String, BoxScore)
        /// So many per cent of the values do not exceed it.
        case percentile(column: String, ValueBins, Int)
        case deviation(column: String, ValueSpread)
    }

    private init(_ name: String, _ kind: Kind, _ parts: [Part]) { (self.name, self.kind, self.parts) = (name, kind, parts) }

    /// The number of customers, by which cells are shown or not.
    static let customers = CellFigure("distinct(subject)", .customers, [Part(step: 1, isFine: false)])
    static let records = CellFigure("count", .records, [Part(step: 1, isFine: false)])

    /// The largest range of values whose noise can be drawn.
    private static let widest = 100_000

    init(_ measure: Measure, _ access: Access) throws {
        switch measure {
        case .count: self = .records
        case .distinct(BuiltinField.subject.rawValue): self = .customers
        case .distinct, .minimum, .maximum:
            throw VaultError.denied(
                action: Action.query.rawValue, rule: access.rule,
                hint:
                    "figures without rows are count, avg(f), sum(f), topbox(f), csat(f), nps(f), median(f), percentile(f, p), stddev(f) and distinct(subject); not \(measure.name)")
        case .topBox(let name), .csat(let name), .nps(let name):
            let column = try Self.column(name, measure, access)
            guard let score = try BoxScore(measure, access.session.policy.field(name)) else { preconditionFailure("\(measure.name) is a score") }
            let bounds = access.session.policy.field(name)?.bounds
            self.init(
                "\(measure.name) \(bounds?.lowerBound ?? 0) \(bounds?.upperBound ?? 0)", .score(column: column, score), [Part(step: 1, isFine: true), Part(step: 1, isFine: true)])
        case .average(let name), .sum(let name):
            let (column, bounds) = (try Self.column(name, measure, access), try Self.bounds(name, measure, access))
            // Twice the sum of what values differ from the middle of their range by: less noise for the same protection.
            let width = UInt64(bounds.upperBound - bounds.lowerBound)
            self.init(
                "\(measure.name) \(bounds.lowerBound) \(bounds.upperBound)", measure == .sum(name) ? .sum(column: column, bounds) : .average(column: column, bounds),
                [Part(step: max(width, 1), isFine: true), Part(step: 1, isFine: true)])
        case .median(let name): try self.init(.percentile(name, 50), access)
        case .percentile(let name, let share):
            let (column, bounds) = (try Self.column(name, measure, access), try Self.bounds(name, measure, access))
            let bins = ValueBins(bounds)
            // One release for all percentiles of a field.
            self.init(
                "bins(\(name)) \(bounds.lowerBound) \(bounds.upperBound) \(bins.count)", .percentile(column: column, bins, share),
                Array(repeating: Part(step: 1, isFine: false), count: bins.count))
        case .deviation(let name):
            let (column, bounds) = (try Self.column(name, measure, access), try Self.bounds(name, measure, access))
            let spread = ValueSpread(bounds)
            self.init(
                "\(measure.name) \(bounds.lowerBound) \(bounds.upperBound)", .deviation(column: column, spread), spread.steps.map { Part(step: $0, isFine: true) })
        }
    }

    private static func column(_ name: String, _ measure: Measure, _ access: Access) throws -> String {
        guard let column = access.session.vault.layout.column(name, access.treatment(name)) else {
            throw VaultError.invalid("\(measure.name) needs a field in plaintext: the policy shows '\(name)' as \(access.treatment(name).rawValue)")
        }
        return column
    }

    private static func bounds(_ name: String, _ measure: Measure, _ access: Access) throws -> ClosedRange<Int> {
        guard let schema = access.session.policy.field(name), schema.kind == .integer, let bounds = schema.bounds, bounds.count <= Self.widest else {
            throw VaultError.invalid("\(measure.name) with noise needs a whole number with 'bounds' in schema.yaml, at most \(Self.widest) apart")
        }
        return bounds
    }

    /// What the store measures for it.
    var measures: [AggregateRequest.Measure] {
        switch kind {
        case .customers, .records: []
        case .average(let column, let bounds), .sum(let column, let bounds):
            [.init(.sum, column, bounds: Int64(bounds.lowerBound)...Int64(bounds.upperBound)), .init(.count, column)]
        case .score(let column, let score): score.measures(column)
        case .percentile(let column, let bins, _): bins.measures(column)
        case .deviation(let column, let spread): spread.measures(column)
        }
    }

    /// The exact parts of a cell.
    ///
    /// - Parameter measured: the results of ``measures``.
    func exact(_ row: AggregateRow, _ measured: ArraySlice<StoredValue>) -> [Int64] {
        switch kind {
        case .customers: return [Int64(row.subjects ?? 0)]
        case .records: return [row.records?.rows ?? 0]
        case .score(_, let score):
            let (net, values) = score.net(measured)
            return [net, values]
        case .percentile(_, let bins, _): return bins.counts(measured)
        case .deviation(_, let spread): return spread.sums(measured)
        case .average(_, let bounds), .sum(_, let bounds):
            let numbers = measured.map { if case .integer(let integer) = $0 { integer } else { Int64(0) } }
            return [2 * numbers[0] - Int64(bounds.lowerBound + bounds.upperBound) * numbers[1], numbers[1]]
        }
    }

    /// In thousandths of a count's cost, which is ρ = 1/2σ². A value is in one bin, so that all bins cost what one does.
    var cost: Int64 {
        if case .percentile = kind { return 1000 }
        return parts.reduce(0) { $0 + ($1.isFine ? 1563 : 1000) }
    }
}

extension CellFigure {
    /// What is shown for noisy parts.
    ///
    /// - Parameters:
    ///   - noise: the standard deviation of the noise on a count in them.
    ///   - least: how many values a percentile or a deviation must be of, with noise.
    /// - Returns: also half the width of the interval that holds the figure without its noise in 95 of 100 cases; nil where nothing is shown.
    func shown(_ parts: [Int64], noise: Double, least: Int64) -> (value: Value, margin: Double?) {
        let fine = 0.8 * noise
        func decimal(_ figure: (value: Double, margin: Double)?) -> (Value, Double?) {
            guard let figure else { return (.null, nil) }
            return (.decimal((figure.value * 100).rounded() / 100), figure.margin)
        }
        /// Of a ratio to the number of values.
        func margin(of ratio: Double, step: Double, _ values: Int64) -> Double? {
            values >= 1 ? 1.96 * fine * (step * step + ratio * ratio).squareRoot() / Double(values) : nil
        }
        switch kind {
        case .customers, .records: return (.integer(max(0, parts[0])), 1.96 * noise)
        case .score(_, let score):
            return (score.value(net: parts[0], values: parts[1]), margin(of: Double(parts[0]) / Double(max(parts[1], 1)), step: 1, parts[1]).map { $0 * 100 })
        case .sum(_, let range):
            let (ends, width) = (Int64(range.lowerBound + range.upperBound), Double(range.upperBound - range.lowerBound))
            let error = 1.96 * fine * (Double(ends * ends) + width * width).squareRoot() / 2
            guard parts[1] >= 1 else { return (.integer(0), error) }
            let sum = (ends * parts[1] + parts[0]) / 2
            return (.integer(min(max(sum, Int64(range.lowerBound) * parts[1]), Int64(range.upperBound) * parts[1])), error)
        case .average(_, let range):
            guard parts[1] >= 1 else { return (.null, nil) }
            let distance = Double(parts[0]) / Double(parts[1])
            let average = min(max((Double(range.lowerBound + range.upperBound) + distance) / 2, Double(range.lowerBound)), Double(range.upperBound))
            return decimal((average, margin(of: distance, step: Double(range.upperBound - range.lowerBound), parts[1])! / 2))
        case .percentile(_, let bins, let share):
            // The number of values is a sum of bins, each of which has noise.
            let more = FigurePolicy.margin * noise * (Double(parts.count).squareRoot() - 1)
            guard Double(parts.reduce(0, +)) >= Double(least) + more else { return (.null, nil) }
            return decimal(bins.percentile(Double(share) / 100, of: parts, deviation: noise))
        case .deviation(_, let spread):
            guard parts[2] >= least else { return (.null, nil) }
            return decimal(spread.deviation(parts, deviation: fine))
        }
    }
}

extension CellFigure.Part {
    /// σ² of its noise, rounded up.
    func variance(deviation: Int) -> UInt64 {
        let whole = UInt64(deviation * deviation) * step * step
        return isFine ? (whole * 16 + 24) / 25 : whole
    }
}

/// Noise that is a keyed function of the records of a cell.
struct CellNoise {
    private let key: MACSession
    private let deviation: Int

    init(_ vault: Vault) throws {
        key = try MACSession(key: vault.keyring.key(.noise, now: vault.clock()).secret)
        deviation = vault.policy.figures.deviation
    }

    /// The parts of a cell with noise. The same records with the same values give the same figures; as the values count as well, a correction
    /// of one of them does not show in the difference.
    func noisy(_ figure: CellFigure, _ exact: [Int64], of records: RecordSet) -> [Int64] {
        add(to: exact, figure, "of \(records.rows) \(records.sum)")
    }

    /// The noise of a cell that a release does not have.
    func absent(_ figure: CellFigure, cell: [StoredValue], release: [UInt8]) -> [Int64] {
        add(to: figure.parts.map { _ in 0 }, figure, "without \(release.hexadecimal) \(cell.placeText)")
    }

    /// Laplace noise of a place, always the same.
    func laplace(scale: (numerator: UInt64, denominator: UInt64), place: String) -> Int64 {
        var noise = DiscreteNoise(KeyedGenerator(key, place: Array(place.utf8)))
        return noise.laplace(scale: scale)
    }

    private func add(to exact: [Int64], _ figure: CellFigure, _ place: String) -> [Int64] {
        figure.parts.indices.map { index in
            let place = Array("cell v1 \(figure.name) \(index) \(exact) \(deviation) \(place)".utf8)
            var noise = DiscreteNoise(KeyedGenerator(key, place: place))
            return exact[index] + noise.gaussian(variance: figure.parts[index].variance(deviation: deviation))
        }
    }
}

extension [StoredValue] {
    /// A cell's values in the place that its noise is a function of. The words are as they were first: with others, the noise of a cell without
    /// records would be drawn once more, and tell the cell from those that have some.
    var placeText: String { "[\(map(\.placeText).joined(separator: ", "))]" }
}

extension StoredValue {
    fileprivate var placeText: String {
        let value =
            switch self {
            case .null: "null"
            case .integer(let integer): "integer(\(integer))"
            case .real(let real): "real(\(real))"
            case .text(let text): "text(\"\(text.unicodeScalars.map(Self.escaped).joined())\")"
            }
        return "Store.StoredValue.\(value)"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\0": "\\0"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\"": "\\\""
        case "\\": "\\\\"
        default: String(scalar)
        }
    }
}
