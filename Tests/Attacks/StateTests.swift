import AuditLog
import Foundation
import GRDB
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

/// The rogue administrator of the database changes, adds, removes and puts back rows of the tables that decide.
@Suite("State that nobody can forge unseen")
struct StateTests {
    private let vault: TestVault
    private let record, subject: String
    private let tokens: [String: String]

    /// A vault in which each table that decides has rows.
    init() throws {
        let vault = try TestVault { $0 == "principals.yaml" ? $1.replacing("second_person: false, ", with: "") : $1 }
        try vault.ingest(
            (0..<12).map { number in
                line(id: "\(number)", customer: ["id": "C\(number)", "phone": "1380013800\(number % 10)", "national_id": "110101199003070\(number % 10)10"], text: "空调又坏了")
            })
        let tokens = try Dictionary(uniqueKeysWithValues: ["analyst", "compliance", "privacy-lead", "partner", "retention", "manager"].map { ($0, try vault.token($0)) })
        let officer = try vault.vault.session(token: tokens["compliance"]!)
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        let erased = try officer.lookup(field: "customer_id", value: "C5", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(erased, purpose: "subject-request", reason: "asked")
        let contested = try officer.lookup(field: "customer_id", value: "C3", purpose: "subject-request").subjects[0]
        _ = try officer.restrictSubject(contested, purpose: "subject-request", reason: "accuracy contested")
        let record = try officer.page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
        #expect(throws: VaultError.needsApproval(1)) { try Self.reveal(record, officer) }
        _ = try officer.holdSubject(subject, purpose: "subject-request", reason: "court order")
        _ = try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
        _ = try officer.askCaseTask(1, purpose: "subject-request", system: "crm", note: "send")
        _ = try officer.recordConsent(contested, purpose: "subject-request", about: "insight", decision: .objected, proof: "letter")
        _ = try vault.vault.session(token: tokens["analyst"]!).page(Query(select: ["text"], purpose: "insight"))
        let coder = try vault.session("classification")
        let shown = try coder.page(Query(select: ["record"], purpose: "insight")).rows
        _ = try coder.annotate(shown.map { Annotation(record: $0[0].description, module: "topic", labels: ["noise": 1]) }, purpose: "insight")
        _ = try vault.vault.session(token: tokens["manager"]!).aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight"))
        _ = try vault.vault.session(token: tokens["partner"]!).aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight"))
        let leaver = try vault.administrator.issueToken(principal: "leaver", role: "analyst", days: nil)
        _ = try vault.administrator.revokeToken(leaver.id)
        (self.vault, self.record, self.subject, self.tokens) = (vault, record, subject, tokens)
    }

    private static func reveal(_ record: String, _ session: Session) throws {
        _ = try session.reveal(record: record, field: "national_id", purpose: "subject-request", reason: "asked") { _ in }
    }

    /// In a process of its own.
    private func examine() throws { _ = try Vault.open(at: vault.location).session(token: tokens["compliance"]!).verifyAudit() }

    /// - Parameter table: empty where the log's own account of customers tells first.
    private func expectNamed(_ table: String) throws {
        let error = try #require(throws: AuditError.self) { try verify() }
        #expect(table.isEmpty || error == .alteredTables([table]), "\(error)")
    }

    private func verify() throws { _ = try vault.vault.verifiedAudit(against: nil) }

    @Test(
        "whatever is done to a row of a table that decides is named by verification",
        arguments: [
            ("token", "INSERT INTO token VALUES ('t_fake', 'compliance', 'compliance', NULL, x'\(String(repeating: "ab", count: 32))', 1, NULL, NULL)"),
            ("token", "UPDATE token SET role = 'compliance' WHERE role = 'analyst'"),
            ("token", "UPDATE token SET revoked_at = NULL"),
            ("token", "UPDATE token SET expires_at = NULL, scope = NULL, principal = 'privacy-lead' WHERE role = 'manager'"),
            ("token", "UPDATE token SET hash = x'\(String(repeating: "cd", count: 32))' WHERE role = 'compliance'"),
            ("token", "DELETE FROM token WHERE principal = 'leaver'"),
            ("token", "UPDATE token SET created_at = created_at + 1 WHERE role = 'manager'"),
            ("approval", "UPDATE approval SET state = 'granted', decided_by = 'privacy-lead'"),
            ("approval", "UPDATE approval SET expires_at = expires_at + 864000000"),
            ("approval", "UPDATE approval SET record = record + 1"),
            ("approval", "DELETE FROM approval"),
            ("hold", "DELETE FROM hold"),
            ("hold", "UPDATE hold SET released_at = 1"),
            ("hold", "UPDATE hold SET ends_at = 1"),
            ("hold", "UPDATE hold SET subject = subject + 1"),
            ("hold", "INSERT INTO hold (subject, ground, set_by, set_at) VALUES (7, 'court', 'x', 1)"),
            ("usage", "DELETE FROM usage"),
            ("usage", "UPDATE usage SET used = 0"),
            ("usage", "UPDATE usage SET principal = 'nobody'"),
            ("privacy_budget", "DELETE FROM privacy_budget"),
            ("privacy_budget", "UPDATE privacy_budget SET spent = 0"),
            ("privacy_budget", "UPDATE privacy_budget SET spent = -1000000000"),
            ("privacy_budget", "UPDATE privacy_budget SET period = period - 1"),
            ("charged", "DELETE FROM charged"),
            ("charged", "UPDATE charged SET cost = 0"),
            ("charged", "UPDATE charged SET last_day = last_day - 1"),
            ("charged", "UPDATE charged SET zone = 'Asia/Tokyo'"),
            ("intake", "DELETE FROM intake"),
            ("intake", "UPDATE intake SET rejected = 0, stored = stored + rejected + 1"),
            ("intake", "UPDATE intake SET last_at = last_at + 86400000"),
            ("release", "INSERT INTO release VALUES (20000, 20001, -1000000)"),
            ("released", "DELETE FROM released"),
            ("released", "UPDATE released SET last_day = last_day + 1"),
            ("alert", "INSERT INTO alert VALUES ('compliance', 'denials', 99999999)"),
            ("activity", "DELETE FROM activity"),
            ("activity", "UPDATE activity SET times = 1 WHERE times > 1"),
            ("indexed_field", "UPDATE indexed_field SET version = 2 WHERE name = 'phone'"),
            ("indexed_field", "DELETE FROM indexed_field WHERE name = 'email'"),
            ("witnessed", "INSERT INTO witnessed VALUES ('vocvault/x', 100, x'00', 1)"),
            ("subject_case", "UPDATE subject_case SET status = 'closed', closed_at = 2"),
            ("subject_case", "UPDATE subject_case SET due_at = due_at + 31536000000"),
            ("subject_case", "UPDATE subject_case SET subject = 9"),
            ("subject_case", "DELETE FROM subject_case"),
            ("tombstone", "DELETE FROM tombstone"),
            ("tombstone", "UPDATE tombstone SET ends_at = 1"),
            ("pending_key_erasure", "INSERT INTO pending_key_erasure VALUES (6)"),
            ("vault", "UPDATE vault SET last_record = 3"),
            ("vault", "UPDATE vault SET backed_up_at = 4000000000000"),
            ("vault", "UPDATE vault SET erasures_applied = 99999"),
            ("vault", "UPDATE vault SET resealed_at = 4000000000000"),
            ("subject", "UPDATE subject SET restriction = NULL"),
            ("", "UPDATE subject SET erased_at = 1 WHERE id = 8"),
            ("", "UPDATE subject SET erased_at = NULL"),
            ("subject", "UPDATE subject SET identified = 0"),
            ("subject", "UPDATE subject SET created_at = created_at + 1 WHERE id = 2"),
            ("coded", "UPDATE coded SET codes = (SELECT codes FROM coded WHERE record = 1) WHERE record = 2"),
            ("coded", "UPDATE coded SET codes = x'01' WHERE record = 2"),
            ("coded", "UPDATE coded SET record = record + 1000"),
            ("coded", "DELETE FROM coded WHERE record = 2"),
            ("coded", "DELETE FROM coded"),
            ("annotation", "INSERT INTO annotation (record, subject, module, label, score) VALUES (1, 1, 'topic', 'safety', 1)"),
            ("record", "UPDATE record SET restricted = 0 WHERE restricted = 1"),
            ("record", "UPDATE record SET restricted = 1 WHERE subject = 7"),
            ("record", "UPDATE record SET a_rating = 5"),
            ("record", "UPDATE record SET a_rating = NULL WHERE id = 3"),
            ("record", "UPDATE record SET occurred_at = 1 WHERE subject = 1"),
            ("record", "UPDATE record SET received_at = received_at + 1"),
            ("record", "UPDATE record SET purged = 63"),
            ("record", "UPDATE record SET channel = 'store'"),
            ("record", "UPDATE record SET source = 'x' WHERE id = 2"),
            ("record", "UPDATE record SET redaction_version = redaction_version + 1 WHERE id = 2"),
            ("record", "UPDATE record SET key_version = 2 WHERE id = 2"),
            ("record", "UPDATE record SET mac = (SELECT o.mac FROM record o WHERE o.id = 3) WHERE id = 2"),
            ("record", "UPDATE record SET mac = NULL WHERE id = 2"),
            ("record", "UPDATE sealed SET body = x'00' WHERE record = 2"),
            ("record", "UPDATE sealed SET body = (SELECT o.body FROM sealed o WHERE o.record = 3) WHERE record = 2"),
            ("record_uid", "DELETE FROM record_uid{recent} WHERE uid = (SELECT uid FROM record WHERE id = 2)"),
            ("subject_record", "UPDATE subject_record{recent} SET subject = 6 WHERE subject = 2"),
            ("blind_index", "DELETE FROM blind_index{recent} WHERE subject = 2"),
            ("blind_index", "UPDATE blind_index{recent} SET subject = CASE subject WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE subject END WHERE subject IN (2, 3)"),
            ("token_approval", "DELETE FROM token_approval WHERE state = 'bootstrap'"),
            ("token_approval", "UPDATE token_approval SET state = 'granted', decided_by = 'second'"),
            ("token_approval", "UPDATE token_approval SET issued_by = 'x'"),
            ("restricted", "DELETE FROM restricted"),
            ("restricted", "INSERT INTO restricted VALUES (7)"),
            ("known_key", "DELETE FROM known_key WHERE kind = 'noise'"),
            ("known_key", "INSERT INTO known_key VALUES ('index', 'x')"),
            ("policy_version", "DELETE FROM policy_version"),
            ("policy_version", "UPDATE policy_version SET at = at - 1"),
            ("verified", "UPDATE verified SET at = 4000000000000"),
            ("verified", "DELETE FROM verified"),
            ("known_root", "UPDATE known_root SET rewrapped = 0, since = since + 1"),
            ("known_root", "DELETE FROM known_root"),
            ("consent", "DELETE FROM consent"),
            ("consent", "UPDATE consent SET decision = 1"),
            ("consent", "INSERT INTO consent VALUES (1, 'insight', 3, 1)"),
            ("consent_event", "UPDATE consent_event SET note = ''"),
            ("consent_event", "DELETE FROM consent_event"),
            ("case_task", "UPDATE case_task SET state = 'done'"),
            ("case_task", "DELETE FROM case_task"),
            ("index_form", "DELETE FROM index_form"),
            ("person", "INSERT INTO person VALUES (8, 7, 1, 'x')"),
            ("link", "INSERT INTO link (kind, subject, other, asked_by, asked_at, state) VALUES ('join', 7, 8, 'x', 1, 'proposed')"),
            ("moved", "INSERT INTO moved VALUES (2, 7)"),
            ("record", "UPDATE record SET person = 7 WHERE id = 2"),
            ("audit_head", "UPDATE audit_head SET changed_by = 0"),
            ("audit_head", "UPDATE audit_head SET last_time = last_time + 1"),
            ("audit_head", "UPDATE audit_head SET state = NULL"),
            ("audit_head", "UPDATE audit_head SET state = x'01'"),
        ])
    func named(table: String, sql: String) throws {
        // There, records are looked up by customer in their own table.
        if vault.database != nil, table == "subject_record" { return }
        let officer = try vault.vault.session(token: tokens["compliance"]!)
        #expect(try officer.verifyAudit().entries > 20)
        try #require(try vault.alter(sql.replacing("{recent}", with: vault.database == nil ? "_recent" : "")) > 0, "the attack changed nothing")
        try expectNamed(table)
        // Nor does it pass for the vault's own after the next change.
        _ = try? vault.vault.session(token: tokens["analyst"]!).page(Query(select: ["channel"], limit: 1, purpose: "insight"))
        try expectNamed(table)
        #expect(throws: (any Error).self) { try examine() }
    }

    @Test(
        "nobody is erased by a row that somebody adds, and no number is given out twice by one that is set back",
        arguments: [
            ("erasure", "INSERT INTO erasure (subject, at) VALUES (8, 1)", "keystore.db"), ("erasure", "UPDATE erasure SET subject = 8", "keystore.db"),
            ("pending_key_erasure", "INSERT INTO pending_key_erasure VALUES (8)", "vault.db"), ("vault", "UPDATE vault SET erasures_applied = 99999", "vault.db"),
        ])
    func forgedErasures(table: String, sql: String, file: String) throws {
        try #require(try vault.alter(sql, in: file) > 0)
        #expect(throws: AuditError.alteredTables([table])) { try verify() }
        // What the data have heard of already is not carried out again.
        if !sql.hasPrefix("UPDATE erasure") { #expect(throws: StorageError.altered(what: table)) { _ = try Vault.open(at: vault.location) } }
        #expect(try vault.vault.store.keys.subjectKey(8) != nil)
        if table == "vault" {
            // Where the keys have a database of their own, they seem to be behind.
            let error = #expect(throws: StorageError.self) { try vault.ingest([line(id: "new", customer: ["id": "NEW"])]) }
            #expect(error?.meaning == .integrity)
        }
    }

    @Test(
        "keys that are gone, exchanged or worthless are named by verification",
        arguments: [
            ("subject_key", "UPDATE subject_key SET wrapped = (SELECT o.wrapped FROM subject_key o WHERE o.subject = 2) WHERE subject = 3"),
            ("subject_key", "UPDATE subject_key SET wrapped = zeroblob(61)"),
            ("data_key", "DELETE FROM data_key WHERE kind = 'index'"),
            ("data_key", "DELETE FROM data_key WHERE kind = 'record-id'"),
            ("data_key", "DELETE FROM data_key WHERE kind = 'asked-queries'"),
            ("data_key", "DELETE FROM data_key WHERE kind = 'pseudonym'"),
            ("data_key", "DELETE FROM data_key WHERE kind = 'noise'"),
            ("subject_key", "INSERT INTO subject_key SELECT (SELECT min(e.subject) FROM erasure e), version, root, wrapped FROM subject_key WHERE subject = 2"),
            ("protection", "DELETE FROM protection WHERE kind = 'hold'"),
            ("protection", "DELETE FROM protection WHERE kind = 'revocation'"),
            ("protection", "DELETE FROM protection WHERE kind = 'budget'"),
            ("protection", "UPDATE protection SET body = (SELECT o.body FROM protection o WHERE o.kind = 'hold') WHERE kind = 'restriction'"),
            ("tombstone", "DELETE FROM tombstone"),
            ("tombstone", "UPDATE tombstone SET ends_at = 1"),
            ("subject_key_state", "UPDATE subject_key_state SET made = made - 5"),
            ("subject_key_state", "DELETE FROM erasure"),
        ])
    func keys(table: String, sql: String) throws {
        try verify()
        try #require(try vault.alter(sql, in: "keystore.db") > 0)
        let error = try #require(throws: AuditError.self) { try verify() }
        guard case .alteredTables(let named) = error else { throw error }
        #expect(named.first == table)
    }

    @Test("a genuine row that is put back is named as well: a token from before its revocation, an approval from before its use, a ledger")
    func replayed() throws {
        let lead = try vault.vault.session(token: tokens["privacy-lead"]!)
        _ = try lead.decideApproval(1, grant: true, reason: nil)
        let kept = ["token", "approval", "privacy_budget", "audit_head"]
        for table in kept { try vault.alter("CREATE TABLE old_\(table) AS SELECT * FROM \(table)") }
        let officer = try vault.vault.session(token: tokens["compliance"]!)
        try Self.reveal(record, officer)
        let partner = try #require(try vault.administrator.tokens().first { $0.role == "partner" })
        _ = try vault.vault.session(token: tokens["partner"]!).aggregate(AggregateQuery(groupBy: [.field("channel")], measures: [.count], purpose: "insight"))
        _ = try vault.administrator.revokeToken(partner.id)
        for table in kept {
            try vault.alter("CREATE TABLE new_\(table) AS SELECT * FROM \(table)")
            try vault.alter("DELETE FROM \(table)")
            try vault.alter("INSERT INTO \(table) SELECT * FROM old_\(table)")
            #expect(throws: (any Error).self, "\(table)") { try verify() }
            try vault.alter("DELETE FROM \(table)")
            try vault.alter("INSERT INTO \(table) SELECT * FROM new_\(table)")
            try verify()
        }
        // The sealed state alone, beside a head that went on.
        try vault.alter("UPDATE audit_head SET state = (SELECT state FROM old_audit_head)")
        #expect(throws: AuditError.alteredTables(["audit_head"])) { try verify() }
    }

    @Test("a running vault lets nobody in by a token row that it did not write, and releases nothing by such an approval")
    func refusedAtUse() throws {
        let forged = "vvt_" + String(repeating: "A", count: 43)
        let hash = Token.hash(forged).map { String(format: "%02x", $0) }.joined()
        _ = try vault.vault.session(token: tokens["compliance"]!).verifyAudit()
        try vault.alter("CREATE TABLE old_token AS SELECT * FROM token")
        try vault.alter("INSERT INTO token VALUES ('t_fake', 'compliance', 'compliance', NULL, x'\(hash)', 1, NULL, NULL)")
        // This process knows the rows that the log commits to; another reads them, and stops.
        #expect(throws: VaultError.self) { _ = try vault.vault.session(token: forged) }
        let other = try Vault.open(at: vault.location)
        for token in [forged, tokens["compliance"]!] {
            #expect(throws: StorageError.altered(what: "token")) { _ = try other.session(token: token) }
        }
        try vault.alter("DELETE FROM token WHERE id = 't_fake'")
        let officer = try other.session(token: tokens["compliance"]!)
        // It was noticed, and is in the log with an alert.
        let (attempts, alerts) = (try officer.auditEntries(AuditFilter(action: "sign-in")), try officer.auditEntries(AuditFilter(action: "alert")))
        #expect(attempts.contains { $0.rule.contains("integrity: token") })
        #expect(alerts.contains { $0.rule == "integrity" })

        try vault.alter("UPDATE approval SET state = 'granted', decided_by = 'privacy-lead', expires_at = expires_at - 80000000")
        #expect(throws: StorageError.altered(what: "approval")) { try Self.reveal(record, officer) }
        let reveals = try officer.auditEntries(AuditFilter(action: "reveal", outcome: .failed))
        #expect(reveals.first?[AuditDetail.error] == "integrity: approval")
    }

    @Test("a hold that was taken away still stops the erasure, and a ledger that was set back spends nothing")
    func protectionsAtUse() throws {
        try vault.alter("DELETE FROM hold")
        let clock = vault.clock
        let other = try Vault.open(at: vault.location) { clock.now }
        let officer = try other.session(token: tokens["compliance"]!)
        #expect(throws: StorageError.altered(what: "hold")) { try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked") }
        let retention = try Vault.open(at: vault.location) { clock.now }.session(token: tokens["retention"]!)
        #expect(throws: StorageError.altered(what: "hold")) { try retention.retentionRun() }
        try vault.alter("UPDATE privacy_budget SET spent = 0")
        let partner = try other.session(token: tokens["partner"]!)
        #expect(throws: StorageError.altered(what: "privacy_budget")) {
            _ = try partner.aggregate(AggregateQuery(groupBy: [.field("channel")], measures: [.count], purpose: "insight"))
        }
        try vault.alter("UPDATE usage SET used = 0")
        let analyst = try Vault.open(at: vault.location) { clock.now }.session(token: tokens["analyst"]!)
        #expect(throws: StorageError.altered(what: "usage")) { try analyst.page(Query(select: ["text"], purpose: "insight")) }
    }

    @Test("each table of the data is committed to, or stands here with the reason")
    func covered() throws {
        let reasons = [
            "audit": "its entries are the log", "audit_head": "signed, or what the state is sealed to",
            "sealed": "its bodies count with their records", "blind_index": "compared with customers", "record_uid": "compared with records",
            "subject_record": "compared with records", "idempotency": "each row has a MAC", "pending_protection": "sealed under a key; what goes is told by the data",
        ]
        let found: [String]
        if let database = vault.database {
            found = try TestServer.run("SELECT tablename FROM pg_tables WHERE schemaname = 'vault'", in: database).split(separator: "\n").map(String.init)
        } else {
            let queue = try DatabaseQueue(path: vault.location.home + "/vault.db")
            let names = try queue.read {
                try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'")
            }
            found = names.map { $0.replacing(/_(recent|settled)$/, with: "") }
        }
        let ofFiles: Set = ["subject_record"]
        let named: Set<String> = Set(StateTable.all.map { $0.name }).union(Array(reasons.keys))
        #expect(Set(found).union(ofFiles) == named)
    }
}
