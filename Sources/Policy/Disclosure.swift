/// How much figures about groups may tell of one customer: a grant's `disclosure`.
public struct Disclosure: Sendable, Equatable {
    public enum Noise: String, Sendable, CaseIterable {
        case none
        /// Derived from a secret key and the rows behind the figure: asking again, in any words, gives the same figure, so that
        /// averaging is of no use (after Francis et al. 2017, "Diffix").
        case sticky
        /// Discrete Laplace, fresh each time, paid for from a budget: ε-differential privacy (Canonne, Kamath, Steinke 2020).
        case laplace
        /// Discrete Gaussian, fresh each time, paid for from a budget: (ε, 10⁻⁶)-differential privacy (the same).
        case gaussian
    }

    /// Figures of groups with fewer distinct customers are left out.
    public var minimumGroup = 5
    /// A search for words that fewer customers used answers as if nobody had used them.
    public var minimumSearch = 5
    /// How many records of one customer count in a query at most; nil: all.
    public var contribution: Int?
    public var noise = Noise.none
    /// ε of each noisy measure, in thousandths.
    public var epsilon = 500
    /// How much ε a principal may spend for a purpose in a period at most, in thousandths.
    public var budget = 10_000
    /// Length of a period in days.
    public var period = 30
    /// Whether the smallest and the largest value of a group are shown: each is one customer's own.
    public var showsExtremes = false
    /// Days for which a principal's queries are remembered; figures that differ from an earlier query's by too few customers are
    /// refused.
    public var remembered = 30

    /// Whether noise is fresh and paid for.
    public var isBudgeted: Bool { noise == .laplace || noise == .gaussian }
}

extension PolicyLoader {
    func readDisclosure(_ grant: LocatedMapping) -> Disclosure {
        var disclosure = Disclosure()
        disclosure.minimumGroup = grant["minimum_group"]?.integer("minimum_group", in: 1...10_000) ?? 5
        disclosure.minimumSearch = disclosure.minimumGroup
        guard let map = grant["disclosure"]?.mapping("disclosure") else { return disclosure }
        map.allow(only: ["minimum_search", "contribution", "noise", "epsilon", "budget", "period", "extremes", "remembered"])
        if let value = map["minimum_search"]?.integer("minimum_search", in: 1...10_000) { disclosure.minimumSearch = value }
        disclosure.contribution = map["contribution"]?.integer("contribution", in: 1...10_000)
        disclosure.noise = map["noise"]?.choice("noise", Disclosure.Noise.self) ?? .none
        if let value = map["epsilon"]?.decimal("epsilon", in: 0.001...100) { disclosure.epsilon = Int((value * 1000).rounded()) }
        if let value = map["budget"]?.decimal("budget", in: 0.001...100_000) { disclosure.budget = Int((value * 1000).rounded()) }
        if let value = map["period"]?.integer("period", in: 1...3660) { disclosure.period = value }
        if let value = map["extremes"]?.boolean("extremes") { disclosure.showsExtremes = value }
        if let value = map["remembered"]?.integer("remembered", in: 0...3660) { disclosure.remembered = value }
        if disclosure.isBudgeted, disclosure.budget < disclosure.epsilon {
            problems.add(map.place(of: map["budget"] == nil ? "epsilon" : "budget"), "a budget below 'epsilon' pays for no figure at all")
        }
        if map["noise"] == nil || disclosure.noise == .none {
            for key in ["epsilon", "budget", "period"] where map[key] != nil { problems.warn(map.place(of: key), "'\(key)' has no effect without 'noise'") }
        } else if disclosure.noise == .sticky {
            for key in ["budget", "period"] where map[key] != nil { problems.warn(map.place(of: key), "'\(key)' has no effect: sticky noise is not paid for") }
        } else if map["remembered"] != nil {
            problems.warn(map.place(of: "remembered"), "'remembered' has no effect: what is paid for from a budget is not compared with earlier queries")
        }
        if disclosure.noise != .none {
            if map["contribution"] == nil {
                problems.add(map.place, "noise hides a customer's part only when 'contribution' bounds it")
            }
            if disclosure.showsExtremes { problems.add(map.place, "noise cannot hide 'extremes'; leave them out") }
        }
        return disclosure
    }
}
