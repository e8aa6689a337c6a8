import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI
import VoCVault

@Suite("Consent and objection")
struct ConsentTests {
    private let purpose = "subject-request"

    /// Groups of one are shown, so that figures tell; insight and follow-up rest on what a test says.
    private func vault(insight: String = "legitimate_interest", followUp: String = "contract") throws -> TestVault {
        try TestVault { name, text in
            switch name {
            case "roles.yaml": text.replacing("minimum_group: 5", with: "minimum_group: 1").replacing("minimum_group: 10", with: "minimum_group: 1")
            case "purposes.yaml": text.replacing("basis: legitimate_interest", with: "basis: \(insight)").replacing("basis: contract", with: "basis: \(followUp)")
            default: text
            }
        }
    }

    private func subject(_ id: String, _ officer: Session) throws -> String {
        try #require(try officer.lookup(field: "customer_id", value: id, purpose: purpose).subjects.first)
    }

    private func texts(_ session: Session, contains word: String? = nil) throws -> [String] {
        let filter = word.map { Condition.contains(field: "text", $0) }
        return try session.page(Query(select: ["text"], filter: filter, purpose: "insight")).rows.map { $0[0].description }.sorted()
    }

    private func count(_ session: Session) throws -> Value {
        try #require(try session.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")).rows.first?.first)
    }

    @Test("a decision is about all customers who are one person, also those who turn out to be it later", arguments: ["legitimate_interest", "consent"])
    func persons(basis: String) throws {
        let isOnConsent = basis == "consent"
        let vault = try vault(insight: basis)
        try vault.ingest([
            line(id: "a1", customer: ["phone": "13611110001", "name": "林一"], text: "其一"), line(id: "a2", customer: ["email": "lin1@example.com", "name": "林一"], text: "其二"),
            line(id: "b", customer: ["id": "B"], text: "别人"),
        ])
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        let phone = try #require(try officer.lookup(field: "phone", value: "13611110001", purpose: purpose).subjects.first)
        if isOnConsent { _ = try officer.recordConsent(phone, purpose: purpose, about: "insight", decision: .given, version: "1") }
        #expect(try texts(analyst) == (isOnConsent ? ["其一"] : ["其一", "其二", "别人"]).sorted())
        // From here on, they are one person.
        try vault.ingest([line(id: "a3", customer: ["id": "L-1", "phone": "13611110001", "email": "lin1@example.com", "name": "林一"], text: "其三")])
        #expect(try texts(analyst) == (isOnConsent ? ["其一", "其三", "其二"] : ["其一", "其三", "其二", "别人"]).sorted() && count(analyst) == .integer(isOnConsent ? 3 : 4))
        let found = try subject("L-1", officer)
        let done = try officer.recordConsent(found, purpose: purpose, about: "insight", decision: isOnConsent ? .withdrawn : .objected)
        #expect(done.counts && done.effect == .unused)
        #expect(try texts(analyst) == (isOnConsent ? [] : ["别人"]) && texts(analyst, contains: "其").isEmpty)
        #expect(try officer.consents(of: found, purpose: purpose).map(\.decision) == (isOnConsent ? [.given, .withdrawn] : [.objected]))
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a purpose on consent sees only customers who gave it and did not withdraw it: rows, searches, figures, labels")
    func consent() throws {
        let vault = try vault(insight: "consent")
        try vault.ingest((1...4).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "空调坏了 \($0)") })
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        #expect(try texts(analyst).isEmpty && texts(analyst, contains: "空调").isEmpty)
        #expect(try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")).rows.allSatisfy { $0 == [.integer(0)] })
        for id in ["C1", "C2"] {
            let done = try officer.recordConsent(subject(id, officer), purpose: purpose, about: "insight", decision: .given, version: "3", proof: "form \(id)")
            #expect(done.counts && done.effect == .used)
        }
        #expect(try texts(analyst) == ["空调坏了 1", "空调坏了 2"] && texts(analyst, contains: "空调").count == 2)
        #expect(try count(analyst) == .integer(2))
        // What modules say goes with the consent.
        let coder = try vault.session("classification")
        let records = try coder.page(Query(select: ["record"], purpose: "insight")).rows.map { $0[0].description }
        #expect(try coder.annotate(records.map { Annotation(record: $0, module: "topic", labels: ["price": 1]) }, purpose: "insight") == 2)
        let withdrawn = try officer.recordConsent(subject("C1", officer), purpose: purpose, about: "insight", decision: .withdrawn, reason: "call")
        #expect(withdrawn.counts && withdrawn.effect == .unused && withdrawn.unlabelled == 1)
        #expect(try texts(analyst) == ["空调坏了 2"] && texts(analyst, contains: "空调") == ["空调坏了 2"] && count(analyst) == .integer(1))
        #expect(try coder.annotate(records.map { Annotation(record: $0, module: "topic", labels: ["price": 1]) }, purpose: "insight") == 1)
        // A decision of before the last one is recorded, and changes nothing.
        let late = try officer.recordConsent(
            subject("C1", officer), purpose: purpose, about: "insight", decision: .given, at: Timestamp("2026-03-01T00:00:00Z"))
        #expect(!late.counts && late.effect == .unused)
        let ledger = try officer.consents(of: subject("C1", officer), purpose: purpose)
        #expect(ledger.map(\.decision) == [.given, .given, .withdrawn] && ledger.map(\.counts) == [false, false, true])
        #expect(ledger[1].version == "3" && ledger[1].proof == "form C1" && ledger[1].by == "compliance")
        // Other purposes do not depend on it.
        #expect(try officer.page(Query(select: ["record"], purpose: purpose)).rows.count == 4)
        let entries = try officer.auditEntries(AuditFilter(action: "subject.consent", outcome: .allowed)).filter { $0[.decision] != nil }
        #expect(entries.count == 4 && entries.allSatisfy { $0[.forPurpose] == "insight" })
        _ = try vault.administrator.verifyAudit()
        #expect(try vault.files().allSatisfy { !$0.bytes.holds(Data("form C1".utf8)) }, "the proof is readable on disk")
    }

    @Test("an objection stops a purpose on legitimate interest, for reveals, look-ups and copies too, and consent ends it")
    func objection() throws {
        let vault = try vault(followUp: "legitimate_interest")
        try vault.ingest([
            line(id: "1", customer: ["id": "C1", "phone": "13800138000"], text: "一"), line(id: "2", customer: ["id": "C2", "phone": "13900139000"], text: "二"),
        ])
        let (analyst, officer, agent) = (try vault.session("analyst"), try vault.session("compliance"), try vault.session("agent"))
        let record = try #require(try agent.page(Query(select: ["record", "phone"], purpose: "follow-up")).rows.first { $0[1].description.hasPrefix("138") })[0].description
        let subject = try subject("C1", officer)
        #expect(try agent.lookup(field: "phone", value: "13800138000", purpose: "follow-up").subjects.count == 1)
        #expect(try officer.recordConsent(subject, purpose: purpose, about: "follow-up", decision: .objected, reason: "letter").effect == .unused)
        #expect(try agent.lookup(field: "phone", value: "13800138000", purpose: "follow-up").subjects.isEmpty)
        #expect(try agent.page(Query(select: ["record"], purpose: "follow-up")).rows.count == 1)
        #expect(throws: VaultError.denied(action: "reveal", rule: "the customer's decision", hint: "the customer objects to purpose 'follow-up'")) {
            try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { _ in Issue.record("released") }
        }
        // Other purposes, and whoever handles the request, are as before.
        #expect(try texts(analyst).count == 2)
        var copy = ""
        _ = try officer.exportSubject(subject, purpose: purpose, reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("一"))
        #expect(try officer.recordConsent(subject, purpose: purpose, about: "follow-up", decision: .given).effect == .used)
        _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { #expect($0 == "13800138000") }
        // A contract does not depend on what the customer decides, and the answer says so.
        #expect(try officer.recordConsent(subject, purpose: purpose, about: "subject-request", decision: .objected).effect == ConsentEffect.none)
        #expect(throws: VaultError.self) { try officer.recordConsent(subject, purpose: purpose, about: "insigth", decision: .given) }
        #expect(throws: VaultError.self) { try officer.recordConsent(subject, purpose: purpose, about: "insight", decision: .given, at: Timestamp("2036-01-01T00:00:00Z")) }
        #expect(throws: VaultError.self) { try officer.recordConsent(subject, purpose: purpose, about: "insight", decision: .given, proof: " ") }
        #expect(throws: VaultError.self) { try analyst.recordConsent(subject, purpose: purpose, about: "insight", decision: .given) }
    }

    @Test("records state decisions, once and in the order of time; what is no decision is rejected")
    func records() throws {
        let vault = try vault(insight: "consent")
        func stated(_ id: String, _ customer: String, _ consent: Any, at: String = "2026-03-04T12:37:39+08:00") throws -> String {
            let data = try JSONSerialization.data(withJSONObject: [
                "id": id, "occurred_at": at, "channel": "hotline", "customer": ["id": customer, "consent": consent], "text": "空调 \(id)",
            ])
            return String(decoding: data, as: UTF8.self)
        }
        let first = try vault.ingest([
            stated("1", "C1", ["insight": "given"]), stated("2", "C1", ["insight": "given"]),
            stated("3", "C2", ["insight": ["decision": "given", "version": "3", "proof": "form 17"]]), stated("4", "C3", ["insight": "withdrawn"]),
            stated("5", "C4", [:] as [String: String]), stated("6", "C5", ["insight": "yes"]), stated("7", "C5", ["insigth": "given"]), stated("8", "C5", "given"),
        ])
        #expect(first.report.stored == 5 && first.report.decisions == 3 && first.rejects.map(\.line) == [6, 7, 8])
        #expect(first.rejects.map(\.reason).allSatisfy { $0.contains("customer.consent") && !$0.contains("insigth") })
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        #expect(try texts(analyst) == ["空调 1", "空调 2", "空调 3"])
        let ledger = try officer.consents(of: subject("C2", officer), purpose: purpose)
        #expect(ledger.count == 1 && ledger[0].version == "3" && ledger[0].proof == "form 17" && ledger[0].by == "test")
        #expect(ledger[0].at == Timestamp("2026-03-04T12:37:39+08:00"))
        // A withdrawal counts, also in a record that the vault has; one that was made before the consent does not.
        let second = try vault.ingest([
            stated("1", "C1", ["insight": ["decision": "withdrawn", "at": "2026-04-01T00:00:00Z"]]),
            stated("9", "C2", ["insight": "withdrawn"], at: "2026-01-01T00:00:00Z"),
        ])
        #expect(second.report.decisions == 2 && second.report.duplicates == 1)
        #expect(try texts(analyst) == ["空调 3", "空调 9"])
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "subject.consent")).first { $0.principal == "vault" })
        #expect(entry[.consents] == "withdrawn 2" && entry[.source] == "test")
        // Tables state them by columns.
        let table = ["id,occurred_at,channel,text,customer.id,customer.consent.insight,customer.consent.insight.version", "10,2026-05-01,web,空调 10,C3,given,4"]
        #expect(try vault.ingest(table, format: .csv).report.decisions == 1)
        #expect(try texts(analyst).contains("空调 10"))
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a restore does not undo an objection or a withdrawal, and who was erased leaves none")
    func restore() throws {
        let vault = try vault()
        try vault.ingest((1...5).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "空调 \($0)") })
        let officer = try vault.session("compliance")
        let (folder, keys) = (vault.folder.appendingPathComponent("backup").path, vault.folder.appendingPathComponent("backup-keys").path)
        vault.clock.advance(minutes: 1)
        let snapshot = try vault.administrator.backup(to: folder, keysTo: keys).name
        try vault.ingest([line(id: "6", customer: ["id": "C6"], text: "空调 6")])
        for id in ["C1", "C2", "C3", "C6"] {
            _ = try officer.recordConsent(subject(id, officer), purpose: purpose, about: "insight", decision: .objected, proof: "letter of \(id)")
        }
        // Given again, and erased: nothing is left to protect.
        vault.clock.advance(minutes: 1)
        _ = try officer.recordConsent(subject("C2", officer), purpose: purpose, about: "insight", decision: .given)
        _ = try officer.eraseSubject(subject("C3", officer), purpose: purpose, reason: "Art. 17")
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored").path
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        _ = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keys + "/keystore.db", to: location, clock: clock)
        let restored = try Vault.open(at: location, clock: clock)
        let admin = try restored.session(token: vault.adminToken)
        let seeing = try restored.session(token: admin.issueToken(principal: "analyst", role: "analyst", days: nil).token)
        let deciding = try restored.session(token: admin.issueToken(principal: "officer", role: "compliance", days: nil).token)
        #expect(try texts(seeing) == ["空调 2", "空调 4", "空调 5"])
        #expect(try deciding.consents(of: subject("C1", deciding), purpose: purpose).map(\.proof) == ["letter of C1"])
        _ = try admin.verifyAudit()
        // One whom the snapshot lacks comes back with the next export.
        let file = vault.folder.appendingPathComponent("again.jsonl")
        try Data(line(id: "6", customer: ["id": "C6"], text: "空调 6").utf8).write(to: file)
        let ingest = try restored.session(token: admin.issueToken(principal: "feed", role: "ingest", days: nil).token)
        _ = try ingest.ingest(FileHandle(forReadingAtPath: file.path)!, InputOptions(format: .jsonl), source: "test", onReject: { _ in }, progress: { _ in })
        #expect(try texts(seeing) == ["空调 2", "空调 4", "空调 5"])
        _ = try admin.verifyAudit()
    }

    @Test("restricted customers are found by whoever handles the restriction, and by nobody else")
    func restricted() throws {
        let vault = try vault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "phone": "13800138000"]), line(id: "2", customer: ["id": "C2"])])
        let (officer, agent, coder) = (try vault.session("compliance"), try vault.session("agent"), try vault.session("classification"))
        let records = try coder.page(Query(select: ["record"], purpose: "insight")).rows.map { $0[0].description }
        _ = try officer.restrictSubject(subject("C1", officer), purpose: purpose, reason: "contested")
        #expect(try agent.lookup(field: "phone", value: "13800138000", purpose: "follow-up").subjects.isEmpty)
        #expect(try officer.lookup(field: "phone", value: "13800138000", purpose: purpose).subjects.count == 1)
        #expect(try coder.annotate(records.map { Annotation(record: $0, module: "topic", labels: ["price": 1]) }, purpose: "insight") == 1)
    }
}
