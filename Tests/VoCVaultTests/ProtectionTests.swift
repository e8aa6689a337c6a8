import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI
import VoCVault

@Suite("What protects people survives the restore of an older snapshot")
struct ProtectionTests {
    private let vault: TestVault
    private let officer: Session
    private let (folder, keys): (String, String)
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault()
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        try vault.ingest((1...60).map { line(id: "\($0)", customer: ["id": "C\($0)", "national_id": "11010119900307451\($0 % 10)"], attributes: ["product": "X\($0 % 2)", "rating": 3]) })
        officer = try vault.session("compliance")
    }

    private func subject(_ id: String, _ session: Session? = nil) throws -> String {
        try #require(try (session ?? officer).lookup(field: "customer_id", value: id, purpose: purpose).subjects.first)
    }

    private func backup() throws {
        vault.clock.advance(minutes: 1)
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
    }

    /// The vault as it is after the first snapshot was restored beside the newest key store.
    private func restored(_ snapshot: String) throws -> (vault: Vault, location: Vault.Location) {
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        _ = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keys + "/keystore.db", to: location, clock: clock)
        return (try Vault.open(at: location, clock: clock), location)
    }

    private func firstSnapshot() throws -> String {
        vault.clock.advance(minutes: 1)
        return try vault.administrator.backup(to: folder, keysTo: keys).name
    }

    @Test("a restore says that the lost log was longer", .onFiles)
    func longerLog() throws {
        let snapshot = try firstSnapshot()
        _ = try officer.holdSubject(subject("C1"), purpose: purpose, reason: "court")
        func says(_ location: Vault.Location) throws -> Bool {
            let clock = { @Sendable [clock = vault.clock] in clock.now }
            let report = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keys + "/keystore.db", to: location, clock: clock)
            return report.notes.contains { $0.contains("more entries than the snapshot") }
        }
        // A trial elsewhere replaces no log.
        var trial = vault.location
        trial.home = vault.folder.appendingPathComponent("trial").path
        #expect(try !says(trial))
        try FileManager.default.moveItem(atPath: vault.location.home, toPath: vault.location.home + "-lost")
        #expect(try says(vault.location))
    }

    @Test("revocations, holds, restrictions, used approvals, budgets and tombstones of after the snapshot are replayed, with an entry")
    func replay() throws {
        let partner = try vault.token("partner"), leaver = try vault.token("analyst", named: "leaver"), lead = try vault.session("privacy-lead")
        let wanted = try officer.page(Query(select: ["record", "customer_id"], limit: 60, purpose: purpose)).rows.first { $0[1].description.hasSuffix("60") }![0].description
        #expect(throws: VaultError.needsApproval(1)) { try officer.reveal(record: wanted, field: "national_id", purpose: purpose, reason: "case 1") { _ in } }
        _ = try lead.decideApproval(1, grant: true, reason: nil)
        let (held, restricted, gone, both) = (try subject("C1"), try subject("C2"), try subject("C3"), try subject("C4"))
        let first = try officer.holdSubject(both, purpose: purpose, reason: "court").hold
        let snapshot = try firstSnapshot()

        let id = try #require(try vault.administrator.tokens().first { $0.principal == "leaver" }).id
        try vault.administrator.revokeToken(id)
        _ = try officer.holdSubject(held, purpose: purpose, reason: "tax audit")
        _ = try officer.releaseSubject(both, hold: first, purpose: purpose, reason: "closed")
        _ = try officer.restrictSubject(restricted, purpose: purpose, reason: "contested")
        _ = try officer.eraseSubject(gone, purpose: purpose, reason: "Art. 17")
        _ = try officer.reveal(record: wanted, field: "national_id", purpose: purpose, reason: "case 1") { _ in }
        var asked = 0
        while (try? vault.vault.session(token: partner).aggregate(AggregateQuery(groupBy: [.field("product")], measures: [.count], purpose: "insight"))) != nil { asked += 1 }
        #expect(asked > 0)
        // A customer of after the snapshot is erased: the feed that is taken in again must not bring them back.
        try vault.ingest([line(id: "61", customer: ["id": "C61"])])
        _ = try officer.eraseSubject(subject("C61"), purpose: purpose, reason: "Art. 17")
        try backup()

        let (opened, location) = try restored(snapshot)
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try opened.session(token: leaver) }
        let again = try opened.session(token: vault.adminToken)
        let restoredOfficer = try opened.session(token: again.issueToken(principal: "compliance", role: "compliance", days: nil).token)
        #expect(throws: VaultError.onHold(ground: "tax audit")) { try restoredOfficer.eraseSubject(held, purpose: purpose, reason: "x") }
        #expect(try restoredOfficer.holds(on: both, purpose: purpose).map(\.isInForce) == [false])
        #expect(throws: VaultError.conflict("the customer's data is restricted already")) {
            try restoredOfficer.restrictSubject(restricted, purpose: purpose, reason: "again")
        }
        #expect(throws: VaultError.notFound("the customer")) { try restoredOfficer.exportSubject(gone, purpose: purpose, reason: nil) { _ in } }
        // The approval was used; another has to be asked for, under a number that nobody had.
        #expect(throws: VaultError.needsApproval(2)) { try restoredOfficer.reveal(record: wanted, field: "national_id", purpose: purpose, reason: "case 1") { _ in } }
        #expect(throws: VaultError.self) {
            try opened.session(token: partner).aggregate(AggregateQuery(groupBy: [.field("product")], measures: [.count], purpose: "insight"))
        }
        let loader = try opened.session(token: again.issueToken(principal: "loader", role: "ingest", days: nil).token)
        let file = vault.folder.appendingPathComponent("again")
        try Data([line(id: "3", customer: ["id": "C3"]), line(id: "61", customer: ["id": "C61"])].joined(separator: "\n").utf8).write(to: file)
        let report = try loader.ingest(FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "test", onReject: { _ in }, progress: { _ in })
        #expect(report.stored == 0 && report.erasedBefore == 2)
        let replayed = try restoredOfficer.auditEntries(AuditFilter(action: "protections.replay"))
        #expect(replayed.count == 1)
        #expect(replayed.first?.detail["revocation"] == "1" && replayed.first?.detail["restriction"] == "1" && replayed.first?.detail["approval"] == "1")
        _ = try restoredOfficer.verifyAudit()
        // Opening once more finds nothing to replay.
        #expect(try Vault.open(at: location).session(token: vault.adminToken).examine().first { $0.check == "protections" }?.state == .ok)
    }

    @Test("holds and restrictions of customers who came after the snapshot wait, and go to whom the feed brings back", arguments: [1, 200])
    func absent(records: Int) throws {
        let snapshot = try firstSnapshot()
        let feed = (1...records).map { line(id: "c\($0)", customer: ["id": "C70", "phone": "13800138070"]) } + [line(id: "d", customer: ["id": "C71"])]
        let later = [line(id: "e", customer: ["phone": "13800138070"]), line(id: "f", customer: ["id": "C72"])]
        try vault.ingest(feed + later)
        let held = try officer.holdSubject(subject("C70"), purpose: purpose, reason: "court").hold
        let released = try officer.holdSubject(subject("C70"), purpose: purpose, reason: "audit").hold
        _ = try officer.releaseSubject(subject("C70"), hold: released, purpose: purpose, reason: "over")
        _ = try officer.restrictSubject(subject("C71"), purpose: purpose, reason: "contested")
        _ = try officer.restrictSubject(subject("C72"), purpose: purpose, reason: "contested")
        _ = try officer.restrictSubject(subject("C72"), purpose: purpose, reason: "settled", lift: true)
        try backup()

        let opened = try restored(snapshot).vault, again = try opened.session(token: vault.adminToken)
        func protections() throws -> HealthFinding? { try again.examine().first { $0.check == "protections" } }
        #expect(try protections()?.state == .warning)
        #expect(try protections()?.finding == "2 holds and restrictions wait for customers who were lost with a restore or a failover")
        let restoredOfficer = try opened.session(token: again.issueToken(principal: "compliance", role: "compliance", days: nil).token)
        let analyst = try opened.session(token: again.issueToken(principal: "analyst", role: "analyst", days: nil).token)
        let loader = try opened.session(token: again.issueToken(principal: "loader", role: "ingest", days: nil).token)
        for lines in [feed, later, feed] { try vault.ingest(lines, by: loader) }
        let (c70, c71, c72) = (try subject("C70", restoredOfficer), try subject("C71", restoredOfficer), try subject("C72", restoredOfficer))
        #expect(throws: VaultError.onHold(ground: "court")) { try restoredOfficer.eraseSubject(c70, purpose: purpose, reason: "x") }
        #expect(try restoredOfficer.holds(on: c70, purpose: purpose).filter(\.isInForce).map(\.id) == [held])
        #expect(throws: VaultError.conflict("the customer's data is restricted already")) { try restoredOfficer.restrictSubject(c71, purpose: purpose, reason: "again") }
        #expect(throws: VaultError.conflict("the customer's data is not restricted")) { try restoredOfficer.restrictSubject(c72, purpose: purpose, reason: "x", lift: true) }
        let shown = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")).rows
        #expect(shown == [[.integer(Int64(60 + records + 2))]])
        let replays = try restoredOfficer.auditEntries(AuditFilter(action: "protections.replay")).map { $0.detail.filter { $0.value != "0" } }
        #expect(replays.contains(["hold": "1", "restriction": "1"]))
        #expect(try protections()?.state == .ok)
        _ = try restoredOfficer.verifyAudit()
        // They are kept under the customers' present numbers: another restore finds them.
        _ = try restoredOfficer.releaseSubject(c70, hold: held, purpose: purpose, reason: "closed")
        _ = try restoredOfficer.restrictSubject(c71, purpose: purpose, reason: "settled", lift: true)
        #expect(try protections()?.state == .ok)
    }

    @Test("a fact that was changed beside the keys keeps the vault from opening", .onFiles)
    func forged() throws {
        let snapshot = try firstSnapshot()
        _ = try officer.restrictSubject(subject("C2"), purpose: purpose, reason: "contested")
        try backup()
        try vault.alter("UPDATE protection SET body = zeroblob(61)", in: "keystore.db")
        let copy = vault.folder.appendingPathComponent("vault/keystore.db").path
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("forged").path
        #expect(throws: VaultError.self) { try Vault.restore(from: folder, snapshot: snapshot, keyStore: copy, to: location) }
        #expect(!FileManager.default.fileExists(atPath: location.home))
    }

    @Test("what is kept about a customer beside the keys goes with the customer")
    func forgotten() throws {
        let (gone, stays) = (try subject("C5"), try subject("C6"))
        for customer in [gone, stays] {
            let hold = try officer.holdSubject(customer, purpose: purpose, reason: "court").hold
            _ = try officer.releaseSubject(customer, hold: hold, purpose: purpose, reason: "closed")
            _ = try officer.restrictSubject(customer, purpose: purpose, reason: "contested")
        }
        func kept() throws -> [Int] {
            try ["hold", "restriction"].map { try vault.column("SELECT body FROM protection WHERE kind = '\($0)'", of: "keystore.db").count }
        }
        #expect(try kept() == [2, 2])
        _ = try officer.eraseSubject(gone, purpose: purpose, reason: "Art. 17")
        #expect(try kept() == [1, 1])
    }

    @Test("what is kept beside the keys shows no ground and no name")
    func sealed() throws {
        _ = try officer.holdSubject(subject("C5"), purpose: purpose, reason: "CANARY-GROUND")
        let kept = try vault.column("SELECT body FROM protection", of: "keystore.db")
        #expect(kept.count == 1 && kept.allSatisfy { !$0.holds(Data("CANARY".utf8)) })
    }
}
