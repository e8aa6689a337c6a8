import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("A new key of the state")
struct StateRotationTests {
    private let vault: TestVault
    private let folder: String
    private let keys: String

    init() throws {
        vault = try TestVault()
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        try vault.ingest((1...30).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013\($0 + 1000)"]) })
        let officer = try vault.session("compliance")
        _ = try officer.eraseSubject(try subject("C1", officer), purpose: "subject-request", reason: "Art. 17")
    }

    private func subject(_ id: String, _ officer: Session) throws -> String {
        try #require(try officer.lookup(field: "customer_id", value: id, purpose: "subject-request").subjects.first)
    }

    private func versions(_ vault: Vault) throws -> [Int] {
        try vault.keyring.reload()
        return vault.keyring.versions(.state)
    }

    private func alerts(_ session: Session) throws -> [AuditEntry] { try session.auditEntries(AuditFilter(action: "alert")) + session.auditEntries(AuditFilter(outcome: .failed)) }

    @Test("everything is vouched for anew; a process that had the vault open goes on, and nobody sees an alarm")
    func rotates() throws {
        let other = try vault.reopened()
        let (analyst, officer) = (try other.session(token: vault.token("analyst")), try other.session(token: vault.token("compliance")))
        let query = Query(select: ["record", "product"], limit: 100, purpose: "insight")
        let before = try analyst.page(query).rows.count
        let macs = try vault.column("SELECT mac FROM record ORDER BY id")

        #expect(try vault.administrator.rotateStateKey() == 2)
        let after = try vault.column("SELECT mac FROM record ORDER BY id")
        #expect(zip(macs, after).allSatisfy { $0 != $1 } && after.count == 29)
        #expect(try versions(vault.vault) == [2] && vault.vault.keyring.versions(.formerState) == [1])

        // First a reader of another process, then its writers.
        #expect(try analyst.page(query).rows.count == before)
        #expect(try subject("C7", officer).isEmpty == false)
        let source = try other.session(token: vault.token("ingest"))
        try vault.ingest([line(id: "31", customer: ["id": "C31"])], by: source)
        for session in [vault.administrator, try other.session(token: vault.adminToken), try vault.reopened().session(token: vault.adminToken)] {
            _ = try session.verifyAudit(deep: 100)
        }
        #expect(try vault.vault.store.keys.erasures(after: 0).subjects.count == 1)
        #expect(try alerts(vault.session("privacy-lead")) == [])
        #expect(try vault.administrator.rotateStateKey() == 3)
        _ = try other.session(token: vault.adminToken).verifyAudit(deep: 100)
        #expect(try other.session(token: vault.adminToken).verifyAudit().entries > 0)
    }

    @Test("what was vouched for under the former key is not believed any more")
    func former() throws {
        try vault.rememberLog()
        _ = try vault.administrator.rotateStateKey()
        try vault.rollBackLog()
        #expect(throws: (any Error).self) { try vault.reopened().session(token: vault.adminToken).verifyAudit() }
    }

    @Test("a table that somebody changed is not vouched for")
    func altered() throws {
        try vault.alter("UPDATE record SET channel = 'survey' WHERE id = 5")
        #expect(throws: StorageError.altered(what: "record")) { try vault.administrator.rotateStateKey() }
        #expect(throws: AuditError.alteredTables(["record"])) { try vault.administrator.verifyAudit() }
    }

    @Test("a rotation that was killed before its transaction is none, and the next run takes up its key; one killed after it is finished by whoever opens the vault")
    func killed() throws {
        let now = vault.clock.now
        _ = try vault.vault.keyring.addKey(.state, version: 2, now: now)
        let reopened = try vault.reopened()
        _ = try reopened.session(token: vault.adminToken).verifyAudit(deep: 100)
        #expect(try versions(reopened) == [2, 1])

        let keeper = try StateKeys(keyring: vault.vault.keyring, vaultID: vault.vault.store.vaultID).keepers(now: now)[0]
        _ = try vault.vault.commit { writer in
            try writer.rekeyState(to: keeper)
            return ((), AuditEntry(ofVault: .vault(.alert), rule: "test"))
        }
        let finished = try vault.reopened()
        #expect(try versions(finished) == [2])
        _ = try finished.session(token: vault.adminToken).verifyAudit(deep: 100)
        #expect(try finished.session(token: vault.adminToken).rotateStateKey() == 3)
    }

    @Test("others write meanwhile")
    func meanwhile() throws {
        let threads = Threads()
        let source = try vault.session("ingest")
        let vault = vault
        for thread in 0..<3 {
            threads.begin { for number in 0..<8 { try vault.ingest([line(id: "t\(thread)-\(number)", customer: ["id": "T\(thread)"])], by: source) } }
        }
        threads.begin { for _ in 0..<3 { _ = try vault.administrator.rotateStateKey() } }
        try threads.end()
        _ = try vault.administrator.verifyAudit(deep: 100)
        #expect(try vault.vault.store.read { try $0.counts(at: 0).records } == 29 + 24)
        #expect(try alerts(vault.session("privacy-lead")) == [])
    }

    @Test("a snapshot of before is restored with the newest copy of the key store, and vouched for under the new key")
    func snapshot() throws {
        vault.clock.advance(minutes: 1)
        let old = try vault.administrator.backup(to: folder, keysTo: keys).name
        _ = try vault.administrator.rotateStateKey()
        vault.clock.advance(minutes: 1)
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored").path
        _ = try Vault.restore(from: folder, snapshot: old, keyStore: keys + "/keystore.db", to: location, clock: { [clock = vault.clock] in clock.now })
        let restored = try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now })
        #expect(try versions(restored) == [2])
        _ = try restored.session(token: vault.adminToken).verifyAudit(deep: 100)
        #expect(try restored.store.keys.erasures(after: 0).subjects.count == 1)
    }
}
