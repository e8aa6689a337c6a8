import AuditLog
import Foundation
import GRDB
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// What people write about a customer is as much the customer's as what the customer said.
@Suite("Notes, reasons and grounds")
struct NoteTests {
    private let vault: TestVault
    private let officer: Session
    private let lead: Session
    private let purpose = "subject-request"
    private static let name = "欧阳娜"
    /// Nothing that a detector finds: only a key keeps it from being read.
    private static let words = [
        "her sister is ill and cannot come", "the husband drinks and shouts", "她的妹妹病得很重", "neighbours quarrel about the dog", "she wants nobody to know of it",
        "两人正在闹离婚", "the lawyer never answers", "lost the lawsuit over the cellar", "he is afraid of dogs", "she sings in a choir", "欠了邻居一笔钱", "leaves the country in May",
    ]

    init() throws {
        vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest((1...8).map { line(id: "\($0)", customer: ["id": "C10\($0)", "name": Self.name, "phone": "1380013800\($0)", "national_id": "11010519491231002X"]) })
        officer = try vault.session("compliance")
        lead = try vault.session("privacy-lead")
    }

    private func subject(_ id: String, _ session: Session? = nil) throws -> String {
        try #require(try (session ?? officer).lookup(field: "customer_id", value: id, purpose: purpose).subjects.first)
    }

    /// Has each of ``words`` written about a customer somewhere; returns the customer's pseudonym.
    private func writeEverything(about id: String) throws -> String {
        let (subject, words) = (try subject(id), Self.words)
        let record = try #require(
            try officer.page(Query(select: ["record", "customer_id"], limit: 60, purpose: purpose)).rows.first { $0[1].description.hasSuffix(id.suffix(2)) })[0].description
        _ = try officer.reveal(record: record, field: "phone", purpose: purpose, reason: words[0]) { _ in }
        _ = try officer.exportSubject(subject, purpose: purpose, reason: words[1]) { _ in }
        let hold = try officer.holdSubject(subject, purpose: purpose, reason: words[2]).hold
        _ = try officer.releaseSubject(subject, hold: hold, purpose: purpose, reason: words[3])
        _ = try officer.correctSubject(subject, field: "phone", to: "13900139000", purpose: purpose, reason: words[4])
        let first = try officer.openCase(.erasure, of: subject, purpose: purpose, note: words[5]).id
        _ = try officer.closeCase(first, as: .refused, purpose: purpose, note: words[6])
        _ = try officer.restrictSubject(subject, purpose: purpose, reason: words[7])
        _ = try officer.restrictSubject(subject, purpose: purpose, reason: words[8], lift: true)
        #expect(throws: VaultError.needsApproval(1)) { try officer.reveal(record: record, field: "national_id", purpose: purpose, reason: words[9]) { _ in } }
        _ = try lead.decideApproval(1, grant: true, reason: words[10])
        _ = try officer.openCase(.access, of: subject, purpose: purpose, note: words[11])
        return subject
    }

    private func expectNowhere(_ words: [String], in files: [(name: String, bytes: Data)]) {
        #expect(files.contains { $0.bytes.count > 10_000 })
        for (name, bytes) in files {
            for word in words where bytes.holds(Data(word.utf8)) { Issue.record("\(name) holds: \(word)") }
        }
    }

    private func reasons(_ session: Session) throws -> [String] { try session.auditEntries(AuditFilter(limit: 1000)).compactMap(\.reason) }

    @Test("no word of them is in any byte of database, log or backups, and who may read them does")
    func onDisk() throws {
        let subject = try writeEverything(about: "C103")
        let (backups, keys) = (vault.folder.appendingPathComponent("backup"), vault.folder.appendingPathComponent("backup-keys"))
        vault.clock.advance(minutes: 1)
        _ = try vault.administrator.backup(to: backups.path, keysTo: keys.path)
        let copies = try [backups, keys].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).compactMap { name in
                (try? Data(contentsOf: folder.appendingPathComponent(name))).map { ("\(folder.lastPathComponent)/\(name)", $0) }
            }
        }
        expectNowhere(Self.words, in: try vault.files() + copies)
        // The whole log as it leaves the vault for other systems.
        var exported = Data()
        try officer.exportAudit(AuditFilter()) { exported += Data($0.canonicalBytes) + Data(AuditExport.cef.line($0).utf8) + Data(AuditExport.ocsf.line($0).utf8) }
        expectNowhere(Self.words, in: [("export", exported)])

        let shown = try reasons(officer)
        #expect(Self.words.allSatisfy { word in shown.contains(word) })
        for word in Self.words {
            let found = try officer.auditEntries(AuditFilter(reason: String(word.dropFirst(3).uppercased())))
            #expect(!found.isEmpty && found.allSatisfy { $0.reason == word }, "\(word)")
        }
        #expect(try officer.cases(purpose: purpose, closed: true).map(\.note) == [Self.words[11], Self.words[6]])
        #expect(try officer.holds(on: subject, purpose: purpose).map(\.ground) == [Self.words[2]])
        #expect(try lead.approvals().map(\.reason) == [Self.words[9]])
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "subject.hold")).last)
        #expect(try officer.auditReason(entry.seq) == Self.words[2])
        #expect(try officer.verifyAudit(deep: 100).entries > 20)
    }

    @Test("they end with the customer, here and in an older snapshot beside today's keys, and the log still verifies")
    func erased() throws {
        let gone = try writeEverything(about: "C103")
        let stays = try subject("C104")
        _ = try officer.holdSubject(stays, purpose: purpose, reason: "court")
        let (backups, keys) = (vault.folder.appendingPathComponent("backup").path, vault.folder.appendingPathComponent("backup-keys").path)
        vault.clock.advance(minutes: 1)
        let snapshot = try vault.administrator.backup(to: backups, keysTo: keys).name
        let receipt = try officer.eraseSubject(gone, purpose: purpose, reason: "the reason of the end").receipt
        vault.clock.advance(minutes: 1)
        _ = try vault.administrator.backup(to: backups, keysTo: keys)

        func check(_ session: Session) throws {
            let shown = try reasons(session)
            for word in Self.words + ["the reason of the end"] {
                #expect(!shown.contains(word), "\(word)")
                #expect(try session.auditEntries(AuditFilter(reason: word)).isEmpty, "\(word)")
            }
            #expect(shown.count { $0 == NoteWord.erased } >= Self.words.count)
            #expect(try session.cases(purpose: purpose, closed: true).map(\.note) == [NoteWord.erased, NoteWord.erased])
            #expect(throws: VaultError.onHold(ground: "court")) { try session.eraseSubject(stays, purpose: purpose, reason: "asked") }
            #expect(try session.verifyAudit(deep: 100).entries > 20)
        }
        try check(officer)
        #expect(try lead.approvals().map(\.reason) == [NoteWord.erased])
        // Who, what, when and for what are still told, and proven.
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "subject.erase", outcome: .allowed)).first)
        #expect(entry.seq == receipt && entry.principal == "compliance" && entry.purpose == purpose && entry.target == gone && entry.rows == 1)
        #expect(try officer.proveAudit(receipt).contains("sealed_reason") == false)
        #expect(try officer.erasureCertificate(gone, purpose: purpose).contains("audit entry: \(receipt)"))

        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored").path
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        _ = try Vault.restore(from: backups, snapshot: snapshot, keyStore: keys + "/keystore.db", to: location, clock: clock)
        let opened = try Vault.open(at: location, clock: clock), again = try opened.session(token: vault.adminToken)
        try check(opened.session(token: again.issueToken(principal: "compliance", role: "compliance", days: nil).token))
    }

    @Test("a thief with yesterday's database and today's key store and root key finds no word of an erased customer", .onFiles)
    func thief() throws {
        let gone = try writeEverything(about: "C103")
        _ = try officer.restrictSubject(gone, purpose: purpose, reason: "a feud over the hedge")
        let queue = try DatabaseQueue(path: vault.copyDatabase() + "/vault.db")
        // With all that the vault itself knows.
        func stolen() throws -> [CustomerNote] {
            let notes = try CustomerNotes(vault.vault)
            return try queue.read { db in
                let cases = try Row.fetchAll(db, sql: "SELECT note, opened_at FROM subject_case").map { notes.open(SealedNote($0[0]), at: .subjectCase(openedAt: $0[1])) }
                let holds = try Row.fetchAll(db, sql: "SELECT ground, set_at FROM hold").map { notes.open(SealedNote($0[0]), at: .hold(setAt: $0[1])) }
                let approvals = try Row.fetchAll(db, sql: "SELECT reason, asked_at FROM approval").map { notes.open(SealedNote($0[0]), at: .approval(askedAt: $0[1])) }
                let restrictions = try String.fetchAll(db, sql: "SELECT restriction FROM subject WHERE restriction IS NOT NULL").map {
                    notes.open(SealedNote($0), at: .restriction)
                }
                let entries = try Data.fetchAll(db, sql: "SELECT entry FROM audit").compactMap { AuditEntry(canonicalBytes: Array($0)).flatMap(notes.reason) }
                return cases + holds + approvals + restrictions + entries
            }
        }
        let before = try stolen()
        #expect(Self.words.allSatisfy { word in before.contains(.text(word)) } && before.count == 2 + 1 + 1 + 1 + 13 && before.contains(.text("a feud over the hedge")))
        _ = try officer.eraseSubject(gone, purpose: purpose, reason: "asked")
        #expect(try stolen() == before.map { _ in .erased })
        expectNowhere(Self.words + ["a feud over the hedge"], in: try vault.files() + [("yesterday", Data(contentsOf: URL(fileURLWithPath: queue.path)))])
    }

    @Test("a note opens where it was written and about whom, and nowhere else")
    func places() throws {
        let notes = try CustomerNotes(vault.vault)
        let note = try notes.seal("a word", about: 3, at: .hold(setAt: 5))
        #expect(notes.open(note, at: .hold(setAt: 5)) == .text("a word") && notes.origin(of: note, at: .hold(setAt: 5))?.subject == 3)
        for place in [NotePlace.hold(setAt: 6), .restriction, .approval(askedAt: 5), .subjectCase(openedAt: 5), .entry(request: "5")] {
            #expect(notes.open(note, at: place) == .unreadable && notes.origin(of: note, at: place) == nil)
        }
        for index in note.text.indices.dropLast(2) {
            var text = note.text
            text.replaceSubrange(index...index, with: note.text[index] == "A" ? "B" : "A")
            #expect(notes.open(SealedNote(text), at: .hold(setAt: 5)) == .unreadable)
        }
        #expect(notes.open(SealedNote("a word"), at: .restriction) == .unreadable && notes.open(SealedNote(""), at: .restriction) == .unreadable)
        // Equal words about a customer look different each time.
        #expect(try notes.seal("a word", about: 3, at: .hold(setAt: 5)) != note)
        // Of somebody without a key, nothing is kept.
        let nobody = try notes.seal("a word", about: 99, at: .restriction)
        #expect(notes.open(nobody, at: .restriction) == .erased && nobody.text.count < note.text.count)
    }

    @Test("replacing customers' keys and moving to another root key keep them readable, and nothing of the former keys is left")
    func rotations() throws {
        let subject = try writeEverything(about: "C103")
        _ = try officer.holdSubject(subject, purpose: purpose, reason: "court")
        _ = try officer.restrictSubject(subject, purpose: purpose, reason: "contested")
        for _ in 1...2 {
            let former = try vault.column("SELECT wrapped FROM subject_key WHERE version > 0", of: "keystore.db")
            let report = try vault.administrator.resealRecords(batch: 3)
            #expect(report.retired == 8 && report.kept == 0)
            let now = try vault.column("SELECT wrapped FROM subject_key", of: "keystore.db")
            #expect(former.count == 8 && Set(former).isDisjoint(with: now))
            _ = try officer.holdSubject(subject, purpose: purpose, reason: "court")
        }
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "later")
        let later = try vault.reopened(), admin = try later.session(token: vault.adminToken)
        #expect(try admin.rotateRootKey(batch: 5).retired.count == 1)
        let (officer, lead) = (try later.session(token: vault.token("compliance", named: "chen")), try later.session(token: vault.token("privacy-lead", named: "wu")))
        let shown = try reasons(officer)
        #expect(Self.words.allSatisfy { word in shown.contains(word) })
        #expect(try officer.cases(purpose: purpose, closed: true).map(\.note) == [Self.words[11], Self.words[6]])
        #expect(try officer.holds(on: subject, purpose: purpose).map(\.ground) == [Self.words[2], "court", "court", "court"])
        #expect(try lead.approvals().map(\.reason) == [Self.words[9]])
        #expect(throws: VaultError.onHold(ground: "court; court; court")) { try officer.eraseSubject(subject, purpose: purpose, reason: "asked") }
        #expect(try officer.verifyAudit(deep: 100).entries > 20)
        #expect(try admin.examine().filter { $0.check == "keys" || $0.check == "protections" }.allSatisfy { $0.state != .failure })
        // What was kept in the place of former keys goes with the others.
        for hold in try officer.holds(on: subject, purpose: purpose) where hold.isInForce {
            _ = try officer.releaseSubject(subject, hold: hold.id, purpose: purpose, reason: nil)
        }
        let before = try vault.column("SELECT wrapped FROM subject_key", of: "keystore.db").count
        _ = try officer.eraseSubject(subject, purpose: purpose, reason: "asked")
        #expect(try vault.column("SELECT wrapped FROM subject_key", of: "keystore.db").count == before - 3)
        #expect(try reasons(officer).allSatisfy { !Self.words.contains($0) })
    }

    @Test("whoever takes away what notes are sealed under is named by a deep verification")
    func keyTaken() throws {
        _ = try writeEverything(about: "C103")
        #expect(try vault.administrator.resealRecords(batch: 3).retired == 8)
        #expect(try officer.verifyAudit(deep: 100).records == 8)
        try vault.alter("DELETE FROM subject_key WHERE version < 0 AND subject = 3", in: "keystore.db")
        #expect(throws: AuditError.alteredTables(["subject_key"])) { try officer.verifyAudit(deep: 100) }
    }

    @Test("a hold and a restriction bind whether or not anybody can read why")
    func protecting() throws {
        let held = try subject("C105"), restricted = try subject("C106")
        _ = try officer.holdSubject(held, purpose: purpose, reason: "court")
        _ = try officer.restrictSubject(restricted, purpose: purpose, reason: "contested")
        // Somebody destroys the customers' keys.
        try vault.alter("DELETE FROM subject_key WHERE subject IN (5, 6)", in: "keystore.db")
        #expect(throws: VaultError.onHold(ground: NoteWord.erased)) { try officer.eraseSubject(held, purpose: purpose, reason: "asked") }
        #expect(throws: VaultError.conflict("the customer's data is restricted already")) { try officer.restrictSubject(restricted, purpose: purpose, reason: "again") }
        #expect(try officer.holds(on: held, purpose: purpose).map(\.ground) == [NoteWord.erased])
    }
}
