import Foundation
import SyntheticFeed
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// kill -9 at arbitrary moments: what was acknowledged is there, nothing is there twice, the log
/// verifies, and nothing readable is left on disk.
@Suite("Killed at any moment")
struct CrashTests {
    /// Starts a command and kills it after a while.
    private func verified(_ vault: CommandLineVault) throws {
        let result = try vault.run(["audit", "verify"], as: "compliance")
        #expect(result.status == 0, "\(result.error)")
    }

    private func stored(_ vault: CommandLineVault) throws -> Int {
        let rows = try vault.rows(["query", "--purpose", "insight", "--measure", "count"], as: "analyst")
        return rows.first?["count"] as? Int ?? 0
    }

    @Test("ingest: records that the log acknowledges are stored, once, and a repeated ingest completes the rest")
    func ingest() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(12_000)
        try vault.write("feed.jsonl", records.map(\.json))
        let canaries = records.prefix(400).flatMap { [$0.customer.phone, $0.customer.nationalID, String($0.text.prefix(12))] }.map { Data($0.utf8) }
        for delay in [60, 250, 450, 700, 1100, 1600, 2300] {
            try vault.kill(["ingest", "feed.jsonl", "--source", "s"], as: "ingest", after: delay)
            for name in try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("vault").path) where name != "reserve" {
                let bytes = try Data(contentsOf: vault.folder.appendingPathComponent("vault/\(name)"))
                for canary in canaries where canary.count >= 11 && bytes.holds(canary) {
                    Issue.record("\(name) holds a readable piece of a record after kill -9")
                }
            }
            try verified(vault)
            let log = try vault.rows(["audit", "list", "--action", "ingest", "--limit", "10000"], as: "compliance")
            #expect(try stored(vault) == log.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) })
        }
        let last = try vault.run(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        #expect(last.status == 0)
        #expect(try stored(vault) == 12_000)
        let again = try vault.run(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        #expect(again.output.hasPrefix("stored 0  duplicates 12000"))
        try verified(vault)
    }

    @Test("200 kills: nothing was released without its entry, and log and database agree throughout")
    func twoHundredKills() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(260)
        try vault.write("first.jsonl", records.prefix(60).map(\.json))
        try vault.succeed(["ingest", "first.jsonl", "--source", "s"], as: "ingest")
        let listed = try vault.rows(
            ["query", "--select", "record,subject", "--purpose", "subject-request", "--limit", "60"], as: "compliance")
        var random = SystemRandomNumberGenerator()
        var released = 0
        // Kills fall anywhere in the life of a command, however fast the machine is at the moment.
        let life = try seconds {
            let record = try #require(listed[20]["record"] as? String)
            _ = try vault.run(["reveal", record, "--field", "phone", "--purpose", "subject-request", "--reason", "how long"], as: "compliance")
        }
        for round in 0..<200 {
            let delay = Int.random(in: 4...max(8, Int(life * 2000)), using: &random)
            switch round % 5 {
            case 0, 1, 2:
                // What comes out before the kill is what was released.
                let record = try #require(listed[(round / 5 + 20) % 60]["record"] as? String)
                let process = vault.process(
                    ["reveal", record, "--field", "phone", "--purpose", "subject-request", "--reason", "round \(round) end"], as: "compliance")
                let output = Pipe()
                process.standardOutput = output
                process.standardError = FileHandle.nullDevice
                process.standardInput = FileHandle.nullDevice
                try process.run()
                usleep(UInt32(delay * 1000))
                Glibc.kill(process.processIdentifier, SIGKILL)
                let text = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                if !text.isEmpty {
                    released += 1
                    let entries = try vault.rows(["audit", "list", "--action", "reveal", "--reason", "round \(round) end"], as: "compliance")
                    #expect(entries.count == 1 && entries[0]["outcome"] as? String == "allowed", "released without an entry")
                }
            case 3:
                try vault.write("more.jsonl", records[(60 + round)...].prefix(3).map(\.json))
                try vault.kill(["ingest", "more.jsonl", "--source", "s"], as: "ingest", after: delay)
            default:
                let subject = try #require(listed[(round / 5) % 20]["subject"] as? String)
                try vault.kill(["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked"], as: "compliance", after: delay)
            }
            // `audit verify` also compares the log with the rows that are there.
            if round % 10 == 9 { try verified(vault) }
        }
        #expect(released > 0, "the kills came too early to show anything")
        try verified(vault)
    }

    @Test("rotation: killed at any moment it goes on where it stopped, and every record still opens")
    func rotation() throws {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(400).map(\.json))
        try vault.succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        var random = SystemRandomNumberGenerator()
        for round in 0..<12 {
            try vault.kill(["keys", "rotate", "--batch", "9"] + (round % 3 == 0 ? ["--new-root"] : []), as: "administrator", after: Int.random(in: 20...160, using: &random))
            let page = try vault.rows(["query", "--select", "text", "--purpose", "insight", "--limit", "400"], as: "analyst")
            #expect(page.count == 400)
        }
        try vault.succeed(["keys", "rotate"], as: "administrator")
        let status = try vault.rows(["keys", "status"], as: "administrator")
        #expect(status.count == 1 && status[0]["active"] as? Bool == true)
        try verified(vault)
    }

    @Test("resealing and reindexing: killed at any moment they go on where they stopped, every record opens and every customer is found")
    func replacingKeys() throws {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", (0..<400).map { line(id: "\($0)", customer: ["id": "C\($0 % 150)"], text: "第\($0)条") })
        try vault.succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        var random = SystemRandomNumberGenerator()
        for round in 0..<16 {
            let what = round % 2 == 0 ? "--reseal" : "--indexes"
            try vault.kill(["keys", "rotate", what, "--batch", "9"], as: "administrator", after: Int.random(in: 20...250, using: &random))
            let page = try vault.rows(["query", "--select", "text", "--purpose", "insight", "--limit", "400"], as: "analyst")
            #expect(page.count == 400 && page.allSatisfy { ($0["text"] as? String)?.hasPrefix("第") == true })
            let found = try vault.run(["lookup", "--field", "customer_id", "--value", "-", "--purpose", "subject-request"], as: "compliance", input: "C\(round * 9)\n")
            #expect(found.status == 0 && found.output.contains("s_"))
        }
        try vault.succeed(["keys", "rotate", "--reseal", "--indexes"], as: "administrator")
        let versions = try vault.rows(["keys", "status", "--versions"], as: "administrator").filter { ["customer", "index"].contains($0["use"] as? String) }
        #expect(versions.allSatisfy { $0["state"] as? String == "current" })
        try verified(vault)
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    @Test("while an ingest runs, no file of the vault ever holds a readable piece of a record")
    func duringIngest() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(6000)
        try vault.write("feed.jsonl", records.map(\.json))
        let canaries = records.prefix(300).flatMap { [$0.customer.phone, $0.customer.nationalID, String($0.text.prefix(12))] }
            .filter { $0.utf8.count >= 11 }.map { Data($0.utf8) }
        let process = vault.process(["ingest", "feed.jsonl"], as: "ingest")
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var looks = 0
        repeat {
            looks += 1
            for name in try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("vault").path) where name != "reserve" {
                let bytes = (try? Data(contentsOf: vault.folder.appendingPathComponent("vault/\(name)"))) ?? Data()
                #expect(canaries.allSatisfy { !bytes.holds($0) }, "\(name)")
            }
        } while process.isRunning
        #expect(looks > 1 && process.terminationStatus == 0)
    }

    @Test("erase and retention: what was begun is finished or not begun, and erased customers stay erased")
    func eraseAndRetention() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(3000)
        try vault.write("feed.jsonl", records.map(\.json))
        _ = try vault.run(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        var erased: [String] = []
        for (index, delay) in [20, 40, 55, 70, 90, 120, 400].enumerated() {
            let phone = records[index * 31].customer.phone
            let found = try vault.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: phone)
            guard let subject = found.output.split(separator: "\r\n").dropFirst().first else { continue }
            try vault.kill(["subject", "erase", String(subject), "--purpose", "subject-request", "--reason", "asked"], as: "compliance", after: delay)
            try verified(vault)
            let log = try vault.rows(["audit", "list", "--action", "subject.erase", "--target", String(subject)], as: "compliance")
            let still = try vault.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: phone)
            #expect(log.isEmpty == (still.output.split(separator: "\r\n").count > 1), "the log and the data disagree")
            if !log.isEmpty { erased.append(phone) }
        }
        for delay in [30, 60, 90, 130, 200] {
            try vault.kill(["retention", "run", "--batch", "40", "--confirm", "3000"], as: "retention", after: delay)
            try verified(vault)
        }
        #expect(try vault.run(["retention", "run", "--confirm", "3000"], as: "retention").status == 0)
        #expect(try vault.rows(["retention", "plan"], as: "retention").allSatisfy { $0["due"] as? Int == 0 })
        for phone in erased {
            let found = try vault.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: phone)
            #expect(found.output == "subject\r\n")
        }
        try verified(vault)
    }
}
