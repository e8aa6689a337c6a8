import AuditLog
import TestVaults
import Testing

@testable import VoCVault

@Suite("Names of principals")
struct PrincipalNameTests {
    @Test(
        "a name that the vault keeps for itself, or that looks like it, is nobody's",
        arguments: [
            "vault", "Vault", "VAULT", "unknown", "unkn0wn", "break-glass", "break.glass", "Break_Glass", "breakg1ass", "none", "system", "VocVault",
        ])
    func reserved(name: String) throws {
        let vault = try TestVault()
        #expect(throws: VaultError.invalid("'\(name)' is a name that the vault keeps for itself")) {
            _ = try vault.administrator.issueToken(principal: name, role: "analyst", days: nil)
        }
        #expect(throws: VaultError.self) { _ = try Vault.create(at: vault.location, administrator: name) }
        #expect(try vault.administrator.tokens().count == 1)
    }

    @Test(
        "a name that could be taken for another principal's is refused; the same name and a longer one are not",
        arguments: [
            ("chen", "Chen"), ("li.wei", "liwei"), ("li.wei", "l1-wei"), ("olga", "0lga"), ("Ilya", "lIya"),
        ])
    func alike(first: String, second: String) throws {
        let vault = try TestVault()
        _ = try vault.administrator.issueToken(principal: first, role: "analyst", days: nil)
        let error = try #require(throws: VaultError.self) { try vault.administrator.issueToken(principal: second, role: "analyst", days: nil) }
        #expect("\(error)".contains("'\(first)'"))
        _ = try vault.administrator.issueToken(principal: first, role: "analyst", days: nil)
        _ = try vault.administrator.issueToken(principal: first + "2", role: "analyst", days: nil)
    }

    @Test("each entry of what a principal did or was denied names the token; what the vault did by itself has none")
    func tokens() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let (first, second) = (
            try vault.administrator.issueToken(principal: "wu", role: "compliance", days: nil), try vault.administrator.issueToken(principal: "wu", role: "compliance", days: nil)
        )
        for token in [first, second] { _ = try vault.vault.session(token: token.token).verifyAudit() }
        #expect(throws: VaultError.self) { try vault.session("analyst", named: "lin").verifyAudit() }
        let entries = try vault.session("compliance").auditEntries(AuditFilter(limit: 1000))
        #expect(entries.filter { $0.principal == "wu" }.map(\.token) == [second.id, first.id])
        #expect(entries.first { $0.principal == "lin" && $0.outcome == .denied }?.token?.hasPrefix("t_") == true)
        #expect(entries.allSatisfy { ($0.token == nil) == ($0.principal == "vault") })
    }
}
