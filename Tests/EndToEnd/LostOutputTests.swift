import Foundation
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What commands print goes to a full disk, to nobody, or nowhere.
@Suite("Answers that are lost")
struct LostOutputTests {
    private static let full = "> /dev/full", closed = ">&-"

    private func filledVault() throws -> CommandLineVault {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(60).map(\.json))
        try vault.succeed(["ingest", "feed.jsonl"], as: "ingest")
        return vault
    }

    @Test("a command whose answer is lost says so and exits with 1, on a full disk and with standard output closed", arguments: [full, closed])
    func lost(_ way: String) throws {
        let vault = try filledVault()
        try vault.write("checkpoint", [try vault.succeed(["audit", "verify"], as: "compliance")])
        let commands: [(line: String, role: String)] = [
            ("query --purpose insight --select record,text --format csv", "analyst"), ("query --purpose insight --group-by product", "analyst"),
            ("ingest feed.jsonl", "ingest"), ("audit verify", "compliance"), ("audit list", "compliance"), ("audit show 0", "compliance"),
            ("audit prove 1", "compliance"), ("audit prove --consistency checkpoint", "compliance"), ("audit anchor", "compliance"),
            ("audit export --to jsonl", "compliance"), ("audit summary", "compliance"), ("compliance report", "compliance"),
            ("token list", "administrator"), ("keys status", "administrator"), ("keys generate --out other-\(way.count)", "administrator"),
            ("keys rotate --audit", "administrator"), ("keys rotate --reseal", "administrator"), ("doctor", "administrator"),
            ("backup b --keystore k", "administrator"), ("retention plan", "retention"), ("retention run", "retention"),
            ("policy check", "analyst"), ("policy test", "analyst"), ("redact --types", "analyst"), ("--help", "analyst"), ("--version", "analyst"),
        ]
        for (line, role) in commands {
            let result = try vault.shell("$V \(line) \(way)", as: role)
            #expect(result.status == 1, "\(line): \(result)")
            #expect(result.error.contains("standard output cannot be written: \(way == Self.full ? "No space left on device" : "it is closed")"), "\(line): \(result.error)")
            #expect(!result.error.contains("Fatal error"), "\(line)")
        }
        // What they did is done, and in order.
        try vault.succeed(["audit", "verify"], as: "compliance")
    }

    @Test("with standard error full or closed a command goes on: there is nobody left to tell", arguments: ["2> /dev/full", "2>&-"])
    func mute(_ way: String) throws {
        let vault = try filledVault()
        let page = try vault.shell("$V query --purpose insight --select record --limit 3 --format csv \(way)", as: "analyst")
        #expect(page.status == 0 && page.output.split(separator: "\r\n").count == 4)
        try vault.write("bad.jsonl", ["{"])
        #expect(try vault.shell("$V ingest bad.jsonl \(way)", as: "ingest").status == 5)
        #expect(try vault.shell("$V query --purpose insight --select phone \(way)", as: "analyst").status == 3)
        #expect(try vault.shell("$V audit verify \(way)", as: "compliance").output.contains("vocvault/"))
    }

    @Test("no file of the vault gets the number of a standard stream that was closed")
    func closedAll() throws {
        let vault = try filledVault()
        try vault.write("more.jsonl", (0..<50).map { line(id: "m\($0)", customer: ["id": "M\($0)"]) } + ["{"])
        // The rejected line is told to standard error, the counts to standard output.
        #expect(try vault.shell("$V ingest more.jsonl --source more <&- >&- 2>&-", as: "ingest").status == 1)
        #expect(try vault.shell("$V query --purpose insight <&- >&- 2>&-", as: "analyst").status == 1)
        for name in ["vault.db", "keystore.db"] {
            #expect(try Data(contentsOf: vault.folder.appendingPathComponent("vault/\(name)")).starts(with: Data("SQLite format 3".utf8)), "\(name)")
        }
        try vault.succeed(["audit", "verify"], as: "compliance")
        #expect(try vault.rows(["query", "--purpose", "insight", "--select", "record", "--limit", "1000"], as: "analyst").count == 110)
    }

    @Test("closed standard input is no empty input")
    func closedInput() throws {
        let vault = try filledVault()
        for (line, role) in [("ingest - --input jsonl", "ingest"), ("lookup --field phone --value -", "compliance"), ("redact", "analyst")] {
            let result = try vault.shell("$V \(line) <&-", as: role)
            #expect(result.status == 1 && result.error.contains("standard input cannot be read: it is closed"), "\(line): \(result)")
        }
    }

    @Test("who has seen enough of a long answer ends it without a word")
    func brokenPipe() throws {
        let vault = try filledVault()
        let line = "$V query --purpose insight --select record,text --limit 60 --format csv"
        let result = try vault.shell("(\(line); echo $? >&2) | true; (sleep 0.2; \(line); echo $? >&2) | true", as: "analyst")
        #expect(result.error.split(separator: "\n").last == "141" && !result.error.contains("cannot be written"), "\(result.error)")
        let feed = CommandLineVault.binary.deletingLastPathComponent().appendingPathComponent("voc-feed").path
        #expect(try vault.shell("\(feed) --count 60000 | head -1; echo ${PIPESTATUS[0]} >&2").error == "141\n")
        let full = try vault.shell("\(feed) --count 10 > /dev/full")
        #expect(full.status == 1 && full.error.contains("No space left on device"))
    }

    // MARK: What is shown once

    @Test("a token that nobody could see is none, here and on a server, and the log says so", arguments: ["> /dev/full", ">&-", "| true"])
    func token(_ way: String) throws {
        let vault = try CommandLineVault()
        let server = try ServedCommandLine(vault)
        let issue = "token issue --principal lost --role ingest"
        let here = try vault.shell("set -o pipefail; (sleep 0.3; exec $V \(issue)) \(way)", as: "administrator")
        let there = try vault.shell("set -o pipefail; (sleep 0.3; exec $V --server \(server.address) \(issue)) \(way)", as: "administrator")
        for result in [here, there] {
            #expect(result.status == (way == "| true" ? 141 : 1) && result.error.contains("the token was not issued"), "\(result)")
        }
        let tokens = try vault.rows(["token", "list"], as: "administrator").filter { $0["principal"] as? String == "lost" }
        // Here there never was one; the server's was revoked.
        #expect(tokens.count == 1 && tokens[0]["revoked"] as? String != nil, "\(tokens)")
        let log = try vault.rows(["audit", "list"], as: "compliance")
        #expect(log.contains { $0["action"] as? String == "token.issue" && $0["outcome"] as? String == "failed" })
        #expect(log.contains { $0["action"] as? String == "token.revoke" && $0["reason"] as? String == "it could not be shown" })
    }

    /// Starts a command whose standard output takes nothing any more, and kills it when it has said `heading`.
    private func killWhileShowing(_ vault: CommandLineVault, _ arguments: [String], as role: String?, heading: String) throws {
        let (output, error) = (Pipe(), Pipe())
        let descriptor = output.fileHandleForWriting.fileDescriptor
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        while write(descriptor, [UInt8](repeating: 0x20, count: 4096), 4096) > 0 {}
        _ = fcntl(descriptor, F_SETFL, flags)
        let process = vault.process(arguments, as: role)
        (process.standardOutput, process.standardError, process.standardInput) = (output, error, FileHandle.nullDevice)
        try process.run()
        var said = ""
        while !said.contains(heading) {
            let block = error.fileHandleForReading.availableData
            try #require(!block.isEmpty, "it ended: \(said)")
            said += String(decoding: block, as: UTF8.self)
        }
        usleep(200_000)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @Test("killed while it shows a token, a command has issued none; killed while it shows the first, there is no vault yet")
    func killed() throws {
        let vault = try CommandLineVault()
        try killWhileShowing(vault, ["token", "issue", "--principal", "lost", "--role", "ingest"], as: "administrator", heading: "shown this once")
        #expect(try vault.rows(["token", "list"], as: "administrator").allSatisfy { $0["principal"] as? String != "lost" })
        try vault.succeed(["audit", "verify"], as: "compliance")
        let fresh = try CommandLineVault(initialized: false)
        #expect(try fresh.run(["keys", "generate"]).status == 0)
        try killWhileShowing(fresh, ["init"], as: nil, heading: "shown this once")
        let made = try fresh.run(["init"])
        #expect(made.status == 0 && made.output.hasPrefix("vvt_"), "\(made)")
    }

    @Test("a vault whose first token was lost is no dead end", arguments: [full, closed])
    func beginning(_ way: String) throws {
        let vault = try CommandLineVault(initialized: false)
        #expect(try vault.run(["keys", "generate"]).status == 0)
        let lost = try vault.shell("$V init \(way)")
        #expect(lost.status == 1 && lost.error.contains("run 'vocvault init' again"), "\(lost)")
        let other = try vault.shell("VOCVAULT_TOKEN=vvt_x $V doctor")
        #expect(other.status == 2 && other.error.contains("run 'vocvault init' again"), "\(other)")
        let made = try vault.run(["init"])
        let token = made.output.trimmingCharacters(in: .newlines)
        #expect(made.status == 0 && token.hasPrefix("vvt_"))
        #expect(try vault.shell("VOCVAULT_TOKEN=\(token) $V audit verify").status == 0)
        #expect(try vault.run(["init"]).status == 1)
    }

    // MARK: Limits of the system

    @Test("too few descriptors and too little address space are named at the beginning", arguments: ["-n 16", "-n 20", "-v 260000", "-v 330000"])
    func limits(_ limit: String) throws {
        let vault = try filledVault()
        try vault.write("more.jsonl", TestVault.feed(20_000, seed: 9).map(\.json))
        let commands = [("ingest more.jsonl", "ingest"), ("backup b --keystore k", "administrator"), ("retention run", "retention")]
        for (line, role) in commands {
            let result = try vault.shell("ulimit \(limit); timeout 60 $V \(line)", as: role)
            #expect(result.status == 1 && result.error.contains("which a limit does not allow"), "\(line): \(result)")
        }
        if limit.hasPrefix("-n") {
            let query = try vault.shell("ulimit \(limit); $V query --purpose insight", as: "analyst")
            #expect(query.status == 1 && query.error.contains("40 files to be open at once"), "\(query)")
        }
    }
}
