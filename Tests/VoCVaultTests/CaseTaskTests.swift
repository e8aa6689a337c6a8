import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VaultAPI
import VoCVault

@Suite("What others have to do for a customer's request")
struct CaseTaskTests {
    private let purpose = "subject-request"

    @Test("a case is answered once everybody has answered; the notes are sealed, and end with the case")
    func tasks() throws {
        let vault = try TestVault { name, text in
            name == "retention.yaml" ? text.replacing(/\ \ cases: .*/, with: "  cases: 10d") : text
        }
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "欧阳娜"])])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: purpose).subjects[0]
        let number = try officer.openCase(.erasure, of: subject, purpose: purpose, note: nil).id
        let identity = try officer.askCaseTask(number, purpose: purpose, system: "identity", note: "call 欧阳娜 back at Rosewood Lane").task
        let other = try officer.askCaseTask(number, purpose: purpose, system: "crm", note: "erase").task
        #expect(throws: VaultError.conflict("not everybody has answered: task 1 (identity), task 2 (crm)")) {
            try officer.closeCase(number, as: .answered, purpose: purpose, note: "done")
        }
        _ = try officer.answerCaseTask(number, task: identity, purpose: purpose, outcome: .done, note: "knows the last order")
        #expect(throws: VaultError.conflict("task 1 is done already")) {
            try officer.answerCaseTask(number, task: identity, purpose: purpose, outcome: .refused, note: "again")
        }
        #expect(throws: VaultError.notFound("task 9 of case 1")) { try officer.answerCaseTask(number, task: 9, purpose: purpose, outcome: .done, note: "x") }
        #expect(throws: VaultError.notFound("an open case 7")) { try officer.askCaseTask(7, purpose: purpose, system: "crm", note: "x") }
        #expect(throws: VaultError.self) { try officer.askCaseTask(number, purpose: purpose, system: "C R M", note: "x") }
        #expect(throws: VaultError.self) { try vault.session("analyst").askCaseTask(number, purpose: purpose, system: "crm", note: "x") }
        _ = try officer.answerCaseTask(number, task: other, purpose: purpose, outcome: .done, note: "erased")
        let tasks = try officer.cases(purpose: purpose, closed: false)[0].tasks
        #expect(tasks.map(\.state) == ["done", "done"] && tasks.map(\.system) == ["identity", "crm"])
        #expect(tasks[0].note == "call [NAME] back at Rosewood Lane → knows the last order")
        _ = try officer.closeCase(number, as: .answered, purpose: purpose, note: "erased")
        #expect(try vault.files().allSatisfy { !$0.bytes.holds(Data("Rosewood".utf8)) })
        let entries = try officer.auditEntries(AuditFilter(action: "case.manage", target: subject)).compactMap { $0[.system] }
        #expect(entries == ["crm", "identity", "crm", "identity"])
        vault.clock.advance(days: 11)
        _ = try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true))
        #expect(try officer.cases(purpose: purpose, closed: true).isEmpty)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("the first request of a day reminds of what is due, once for each case and rule")
    func deadlines() throws {
        let vault = try TestVault(alerts: "version: 1\nrules: [{name: near, deadline: {days: 5}}, {name: late, deadline: {days: 0}}]")
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: purpose).subjects[0]
        // 15 working days.
        let due = try officer.openCase(.access, of: subject, purpose: purpose, note: nil).due
        #expect(try vault.vault.requestMeasures() == RequestMeasures(open: 1, overdue: 0, nextDeadline: due.milliseconds / 1000, tasks: 0, links: 0))
        _ = try officer.askCaseTask(1, purpose: purpose, system: "crm", note: "erase")
        func alerts() throws -> [String] {
            try officer.auditEntries(AuditFilter(action: "alert")).map { "\($0.rule.prefix(4)) \($0[.case] ?? "") \($0[.overdue] ?? "")" }.sorted()
        }
        #expect(try alerts().isEmpty)
        vault.clock.advance(days: 17)
        // Whoever comes first today sees what was there before.
        #expect(try alerts().isEmpty)
        #expect(try alerts() == ["near 1 no"])
        #expect(try alerts() == ["near 1 no"])
        vault.clock.advance(days: 10)
        _ = try alerts()
        #expect(try alerts() == ["late 1 yes", "near 1 no", "near 1 yes"])
        #expect(try vault.vault.requestMeasures() == RequestMeasures(open: 1, overdue: 1, nextDeadline: nil, tasks: 1, links: 0))
        _ = try officer.answerCaseTask(1, task: 1, purpose: purpose, outcome: .done, note: "erased")
        _ = try officer.closeCase(1, as: .answered, purpose: purpose, note: "sent")
        #expect(try vault.vault.requestMeasures() == RequestMeasures())
        vault.clock.advance(days: 1)
        #expect(try alerts().count == 3)
        _ = try vault.administrator.verifyAudit()
    }
}
