import Foundation
import Policy
import RedactedAPI
import Store

/// Noise of the nodes of a binary tree of days (``DataPeriods/nodes(since:until:closed:earliest:)``), for counts that go on for ever.
///
/// A record of a customer's day counts in one node of each level. With Laplace noise of scale L/ε in each, L being the number of levels, everything that is ever told of one
/// table is ε-differentially private for that day (Dwork, Naor, Pitassi, Rothblum 2010, "Differential Privacy under Continual Observation"; Chan, Shi, Song 2011,
/// "Private and Continual Release of Statistics"). A window is a sum of two nodes a level at most.
struct TreeNoise {
    /// Probability that a group of one customer's day is shown.
    private static let delta = 1e-6

    /// In thousandths.
    private let epsilon: Int
    private let deviation: Int
    /// In how many cells of a node a record can be.
    private let cells: Int

    init(_ access: Access, _ keys: [GroupKey]) {
        (epsilon, deviation) = (access.grant.disclosure.epsilon, access.session.policy.figures.deviation)
        cells = keys.contains { CodedColumn.isMultiple($0.field) } ? access.session.policy.figures.labels : 1
    }

    /// As in digests.
    var name: String { "\(epsilon) \(DataPeriods.treeLevels)" }

    private var scale: (numerator: UInt64, denominator: UInt64) { (UInt64(DataPeriods.treeLevels * cells) * 1000, UInt64(epsilon)) }
    private var width: Double { Double(scale.numerator) / Double(scale.denominator) }

    /// Noise of a cell of a node, whether it has records or not. A node is released once, so that it is never that of two different counts.
    func draw(_ noise: CellNoise, cell: [StoredValue], release: [UInt8]) -> Int64 { noise.laplace(scale: scale, place: "tree v1 \(release.hexadecimal) \(cell.placeText)") }

    /// Standard deviation of the noise of a sum of nodes.
    func deviation(of nodes: Int) -> Double { width * (2 * Double(nodes)).squareRoot() }

    /// What a sum of so much noise exceeds with a probability of at most 10⁻⁶ (Chan, Shi, Song 2011, lemma 2.8).
    func margin(of nodes: Int) -> Int64 {
        let logarithm = log(1 / Self.delta)
        return Int64((width * (8 * max(Double(nodes), logarithm) * logarithm).squareRoot()).rounded(.up))
    }

    /// What a node costs its days, in thousandths: with ε/L it is ρ-concentrated with half the square of that (Bun, Steinke 2016, Proposition 1.4).
    var cost: Int64 {
        let share = Double(deviation) / width
        return Int64((share * share * 1000).rounded(.up))
    }
}

extension Access {
    /// Whether a question is read from a tree: counts by fields, of a grant that says so.
    func isContinual(_ query: AggregateQuery) -> Bool {
        grant.disclosure.isContinual && query.measures.allSatisfy { $0 == .count } && !query.groupBy.contains { if case .time = $0 { true } else { false } }
    }
}
