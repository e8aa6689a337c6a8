import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("Counts from a tree of days")
struct TreeTests {
    /// A partner's vault with some customers on each day of March 2026.
    private func vault(epsilon: String, budget: String = "2", days budgetOfDays: Int = 1000, perDay: Int, more: [String] = []) throws -> TestVault {
        let vault = try TestVault { name, text in
            guard name == "roles.yaml" else { return text }
            return text.replacing("epsilon: 0.5, budget: 2, period: 30", with: "epsilon: \(epsilon), budget: \(budget), period: 30, continual: true")
                .replacing("budget: 170", with: "budget: \(budgetOfDays)")
        }
        try vault.ingest(
            (0..<31 * perDay).map { number in
                line(
                    id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": "X5", "rating": 1 + number % 5],
                    at: String(format: "2026-03-%02dT00:30:00+08:00", 1 + number % 31))
            } + more)
        return vault
    }

    private func count(_ session: Session, by keys: [String] = [], since: String, until: String, where filter: String? = nil) throws -> [String: Int64] {
        let table = try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: [.count], filter: try filter.map { try Condition(parsing: $0) }, since: Timestamp(since)!, until: Timestamp(until)!,
                purpose: "insight"))
        return Dictionary(
            uniqueKeysWithValues: table.rows.map { row in
                let count: Int64 = if case .integer(let integer)? = row.last { integer } else { 0 }
                return (row.dropLast().map(\.description).joined(separator: "/"), count)
            })
    }

    private static func date(_ day: Int64) -> String { String(Timestamp(day: day).description.prefix(10)) }

    private static let march: Int64 = 20_513

    @Test("a window is made of aligned nodes, two a level at most, and each of its days is in one")
    func nodes() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let (since, length) = (Int64.random(in: 18_000...20_000, using: &random), Int64.random(in: 1...1024, using: &random))
            let nodes = DataPeriods.nodes(since: since, until: since + length, closed: 30_000, earliest: 0)
            #expect(nodes.first?.lowerBound == since && nodes.last?.upperBound == since + length && nodes.count <= 2 * DataPeriods.treeLevels)
            #expect(zip(nodes, nodes.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            #expect(nodes.allSatisfy { node in node.count.nonzeroBitCount == 1 && node.count <= 1024 && node.lowerBound % Int64(node.count) == 0 })
        }
        #expect(DataPeriods.nodes(since: 10, until: 20, closed: 12, earliest: 0) == [10..<12])
        #expect(DataPeriods.nodes(since: 10, until: nil, closed: 10, earliest: 0).isEmpty)
    }

    @Test("however many windows are asked about, a table costs ε once in a period; each organisation pays for itself, and is told the same")
    func budget() throws {
        let vault = try vault(epsilon: "2", perDay: 40)
        let partner = try vault.session("partner", named: "bot@acme")
        var seen: [Int64] = []
        for day in 1...30 as ClosedRange<Int64> {
            let figure = try #require(try count(partner, since: "2026-03-01", until: Self.date(Self.march + day))[""])
            // Laplace noise of scale 5.5 in at most eight nodes.
            #expect(abs(figure - 40 * day) < 140, "\(day): \(figure)")
            seen.append(figure)
        }
        #expect(try count(partner, since: "2026-03-01", until: "2026-03-31")[""] == seen.last)
        // Nothing is left for another table, to any of the organisation's tokens.
        #expect(throws: VaultError.self) { try count(vault.session("partner", named: "lin@acme"), since: "2026-03-01", until: "2026-03-31", where: "rating = 1") }
        let other = try vault.session("partner", named: "bot@globex")
        #expect(try count(other, since: "2026-03-01", until: "2026-03-31")[""] == seen.last)
        #expect(throws: VaultError.self) { try count(other, since: "2026-03-01", until: "2026-03-31", where: "rating = 1") }
        let entries = try vault.session("compliance").auditEntries(.init(principal: "bot@acme", action: "query", limit: 100)).filter { $0.outcome == .allowed }
        #expect(entries.count == 31 && entries.compactMap { $0.detail["epsilon"] } == ["2.0"])
        // The next period is paid for again.
        vault.clock.advance(days: 30)
        #expect(try count(partner, since: "2026-03-01", until: "2026-03-31")[""] == seen.last)
        #expect(throws: VaultError.self) { try count(partner, since: "2026-03-01", until: "2026-03-31", where: "rating = 1") }
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a plan says what a question then costs: of ε once a period for a table of a tree, each time for fresh noise, and of its days", arguments: [true, false])
    func plan(isContinual: Bool) throws {
        let vault = try vault(epsilon: "0.25", perDay: 40)
        let partner = try vault.session("partner", named: "bot@acme")
        // A tree counts, and has no averages: these have fresh noise, for a sum, a number and the size of each group.
        let query = AggregateQuery(
            groupBy: [GroupKey("product")], measures: [isContinual ? .count : .average("rating")], filter: nil, since: Timestamp("2026-03-01"), until: Timestamp("2026-03-11"),
            purpose: "insight")
        let cost = isContinual ? 0.25 : 0.75
        let before = try partner.disclosurePlan(query)
        #expect(before.epsilon == PlanDisclosure.Epsilon(cost: cost, left: 2, budget: 2, days: 30))
        #expect((before.periods.count > 1) == isContinual && before.periods.allSatisfy { $0.cost > 0 && $0.left == before.budget })
        #expect(before.periods.first?.from == "2026-03-01" && before.periods.last?.until == "2026-03-11")
        let table = try partner.aggregate(query)
        #expect(table.noise == before.noise)
        let after = try partner.disclosurePlan(query)
        #expect(after.epsilon == PlanDisclosure.Epsilon(cost: isContinual ? 0 : cost, left: 2 - cost, budget: 2, days: 30))
        for (one, other) in zip(before.periods, after.periods) {
            #expect(abs(one.left - one.cost - other.left) < 0.001 && other.cost == (isContinual ? 0 : one.cost), "\(one) \(other)")
        }
        let entry = try #require(try vault.session("compliance").auditEntries(.init(principal: "bot@acme", action: "query", limit: 10)).first { $0.detail["epsilon"] != nil })
        #expect(entry.detail["epsilon"] == "\(cost)" && entry.detail["epsilon_left"] == "\(2 - cost)")
        // Another organisation has a budget of its own.
        #expect(try vault.session("partner", named: "bot@globex").disclosurePlan(query).epsilon?.left == 2)
    }

    @Test("each day has noise of its own, of scale levels / ε, also where nobody spoke; near windows differ by it")
    func noise() throws {
        let vault = try vault(epsilon: "0.5", perDay: 40)
        let partner = try vault.session("partner")
        // 300 days on which nobody spoke: what is below zero is shown as zero, so the half above tells. E x² = 2 · 22².
        var figures: [Int64] = []
        for day in 0..<300 as Range<Int64> {
            figures.append(try #require(try count(partner, since: Self.date(Self.march - 400 + day), until: Self.date(Self.march - 399 + day))[""]))
        }
        let positive = figures.filter { $0 > 0 }
        let square = Double(positive.reduce(0) { $0 + $1 * $1 }) / Double(positive.count)
        #expect((110...190).contains(positive.count) && (400...1700).contains(square), "\(positive.count), \(square)")
        let differences = try (2...12 as ClosedRange<Int64>).map { day in
            let (shorter, longer) = (
                try count(partner, since: "2026-03-01", until: Self.date(Self.march + day)), try count(partner, since: "2026-03-01", until: Self.date(Self.march + day + 1))
            )
            return longer[""]! - shorter[""]!
        }
        #expect(Set(differences).count > 5 && differences.count { $0 == 40 } < 3, "\(differences)")
    }

    @Test("a group of one customer is not shown, one of many is; of a customer one record a day counts")
    func groups() throws {
        let loud = (0..<300).map { line(id: "loud-\($0)", customer: ["id": "LOUD"], attributes: ["product": "Proto", "rating": 1], at: "2026-03-09T12:00:00+08:00") }
        let vault = try vault(epsilon: "10", budget: "100", perDay: 20, more: loud)
        let partner = try vault.session("partner")
        for (since, until) in [("2026-03-01", "2026-04-01"), ("2026-03-09", "2026-03-10"), ("2026-03-02", "2026-03-11")] {
            let shown = try count(partner, by: ["product"], since: since, until: until)
            #expect(shown["Proto"] == nil, "\(shown)")
            if since == "2026-03-01" { #expect(shown["X5"].map { abs($0 - 620) < 40 } == true, "\(shown)") }
        }
        #expect(try count(partner, since: "2026-03-09", until: "2026-03-10")[""].map { $0 < 60 } == true)
    }

    @Test("what trees tell of a day counts in the budget of the day as well, and other measures stay as they were")
    func ledger() throws {
        // A node costs its days (10 · 0.5 / 11)² = 0.207 of a figure.
        let vault = try vault(epsilon: "0.5", budget: "100", days: 2, perDay: 5)
        let partner = try vault.session("partner")
        let filters = (1...5).map { "rating = \($0)" } + (1...4).map { "rating != \($0)" }
        for filter in filters { _ = try count(partner, since: "2026-03-05", until: "2026-03-06", where: filter) }
        let refused = #expect(throws: VaultError.self) { try count(partner, since: "2026-03-05", until: "2026-03-06", where: "rating != 5") }
        #expect(refused.map { "\($0)".contains("of a budget of 2.0") } == true, "\(String(describing: refused))")
        // Paid for only if it is given.
        _ = try count(partner, since: "2026-03-06", until: "2026-03-07", where: "rating != 5")
        let entries = try vault.session("compliance").auditEntries(.init(role: "partner", action: "query", limit: 100)).filter { $0.outcome == .allowed }
        #expect(entries.compactMap { $0.detail["epsilon"] } == Array(repeating: "0.5", count: 10))
        let table = try vault.session("partner").aggregate(
            AggregateQuery(groupBy: [], measures: [.average("rating")], since: Timestamp("2026-03-20"), until: Timestamp("2026-03-21"), purpose: "insight"))
        #expect(table.rows.count == 1 && table.noise! < 20)
    }
}
