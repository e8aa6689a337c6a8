/// How much figures about groups may tell of one customer: a grant's `disclosure`.
public struct Disclosure: Sendable, Equatable {
    public enum Noise: String, Sendable, CaseIterable {
        case none
        /// Discrete Gaussian, a keyed function of the set of records behind the figure, so that the same records give the same figure
        /// in whatever words (cell keys: Thompson, Broadfoot, Elazar 2013); released figures are accounted for by day of data, for
        /// all roles together (``FigurePolicy``). What a grant without rows has unless it says otherwise.
        case cells
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
    /// How much ε all tokens of the role and an organisation may spend in any period at most, in thousandths.
    public var budget = 2000
    /// Length of a period in days, which ends with the present one.
    public var period = 30
    /// Whether the smallest and the largest value of a group are shown: each is one customer's own.
    public var showsExtremes = false
    /// Whether counts are read from a binary tree of days, each node of which is released once: paid for once in a period, however many windows are asked
    /// about (Chan, Shi, Song 2011; Dwork, Naor, Pitassi, Rothblum 2010).
    public var isContinual = false
    /// Whether noise is fresh and paid for.
    public var isBudgeted: Bool { noise == .laplace || noise == .gaussian }

    /// Whether figures may be about one customer.
    public var isExact: Bool { minimumGroup == 1 && noise == .none }
}

extension PolicyLoader {
    /// - Parameter showsRows: whether the grant shows rows, and not figures only.
    func readDisclosure(_ grant: LocatedMapping, showsRows: Bool) -> Disclosure {
        var disclosure = Disclosure()
        disclosure.minimumGroup = grant["minimum_group"]?.integer("minimum_group", in: 1...10_000) ?? 5
        disclosure.minimumSearch = disclosure.minimumGroup
        disclosure.noise = showsRows || disclosure.minimumGroup == 1 ? .none : .cells
        guard let map = grant["disclosure"]?.mapping("disclosure") else { return disclosure }
        map.allow(only: ["minimum_search", "contribution", "noise", "epsilon", "budget", "period", "extremes", "remembered", "continual"])
        if let value = map["minimum_search"]?.integer("minimum_search", in: 1...10_000) { disclosure.minimumSearch = value }
        disclosure.contribution = map["contribution"]?.integer("contribution", in: 1...10_000)
        if let noise = map["noise"]?.choice("noise", Disclosure.Noise.self) { disclosure.noise = noise }
        if let value = map["epsilon"]?.decimal("epsilon", in: 0.001...100) { disclosure.epsilon = Int((value * 1000).rounded()) }
        if let value = map["budget"]?.decimal("budget", in: 0.001...100_000) { disclosure.budget = Int((value * 1000).rounded()) }
        if let value = map["period"]?.integer("period", in: 1...3660) { disclosure.period = value }
        if let value = map["extremes"]?.boolean("extremes") { disclosure.showsExtremes = value }
        if let value = map["continual"]?.boolean("continual") { disclosure.isContinual = value }
        if disclosure.isContinual, disclosure.noise != .laplace {
            problems.add(map.place(of: "continual"), "'continual' needs 'noise: laplace'")
        }
        if let value = map["remembered"], value.integer("remembered", in: 0...3660) != nil {
            problems.warn(map.place(of: "remembered"), "'remembered' has no effect any more: what was released is accounted for by day of data")
        }
        if disclosure.isBudgeted, disclosure.budget < disclosure.epsilon {
            problems.add(map.place(of: map["budget"] == nil ? "epsilon" : "budget"), "a budget below 'epsilon' pays for no figure at all")
        }
        if !disclosure.isBudgeted {
            for key in ["epsilon", "budget", "period"] where map[key] != nil { problems.warn(map.place(of: key), "'\(key)' has no effect without 'noise: laplace' or 'gaussian'") }
        } else if map["contribution"] == nil {
            problems.add(map.place, "noise hides a customer's part only when 'contribution' bounds it")
        }
        if disclosure.noise == .cells, map["contribution"] != nil {
            problems.warn(map.place(of: "contribution"), "'contribution' has no effect: of a customer, one record a day counts ('figures' of this file)")
            disclosure.contribution = nil
        }
        if disclosure.noise != .none, disclosure.showsExtremes {
            if map["noise"] != nil {
                problems.add(map.place, "noise cannot hide 'extremes'; leave them out")
            } else {
                problems.warn(map.place(of: "extremes"), "'extremes' has no effect without rows: figures have noise, which cannot hide them")
                disclosure.showsExtremes = false
            }
        }
        return disclosure
    }
}
