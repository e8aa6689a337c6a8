import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Reveal, subjects, retention and tokens")
struct AccessTests {
    private let customer = [
        "id": "C-1", "name": "欧阳娜", "phone": "138 0013 8000", "email": "na@example.com", "national_id": "11010519491231002X",
        "address": "北京市朝阳区建国路88号", "birth_date": "1949-12-31",
    ]

    private func vault() throws -> TestVault {
        let vault = try TestVault()
        try vault.ingest([
            line(id: "h-1", customer: customer, attributes: ["order_no": "JD0099182736455", "product": "X5"], text: "我是欧阳娜,又坏了"),
            line(id: "h-2", customer: customer, text: "还没修", at: "2026-03-04T13:00:00+08:00"),
            line(id: "h-3", customer: ["id": "C-2"], text: "很好", at: "2026-03-04T14:00:00+08:00"),
        ])
        return vault
    }

    private func oldestRecord(_ vault: TestVault, _ role: String, _ purpose: String) throws -> String {
        try vault.session(role).page(Query(select: ["record"], limit: 10, purpose: purpose)).rows.last![0].description
    }

    private func entries(_ vault: TestVault, _ filter: AuditFilter = AuditFilter()) throws -> [AuditEntry] {
        try vault.session("compliance").auditEntries(filter)
    }

    @Test("reveal shows one field, and the entry says who, why and when before the value is out")
    func reveal() throws {
        let vault = try vault()
        let agent = try vault.session("agent", named: "zhao")
        let record = try oldestRecord(vault, "agent", "follow-up")
        var shown: [String] = []
        let receipt = try agent.reveal(
            record: record, field: "phone", purpose: "follow-up", reason: "回电 欧阳娜 13800138000 维修"
        ) { (value: String) throws in
            shown.append(value)
            // The entry is there already when the value is released.
            let logged = try self.entries(vault, AuditFilter(action: "reveal")).count
            #expect(logged == 1)
        }
        #expect(shown == ["138 0013 8000"])
        let entry = try #require(try entries(vault, AuditFilter(action: "reveal")).first)
        #expect(entry.seq == receipt && entry.principal == "zhao" && entry.role == "agent" && entry.purpose == "follow-up")
        #expect(entry.target == record && entry.fields == ["phone"] && entry.outcome == .allowed)
        #expect(entry.reason == "回电 [NAME] [PHONE] 维修")
        #expect(try entries(vault, AuditFilter(target: entry.detail["subject"])).contains(entry))
    }

    @Test("a reveal that is refused or finds nothing leaves its entry, and releases nothing", arguments: [
        ("agent", "follow-up", "national_id", "r", "denied"), ("analyst", "insight", "phone", "r", "denied"),
        ("agent", "follow-up", "phone", "", "failed"),
    ])
    func refusedReveal(role: String, purpose: String, field: String, reason: String, outcome: String) throws {
        let vault = try vault()
        let record = try oldestRecord(vault, role, purpose)
        let session = try vault.session(role)
        #expect(throws: VaultError.self) {
            try session.reveal(record: record, field: field, purpose: purpose, reason: reason) { _ in Issue.record("released") }
        }
        #expect(try entries(vault, AuditFilter(action: "reveal", outcome: .init(rawValue: outcome))).count == 1)
    }

    @Test("a record's pseudonym of another purpose, a customer's, or nonsense finds nothing")
    func wrongPseudonyms() throws {
        let vault = try vault()
        let agent = try vault.session("agent")
        let subject = try agent.page(Query(select: ["subject"], purpose: "follow-up")).rows[0][0].description
        for name in [try oldestRecord(vault, "analyst", "insight"), "r_" + subject.dropFirst(2), subject, "r_0", "", "13800138000"] {
            #expect(throws: VaultError.notFound("the record")) {
                try agent.reveal(record: name, field: "phone", purpose: "follow-up", reason: "x") { _ in }
            }
        }
        #expect(try entries(vault).allSatisfy { $0.target != "13800138000" })
    }

    @Test("a daily quota ends revealing")
    func revealQuota() throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("quotas: {reveal: 50}", with: "quotas: {reveal: 2}") : text }
        try vault.ingest([line(id: "1", customer: customer)])
        let agent = try vault.session("agent")
        let record = try oldestRecord(vault, "agent", "follow-up")
        for _ in 0..<2 { _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "x") { _ in } }
        #expect(throws: VaultError.self) {
            try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "x") { _ in Issue.record("released") }
        }
        #expect(try entries(vault, AuditFilter(action: "reveal", outcome: .denied)).count == 1)
    }

    @Test("lookup finds a customer by any spelling of an indexed value, and the log never holds it")
    func lookup() throws {
        let vault = try vault()
        let compliance = try vault.session("compliance")
        let found = try compliance.lookup(field: "phone", value: "+86 138-0013-8000", purpose: nil).subjects
        #expect(found.count == 1)
        for (field, value) in [("email", "NA@example.com"), ("national_id", "11010519491231002x"), ("customer_id", "c-1")] {
            #expect(try compliance.lookup(field: field, value: value, purpose: nil).subjects == found)
        }
        #expect(try compliance.lookup(field: "phone", value: "13900139000", purpose: nil).subjects.isEmpty)
        #expect(throws: VaultError.self) { try compliance.lookup(field: "name", value: "欧阳娜", purpose: nil) }
        #expect(throws: VaultError.self) { try compliance.lookup(field: "phone", value: " ", purpose: nil) }
        #expect(throws: VaultError.self) { try vault.session("analyst").lookup(field: "phone", value: "13800138000", purpose: "insight") }
    }

    @Test("an erased customer is gone: rows, index, key and every byte of them, and stays gone when an older database comes back", .onFiles)
    func erasure() throws {
        let vault = try vault()
        let compliance = try vault.session("compliance")
        let subject = try compliance.lookup(field: "phone", value: "13800138000", purpose: nil).subjects[0]
        try backUp(vault)
        let erased = try compliance.eraseSubject(subject, purpose: "subject-request", reason: "request")
        #expect(erased.records == 2)
        // The write-ahead logs are empty, so that no byte of the rows lingers there.
        for (name, bytes) in try vault.files() where name.hasSuffix("-wal") { #expect(bytes.isEmpty, "\(name)") }
        #expect(try compliance.lookup(field: "phone", value: "13800138000", purpose: nil).subjects.isEmpty)
        #expect(throws: VaultError.notFound("the customer")) { try compliance.eraseSubject(subject, purpose: "subject-request", reason: "asked") }
        #expect(try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows == [[.text("很好")]])

        // An older vault.db beside the newer key store.
        let restored = try restored(vault)
        let page = try restored.session("analyst").page(Query(select: ["text"], purpose: "insight"))
        #expect(page.rows == [[.text("很好")]])
        let entries = try restored.session("compliance").auditEntries(AuditFilter(action: "subject.erase"))
        #expect(entries.first?.principal == "vault")
    }

    private func backUp(_ vault: TestVault) throws {
        let home = vault.folder.appendingPathComponent("vault")
        let backup = vault.folder.appendingPathComponent("backup")
        try FileManager.default.createDirectory(at: backup, withIntermediateDirectories: true)
        for name in ["vault.db", "vault.db-wal"] where FileManager.default.fileExists(atPath: home.appendingPathComponent(name).path) {
            try FileManager.default.copyItem(at: home.appendingPathComponent(name), to: backup.appendingPathComponent(name))
        }
    }

    /// The vault as it is, but with the backed-up vault.db.
    private func restored(_ vault: TestVault) throws -> RestoredVault {
        let home = vault.folder.appendingPathComponent("restored")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("vault").path) where name.hasPrefix("keystore") {
            try FileManager.default.copyItem(at: vault.folder.appendingPathComponent("vault/\(name)"), to: home.appendingPathComponent(name))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("backup").path) {
            try FileManager.default.copyItem(at: vault.folder.appendingPathComponent("backup/\(name)"), to: home.appendingPathComponent(name))
        }
        var location = vault.location
        location.home = home.path
        return RestoredVault(vault: try Vault.open(at: location), administrator: vault)
    }

    private struct RestoredVault {
        let vault: Vault
        let administrator: TestVault

        /// Tokens issued before the backup work in it; those of the roles were not, so new ones are issued there.
        func session(_ role: String) throws -> Session {
            let admin = try vault.session(token: administrator.adminToken)
            return try vault.session(token: admin.issueToken(principal: role, role: role, days: nil).token)
        }
    }

    @Test("a legal hold forbids erasure and retention until it is released")
    func hold() throws {
        let vault = try vault()
        let compliance = try vault.session("compliance")
        let subject = try compliance.lookup(field: "phone", value: "13800138000", purpose: nil).subjects[0]
        #expect(throws: VaultError.self) { try compliance.holdSubject(subject, purpose: "subject-request", reason: " ") }
        _ = try compliance.holdSubject(subject, purpose: "subject-request", reason: "诉讼 欧阳娜")
        #expect(throws: VaultError.onHold(ground: "诉讼 [NAME]")) { try compliance.eraseSubject(subject, purpose: "subject-request", reason: "asked") }
        vault.clock.advance(days: 365 * 4)
        let retention = try vault.session("retention")
        #expect(try retention.retentionPlan().first { $0.rule == "everything" }.map { [$0.due, $0.held] } == [1, 2])
        #expect(try retention.retentionRun().customersErased == 1)
        #expect(try vault.session("analyst").page(Query(select: ["record"], purpose: "insight")).rows.count == 2)
        _ = try compliance.releaseSubject(subject, purpose: "subject-request", reason: nil)
        #expect(try compliance.eraseSubject(subject, purpose: "subject-request", reason: "asked").records == 2)
        #expect(throws: VaultError.self) { try compliance.releaseSubject(subject, purpose: "subject-request", reason: nil) }
    }

    @Test("retention strips identities first, then deletes, batch by batch, and goes on where it stopped")
    func retention() throws {
        let vault = try TestVault()
        try vault.ingest((0..<50).map { line(id: "\($0)", customer: ["id": "C\($0 / 2)", "phone": "1380013\(8000 + $0 / 2)"], channel: "app", at: "2026-01-01") })
        let retention = try vault.session("retention")
        #expect(try retention.retentionRun().done.isEmpty)
        vault.clock.advance(days: 365 * 2)
        let partial = try retention.retentionRun(batch: 20, seconds: 0)
        #expect(!partial.isComplete && partial.done.isEmpty)
        let report = try retention.retentionRun(batch: 20)
        #expect(report.done == ["identity": 50] && report.customersErased == 0 && report.isComplete)
        #expect(try entries(vault, AuditFilter(action: "retention.run")).filter { $0[.kind] == nil }.count == 3)
        #expect(try retention.retentionRun().done.isEmpty)
        // The redacted text is still there, the identity is not, and nobody finds the customer any more.
        #expect(try vault.session("analyst").page(Query(select: ["text", "birth_date"], purpose: "insight")).rows.allSatisfy { $0 == [.text("空调又坏了"), .null] })
        #expect(try vault.session("compliance").lookup(field: "phone", value: "13800138001", purpose: nil).subjects.isEmpty)
        let record = try oldestRecord(vault, "agent", "follow-up")
        #expect(throws: VaultError.notFound("a value of this field")) {
            try vault.session("agent").reveal(record: record, field: "phone", purpose: "follow-up", reason: "x") { _ in }
        }
        vault.clock.advance(days: 366)
        #expect(try retention.retentionRun(batch: 7).customersErased == 25)
        #expect(try vault.session("analyst").page(Query(select: ["record"], purpose: "insight")).rows.isEmpty)
    }

    @Test("tokens expire, can be revoked, and unknown ones are refused, each with an entry")
    func tokens() throws {
        let vault = try vault()
        let admin = vault.administrator
        let (token, id, _) = try admin.issueToken(principal: "lin", role: "analyst", days: 2)
        #expect(try vault.vault.session(token: token).principal == "lin")
        vault.clock.advance(days: 3)
        #expect(throws: VaultError.notSignedIn("the token has expired")) { try vault.vault.session(token: token) }
        let (other, otherID, _) = try admin.issueToken(principal: "wu", role: "analyst", days: nil)
        try admin.revokeToken(otherID)
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try vault.vault.session(token: other) }
        #expect(throws: VaultError.notSignedIn("the token is not known")) { try vault.vault.session(token: other + "x") }
        #expect(throws: VaultError.notFound("the token")) { try admin.revokeToken("t_none") }
        #expect(throws: VaultError.self) { try admin.issueToken(principal: "x y", role: "analyst", days: nil) }
        #expect(throws: VaultError.self) { try admin.issueToken(principal: "x", role: "analist", days: nil) }
        #expect(throws: VaultError.self) { try vault.session("analyst").issueToken(principal: "x", role: "administrator", days: nil) }
        #expect(try entries(vault, AuditFilter(action: "sign-in", outcome: .denied)).count == 3)
        #expect(try admin.tokens().contains { $0.id == id && $0.expires != nil })
        for (name, bytes) in try vault.files() { #expect(!bytes.holds(Data(token.utf8)), "\(name)") }
    }

    @Test("reading the log is in the log, and its clock never runs backwards")
    func auditOfAudit() throws {
        let vault = try vault()
        let before = try entries(vault).count
        #expect(try entries(vault).count == before + 2)
        vault.clock.advance(days: -30)
        _ = try entries(vault)
        let times = try entries(vault).map(\.time)
        #expect(times == times.sorted(by: >))
    }
}
