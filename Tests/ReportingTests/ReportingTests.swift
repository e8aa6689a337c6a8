import Foundation
import RedactedAPI
import Reporting
import TestVaults
import Testing

@Suite("Reporting")
struct ReportingTests {
    @Test("priorities are what their figures make them, and the weights weigh")
    func priorities() async throws {
        func ranked(byProduct: Bool = false, _ weights: Priority.Weights = .init(), efforts: [String: Int] = ["product.noise": 1]) async throws -> [Priority] {
            try await Priority.ranked(from: AnsweringSource.threeMonths, byProduct: byProduct, efforts: efforts, weights: weights, purpose: "insight", since: nil, until: nil)
        }
        let both = try await ranked()
        let noise = try #require(both.first { $0.code == "product.noise" })
        // 20 of 122 customers, all negative, half of them urgent; the topic is new, so its trend is unknown.
        #expect(noise.customers == 20 && abs(noise.reach - 20 / 122.0) < 1e-9 && abs(noise.severity! - 1.5) < 1e-9 && noise.trend == 1 && noise.effort == 1)
        #expect(abs(noise.score! - 100 * noise.reach * noise.severity!) < 1e-6)
        let delivery = try #require(both.first { $0.code == "delivery" })
        // 20 of 42 in the last month, 80 of 80 before: it halves at most.
        #expect(abs(delivery.severity! - 0.7) < 1e-9 && delivery.trend == 0.5 && delivery.effort == 3)
        #expect(both.map(\.code) == ["product.noise", "delivery"])
        let byReach = try await ranked(.init(reach: 1, severity: 0, trend: 0, effort: 0))
        #expect(byReach.map(\.code) == ["delivery", "product.noise"] && abs(byReach[0].score! - 100 * 100 / 122.0) < 1e-6)
        let roots = try await ranked(.init(reach: 0.5, severity: 2.25, trend: 1, effort: 0.5), efforts: ["product.noise": 4])
        let score = try #require(roots.first { $0.code == "product.noise" }?.score)
        #expect(abs(score - 100 * pow(20 / 122.0, 0.5) * pow(1.5, 2.25) / 2) < 1e-6)
        #expect(try await ranked(byProduct: true).contains { $0.code == "product.noise" && $0.product == "X5" && $0.customers == 10 })
    }

    @Test("a code whose negative part is not shown is ranked behind those that can be ranked, and is not called harmless")
    func unknownSeverity() async throws {
        var source = AnsweringSource.threeMonths
        // Four of the forty are negative: too few to be shown.
        source.rows += (0..<40).map { .init(month: "2026-03", product: "X5", topic: "store", sentiment: $0 < 4 ? "negative" : "positive", rating: 3, nps: 8) }
        source.rows += (0..<6).map { _ in .init(month: "2026-03", product: "X5", topic: "app", sentiment: "negative", rating: 3, nps: 8) }
        let ranked = try await Priority.ranked(from: source, byProduct: false, efforts: [:], weights: .init(), purpose: "insight", since: nil, until: nil)
        #expect(ranked.map(\.code).last == "store" && ranked.last?.severity == nil && ranked.last?.score == nil && ranked.dropLast().allSatisfy { $0.score != nil })
    }

    @Test("the effect of a change: its kind's share before and after, with the statistic")
    func effect() async throws {
        let (start, end) = (Timestamp("2026-02-01T00:00:00Z")!, Timestamp("2026-02-28T12:00:00Z")!)
        let effect = try await Effect(
            of: .compare(field: "topic", .equal, .text("delivery")), from: start, until: end, days: 31, now: Timestamp("2026-06-01T00:00:00Z")!, in: AnsweringSource.threeMonths,
            purpose: "insight")
        #expect(effect.before.count == 40 && effect.before.all == 40 && effect.before.negative == 0.75)
        #expect(effect.after.count == 20 && effect.after.all == 42 && effect.after.negative == 0.5 && effect.after.rating == 2)
        // 40 of 40 against 20 of 42, pooled 60 of 82.
        let pooled = 60.0 / 82
        #expect(abs(effect.z! - (20.0 / 42 - 1) / (pooled * (1 - pooled) * (1 / 40.0 + 1 / 42.0)).squareRoot()) < 1e-9)
        let later = try await Effect(
            of: .compare(field: "topic", .equal, .text("none")), from: start, until: end, days: 31, now: end, in: AnsweringSource.threeMonths, purpose: "insight")
        #expect(later.z == nil && later.after.share == nil)
    }

    @Test("a field that the policy does not show is not asked for")
    func fields() async throws {
        let figures = try await Figures(
            from: AnsweringSource.threeMonths, fields: ["topic", "occurred_at", "subject"], purpose: "insight", since: nil, until: nil)
        #expect(Set(figures.tables.keys) == [["month(occurred_at)"], ["topic"], ["topic", "month(occurred_at)"]])
        #expect(figures["topic"].map(\.keys) == [["delivery"], ["product.noise"]] && figures["topic"][0].customers == 100)
    }
}
