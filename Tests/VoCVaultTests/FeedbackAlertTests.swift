import AuditLog
import Classification
import Foundation
import Policy
import RedactedAPI
import Reporting
import Sealing
import Store
import Synchronization
import TestVaults
import Testing
import VaultAPI
import Wire

@testable import VoCVault

/// Weeks of feedback as people write it, coded by the classifier, on each store; the vault's clock says Monday, 2026-11-23, noon in Shanghai.
@Suite("Alerts on feedback")
struct FeedbackAlertTests {
    private let test: TestVault
    private let vault: Vault
    private let reporting: Session

    private static let rules = """
        version: 1
        feedback:
          rules:
            - {name: topics, burst: topic, by: [product], before: 6}
            - {name: ratings, drop: rating, by: [product], before: 6}
            - {name: mood, drop: sentiment, before: 6}
            - {name: prices, burst: topic, values: [price], before: 6}

        """

    /// Six weeks in which 24 customers of each product complain of the delivery and 40 praise the price, and a seventh in which 90 of X7's complain. Less noise than
    /// ever in a vault in use, as its size does not matter here.
    init() async throws {
        test = try TestVault(alerts: Self.rules) { name, text in
            TestVault.openRows(name, text).replacing("figures: {deviation: 10,", with: "figures: {deviation: 1,")
        }
        let policies = test.location.policies
        try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8).write(to: URL(fileURLWithPath: policies + "/secret"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policies + "/secret")
        try """
        version: 1
        endpoints:
          - {name: crm, url: "https://crm.example.com/hook", events: [alert.feedback], secret: secret}
          - {name: siem, url: "https://siem.example.com/hook", events: [alert.raised], secret: secret}

        """.write(toFile: policies + "/outbox.yaml", atomically: true, encoding: .utf8)
        var lines: [String] = []
        for week in 0..<7 {
            // From Monday, 5 October, on; five days of each week.
            for product in ["X5", "X7"] {
                let late = week == 6 && product == "X7" ? 90 : 24 + week % 3
                for number in 0..<late + 40 - week % 2 {
                    let (isLate, id) = (number < late, "\(week)-\(product)-\(number)")
                    let day = Timestamp(day: 20_731 + Int64(week * 7 + number % 5)).description.prefix(10)
                    lines.append(
                        line(
                            id: id, customer: ["id": "C\(id)"], attributes: ["product": product, "rating": isLate ? 1 + number % 2 : 4 + number % 2],
                            text: isLate ? "快递太慢了,等了三天才到,很失望" : "价格便宜,很满意,推荐", at: "\(day)T12:00:00+08:00"))
                }
            }
        }
        try test.ingest(lines)
        let frame = CodeFrame(codes: [
            .init(id: "price", chinese: "价格", english: "Price", department: "", isUrgent: false, phrases: ["价格"]),
            .init(id: "delivery", chinese: "配送", english: "Delivery", department: "", isUrgent: false, phrases: ["快递"]),
        ])
        vault = try test.reopened()
        _ = try await Classifier(frame: frame).run(on: vault.session(token: test.token("classification")), purpose: "insight")
        reporting = try vault.session(token: test.token("reporting"))
    }

    private func evaluate(_ session: Session? = nil) throws -> [EvaluateAlerts.Rule] { try (session ?? reporting).perform(EvaluateAlerts(purpose: "insight")).reply.rules }

    private func alerts() throws -> [AuditEntry] { try test.session("privacy-lead").auditEntries(AuditFilter(action: "alert")) }

    @Test("a week that stands out is told once: in the log, sealed, and to endpoints for feedback, with figures that the role without rows may see")
    func once() throws {
        let rules = try evaluate()
        #expect(rules.map(\.name) == ["topics", "ratings", "mood", "prices"] && rules.map(\.period) == Array(repeating: "2026-W47", count: 4))
        #expect(rules.map(\.state) == [.raised, .raised, .raised, .quiet], "\(rules)")
        let burst = try #require(rules[0].findings.first)
        #expect(burst.cell == ["topic": "delivery", "product": "X7"] && abs(burst.customers - 90) < 8 && burst.expected < 60 && burst.bound < 90 && burst.average == nil)
        #expect(rules[0].cells == 6 && rules[0].findings.allSatisfy { $0.cell["topic"] == "delivery" && $0.cell["product"] != "X5" })
        let drop = try #require(rules[1].findings.first { $0.cell == ["product": "X7"] })
        #expect(drop.average! < drop.bound && drop.bound < drop.expected && drop.z > 2)
        #expect(rules[2].findings.map(\.cell) == [["sentiment": "negative"]])
        // The same figures as anybody of that role is shown.
        let shown = try reporting.aggregate(
            AggregateQuery(
                groupBy: [.field("topic"), .field("product"), .time("occurred_at", .week)], measures: [.distinct("subject")], since: Timestamp("2026-10-05"),
                until: Timestamp("2026-11-23"), purpose: "insight"))
        #expect(shown.rows.contains([.text("delivery"), .text("X7"), .text("2026-W47"), .integer(Int64(burst.customers))]))

        let entries = try alerts()
        #expect(entries.count == 3)
        let entry = try #require(entries.first { $0.rule.hasPrefix("topics (alerts.yaml:") })
        #expect(entry.principal == "vault" && entry.rows == Int64(rules[0].findings.count) && entry[.period] == "2026-W47")
        #expect(entry.detail.values.allSatisfy { !$0.contains("X7") && !$0.contains("delivery") })
        let told = try JSON(parsing: Array(test.session("privacy-lead").auditQuestion(entry.seq).utf8))
        #expect(told.array?.first?["cell"] == .object(["product": .string("X7"), "topic": .string("delivery")]) && told.array?.first?["customers"]?.number == burst.customers)

        let endpoint = try #require(vault.policies.outbox.first { $0.name == "crm" })
        let rows = try vault.store.read { try ($0.events(for: "crm", limit: 9), $0.events(for: "siem", limit: 9)) }
        #expect(rows.0.count == 3 && rows.1.isEmpty && rows.0.allSatisfy { $0.kind == "alert.feedback" && !$0.body.contains("delivery") && !$0.body.contains("X7") })
        let data = try #require(try vault.takeWebhooks(for: endpoint).first.flatMap { try JSON(parsing: $0.body) }?["data"])
        #expect(data["rule"] == .string("topics") && data["period"] == .string("2026-W47") && data["findings"] == told && data["entry"]?.integer == Int(entry.seq))

        // The same period is not told of twice, whoever looks, and whatever came in since.
        #expect(try evaluate().map(\.state) == [.told, .told, .told, .quiet])
        #expect(try evaluate(test.session("manager")).map(\.state) == [.told, .told, .told, .quiet])
        #expect(try alerts().count == 3)
        _ = try test.administrator.verifyAudit()
        // Nor the next, in which nobody said anything.
        test.clock.advance(days: 7)
        #expect(try evaluate().map(\.state) == [.unknown, .unknown, .unknown, .unknown])
    }

    @Test("figures are charged as any others, and a budget that is spent refuses the rule and no other")
    func budget() throws {
        let spent = try test.reopened()
        _ = try spent.session(token: test.token("reporting")).perform(EvaluateAlerts(purpose: "insight"))
        let plan = try reporting.disclosurePlan(
            AggregateQuery(
                groupBy: [.field("topic"), .field("product"), .time("occurred_at", .week)], measures: [.distinct("subject")], since: Timestamp("2026-10-05"),
                until: Timestamp("2026-11-23"), purpose: "insight"))
        #expect(plan.periods.count == 7 && plan.periods.allSatisfy { $0.cost == 0 && $0.left < plan.budget })

        // A budget of nine pays for the topics, 8 in all, and the one more of sentiment, but for no average.
        let other = try TestVault(alerts: Self.rules) { name, text in
            name == "roles.yaml"
                ? TestVault.openRows(name, text).replacing("figures: {deviation: 10, budget: 170", with: "figures: {deviation: 10, budget: 9") : TestVault.openRows(name, text)
        }
        let states = try other.session("reporting").perform(EvaluateAlerts(purpose: "insight")).reply.rules
        #expect(states.map(\.state) == [.unknown, .refused, .unknown, .unknown], "\(states)")
        #expect(try states[1].problem != nil && !other.session("privacy-lead").auditEntries(AuditFilter(action: "query", outcome: .denied)).isEmpty)
    }

    @Test("of several who evaluate at once, one tells, and nothing is charged twice")
    func atOnce() throws {
        let raised = Mutex(0)
        let threads = Threads()
        for number in 0..<4 {
            let session = try vault.session(token: test.token("reporting", named: "cron\(number)"))
            threads.begin {
                let rules = try session.perform(EvaluateAlerts(purpose: "insight")).reply.rules
                raised.withLock { $0 += rules.count { $0.state == .raised } }
            }
        }
        try threads.end()
        #expect(raised.withLock { $0 } == 3)
        #expect(try alerts().count == 3)
    }

    @Test("who sees rows has figures without noise, and raises none; a role without the action is refused")
    func exact() throws {
        #expect(throws: VaultError.self) { try evaluate(vault.session(token: test.token("analyst"))) }
        let open = try TestVault(alerts: Self.rules) { name, text in
            TestVault.openRows(name, text).replacing("actions: [query]\n        # What rows", with: "actions: [query, alert.run]\n        # What rows")
        }
        let error = #expect(throws: VaultError.self) { try open.session("analyst").perform(EvaluateAlerts(purpose: "insight")) }
        guard case .conflict(let text) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(text.contains("see no rows"))
    }

    @Test("last week is that of the vault's time zone, and 'unusual' finds in it what was classified")
    func zone() async throws {
        func today() throws -> Timestamp { try #require(Timestamp(try reporting.perform(WhoAmI()).reply.today)) }
        #expect(try today().description.hasPrefix("2026-11-23"))
        let periods = ComparedPeriods(.week, before: 6, endedBy: try today().milliseconds / 86_400_000)
        #expect(periods.name == "2026-W47" && periods.periods.count == 7)
        // By whoever sees rows, exactly.
        let analyst = try vault.session(token: test.token("analyst"))
        for session in [reporting, analyst] {
            let found = try await Unusual(.init(.burst, of: "topic", by: ["product"]), from: session, over: periods, purpose: "insight")
            #expect(found.before == 6 && found.findings.first?.values == ["delivery", "X7"], "\(found)")
        }
        // Sunday, 2026-11-29, 16:30 by UTC is Monday in Shanghai.
        test.clock.advance(days: 6, minutes: 12 * 60 + 30)
        #expect(try today().description.hasPrefix("2026-11-30"))
        #expect(try evaluate().map(\.period) == Array(repeating: "2026-W48", count: 4))
    }
}
