import Foundation
import TestVaults
import Testing
import VoCVault

/// Tokens that Python's cryptography signed (`make-identity-tokens`), under a set of keys of which half cannot be used.
@Suite("Identity tokens")
struct IdentityTokenTests {
    private struct Tokens: Decodable {
        var good: [String: String]
        var bad: [String: String]
    }

    private func vault(hours: String = "unlimited") throws -> (vault: TestVault, tokens: Tokens) {
        let vault = try TestVault()
        let file = TestVault.repository.appendingPathComponent("Tests/VaultServerTests/identity-tokens.json")
        try FileManager.default.copyItem(at: file, to: vault.folder.appendingPathComponent("policies/jwks.json"))
        try """
        version: 1
        tokens: {identity_hours: \(hours)}
        issuers:
          - issuer: https://id.example.com
            audience: voc-vault
            keys: jwks.json
            principal: preferred_username
            roles:
              - {claim: groups, value: voc-analysts, role: analyst}
        """.write(to: vault.folder.appendingPathComponent("policies/principals.yaml"), atomically: true, encoding: .utf8)
        return (vault, try JSONDecoder().decode(Tokens.self, from: Data(contentsOf: file)))
    }

    @Test("a token of every kind of key opens what its claims give, whatever else the set lists; no other token opens anything")
    func tokens() async throws {
        let (vault, tokens) = try vault()
        let reloaded = try vault.vault.reloadingPolicies()
        #expect(reloaded.policies.issuers.count == 1)
        #expect(tokens.good.count == 15 && tokens.bad.count == 40)
        try await withServer(vault: vault, serving: reloaded) { server in
            for (name, token) in tokens.good {
                let me = try await server.send("GET", "/v1/me", token: token)
                #expect(me.status == 200 && me.json["principal"] as? String == "lin@id.example.com" && me.json["role"] as? String == "analyst", "\(name): \(me.text)")
            }
            for (name, token) in tokens.bad {
                let reply = try await server.send("GET", "/v1/me", token: token)
                #expect(reply.status == 401, "\(name): \(reply.status)")
            }
            // Whoever acts is named by the authority, too: another might have somebody of the same name.
            let refused = try await server.send("POST", "/v1/audit/verify", token: tokens.good["EdDSA"]!, json: [:])
            #expect(refused.status == 403)
            let entry = try vault.session("compliance").auditEntries(.init(principal: "lin@id.example.com", limit: 1)).first
            #expect(entry?.token == "https://id.example.com lin" && entry?.action == "audit.verify", "\(String(describing: entry))")
        }
    }

    @Test("tokens that are valid for longer than the policy allows open nothing")
    func lifetime() async throws {
        let (vault, tokens) = try vault(hours: "24")
        let reloaded = try vault.vault.reloadingPolicies()
        try await withServer(vault: vault, serving: reloaded) { server in
            let reply = try await server.send("GET", "/v1/me", token: tokens.good["EdDSA"]!)
            #expect(reply.status == 401)
        }
        let refused = try vault.session("compliance").auditEntries(.init(action: "sign-in", outcome: .denied)).first
        #expect(refused?.rule == "the token is valid for longer than 24 hours, which principals.yaml does not allow")
    }
}
