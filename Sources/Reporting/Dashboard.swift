import RedactedAPI

/// How feedback of a period stands beside that of the period before, for somebody who looks at it every day: few questions, all of whole months.
public struct Dashboard: Sendable {
    /// A figure and that of the period before; nil where too few customers stand behind it.
    package struct Change: Sendable, Equatable {
        package var now: Double?
        package var before: Double?

        package init(_ now: Double?, _ before: Double?) { (self.now, self.before) = (now, before) }

        package var difference: Double? { now.flatMap { now in before.map { now - $0 } } }
        /// As a share of what was before.
        package var growth: Double? { difference.flatMap { difference in before.flatMap { $0 > 0 ? difference / $0 : nil } } }

        /// This as a part of a whole.
        func share(of whole: Change) -> Change {
            func part(_ part: Double?, _ whole: Double?) -> Double? { part.flatMap { part in whole.flatMap { $0 > 0 ? min(part / $0, 1) : nil } } }
            return Change(part(now, whole.now), part(before, whole.before))
        }
    }

    package struct Month: Sendable {
        /// `2026-03`.
        package var name: String
        package var feedback: Double
        package var rating: Double?
        /// Negative, neutral, positive.
        package var moods: [Double?]
    }

    /// A value of a field with its feedback: negative, neutral, positive, and what is coded as none of them or not shown.
    package struct Part: Sendable {
        package var name: String
        package var feedback: Change
        package var moods: [Double]
    }

    package struct Topic: Sendable {
        package var code: String
        package var part: Part
        /// Share of all feedback.
        package var share: Change
        package var negative: Change
        /// The score of ``Priority``.
        package var score: Change
        /// Whether its share has grown by more than chance explains (two proportions, 1 %).
        package var isEmerging: Bool
    }

    package private(set) var feedback = Change(nil, nil)
    package private(set) var customers = Change(nil, nil)
    package private(set) var rating = Change(nil, nil)
    package private(set) var negative = Change(nil, nil)
    /// Twelve months up to the period's end, oldest first; months without feedback that can be shown are missing.
    package private(set) var months: [Month] = []
    /// By product, or by what else the source shows of it, most first.
    package private(set) var products: [Part] = []
    /// Most feedback first.
    package private(set) var topics: [Topic] = []

    package static let moods = ["negative", "neutral", "positive"]

    /// The topics to work on first: by score, as ``Priority`` has it.
    package var priorities: [Topic] { topics.filter { $0.score.now != nil }.sorted { ($0.score.now ?? 0, $1.code) > ($1.score.now ?? 0, $0.code) } }

    /// - Parameters:
    ///   - fields: that the source shows.
    ///   - since: the first day of a month.
    ///   - until: the day after the last one of a month.
    ///   - year: twelve months before `until`.
    public init(
        from source: some RedactedSource, fields: Set<String>, where filter: Condition?, efforts: [String: Int], weights: Priority.Weights, purpose: String, since: Timestamp,
        until: Timestamp, year: Timestamp
    ) async throws {
        func table(_ keys: [String], _ measures: [Measure] = [.count], and more: Condition? = nil, from start: Timestamp? = nil) async throws -> [[String]: [Change]] {
            let conditions = [filter, more].compactMap(\.self)
            // A course over months stands for itself.
            let isCompared = start == nil
            let table = try await source.aggregate(
                AggregateQuery(
                    groupBy: keys.map { GroupKey($0) }, measures: measures, filter: conditions.count < 2 ? conditions.first : .and(conditions), since: start ?? since, until: until,
                    isCompared: isCompared, purpose: purpose))
            return Dictionary(
                table.rows.map { row in
                    let figures = row.dropFirst(keys.count).map(\.number)
                    let changes = measures.indices.map { Change(figures[$0], isCompared ? figures[measures.count + 3 * $0] : nil) }
                    return (row.prefix(keys.count).map(\.description), changes)
                }, uniquingKeysWith: { first, _ in first })
        }
        let hasMoods = fields.contains("sentiment")
        let measures: [Measure] = [.count, .distinct("subject")] + (fields.contains("rating") ? [.average("rating")] : [])
        let total = try await table([], measures)[[]] ?? []
        if total.count > 1 { (feedback, customers) = (total[0], total[1]) }
        if total.count > 2 { rating = total[2] }
        let byMonth = try await table(["month(occurred_at)"], [.count] + (fields.contains("rating") ? [.average("rating")] : []), from: year)
        let moodsByMonth = hasMoods ? try await table(["month(occurred_at)", "sentiment"], from: year) : [:]
        months = byMonth.sorted { $0.key[0] < $1.key[0] }.compactMap { key, figures in
            guard let count = figures[0].now else { return nil }
            return Month(name: key[0], feedback: count, rating: figures.count > 1 ? figures[1].now : nil, moods: Self.moods.map { moodsByMonth[key + [$0]]?[0].now })
        }
        let byMood = hasMoods ? try await table(["sentiment"]) : [:]
        if let figure = byMood[["negative"]]?[0] { negative = figure.share(of: feedback) }
        if fields.contains("product") { products = Self.parts(try await table(["product"]), hasMoods ? try await table(["product", "sentiment"]) : [:]) }
        guard fields.contains("topic") else { return }
        let byTopic = try await table(["topic"])
        let moodsByTopic = hasMoods ? try await table(["topic", "sentiment"]) : [:]
        let urgent = fields.contains("urgency") ? try await table(["topic"], and: .not(.isNull(field: "urgency"))) : [:]
        topics = Self.parts(byTopic, moodsByTopic).map { part in
            let key = [part.name]
            let share = part.feedback.share(of: feedback)
            let negative = (moodsByTopic[key + ["negative"]]?[0] ?? Change(nil, nil)).share(of: part.feedback)
            let hurry = (urgent[key]?[0] ?? Change(nil, nil)).share(of: part.feedback)
            let trend = share.before.flatMap { before in share.now.map { before > 0 ? min(max($0 / before, 0.5), 2) : 1 } } ?? 1
            func score(_ share: Double?, _ negative: Double?, _ hurry: Double?, _ trend: Double) -> Double? {
                guard let share, let negative else { return nil }
                return 100 * Power.of(share, weights.reach) * Power.of(negative * (1 + (hurry ?? 0)), weights.severity) * Power.of(trend, weights.trend)
                    / Power.of(Double(efforts[part.name] ?? 3), weights.effort)
            }
            // What came before the period before is not asked for: there the trend is even.
            return Topic(
                code: part.name, part: part, share: share, negative: negative,
                score: Change(score(share.now, negative.now, hurry.now, trend), score(share.before, negative.before, hurry.before, 1)),
                isEmerging: isEmerging(part.feedback))
        }
    }

    private func isEmerging(_ part: Change) -> Bool {
        guard let now = part.now, let before = part.before, let whole = feedback.now, let wholeBefore = feedback.before else { return false }
        return Proportions.z((now, whole), (before, wholeBefore)) ?? 0 > 2.58
    }

    private static func parts(_ groups: [[String]: [Change]], _ moods: [[String]: [Change]]) -> [Part] {
        groups.filter { !$0.key.contains("") && $0.value[0].now != nil }.map { key, figures in
            let count = figures[0].now ?? 0
            let shown = Self.moods.map { moods[key + [$0]]?[0].now ?? 0 }
            return Part(name: key[0], feedback: figures[0], moods: shown + [max(0, count - shown.reduce(0, +))])
        }.sorted { ($0.feedback.now ?? 0, $1.name) > ($1.feedback.now ?? 0, $0.name) }
    }
}
