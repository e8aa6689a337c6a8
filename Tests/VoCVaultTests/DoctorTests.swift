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
