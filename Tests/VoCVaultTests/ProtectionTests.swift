import Foundation
import RedactedAPI
import Storage
import TestVaults
import Testing
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

    @Test("a hold on a customer of after the snapshot is kept, and doctor says that it waits for the customer")
    func hold() throws {
        let snapshot = try firstSnapshot()
        try vault.ingest([line(id: "70", customer: ["id": "C70"])])
        _ = try officer.holdSubject(subject("C70"), purpose: purpose, reason: "court")
        try backup()
        let finding = try restored(snapshot).vault.session(token: vault.adminToken).examine().first { $0.check == "protections" }
        #expect(finding?.state == .warning && finding?.finding.contains("holds 1 are on customers") == true)
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

    @Test("what is kept beside the keys shows no ground and no name")
    func sealed() throws {
        _ = try officer.holdSubject(subject("C5"), purpose: purpose, reason: "CANARY-GROUND")
        let kept = try vault.column("SELECT body FROM protection", of: "keystore.db")
        #expect(kept.count == 1 && kept.allSatisfy { $0.range(of: Data("CANARY".utf8)) == nil })
    }
}
