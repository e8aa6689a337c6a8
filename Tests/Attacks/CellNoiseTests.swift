import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VoCVault

/// Roles that see figures and no rows, and what they can learn of one customer from many figures.
@Suite("Attacks with figures: noise by cell keys and the ledger of releases")
struct CellNoiseTests {
    /// 900 customers over thirty days of March 2026, by product, region and rating.
    private func vault(policy edit: @escaping (String) -> String = { $0 }, more: [String] = [], count: Int = 900) throws -> TestVault {
        let vault = try TestVault { name, text in name == "roles.yaml" ? edit(text) : text }
        try vault.ingest((0..<count).map { Self.record($0, id: "\($0)", month: 3) } + more)
        return vault
    }

    private static func record(_ number: Int, id: String, month: Int) -> String {
        let attributes: [String: Any] = ["product": number % 2 == 0 ? "X5" : "X7", "region": number % 3 == 0 ? "广东" : "北京", "rating": 1 + number % 5]
        let day = String(format: "2026-%02d-%02dT12:00:00+08:00", month, 1 + number % 30)
        return line(id: id, customer: ["id": "C\(number)"], attributes: attributes, at: day)
    }

    private func table(_ session: Session, _ measures: String..., where filter: String? = nil, by keys: [String] = [], since: String? = nil, until: String? = nil) throws
        -> [[Value]]
    {
        try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: measures.map { Measure($0)! }, filter: try filter.map { try Condition(parsing: $0) },
                since: Timestamp(since ?? "2026-03-01")!, until: Timestamp(until ?? "2026-04-01")!, purpose: "insight")
        ).rows
    }

    private func integer(_ value: Value?) -> Int64 { if case .integer(let integer)? = value { integer } else { .min } }

    private func refusal(_ body: () throws -> some Any) -> String? {
        do { _ = try body() } catch { return "\(error)" }
        return nil
    }

    // MARK: Noise

    @Test("the same records give the same figure, in whatever words, grouping or order, and whoever asks")
    func sameRecords() throws {
        let vault = try vault()
        let words = [
            "product = 'X5'", "product in ('X5')", "not product = 'X7'", "product != 'X7' and rating >= 1", "rating <= 5 and product = 'X5'", "product = 'X5' or product = 'X5'",
        ]
        var figures: Set<[Value]> = []
        for role in ["reporting", "manager", "improver"] {
            for filter in words { figures.formUnion(try table(vault.session(role), "count", "avg(rating)", where: filter)) }
            figures.formUnion(try table(vault.session(role), "count", "avg(rating)", by: ["product"]).filter { $0[0] == .text("X5") }.map { Array($0.dropFirst()) })
        }
        #expect(figures.count == 1, "\(figures)")
        #expect(abs(integer(figures.first?[0]) - 450) < 60)
    }

    @Test("cells of the same customers with other records have noise of their own")
    func otherRecords() throws {
        // Each customer speaks once a day on two days, with the same answers.
        let vault = try vault(more: (0..<900).map { Self.record($0, id: "again-\($0)", month: 4) })
        let reporting = try vault.session("reporting")
        let march = try table(reporting, "count", by: ["product", "region"])
        let april = try table(reporting, "count", by: ["product", "region"], since: "2026-04-01", until: "2026-05-01")
        let differences = zip(march, april).map { integer($0.last) - integer($1.last) }
        #expect(Set(differences).count > differences.count / 2 && !differences.allSatisfy { $0 == 0 }, "\(differences)")
    }

    @Test("what one record makes of a figure is noise: near sets differ by as much as any", arguments: [true, false])
    func difference(isProtected: Bool) throws {
        let vault = try vault(policy: { isProtected ? $0 : $0.replacing("        minimum_group: 10\n", with: "        minimum_group: 1\n") })
        let reporting = try vault.session("reporting")
        // All but the one customer of a product, region, rating and day.
        var differences: [Int64] = []
        for day in 2..<12 {
            let (since, until) = (String(format: "2026-03-%02d", day), String(format: "2026-03-%02d", day + 15))
            let next = String(format: "2026-03-%02d", day + 16)
            let (one, two) = (try table(reporting, "count", since: since, until: until), try table(reporting, "count", since: since, until: next))
            let inner = try table(reporting, "count", since: until, until: next)
            differences.append(integer(two.first?.first) - integer(one.first?.first) - (isProtected ? 30 : integer(inner.first?.first)))
        }
        #expect(differences.allSatisfy { $0 == 0 } == !isProtected, "\(differences)")
        if isProtected { #expect(Set(differences).count > 5) }
    }

    @Test("a correction does not show in what is released anew")
    func corrected() throws {
        let vault = try vault()
        let before = try table(vault.session("reporting"), "count", "avg(rating)", "distinct(subject)")
        let roles = vault.folder.appendingPathComponent("policies/roles.yaml")
        try String(contentsOf: roles, encoding: .utf8).replacing("revision: 1", with: "revision: 2").write(to: roles, atomically: true, encoding: .utf8)
        let again = try vault.vault.reloadingPolicies().session(token: vault.token("reporting"))
        // The same records and values: a revision alone tells nothing.
        #expect(try table(again, "count", "avg(rating)", "distinct(subject)") == before)
        try vault.ingest([line(id: "late", customer: ["id": "LATE"], attributes: ["product": "X5", "rating": 5], at: "2026-03-09T12:00:00+08:00")])
        #expect(try table(again, "count", "avg(rating)", "distinct(subject)") == before, "what was released stays until the next revision")
    }

    // MARK: Silence

    @Test("groups of fewer customers than the least are hardly ever shown, and those of many are", arguments: [9, 400])
    func threshold(customers: Int) throws {
        // Two hundred groups, or five.
        let groups = customers == 9 ? 200 : 5
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("budget: 170", with: "budget: 100000") : text }
        try vault.ingest(
            (0..<groups * customers).map { number in
                line(id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": "P\(number % groups)", "rating": 3], at: "2026-03-09T12:00:00+08:00")
            })
        let shown = try table(vault.session("reporting"), "count", by: ["product"]).count
        #expect(customers == 9 ? shown <= 3 : shown == 5, "\(shown)")
    }

    @Test("a filter that few match answers as one that nobody matches: the answer, its entry, and what it costs")
    func fewAndNone() throws {
        func answers(_ extra: [String]) throws -> [String] {
            let vault = try vault(more: extra, count: 300)
            let reporting = try vault.session("reporting", named: "mei")
            var seen: [String] = []
            for (filter, keys) in [("product = 'Proto'", []), ("product = 'Proto'", ["rating"]), ("region = '西藏' and rating <= 2", []), ("region = '西藏'", ["day(occurred_at)"])] {
                let answer = try reporting.aggregate(
                    AggregateQuery(groupBy: keys.map { GroupKey($0) }, measures: [.count, .average("rating")], filter: Condition(parsing: filter), purpose: "insight"))
                seen.append("\(answer.columns) \(answer.rows) \(String(describing: answer.noise))")
            }
            let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", limit: 100))
            return seen + entries.map { "\($0.action) \($0.outcome) \($0.rows) \($0.detail["charged"] ?? "") \($0.detail.keys.sorted())" }
        }
        let one = try answers([line(id: "one", customer: ["id": "ONE"], attributes: ["product": "Proto", "region": "西藏", "rating": 1], at: "2026-03-09T12:00:00+08:00")])
        let none = try answers([])
        #expect(one == none, "\(zip(one, none).filter { $0 != $1 }), \(one.count) and \(none.count)")
    }

    // MARK: The ledger

    @Test("the budget of a day is the organisation's: it ends averaging, and what was released is still answered")
    func budget() throws {
        let vault = try vault(policy: { $0.replacing("budget: 170", with: "budget: 20") })
        var refused: [String] = []
        var answered = 0
        let first = try table(vault.session("reporting"), "count", by: ["region"])
        for number in 0..<30 {
            let role = ["reporting", "manager", "improver"][number % 3]
            let message = refusal { try table(vault.session(role, named: "p\(number)"), "count", where: "rating != \(number + 10)") }
            if let message { refused.append(message) } else { answered += 1 }
        }
        #expect(answered == 9 && refused.count == 21, "\(answered)")
        #expect(refused.allSatisfy { $0.contains("figures about 2026-03-01 to 2026-03-31 would cost 2.0 of a budget of 20.0, of which 0.0 is left") })
        #expect(try table(vault.session("manager"), "count", by: ["region"]) == first)
        // Other days have a budget of their own.
        #expect(try table(vault.session("manager"), "count", since: "2026-02-01", until: "2026-03-01").isEmpty)
        // What a partner asks counts as well.
        #expect(refusal { try table(vault.session("partner"), "count") }?.contains("figures about 2026-03-01") == true)
    }

    @Test(
        "where no budget is left, no role without rows gets a figure, by whatever measure, order, condition or comparison",
        arguments: ["reporting", "manager", "improver", "partner"])
    func everyMeasure(role: String) throws {
        let measures = [
            "count", "distinct(subject)", "avg(rating)", "sum(rating)", "min(rating)", "max(rating)", "topbox(rating)", "csat(rating)", "nps(nps)", "median(rating)",
            "percentile(rating, 90)", "percentile(response_minutes, 1)", "stddev(rating)", "stddev(response_minutes)",
        ]
        #expect(Measure.list(Measure.forms.replacing(" or ", with: ", ")).count == 12, "there is a new measure: let it be here, too")
        for isThere in [true, false] {
            let vault = try vault(policy: { $0.replacing("budget: 2,", with: "budget: 20,").replacing("budget: 170", with: isThere ? "budget: 170" : "budget: 1") }, count: 60)
            let session = try vault.session(role, named: "mei")
            let (since, until) = (Timestamp("2026-03-01"), Timestamp("2026-04-01"))
            let asked = try measures.flatMap { name -> [AggregateQuery] in
                var plain = AggregateQuery(groupBy: [], measures: [Measure(name)!], since: since, until: until, purpose: "insight")
                var (ordered, compared) = (plain, plain)
                plain.groupBy = [.field("product")]
                (ordered.having, ordered.order) = (try Condition(parsingColumns: "\(name) > 0"), [FigureOrder("\(name) desc")])
                compared.isCompared = true
                return [plain, ordered, compared]
            }
            // The first figure may still be paid for: the number of customers alone, or a partner's.
            let answered = asked.count { (try? session.aggregate($0)) != nil }
            #expect(isThere ? answered >= (role == "partner" ? 5 : 30) : answered <= (role == "partner" ? 2 : 1), "\(answered) of \(asked.count)")
            if isThere, role != "partner" {
                let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query", limit: 200)).filter { $0.outcome == .allowed }
                #expect(entries.count >= 40 && entries.allSatisfy { $0.detail["charged"] != nil })
            }
        }
    }

    @Test("a partner's figures leave less for the others")
    func partner() throws {
        let vault = try vault(policy: { $0.replacing("budget: 170", with: "budget: 4") })
        for _ in 0..<3 { _ = try table(vault.session("partner"), "count") }
        #expect(refusal { try table(vault.session("reporting"), "count", "avg(rating)") }?.contains("of which 1.0 is left") == true)
        // Nothing but a partner's figures was ever released.
        _ = try vault.administrator.verifyAudit()
    }

    @Test("what is refused depends on no data")
    func refusals() throws {
        func refusals(_ more: [String]) throws -> [String?] {
            let vault = try vault(policy: { $0.replacing("budget: 170", with: "budget: 7") }, more: more, count: 60)
            let reporting = try vault.session("reporting")
            return ["rating = 1", "product = 'Proto'", "region = '西藏'", "rating = 2"].map { filter in refusal { try table(reporting, "count", where: filter) } }
        }
        let one = try refusals([line(id: "one", customer: ["id": "ONE"], attributes: ["product": "Proto", "rating": 1], at: "2026-03-09T12:00:00+08:00")])
        #expect(try one == refusals([]) && one.contains { $0 != nil })
    }

    @Test("a window is a sum of calendar periods; two near questions at once are two releases")
    func race() throws {
        let vault = try vault(policy: { $0.replacing("budget: 170", with: "budget: 4") })
        let sessions = try (0..<8).map { _ in try vault.session("reporting") }
        let (threads, refused) = (Threads(), Counter())
        for (number, session) in sessions.enumerated() {
            threads.begin { if (try? self.table(session, "count", where: "rating <> \(number + 20)")) == nil { refused.add() } }
        }
        try threads.end()
        #expect(refused.value == 6)
    }

    @Test("figures without rows are about no customer, record or word, and show no extremes")
    func dimensions() throws {
        let reporting = try vault(count: 30).session("reporting")
        for filter in ["subject = 's_abc'"] { #expect(refusal { try table(reporting, "count", where: filter) }?.contains("not about 'subject'") == true) }
        for measure in ["min(rating)", "max(occurred_at)", "distinct(product)"] { #expect(refusal { try table(reporting, measure) } != nil) }
    }

    @Test("counts of 500 are within 4 %, averages of 400 within 0.1, each in 95 of 100")
    func accuracy() throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("budget: 170", with: "budget: 100000") : text }
        try vault.ingest(
            (0..<500).map { number in
                line(id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": "X5", "rating": [4, 5, 3, 4, 5][number % 5]], at: "2026-03-09T12:00:00+08:00")
            })
        let reporting = try vault.session("reporting")
        var (counts, averages) = (0, 0)
        // The same cell has the same noise: leaving one customer's other answer out makes it another.
        for number in 0..<200 {
            try vault.ingest([line(id: "more-\(number)", customer: ["id": "D\(number)"], attributes: ["product": "X5", "rating": 4], at: "2026-03-10T12:00:00+08:00")])
            let row = try table(reporting, "count", "avg(rating)", where: "rating != \(number + 10)")[0]
            if abs(integer(row[0]) - Int64(501 + number)) <= 20 { counts += 1 }
            if case .decimal(let average) = row[1], abs(average - 4.2) <= 0.11 { averages += 1 }
        }
        #expect(counts >= 183 && averages >= 183, "\(counts) \(averages) of 200")
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}
