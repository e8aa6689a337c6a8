import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VaultAPI
import VaultClient

#if canImport(Glibc)
import Glibc
#endif

/// `vocvault serve` in a process of its own.
final class ServedCommandLine {
    let vault: CommandLineVault
    let process: Process
    let address: String
    let log: URL

    /// - Parameters:
    ///   - environment: more of it than the vault's places.
    ///   - openFiles: how many files it may have open at most.
    init(_ vault: CommandLineVault, arguments: [String] = [], environment: [String: String] = [:], openFiles: Int? = nil) throws {
        self.vault = vault
        log = vault.folder.appendingPathComponent("serve.log")
        process = vault.process(["serve", "--listen", "127.0.0.1:0"] + arguments)
        process.environment?.merge(environment) { $1 }
        if let openFiles {
            process.arguments = ["-c", "ulimit -n \(openFiles); exec \"$0\" \"$@\"", CommandLineVault.binary.path] + process.arguments!
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
        }
        let output = Pipe()
        process.standardOutput = output
        try Data().write(to: log)
        process.standardError = FileHandle(forWritingAtPath: log.path)
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let block = output.fileHandleForReading.availableData
            if block.isEmpty { break }
            line += block
        }
        let text = String(decoding: line, as: UTF8.self)
        address = try #require(text.firstMatch(of: #/https?://[0-9.:]+/#).map { String($0.0) }, "it did not start: \(text)")
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    var port: Int { Int(address.split(separator: ":").last!)! }

    var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Asks without the vault's own client.
    var client: RawClient { RawClient(address: address, tokens: vault.tokens) }

    func ask(_ method: String, _ path: String, as role: String? = nil) async throws -> RawClient.Reply { try await client.ask(method, path, as: role) }
    func ingest(_ lines: [String]) async throws -> RawClient.Reply { try await client.ingest(lines) }
    func query() async throws -> RawClient.Reply { try await client.query() }

    /// Waits until something is so; false when it does not come about.
    func comesAbout(_ body: () async throws -> Bool) async rethrows -> Bool {
        for _ in 0..<600 {
            if try await body() { return true }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    /// Seconds of processor time that it has used.
    var processorSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Double(fields[11])! + Double(fields[12])!) / Double(sysconf(Int32(_SC_CLK_TCK))) : 0
    }

    /// Sends SIGHUP until the log has a text: requests may be served before signals are listened for.
    func hangUp(until text: String) throws {
        for attempt in 0..<600 where try !String(contentsOf: log, encoding: .utf8).contains(text) {
            if attempt % 20 == 0 { kill(process.processIdentifier, SIGHUP) }
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(try String(contentsOf: log, encoding: .utf8).contains(text))
    }

    func run(_ arguments: [String], as role: String, input: String = "") throws -> CommandLineVault.Result {
        try vault.run(["--server", address] + arguments, as: role, input: input)
    }
}

@Suite("The server and its clients", .serialized)
struct ServerTests {
    @Test("the same commands say the same on a server as on the vault at hand, with the same exit codes")
    func sameCommands() throws {
        let vault = try CommandLineVault()
        for role in ["classification", "reporting", "privacy-lead", "manager", "improver"] { try vault.issueToken(role) }
        let records = TestVault.feed(300)
        try vault.write("feed.jsonl", records.map(\.json) + ["{\"id\":"])
        let server = try ServedCommandLine(vault)

        let ingest = try server.run(["ingest", "feed.jsonl", "--source", "hotline"], as: "ingest")
        #expect(ingest.status == 5 && ingest.output.hasPrefix("stored 300  duplicates 0  rejected 1"), "\(ingest)")
        #expect(ingest.error.contains("line 301:"))
        #expect(try server.run(["classify", "--frame", "policies/codeframe.yaml"], as: "classification").output.hasPrefix("coded 300 records"))

        func same(_ arguments: [String], as role: String, input: String = "") throws {
            let (here, there) = (try vault.run(arguments, as: role, input: input), try server.run(arguments, as: role, input: input))
            #expect(here.status == there.status && here.output == there.output, "\(arguments): \(here) \(there)")
        }
        let query = ["query", "--purpose", "insight", "--format", "csv"]
        try same(query + ["--select", "record,occurred_at,product,rating,text,topic", "--where", "rating <= 2 and not product = 'X5'", "--limit", "150"], as: "analyst")
        try same(query + ["--group-by", "product,month(occurred_at)", "--measure", "count,avg(rating)", "--since", "2024-01-01"], as: "analyst")
        try same(query + ["--select", "phone"], as: "analyst")
        try same(query + ["--where", "rating <="], as: "analyst")
        try same(query + ["--select", "aspect,aspect_places,emotion,intent,relevance,text", "--where", "relevance = 'relevant'"], as: "analyst")
        try same(["classify", "discover", "--frame", "policies/codeframe.yaml", "--least", "2", "--format", "csv"], as: "analyst")
        try same(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: records[7].customer.phone + "\n")
        try same(["retention", "plan", "--format", "json"], as: "compliance")
        try same(["keys", "status", "--format", "json"], as: "compliance")
        try same(["token", "list", "--format", "json"], as: "administrator")
        try same(["token", "list"], as: "analyst")
        try same(["approvals", "list", "--format", "json"], as: "privacy-lead")
        try same(["policy", "explain", "--principal", "agent", "--action", "reveal", "--field", "phone", "--purpose", "follow-up"], as: "compliance")
        try same(["audit", "show", "3"], as: "compliance")
        try same(["audit", "list", "--action", "ingest", "--format", "json"], as: "compliance")
        // Reports, priorities and improvements, from the vault and from the server.
        let propose = ["task", "propose", "--title", "更快的配送", "--code", "delivery", "--owner", "improver", "--due", "2035-01-31"]
        #expect(try server.run(propose, as: "analyst").output.hasPrefix("task 1;"))
        try same(["task", "finish", "1", "--note", "x"], as: "improver")
        for (step, role) in [("approve", "manager"), ("start", "improver"), ("finish", "improver"), ("accept", "manager")] {
            let done = try server.run(["task", step, "1", "--note", "another courier"], as: role)
            #expect(done.status == 0 && done.output.hasPrefix("task 1 is"), "\(done)")
        }
        try same(["task", "approve", "1"], as: "analyst")
        try same(["task", "list", "--format", "json"], as: "manager")
        try same(["task", "effect", "1", "--format", "csv"], as: "manager")
        try same(["priorities", "--by-product", "--format", "csv"], as: "reporting")
        for (template, role) in [("overview", "reporting"), ("product", "reporting"), ("channel", "reporting"), ("tasks", "manager"), ("compliance", "compliance")] {
            func report(_ run: ([String], String, String) throws -> CommandLineVault.Result, _ out: String) throws -> String {
                let arguments = ["report", "--template", template, "--out", out, "--json", "figures.json", "--language", "zh", "--frame", "policies/codeframe.yaml"]
                let done = try run(arguments, role, "")
                #expect(done.status == 0, "\(template): \(done.error)")
                return try String(contentsOf: vault.folder.appendingPathComponent(out), encoding: .utf8)
            }
            let (here, there) = (try report(vault.run, "here.html"), try report(server.run, "there.html"))
            // The audit log has grown between the two.
            #expect(template == "compliance" || here == there, "\(template)")
            // Of so few customers, figures with noise show no chart.
            #expect(here.contains("</html>") && there.contains(template == "tasks" ? "已验收" : template == "compliance" ? "</table>" : "脱敏后的汇总数据"))
        }

        let record = try vault.rows(["query", "--purpose", "follow-up", "--select", "record", "--limit", "1"], as: "agent")[0]["record"] as! String
        try same(["reveal", record, "--field", "phone", "--purpose", "follow-up", "--reason", "call back"], as: "agent")
        let found = try server.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: records[7].customer.phone + "\n")
        let target = [String(found.output.split(separator: "\r\n").last!), "--purpose", "subject-request"]
        #expect(try server.run(["subject", "export"] + target + ["--out", "copy.zip"], as: "compliance").status == 0)
        #expect(try Data(contentsOf: vault.folder.appendingPathComponent("copy.zip")).prefix(2) == Data("PK".utf8))
        #expect(try server.run(["case", "open", target[0], "--purpose", "subject-request", "--kind", "erasure"], as: "compliance").status == 0)
        #expect(try server.run(["case", "list", "--purpose", "subject-request", "--format", "csv"], as: "compliance").output.contains("erasure"))
        #expect(try server.run(["subject", "hold"] + target + ["--reason", "case 1"], as: "compliance").status == 0)
        #expect(try server.run(["subject", "erase"] + target + ["--reason", "asked"], as: "compliance").status == 3)
        // What goes wrong exits alike, whatever its kind: a hold, a step out of turn, what is not there, what is not allowed, bad input.
        let failures: [(arguments: [String], role: String, status: Int32)] = [
            (["subject", "erase"] + target + ["--reason", "asked"], "compliance", 3), (["task", "approve", "1", "--note", "x"], "manager", 2),
            (["case", "close", "99", "--purpose", "subject-request", "--as", "answered", "--note", "x"], "compliance", 1),
            (["subject", "release"] + target + ["--hold", "99"], "compliance", 1), (["token", "revoke", "t_none", "--reason", "x"], "administrator", 1),
            (["reveal", record, "--field", "national_id", "--purpose", "follow-up", "--reason", "x"], "agent", 3),
            (["query", "--purpose", "insight", "--select", "ratin"], "analyst", 2), (["audit", "show", "99999999"], "compliance", 1),
        ]
        for failure in failures {
            let here = try vault.run(failure.arguments, as: failure.role)
            #expect(here.status == failure.status, "\(failure.arguments): \(here)")
            try same(failure.arguments, as: failure.role)
        }
        #expect(try server.run(["subject", "release"] + target, as: "compliance").status == 0)
        #expect(try server.run(["subject", "erase"] + target + ["--reason", "asked"], as: "compliance").status == 0)
        #expect(try server.run(["subject", "certificate"] + target, as: "compliance").output.hasPrefix("VoC Vault erasure certificate"))
        #expect(try server.run(["retention", "run", "--batch", "50"], as: "retention").status == 0)
        #expect(try vault.rows(["retention", "plan"], as: "retention").allSatisfy { $0["due"] as? Int == 0 })

        let checkpoint = try server.run(["audit", "verify"], as: "compliance")
        try vault.write("checkpoint", [checkpoint.output])
        #expect(try vault.run(["audit", "verify", "--checkpoint", "checkpoint"], as: "compliance").status == 0)
        #expect(try server.run(["audit", "prove", "--consistency", "checkpoint"], as: "compliance").status == 0)
        #expect(try server.run(["audit", "prove", "3"], as: "compliance").output.hasPrefix("c2sp.org/tlog-proof"))

        // What only the vault's own machine can do says so; a server that is not there is told, without the token.
        #expect(try server.run(["backup", "b", "--keystore", "k"], as: "administrator").error.contains("own machine only"))
        server.process.terminate()
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0, "SIGTERM ends it in order")
        let gone = try server.run(["query", "--purpose", "insight"], as: "analyst")
        #expect(gone.status == 1 && gone.error.contains("cannot be reached") && !gone.error.contains(vault.tokens["analyst"]!))
        let log = try String(contentsOf: server.log, encoding: .utf8)
        for secret in Array(vault.tokens.values) + records.prefix(50).map(\.customer.phone) { #expect(!log.contains(secret)) }
    }

    @Test("reloaded policies are in force at once; files with problems leave those before in force, and the log says why")
    func reload() throws {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(20).map(\.json))
        #expect(try vault.run(["ingest", "feed.jsonl"], as: "ingest").status == 0)
        let server = try ServedCommandLine(vault)
        let file = vault.folder.appendingPathComponent("policies/roles.yaml")
        let before = try String(contentsOf: file, encoding: .utf8)
        let query = ["query", "--purpose", "insight", "--select", "record,rating"]
        #expect(try server.run(query, as: "analyst").status == 0)
        try before.replacing("          rating: reveal\n", with: "", maxReplacements: 1).write(to: file, atomically: true, encoding: .utf8)
        try server.hangUp(until: "policies reloaded")
        #expect(try server.run(query, as: "analyst").status == 3)
        try (before + "\nnonsense").write(to: file, atomically: true, encoding: .utf8)
        try server.hangUp(until: "policies not reloaded")
        #expect(try String(contentsOf: server.log, encoding: .utf8).contains("roles.yaml"))
        #expect(try server.run(query, as: "analyst").status == 3)
        #expect(try server.run(["query", "--purpose", "insight", "--select", "record"], as: "analyst").status == 0)
    }

    @Test("TLS 1.3 only, clients' certificates when asked for, and never a token in clear beyond this machine")
    func tls() throws {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(20).map(\.json))
        #expect(try vault.run(["ingest", "feed.jsonl"], as: "ingest").status == 0)
        // An authority, a server's and a client's certificate.
        try shell(
            vault.folder,
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca 2>/dev/null
            for name in server client; do
              openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr -subj /CN=$name 2>/dev/null
              printf 'subjectAltName=IP:127.0.0.1' > san
              openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out $name.pem 2>/dev/null
            done
            """)
        let server = try ServedCommandLine(vault, arguments: ["--tls-certificates", "server.pem", "--tls-key", "server.key"])
        #expect(server.address.hasPrefix("https://"))
        let port = String(server.address.split(separator: ":").last!)
        func query(_ authorities: String) throws -> CommandLineVault.Result {
            let process = vault.process(["--server", server.address, "query", "--purpose", "insight", "--limit", "3", "--format", "csv"], as: "analyst")
            process.environment?["VOCVAULT_AUTHORITIES"] = authorities
            let (output, error) = (Pipe(), Pipe())
            (process.standardOutput, process.standardError) = (output, error)
            try process.run()
            process.waitUntilExit()
            return .init(
                status: process.terminationStatus, output: String(decoding: output.fileHandleForReading.availableData, as: UTF8.self),
                error: String(decoding: error.fileHandleForReading.availableData, as: UTF8.self))
        }
        #expect(try query("ca.pem").output.split(separator: "\r\n").count == 4)
        // A certificate of nobody whom one trusts.
        #expect(try query("client.pem").status == 1)
        #expect(try shell(vault.folder, "echo | openssl s_client -connect 127.0.0.1:\(port) -tls1_2 2>&1 || true").contains("alert protocol version"))
        #expect(try shell(vault.folder, "curl -s --cacert ca.pem -D - -o /dev/null https://127.0.0.1:\(port)/livez").contains("Strict-Transport-Security"))

        let mutual = try ServedCommandLine(
            vault, arguments: ["--tls-certificates", "server.pem", "--tls-key", "server.key", "--client-authorities", "ca.pem"])
        let other = String(mutual.address.split(separator: ":").last!)
        #expect(try shell(vault.folder, "curl -s --cacert ca.pem https://127.0.0.1:\(other)/livez || echo refused") == "refused\n")
        #expect(try shell(vault.folder, "curl -s --cacert ca.pem --cert client.pem --key client.key https://127.0.0.1:\(other)/livez") == "ok\n")

        #expect(try vault.run(["serve", "--listen", "0.0.0.0:0"]).error.contains("without TLS"))
        #expect(try vault.run(["--server", "http://vault.example.com", "query", "--purpose", "insight"], as: "analyst").error.contains("in clear"))
    }

    @Test("a client that reads a long stream slowly does not make the server hold it")
    func slowReader() throws {
        let vault = try CommandLineVault()
        try vault.issueToken("classification")
        try vault.write("feed.jsonl", TestVault.feed(30_000).map(\.json))
        #expect(try vault.run(["ingest", "feed.jsonl"], as: "ingest").status == 0)
        let server = try ServedCommandLine(vault)
        func resident() -> Int {
            let status = (try? String(contentsOfFile: "/proc/\(server.process.processIdentifier)/status", encoding: .utf8)) ?? ""
            return (Int((status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? "").filter(\.isNumber)) ?? 0) / 1024
        }
        let body = #"{"purpose":"insight","select":["record","occurred_at","text"]}"#
        // Ten streams of several megabytes each, read at 20 kB a second for a while.
        let readers = try (0..<10).map { _ in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "curl", "-s", "--limit-rate", "20k", "--max-time", "6", "-o", "/dev/null", "-H", "Authorization: Bearer \(vault.tokens["classification"]!)", "-H",
                "Content-Type: application/json", "-H", "Accept: application/x-ndjson", "-d", body, server.address + "/v1/query",
            ]
            try process.run()
            return process
        }
        Thread.sleep(forTimeInterval: 1.5)
        let early = resident()
        readers.forEach { $0.waitUntilExit() }
        let late = resident()
        #expect(late - early < 40, "\(early) MB, then \(late) MB")
        #expect(early < 250, "\(early) MB")
        // Read at full speed, all of it comes.
        let all = try shell(
            vault.folder,
            "curl -s -H 'Authorization: Bearer \(vault.tokens["classification"]!)' -H 'Content-Type: application/json' -H 'Accept: application/x-ndjson' -d '\(body)' \(server.address)/v1/query | wc -l")
        #expect(all.trimmingCharacters(in: .whitespacesAndNewlines) == "30000")
    }

    @Test("the Swift client is a redacted source like the vault itself, and names what the server refuses")
    func swiftClient() async throws {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(40).map(\.json))
        #expect(try vault.run(["ingest", "feed.jsonl"], as: "ingest").status == 0)
        let server = try ServedCommandLine(vault)
        let client = try VaultClient(server: server.address, token: vault.tokens["analyst"]!)
        let page = try await client.page(Query(select: ["record", "rating"], filter: try Condition(parsing: "rating >= 1"), limit: 7, purpose: "insight"))
        #expect(page.rows.count == 7 && page.nextCursor != nil && page.receipt > 0)
        let rest = try await client.page(
            Query(select: ["record", "rating"], filter: try Condition(parsing: "rating >= 1"), cursor: page.nextCursor, purpose: "insight"))
        #expect(rest.rows.count == 33 && Set(rest.rows.map { $0[0] }).isDisjoint(with: page.rows.map { $0[0] }))
        await #expect(throws: VaultClientError.self) { _ = try await client.perform(LookUp(field: "phone", value: "1")) }
        do {
            _ = try await client.perform(RevealField(record: "r_0", field: "phone", purpose: "insight", reason: "curiosity"))
            Issue.record("an analyst revealed")
        } catch VaultClientError.problem(let name, let status, _) {
            #expect(name == "denied" && status == 403)
        }
        let loader = try VaultClient(server: server.address, token: vault.tokens["ingest"]!)
        let blocks = Mutex([Data(line(id: "n1").utf8 + [0x0A]), Data(line(id: "n2").utf8)])
        let upload = try await loader.ingest(source: "client", key: "k") { blocks.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
        #expect(upload.summary.stored == 2 && upload.rejects.isEmpty)
        #expect(throws: VaultClientError.self) { _ = try VaultClient(server: "ftp://x", token: "t") }
    }
}

@discardableResult
func shell(_ folder: URL, _ script: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
