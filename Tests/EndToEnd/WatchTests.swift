import Foundation
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("Files that are handed over in a folder, and records as they happen")
struct WatchTests {
    private let vault: CommandLineVault
    private var inbox: URL { vault.folder.appendingPathComponent("inbox") }

    init() throws { vault = try CommandLineVault() }

    private func hand(_ lines: [String], _ path: String) throws {
        let place = inbox.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        let part = place.deletingLastPathComponent().appendingPathComponent("\(UUID().uuidString).part")
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: part)
        try #require(rename(part.path, place.path) == 0)
    }

    private func files(_ folder: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: inbox.appendingPathComponent(folder).path)) ?? []).sorted() }

    private func text(_ path: String) throws -> String { try String(contentsOf: inbox.appendingPathComponent(path), encoding: .utf8) }

    private func watch(_ options: [String] = []) throws -> CommandLineVault.Result { try vault.run(["watch", "inbox", "--once"] + options, as: "ingest") }

    private func stored() throws -> Int {
        try vault.rows(["sources", "status"], as: "administrator").reduce(0) { $0 + ($1["stored"] as? Int ?? 0) }
    }

    @Test("a file is stored under its folder's name and is in 'done' with its receipts; what is still being written is left alone")
    func handOver() throws {
        try hand([line(id: "1"), line(id: "2")], "hotline/feed.jsonl")
        try hand([line(id: "1")], "app/feed.jsonl")
        for name in ["new.jsonl.part", ".hidden", "draft~"] { try Data("{".utf8).write(to: inbox.appendingPathComponent("app/\(name)")) }
        try Data(line(id: "7").utf8).write(to: inbox.appendingPathComponent("loose.jsonl"))
        let result = try watch()
        #expect(
            result.status == 0 && result.output == "app/feed.jsonl: stored 1  duplicates 0  rejected 0\nhotline/feed.jsonl: stored 2  duplicates 0  rejected 0\n", "\(result.error)"
        )
        #expect(files("hotline") == [".taken", "done"] && files("hotline/done") == ["feed.jsonl", "feed.jsonl.receipts.jsonl"] && files("hotline/.taken").isEmpty)
        #expect(files("app") == [".hidden", ".taken", "done", "draft~", "new.jsonl.part"] && files("").contains("loose.jsonl"))
        let receipts = try text("hotline/done/feed.jsonl.receipts.jsonl").split(separator: "\n")
        #expect(receipts.count == 2 && receipts[0].contains(#""lines":[1,2],"status":"stored""#) && receipts[1].contains(#""stored":2"#))
        // Another file of the same name, with something new.
        try hand([line(id: "2"), line(id: "3")], "hotline/feed.jsonl")
        #expect(try watch(["--source", "other"]).status == 0)
        #expect(files("hotline/done") == ["feed-2.jsonl", "feed-2.jsonl.receipts.jsonl", "feed.jsonl", "feed.jsonl.receipts.jsonl"] && files("done").contains("loose.jsonl"))
        #expect(try stored() == 5)
        try hand([line(id: "9")], "hotline/last.jsonl")
        #expect(try watch(["--discard"]).status == 0)
        #expect(files("hotline/done").filter { $0.contains("last") } == ["last.jsonl.receipts.jsonl"])
    }

    @Test("a file with a rejected record that could not be kept is not discarded")
    func undiscarded() throws {
        try hand([line(id: "1"), #"{"id":"2","text":""# + String(repeating: "x", count: 17 << 20) + "\"}"], "bulk/feed.jsonl")
        #expect(try watch(["--discard"]).status == 5)
        #expect(files("bulk/failed").isEmpty && files("bulk/done") == ["feed.jsonl", "feed.jsonl.receipts.jsonl"])
    }

    @Test("what cannot be read is in 'failed' with the reason; rejected records are there to be mended and handed over again")
    func failing() throws {
        try hand(["<html><body>13800138000</body></html>"], "web/page.html")
        try hand(["id,occurred_at,channel,text", "1,2026-03-04,web,good", "2,yesterday,web,bad"], "web/table.csv")
        let result = try watch()
        #expect(result.status == 5 && !result.error.contains("13800138000"))
        #expect(files("web/failed") == ["page.html", "page.html.reason.txt", "table.rejected.csv"] && files("web/done") == ["table.csv", "table.csv.receipts.jsonl"])
        #expect(try text("web/failed/page.html.reason.txt").contains("HTML"))
        let rejected = try text("web/failed/table.rejected.csv")
        #expect(rejected == "id,occurred_at,channel,text\n2,yesterday,web,bad\n")
        let mode = try FileManager.default.attributesOfItem(atPath: inbox.appendingPathComponent("web/failed/table.rejected.csv").path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try hand([rejected.replacing("yesterday", with: "2026-03-03")], "web/table.rejected.csv")
        #expect(try watch().status == 0 && stored() == 2)
        // Who may not bring records in moves nothing.
        try hand([line(id: "5")], "web/more.jsonl")
        let denied = try vault.run(["watch", "inbox", "--once"], as: "analyst")
        #expect(denied.status == 3 && files("web/failed").count == 3)
        #expect(try watch().status == 0 && stored() == 3)
    }

    @Test("killed at any moment, and with two at once, every file ends in 'done' and every record is stored once")
    func killed() throws {
        let records = TestVault.feed(3000).map(\.json)
        for number in 0..<6 { try hand(Array(records[number * 500..<(number + 1) * 500]), "feed/part\(number).jsonl") }
        for delay in [80, 200, 350, 500, 800] { try vault.kill(["watch", "inbox"], as: "ingest", after: delay) }
        let processes = (0..<2).map { _ in vault.process(["watch", "inbox", "--once"], as: "ingest") }
        for process in processes {
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
        }
        for process in processes { process.waitUntilExit() }
        #expect(try watch().status == 0)
        #expect(files("feed/.taken").isEmpty && files("feed").filter { $0.hasPrefix("part") }.isEmpty)
        #expect(files("feed/done").filter { $0.hasSuffix(".jsonl") && !$0.contains("receipts") }.count == 6)
        #expect(try stored() == 3000)
        #expect(try vault.run(["audit", "verify"], as: "compliance").status == 0)
    }

    @Test("a record that is sent alone is acknowledged and found while the sender still holds the pipe")
    func alone() throws {
        let (input, output) = (Pipe(), Pipe())
        let process = vault.process(["ingest", "-", "--input", "jsonl", "--source", "live", "--acknowledge"], as: "ingest")
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        var answers = ""
        for number in 1...2 {
            try input.fileHandleForWriting.write(contentsOf: Data((line(id: "\(number)", text: "单独一条 \(number)") + "\n").utf8))
            while !answers.contains(#""lines":[\#(number),\#(number)],"status":"stored""#) {
                let data = output.fileHandleForReading.availableData
                try #require(!data.isEmpty, "\(answers)")
                answers += String(decoding: data, as: UTF8.self)
            }
            #expect(try vault.rows(["query", "--purpose", "insight", "--select", "text"], as: "analyst").count == number)
        }
        try input.fileHandleForWriting.write(contentsOf: Data("{\n".utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        answers += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let lines = answers.split(separator: "\n")
        #expect(process.terminationStatus == 5 && lines.count == 4 && lines[2].contains(#""line":3"#) && lines[3].hasPrefix(#"{"summary":{"#), "\(answers)")
        let runs = try vault.rows(["sources", "runs", "--source", "live"], as: "administrator")
        #expect(runs.count == 1 && runs[0]["state"] as? String == "done" && runs[0]["stored"] as? Int == 2 && runs[0]["rejected"] as? Int == 1)
    }

    @Test("rejected lines are kept in a new file that nobody else can read, and only if there are any")
    func kept() throws {
        try vault.write("table.csv", ["id,occurred_at,channel,text", "1,2026-03-04,web,good", "2,never,web,\"two", "lines\""])
        let result = try vault.run(["ingest", "table.csv", "--source", "s", "--keep-rejected", "mend.csv"], as: "ingest")
        #expect(result.status == 5 && result.output.contains("rejected records in mend.csv: 1"), "\(result.output)\(result.error)")
        let file = vault.folder.appendingPathComponent("mend.csv")
        #expect(try String(contentsOf: file, encoding: .utf8) == "id,occurred_at,channel,text\n2,never,web,\"two\nlines\"\n")
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        #expect(try vault.run(["ingest", "table.csv", "--source", "s", "--keep-rejected", "mend.csv"], as: "ingest").status == 2)
        try vault.write("good.csv", ["id,occurred_at,channel,text", "2,2026-03-04,web,mended"])
        #expect(try vault.run(["ingest", "good.csv", "--source", "s", "--keep-rejected", "none.csv"], as: "ingest").status == 0)
        #expect(!FileManager.default.fileExists(atPath: vault.folder.appendingPathComponent("none.csv").path))
    }
}
