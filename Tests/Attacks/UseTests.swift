import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// The rogue administrator of the database changes what is not read as a whole: records, and the index. Nobody has verified the log yet.
@Suite("What is not as the vault left it is not used")
struct UseTests {
    private let vault: TestVault
    private let officer, analyst: Session
    /// Pseudonyms of the customers C1 … C9, for the officer.
    private let subjects: [String]
    private static let select = ["record", "subject", "rating", "channel", "text"]

    init() throws {
        vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest(
            (0..<10).map { number in
                line(
                    id: "\(number)", customer: ["id": "C\(number)", "phone": "1380013800\(number)", "national_id": "11010119900307001\(number)"],
                    attributes: ["rating": 1 + number % 5])
            })
        let session = try vault.session("compliance")
        (officer, analyst) = (session, try vault.session("analyst"))
        subjects = try (1...9).map { try session.lookup(field: "customer_id", value: "C\($0)", purpose: "subject-request").subjects[0] }
    }

    private func lastAlert() throws -> AuditEntry? { try officer.auditEntries(AuditFilter(action: "alert")).first }

    @Test(
        "a record that was changed is left out of a page and named; the others are shown",
        arguments: [
            "UPDATE record SET a_rating = 5 WHERE id = 1", "UPDATE record SET a_rating = NULL WHERE id = 1", "UPDATE record SET channel = 'store' WHERE id = 1",
            "UPDATE record SET occurred_at = occurred_at + 1 WHERE id = 1", "UPDATE record SET mac = NULL WHERE id = 1", "UPDATE record SET purged = 1 WHERE id = 1",
            "UPDATE record SET mac = (SELECT o.mac FROM record o WHERE o.id = 3) WHERE id = 1", "UPDATE record SET redaction_version = 99 WHERE id = 1",
            "UPDATE sealed SET body = (SELECT o.body FROM sealed o WHERE o.record = 3) WHERE record = 1", "UPDATE sealed SET body = x'00' WHERE record = 1",
            "UPDATE record SET source = 'x' WHERE id = 1",
        ])
    func page(sql: String) throws {
        let before = try analyst.page(Query(select: ["record"], purpose: "insight")).rows.count
        try #require(try vault.alter(sql) == 1)
        let session = try Vault.open(at: vault.location).session(token: vault.token("analyst"))
        for fields in [Self.select, ["record", "rating"]] {
            if fields.count == 2, sql.contains("sealed") { continue }
            let page = try session.page(Query(select: fields, purpose: "insight"))
            #expect(page.rows.count == before - 1)
            #expect(page.leftOut.count == 1)
            #expect(!page.rows.contains { $0[0].description == page.leftOut[0] })
            let noted = try officer.auditEntries(AuditFilter(action: "query", outcome: .failed)).first
            #expect(noted?[.records] == page.leftOut[0])
            #expect(try lastAlert()?.rule == "integrity")
        }
    }

    @Test("a search for words leaves out a record whose text does not open, and names it")
    func search() throws {
        try vault.alter("UPDATE sealed SET body = (SELECT o.body FROM sealed o WHERE o.record = 3) WHERE record = 1")
        let session = try Vault.open(at: vault.location).session(token: vault.token("analyst"))
        let page = try session.page(Query(select: ["record"], filter: .contains(field: "text", "空调"), purpose: "insight"))
        #expect(page.rows.count == 9)
        #expect(page.leftOut.count == 1)
    }

    @Test("a condition finds no record that was changed to fulfil it")
    func condition() throws {
        try vault.alter("UPDATE record SET restricted = 0, a_rating = 1 WHERE id = 3")
        let page = try analyst.page(Query(select: ["record"], filter: .compare(field: "rating", .equal, .integer(1)), purpose: "insight"))
        #expect((page.rows.count, page.leftOut.count) == (2, 1))
    }

    @Test("a long page, which several threads open, leaves out the same")
    func longPage() throws {
        try vault.ingest((100..<900).map { line(id: "\($0)", customer: ["id": "L\($0)"], text: "空调又坏了") })
        try vault.alter("UPDATE record SET a_rating = 5 WHERE id % 100 = 50")
        let page = try analyst.page(Query(select: Self.select, limit: 900, purpose: "insight"))
        #expect((page.rows.count, page.leftOut.count) == (802, 8))
    }

    @Test(
        "nothing of a record that was changed is revealed, copied, corrected or erased",
        arguments: [
            "UPDATE record SET a_rating = 4 WHERE id = 2", "UPDATE record SET mac = (SELECT o.mac FROM record o WHERE o.id = 3) WHERE id = 2",
            "UPDATE record SET subject = 3 WHERE id = 2",
        ])
    func single(sql: String) throws {
        let rows = try officer.page(Query(select: ["record", "subject"], purpose: "subject-request")).rows
        let record = try #require(rows.first { $0[1].description == subjects[0] })[0].description
        try #require(try vault.alter(sql) == 1)
        func refused(_ body: () throws -> Void) {
            let error = #expect(throws: StorageError.self) { try body() }
            guard case .altered? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
        refused { _ = try officer.reveal(record: record, field: "phone", purpose: "subject-request", reason: "asked") { _ in } }
        refused { _ = try officer.exportSubject(subjects[0], purpose: "subject-request", reason: "asked") { _ in } }
        refused { _ = try officer.correctSubject(subjects[0], field: "phone", to: "13900139000", purpose: "subject-request", reason: "asked") }
        refused { _ = try officer.eraseSubject(subjects[0], purpose: "subject-request", reason: "asked") }
        #expect(try lastAlert()?.rule == "integrity")
        #expect(try vault.vault.store.keys.subjectKey(2) != nil)
    }

    @Test("two customers exchanged in the index are not taken for one another")
    func exchanged() throws {
        let recent = vault.database == nil ? "_recent" : ""
        try vault.alter("UPDATE blind_index\(recent) SET subject = CASE subject WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE subject END WHERE subject IN (2, 3)")
        for value in ["C1", "C2"] {
            #expect(throws: StorageError.altered(what: "blind_index")) { try officer.lookup(field: "customer_id", value: value, purpose: "subject-request") }
        }
        #expect(try officer.lookup(field: "customer_id", value: "C4", purpose: "subject-request").subjects == [subjects[3]])
        #expect(try officer.auditEntries(AuditFilter(action: "lookup", outcome: .failed)).count == 2)
        #expect(try lastAlert()?.rule == "integrity")
    }

    @Test("a value that retention has removed, and the index has kept, finds nobody, and is no alarm")
    func purged() throws {
        try vault.ingest([line(id: "second", customer: ["id": "C1", "phone": "13900139001"], text: "还是坏的")])
        let stored = try #require(try vault.vault.store.read { try $0.sealedRecord(2) })
        try vault.vault.store.write { writer in
            try writer.replaceBody(of: 2, with: SealedBody.removing([.direct], from: stored.body), purged: Compartment.direct.bit)
        }
        #expect(try officer.lookup(field: "phone", value: "13800138001", purpose: "subject-request").subjects.isEmpty)
        #expect(try officer.lookup(field: "phone", value: "13900139001", purpose: "subject-request").subjects == [subjects[0]])
        #expect(try lastAlert() == nil)
    }

    @Test("a record that was taken out of its customer's list stops the copy, the erasure and the certificate")
    func hidden() throws {
        // There, records are found by customer in their own table.
        guard vault.database == nil else { return }
        try vault.ingest([line(id: "second", customer: ["id": "C1"], text: "还是坏的")])
        try vault.alter("CREATE TABLE kept AS SELECT * FROM subject_record WHERE subject = 2 AND record = 11")
        try #require(try vault.alter("DELETE FROM subject_record_recent WHERE subject = 2 AND record = 11") == 1)
        let altered = StorageError.altered(what: "subject_record")
        #expect(throws: altered) { try officer.exportSubject(subjects[0], purpose: "subject-request", reason: "asked") { _ in } }
        #expect(throws: altered) { try officer.eraseSubject(subjects[0], purpose: "subject-request", reason: "asked") }
        try vault.alter("INSERT INTO subject_record_recent SELECT * FROM kept")
        #expect(try officer.eraseSubject(subjects[0], purpose: "subject-request", reason: "asked").records == 2)
        #expect(try officer.erasureCertificate(subjects[0], purpose: "subject-request").contains("records: 2"))
        // A record that somebody keeps back and puts in again after the erasure.
        try vault.alter("UPDATE record SET subject = 2 WHERE id = 4")
        #expect(throws: altered) { try officer.erasureCertificate(subjects[0], purpose: "subject-request") }
    }
}

extension UseTests {
    @Test("an objection that was taken out of the database still holds, for pages, figures, look-ups and reveals")
    func objection() throws {
        let vault = try TestVault { name, text in name == "purposes.yaml" ? text.replacing("basis: contract", with: "basis: legitimate_interest") : text }
        try vault.ingest((1...20).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "138001380\(10 + $0)"]) })
        let (officer, agent) = (try vault.session("compliance"), try vault.session("agent"))
        let record = try agent.page(Query(select: ["record", "phone"], limit: 30, purpose: "follow-up")).rows.first { $0[1].description.hasSuffix("11") }?[0].description
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.recordConsent(subject, purpose: "subject-request", about: "follow-up", decision: .objected)
        #expect(try agent.page(Query(select: ["record"], purpose: "follow-up")).rows.count == 19)
        try vault.alter("DELETE FROM consent")
        // What this process knows holds; another one sees that rows are missing.
        let other = try vault.reopened().session(token: vault.token("agent", named: "other"))
        for session in [agent, other] {
            #expect((try? session.page(Query(select: ["record"], purpose: "follow-up")).rows.count) ?? 0 < 20)
            #expect((try? session.lookup(field: "phone", value: "13800138011", purpose: "follow-up").subjects.count) ?? 0 == 0)
            #expect(throws: (any Error).self) { try session.reveal(record: record ?? "", field: "phone", purpose: "follow-up", reason: "r") { _ in Issue.record("released") } }
        }
        #expect(throws: StorageError.altered(what: "consent")) { try other.page(Query(select: ["record"], purpose: "follow-up")) }
    }

    @Test("a restriction that was lifted in the database still holds, for pages, figures and reveals")
    func restriction() throws {
        let rows = try officer.page(Query(select: ["record", "subject"], purpose: "subject-request")).rows
        let record = try #require(rows.first { $0[1].description == subjects[0] })[0].description
        // Its customer's whole row and record as they were before, with their MACs.
        for table in ["record", "subject"] { try vault.alter("CREATE TABLE old_\(table) AS SELECT * FROM \(table) WHERE id = 2") }
        _ = try officer.restrictSubject(subjects[0], purpose: "subject-request", reason: "accuracy contested")
        let denied = VaultError.denied(action: "reveal", rule: "restriction of processing", hint: "the customer's data may be kept, not used")
        #expect(throws: denied) { _ = try officer.reveal(record: record, field: "phone", purpose: "subject-request", reason: "asked") { _ in } }
        try vault.alter("UPDATE record SET restricted = 0, mac = (SELECT mac FROM old_record) WHERE id = 2")
        let page = try analyst.page(Query(select: ["record", "rating"], purpose: "insight"))
        #expect((page.rows.count, page.leftOut.count) == (9, 1))
        #expect(throws: StorageError.altered(what: "record")) {
            try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight"))
        }
        try vault.alter("UPDATE subject SET restriction = NULL WHERE id = 2")
        #expect(throws: StorageError.altered(what: "subject")) {
            _ = try officer.reveal(record: record, field: "phone", purpose: "subject-request", reason: "asked") { _ in }
        }
        try vault.alter("DELETE FROM restricted")
        #expect(throws: StorageError.altered(what: "restricted")) {
            _ = try vault.reopened().session(token: vault.token("analyst", named: "other")).page(Query(select: ["record"], purpose: "insight"))
        }
    }

    @Test("a key of the vault's own that is gone is not made anew", arguments: [("index", "customer_id"), ("pseudonym", "subject-request")])
    func missingKey(kind: String, name: String) throws {
        let token = try vault.token("compliance", named: "second")
        try #require(try vault.alter("DELETE FROM data_key WHERE kind = '\(kind)' AND name = '\(name)'", in: "keystore.db") == 1)
        let session = try vault.reopened().session(token: token)
        let missing = VaultError.integrity("the key store lacks a key that the vault has used (\(kind), \(name)): restore the newest copy of the key store")
        #expect(throws: missing) { _ = try session.lookup(field: "customer_id", value: "C1", purpose: "subject-request") }
        #expect(try vault.column("SELECT wrapped FROM data_key WHERE kind = '\(kind)' AND name = '\(name)'", of: "keystore.db").isEmpty)
        #expect(throws: AuditError.alteredTables(["data_key"])) { _ = try session.verifyAudit() }
    }
}

extension UseTests {
    @Test("deep verification finds what was sealed or tagged wrongly, though nobody changed it since")
    func deep() throws {
        #expect(try officer.verifyAudit(deep: 100).records == 10)
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "audit.verify")).first)
        #expect((entry[.records], entry.detail["deep"]) == ("10", "100 %"))
        let store = vault.vault.store
        let bodies = try store.read { reader in try (2...3).map { try reader.sealedRecord($0)!.body } }
        try store.write { try $0.replaceBody(of: 2, with: bodies[1], purged: 0) }
        _ = try officer.verifyAudit()
        #expect(throws: AuditError.unopened(records: 1, customers: 0)) { try officer.verifyAudit(deep: 100) }
        try store.write { try $0.replaceBody(of: 2, with: bodies[0], purged: 0) }
        let field = try #require(try store.read { try $0.indexedFields(.current).first { $0.name == "phone" } })
        try store.write { try $0.setIndexEntries(of: 5, field: field.number, tags: [17]) }
        _ = try officer.verifyAudit()
        #expect(throws: AuditError.unopened(records: 0, customers: 1)) { try officer.verifyAudit(deep: 100) }
        #expect(throws: VaultError.invalid("a sample is 1 to 100 percent")) { try officer.verifyAudit(deep: 0) }
    }

    @Test("an entry of the index that is noted twice with its customer, as earlier versions did, is no alarm")
    func notedTwice() throws {
        let entries = try #require(try vault.vault.store.read { try $0.knownSubjects([2])[2]?.entries })
        try vault.vault.store.write { try $0.extendSubjects([2: [entries[0]]]) }
        #expect(try officer.verifyAudit(deep: 100).records == 10)
    }

    @Test("tombstones that have come to their end, and of which one side has lost its own, are no alarm; others are")
    func endedTombstones() throws {
        _ = try officer.eraseSubject(subjects[6], purpose: "subject-request", reason: "asked")
        let stones = try vault.column("SELECT tag FROM tombstone", of: "keystore.db")
        try #require(!stones.isEmpty)
        try vault.alter("CREATE TABLE kept AS SELECT * FROM tombstone", in: "keystore.db")
        try vault.alter("DELETE FROM tombstone", in: "keystore.db")
        #expect(throws: AuditError.alteredTables(["tombstone"])) { try officer.verifyAudit() }
        vault.clock.advance(days: 3 * 365 + 1)
        _ = try officer.verifyAudit()
    }

    @Test("a key that another process made, and that is gone, is not made anew either")
    func madeElsewhere() throws {
        let (other, coder) = (try vault.reopened(), try vault.token("classification"))
        _ = try other.session(token: coder).page(Query(select: ["record"], purpose: "insight"))
        let made = try other.session(token: vault.token("agent")).page(Query(select: ["record"], purpose: "follow-up"))
        #expect(!made.rows.isEmpty)
        try #require(try vault.alter("DELETE FROM data_key WHERE kind = 'pseudonym' AND name = 'follow-up'", in: "keystore.db") == 1)
        let here = try vault.session("agent", named: "second")
        #expect(throws: VaultError.integrity("the key store lacks a key that the vault has used (pseudonym, follow-up): restore the newest copy of the key store")) {
            _ = try here.page(Query(select: ["record"], purpose: "follow-up"))
        }
    }
}
