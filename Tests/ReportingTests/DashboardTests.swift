import RedactedAPI
import TestVaults
import Testing

@testable import Reporting

/// Answers with the period before beside each figure, as the vault does.
private struct ComparingSource: RedactedSource {
    let base: AnsweringSource

    func page(_ query: Query) async throws -> Page { try await base.page(query) }

    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        guard query.isCompared else { return try await base.aggregate(query) }
        var (now, before) = (query, query)
        (now.isCompared, before.isCompared) = (false, false)
        (before.since, before.until) = (Timestamp("2026-01-01"), Timestamp("2026-03-01"))
        let (later, earlier) = (try await base.aggregate(now), try await base.aggregate(before))
        let keys = query.groupBy.count
        var table = AggregateTable(columns: query.columns, rows: [], receipt: 0)
        table.rows = later.rows.map { row in
            let former = earlier.rows.first { $0.prefix(keys) == row.prefix(keys) }
            return row + query.measures.indices.flatMap { [former?[keys + $0] ?? .null, .null, .null] }
        }
        return table
    }
}

@Suite("The dashboard")
struct DashboardTests {
    /// In January and February 40 customers speak of noise and 20 of delivery; in March and April 40 and 60, most of them annoyed.
    private static let rows: [AnsweringSource.Row] = ["2026-01", "2026-02", "2026-03", "2026-04"].flatMap { month in
        let isLate = month >= "2026-03"
        let noise = (0..<20).map { AnsweringSource.Row(month: month, product: "X5", topic: "noise", sentiment: $0 < 10 ? "negative" : "positive", rating: 3, nps: 5) }
        let delivery = (0..<(isLate ? 30 : 10)).map {
            AnsweringSource.Row(month: month, product: "Mini", topic: "delivery", sentiment: $0 < 24 ? "negative" : "neutral", rating: 1, nps: 2)
        }
        return noise + delivery
    }

    private func dashboard(_ fields: Set<String> = ["topic", "sentiment", "product", "rating"]) async throws -> Dashboard {
        try await Dashboard(
            from: ComparingSource(base: AnsweringSource(rows: Self.rows)), fields: fields, where: nil, efforts: ["noise": 1, "delivery": 4], weights: .init(), purpose: "insight",
            since: Timestamp("2026-03-01")!, until: Timestamp("2026-05-01")!, year: Timestamp("2025-05-01")!)
    }

    @Test("numbers stand beside those of the period before")
    func numbers() async throws {
        let found = try await dashboard()
        #expect(found.feedback == .init(100, 60) && found.feedback.growth.map { Int($0 * 1000) } == 666)
        #expect(found.rating.now == 1.8)
        #expect(found.negative.now == 0.68)
        #expect(found.months.map(\.name) == ["2026-01", "2026-02", "2026-03", "2026-04"] && found.months.map(\.feedback) == [30, 30, 50, 50])
        #expect(found.products.map(\.name) == ["Mini", "X5"])
    }

    @Test("topics come by size, with what grows by more than chance, and are ranked by share, annoyance, trend and effort")
    func topics() async throws {
        let found = try await dashboard()
        #expect(found.topics.map(\.code) == ["delivery", "noise"])
        let (delivery, noise) = (found.topics[0], found.topics[1])
        #expect(delivery.share == .init(0.6, 1.0 / 3) && delivery.isEmerging && !noise.isEmerging)
        #expect(delivery.negative == .init(0.8, 1))
        // 100 × 0.6 × 0.8 × 1.8 ÷ 4 and 100 × 0.4 × 0.5 × 0.6 ÷ 1.
        #expect(abs(delivery.score.now! - 21.6) < 1e-6 && abs(noise.score.now! - 12) < 1e-6)
        #expect(found.priorities.map(\.code) == ["delivery", "noise"])
        // Before, with an even trend: 100 × 1/3 × 1 ÷ 4 and 100 × 2/3 × 0.5 ÷ 1.
        #expect(abs(delivery.score.before! - 25 / 3) < 1e-6 && abs(noise.score.before! - 100 / 3) < 1e-6)
    }

    @Test("what the policy does not show is not asked for")
    func hidden() async throws {
        let found = try await dashboard(["rating"])
        #expect(found.topics.isEmpty && found.products.isEmpty && found.negative.now == nil && found.feedback.now == 100)
    }
}
