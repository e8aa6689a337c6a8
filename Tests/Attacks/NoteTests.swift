import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI
import VoCVault

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
        vault = try TestVault()
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
        #expect(files.contains { $0.bytes.count > 50_000 })
        for (name, bytes) in files {
            for word in words where bytes.range(of: Data(word.utf8)) != nil { Issue.record("\(name) holds: \(word)") }
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
        let held = try officer.holdSubject(gone, purpose: purpose, reason: "a feud over the hedge").hold
        let yesterday = try vault.copyDatabase()
        _ = try officer.releaseSubject(gone, hold: held, purpose: purpose, reason: nil)
        _ = try officer.eraseSubject(gone, purpose: purpose, reason: "asked")
        // The vault itself does not open what was rolled back; its own code, told that this is how it should be, reads no more.
        let place = vault.location.home
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "\(place)/vault.db\(suffix)") }
        try FileManager.default.copyItem(atPath: "\(yesterday)/vault.db", toPath: "\(place)/vault.db")
        try vault.alter("UPDATE vault SET erasures_applied = 99999")
        var location = vault.location
        location.head = vault.folder.appendingPathComponent("elsewhere").path
        let stolen = try? Vault.open(at: location, clock: { [clock = vault.clock] in clock.now })
        let thief = try? stolen?.session(token: vault.adminToken).issueToken(principal: "thief", role: "compliance", days: nil).token
        if let stolen, let thief {
            let session = try stolen.session(token: thief)
            let shown = ((try? reasons(session)) ?? []) + ((try? session.cases(purpose: purpose, closed: true).map(\.note)) ?? [])
            #expect(!shown.contains { Self.words.contains($0) })
        }
        expectNowhere(Self.words + ["a feud over the hedge"], in: try vault.files())
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
        #expect(try admin.examine().allSatisfy { $0.state != .failure })
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
