import Foundation
import Store
import Synchronization
import TestVaults
import Testing
import VaultServer
import VoCVault

/// A database that is not there yet, or not the right one.
@Suite("A server before its database")
struct OpeningTests {
    private static let away = StorageError.unreachable(database: "db.internal/voc", reason: "Connection refused")

    @Test("until the database can be reached it answers so, tells nobody where it is, and then serves")
    func waits() async throws {
        let vault = try TestVault()
        let token = try vault.token("analyst")
        let attempts = Mutex(0), isThere = Mutex(false)
        let opened = vault.vault
        try await withServer(
            vault: vault,
            opening: {
                attempts.withLock { $0 += 1 }
                guard isThere.withLock({ $0 }) else { throw Self.away }
                return opened
            }, configure: { ($0.openingPauseSeconds, $0.longestOpeningPauseSeconds) = (0.02, 0.05) }
        ) { server in
            #expect(try await server.send("GET", "/livez").status == 200)
            #expect(try await server.send("GET", "/openapi.json").status == 200)
            let ready = try await server.send("GET", "/readyz")
            #expect(ready.status == 503 && ready.text == "the database cannot be reached\n")
            #expect(try await server.send("GET", "/metrics").text.contains("vocvault_ready 0.0"))
            for reply in [try await server.query(token), try await server.send("GET", "/v1/me", token: token), try await server.send("GET", "/v1/me", token: "vvt_guess")] {
                #expect(reply.status == 503 && reply.problem == "storage-unavailable" && reply.headers.first(name: "Retry-After") == "5")
                #expect(!reply.text.contains("db.internal"))
            }
            #expect(try await server.send("POST", "/console/sign-in", body: Data("token=x".utf8)).status == 503)
            while attempts.withLock({ $0 }) < 4 { try await Task.sleep(for: .milliseconds(10)) }
            isThere.withLock { $0 = true }
            while try await server.query(token, ["select": ["record"]]).status != 200 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await server.send("GET", "/readyz").status == 200)
            #expect(server.log.text.contains("waiting for the database") && server.log.text.contains("db.internal/voc"))
            #expect(server.log.text.components(separatedBy: "waiting for the database").count == 2)
        }
    }

    @Test("what is wrong with the vault itself ends the server, at the start and once the database is there")
    func endsOtherwise() async throws {
        let refused = StorageError.notAdmitted(database: "voc", reason: "password authentication failed")
        for error in [refused, .newerFormat(path: "voc"), .notAVault(path: "voc")] as [StorageError] {
            #expect(throws: error) { _ = try VaultServer(opening: { throw error }) }
        }
        #expect(throws: VaultError.keys("k")) { _ = try VaultServer(opening: { throw VaultError.keys("k") }) }
        let attempts = Mutex(0)
        var configuration = VaultServer.Configuration()
        (configuration.port, configuration.openingPauseSeconds) = (0, 0.01)
        let server = try VaultServer(
            opening: {
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                throw attempt < 3 ? Self.away : refused
            }, configuration: configuration, log: { _ in })
        await #expect(throws: refused) { try await server.run(signals: []) }
        #expect(attempts.withLock { $0 } == 3)
    }
}
