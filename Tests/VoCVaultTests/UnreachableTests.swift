import Foundation
import RedactedAPI
import Store
import StoreMove
import TestVaults
import Testing
import VoCVault

/// A database that goes away is said to have gone away: nothing that follows from it is told as damage, a missing key or a
/// changed log, and of a change that was being committed nobody says that it was not made.
@Suite("A database that goes away", .onServer, .serialized)
struct UnreachableTests {
    private struct Place {
        let made: TestVault
        let server: FaultyServer
        let vault: Vault

        init() throws {
            made = try TestVault()
            server = try FaultyServer()
            try made.ingest((0..<8).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"]) })
            try VaultStore.setAddress(server.address(made.database!), in: URL(fileURLWithPath: made.location.home))
            vault = try Vault.open(at: made.location) { [clock = made.clock] in clock.now }
        }

        /// Runs `body` with the connection cut at each of its messages in turn; gives `check` what came of each.
        func atEachMessage<R>(_ cut: FaultyServer.Cut, _ body: () throws -> R, check: (Int, Result<R, any Error>) throws -> Void) throws {
            for _ in 0..<2 { _ = try body() }
            // Another process writes each time: what this one knows has to be read anew, by more messages.
            _ = try made.administrator.tokens()
            server.plan(cut, at: 0)
            _ = try body()
            let count = server.seen
            try #require(count > 4)
            for message in 1...count {
                _ = try made.administrator.tokens()
                server.plan(cut, at: message)
                let result = Result(catching: body)
                server.plan(cut, at: 0)
                try check(message, result)
                _ = try body()
            }
        }
    }

    @Test("an examination, a report and a look at readiness call nothing damaged that merely could not be read")
    func looks() throws {
        let place = try Place()
        let (admin, officer) = (try place.vault.session(token: place.made.adminToken), try place.vault.session(token: place.made.token("compliance")))
        var failed = 0
        try place.atEachMessage(.before, { try admin.examine() }) { message, result in
            switch result {
            case .success(let findings): #expect(!findings.contains { ["audit log", "database", "keys"].contains($0.check) && $0.state == .failure }, "\(message): \(findings)")
            case .failure(let error):
                failed += 1
                #expect((error as? StorageError)?.meaning == .unavailable(retryAfter: 5) || (error as? StorageError)?.meaning == .unknownOutcome, "\(message): \(error)")
            }
        }
        try place.atEachMessage(.before, { try officer.processingReport(since: nil, until: nil) }) { message, result in
            if case .success(let report) = result { #expect(report.verification.isIntact, "\(message): \(report.verification.result)") } else { failed += 1 }
        }
        try place.atEachMessage(.before, { place.vault.obstacles() }) { message, result in
            let obstacles = try result.get()
            #expect(obstacles.isEmpty || obstacles == ["the database cannot be reached"], "\(message): \(obstacles)")
            failed += obstacles.isEmpty ? 0 : 1
        }
        #expect(failed > 20, "\(failed) cuts were noticed")
    }

    @Test("a change whose commit was not answered is neither acknowledged nor denied", arguments: FaultyServer.Cut.allCases)
    func commits(_ cut: FaultyServer.Cut) throws {
        let place = try Place()
        let admin = try place.vault.session(token: place.made.adminToken)
        var (number, unknown) = (0, 0)
        try place.atEachMessage(cut) {
            number += 1
            return try admin.issueToken(principal: "p\(number)", role: "analyst", days: nil)
        } check: { message, result in
            let isThere = try place.made.administrator.tokens().contains { $0.principal == "p\(number)" }
            switch result {
            case .success: #expect(isThere, "\(message): acknowledged, and not there")
            case .failure(let error as StorageError):
                if error.meaning == .unknownOutcome { unknown += 1 } else { #expect(!isThere, "\(message): \(error), and it is there") }
            case .failure(let error): Issue.record("\(message): \(error)")
            }
        }
        #expect(unknown >= 1)
    }
}
