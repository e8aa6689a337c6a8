import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Figures: having, several orderings, the period before")
struct ArrangementTests {
    /// Products P0 to P5, of which each has fewer customers than the one before, from January to March 2026; one of March has three customers.
    private func vault() throws -> TestVault {
        let vault = try TestVault()
        var lines: [String] = []
        for month in 1...3 {
            for product in 0..<6 {
                for number in 0..<(200 - 20 * product) * month / 2 {
                    lines.append(
                        line(
                            id: "\(month)-\(product)-\(number)", customer: ["id": "C\(month)-\(product)-\(number)"],
                            attributes: ["product": "P\(product)", "rating": 1 + (number + product) % (month + 2)], at: String(format: "2026-%02d-10T12:00:00+08:00", month)))
                }
            }
        }
        lines += (0..<3).map { line(id: "few-\($0)", customer: ["id": "F\($0)"], attributes: ["product": "Proto", "rating": 1], at: "2026-03-10T12:00:00+08:00") }
        try vault.ingest(lines)
        return vault
    }

    private func table(
        _ session: Session, _ measures: String, by keys: [String] = ["product"], having: String? = nil, order: String = "", since: String = "2026-03-01",
        until: String = "2026-04-01", isCompared: Bool = false
    ) throws -> AggregateTable {
        try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: Measure.list(measures).map { Measure($0)! }, since: Timestamp(since), until: Timestamp(until),
                having: having.map { try Condition(parsingColumns: $0) }, order: Measure.list(order).map { FigureOrder($0) }, isCompared: isCompared, purpose: "insight"))
    }

    private func integer(_ value: Value) -> Int64 { if case .integer(let integer) = value { integer } else { .min } }
    private func decimal(_ value: Value) -> Double { if case .decimal(let decimal) = value { decimal } else { .nan } }

    @Test("having and orderings choose among what is shown, exact or noisy, and cost nothing", arguments: ["analyst", "reporting"])
    func chosen(role: String) throws {
        let vault = try vault()
        let session = try vault.session(role, named: "mei")
        let all = try table(session, "count,avg(rating)").rows
        // Of exact figures one more is left out, so that the total does not give the small one away.
        #expect(all.count == (role == "analyst" ? 5 : 6))
        let some = try table(session, "count,avg(rating)", having: "count >= 220 and avg(rating) > 1 or product = 'P4'", order: "count desc").rows
        let expected = all.filter { integer($0[1]) >= 220 || $0[0] == .text("P4") }.sorted { integer($0[1]) > integer($1[1]) }
        #expect(some == expected && some.count > 2 && some.count < 6, "\(some)")
        #expect(try table(session, "count,avg(rating)", order: "avg(rating) desc,count").rows.map { decimal($0[2]) } == all.map { decimal($0[2]) }.sorted(by: >))
        // The second decides where the first says nothing.
        let rounded = try table(session, "count", by: ["product", "rating"], order: "rating desc,count desc,product").rows
        #expect(
            rounded
                == rounded.sorted { one, other in
                    (integer(other[1]), integer(other[2]), one[0].description) < (integer(one[1]), integer(one[2]), other[0].description)
                } && rounded.count > 10)
        // A group that is not shown is not found by any condition.
        #expect(try table(session, "count", having: "product = 'Proto' or count < 10").rows.isEmpty)
        if role == "reporting" {
            let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query", limit: 10)).filter { $0.detail["charged"] != nil }
            #expect(entries.filter { $0.detail["charged"] != "0.0" }.count == 2, "one table by product, one by product and rating")
        }
    }

    @Test("what is not among the columns is refused before anything is released", arguments: ["analyst", "reporting"])
    func unknown(role: String) throws {
        let vault = try vault()
        let session = try vault.session(role, named: "mei")
        for (having, order) in [
            ("avg(rating) > 2", ""), ("rating > 2", ""), ("count = 'many'", ""), ("product contains 'P'", ""), ("count > 1", "avg(rating)"), ("count > 1", "nothing desc"),
        ] {
            #expect(throws: VaultError.self, "\(having) \(order)") { try table(session, "count", having: having, order: order) }
        }
        #expect(try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query")).isEmpty)
    }

    @Test("figures stand beside those of the period before, by group or month by month", arguments: ["analyst", "reporting"])
    func compared(role: String) throws {
        let vault = try vault()
        let session = try vault.session(role, named: "mei")
        let (february, march) = (try table(session, "count,avg(rating)", since: "2026-02-01", until: "2026-03-01"), try table(session, "count,avg(rating)"))
        let both = try table(session, "count,avg(rating)", order: "product", isCompared: true)
        #expect(
            both.columns == [
                "product", "count", "avg(rating)", "before(count)", "change(count)", "margin(count)", "before(avg(rating))", "change(avg(rating))", "margin(avg(rating))",
            ])
        #expect(both.rows.filter { $0[1] != .null }.map { Array($0.prefix(3)) } == march.rows)
        #expect(both.rows.filter { $0[3] != .null }.map { [$0[0], $0[3], $0[6]] } == february.rows && both.rows.count == 6)
        // What is not shown of one of the two has no change.
        #expect(both.rows.allSatisfy { ($0[1] == .null || $0[3] == .null) == ($0[4] == .null) })
        for row in both.rows where row[4] != .null {
            #expect(integer(row[4]) == integer(row[1]) - integer(row[3]) && abs(decimal(row[7]) - decimal(row[2]) + decimal(row[5 + 1])) < 1e-6)
            // 1.96 · √2 · 10
            #expect(role == "analyst" ? row[5] == .null && row[8] == .null : abs(decimal(row[5]) - 27.72) < 0.01 && (0.05..<0.5).contains(decimal(row[8])), "\(row)")
        }
        let months = try table(session, "count", by: ["month(occurred_at)"], since: "2026-02-01", until: "2026-04-01", isCompared: true)
        let each = try table(session, "count", by: ["month(occurred_at)"], since: "2026-01-01", until: "2026-04-01").rows.map { integer($0[1]) }
        #expect(
            months.rows.map { $0.map(\.description).prefix(4) } == [
                ["2026-02", "\(each[1])", "\(each[0])", "\(each[1] - each[0])"], ["2026-03", "\(each[2])", "\(each[1])", "\(each[2] - each[1])"],
            ])
        // A quarter's period before is a quarter.
        let quarter = try table(session, "count", by: [], since: "2026-04-01", until: "2026-07-01", isCompared: true)
        #expect(try quarter.rows.first?[1] == table(session, "count", by: [], since: "2026-01-01", until: "2026-04-01").rows.first?[0])
    }

    @Test("a period that is not over, or has no beginning, is not compared")
    func open() throws {
        let vault = try vault()
        for role in ["analyst", "reporting"] {
            #expect(throws: VaultError.self) { try table(vault.session(role), "count", since: "2026-11-01", until: "2026-12-01", isCompared: true) }
            #expect(throws: VaultError.self) { try vault.session(role).aggregate(AggregateQuery(groupBy: [], measures: [.count], isCompared: true, purpose: "insight")) }
        }
        #expect(throws: VaultError.self) { try table(vault.session("partner"), "count", isCompared: true) }
    }

    @Test("the margin of a change holds what the noise did in 95 of 100")
    func margins() throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("budget: 170", with: "budget: 100000") : text }
        var random = SystemRandomNumberGenerator()
        var lines: [String] = []
        // Sixty stores whose answers are the same in both months.
        for store in 0..<60 {
            for number in 0..<120 {
                for month in [2, 3] {
                    lines.append(
                        line(
                            id: "\(store)-\(number)-\(month)", customer: ["id": "C\(store)-\(number)"], attributes: ["store": "S\(store)", "rating": [1, 2, 4, 4, 5][number % 5]],
                            at: "2026-0\(month)-10T12:00:00+08:00"))
                }
            }
        }
        try vault.ingest(lines.shuffled(using: &random))
        let measures = ["count", "avg(rating)", "csat(rating)", "stddev(rating)", "sum(rating)"]
        let rows = try table(vault.session("reporting"), measures.joined(separator: ","), by: ["store"], isCompared: true).rows
        for (place, measure) in measures.enumerated() {
            let pairs = rows.compactMap { row -> (Double, Double)? in
                let (change, margin) = (row[1 + measures.count + 3 * place + 1], decimal(row[1 + measures.count + 3 * place + 2]))
                if case .integer(let integer) = change { return (Double(integer), margin) }
                return change == .null ? nil : (decimal(change), margin)
            }
            // 57 of 60 are expected; fewer than 49 hardly ever (10⁻⁴).
            #expect(pairs.count >= 55 && pairs.count { abs($0.0) <= $0.1 } >= pairs.count - 11, "\(measure): \(pairs)")
            #expect(pairs.contains { abs($0.0) > $0.1 / 4 }, "\(measure): margins are not far too wide")
        }
    }
}
