import AuditLog
import Foundation
import GRDB
import TestVaults
import Testing
import VaultAPI
import VoCVault

@Suite("Doctor")
struct DoctorTests {
    private let vault: TestVault

    init() throws {
        vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"], at: "2026-11-01T12:00:00+08:00")])
    }

    private func state(_ check: String) throws -> HealthFinding.State {
        try #require(try vault.administrator.examine().first { $0.check == check }).state
    }

    private var database: DatabaseQueue {
        get throws { try DatabaseQueue(path: vault.folder.appendingPathComponent("vault/vault.db").path) }
    }

    @Test("a sound vault has no failure, and the examination is in the log")
    func sound() throws {
        let findings = try vault.administrator.examine()
        // The tests' server does not flush.
        #expect(findings.allSatisfy { $0.state != .failure || $0.check.hasPrefix("server") && TestServer.isThere }, "\(findings)")
        #expect(findings.filter { $0.state != .ok }.allSatisfy { !$0.advice.isEmpty })
        let entries = try vault.session("privacy-lead").auditEntries(AuditFilter(action: "doctor"))
        #expect(entries.count == 1)
    }

    @Test("a failure says whether somebody has changed what the vault wrote, or only something is to be done")
    func kinds() throws {
        // The tests' server does not flush.
        func failures() throws -> [HealthFinding] { try vault.administrator.examine().filter { $0.state == .failure && !$0.check.hasPrefix("server") } }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: vault.location.home)
        vault.clock.advance(minutes: -60)
        #expect(try failures().map(\.check) == ["files", "clock"] && failures().allSatisfy { $0.kind == .operation })
        try vault.alter("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ingest', 'imgest') AS BLOB) WHERE seq = 2")
        #expect(try failures().filter { $0.kind == .integrity }.map(\.check) == ["audit log"])
        try vault.alter("DELETE FROM subject_key", in: "keystore.db")
        #expect(try failures().filter { $0.kind == .integrity }.map(\.check) == ["audit log", "keys"])
    }

    @Test("files that others can read or policies that they can write")
    func files() throws {
        #expect(try state("files") == .ok)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: vault.location.home)
        #expect(try state("files") == .failure)
    }

    @Test("an entry that was changed in the database")
    func log() throws {
        #expect(try state("audit log") == .ok)
        try vault.alter("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ingest', 'imgest') AS BLOB) WHERE seq = 2")
        #expect(try state("audit log") == .failure)
    }

    @Test("a clock that was set back")
    func clock() throws {
        vault.clock.advance(minutes: -60)
        #expect(try state("clock") == .failure)
    }

    @Test("an old root key, records that are due, and a request past its deadline")
    func age() throws {
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.openCase(.access, of: subject, purpose: "subject-request", note: nil)
        #expect(try [state("keys"), state("retention"), state("cases")] == [.ok, .ok, .ok])
        vault.clock.advance(days: 400)
        #expect(try [state("keys"), state("retention"), state("cases")] == [.warning, .warning, .failure])
    }

    @Test("how long ago log and tables were verified, and every sealed record, and when that is too long")
    func verification() throws {
        let officer = try vault.session("privacy-lead")
        func finding() throws -> HealthFinding { try #require(try vault.administrator.examine().first { $0.check == "verification" }) }
        #expect(try finding().finding == "verified: log and tables today, every sealed record never" && finding().state == .ok)
        vault.clock.advance(days: 91)
        #expect(try finding().state == .warning && finding().advice == "vocvault audit verify --deep")
        _ = try officer.verifyAudit(deep: 100)
        #expect(try finding().finding == "verified: log and tables today, every sealed record today" && finding().state == .ok)
        // A sample is noted, and is not all.
        vault.clock.advance(days: 91)
        _ = try officer.verifyAudit(deep: 5)
        #expect(try finding().finding == "verified: log and tables today, every sealed record 91 days ago, a sample of 5 % today")
        #expect(try finding().state == .warning)
        _ = try officer.verifyAudit(deep: 100)
        // A verification that fails is none.
        vault.clock.advance(days: 8)
        try vault.alter("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ingest', 'imgest') AS BLOB) WHERE seq = 2")
        #expect(try finding().finding.hasPrefix("verified: log and tables 8 days ago") && finding().state == .warning)
        #expect(try finding().finding.hasPrefix("verified: log and tables 8 days ago"))
    }

    @Test("counters of a root key's wraps that were set back are named")
    func wraps() throws {
        let officer = try vault.session("privacy-lead")
        try vault.alter("UPDATE root_key SET rewrapped = rewrapped + 9", in: "keystore.db")
        _ = try officer.verifyAudit()
        for change in ["rewrapped = rewrapped - 1", "since = since + 1"] {
            try vault.alter("CREATE TABLE old_root AS SELECT * FROM root_key", in: "keystore.db")
            try vault.alter("UPDATE root_key SET \(change)", in: "keystore.db")
            #expect(throws: AuditError.alteredTables(["root_key"])) { try officer.verifyAudit() }
            #expect(try state("audit log") == .failure)
            try vault.alter("UPDATE root_key SET rewrapped = (SELECT rewrapped FROM old_root), since = (SELECT since FROM old_root)", in: "keystore.db")
            try vault.alter("DROP TABLE old_root", in: "keystore.db")
            _ = try officer.verifyAudit()
        }
    }

    @Test("rows that break what their table promises", .onFiles)
    func pages() throws {
        #expect(try state("database") == .ok)
        try database.write { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(sql: "UPDATE sqlite_schema SET sql = replace(sql, '\"a_store\" TEXT', '\"a_store\" TEXT NOT NULL') WHERE name = 'record'")
        }
        let reopened = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now }).session(token: vault.adminToken)
        #expect(try reopened.examine().first { $0.check == "database" }?.state == .failure)
    }

    @Test("more tokens without expiry than the first administrator's")
    func tokens() throws {
        #expect(try state("tokens") == .warning)
        let fresh = try TestVault()
        #expect(try fresh.administrator.examine().first { $0.check == "tokens" }?.state == .ok)
    }
}
