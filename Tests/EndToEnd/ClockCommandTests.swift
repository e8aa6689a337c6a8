import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// The commands under a machine's clock that was set ahead.
@Suite("Commands under a wrong clock")
struct ClockCommandTests {
    private let vault: CommandLineVault
    /// Three years ahead.
    private let ahead: [String: String]

    init() throws {
        vault = try CommandLineVault(principals: "version: 1\ntokens: {days: unlimited}\nissuers: []\n")
        ahead = ["LD_PRELOAD": try FaultLibrary.file.get().path, "FAULT_CLOCK": String(1100 * 86_400)]
        let month = Timestamp(milliseconds: Vault.systemClock() - 30 * 86_400_000).description
        try vault.write("feed.jsonl", (0..<20).map { line(id: "\($0)", customer: ["id": "C\($0)"], at: month) })
        try vault.succeed(["ingest", "feed.jsonl", "--source", "t"], as: "ingest")
    }

    private func records() throws -> Int { try vault.rows(["query", "--purpose", "insight", "--select", "record", "--limit", "100"], as: "analyst").count }

    @Test("retention deletes nothing, says what is wrong and how to confirm, and does so once it is confirmed")
    func retention() throws {
        let asked = try vault.run(["retention", "run"], as: "retention", environment: ahead)
        #expect(asked.status == 1 && asked.output.isEmpty)
        #expect(asked.error.contains("by the time that the machine has been up it is about") && asked.error.contains("vocvault retention run --confirm-clock"))
        #expect(try records() == 20)
        let doctor = try vault.run(["doctor", "--format", "csv"], as: "administrator", environment: ahead)
        #expect(doctor.status == 1 && doctor.output.contains("clock,failure,"))
        let backup = try vault.run(["backup", "snapshots", "--keystore", "copies"], as: "administrator", environment: ahead)
        #expect(backup.status == 0 && backup.error.contains("note: the machine's clock says"), "\(backup.error)")
        // Intake and reading go on, with the right time.
        let query = try vault.run(["query", "--purpose", "insight", "--select", "record", "--limit", "1"], as: "analyst", environment: ahead)
        #expect(query.status == 0)
        let year = Timestamp(milliseconds: Vault.systemClock()).description.prefix(4)
        let entries = try vault.rows(["audit", "list"], as: "compliance")
        #expect(entries.allSatisfy { ($0["time"] as? String)?.hasPrefix(year) == true })
        #expect(entries.contains { $0["doubted"] != nil && $0["action"] as? String == "query" })
        #expect(try vault.run(["retention", "run"], as: "retention").status == 0, "the right clock again")
        let confirmed = try vault.run(["retention", "run", "--confirm-clock"], as: "retention", environment: ahead)
        #expect(confirmed.status == 0 && confirmed.output.contains("everything: 20 records"))
        #expect(try vault.run(["audit", "verify"], as: "compliance").status == 0)
    }

    @Test("a time source is a command of the policy's")
    func source() throws {
        let file = vault.folder.appendingPathComponent("policies/retention.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        func name(_ command: String) throws {
            try text.replacing("clock: {jump: 1d, idle: 7d}", with: "clock: {source: \(command)}").write(to: file, atomically: true, encoding: .utf8)
        }
        try name("[date, +%s]")
        // The command's clock is as wrong as the machine's where both are asked for it, and right where it alone is.
        #expect(try vault.run(["retention", "run"], as: "retention").status == 0)
        try name("[date, -u, +%Y-%m-%dT%H:%M:%SZ]")
        let asked = try vault.run(["retention", "run"], as: "retention", environment: ahead)
        #expect(asked.status == 1 && asked.error.contains("but the time source says"), "\(asked.error)")
        try name("[/nowhere/time]")
        #expect(try vault.run(["retention", "run"], as: "retention").status == 0)
        #expect(try vault.run(["doctor", "--format", "csv"], as: "administrator").output.contains("clock,warning,the time source is silent"))
    }
}
