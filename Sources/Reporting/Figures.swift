import RedactedAPI

/// The data of a report: nothing but aggregates that the policy allows.
public struct Figures: Sendable {
    /// A group with its measures.
    package struct Group: Sendable {
        package var keys: [String]
        package var count: Double
        package var customers: Double
        /// Averages of `averaged`, where they are shown.
        package var averages: [String: Double]

        package var rating: Double? { averages["rating"] }
    }

    /// Fields with numbers whose averages are asked for.
    package static let averaged = ["rating", "ces", "response_minutes", "closing_hours"]

    package private(set) var tables: [[String]: [Group]] = [:]
    package private(set) var total: Group?
    public private(set) var priorities: [Priority] = []

    /// Queries the source for what a template needs.
    ///
    /// - Parameters:
    ///   - fields: the fields that the source shows; nil: all that a template can use.
    ///   - efforts: effort of each code, for priorities.
    public init(
        from source: some RedactedSource, for template: Template = .overview, fields: Set<String>? = nil, efforts: [String: Int] = [:],
        weights: Priority.Weights = .init(), purpose: String, since: Timestamp?, until: Timestamp?
    ) async throws {
        func isShown(_ key: String) -> Bool { fields?.contains(GroupKey(key).field) ?? true }
        let averaged = Self.averaged.filter(isShown)
        func groups(_ keys: [String]) async throws -> [Group] {
            let measures: [Measure] = [.count, .distinct("subject")] + averaged.map { .average($0) }
            let table = try await source.aggregate(
                AggregateQuery(groupBy: keys.map { GroupKey($0) }, measures: measures, since: since, until: until, purpose: purpose))
            return table.rows.compactMap { row in
                let names = row.prefix(keys.count).map(\.description)
                // A record without the field is in none of its groups.
                guard !names.contains("") else { return nil }
                let figures = row.dropFirst(keys.count).map(\.number)
                let averages = zip(averaged, figures.dropFirst(2)).compactMap { name, value in value.map { (name, $0) } }
                return Group(keys: Array(names), count: figures[0] ?? 0, customers: figures[1] ?? 0, averages: Dictionary(uniqueKeysWithValues: averages))
            }
        }
        guard !template.tables.isEmpty else { return }
        total = try await groups([]).first
        for keys in template.tables where keys.allSatisfy(isShown) { tables[keys] = try await groups(keys) }
        let needed = ["topic", "sentiment", "urgency"] + (template == .product ? ["product"] : [])
        if [.overview, .product].contains(template), needed.allSatisfy(isShown) {
            priorities = try await Priority.ranked(
                from: source, byProduct: template == .product, efforts: efforts, weights: weights, purpose: purpose, since: since, until: until)
        }
    }

    /// Groups by these keys; none when the template does not ask for them.
    package subscript(_ keys: String...) -> [Group] { tables[keys] ?? [] }

    /// Groups whose first keys are these, by the other one.
    package func groups(_ keys: [String], where prefix: String) -> [Group] { (tables[keys] ?? []).filter { $0.keys[0] == prefix } }

    /// The size of one group.
    package func count(_ keys: [String], _ values: String...) -> Double? { tables[keys]?.first { $0.keys == values }?.count }

    // MARK: Indicators

    /// Customer satisfaction: share of ratings of 4 and 5 out of 5.
    package static func satisfaction(_ ratings: [Group]) -> Double? { share(of: ratings) { (Int($0) ?? 0) >= 4 } }

    /// Net promoter score: share of 9 and 10 less that of 0 to 6, in points (Reichheld 2003).
    package static func promoterScore(_ answers: [Group]) -> Double? {
        guard let promoters = share(of: answers, where: { (Int($0) ?? -1) >= 9 }), let critics = share(of: answers, where: { (0...6).contains(Int($0) ?? -1) })
        else { return nil }
        return (promoters - critics) * 100
    }

    /// Share of the groups whose last key is wanted.
    package static func share(of groups: [Group], where wanted: (String) -> Bool) -> Double? {
        let all = groups.reduce(0) { $0 + $1.count }
        return all == 0 ? nil : groups.filter { wanted($0.keys.last!) }.reduce(0) { $0 + $1.count } / all
    }

    /// Topics whose share of a month lies above that of the months before, with the z-score of a test of two
    /// proportions; only what is above 2.58 (1 %, one-sided about 0.5 %).
    package func emerging() -> [(topic: String, month: String, share: Double, before: Double, z: Double)] {
        let (byMonth, byTopic) = (self["month(occurred_at)"], self["topic", "month(occurred_at)"])
        // The last month may have only begun, so shares are compared and not numbers.
        guard let last = byMonth.map({ $0.keys[0] }).max(), byMonth.count >= 3 else { return [] }
        let total = byMonth.first { $0.keys[0] == last }?.count ?? 0
        let totalBefore = byMonth.filter { $0.keys[0] != last }.reduce(0) { $0 + $1.count }
        return Set(byTopic.map { $0.keys[0] }).sorted().compactMap { topic in
            let now = byTopic.first { $0.keys == [topic, last] }?.count ?? 0
            let before = byTopic.filter { $0.keys[0] == topic && $0.keys[1] != last }.reduce(0) { $0 + $1.count }
            guard now > 0, let z = Proportions.z((now, total), (before, totalBefore)), z > 2.58 else { return nil }
            return (topic, last, now / total, before / totalBefore, z)
        }.sorted { $0.z > $1.z }
    }

    /// Groups of customers who threaten to leave more often than the others, with the z-score of a test of two
    /// proportions against all others; only what is above 1.64 (one-sided 5 %).
    package func churnRisks() -> [(field: String, group: String, records: Double, share: Double, others: Double, z: Double)] {
        ["product", "channel", "region", "birth_date"].flatMap { field -> [(field: String, group: String, records: Double, share: Double, others: Double, z: Double)] in
            let all = tables[[field]] ?? []
            let leaving = groups(["urgency", field], where: "urgent.churn")
            let (whole, leavingWhole) = (all.reduce(0) { $0 + $1.count }, leaving.reduce(0) { $0 + $1.count })
            return leaving.compactMap { group in
                guard let size = all.first(where: { $0.keys[0] == group.keys[1] })?.count, whole > size else { return nil }
                let rest = (leavingWhole - group.count, whole - size)
                guard let z = Proportions.z((group.count, size), rest), z > 1.64 else { return nil }
                return (field, group.keys[1], group.count, group.count / size, rest.0 / rest.1, z)
            }
        }.sorted { $0.z > $1.z }
    }
}
