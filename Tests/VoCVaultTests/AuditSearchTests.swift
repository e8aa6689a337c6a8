import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Searching the audit log")
struct AuditSearchTests {
    private func subject(_ session: Session, _ purpose: String, _ index: Int = 0) throws -> (subject: String, record: String) {
        let rows = try session.page(Query(select: ["subject", "record"], purpose: purpose)).rows
        return (rows[index][0].description, rows[index][1].description)
    }

    private func filled() throws -> TestVault {
        let vault = try TestVault()
        try vault.ingest([
            line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "phone": "13800138000"], at: "2026-03-04T12:00:00+08:00"),
            line(id: "2", customer: ["id": "C2", "phone": "13900139000"], at: "2026-03-05T12:00:00+08:00"),
        ])
        return vault
    }

    @Test("who saw a customer's phone: found by the customer's pseudonym of another purpose")
    func acrossPurposes() throws {
        let vault = try filled()
        let (zhao, officer) = (try vault.session("agent", named: "zhao"), try vault.session("compliance", named: "chen"))
        let seen = try subject(zhao, "follow-up", 1)
        let other = try subject(zhao, "follow-up", 0)
        _ = try zhao.reveal(record: seen.record, field: "phone", purpose: "follow-up", reason: "customer asked for a CALL back") { _ in }
        _ = try zhao.reveal(record: other.record, field: "phone", purpose: "follow-up", reason: "wrong part") { _ in }
        // The officer knows the customer under `subject-request` only.
        let known = try subject(officer, "subject-request", 1)
        #expect(known.subject != seen.subject)
        let entries = try officer.auditEntries(AuditFilter(action: "reveal", subject: known.subject, field: "phone"))
        #expect(entries.map(\.principal) == ["zhao"] && entries.first?.target == seen.record)
        #expect(try officer.auditEntries(AuditFilter(action: "reveal", record: known.record)).map(\.target) == [seen.record])
        #expect(try officer.auditEntries(AuditFilter(reason: "call BACK")).count == 1)
        #expect(try officer.auditEntries(AuditFilter(role: "agent", action: "reveal")).count == 2)
        #expect(try officer.auditEntries(AuditFilter(action: "reveal", until: Timestamp("2026-11-22"))).isEmpty)
        // The search is in the log, with whom it was about.
        #expect(try officer.auditEntries(AuditFilter(action: "audit.read", target: known.subject)).count >= 1)
        let error = #expect(throws: VaultError.self) { try officer.auditEntries(AuditFilter(subject: "欧阳娜")) }
        #expect(error == .notFound("the customer"))
        for entry in try officer.auditEntries(AuditFilter(limit: 1000)) {
            #expect(!String(decoding: entry.canonicalBytes, as: UTF8.self).contains("欧阳娜"))
        }
    }

    @Test("the summary counts by principal, names first uses, denials and what happened out of hours")
    func summary() throws {
        let vault = try filled()
        let (zhao, officer) = (try vault.session("agent", named: "zhao"), try vault.session("compliance", named: "chen"))
        let record = try subject(zhao, "follow-up", 1).record
        for _ in 0..<3 { _ = try zhao.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { _ in } }
        vault.clock.advance(days: 5)
        // A Saturday.
        let day = Timestamp(milliseconds: vault.clock.now - 1000)
        _ = try zhao.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { _ in }
        _ = try zhao.reveal(record: record, field: "name", purpose: "follow-up", reason: "r") { _ in }
        #expect(throws: VaultError.self) { try zhao.reveal(record: record, field: "national_id", purpose: "follow-up", reason: "r") { _ in } }
        let summary = try officer.auditSummary(since: day, until: nil)
        let reveals = try #require(summary.activities.first { $0.principal == "zhao" && $0.action == "reveal" })
        #expect(reveals.allowed == 2 && reveals.denied == 1 && reveals.outOfHours == 3 && reveals.rows == 2)
        #expect(summary.fieldUses.map(\.field) == ["name", "phone"] && summary.fieldUses.map(\.times) == [1, 1])
        #expect(summary.fieldUses.map(\.isNew) == [true, false])
        #expect(summary.denials.map(\.times) == [1] && summary.denials[0].action == "reveal")
        #expect(try officer.auditSummary(since: nil, until: day).fieldUses.map(\.times) == [3])
    }

    @Test("an export has every entry that is wanted, once, oldest first")
    func export() throws {
        let vault = try filled()
        let officer = try vault.session("compliance")
        var numbers: [Int64] = []
        try officer.exportAudit(AuditFilter(limit: 1)) { numbers.append($0.seq) }
        #expect(numbers == Array(0..<Int64(numbers.count)) && numbers.count > 3)
        var actions: Set<String> = []
        try officer.exportAudit(AuditFilter(action: "ingest")) { actions.insert($0.action) }
        #expect(actions == ["ingest"])
    }
}
