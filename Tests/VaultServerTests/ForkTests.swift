import Foundation
import TestVaults
import Testing
import VoCVault

@Suite("A log that was rolled back under a server")
struct ForkTests {
    @Test("while rows of tokens are not the vault's, nobody is signed in: 500 integrity; it is in the log, with an alert")
    func alteredTokens() async throws {
        let vault = try TestVault()
        let analyst = try vault.token("analyst")
        let fresh = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now })
        try await withServer(vault: vault, serving: fresh) { server in
            #expect(try vault.alter("UPDATE token SET scope = 'query' WHERE role = 'administrator'") == 1)
            let refused = try await server.send("GET", "/v1/me", token: analyst)
            #expect(refused.status == 500 && refused.problem == "integrity", "\(refused.text)")
            try vault.alter("UPDATE token SET scope = NULL WHERE role = 'administrator'")
            #expect(try await server.send("GET", "/v1/me", token: analyst).status == 200)
        }
        let entries = try vault.session("compliance").auditEntries(.init(limit: 100))
        #expect(entries.contains { $0.action == "sign-in" && $0.rule == "integrity: token" })
        #expect(entries.contains { $0.action == "alert" && $0.rule == "integrity" })
    }

    @Test("requests are answered 503 log-fork, nothing of it is released, readiness and metrics name it, and the server goes on once it is decided")
    func refused() async throws {
        try await withRouter { server in
            try server.vault.ingest((0..<9).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "空调坏了") })
            let (analyst, loader) = (try server.vault.token("analyst"), try server.vault.token("ingest"))
            let compliance = try server.vault.token("compliance")
            #expect(try await server.query(analyst).status == 200)
            #expect(try await server.send("GET", "/metrics").text.contains("vocvault_log_forked 0"))
            try server.vault.rememberLog()
            for _ in 0..<3 { #expect(try await server.query(analyst).status == 200) }
            try server.vault.rollBackLog()

            for _ in 0..<2 {
                let refused = try await server.query(analyst)
                #expect(refused.status == 503 && refused.problem == "log-fork", "\(refused.text)")
                #expect(!refused.text.contains("空调"))
            }
            let stored = try await server.ingest([line(id: "x", customer: ["id": "C1"])], token: loader)
            #expect(stored.status == 503, "\(stored.text)")
            var ready = try await server.send("GET", "/readyz")
            // A machine that is busy with other tests may let the first wait too long.
            for _ in 0..<10 where ready.text.contains("gives no answer") { ready = try await server.send("GET", "/readyz") }
            #expect(ready.status == 503 && ready.text.contains("vocvault audit fork"), "\(ready.text)")
            #expect(try await server.send("GET", "/metrics").text.contains("vocvault_log_forked 1"))

            _ = try Vault.acceptFork(at: server.vault.location, token: compliance, client: "test", reason: "decided")
            #expect(try await server.send("GET", "/readyz").status == 200)
            #expect(try await server.query(analyst).status == 200)
            #expect(try await server.send("GET", "/metrics").text.contains("vocvault_log_forked 0"))
            #expect(try await server.send("POST", "/v1/audit/verify", token: compliance, json: [:]).status == 200)
        }
    }
}
