import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("What endpoints are told")
struct OutboxTests {
    private let purpose = "subject-request"
    private let test: TestVault
    private let vault: Vault
    private let officer: Session

    /// Two endpoints: one that is told everything, with pseudonyms, and one of cases alone.
    init() throws {
        test = try TestVault(alerts: "version: 1\nrules:\n  - {name: often, frequency: {count: 2, minutes: 10}, actions: [lookup]}\n")
        let secret = test.folder.appendingPathComponent("policies/secret").path
        try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8).write(to: URL(fileURLWithPath: secret))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        try """
        version: 1
        endpoints:
          - {name: crm, url: "https://crm.example.com/hook", events: [case.opened, case.closed, case.task, subject.erased, task.changed, alert.raised, coding.added], purpose: subject-request, secret: secret}
          - {name: few, url: "https://few.example.com/hook", events: [case.opened], secret: secret}

        """.write(toFile: test.location.policies + "/outbox.yaml", atomically: true, encoding: .utf8)
        try test.ingest((1...3).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "欧阳娜", "phone": "1380013800\($0)"]) })
        vault = try test.reopened()
        officer = try vault.session(token: test.token("compliance"))
    }

    private func endpoint(_ name: String = "crm") throws -> OutboxEndpoint { try #require(vault.policies.outbox.first { $0.name == name }) }

    private func subject(_ id: String) throws -> String { try #require(try officer.lookup(field: "customer_id", value: id, purpose: purpose).subjects.first) }

    private func waiting(_ name: String = "crm") throws -> [OutboxRow] { try vault.store.read { try $0.events(for: name, limit: 100) } }

    private func took(_ taken: [Webhook], _ name: String = "crm") throws { try vault.settle(endpoint(name), delivered: taken, failed: [], untried: []) }

    @Test("cases, erasures, tasks, alerts and codings are told by numbers, kinds and states, as CloudEvents, and nothing of what anybody said")
    func kinds() throws {
        let first = try subject("C1")
        let number = try officer.openCase(.erasure, of: first, purpose: purpose, note: "欧阳娜 wrote, 13800138001").id
        let task = try officer.askCaseTask(number, purpose: purpose, system: "crm", note: "delete 欧阳娜").task
        _ = try officer.answerCaseTask(number, task: task, purpose: purpose, outcome: .done, note: "deleted")
        _ = try officer.closeCase(number, as: .answered, purpose: purpose, note: "told her")
        _ = try officer.eraseSubject(first, purpose: purpose, reason: "asked", dryRun: true)
        _ = try officer.eraseSubject(first, purpose: purpose, reason: "asked")
        // The second look-up within ten minutes.
        _ = try subject("C2")
        let coder = try vault.session(token: test.token("classification"))
        let record = try coder.page(Query(select: ["record"], limit: 1, purpose: "insight")).rows[0][0].description
        _ = try coder.annotate([Annotation(record: record, module: "topic", labels: ["price": 1])], purpose: "insight")
        let analyst = try vault.session(token: test.token("analyst"))
        _ = try test.token("improver", named: "owner")
        _ = try analyst.proposeTask(title: "欧阳娜", about: try Condition(parsing: "rating = 1"), owner: "owner", due: Timestamp("2027-01-01")!, expected: "")
        let rows = try waiting()
        #expect(rows.map(\.kind).sorted() == ["alert.raised", "case.closed", "case.opened", "case.task", "case.task", "coding.added", "subject.erased", "task.changed"])
        #expect(try waiting("few").map(\.kind) == ["case.opened"] && waiting("few")[0].subject != nil)
        var bodies: [[String: Any]] = []
        while case let taken = try vault.takeWebhooks(for: endpoint()), !taken.isEmpty {
            for webhook in taken { bodies.append(try #require(try JSONSerialization.jsonObject(with: Data(webhook.body)) as? [String: Any])) }
            try took(taken)
        }
        #expect(bodies.count == 8)
        for body in bodies {
            #expect(body["specversion"] as? String == "1.0" && (body["source"] as? String)?.hasPrefix("urn:vocvault:") == true)
            #expect(Set(body.keys).isSubset(of: ["specversion", "id", "source", "type", "time", "datacontenttype", "data", "subject"]))
        }
        let about = bodies.filter { $0["subject"] != nil }
        #expect(about.count == 5 && about.allSatisfy { $0["subject"] as? String == first })
        #expect(about.map { $0["type"] as? String } == ["opened", "task", "task", "closed"].map { "vocvault.case.\($0)" } + ["vocvault.subject.erased"])
        let text = "\(bodies)"
        for word in ["欧阳娜", "13800138001", "delete", "told her", "chen"] { #expect(!text.contains(word)) }
        #expect((bodies.first { $0["type"] as? String == "vocvault.alert.raised" }?["data"] as? [String: Any])?["rule"] as? String == "often")
        let few = try vault.takeWebhooks(for: endpoint("few"))
        #expect(few.count == 1 && !String(decoding: few[0].body, as: UTF8.self).contains("s_"))
        let entries = try officer.auditEntries(AuditFilter(action: "outbox"))
        #expect(entries.map(\.rows).reduce(0, +) == 8 && entries.allSatisfy { $0.principal == "vault" && $0[.system] == "crm" })
        _ = try test.administrator.verifyAudit()
    }

    @Test("nothing is told of what did not happen")
    func undone() throws {
        let first = try subject("C1")
        _ = try officer.holdSubject(first, purpose: purpose, reason: "court")
        #expect(throws: VaultError.self) { try officer.eraseSubject(first, purpose: purpose, reason: "asked") }
        #expect(throws: VaultError.self) { try officer.closeCase(99, as: .answered, purpose: purpose, note: "x") }
        #expect(try waiting().isEmpty)
    }

    @Test("of one customer, the next is sent once the one before was taken; what fails waits longer each time, and others go on")
    func order() throws {
        let (one, other) = (try subject("C1"), try subject("C2"))
        let first = try officer.openCase(.access, of: one, purpose: purpose, note: nil).id
        _ = try officer.openCase(.access, of: other, purpose: purpose, note: nil)
        _ = try officer.closeCase(first, as: .answered, purpose: purpose, note: "done")
        let taken = try vault.takeWebhooks(for: endpoint())
        #expect(taken.map(\.row.kind).filter { $0 != "alert.raised" } == ["case.opened", "case.opened"])
        // Nobody else has them meanwhile.
        #expect(try vault.takeWebhooks(for: endpoint()).isEmpty && test.reopened().takeWebhooks(for: endpoint()).isEmpty)
        let target = try #require(taken.first { $0.row.kind == "case.opened" })
        try vault.settle(endpoint(), delivered: taken.filter { $0.id != target.id }, failed: [(target, "status 500")], untried: [])
        #expect(try vault.takeWebhooks(for: endpoint()).isEmpty && waiting().map(\.failure) == ["status 500", nil])
        test.clock.advance(minutes: 1)
        let again = try vault.takeWebhooks(for: endpoint())
        #expect(again.map(\.id) == [target.id] && again[0].body == target.body && again[0].row.attempts == 1)
        // Whoever took it has crashed: after a while it is anybody's again.
        test.clock.advance(minutes: 6)
        let third = try vault.takeWebhooks(for: endpoint())
        #expect(third.map(\.id) == again.map(\.id))
        try took(third)
        #expect(try vault.takeWebhooks(for: endpoint()).map(\.row.kind) == ["case.closed"])
        let state = try #require(try vault.outboxStates().first { $0.endpoint == "few" })
        #expect(state.waiting == 2 && state.failing == 0 && state.lag >= 240)
    }

    @Test("a table that is full, and what is given up, is told as a gap; doctor says who takes nothing")
    func bounds() throws {
        let row = OutboxRow(endpoint: "crm", stream: "alert", kind: "alert.raised", subject: nil, body: "{}", at: test.clock.now)
        for _ in 0..<5 { try vault.store.write { try $0.addEvent(row, atMost: 3) } }
        #expect(try waiting().map(\.kind) == ["alert.raised", "alert.raised", "gap"])
        let administrator = try vault.session(token: test.adminToken)
        func doctor() throws -> HealthFinding.State? { try administrator.examine().first { $0.check == "outbox" }?.state }
        #expect(try doctor() == .ok)
        test.clock.advance(minutes: 120)
        #expect(try doctor() == .warning)
        test.clock.advance(days: 2)
        #expect(try doctor() == .failure)
        test.clock.advance(days: 6)
        let report = try vault.session(token: test.token("retention")).retentionRun(consent: RetentionConsent(clock: true))
        #expect(report.ended["outbox"] == 3)
        #expect(try waiting().map(\.kind) == ["gap"])
        let gap = try #require(try vault.takeWebhooks(for: endpoint()).first)
        #expect(String(decoding: gap.body, as: UTF8.self).contains(#""type":"vocvault.gap""#))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: endpoint().secret)
        #expect(try doctor() == .failure)
        _ = try test.administrator.verifyAudit()
    }

    @Test("what somebody else wrote is neither signed nor sent")
    func forged() throws {
        _ = try officer.openCase(.access, of: subject("C1"), purpose: purpose, note: nil)
        try test.alter("UPDATE outbox SET body = '{\"case\":7}' WHERE endpoint = 'crm'")
        #expect(throws: StorageError.self) { try vault.takeWebhooks(for: endpoint()) }
        #expect { try test.administrator.verifyAudit() } throws: { "\($0)".contains("outbox") }
    }

    @Test("signatures are those of Standard Webhooks, one for each key")
    func signature() throws {
        // The specification's own example.
        let webhook = Webhook(
            row: OutboxRow(endpoint: "", stream: "", kind: "", subject: nil, body: "", at: 0), id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Array(#"{"test": 2432232314}"#.utf8))
        let file = test.folder.appendingPathComponent("policies/secret").path
        #expect(try webhook.signature(at: 1_614_265_330, endpoint().secrets()) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        for text in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_%%%"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            #expect(throws: VaultError.self) { try endpoint().secrets() }
        }
        try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_\(Data(repeating: 7, count: 32).base64EncodedString())\n".utf8).write(to: URL(fileURLWithPath: file))
        #expect(try webhook.signature(at: 1, endpoint().secrets()).split(separator: " ").count == 2)
    }
}
