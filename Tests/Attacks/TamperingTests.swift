import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// The rogue administrator of the database: edits files while the vault is closed.
@Suite("Attacks by the database's administrator")
struct TamperingTests {
    private func vault() throws -> TestVault {
        let vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest((0..<6).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"], text: "文本\($0)") })
        return vault
    }

    private func edit(_ vault: TestVault, _ sql: String, file: String = "vault.db") throws {
        try #require(try vault.alter(sql, in: file) > 0, "the attack changed nothing")
    }

    @Test("a ciphertext moved to another row, field, customer or vault does not open", arguments: [
        "UPDATE sealed SET body = (SELECT body FROM sealed WHERE record = 2) WHERE record = 1",
        "UPDATE record SET subject = 2 WHERE id = 1",
        "UPDATE record SET uid = randomblob(16) WHERE id = 1",
        "UPDATE sealed SET body = substr(body, 1, length(body) - 2) || x'0000' WHERE record = 1",
        "UPDATE sealed SET body = substr(body, 1, length(body) - 5) WHERE record = 1",
        "UPDATE sealed SET body = x'' WHERE record = 1",
        "UPDATE sealed SET body = x'02' || substr(body, 2) WHERE record = 1",
    ])
    func movedCiphertext(sql: String) throws {
        let vault = try vault()
        try edit(vault, sql)
        try expectLeftOut(vault)
    }

    /// The record is not shown, but named, and the others are there.
    private func expectLeftOut(_ vault: TestVault) throws {
        let page = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight"))
        #expect((page.rows.count, page.leftOut.count) == (5, 1))
    }

    @Test("a customer's key moved to another customer, or changed, does not unwrap", arguments: [
        "UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key WHERE subject = 2) WHERE subject = 1",
        "UPDATE subject_key SET wrapped = zeroblob(61) WHERE subject = 1",
    ])
    func movedKey(sql: String) throws {
        let vault = try vault()
        try edit(vault, sql, file: "keystore.db")
        try expectLeftOut(vault)
    }

    @Test("a key of the vault's own that was swapped stops the vault from opening")
    func swappedDataKey() throws {
        let vault = try vault()
        try edit(vault, "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE kind = 'record-id') WHERE kind = 'audit-signing'", file: "keystore.db")
        #expect(throws: VaultError.integrity("a key in the key store does not unwrap: it was changed or moved")) {
            try Vault.open(at: vault.location)
        }
    }

    @Test("an edited, dropped, reordered, doubled, truncated or rolled-back audit log is noticed", arguments: [
        "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ingest', 'queryy') AS BLOB) WHERE seq = 2",
        "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), '\"rows\":6', '\"rows\":5') AS BLOB) WHERE seq >= 0",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 0",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit",
        "UPDATE audit SET seq = seq + 1000 WHERE seq = 2",
        "UPDATE audit SET entry = (SELECT entry FROM audit WHERE seq = 1) WHERE seq = 2",
        "INSERT INTO audit SELECT seq + 1, entry FROM audit ORDER BY seq DESC LIMIT 1",
        "UPDATE audit_head SET size = size - 1",
        "UPDATE audit_head SET checkpoint = replace(checkpoint, substr(checkpoint, 60, 4), 'AAAA')",
        "UPDATE audit_head SET checkpoint = ''",
        "DELETE FROM audit_head",
    ])
    func editedLog(sql: String) throws {
        let vault = try vault()
        let session = try vault.session("compliance")
        try edit(vault, sql)
        #expect(throws: AuditError.self) { try session.verifyAudit() }
    }

    @Test("a log that was dropped whole does not begin anew")
    func droppedLog() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst")
        try edit(vault, "DELETE FROM audit")
        try edit(vault, "DELETE FROM audit_head")
        let error = try #require(throws: VaultError.self) { try analyst.page(Query(select: ["text"], purpose: "insight")) }
        guard case .logForked(let fork) = error else { throw error }
        #expect(fork.reason == .shorter && fork.found == 0)
    }

    @Test("a log cut back together with its checkpoint is noticed against a checkpoint kept elsewhere", .onFiles)
    func rollback() throws {
        let vault = try vault()
        let session = try vault.session("compliance")
        let home = vault.folder.appendingPathComponent("vault")
        let older = vault.folder.appendingPathComponent("older")
        try FileManager.default.copyItem(at: home, to: older)
        _ = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight"))
        let kept = try session.verifyAudit().checkpoint
        #expect(try session.verifyAudit(against: kept).entries > 0)
        var location = vault.location
        location.home = older.path
        let back = try Vault.open(at: location)
        let admin = try back.session(token: vault.adminToken)
        #expect(try admin.verifyAudit().entries > 0)
        #expect(throws: AuditError.self) { try admin.verifyAudit(against: kept) }
    }

    @Test("a checkpoint signed with another vault's key is refused")
    func foreignCheckpoint() throws {
        let (one, two) = (try vault(), try vault())
        let foreign = try two.session("compliance").verifyAudit().checkpoint
        #expect(throws: AuditError.badSignature) { try one.session("compliance").verifyAudit(against: foreign) }
    }
}
