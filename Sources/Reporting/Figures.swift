import RedactedAPI

/// The data of a report: nothing but aggregates that the policy allows.
public struct Figures: Sendable {
    /// A group with its measures.
    package struct Group: Sendable {
        package var keys: [String]
        /// Where it was asked for.
        package var records: Double?
        /// Once a month each.
        package var customers: Double
        /// Averages of `averaged`, where they are shown.
        package var averages: [String: Double]

        package var rating: Double? { averages["rating"] }
    }

    /// Fields with numbers whose averages are asked for in some table.
    package static let averaged = ["rating", "ces", "response_minutes", "closing_hours"]

    /// Those of a table. Each has its price where figures are released from a budget.
    private static func averaged(by keys: [String], segments: [String]) -> [String] {
        let shown: [String] =
            switch keys {
            case [], ["month(occurred_at)"]: averaged
            case ["channel"]: averaged.filter { $0 != "rating" }
            case ["product"]: ["rating"]
            default: []
            }
        return shown + (keys.count == 1 && segments.contains(keys[0]) && !shown.contains("rating") ? ["rating"] : [])
    }

    package private(set) var tables: [[String]: [Group]] = [:]
    package private(set) var total: Group?
    /// The fields by which customers are told apart.
    package let segments: [String]
    public private(set) var priorities: [Priority] = []

    /// Queries the source for what a template needs.
    ///
    /// - Parameters:
    ///   - fields: the fields that the source shows; nil: all that a template can use.
    ///   - filter: which records the report is about; nil: all.
    ///   - segments: fields by which customers are told apart beside what the template shows.
    ///   - efforts: effort of each code, for priorities.
    public init(
        from source: some RedactedSource, for template: Template = .overview, fields: Set<String>? = nil, where filter: Condition? = nil, segments: [String] = [],
        efforts: [String: Int] = [:], weights: Priority.Weights = .init(), purpose: String, since: Timestamp?, until: Timestamp?
    ) async throws {
        self.segments = segments
        func isShown(_ key: String) -> Bool { fields?.contains(GroupKey(key).field) ?? true }
        func groups(_ keys: [String]) async throws -> [Group] {
            let averaged = Self.averaged(by: keys, segments: segments).filter(isShown)
            let counted: [Measure] = [.distinct("subject")] + (keys.isEmpty || keys == ["month(occurred_at)"] ? [.count] : [])
            let table = try await source.aggregate(
                AggregateQuery(
                    groupBy: keys.map { GroupKey($0) }, measures: counted + averaged.map { .average($0) }, filter: filter, since: since, until: until, inMonths: true,
                    purpose: purpose))
            return table.rows.compactMap { row in
                let names = row.prefix(keys.count).map(\.description)
                // A record without the field is in none of its groups.
                guard !names.contains("") else { return nil }
                let figures = row.dropFirst(keys.count).map(\.number)
                let averages = zip(averaged, figures.dropFirst(counted.count)).compactMap { name, value in value.map { (name, $0) } }
                return Group(
                    keys: Array(names), records: counted.count > 1 ? figures[figures.startIndex + 1] : nil, customers: figures.first! ?? 0,
                    averages: Dictionary(uniqueKeysWithValues: averages))
            }
        }
        guard !template.tables.isEmpty else { return }
        total = try await groups([]).first
        let bySegment = segments.flatMap { [[$0], [$0, "sentiment"], [$0, "rating"], [$0, "nps"]] }.filter { Set($0).count == $0.count }
        for keys in template.tables + bySegment where tables[keys] == nil && keys.allSatisfy(isShown) { tables[keys] = try await groups(keys) }
        let needed = ["topic", "sentiment", "urgency"] + (template == .product ? ["product"] : [])
        if [.overview, .product].contains(template), needed.allSatisfy(isShown) {
            priorities = try await Priority.ranked(
                from: source, byProduct: template == .product, where: filter, efforts: efforts, weights: weights, purpose: purpose, since: since, until: until)
        }
    }

    /// Groups by these keys; none when the template does not ask for them.
    package subscript(_ keys: String...) -> [Group] { tables[keys] ?? [] }

    /// Groups whose first keys are these, by the other one.
    package func groups(_ keys: [String], where prefix: String) -> [Group] { (tables[keys] ?? []).filter { $0.keys[0] == prefix } }

    /// The customers of one group; nil: it is not shown.
    package func count(_ keys: [String], _ values: String...) -> Double? { tables[keys]?.first { $0.keys == values }?.customers }

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
        let all = groups.reduce(0) { $0 + $1.customers }
        return all == 0 ? nil : groups.filter { wanted($0.keys.last!) }.reduce(0) { $0 + $1.customers } / all
    }

    /// Topics whose share of a month lies above that of the months before in which they are shown, with the z-score of a test of two
    /// proportions; only what is above 2.58 (1 %, one-sided about 0.5 %).
    package func emerging() -> [(topic: String, month: String, share: Double, before: Double, z: Double)] {
        let (byMonth, byTopic) = (self["month(occurred_at)"], self["topic", "month(occurred_at)"])
        // The last month may have only begun, so shares are compared and not numbers.
        guard let last = byMonth.map({ $0.keys[0] }).max(), byMonth.count >= 3 else { return [] }
        let totals = Dictionary(byMonth.map { ($0.keys[0], $0.customers) }, uniquingKeysWith: { first, _ in first })
        let total = totals[last] ?? 0
        return Set(byTopic.map { $0.keys[0] }).sorted().compactMap { topic in
            guard let now = byTopic.first(where: { $0.keys == [topic, last] })?.customers, now > 0 else { return nil }
            let earlier = byTopic.filter { $0.keys[0] == topic && $0.keys[1] != last && totals[$0.keys[1]] != nil }
            let (before, totalBefore) = (earlier.reduce(0) { $0 + $1.customers }, earlier.reduce(0) { $0 + totals[$1.keys[1]]! })
            guard before > 0, let z = Proportions.z((now, total), (before, totalBefore)), z > 2.58 else { return nil }
            return (topic, last, now / total, before / totalBefore, z)
        }.sorted { $0.z > $1.z }
    }

    /// Groups of customers who threaten to leave more often than all others, with the z-score of a test of two proportions against these;
    /// only what is above 1.64 (one-sided 5 %).
    package func churnRisks() -> [(field: String, group: String, customers: Double, share: Double, others: Double, z: Double)] {
        ["product", "channel", "region", "birth_date"].flatMap { field -> [(field: String, group: String, customers: Double, share: Double, others: Double, z: Double)] in
            let all = tables[[field]] ?? []
            let leaving = groups(["urgency", field], where: "urgent.churn")
            // Of the totals, as groups that are not shown are part of the others.
            guard let whole = total?.customers, let leavingWhole = count(["urgency"], "urgent.churn") else { return [] }
            return leaving.compactMap { group in
                guard let size = all.first(where: { $0.keys[0] == group.keys[1] })?.customers, whole > size else { return nil }
                let rest = (max(0, leavingWhole - group.customers), whole - size)
                guard let z = Proportions.z((group.customers, size), rest), z > 1.64 else { return nil }
                return (field, group.keys[1], group.customers, group.customers / size, rest.0 / rest.1, z)
            }
        }.sorted { $0.z > $1.z }
    }
}
