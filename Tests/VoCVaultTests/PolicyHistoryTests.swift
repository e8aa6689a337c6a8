import AuditLog
import Foundation
import Policy
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("The policies that were in force")
struct PolicyHistoryTests {
    private func edit(_ vault: TestVault, _ name: String, _ change: (String) -> String) throws {
        let path = vault.location.policies + "/" + name
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = change(text)
        try #require(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func session(_ vault: TestVault, _ role: String, token: String) throws -> Session { try vault.reopened().session(token: token) }

    @Test("a new policy has an entry that says what it changes, and each entry names the one in force")
    func change() throws {
        let vault = try TestVault()
        let token = try vault.token("compliance")
        let before = PolicyDigest(vault.vault.policies)
        try edit(vault, "roles.yaml") { $0.replacing("minimum_group: 5\n        page: 1000", with: "minimum_group: 4\n        page: 1000") }
        let officer = try session(vault, "compliance", token: token)
        let after = PolicyDigest(officer.policies)
        #expect(before.short != after.short && before.short.count == 16)
        _ = try officer.page(.init(select: ["record"], purpose: "subject-request"))
        let noted = try officer.auditEntries(AuditFilter(action: "policy"))
        #expect(noted.count == 1)
        #expect(noted[0][.digest] == after.bytes.hexadecimal)
        #expect(noted[0][.changes]?.contains("minimum_group") == true || noted[0][.changes]?.contains("4") == true)
        #expect(noted[0][.files]?.contains("roles.yaml=") == true)
        let entries = try officer.auditEntries(AuditFilter(limit: 100))
        #expect(entries.first { $0.action == "token.issue" }?.policy == before.short)
        #expect(entries.first { $0.action == "query" }?.policy == after.short)
        #expect(entries.allSatisfy { $0.policy != nil })
        // Opening it again under the same files leaves nothing.
        _ = try vault.reopened()
        #expect(try officer.auditEntries(AuditFilter(action: "policy")).count == 1)
    }

    @Test("the history has each policy with its changes, also one that comes back")
    func history() throws {
        let vault = try TestVault()
        let token = try vault.token("compliance")
        let roles = try String(contentsOfFile: vault.location.policies + "/roles.yaml", encoding: .utf8)
        try edit(vault, "roles.yaml") { $0.replacing("quotas: {rows: 200000}", with: "quotas: {rows: 100000}") }
        _ = try vault.reopened()
        try edit(vault, "roles.yaml") { _ in roles }
        _ = try vault.reopened()
        try edit(vault, "roles.yaml") { $0 + "\n# a comment\n" }
        let officer = try session(vault, "compliance", token: token)
        let versions = try officer.policyHistory()
        #expect(versions.map(\.number) == [4, 3, 2, 1])
        #expect(versions.map(\.isInForce) == [true, false, false, false])
        #expect(versions[0].changes == ["nothing for anybody; other words in roles.yaml"])
        #expect(versions[1].digest == versions[3].digest)
        #expect(versions[2].changes.contains { $0.contains("100000") } && versions[1].changes.contains { $0.contains("200000") })
        #expect(versions[3].changes.isEmpty)
        #expect(try officer.auditEntries(AuditFilter(action: "audit.read")).first?.detail["listed"] == "policies")
    }

    @Test("a server's start and reload are noted, changed or not")
    func occasions() throws {
        let vault = try TestVault()
        try vault.vault.note(policyAt: .start)
        try vault.vault.reloadingPolicies().note(policyAt: .reload)
        let officer = try vault.session("compliance")
        #expect(try officer.auditEntries(AuditFilter(action: "policy")).map(\.rule) == ["reload", "start"])
        #expect(try officer.policyHistory().count == 1)
    }

    @Test("a history that somebody altered is named, and stops nobody from working")
    func altered() throws {
        let vault = try TestVault()
        let token = try vault.token("compliance")
        try vault.alter("UPDATE policy_version SET digest = mac_of_nothing".replacing("mac_of_nothing", with: "x'00'"))
        let officer = try session(vault, "compliance", token: token)
        _ = try officer.page(.init(select: ["record"], purpose: "subject-request"))
        #expect(throws: StorageError.altered(what: "policy_version")) { try officer.policyHistory() }
        #expect(throws: AuditError.alteredTables(["policy_version"])) { try officer.verifyAudit() }
        #expect(try officer.auditEntries(AuditFilter(action: "policy")).first?.outcome == .failed)
    }
}
