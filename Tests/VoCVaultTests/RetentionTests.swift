import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("What a retention run would do, and does")
struct RetentionTests {
    /// Rules of `retention.yaml`, in an order that is not that of a run.
    enum Rules: String, CaseIterable, CustomTestStringConvertible {
        case shipped = """
              - {name: hotline-identity, channels: [hotline], remove: [direct, quasi, text, unclassified], after: 1y}
              - {name: identity, remove: [direct, quasi, text, unclassified], after: 2y}
              - {name: everything, remove: record, after: 3y}
            """
        /// Each part goes in its own time: a record is stripped more than once, and each time it counts.
        case partByPart = """
              - {name: names, remove: [direct], after: 180d}
              - {name: words, remove: [direct, text], after: 1y}
              - {name: rest, remove: [quasi, unclassified], after: 18m}
              - {name: app, channels: [app], remove: record, after: 2y}
              - {name: all, remove: record, after: 3y}
            """
        /// Two rules delete the same records, and one strips what both delete.
        case twice = """
              - {name: strip, remove: [direct], after: 30d}
              - {name: late, channels: [hotline, app], remove: record, after: 3y}
              - {name: early, channels: [hotline], remove: record, after: 2y}
              - {name: again, channels: [app, web], remove: [direct], after: 60d}
            """

        /// Conditions besides the age.
        case conditional = """
              - {name: gone, remove: record, after: 2y, since: inactivity}
              - {name: app, remove: record, after: 30d, where: "channel = 'app' and rating < 4"}
              - {name: web, remove: [text], after: 30d, where: "channel = 'web' and not (product = 'X6')"}
              - {name: refused, remove: [quasi], after: 1d, since: refusal, purpose: insight}
              - {name: names, remove: [direct], after: 1y}
            """

        var testDescription: String { "\(self)" }
    }

    private func vault(_ rules: Rules) throws -> TestVault {
        try TestVault { name, text in name == "retention.yaml" ? "version: 1\nrules:\n\(rules.rawValue)\n" : text }
    }

    /// 120 records over four years, of 30 customers on three channels; some customers have been gone for long.
    private func fill(_ vault: TestVault) throws {
        try vault.ingest((0..<120).map { number in
            let customer = number % 30
            let year = 2023 + (customer < 5 ? 0 : number / 30)
            return line(
                id: "\(number)", customer: ["id": "C\(customer)", "phone": "1380013\(8000 + customer)", "birth_date": "1990-01-01"],
                channel: ["hotline", "app", "web"][number % 3], at: "\(year)-0\(1 + number % 9)-15T12:00:00+08:00")
        })
    }

    @Test("the forecast's numbers are those of the run, rule by rule, customers too, whatever the batch", arguments: Rules.allCases, [7, 1000])
    func forecast(_ rules: Rules, batch: Int) throws {
        let vault = try vault(rules)
        try fill(vault)
        let officer = try vault.session("compliance")
        for customer in ["C2", "C7"] {
            let subject = try officer.lookup(field: "customer_id", value: customer, purpose: "subject-request").subjects[0]
            _ = try officer.holdSubject(subject, purpose: "subject-request", reason: "court")
        }
        let retention = try vault.session("retention")
        for _ in 0..<3 {
            let before = try vault.column("SELECT uid FROM record").count
            let forecast = try retention.retentionForecast()
            #expect(try retention.retentionPlan() == forecast.rules)
            let done = try retention.retentionRun(batch: batch)
            #expect(done.done == Dictionary(uniqueKeysWithValues: forecast.rules.filter { $0.due > 0 }.map { ($0.rule, $0.due) }))
            #expect(done.customersErased == forecast.customersErased)
            let deleted = try before - vault.column("SELECT uid FROM record").count
            #expect(deleted == forecast.rules.filter { $0.removes == "record" }.reduce(0) { $0 + $1.due })
            #expect(forecast.records >= deleted && forecast.records <= forecast.rules.reduce(0) { $0 + $1.due })
            let after = try retention.retentionForecast()
            #expect(after.records == 0 && after.customersErased == 0 && after.rules.allSatisfy { $0.due == 0 })
            // What the hold has kept is still counted, and kept.
            #expect(after.rules.map(\.held) == forecast.rules.map(\.held))
            vault.clock.advance(days: 200)
        }
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a record that would be deleted is not announced as to be stripped as well; one that would be stripped twice is one record")
    func once() throws {
        let shipped = try vault(.shipped)
        try shipped.ingest([
            line(id: "old", customer: ["id": "C1"], at: "2020-01-01"), line(id: "older", customer: ["id": "C2"], channel: "app", at: "2019-01-01"),
            line(id: "mid", customer: ["id": "C2"], at: "2025-06-01"), line(id: "new", customer: ["id": "C3"], at: "2026-11-01"),
        ])
        let forecast = try shipped.session("retention").retentionForecast()
        #expect(forecast.rules.map(\.rule) == ["hotline-identity", "identity", "everything"])
        #expect(forecast.rules.map(\.due) == [1, 0, 2] && forecast.records == 3 && forecast.customersErased == 1)
        // What others show of it is the same number.
        #expect(try shipped.administrator.overview().due == 3)
        #expect(try shipped.administrator.examine().first { $0.check == "retention" }?.finding == "3 records are due")
        let parts = try vault(.partByPart)
        try parts.ingest([line(id: "1", customer: ["id": "C1"], channel: "web", at: "2025-01-01")])
        let two = try parts.session("retention").retentionForecast()
        #expect(two.rules.filter { $0.due > 0 }.map(\.rule) == ["names", "words", "rest"] && two.records == 1 && two.customersErased == 0)
    }
}
