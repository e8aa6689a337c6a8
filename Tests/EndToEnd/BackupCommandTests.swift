import Foundation
import GRDB
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Backups by the command line: signals, kills, exit codes, messages.
@Suite("Backups by command")
struct BackupCommandTests {
    private let vault: CommandLineVault
    private static let take = ["backup", "b", "--keystore", "k"]

    init() throws {
        vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(6000).map(\.json))
        try vault.succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
    }

    private func all(_ folder: String) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: vault.folder.appendingPathComponent(folder).path)) ?? []).sorted()
    }

    private func leftovers() -> [String] { (all("b") + all("k")).filter { $0.split(separator: "/").last?.hasPrefix(".") == true } }

    /// Begins a command, waits until it is where it is wanted, sends it a signal, and returns how it ended.
    private func stop(_ arguments: [String], _ signal: Int32, home: String = "vault", when isThere: () -> Bool) throws -> Int32 {
        let process = vault.process(arguments, as: "administrator")
        process.environment?["VOCVAULT_HOME"] = home
        for output in [\Process.standardOutput, \.standardError] { process[keyPath: output] = FileHandle.nullDevice }
        try process.run()
        while process.isRunning, !isThere() { usleep(200) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    private func restore(_ arguments: [String] = [], keyStore: String = "k") throws -> CommandLineVault.Result {
        let process = vault.folder.appendingPathComponent("r")
        try? FileManager.default.removeItem(at: process)
        return try vault.run(["restore", "b", "--keystore", keyStore] + arguments, as: "administrator", environment: ["VOCVAULT_HOME": "r"])
    }

    @Test("told to stop, a backup removes what it has begun and ends with 128 and the signal's number", arguments: [SIGTERM, SIGINT])
    func signals(_ signal: Int32) throws {
        // Whatever it is doing: copying, storing, checking with a copy of the keys.
        let moments: [() -> Bool] = [
            { !leftovers().isEmpty }, { all("b").count > 12 }, { all("k").contains { $0.hasPrefix(".keystore.db-") } },
        ]
        for isThere in moments {
            let status = try stop(Self.take, signal, when: isThere)
            #expect(status == 128 + signal, "ended with \(status)")
            #expect(leftovers().isEmpty, "\(leftovers())")
        }
        let taken = try vault.run(Self.take, as: "administrator")
        #expect(taken.status == 0 && taken.error.isEmpty)
        try #expect(restore().status == 0)
        let restored = try stop(["restore", "b", "--keystore", "k"], signal, home: "r2") { !all(".r2-restoring").isEmpty }
        #expect(restored == 128 + signal)
        #expect(try FileManager.default.contentsOfDirectory(atPath: vault.folder.path).allSatisfy { !$0.contains("r2") })
        #expect(try stop(["backup", "verify", "b"], signal) { !leftovers().isEmpty } == 128 + signal)
        #expect(leftovers().isEmpty)
    }

    @Test("killed at any moment, a backup leaves nothing that the next does not remove, and every snapshot there can be restored")
    func kills() throws {
        var left = 0
        // Over the time that one takes on this machine just now.
        let took = try ContinuousClock().measure { _ = try vault.run(Self.take + ["--keep", "2"], as: "administrator") }
        for part in 1...9 {
            try vault.kill(Self.take + ["--keep", "2"], as: "administrator", after: Int(took / .milliseconds(1)) * part / 10)
            left += leftovers().isEmpty ? 0 : 1
            if leftovers().contains(where: { $0.hasPrefix(".keystore.db") }) {
                let report = try vault.run(["doctor"], as: "administrator")
                #expect(report.status == 1 && report.output.contains("copy of the customers' keys"))
            }
        }
        #expect(left > 0, "the kills came too late or too early to show anything")
        let taken = try vault.run(Self.take + ["--keep", "2"], as: "administrator")
        #expect(taken.status == 0 && leftovers().isEmpty && all("k") == ["backup.lock", "keystore.db"])
        let checked = try vault.run(["backup", "verify", "b", "--format", "csv"])
        #expect(checked.status == 0 && checked.output.contains(",ok,") && !checked.output.contains("damaged"), "\(checked.output) \(checked.error)")
    }

    @Test("exit codes and messages of a check and of a restore")
    func messages() throws {
        let nothing = try vault.run(["backup", "verify", "b", "--keystore", "k"])
        #expect(nothing.status == 2 && nothing.error.contains("does not exist"))
        try vault.succeed(Self.take, as: "administrator")
        #expect(try vault.run(["backup", "verify", "b"]).status == 0)
        #expect(try vault.run(["backup", "verify", "b", "--snapshot", "none"]).status == 1)
        for (keyStore, words) in [("k", ""), ("k/keystore.db", ""), ("b", "no keystore.db in b"), ("vault/vault.db", "not a key store"), ("feed.jsonl", "not a key store")] {
            let result = try restore(keyStore: keyStore)
            #expect(result.status == (words.isEmpty ? 0 : 2) && (words.isEmpty || result.error.contains(words)) && !result.error.contains("SQLite"), "\(result.error)")
        }
        let chunk = try #require(all("b/chunks").first { $0.count > 60 })
        try Data("damage".utf8).write(to: vault.folder.appendingPathComponent("b/chunks/\(chunk)"))
        let damaged = try vault.run(["backup", "verify", "b", "--format", "json"])
        #expect(damaged.status == 4 && damaged.output.contains("\"damaged\""))
        #expect(try restore().status == 4)
        // A folder that is called like a command.
        try vault.succeed(["backup", "./verify", "--keystore", "k"], as: "administrator")
        #expect(!all("verify/snapshots").isEmpty)
        #expect(try vault.run(["backup", "--keystore", "k", "c"], as: "administrator").status == 0)
        // A backup that a restore would refuse.
        try FileManager.default.removeItem(at: vault.folder.appendingPathComponent("b"))
        let database = vault.folder.appendingPathComponent("vault/vault.db").path
        try DatabaseQueue(path: database).write { try $0.execute(sql: "DELETE FROM sealed WHERE record = 1") }
        let refused = try vault.run(Self.take, as: "administrator")
        #expect(refused.status == 4 && refused.error.contains("the backup was not kept"), "\(refused.error)")
        #expect(all("b/snapshots").isEmpty)
    }

    @Test("of two jobs that overlap the second waits, says why, and both succeed")
    func overlap() throws {
        try vault.succeed(Self.take, as: "administrator")
        let (first, second) = (vault.process(Self.take, as: "administrator"), vault.process(Self.take, as: "administrator"))
        let errors = Pipe()
        for process in [first, second] { process.standardOutput = FileHandle.nullDevice }
        second.standardError = errors
        try first.run()
        while first.isRunning, leftovers().isEmpty { usleep(200) }
        kill(first.processIdentifier, SIGSTOP)
        defer { kill(first.processIdentifier, SIGCONT) }
        try second.run()
        var said = ""
        while !said.contains("waiting: another backup") {
            let block = errors.fileHandleForReading.availableData
            try #require(!block.isEmpty, "it did not wait: \(said)")
            said += String(decoding: block, as: UTF8.self)
        }
        kill(first.processIdentifier, SIGCONT)
        said += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        second.waitUntilExit()
        first.waitUntilExit()
        #expect(first.terminationStatus == 0 && second.terminationStatus == 0, "\(said)")
    }
}
