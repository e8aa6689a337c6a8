import AuditLog
import Foundation
import StorePostgres
import TestVaults
import Testing
import VoCVault

/// Several homes, on several machines, lead to one database; each publishes the log for itself.
@Suite("A second home of the same database", .onServer)
struct SecondHomeTests {
    @Test("a home that has not published yet verifies a log that another has made long; one whose published log was removed does not")
    func publication() throws {
        let vault = try TestVault(keysApart: false)
        var place = vault.location
        place.home = vault.folder.path + "/another"
        let joined = try Vault.join(PostgresAddress("host=\(TestServer.folder!) dbname=\(vault.database!) user=vocvault"), at: place)
        let officer = try vault.token("compliance")
        for number in 0..<260 { try vault.ingest([line(id: "\(number)")]) }
        let audit = place.home + "/audit"
        #expect(!FileManager.default.fileExists(atPath: audit + "/checkpoint"))
        #expect(try joined.session(token: officer).verifyAudit().entries > 256)
        _ = try joined.session(token: officer).anchorAudit()
        #expect(FileManager.default.fileExists(atPath: audit + "/checkpoint"))
        try FileManager.default.removeItem(atPath: audit)
        #expect(throws: AuditError.self) { try joined.session(token: officer).verifyAudit() }
    }
}

@Suite("The first publication of a log")
struct FirstPublicationTests {
    @Test("one that was cut short is no log that was removed; one that has ended is, if its files go")
    func cutShort() throws {
        let vault = try TestVault()
        let (officer, loader) = (try vault.session("compliance"), try vault.session("ingest"))
        for number in 0..<260 { try vault.ingest([line(id: "\(number)")], by: loader) }
        _ = try officer.anchorAudit()
        let (audit, lock) = (vault.location.home + "/audit", vault.location.home + "/audit.lock")
        // As a kill leaves it that comes after the lock is there and before the checkpoint is.
        try FileManager.default.removeItem(atPath: audit + "/checkpoint")
        try Data().write(to: URL(fileURLWithPath: lock))
        #expect(try vault.reopened().session(token: vault.token("compliance", named: "mei")).verifyAudit().entries > 256)
        _ = try officer.anchorAudit()
        try FileManager.default.removeItem(atPath: audit)
        #expect(throws: AuditError.self) { try officer.verifyAudit() }
    }
}
