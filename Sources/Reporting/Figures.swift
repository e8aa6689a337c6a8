import RedactedAPI

/// What a report is drawn from, all of it aggregates that the policy lets through.
public struct Figures: Sendable {
    /// A group with its measures.
    struct Group: Sendable {
        var keys: [String]
        var count: Double
        var customers: Double
        var rating: Double?
    }

    var total: Group?
    var byMonth: [Group]
    var bySentiment: [Group]
    var byMonthAndSentiment: [Group]
    var byRating: [Group]
    var byProduct: [Group]
    var byProductAndSentiment: [Group]
    var byChannel: [Group]
    var byTopic: [Group]
    var byTopicAndSentiment: [Group]
    var byTopicAndChannel: [Group]
    var byTopicAndMonth: [Group]
    var byUrgency: [Group]
    var byNPS: [Group]
    /// Groups that were too small to be shown, over all queries.
    public private(set) var suppressed: Int

    /// Asks the source.
    public init(from source: some RedactedSource, purpose: String, since: Timestamp?, until: Timestamp?) async throws {
        var suppressed = 0
        func groups(_ keys: String..., rating: Bool = false) async throws -> [Group] {
            let measures: [Measure] = [.count, .distinct("subject")] + (rating ? [.average("rating")] : [])
            let table = try await source.aggregate(
                AggregateQuery(groupBy: keys.map { GroupKey($0) }, measures: measures, since: since, until: until, purpose: purpose))
            suppressed += table.suppressedGroups
            return table.rows.compactMap { row in
                let names = row.prefix(keys.count).map(\.description)
                // A record without the field stands in no group of it.
                guard !names.contains("") else { return nil }
                return Group(
                    keys: Array(names), count: Self.number(row[keys.count]) ?? 0, customers: Self.number(row[keys.count + 1]) ?? 0,
                    rating: rating ? Self.number(row[keys.count + 2]) : nil)
            }
        }
        total = try await groups(rating: true).first
        byMonth = try await groups("month(occurred_at)", rating: true)
        bySentiment = try await groups("sentiment")
        byMonthAndSentiment = try await groups("month(occurred_at)", "sentiment")
        byRating = try await groups("rating")
        byProduct = try await groups("product", rating: true)
        byProductAndSentiment = try await groups("product", "sentiment")
        byChannel = try await groups("channel", rating: true)
        byTopic = try await groups("topic", rating: true)
        byTopicAndSentiment = try await groups("topic", "sentiment")
        byTopicAndChannel = try await groups("topic", "channel")
        byTopicAndMonth = try await groups("topic", "month(occurred_at)")
        byUrgency = try await groups("urgency")
        byNPS = try await groups("nps")
        self.suppressed = suppressed
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .decimal(let decimal): decimal
        default: nil
        }
    }

    /// Customer satisfaction: share of ratings of 4 and 5 out of 5.
    var satisfaction: Double? { share(of: byRating) { (Int($0) ?? 0) >= 4 } }

    /// Net promoter score: share of 9 and 10 less that of 0 to 6, in points (Reichheld 2003).
    var promoterScore: Double? {
        guard let promoters = share(of: byNPS, where: { (Int($0) ?? -1) >= 9 }), let critics = share(of: byNPS, where: { (0...6).contains(Int($0) ?? -1) }) else { return nil }
        return (promoters - critics) * 100
    }

    /// Share of what was said with negative sentiment.
    var negative: Double? { share(of: bySentiment) { $0 == "negative" } }

    private func share(of groups: [Group], where wanted: (String) -> Bool) -> Double? {
        let all = groups.reduce(0) { $0 + $1.count }
        return all == 0 ? nil : groups.filter { wanted($0.keys[0]) }.reduce(0) { $0 + $1.count } / all
    }

    /// Topics whose share of a month lies above that of the months before, with the z-score of a test of two
    /// proportions; only what is above 2.58 (1 %, one-sided about 0.5 %).
    func emerging() -> [(topic: String, month: String, share: Double, before: Double, z: Double)] {
        let months = byMonth.map { $0.keys[0] }.sorted()
        // The last month may have only begun: it is compared by shares, not by numbers.
        guard let last = months.last, months.count >= 3 else { return [] }
        let total = byMonth.first { $0.keys[0] == last }?.count ?? 0
        let totalBefore = byMonth.filter { $0.keys[0] != last }.reduce(0) { $0 + $1.count }
        return Set(byTopicAndMonth.map { $0.keys[0] }).sorted().compactMap { topic in
            let now = byTopicAndMonth.first { $0.keys == [topic, last] }?.count ?? 0
            let before = byTopicAndMonth.filter { $0.keys[0] == topic && $0.keys[1] != last }.reduce(0) { $0 + $1.count }
            guard total > 0, totalBefore > 0, now > 0 else { return nil }
            let pooled = (now + before) / (total + totalBefore)
            let deviation = (pooled * (1 - pooled) * (1 / total + 1 / totalBefore)).squareRoot()
            let z = deviation == 0 ? 0 : (now / total - before / totalBefore) / deviation
            return z > 2.58 ? (topic, last, now / total, before / totalBefore, z) : nil
        }.sorted { $0.z > $1.z }
    }
}
