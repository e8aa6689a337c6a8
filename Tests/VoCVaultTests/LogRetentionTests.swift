import AuditLog
import Foundation
import Policy
import Sealing
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("Retention of what the log says")
struct LogRetentionTests {
    private static let reason = "for the claim of summer 2026"
    private let vault: TestVault

    init() throws {
        vault = try TestVault { name, text in name == "retention.yaml" ? text.replacing("log: {keep: 10y}", with: "log: {keep: 3y}") : text }
        try vault.ingest([line(id: "1", customer: ["id": "C1"]), line(id: "2", customer: ["id": "C2"])])
        let officer = try vault.session("compliance")
        // More than one tile, and not a whole number of them.
        for _ in 0..<300 { _ = try officer.auditEntries(AuditFilter(reason: Self.reason, limit: 1)) }
        _ = try vault.administrator.anchorAudit()
    }

    private func run() throws -> RetentionReport { try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true)) }

    private func kept(_ number: Int64) throws -> [UInt8]? { try vault.vault.store.read { try $0.auditEntry(number) } }

    @Test("the content of old entries goes, in whole tiles and with their published bundle; the log, checkpoints and proofs of before verify")
    func ends() throws {
        let before = try vault.administrator.anchorAudit()
        let first = try vault.session("compliance").auditEntry(0)
        vault.clock.advance(days: 3 * 365 - 1)
        #expect(try vault.session("retention").retentionForecast(consent: RetentionConsent(clock: true)).kept.last == KeptPlanRow(kind: "log", due: 0, before: "2026-11-22"))
        #expect(try run().ended["log"] == nil)
        vault.clock.advance(days: 2)
        #expect(try vault.session("retention").retentionForecast(consent: RetentionConsent(clock: true)).kept.last?.due == 256)
        #expect(try run().ended["log"] == 256)

        // Its leaf hash, as RFC 9162 defines it, stays.
        let hash = SHA256.hash([0] + Array(first.utf8))
        #expect(try kept(0) == [0] + hash)
        #expect(try kept(255)?.count == 33)
        #expect(try #require(try kept(256)).first == UInt8(ascii: "{"))
        for session in [vault.administrator, try vault.reopened().session(token: vault.adminToken)] {
            _ = try session.verifyAudit(against: before)
            _ = try session.verifyAudit(deep: 100)
        }
        let tiles = vault.location.home + "/audit/tile"
        #expect(!FileManager.default.fileExists(atPath: tiles + "/entries/000") && FileManager.default.fileExists(atPath: tiles + "/0/000"))

        let officer = try vault.session("compliance")
        #expect(throws: VaultError.notFound("the content of audit entry 0, which a retention run has removed,")) { try officer.auditEntry(0) }
        #expect(throws: VaultError.notFound("the content of audit entry 7, which a retention run has removed,")) { try officer.proveAudit(7) }
        #expect(try officer.proveAudit(256).contains("index 256"))
        #expect(try officer.auditEntries(AuditFilter(limit: 10_000)).last?.seq == 256)
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "retention.run")).first { $0[.kind] == "log" })
        #expect(entry[.ended] == "256" && entry[.entriesUntil] == "256" && entry[.records] == "0" && entry[.customers] == "0")
        // Nothing is left for another run.
        #expect(try run().ended["log"] == nil)
    }

    @Test("two runs at once remove each entry's content once, and what is left is its hash")
    func together() throws {
        vault.clock.advance(days: 3 * 365 + 1)
        let first = try #require(try kept(0))
        let token = try vault.token("retention")
        let sessions = try (0..<3).map { _ in try vault.reopened().session(token: token) }
        let threads = Threads()
        for session in sessions { threads.begin { _ = try session.retentionRun(consent: RetentionConsent(clock: true)) } }
        try threads.end()
        #expect(try kept(0) == [0] + SHA256.hash([0] + first))
        #expect(KeptEntry.removed(try #require(try kept(0)), using: SHA256()) == [0] + SHA256.hash([0] + first))
        _ = try vault.administrator.verifyAudit()
    }

    @Test("what an entry said is nowhere any more")
    func traces() throws {
        let token = try vault.administrator.issueToken(principal: "lamplighter-4711", role: "analyst", days: 1).id
        for _ in 0..<256 { _ = try vault.session("compliance").auditEntries(AuditFilter(limit: 1)) }
        vault.clock.advance(days: 3 * 365 + 1)
        #expect(try vault.files().contains { $0.bytes.holds(Data(token.utf8)) })
        _ = try run()
        // On a server, deleted rows lie in pages until it vacuums: the dump has what it would answer.
        let found = try vault.files().filter { $0.bytes.holds(Data("lamplighter-4711".utf8)) || $0.bytes.holds(Data(token.utf8)) }
        #expect(found.map(\.name) == [])
    }

    @Test("content that somebody else took away is missed, whether before or after a run; and a run of a log that does not verify removes nothing")
    func stolen() throws {
        let steal = { (number: Int) in
            let hash = Data(SHA256.hash([0] + (try #require(try kept(Int64(number))))))
            try vault.alter("UPDATE audit SET entry = x'00\(hash.map { String(format: "%02x", $0) }.joined())' WHERE seq = \(number)")
        }
        try steal(9)
        #expect(throws: AuditError.bodyMissing(9)) { try vault.administrator.verifyAudit() }
        vault.clock.advance(days: 3 * 365 + 1)
        #expect { try run() } throws: { "\($0)".hasPrefix("\(AuditError.bodyMissing(9))") }
        #expect(try kept(10)?.first == UInt8(ascii: "{"))
    }

    @Test("after a run, content that it did not remove is missed")
    func stolenLater() throws {
        vault.clock.advance(days: 3 * 365 + 1)
        _ = try run()
        _ = try vault.administrator.verifyAudit()
        let hash = Data(SHA256.hash([0] + (try #require(try kept(256)))))
        try vault.alter("UPDATE audit SET entry = x'00\(hash.map { String(format: "%02x", $0) }.joined())' WHERE seq = 256")
        #expect(throws: AuditError.bodyMissing(256)) { try vault.administrator.verifyAudit() }
    }

    @Test("records come and go after a run, and the log still accounts for them; a snapshot of such a vault can be restored")
    func goesOn() throws {
        vault.clock.advance(days: 3 * 365 + 1)
        _ = try run()
        try vault.ingest([line(id: "3", customer: ["id": "C3"], at: "2029-11-20T10:00:00Z")])
        let folder = vault.folder.appendingPathComponent("snapshots").path
        let keys = vault.folder.appendingPathComponent("snapshot-keys").path
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
        _ = try vault.administrator.verifyAudit()
        try vault.alter("DELETE FROM record WHERE id = (SELECT MAX(id) FROM record)")
        #expect(throws: AuditError.self) { try vault.administrator.verifyAudit() }
    }

    @Test("a published log that is lost is written again, without the bundles whose content is gone")
    func publishedAgain() throws {
        vault.clock.advance(days: 3 * 365 + 1)
        _ = try run()
        try FileManager.default.removeItem(atPath: vault.location.home + "/audit")
        let administrator = try vault.reopened().session(token: vault.adminToken)
        _ = try administrator.anchorAudit()
        _ = try administrator.verifyAudit()
        let tiles = vault.location.home + "/audit/tile"
        #expect(!FileManager.default.fileExists(atPath: tiles + "/entries/000") && FileManager.default.fileExists(atPath: tiles + "/0/000"))
    }

    @Test("the policy keeps it for three years at least, and for ever where it says nothing")
    func policy() throws {
        #expect(throws: PolicyError.self) {
            try TestVault { name, text in name == "retention.yaml" ? text.replacing("log: {keep: 10y}", with: "log: {keep: 1094d}") : text }
        }
        let vault = try TestVault { name, text in name == "retention.yaml" ? text.replacing("log: {keep: 10y}\n", with: "") : text }
        #expect(vault.vault.policy.logDays == nil)
    }
}
