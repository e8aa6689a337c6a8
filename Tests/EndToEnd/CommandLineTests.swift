import Foundation
import SyntheticFeed
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("Command line")
struct CommandLineTests {
    @Test("the whole way: ingest, query, reveal, lookup, export, hold, erase, purge, audit")
    func wholeWay() throws {
        let vault = try CommandLineVault()
        let records = TestVault.feed(300)
        try vault.write("feed.jsonl", records.map(\.json))
        let ingest = try vault.run(["ingest", "feed.jsonl", "--source", "hotline"], as: "ingest")
        #expect(ingest.status == 0 && ingest.output.hasPrefix("stored 300  duplicates 0  rejected 0"))

        let rows = try vault.rows(["query", "--purpose", "insight", "--select", "record,text,rating", "--where", "rating <= 2", "--limit", "20"], as: "analyst")
        #expect(rows.count == 20 && rows.allSatisfy { ($0["rating"] as? Int ?? 9) <= 2 })
        let figures = try vault.rows(["query", "--purpose", "insight", "--group-by", "product", "--measure", "count,avg(rating)"], as: "analyst")
        #expect(figures.count == 5 && figures.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 300)

        let record = try vault.rows(["query", "--purpose", "follow-up", "--select", "record", "--limit", "1"], as: "agent")[0]["record"] as! String
        let reveal = try vault.run(["reveal", record, "--field", "phone", "--purpose", "follow-up", "--reason", "call back"], as: "agent")
        #expect(reveal.status == 0 && records.contains { $0.customer.phone + "\n" == reveal.output })

        let phone = records[7].customer.phone
        let found = try vault.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: phone + "\n")
        let subject = String(found.output.split(separator: "\r\n").last!)
        #expect(subject.hasPrefix("s_"))
        let target = [subject, "--purpose", "subject-request"]
        #expect(try vault.run(["subject", "export"] + target, as: "compliance").output.contains(phone))
        #expect(try vault.run(["subject", "hold"] + target + ["--reason", "case 1"], as: "compliance").status == 0)
        #expect(try vault.run(["subject", "erase"] + target + ["--reason", "asked"], as: "compliance").status == 3)
        #expect(try vault.run(["subject", "release"] + target, as: "compliance").status == 0)
        #expect(try vault.run(["subject", "erase"] + target + ["--reason", "asked"], as: "compliance").status == 0)
        #expect(try vault.run(["subject", "export"] + target, as: "compliance").status == 1)

        let plan = try vault.rows(["retention", "plan"], as: "retention")
        #expect(plan.contains { ($0["due"] as? Int ?? 0) > 0 })
        #expect(try vault.run(["retention", "run", "--batch", "50"], as: "retention").status == 0)
        #expect(try vault.rows(["retention", "plan"], as: "retention").allSatisfy { $0["due"] as? Int == 0 })

        let checkpoint = try vault.run(["audit", "verify"], as: "compliance")
        #expect(checkpoint.status == 0)
        try vault.write("checkpoint", [checkpoint.output])
        #expect(try vault.run(["audit", "verify", "--checkpoint", "checkpoint"], as: "compliance").status == 0)
        let log = try vault.rows(["audit", "list", "--limit", "1000"], as: "compliance")
        #expect(log.last?["action"] as? String == "init" && log.contains { $0["action"] as? String == "reveal" })
        #expect(try vault.run(["audit", "show", "0"], as: "compliance").output.contains("\"action\":\"init\""))
    }

    @Test("the compliance officer's documents: correction, copy as ZIP, record of processing")
    func documents() throws {
        let vault = try CommandLineVault()
        let file = try vault.write("in.jsonl", [line(id: "1", customer: ["id": "C1", "phone": "13800138000"])])
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        let find = ["subject", "find", "--field", "customer_id", "--format", "csv"]
        let subject = try vault.run(find, as: "compliance", input: "C1\n").output.split(separator: "\r\n")[1].description
        let about = [subject, "--purpose", "subject-request", "--reason", "case 1"]
        let corrected = try vault.run(["subject", "correct", "--field", "phone"] + about, as: "compliance", input: "13912345678\n")
        #expect(corrected.status == 0 && corrected.output.hasPrefix("corrected 1 records"))
        #expect(try vault.run(["subject", "correct", "--field", "phone"] + about, as: "agent", input: "1\n").status == 3)
        #expect(try vault.run(["subject", "export", "--out", "copy.zip"] + about, as: "compliance").status == 0)
        let zip = try Data(contentsOf: vault.folder.appendingPathComponent("copy.zip"))
        #expect(zip.holds(Data("13912345678".utf8)) && !zip.holds(Data("13800138000".utf8)))
        let mode = try FileManager.default.attributesOfItem(atPath: vault.folder.appendingPathComponent("copy.zip").path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        // An earlier copy is not lost.
        #expect(try vault.run(["subject", "export", "--out", "copy.zip"] + about, as: "compliance").status == 2)
        let report = try vault.run(["compliance", "report", "--out", "report.html", "--json", "report.json"], as: "compliance")
        #expect(report.status == 0, "\(report.error)")
        let json = try Data(contentsOf: vault.folder.appendingPathComponent("report.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect((object["holdings"] as? [String: Any])?["records"] as? Int == 1)
        #expect(try vault.run(["compliance", "report"], as: "analyst").status == 3)
        let entries = try vault.rows(["audit", "list", "--action", "subject.export"], as: "compliance")
        #expect(entries.count == 1 && entries[0]["client"] as? String == "local uid \(getuid())")
    }

    @Test("backup and restore by command: nothing is overwritten, damage is exit code 4")
    func backup() throws {
        let vault = try CommandLineVault()
        let file = try vault.write("in.jsonl", [line(id: "1", customer: ["id": "C1"])])
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        let backup = try vault.run(["backup", "b", "--keystore", "k"], as: "administrator")
        #expect(backup.status == 0 && backup.output.hasPrefix("snapshot "), "\(backup.error)")
        #expect(try vault.run(["backup", "b", "--keystore", "b"], as: "administrator").status == 2)
        #expect(try vault.run(["backup", "b", "--keystore", "k"], as: "analyst").status == 3)
        let restore = ["restore", "b", "--keystore", "k/keystore.db"]
        #expect(try vault.run(restore).status == 2)
        let home = vault.folder.appendingPathComponent("vault")
        try FileManager.default.moveItem(at: home, to: vault.folder.appendingPathComponent("lost"))
        let chunks = vault.folder.appendingPathComponent("b/chunks")
        let chunk = try #require(try FileManager.default.subpathsOfDirectory(atPath: chunks.path).first { $0.count > 60 })
        let whole = try Data(contentsOf: chunks.appendingPathComponent(chunk))
        try Data(whole.dropLast()).write(to: chunks.appendingPathComponent(chunk))
        #expect(try vault.run(restore).status == 4 && !FileManager.default.fileExists(atPath: home.path))
        try whole.write(to: chunks.appendingPathComponent(chunk))
        let done = try vault.run(restore)
        #expect(done.status == 0, "\(done.error)")
        #expect(try vault.rows(["query", "--select", "text", "--purpose", "insight"], as: "analyst").count == 1)
    }

    @Test("changes, and classification of what changed, continue from the place that a file remembers; another file's place is refused")
    func changes() throws {
        let vault = try CommandLineVault()
        try vault.issueToken("classification")
        func ingest(_ numbers: ClosedRange<Int>) throws {
            let file = try vault.write("in.jsonl", numbers.map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "快递太慢 \($0)") })
            #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        }
        let changes = ["changes", "--purpose", "insight", "--select", "record,text", "--place", "place", "--format", "csv"]
        let classify = ["classify", "--place", "coded"]
        try ingest(1...3)
        #expect(try vault.run(changes, as: "analyst").output.split(separator: "\r\n").count == 4)
        #expect(try vault.run(changes, as: "analyst").output == "change,record,text\r\n")
        #expect(try vault.run(classify, as: "classification").output == "coded 3 records, 3 with a topic\n")
        #expect(try vault.run(classify, as: "classification").output == "coded 0 records, 0 with a topic\n")
        try ingest(3...4)
        let subject = try #require(try vault.run(["lookup", "--field", "customer_id", "--value", "-", "--purpose", "subject-request", "--format", "csv"], as: "compliance", input: "C1\n").output.split(separator: "\r\n").last.map(String.init))
        #expect(try vault.run(["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked", "--yes"], as: "compliance").status == 0)
        let lines = try vault.run(changes, as: "analyst").output.split(separator: "\r\n").dropFirst()
        #expect(lines.map { $0.prefix { $0 != "," } } == ["new", "gone"] && lines.last?.hasSuffix(",") == true)
        #expect(try vault.run(classify, as: "classification").output == "coded 1 records, 1 with a topic\n")
        #expect(try vault.run(["classify", "--place", "place"], as: "classification").status == 2)
        #expect(try vault.run(changes.map { $0 == "place" ? "coded" : $0 }, as: "analyst").status == 2)
        // A place that the vault does not have.
        #expect(try vault.run(["changes", "--purpose", "insight", "--after", "AAAA"], as: "analyst").status == 2)
    }

    @Test("annotations come as JSON lines; a line with an unknown module, label or topic is named with its member, and nothing of it is stored")
    func annotations() throws {
        let vault = try CommandLineVault()
        try vault.issueToken("classification")
        let file = try vault.write("in.jsonl", (1...2).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        let records = try vault.run(["query", "--purpose", "insight", "--select", "record", "--format", "csv"], as: "classification").output.split(separator: "\r\n").dropFirst()
        func annotate(_ module: String, _ label: String) throws -> (status: Int32, error: String) {
            let lines = [("sentiment", "negative"), (module, label)].map { "{\"record\":\"\(records.first!)\",\"module\":\"\($0.0)\",\"labels\":{\"\($0.1)\":1}}\n" }
            let done = try vault.run(["annotate", "-", "--purpose", "insight"], as: "classification", input: lines[0] + "\n" + lines[1])
            return (done.status, done.error)
        }
        let codes = try vault.run(["classify", "codes", "--format", "csv"], as: "classification").output.split(separator: "\r\n")
        let code = try #require(codes.dropFirst().first?.split(separator: ",").first.map(String.init))
        for (module, label, member) in [("sentment", "negative", "module"), ("sentiment", "negativ", "labels"), ("topic", code + "x", "labels")] {
            let refused = try annotate(module, label)
            #expect(refused.status == 2 && refused.error.contains("line 3: '\(member)': there is no ") && refused.error.contains("did you mean"), "\(refused.error)")
        }
        #expect(try annotate("sentiment\"", "x").error.contains("line 3: not JSON at byte"))
        let shown = ["query", "--purpose", "insight", "--select", "sentiment,topic", "--where", "not sentiment is null", "--format", "csv"]
        #expect(try vault.run(shown, as: "classification").output == "sentiment,topic\r\n")
        #expect(try annotate("topic", code).status == 0)
        #expect(try vault.run(shown, as: "classification").output == "sentiment,topic\r\nnegative,\(code)\r\n")
    }

    @Test("classify and report by command; a wrong code frame is named by file, line and key")
    func analysis() throws {
        let vault = try CommandLineVault()
        for role in ["classification", "reporting"] { try vault.issueToken(role) }
        let file = try vault.write("in.jsonl", (1...600).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "快递太慢,很失望", at: "2026-0\(1 + $0 % 3)-04T12:00:00+08:00") })
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        #expect(try vault.run(["classify"], as: "classification").output == "coded 600 records, 600 with a topic\n")
        #expect(try vault.run(["classify"], as: "analyst").status == 3)
        let report = try vault.run(["report", "--out", "report.html", "--language", "zh", "--csv", "topics.csv"], as: "reporting")
        #expect(report.status == 0, "\(report.error)")
        #expect(try String(contentsOf: vault.folder.appendingPathComponent("report.html"), encoding: .utf8).contains("配送"))
        #expect(try String(contentsOf: vault.folder.appendingPathComponent("topics.csv"), encoding: .utf8).contains("delivery,配送,"))
        // About some records, from budgets of its own; a report that these do not cover is refused before anything is charged.
        let some = ["report", "--out", "some.html", "--json", "some.json", "--segments", "channel", "--where"]
        let first = try vault.run(some + ["channel = 'app'"], as: "reporting")
        #expect(first.status == 0, "\(first.error)")
        #expect(try String(contentsOf: vault.folder.appendingPathComponent("some.html"), encoding: .utf8).contains("channel = &#39;app&#39;"))
        var refused: CommandLineVault.Result?
        for number in 0..<6 where refused == nil {
            let report = try vault.run(some + ["channel != 'c\(number)'"], as: "reporting")
            if report.status != 0 { refused = report }
        }
        #expect(refused?.status == 3 && refused?.error.contains("this report would cost") == true && refused?.error.contains("nothing was charged") == true, "\(refused?.error ?? "")")
        #expect(try vault.run(some + ["channel = 'app'"], as: "reporting").status == 0, "what was released is given again")
        #expect(try vault.run(["report", "--out", "x.html", "--segments", "name"], as: "reporting").status == 2)
        let frame = vault.folder.appendingPathComponent("policies/codeframe.yaml")
        let text = try String(contentsOf: frame, encoding: .utf8)
        try text.replacing("id: price,", with: "id: delivery,").write(to: frame, atomically: true, encoding: .utf8)
        let wrong = try vault.run(["policy", "check"])
        #expect(wrong.status == 2 && wrong.error.contains("codeframe.yaml:") && wrong.error.contains("'delivery' is defined twice"))
    }

    @Test("the code frame's examples hold, its packs can be read, and texts are coded without a vault")
    func codeFrame() throws {
        let vault = try CommandLineVault()
        let check = try vault.run(["classify", "frame", "check"])
        #expect(check.status == 0, "\(check.error)")
        let frame = vault.folder.appendingPathComponent("policies/codeframe.yaml")
        let text = try String(contentsOf: frame, encoding: .utf8)
        try text.replacing("phrases: [噪音,", with: "examples: [好安静], phrases: [噪音,").write(to: frame, atomically: true, encoding: .utf8)
        let slip = try vault.run(["classify", "frame", "check"])
        #expect(slip.status == 1 && slip.error.contains("product.noise: '好安静' lacks it"))
        #expect(try vault.run(["classify", "frame", "list", "--format", "csv"]).output.contains("hotel,Hotels and travel."))
        #expect(try vault.run(["classify", "frame", "show", "hotel"]).output.hasPrefix("# Hotels and travel.\nversion: 1\n"))
        let file = try vault.write("texts.jsonl", [#"{"id":"a","text":"味道很好但是等了两小时才送到"}"#, #"{"id":2}"#])
        let read = try vault.run(["classify", "read", file])
        #expect(read.status == 5 && read.error.contains("line 2") && read.output.contains(#""aspects":{"delivery":"negative","food.taste":"positive"}"#), "\(read.output)")
        #expect(read.output.contains(#""id":"a""#), "\(read.output)")
    }

    @Test("doctor's exit code tells what is wrong")
    func doctor() throws {
        let vault = try CommandLineVault()
        let healthy = try vault.run(["doctor", "--format", "json"], as: "administrator")
        #expect(healthy.status == 0, "\(healthy.output)")
        let policies = vault.folder.appendingPathComponent("policies/roles.yaml").path
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: policies)
        let findings = try vault.run(["doctor", "--format", "csv"], as: "administrator")
        #expect(findings.status == 1 && findings.output.contains("files,failure,./policies/roles.yaml can be changed by others,chmod -R go-w ./policies"))
        #expect(try vault.run(["doctor"], as: "analyst").status == 3)
    }

    @Test("exit codes: usage 2, denial 3, damage 4, rejected lines 5")
    func exitCodes() throws {
        let vault = try CommandLineVault()
        #expect(try vault.run(["quarry"]).status == 2)
        #expect(try vault.run(["query"]).status == 2)
        #expect(try vault.run(["query", "--purpose", "insight", "--where", "rating <"], as: "analyst").status == 2)
        for wrong in ["rating <= 'two'", "not (rating <= 'two')"] {
            let refused = try vault.run(["query", "--purpose", "insight", "--where", wrong], as: "analyst")
            #expect(refused.status == 2 && refused.output.isEmpty && refused.error.contains("'rating' is a whole number and cannot be compared with text"))
        }
        #expect(try vault.run(["query", "--purpose", "insight", "--since", "yesterday"], as: "analyst").status == 2)
        #expect(try vault.run(["query", "--purpose", "insight", "--measure", "sum(x)"], as: "analyst").status == 2)
        #expect(try vault.run(["lookup", "--field", "phone", "--value", "13800138000"], as: "compliance").status == 2)
        #expect(try vault.run(["query", "--purpose", "insight", "--select", "phone"], as: "analyst").status == 3)
        #expect(try vault.run(["query", "--purpose", "insight"]).status == 3)
        #expect(try vault.run(["ingest", "missing.jsonl"], as: "ingest").status == 2)
        try vault.write("mixed.jsonl", [line(id: "1", text: "好"), "{bad", line(id: "2")])
        let mixed = try vault.run(["ingest", "mixed.jsonl", "--rejects", "rejects.jsonl"], as: "ingest")
        #expect(mixed.status == 5 && mixed.output.contains("stored 2  duplicates 0  rejected 1"))
        let rejects = try String(contentsOf: vault.folder.appendingPathComponent("rejects.jsonl"), encoding: .utf8)
        #expect(rejects.hasPrefix("{\"line\":2,\"reason\":\"not a JSON record") && rejects.split(separator: "\n").count == 1)
        #expect(try vault.run(["--help"]).status == 0 && vault.run(["--version"]).status == 0)
        // As they come: others have warnings.
        let roles = try String(contentsOf: TestVault.repository.appendingPathComponent("policies/roles.yaml"), encoding: .utf8)
        try vault.write("policies/roles.yaml", [roles.replacing("        page: 1000\n", with: "        rows: \"rating <= 'two'\"\n        page: 1000\n")])
        let place = try #require(roles.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("        page: 1000") }) + 1
        for command in [["policy", "check"], ["policy", "test"], ["query", "--purpose", "insight"]] {
            let refused = try vault.run(command, as: "analyst")
            #expect(refused.status == 2 && refused.output.isEmpty && refused.error.contains("roles.yaml:\(place): row filter of analyst/insight: 'rating' is a whole number"), "\(refused.error)")
        }
        try vault.write("policies/roles.yaml", ["version: 1", "roles: 7"])
        let broken = try vault.run(["policy", "check"])
        #expect(broken.status == 2 && broken.error.contains("policies/roles.yaml:2: roles must be a mapping"))
        let home = vault.folder.appendingPathComponent("vault/vault.db")
        try FileManager.default.removeItem(at: vault.folder.appendingPathComponent("policies"))
        try FileManager.default.copyItem(at: TestVault.repository.appendingPathComponent("policies"), to: vault.folder.appendingPathComponent("policies"))
        let file = try FileHandle(forUpdating: home)
        let size = try file.seekToEnd()
        for offset in stride(from: UInt64(4096), to: size, by: 4096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 32))
        }
        try file.close()
        let damaged = try vault.run(["audit", "verify"], as: "compliance")
        #expect(damaged.status == 4 && damaged.error.contains("damaged"), "\(damaged)")
    }

    @Test("every command has help with an example")
    func help() throws {
        let vault = try CommandLineVault(initialized: false)
        let commands = [
            ["keys", "generate"], ["keys", "status"], ["init"], ["token", "issue"], ["token", "list"], ["token", "revoke"], ["ingest"],
            ["redact"], ["query"], ["reveal"], ["lookup"], ["subject", "export"], ["subject", "erase"], ["subject", "hold"],
            ["subject", "release"], ["retention", "plan"], ["retention", "run"], ["audit", "list"], ["audit", "show"],
            ["audit", "verify"], ["policy", "check"], ["policy", "explain"], ["policy", "test"],
        ]
        for command in commands {
            let result = try vault.run(command + ["--help"])
            #expect(result.status == 0 && result.output.contains("vocvault " + command.joined(separator: " ")), "\(command)")
            #expect(result.output.contains("Example"), "\(command)")
        }
        #expect(try vault.run(["--generate-completion-script", "bash"]).output.contains("_vocvault"))
    }

    @Test("redact needs no vault; offsets count Unicode scalars; bad lines are counted")
    func redact() throws {
        let vault = try CommandLineVault(initialized: false)
        let result = try vault.run(["redact"], input: "{\"id\":7,\"text\":\"😀请打13800138000\"}\n{\"id\":\"b\"}\n{\"id\":\"c\",\"text\":\"\"}\n")
        #expect(result.status == 5)
        let lines = result.output.split(separator: "\n")
        #expect(lines[0] == #"{"id":7,"text":"😀请打13800138000","spans":[{"start":3,"end":14,"type":"PHONE","score":1.0}],"redacted":"😀请打[PHONE]"}"#)
        #expect(lines[1] == #"{"id":"c","text":"","spans":[],"redacted":""}"#)
    }

    @Test("customers' text drives neither the terminal nor a spreadsheet")
    func outputIsInert() throws {
        let vault = try CommandLineVault()
        try vault.write("x.jsonl", [line(id: "1", text: "=HYPERLINK(\"x\")\u{1B}[31mred\u{7}\nnext")])
        _ = try vault.run(["ingest", "x.jsonl"], as: "ingest")
        let query = ["query", "--purpose", "insight", "--select", "text"]
        let table = try vault.run(query, as: "analyst").output
        #expect(!table.contains("\u{1B}") && !table.contains("\u{7}") && table.split(separator: "\n").count == 3)
        let csv = try vault.run(query + ["--format", "csv"], as: "analyst").output
        #expect(csv.hasPrefix("text\r\n\"'=HYPERLINK(\"\"x\"\")"))
        let ndjson = try vault.run(query + ["--format", "ndjson"], as: "analyst").output
        let object = try JSONSerialization.jsonObject(with: Data(ndjson.utf8)) as? [String: String]
        #expect(object?["text"] == "=HYPERLINK(\"x\")\u{1B}[31mred\u{7}\nnext")
    }

    @Test("text that reorders a line, moves a cursor or hides words stands by name in tables and CSV, and as it is in data", arguments: [
        ("in\u{202E}voice\u{202C}", "in<U+202E>voice<U+202C>"), ("\u{2066}x\u{2069}y\u{200F}", "<U+2066>x<U+2069>y<U+200F>"), ("\u{61C}x", "<U+061C>x"),
        ("csi\u{9B}2J", "csi<U+009B>2J"), ("up\u{1B}[A", "up<U+001B>[A"), ("back\u{8}\u{7F}", "back<U+0008><U+007F>"), ("a\u{2028}b\u{2029}", "a<U+2028>b<U+2029>"),
    ])
    func hiddenCharacters(text: String, shown: String) throws {
        let vault = try CommandLineVault()
        try vault.write("x.jsonl", [line(id: "1", customer: ["id": "C1", "name": "\(text)z"], text: "say \(text) end")])
        _ = try vault.run(["ingest", "x.jsonl"], as: "ingest")
        let query = ["query", "--purpose", "insight", "--select", "text"]
        #expect(try vault.run(query, as: "analyst").output == "text\n\(String(repeating: "-", count: shown.count + 8))\nsay \(shown) end\n")
        #expect(try vault.run(query + ["--format", "csv"], as: "analyst").output == "text\r\nsay \(shown) end\r\n")
        #expect(try vault.rows(query, as: "analyst")[0]["text"] as? String == "say \(text) end")
        // A value for a program is exact; a person at a terminal reads what is hidden in it.
        let record = try vault.rows(["query", "--purpose", "follow-up", "--select", "record"], as: "agent")[0]["record"] as! String
        let reveal = ["reveal", record, "--field", "name", "--purpose", "follow-up", "--reason", "call back"]
        let exact = try vault.run(reveal, as: "agent").output
        #expect(exact.unicodeScalars.elementsEqual("\(text)z\n".unicodeScalars))
        let terminal = Process()
        terminal.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        terminal.arguments = ["-qec", ([CommandLineVault.binary.path] + reveal).map { "'\($0)'" }.joined(separator: " "), "/dev/null"]
        terminal.currentDirectoryURL = vault.folder
        terminal.environment = ["PATH": "/usr/bin:/bin", "VOCVAULT_TOKEN": vault.tokens["agent"]!]
        #expect(try vault.run(terminal).output.contains("\(shown)z\r\n"))
    }

    @Test("a key file that others can read is refused with the command that mends it")
    func keyFileMode() throws {
        let vault = try CommandLineVault()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: vault.folder.appendingPathComponent("keys").path)
        let result = try vault.run(["keys", "status"], as: "administrator")
        #expect(result.status == 2 && result.error.contains("chmod 600"))
    }

    @Test("a vault that cannot be written says so", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") && getuid() == 0))
    func readOnly() throws {
        let vault = try CommandLineVault()
        // As root every file can be written: the command runs as nobody, on a folder of root's.
        let copy = vault.folder.appendingPathComponent("vocvault")
        try FileManager.default.copyItem(at: CommandLineVault.binary, to: copy)
        for path in ["", "vault", "vault/vault.db", "vault/keystore.db", "vocvault"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: vault.folder.appendingPathComponent(path).path)
        }
        let keys = vault.folder.appendingPathComponent("keys").path
        try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: keys)
        let process = vault.process([], as: "analyst")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", copy.path, "query", "--purpose", "insight"]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let message = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(message.contains("cannot be written; check owner, mode"), "\(message)")
    }

    /// A folder of feedback in the vault's own format, which takes minutes.
    private static let feedbackFolder = ProcessInfo.processInfo.environment["VOC_FEEDBACK"].map { URL(fileURLWithPath: $0, isDirectory: true) }

    @Test("real feedback: every valid record is stored and none is readable on disk", .enabled(if: feedbackFolder != nil))
    func realFeedback() throws {
        let folder = try #require(Self.feedbackFolder)
        let vault = try CommandLineVault()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
        #expect(!files.isEmpty)
        for file in files {
            let path = folder.appendingPathComponent(file).path
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
            let result = try vault.run(["ingest", path, "--source", file, "--rejects", "rejects"], as: "ingest")
            #expect(result.status == 0 || result.status == 5, "\(file): \(result.error)")
            let words = result.output.split(separator: " ")
            let counts = ["stored", "duplicates", "rejected"].map { name in
                words.firstIndex { $0 == name }.flatMap { Int(words[$0 + 1]) } ?? -1
            }
            #expect(counts.reduce(0, +) == lines.count, "\(file): \(result.output)")
            let canaries = lines.prefix(500).map { Data(String($0.dropFirst($0.count / 2).prefix(24)).utf8) }
            for name in try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("vault").path) {
                let bytes = try Data(contentsOf: vault.folder.appendingPathComponent("vault/\(name)"))
                #expect(canaries.allSatisfy { $0.count < 24 || !bytes.holds($0) }, "\(name)")
            }
        }
    }
}
