import AuditLog
import Foundation
import Policy
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("A token takes two people, once there are two")
struct SecondPersonTests {
    /// A vault with two administrators.
    private func vault(tokens: String? = nil) throws -> (TestVault, second: Session) {
        let vault = try Self.vault()
        if let tokens {
            try "version: 1\ntokens: {\(tokens)}\nissuers: []\n".write(toFile: vault.location.policies + "/principals.yaml", atomically: true, encoding: .utf8)
        }
        return (vault, try vault.session("administrator", named: "second"))
    }

    private static func vault() throws -> TestVault { try TestVault { $0 == "principals.yaml" ? $1.replacing("second_person: false, ", with: "") : $1 } }

    private func waits(_ vault: Vault, _ token: String) {
        #expect(throws: VaultError.notSignedIn("the token waits until a second person agrees to it")) { try vault.session(token: token) }
    }

    @Test("one administrator alone issues tokens at once, and log and list say so")
    func bootstrap() throws {
        let vault = try Self.vault()
        let officer = try vault.administrator.issueToken(principal: "wang", role: "compliance")
        #expect(officer.agreement == .bootstrap)
        _ = try vault.vault.session(token: officer.token)
        #expect(try vault.administrator.issueToken(principal: "lin", role: "analyst").agreement == nil)
        let listed = try vault.administrator.tokens()
        #expect(listed.first { $0.id == officer.id }?.agreement == .bootstrap)
        let entries = try vault.vault.session(token: officer.token).auditEntries(AuditFilter(action: "token.issue"))
        #expect(entries.first { $0.target == officer.id }?[.approval] == "bootstrap")
        #expect(try vault.administrator.examine().first { $0.check == "tokens" }?.finding.contains("alone") == false)
    }

    @Test("with two, a token of a powerful role waits for the one who has not issued it", arguments: ["compliance", "agent", "privacy-lead", "administrator"])
    func waiting(role: String) throws {
        let (vault, second) = try vault()
        let issued = try vault.administrator.issueToken(principal: "wang", role: role)
        #expect(issued.agreement == .waiting)
        waits(vault.vault, issued.token)
        waits(try vault.reopened(), issued.token)
        #expect(throws: VaultError.denied(action: "token.issue", rule: "a second person must agree", hint: "you have issued this token yourself")) {
            try vault.administrator.approveToken(issued.id)
        }
        waits(vault.vault, issued.token)
        #expect(try second.approveToken(issued.id, reason: "starts today") == (principal: "wang", role: role))
        _ = try vault.vault.session(token: issued.token)
        #expect(throws: VaultError.conflict("the token is not waiting for anyone's agreement")) { try second.approveToken(issued.id) }
        let row = try #require(try vault.administrator.tokens().first { $0.id == issued.id })
        #expect((row.agreement, row.issuedBy, row.decidedBy) == (.granted, "admin", "second"))
        let auditor = role == "compliance" ? try vault.vault.session(token: issued.token) : second
        guard auditor.capabilities.may(.auditRead) else { return }
        let entries = try auditor.auditEntries(AuditFilter(action: "token.issue"))
        #expect(entries.filter { $0.target == issued.id }.map { "\($0.principal) \($0[.approval] ?? "-")" } == ["second granted", "admin waiting"])
        #expect(entries.count { $0.outcome == .denied && $0.principal == "admin" } == 1)
    }

    @Test("roles that see nothing and decide nothing need nobody, and neither does a token that is only for such actions")
    func harmless() throws {
        let (vault, _) = try vault()
        for role in ["analyst", "ingest", "classification", "reporting"] {
            let issued = try vault.administrator.issueToken(principal: role, role: role)
            #expect(issued.agreement == nil)
            _ = try vault.vault.session(token: issued.token)
        }
        let narrow = try vault.administrator.issueToken(principal: "wang", role: "compliance", scope: [.auditRead])
        #expect(narrow.agreement == nil)
        #expect(try vault.administrator.issueToken(principal: "li", role: "compliance", scope: [.auditRead, .reveal]).agreement == .waiting)
    }

    @Test("a token that waits is revoked like any other, and not approved afterwards")
    func refused() throws {
        let (vault, second) = try vault()
        let issued = try vault.administrator.issueToken(principal: "wang", role: "compliance")
        try second.revokeToken(issued.id, reason: "nobody knows this person")
        #expect(throws: VaultError.conflict("the token is not waiting for anyone's agreement")) { try second.approveToken(issued.id) }
        #expect(throws: VaultError.notFound("the token")) { try second.approveToken("t_nothing") }
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try vault.vault.session(token: issued.token) }
    }

    @Test("whoever may not issue tokens agrees to none")
    func others() throws {
        let (vault, second) = try vault()
        let officer = try vault.administrator.issueToken(principal: "wang", role: "compliance")
        try second.approveToken(officer.id)
        let issued = try vault.administrator.issueToken(principal: "zhao", role: "agent")
        let session = try vault.vault.session(token: officer.token)
        let error = #expect(throws: VaultError.self) { try session.approveToken(issued.id) }
        guard case .denied? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        waits(vault.vault, issued.token)
    }

    @Test("two who agree at once agree once")
    func together() async throws {
        let (vault, second) = try vault()
        let issued = try vault.administrator.issueToken(principal: "third", role: "administrator")
        try second.approveToken(issued.id)
        let third = try vault.vault.session(token: issued.token)
        let other = try vault.administrator.issueToken(principal: "wang", role: "compliance")
        let results = await withTaskGroup(of: Bool.self) { group in
            for session in [second, third] { group.addTask { (try? session.approveToken(other.id)) != nil } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.sorted { !$0 && $1 } == [false, true])
    }

    @Test("a row that says that somebody agreed lets nobody in")
    func forged() throws {
        let (vault, second) = try vault()
        let issued = try vault.administrator.issueToken(principal: "wang", role: "compliance")
        try vault.alter("UPDATE token_approval SET state = 'granted', decided_by = 'second' WHERE state = 'waiting'")
        let other = try vault.reopened()
        #expect(throws: StorageError.altered(what: "token_approval")) { try other.session(token: issued.token) }
        try vault.alter("UPDATE token_approval SET state = 'waiting', decided_by = NULL WHERE decided_by = 'second'")
        waits(other, issued.token)
        try second.approveToken(issued.id)
        // Nor does it work once the row is gone.
        try vault.alter("DELETE FROM token_approval")
        #expect(throws: StorageError.altered(what: "token_approval")) { try vault.reopened().session(token: issued.token) }
    }

    @Test("without two people in the policy, one issues alone")
    func alone() throws {
        let (vault, _) = try vault(tokens: "second_person: false")
        let opened = try vault.reopened()
        let admin = try opened.session(token: vault.adminToken)
        let issued = try admin.issueToken(principal: "wang", role: "compliance")
        #expect(issued.agreement == nil)
        _ = try opened.session(token: issued.token)
    }

    @Test("a principal has one role, unless the policy says otherwise")
    func oneRole() throws {
        let (vault, _) = try vault(tokens: "one_role: false")
        let first = try vault.administrator.issueToken(principal: "lin", role: "analyst")
        #expect(
            throws: VaultError.conflict(
                "lin has a token of the role 'analyst' (\(first.id)), and one principal has one role (principals.yaml): revoke it first, or choose another name")
        ) { try vault.administrator.issueToken(principal: "lin", role: "classification") }
        _ = try vault.administrator.issueToken(principal: "lin", role: "analyst")
        let relaxed = try vault.reopened().session(token: vault.adminToken)
        _ = try relaxed.issueToken(principal: "lin", role: "classification")
        for token in try vault.administrator.tokens() where token.principal == "lin" { try vault.administrator.revokeToken(token.id) }
        _ = try vault.administrator.issueToken(principal: "lin", role: "classification")
    }

    @Test("no token lives longer than the policy allows, and one without a lifetime lives that long")
    func lifetime() throws {
        let (vault, _) = try vault(tokens: "days: 30")
        _ = try vault.administrator.issueToken(principal: "lin", role: "analyst", days: 3651)
        #expect(try vault.administrator.tokens().allSatisfy { $0.principal != "second" || $0.expires == nil })
        let strict = try vault.reopened().session(token: vault.adminToken)
        #expect(throws: VaultError.invalid("a token is valid for 30 days at most (principals.yaml)")) { try strict.issueToken(principal: "lin", role: "analyst", days: 31) }
        let issued = try strict.issueToken(principal: "lin", role: "analyst")
        vault.clock.advance(days: 29)
        _ = try vault.vault.session(token: issued.token)
        vault.clock.advance(days: 1, minutes: 1)
        #expect(throws: VaultError.notSignedIn("the token has expired")) { try vault.vault.session(token: issued.token) }
    }

    @Test("tokens that one person issued alone are to be issued anew, once there are two")
    func reissue() throws {
        let (vault, _) = try vault()
        let finding = try #require(try vault.administrator.examine().first { $0.check == "tokens" })
        #expect(finding.state == .warning)
        #expect(finding.finding == "1 were issued by one person alone, before a second could agree")
    }
}
