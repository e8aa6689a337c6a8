import Foundation
import SyntheticFeed
import TestVaults
import Testing

/// Several vault processes on one PostgreSQL database.
@Suite("Processes that share a database", .onServer)
struct ProcessesTests {
    private func vaults() throws -> (name: String, vaults: [CommandLineVault]) {
        let store = try TestServer.database()
        let first = try CommandLineVault(store: store)
        return (store.name, [first, try CommandLineVault(joining: first, store: store.vault), try CommandLineVault(joining: first, store: store.vault)])
    }

    private func start(_ vault: CommandLineVault, _ arguments: [String], as role: String) throws -> Process {
        let process = vault.process(arguments, as: role)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Every record once, with its body and a key; the log verifies from every home.
    private func expectSound(_ vaults: [CommandLineVault], _ name: String, records: Int) throws {
        for vault in vaults { try vault.succeed(["audit", "verify"], as: "compliance") }
        let counts = try TestServer.run("""
            SELECT (SELECT COUNT(*) FROM vault.record), (SELECT COUNT(DISTINCT uid) FROM vault.record), (SELECT COUNT(*) FROM vault.record_uid),
            (SELECT COUNT(*) FROM vault.record r JOIN vault.sealed s ON s.record = r.id AND s.subject = r.subject
                JOIN keystore.subject_key k ON k.subject = r.subject AND k.version > 0),
            (SELECT COUNT(*) FROM vault.audit) - (SELECT size FROM vault.audit_head), (SELECT COUNT(*) - MAX(seq) - 1 FROM vault.audit)
            """, in: name)
        #expect(counts == "\(records)|\(records)|\(records)|\(records)|0|0\n")
    }

    @Test("what several take in at once is there once, in one log without a gap, and each sees what the others did")
    func together() throws {
        let (name, vaults) = try vaults()
        let records = TestVault.feed(3000)
        // Each has a thousand of its own and shares a thousand with the next.
        for (index, vault) in vaults.enumerated() {
            try vault.write("feed.jsonl", (0..<2000).map { records[(index * 1000 + $0) % 3000].json })
        }
        let ingests = try vaults.map { try start($0, ["ingest", "feed.jsonl", "--source", "s"], as: "ingest") }
        while ingests.contains(where: \.isRunning) {
            for vault in vaults { _ = try vault.rows(["query", "--select", "text", "--purpose", "insight", "--limit", "50"], as: "analyst") }
        }
        #expect(ingests.allSatisfy { $0.terminationStatus == 0 })
        try expectSound(vaults, name, records: 3000)
        let found = try vaults.map { vault in
            try vault.run(["lookup", "--field", "phone", "--value", "-"], as: "compliance", input: records[7].customer.phone).output
        }
        #expect(found[0].contains("s_") && Set(found).count == 1)
        // Erased by one, gone for all, at once.
        let subject = try #require(found[0].matches(of: /s_[0-9A-Za-z]+/).first?.output)
        let mine = ["query", "--select", "text", "--purpose", "subject-request", "--where", "subject = '\(subject)'"]
        #expect(try !vaults[1].rows(mine, as: "compliance").isEmpty)
        try vaults[0].succeed(["subject", "erase", String(subject), "--purpose", "subject-request", "--reason", "asked"], as: "compliance")
        #expect(try vaults[1].rows(mine, as: "compliance").isEmpty)
    }

    @Test("killed at any moment, none loses or doubles what another does")
    func killed() throws {
        let (name, vaults) = try vaults()
        let records = TestVault.feed(1500)
        for vault in vaults { try vault.write("feed.jsonl", records.map(\.json)) }
        var random = SystemRandomNumberGenerator()
        for round in 0..<12 {
            let ingest = try start(vaults[0], ["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
            try vaults[1].kill(["ingest", "feed.jsonl", "--source", "s"], as: "ingest", after: Int.random(in: 20...900, using: &random))
            if round % 3 == 1 {
                try vaults[2].kill(["keys", "rotate", "--reseal", "--batch", "50"], as: "administrator", after: Int.random(in: 50...600, using: &random))
            }
            kill(ingest.processIdentifier, SIGKILL)
            ingest.waitUntilExit()
            try vaults[2].succeed(["audit", "verify"], as: "compliance")
        }
        try vaults[0].succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        try vaults[1].succeed(["keys", "rotate", "--reseal"], as: "administrator")
        try expectSound(vaults, name, records: 1500)
    }

    @Test("a move to the database that is killed at any moment goes on, and every row arrives")
    func moved() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(4000)
        try vault.write("feed.jsonl", records.map(\.json))
        try vault.succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        let store = try TestServer.database()
        let move = ["migrate", "--to", store.vault.text, "--owner", store.owner.text]
        var random = SystemRandomNumberGenerator()
        var more = 0
        for round in 0..<8 {
            try vault.kill(move, as: "administrator", after: Int.random(in: 100...1500, using: &random))
            // Until it is in the database the vault works in its files, but for the moment between.
            try vault.write("more.jsonl", [line(id: "more-\(round)")])
            let ingested = try vault.run(["ingest", "more.jsonl", "--source", "s"], as: "ingest")
            #expect(ingested.status == 0 || ingested.error.contains("finish the move"), "\(ingested.error)")
            if ingested.status == 0 { more += 1 }
        }
        let home = vault.folder.appendingPathComponent("vault/postgres").path
        if !FileManager.default.fileExists(atPath: home) {
            #expect(try vault.succeed(move, as: "administrator").contains("moved and compared"))
        }
        try expectSound([vault], store.name, records: 4000 + more)
        let page = try vault.rows(["query", "--select", "text", "--purpose", "insight", "--limit", "1000"], as: "analyst")
        #expect(page.count == 1000 && page.allSatisfy { ($0["text"] as? String)?.isEmpty == false })
    }
}
