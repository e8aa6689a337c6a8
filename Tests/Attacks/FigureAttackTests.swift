import Foundation
import RedactedAPI
import TestVaults
import Testing
@testable import VoCVault

/// More of an analyst who wants to know about one customer. Each attack is shown to succeed where the policy protects nothing.
@Suite("Attacks with figures: noise, words, extremes")
struct FigureAttackTests {
    /// Replaces the analyst's disclosure.
    private func vault(_ disclosure: String, minimum: Int = 5) throws -> TestVault {
        let vault = try TestVault { name, original in
            let text = TestVault.exactTimes(name, original)
            return name == "roles.yaml"
                ? text.replacing("budget: 170", with: "budget: 100000").replacing("        minimum_group: 5\n", with: "        minimum_group: \(minimum)\n        disclosure: {\(disclosure)}\n")
                    .replacing("        page: 1000\n", with: disclosure.contains("noise") ? "        page: 0\n" : "        page: 1000\n") : text
        }
        try vault.ingest((0..<60).map { number in
            line(
                id: "\(number)", customer: ["id": "C\(number)"],
                attributes: ["product": number < 40 ? "X5" : "X7", "region": number == 7 ? "西藏" : "广东", "rating": number == 7 ? 1 : 4],
                text: number == 7 ? "我的假肢被压坏了" : "快递太慢", at: "2026-03-\(10 + number % 12)T12:\(10 + number % 40):39+08:00")
        })
        return vault
    }

    private func figure(_ session: Session, _ measures: String..., where filter: String? = nil, by keys: [String] = [], since: String? = nil, until: String? = nil) throws -> [[Value]] {
        try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: measures.map { Measure($0)! }, filter: try filter.map { try Condition(parsing: $0) },
                since: since.map { Timestamp($0)! }, until: until.map { Timestamp($0)! }, purpose: "insight")
        ).rows
    }

    private func isRefused(_ rule: String, _ body: () throws -> [[Value]]) -> Bool {
        do { _ = try body() } catch VaultError.denied(_, rule, _) { return true } catch { return false }
        return false
    }

    private func integer(_ rows: [[Value]]) -> Double {
        if case .integer(let integer)? = rows.first?.first { Double(integer) } else { .nan }
    }

    // MARK: Averaging

    @Test("averaging: fresh noise without a budget is averaged away")
    func averaging() throws {
        let fresh = try vault("noise: laplace, contribution: 1, epsilon: 0.5, budget: 100000").session("analyst")
        let figures = try (0..<400).map { _ in integer(try figure(fresh, "count")) }
        #expect(Set(figures).count > 5)
        #expect(abs(figures.reduce(0, +) / 400 - 60) < 1, "the mean of many is the truth")
    }

    @Test("a budget ends the averaging, also over sessions and restarts, and another month has one of its own")
    func budget() throws {
        let vault = try vault("noise: laplace, contribution: 1, epsilon: 0.5, budget: 2, period: 30")
        let analyst = try vault.session("analyst", named: "mei")
        for _ in 0..<4 { _ = try figure(analyst, "count") }
        #expect(isRefused("privacy budget") { try figure(analyst, "count") })
        #expect(isRefused("privacy budget") { try figure(vault.session("analyst", named: "mei"), "count", where: "product = 'X5'") })
        let reopened = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now }).session(token: vault.token("analyst", named: "mei"))
        #expect(isRefused("privacy budget") { try figure(reopened, "count") })
        // All of an organisation have one; another's is its own.
        #expect(isRefused("privacy budget") { try figure(vault.session("analyst", named: "wu"), "count") })
        _ = try figure(vault.session("analyst", named: "wu@acme"), "count", "count")
        _ = try figure(vault.session("analyst", named: "li@acme"), "count", "count")
        #expect(isRefused("privacy budget") { try figure(vault.session("analyst", named: "bo@acme"), "count") })
        vault.clock.advance(days: 30)
        _ = try figure(vault.session("analyst", named: "mei"), "count")
        let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query", limit: 100))
        #expect(entries.contains { $0.detail["epsilon"] == "0.5" && $0.detail["epsilon_left"] == "0.0" })
        #expect(entries.contains { $0.outcome == .denied && $0.rule.contains("privacy budget") })
    }

    @Test("the days of a budget slide: there are no two weeks, in two periods, that have more than one")
    func sliding() throws {
        let vault = try vault("noise: laplace, contribution: 1, epsilon: 0.5, budget: 2, period: 30")
        let analyst = try vault.session("analyst", named: "mei")
        // Whatever day the vault's clock says it is, a fixed period of 30 days would end within these.
        for _ in 0..<29 {
            _ = try? figure(analyst, "count")
            vault.clock.advance(days: 1)
        }
        let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query", limit: 100))
        #expect(entries.count { $0.outcome == .allowed } == 4 && entries.count { $0.outcome == .denied } == 25)
        // The first four of the 30 days were spent; one day of them is over.
        vault.clock.advance(days: 1)
        _ = try figure(analyst, "count")
        #expect(isRefused("privacy budget") { try figure(analyst, "count") })
        _ = try vault.administrator.verifyAudit()
    }

    @Test("what principals spent in periods of former versions counts until these are over")
    func formerPeriods() throws {
        let vault = try vault("noise: laplace, contribution: 1, epsilon: 0.5, budget: 2, period: 30")
        let today = Int64(vault.clock.now + 28_800_000) / 86_400_000
        for (name, period) in [("old", today / 30), ("older", today / 30 - 3)] {
            try vault.vault.store.write { try $0.spendBudget(principal: name, purpose: "insight", period: period, amount: 1500) }
        }
        let analyst = try vault.session("analyst", named: "mei")
        _ = try figure(analyst, "count")
        #expect(isRefused("privacy budget") { try figure(analyst, "count") })
        vault.clock.advance(days: 60)
        for _ in 0..<4 { _ = try figure(analyst, "count") }
    }

    @Test("one customer's many records count as often as the policy says", arguments: [true, false])
    func contribution(isBounded: Bool) throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" && isBounded ? text.replacing("        minimum_group: 5\n", with: "        minimum_group: 5\n        disclosure: {contribution: 2}\n") : text
        }
        try vault.ingest((0..<10).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X5", "rating": 5]) }
            + (0..<100).map { line(id: "loud-\($0)", customer: ["id": "C0"], attributes: ["product": "X5", "rating": 1]) })
        let rows = try figure(vault.session("analyst"), "count", by: ["product"])
        #expect(rows == [[.text("X5"), .integer(isBounded ? 11 : 110)]])
    }

    // MARK: Singling out

    @Test("a rare word is as if it were not there; a rare attribute has no figure", arguments: [true, false])
    func rare(isProtected: Bool) throws {
        let vault = try isProtected ? vault("contribution: 100") : vault("minimum_search: 1, extremes: true", minimum: 1)
        let analyst = try vault.session("analyst")
        let rows = try analyst.page(Query(select: ["record"], filter: .contains(field: "text", "假肢"), purpose: "insight")).rows
        #expect(rows.count == (isProtected ? 0 : 1))
        // Its negation is as if nobody had said it.
        let others = try analyst.page(Query(select: ["record"], filter: .not(.contains(field: "text", "假肢")), purpose: "insight")).rows
        #expect(others.count == (isProtected ? 60 : 59))
        #expect(try analyst.page(Query(select: ["record"], filter: .contains(field: "text", "快递"), purpose: "insight")).rows.count == 59)
        let regions = try figure(analyst, "count", by: ["region"])
        #expect(regions.contains { $0[0] == .text("西藏") } == !isProtected)
    }

    @Test("smallest and largest values are one customer's own", arguments: [true, false])
    func extremes(isProtected: Bool) throws {
        let analyst = try vault(isProtected ? "contribution: 100" : "extremes: true").session("analyst")
        if isProtected {
            #expect(isRefused("extremes") { try figure(analyst, "min(rating)") } && isRefused("extremes") { try figure(analyst, "count", "max(occurred_at)") })
        } else {
            #expect(try figure(analyst, "min(rating)") == [[.integer(1)]])
        }
    }

    @Test("distinct counts do not tell of a group of one", arguments: [true, false])
    func distinctCounts(isProtected: Bool) throws {
        let analyst = try vault("contribution: 100", minimum: isProtected ? 5 : 1).session("analyst")
        let rows = try figure(analyst, "distinct(subject)", "distinct(rating)", by: ["region"])
        #expect(rows.contains { $0[1] == .integer(1) } == !isProtected)
    }

    @Test("figures are about whole days, whatever words say otherwise; nothing else tells that there are groups which are not shown", arguments: [true, false])
    func wholeDays(isProtected: Bool) throws {
        let vault = try vault("contribution: 100", minimum: isProtected ? 5 : 1)
        let analyst = try vault.session("analyst")
        // The minute of C7, by its bounds and from either side.
        let questions = [
            "occurred_at >= 2026-03-17T04:17:00Z and occurred_at < 2026-03-17T04:18:00Z", "occurred_at > 2026-03-17T04:17:00Z", "occurred_at <= '2026-03-17T04:17:39Z'",
            "not occurred_at < 2026-03-17T04:17:39Z", "product = 'X5' or occurred_at = 2026-03-17T04:17:39Z", "occurred_at in (2026-03-17T04:17:39Z)",
        ]
        for question in questions {
            let ask = { try self.figure(analyst, "count", where: question) }
            if isProtected {
                #expect(throws: VaultError.invalid("figures are about whole days (Asia/Shanghai): give days, such as 2026-03-04"), "\(question)") { try ask() }
            } else {
                _ = try ask()
            }
        }
        let late = { try self.figure(analyst, "count", until: "2026-03-17T04:18:00Z") }
        if isProtected { #expect(throws: VaultError.self) { try late() } } else { _ = try late() }
        #expect(try integer(figure(analyst, "count", where: "occurred_at >= 2026-03-17 and not occurred_at >= 2026-03-18")) == 5)
    }

    @Test("the policy's own figures for a partner: noisy, bounded, without rows")
    func partner() throws {
        let vault = try vault("contribution: 100")
        let partner = try vault.session("partner")
        let table = try partner.aggregate(AggregateQuery(groupBy: [.field("product")], measures: [.count, .average("rating")], purpose: "insight"))
        #expect(table.noise! > 5)
        for row in table.rows { if case .decimal(let mean) = row[2] { #expect((1...5).contains(mean)) } }
        #expect(throws: VaultError.self) { try partner.page(Query(select: ["product"], purpose: "insight")) }
        #expect(isRefused("extremes") { try figure(partner, "max(rating)") })
    }

    @Test("under noise, a group of one customer is hardly ever shown")
    func threshold() throws {
        let vault = try vault("noise: laplace, contribution: 1, epsilon: 1, budget: 100000")
        let analyst = try vault.session("analyst")
        for _ in 0..<200 {
            let regions = try figure(analyst, "count", by: ["region"])
            #expect(!regions.contains { $0[0] == .text("西藏") })
        }
        #expect(try figure(analyst, "count", by: ["region"]).contains { $0[0] == .text("广东") })
    }
}
