import Foundation
import RedactedAPI
import Store
import Synchronization
import TestVaults
import Testing
import VoCVault

/// A connection to the database is cut at each message in turn: before it arrives, within it, and after it was carried out
/// and before anybody hears of that.
@Suite("Faults of the server", .onServer, .serialized)
struct ServerFaultTests {
    enum Operation: String, CaseIterable, CustomTestStringConvertible {
        case ingest, erase, reveal, retention, reseal, backup
        var testDescription: String { rawValue }
    }

    /// A vault that is used through a ``FaultyServer``.
    private final class Place {
        let made: TestVault
        let server: FaultyServer
        let tokens: [String: String]
        var vault: Vault
        /// Customers and records that were acknowledged and not erased since.
        var customers = 8, records = 16
        var released = 0
        var round = 0

        init() throws {
            made = try TestVault()
            server = try FaultyServer()
            try made.ingest((0..<16).map { line(id: "\($0)", customer: ["id": "C\($0 % 8)", "phone": "1380013800\($0 % 8)"], text: "第\($0)条", at: "2026-11-01") })
            let made = made
            tokens = try Dictionary(uniqueKeysWithValues: ["ingest", "compliance", "retention", "analyst", "agent"].map { ($0, try made.token($0)) }
                + [("administrator", made.adminToken)])
            try VaultStore.setAddress(server.address(made.database!), in: URL(fileURLWithPath: made.location.home))
            vault = try Vault.open(at: made.location) { [clock = made.clock] in clock.now }
        }

        func session(_ role: String) throws -> Session { try vault.session(token: tokens[role]!) }

        func reopen() throws { vault = try Vault.open(at: made.location) { [clock = made.clock] in clock.now } }

        var lines: [String] {
            (0..<4).map { line(id: "\(round)-\($0)", customer: ["id": "R\(round)", "phone": "139\(10_000_000 + round)"], text: "新的第\($0)条", at: "2026-11-02") }
        }

        func subject() throws -> String? {
            try session("compliance").lookup(field: "phone", value: "139\(10_000_000 + round)", purpose: "subject-request").subjects.first
        }

        /// What the operation needs, before anything is cut.
        func prepare(_ operation: Operation) throws {
            round += 1
            // Quotas are of a day.
            if round % 100 == 0 { made.clock.advance(days: 1) }
            switch operation {
            case .erase: try made.ingest(lines, by: session("ingest"))
            case .retention:
                try made.ingest([line(id: "old-\(round)", customer: ["id": "old\(round)"], text: "很久以前", at: "2019-01-01")], by: session("ingest"))
            default: break
            }
        }

        func run(_ operation: Operation) throws {
            switch operation {
            case .ingest: #expect(try made.ingest(lines, by: session("ingest")).report.stored == 4)
            case .erase: _ = try session("compliance").eraseSubject(subject()!, purpose: "subject-request", reason: "asked")
            case .reveal:
                let record = try session("agent").page(Query(select: ["record"], limit: 1, purpose: "follow-up")).rows[0][0].description
                _ = try session("agent").reveal(record: record, field: "phone", purpose: "follow-up", reason: "call back") { _ in released += 1 }
            case .retention: #expect(try session("retention").retentionRun().isComplete)
            case .reseal: _ = try session("administrator").resealRecords(batch: 5, retireNow: true)
            case .backup: _ = try backup()
            }
        }

        func backup() throws -> BackupReport {
            made.clock.advance(minutes: 1)
            return try session("administrator").backup(to: made.folder.appendingPathComponent("b").path, keysTo: made.folder.appendingPathComponent("k").path)
        }

        /// What holds afterwards, whether or not the operation said that it was done; completes it.
        func check(_ operation: Operation, _ isDone: Bool, _ cut: String) throws {
            switch operation {
            case .ingest:
                let again = try made.ingest(lines, by: session("ingest")).report
                #expect(again.stored + again.duplicates == 4 && (again.stored == 0 || again.duplicates == 0 && !isDone), "\(cut): \(again)")
                (customers, records) = (customers + 1, records + 4)
            case .erase:
                let there = try subject()
                #expect(there == nil || !isDone, "\(cut): acknowledged, and still there")
                if let there { _ = try session("compliance").eraseSubject(there, purpose: "subject-request", reason: "again") }
                #expect(try subject() == nil, "\(cut)")
            case .reveal:
                let told = try session("compliance").auditEntries(AuditFilter(action: "reveal")).count { $0.outcome == .allowed }
                #expect(told >= released, "\(cut): \(released) released, \(told) entries")
            case .retention:
                #expect(try session("retention").retentionRun().isComplete, "\(cut)")
                #expect(try session("retention").retentionPlan().allSatisfy { $0.due == 0 }, "\(cut)")
            case .reseal:
                _ = try session("administrator").resealRecords(batch: 5, retireNow: true)
                #expect(try session("administrator").keys().versions.filter { $0.use == "customer" }.count == 1, "\(cut)")
            case .backup:
                _ = try backup()
                var location = made.location
                location.home = made.folder.appendingPathComponent("restored-\(round)").path
                _ = try Vault.restore(
                    from: made.folder.appendingPathComponent("b").path, snapshot: nil, keyStore: made.folder.appendingPathComponent("k/keystore.db").path,
                    to: location, clock: { [clock = made.clock] in clock.now })
                try FileManager.default.removeItem(atPath: location.home)
            }
            try reopen()
            let officer = try session("compliance")
            #expect(throws: Never.self, "\(cut)") { try officer.verifyAudit() }
            let overview = try officer.overview()
            #expect(overview.records == records && overview.customers == customers, "\(cut): \(overview.records) records, \(overview.customers) customers")
            let texts = try session("analyst").page(Query(select: ["text"], limit: 1000, purpose: "insight")).rows
            #expect(texts.count == records && texts.allSatisfy { $0[0].description.contains("第") }, "\(cut)")
            let findings = try session("administrator").examine().filter { ["erasures", "database", "keys"].contains($0.check) && $0.state == .failure }
            #expect(findings.isEmpty, "\(cut): \(findings)")
        }
    }

    @Test("wherever a connection is cut, acknowledged records are there, erased customers are not, and the log verifies", arguments: Operation.allCases, FaultyServer.Cut.allCases)
    func everyCut(_ operation: Operation, _ cut: FaultyServer.Cut) throws {
        let place = try Place()
        // Twice: at first statements are prepared.
        for _ in 0..<2 {
            try place.prepare(operation)
            place.server.plan(cut, at: 0)
            try place.run(operation)
            let count = place.server.seen
            try #require(count > 8, "\(operation): \(count) messages")
            try place.check(operation, true, "\(operation), not cut")
        }
        let isAll = ProcessInfo.processInfo.environment["ALL_FAULTS"] != nil
        var (message, failed, isInside) = (1, 0, true)
        while isInside {
            try place.prepare(operation)
            place.server.plan(cut, at: message)
            var isDone = true
            do { try place.run(operation) } catch { isDone = false }
            isInside = place.server.seen >= message
            place.server.plan(cut, at: 0)
            failed += isDone ? 0 : 1
            do {
                try place.check(operation, isDone, "\(operation), \(cut) message \(message)")
            } catch {
                Issue.record("\(operation), \(cut) message \(message): \(error)")
            }
            message += isAll ? 1 : max(1, message / 5)
        }
        #expect(failed > 2, "\(operation): \(failed) cuts were noticed")
    }

    @Test("a move to a database is cut at any message; another attempt completes it, and it is complete", arguments: FaultyServer.Cut.allCases)
    func migration(_ cut: FaultyServer.Cut) throws {
        let server = try FaultyServer()
        var (message, failed, isInside) = (3, 0, true)
        while isInside {
            let vault = try TestVault(onFiles: true)
            try vault.ingest((0..<12).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
            let name = try TestServer.database().name
            let (address, owner) = (try server.address(name), try server.address(name, as: "voc_owner"))
            let clock = vault.clock
            server.plan(cut, at: message)
            do {
                _ = try vault.administrator.migrate(to: address, owner: owner) { _ in }
            } catch {
                failed += 1
                server.plan(cut, at: 0)
                let again = try Vault.open(at: vault.location) { clock.now }
                if !FileManager.default.fileExists(atPath: vault.location.home + "/" + VaultStore.addressFile) {
                    #expect(try again.session(token: vault.adminToken).migrate(to: address, owner: owner) { _ in } > 40, "\(cut) message \(message)")
                }
            }
            isInside = server.seen >= message
            server.plan(cut, at: 0)
            let moved = try Vault.open(at: vault.location) { clock.now }
            let admin = try moved.session(token: vault.adminToken)
            #expect(throws: Never.self, "\(cut) message \(message)") { try admin.verifyAudit() }
            #expect(try TestServer.run("SELECT COUNT(*) FROM vault.record", in: name) == "12\n", "\(cut) message \(message)")
            #expect(try admin.issueToken(principal: "x", role: "analyst", days: nil).token.isEmpty == false)
            message += max(1, message / 3)
        }
        #expect(failed > 2)
    }
}
