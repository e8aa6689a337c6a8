import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

/// A measure of a query, and what the store counts for it.
struct Figure {
    let measure: Measure
    let stored: [AggregateRequest.Measure]
    /// By how much one row can change each of the stored figures at most.
    let steps: [UInt64]
    private let bounds: ClosedRange<Int>?
    private let kind: FieldSchema.Kind?
    private let times: ShownTimes
    private let score: BoxScore?
    /// The column whose values it is computed from, where the store measures no part of it; nil: others.
    let valued: String?
    private let minimum: Int

    init(_ measure: Measure, _ access: Access) throws {
        self.measure = measure
        let field = measure.field.flatMap { access.session.policy.field($0) }
        (bounds, kind, times) = (field?.bounds, field?.kind, access.shownTimes)
        score = try BoxScore(measure, field)
        let disclosure = access.grant.disclosure
        minimum = disclosure.showsExtremes ? 1 : disclosure.minimumGroup
        guard let name = measure.field else {
            (stored, steps, valued) = ([.init(.count)], [1], nil)
            return
        }
        let column = try Self.column(measure, name, access)
        valued = measure.isOfValues ? column : nil
        switch measure {
        case .count: (stored, steps) = ([.init(.count)], [1])
        case .distinct where times.precision != .exact && BuiltinField(rawValue: name)?.isTime == true:
            throw VaultError.invalid("\(measure.name) would tell more of times than the rows of this grant; group by a unit of them")
        case .distinct: (stored, steps) = ([.init(.distinct, column)], [1])
        case .minimum, .maximum:
            guard disclosure.showsExtremes || disclosure.minimumGroup == 1 else {
                throw VaultError.denied(
                    action: Action.query.rawValue, rule: "extremes", hint: "\(measure.name) would be one customer's own value")
            }
            (stored, steps) = ([.init(measure == .minimum(name) ? .minimum : .maximum, column)], [1])
        case .topBox, .csat, .nps:
            guard !access.grant.disclosure.isBudgeted else {
                throw VaultError.invalid("\(measure.name) is not given with fresh noise; ask for counts by '\(name)' and divide them")
            }
            let parts = score!.measures(column)
            (stored, steps) = (parts, parts.map { _ in 1 })
        case .percentile, .median, .deviation:
            guard !disclosure.isBudgeted else {
                throw VaultError.invalid("\(measure.name) is not given with fresh noise; ask for counts by '\(name)'")
            }
            guard field?.kind == .integer || field?.kind == .decimal else { throw VaultError.invalid("\(measure.name) needs a number") }
            (stored, steps) = ([.init(.count, column)], [1])
        case .sum where !access.grant.disclosure.isBudgeted:
            guard field?.kind == .integer || field?.kind == .decimal else { throw VaultError.invalid("\(measure.name) needs a number") }
            (stored, steps) = ([.init(.sum, column)], [1])
        case .sum:
            guard let bounds, field?.kind == .integer else {
                throw VaultError.invalid("\(measure.name) with noise needs a whole number with 'bounds' in schema.yaml")
            }
            let range = Int64(bounds.lowerBound)...Int64(bounds.upperBound)
            (stored, steps) = ([.init(.sum, column, bounds: range)], [max(range.lowerBound.magnitude, range.upperBound.magnitude)])
        case .average:
            guard field?.kind == .integer || field?.kind == .decimal else { throw VaultError.invalid("\(measure.name) needs a number") }
            if !access.grant.disclosure.isBudgeted {
                (stored, steps) = ([.init(.average, column)], [1])
            } else {
                guard let bounds, field?.kind == .integer else {
                    throw VaultError.invalid("\(measure.name) with noise needs a whole number with 'bounds' in schema.yaml")
                }
                let range = Int64(bounds.lowerBound)...Int64(bounds.upperBound)
                stored = [.init(.sum, column, bounds: range), .init(.count, column)]
                steps = [max(range.lowerBound.magnitude, range.upperBound.magnitude), 1]
            }
        }
    }

    private static func column(_ measure: Measure, _ field: String, _ access: Access) throws -> String {
        if measure == .distinct(BuiltinField.subject.rawValue) { return "subject" }
        guard let column = access.session.vault.layout.column(field, access.treatment(field)) else {
            throw VaultError.invalid("\(measure.name) needs a field in plaintext: the policy shows '\(field)' as \(access.treatment(field).rawValue)")
        }
        return column
    }

    /// The exact figure. For min and max it has the field's type.
    ///
    /// - Parameters:
    ///   - measured: the results of ``stored``.
    ///   - counts: the values of ``valued``; nil: the group has none.
    func value(_ measured: ArraySlice<StoredValue>, of counts: ValueCounts?) -> Value {
        switch measure {
        case .percentile(_, let share): return counts?.percentile(Double(share) / 100, minimum: minimum) ?? .null
        case .median: return counts?.percentile(0.5, minimum: minimum) ?? .null
        case .deviation: return counts?.deviation ?? .null
        default: break
        }
        if let score {
            let (net, values) = score.net(measured)
            return score.value(net: net, values: values)
        }
        let stored = measured.first!
        switch measure {
        case .minimum(let name), .maximum(let name):
            if BuiltinField(rawValue: name)?.isTime == true, case .integer(let time) = stored {
                var times = times
                return times.value(time)
            }
            return FieldPresenter.value(stored, kind)
        default: return FieldPresenter.value(stored, nil)
        }
    }

    /// The figure from noisy counts.
    func value(noisy counts: ArraySlice<Int64>) -> Value {
        guard case .average = measure, let bounds else { return .integer(max(0, counts.first!)) }
        let (sum, count) = (Double(counts.first!), Double(counts.last!))
        guard count >= 1 else { return .null }
        let average = min(max(sum / count, Double(bounds.lowerBound)), Double(bounds.upperBound))
        return .decimal((average * 100).rounded() / 100)
    }
}

extension Measure {
    /// Whether it is computed from all values of its field.
    fileprivate var isOfValues: Bool {
        switch self {
        case .percentile, .median, .deviation: true
        default: false
        }
    }
}

/// Fresh noise, paid for from a principal's budget.
final class FigureNoise {
    /// Probability that a group of one customer is shown: the δ of the threshold, and of the Gaussian.
    private static let delta = 1e-6

    private let access: Access
    private let figures: [Figure]
    private let disclosure: Disclosure
    /// Number of draws in one query: its measures, and each group's size.
    private let draws: Int
    private let isGrouped: Bool
    /// The days of data that it is about, since 1970.
    let days: ClosedRange<Int64>
    /// In how many cells a record can be.
    private let cells: Int
    private var fresh = DiscreteNoise(SecureGenerator())

    /// - Throws: ``VaultError/invalid(_:)`` for a field whose bounds are too far apart for exact noise.
    init(_ access: Access, _ figures: [Figure], _ query: AggregateQuery) throws {
        (self.access, self.figures, disclosure) = (access, figures, access.grant.disclosure)
        isGrouped = !query.groupBy.isEmpty
        draws = figures.reduce(0) { $0 + $1.stored.count } + (isGrouped ? 1 : 0)
        let (policy, zone) = (access.session.policy, access.session.vault.zoneOffsets)
        func day(_ time: Timestamp) -> Int64 { zone.day(beginning: time) ?? zone.day(of: time.milliseconds) }
        let first = query.since.map(day) ?? zone.day(of: policy.occurrence.earliestTime)
        // The end itself is not in the window.
        let last = query.until.map { end in zone.day(beginning: end).map { $0 - 1 } ?? zone.day(of: end.milliseconds - 1) }
        days = first...max(first, last ?? zone.day(of: access.session.vault.clock()))
        cells = query.groupBy.contains { CodedColumn.isMultiple($0.field) } ? policy.figures.labels : 1
        for figure in figures where figure.steps.contains(where: { !isDrawable($0) }) {
            throw VaultError.invalid("\(figure.measure.name) with noise needs narrower 'bounds' in schema.yaml")
        }
    }

    /// Whether noise for such a step stays within the samplers' numbers.
    private func isDrawable(_ step: UInt64) -> Bool {
        let reach = contribution.multipliedReportingOverflow(by: step)
        guard !reach.overflow, reach.partialValue < 1 << 40 else { return false }
        return disclosure.noise != .gaussian || exactVariance(step) <= Double(DiscreteNoise<SecureGenerator>.largestVariance)
    }

    /// Rows of one customer that count.
    private var contribution: UInt64 { UInt64(disclosure.contribution ?? 1) }

    private func scale(_ step: UInt64) -> (numerator: UInt64, denominator: UInt64) {
        (contribution * step * 1000, UInt64(disclosure.epsilon))
    }

    /// σ² of the Gaussian, rounded up, and one more for what binary64 rounds away: with ρ = Δ²/2σ² it is ρ-concentrated, and that is (ε, δ)-differentially private for
    /// √ρ = √(ln(1/δ) + ε) - √ln(1/δ) (Bun, Steinke 2016, Proposition 1.3).
    private func variance(_ step: UInt64) -> UInt64 { UInt64(exactVariance(step).rounded(.up)) + 1 }

    private func exactVariance(_ step: UInt64) -> Double {
        let logarithm = log(1 / Self.delta)
        let root = (logarithm + Double(disclosure.epsilon) / 1000).squareRoot() - logarithm.squareRoot()
        let reach = Double(contribution * step)
        return reach * reach / (2 * root * root)
    }

    /// Standard deviation of the noise on a count.
    var standardDeviation: Double {
        if disclosure.noise == .gaussian { return Double(variance(1)).squareRoot() }
        let scale = scale(1)
        return 2.0.squareRoot() * Double(scale.numerator) / Double(scale.denominator)
    }

    private func draw(_ step: UInt64) -> Int64 {
        disclosure.noise == .gaussian ? fresh.gaussian(variance: variance(step)) : fresh.laplace(scale: scale(step))
    }

    /// Whether a group's noisy size is so large that one customer alone could hardly have made it appear (Wilson et al. 2020,
    /// "Differentially Private SQL with Bounded User Contribution", τ-thresholding).
    func shows(_ row: AggregateRow) -> Bool {
        guard isGrouped else { return true }
        let threshold = Double(disclosure.minimumGroup) + standardDeviation * log(1 / (2 * Self.delta)) / 2.0.squareRoot()
        return Double(Int64(row.subjects ?? 0) + draw(1)) >= threshold
    }

    /// A group's figures with noise.
    func figures(of row: AggregateRow) -> [Value] {
        var position = 0
        return figures.map { figure in
            let counts = figure.steps.enumerated().map { index, step -> Int64 in
                let stored = row.measures[position + index]
                let exact: Int64 = if case .integer(let integer) = stored { integer } else { 0 }
                return exact + draw(step)
            }
            position += counts.count
            return figure.value(noisy: counts[...])
        }
    }

    /// Charges the query's cost to the organisation's budget, in the transaction that answers it.
    ///
    /// - Returns: what the audit entry says about it.
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the budget does not cover it.
    func pay(in writer: StoreWriter) throws -> [AuditDetail: String] {
        let detail = try access.payBudget(epsilonCost, in: writer)
        try ReleaseLedger(writer.reader, access.session.vault).require(daysCost, about: days)
        try writer.charge(ReleasedPeriod(zone: access.session.policy.timeZone, days: days, cost: daysCost))
        return detail
    }

    /// What the query costs the organisation, in thousandths of ε.
    var epsilonCost: Int { disclosure.epsilon * draws }

    /// What it costs the days that it is about in the ledger of releases, in thousandths: of each customer, one record a day counts, which its noise hides with
    /// ε/contribution, so that it is ρ-concentrated with half the square of that (Bun, Steinke 2016, Proposition 1.4).
    var daysCost: Int64 {
        let share = Double(disclosure.epsilon) / 1000 / Double(contribution) * Double(access.session.policy.figures.deviation)
        return Int64((share * share * 1000 * Double(draws * cells)).rounded(.up))
    }
}
