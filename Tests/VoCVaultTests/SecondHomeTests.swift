import AuditLog
import Foundation
import TestVaults
import Testing
import VoCVault

@testable import Storage

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
