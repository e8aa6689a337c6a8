import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Cases")
struct CaseTests {
    private func vault(_ deadline: String = "{working_days: 15}") throws -> (TestVault, Session, String) {
        let vault = try TestVault { name, text in
            name == "schema.yaml" ? text.replacing("cases: {working_days: 15}", with: "cases: \(deadline)") : text
        }
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "phone": "13800138000"])])
        let officer = try vault.session("compliance", named: "chen")
        return (vault, officer, try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0])
    }

    // The tests' clock stands at noon in Shanghai on Monday, 2026-11-23.
    @Test("a deadline is the end of its day where the company works", arguments: [
        ("{working_days: 15}", "2026-12-14T15:59:59Z"), ("{working_days: 1}", "2026-11-24T15:59:59Z"),
        ("{working_days: 5}", "2026-11-30T15:59:59Z"), ("{days: 30}", "2026-12-23T15:59:59Z"), ("{days: 5}", "2026-11-28T15:59:59Z"),
    ])
    func deadlines(deadline: String, expected: String) throws {
        let (_, officer, subject) = try vault(deadline)
        let (id, due) = try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
        #expect(id == 1 && due == Timestamp(expected))
    }

    @Test("a case goes from open to overdue to answered, and the log has each step without personal data")
    func life() throws {
        let (vault, officer, subject) = try vault()
        _ = try officer.openCase(.erasure, of: subject, purpose: "subject-request", note: "欧阳娜 wrote a letter")
        _ = try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
        var open = try officer.cases(purpose: "subject-request", closed: false)
        #expect(open.map(\.kind) == ["erasure", "access"] && open.allSatisfy { $0.subject == subject && !$0.isOverdue })
        #expect(open[0].note == "[NAME] wrote a letter")
        #expect(try officer.auditSummary(since: nil, until: nil).overdueCases == 0)
        vault.clock.advance(days: 40)
        #expect(try officer.auditSummary(since: nil, until: nil).overdueCases == 2)
        open = try officer.cases(purpose: "subject-request", closed: false)
        #expect(open.count == 2 && open.allSatisfy(\.isOverdue))
        #expect(throws: VaultError.self) { try officer.closeCase(1, as: .answered, purpose: "subject-request", note: " ") }
        _ = try officer.closeCase(1, as: .answered, purpose: "subject-request", note: "told 欧阳娜 by post")
        #expect(throws: VaultError.notFound("an open case 1")) {
            try officer.closeCase(1, as: .refused, purpose: "subject-request", note: "again")
        }
        #expect(try officer.cases(purpose: "subject-request", closed: false).map(\.id) == [2])
        let all = try officer.cases(purpose: "subject-request", closed: true)
        #expect(all.map(\.status) == ["open", "answered"] && all[1].note == "told [NAME] by post")
        let entries = try officer.auditEntries(AuditFilter(action: "case.manage", target: subject))
        #expect(entries.map { $0.detail["closed"] ?? $0.detail["kind"] } == ["answered", "access", "erasure"])
        #expect(entries[0].detail["late"] == "yes")
        for entry in entries { #expect(!String(decoding: entry.canonicalBytes, as: UTF8.self).contains("欧阳娜")) }
    }

    @Test("a case outlives its customer's data, and who may not manage cases sees none")
    func boundaries() throws {
        let (vault, officer, subject) = try vault()
        _ = try officer.openCase(.erasure, of: subject, purpose: "subject-request", note: nil)
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        _ = try officer.closeCase(1, as: .answered, purpose: "subject-request", note: "erased")
        #expect(try officer.cases(purpose: "subject-request", closed: true).map(\.status) == ["answered"])
        #expect(throws: VaultError.notFound("the customer")) {
            try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
        }
        #expect(throws: VaultError.self) { try vault.session("agent").cases(purpose: "follow-up", closed: true) }
    }
}
