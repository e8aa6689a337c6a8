/// How figures for roles that see no rows protect single customers: `figures` of roles.yaml. One for the whole vault, as what several roles
/// are told adds up.
public struct FigurePolicy: Sendable, Equatable {
    /// σ: the standard deviation of the noise on a count to which each customer contributes one a day at most.
    public var deviation = 10
    /// How many figures with that noise may be released about any one day of data.
    public var budget = 170
    /// On how many days of a month a customer's records count.
    public var days = 5
    /// In how many groups a record counts at most that has several labels.
    public var labels = 3
    /// Days after which a day is closed, and figures may be about it.
    public var closed = 1
    /// Counting up has what was released computed anew when it is asked for again, and charged again.
    public var revision = 1

    /// The probability that a group of fewer customers than `minimum_group` is shown is at most 10⁻³: so many σ lie between
    /// (Φ(3.0903) = 0.999).
    public static let margin = 3.0903
}

extension PolicyLoader {
    mutating func readFigures(_ value: Located) {
        guard let map = value.mapping("figures") else { return }
        map.allow(only: ["deviation", "budget", "days", "labels", "closed", "revision"])
        if let value = map["deviation"]?.integer("deviation", in: 1...1000) { figures.deviation = value }
        if let value = map["budget"]?.integer("budget", in: 1...100_000) { figures.budget = value }
        if let value = map["days"]?.integer("days", in: 1...31) { figures.days = value }
        if let value = map["labels"]?.integer("labels", in: 1...100) { figures.labels = value }
        if let value = map["closed"]?.integer("closed", in: 1...366) { figures.closed = value }
        if let value = map["revision"]?.integer("revision", in: 1...1_000_000) { figures.revision = value }
    }
}
