import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Retention by what customers did and decided")
struct RefusalRetentionTests {
    private func vault(_ rule: String) throws -> TestVault {
        try TestVault { name, text in name == "retention.yaml" ? "version: 1\nrules:\n  - \(rule)\n" : TestVault.openRows(name, text) }
    }

    private func left(_ vault: TestVault) throws -> [String] {
        try vault.session("compliance").page(Query(select: ["text"], purpose: "subject-request")).rows.map { $0[0].description }.sorted()
    }

    private func run(_ vault: TestVault) throws -> RetentionReport { try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true, records: 100)) }

    @Test("what a refused purpose was kept for goes so long after the refusal; a consent since then keeps it")
    func refusal() throws {
        let vault = try vault("{name: refused, remove: record, after: 30d, since: refusal, purpose: insight}")
        try vault.ingest((1...4).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "t\($0)") })
        let officer = try vault.session("compliance")
        let subjects = try (1...4).map { try officer.lookup(field: "customer_id", value: "C\($0)", purpose: "subject-request").subjects[0] }
        _ = try officer.recordConsent(subjects[0], purpose: "subject-request", about: "insight", decision: .objected)
        _ = try officer.recordConsent(subjects[1], purpose: "subject-request", about: "insight", decision: .withdrawn)
        _ = try officer.recordConsent(subjects[2], purpose: "subject-request", about: "follow-up", decision: .objected)
        vault.clock.advance(days: 20)
        _ = try officer.recordConsent(subjects[1], purpose: "subject-request", about: "insight", decision: .given)
        #expect(try run(vault).done.isEmpty)
        vault.clock.advance(days: 11)
        let plan = try vault.session("retention").retentionForecast(consent: RetentionConsent(clock: true))
        #expect(plan.rules[0].due == 1 && plan.customersErased == 1)
        #expect(try run(vault).done == ["refused": 1])
        #expect(try left(vault) == ["t2", "t3", "t4"])
        _ = try vault.administrator.verifyAudit()
    }

    @Test("inactivity counts from the customer's last record, a condition from the record's own")
    func inactivity() throws {
        let vault = try vault("{name: gone, remove: record, after: 100d, since: inactivity, where: \"rating < 4\"}")
        try vault.ingest([
            line(id: "1", customer: ["id": "C1"], attributes: ["rating": 1], text: "t1", at: "2025-01-01"),
            line(id: "2", customer: ["id": "C1"], attributes: ["rating": 1], text: "t2", at: "2026-11-01"),
            line(id: "3", customer: ["id": "C2"], attributes: ["rating": 1], text: "t3", at: "2025-01-01"),
            line(id: "4", customer: ["id": "C2"], attributes: ["rating": 5], text: "t4", at: "2025-01-02"),
            line(id: "5", customer: ["id": "C3"], attributes: [:], text: "t5", at: "2025-01-01"),
        ])
        #expect(try run(vault).done == ["gone": 1])
        #expect(try left(vault) == ["t1", "t2", "t4", "t5"])
    }

    @Test(
        "a rule that names what is not there is no rule",
        arguments: [
            "{name: x, remove: record, after: 1d, since: refusal}", "{name: x, remove: record, after: 1d, since: refusal, purpose: insigth}",
            "{name: x, remove: record, after: 1d, since: never}", "{name: x, remove: record, after: 1d, purpose: insight}",
            "{name: x, remove: record, after: 1d, where: \"phone = '1'\"}", "{name: x, remove: record, after: 1d, where: \"rating <\"}",
        ])
    func mistakes(rule: String) { #expect(throws: (any Error).self) { try vault(rule) } }
}
