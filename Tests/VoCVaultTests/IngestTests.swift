import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Ingest")
struct IngestTests {
    private func count(_ vault: TestVault, _ column: String = "record") throws -> Int {
        try vault.session("analyst").page(Query(select: [column], purpose: "insight")).rows.count
    }

    private func subjects(_ vault: TestVault) throws -> [String] {
        let page = try vault.session("analyst").page(Query(select: ["subject"], filter: nil, purpose: "insight"))
        return page.rows.map { $0[0].description }
    }

    @Test("the same record twice is stored once, within an input and across inputs; another source is another record")
    func idempotency() throws {
        let vault = try TestVault()
        let lines = [line(id: "1"), line(id: "2"), line(id: "1")]
        var report = try vault.ingest(lines).report
        #expect(report.stored == 2 && report.duplicates == 1 && report.rejected == 0)
        report = try vault.ingest(lines).report
        #expect(report.stored == 0 && report.duplicates == 3)
        report = try vault.ingest(lines, source: "other").report
        #expect(report.stored == 2)
        #expect(try count(vault) == 4)
    }

    @Test("a bad line is rejected with its number and reason, and loses no good one", arguments: [
        ("{", "not a JSON record"), ("[]", "an object expected"), (#"{"id":"9"} x"#, "the end of the line expected"),
        (#"{"id":"9","id":"8"}"#, "stands twice"), (#"{"id":"","occurred_at":"2026-03-04","channel":"a"}"#, "id is missing or empty"),
        (#"{"id":"9","channel":"a"}"#, "occurred_at is missing"), (#"{"id":"9","occurred_at":"4 March","channel":"a"}"#, "occurred_at must be a time"),
        (#"{"id":"9","occurred_at":"2026-03-04"}"#, "channel is missing"),
        (#"{"id":"9","occurred_at":"2026-03-04","channel":"a","attributes":{"rating":"five"}}"#, "rating must be a whole number"),
        (#"{"id":"9","occurred_at":"2026-03-04","channel":"a","attributes":{"product":{"x":1}}}"#, "product must be a single value"),
        (#"{"id":"9","occurred_at":"2026-03-04","channel":"a","text":["x"]}"#, "text must be a single value"),
        (#"{"id":"9","occurred_at":"2026-03-04","channel":"a","text":"\ud800"}"#, "low surrogate"),
        (#"{"id":"9","occurred_at":"2026-03-04","channel":"a","customer":7}"#, "customer must be an object"),
        ("{\"id\":\"9\",\"occurred_at\":\"2026-03-04\",\"channel\":\"a\",\"x\":" + String(repeating: "[", count: 100), "less nesting"),
    ])
    func badLines(bad: String, reason: String) throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest([line(id: "1"), bad, "", line(id: "2")])
        #expect(report.stored == 2 && report.rejected == 1)
        #expect(rejects.first?.line == 2)
        #expect(rejects.first?.reason.contains(reason) == true, "\(rejects)")
    }

    @Test("ill-formed UTF-8 is rejected, escapes and astral characters are kept")
    func encoding() throws {
        let vault = try TestVault()
        let escaped = #"{"id":"e","occurred_at":"2026-03-04","channel":"a","text":"\u7a7a\u8c03\ud83d\ude00\n\"x\"\/"}"#
        #expect(try vault.ingest([escaped]).report.stored == 1)
        let page = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight"))
        #expect(page.rows == [[.text("空调😀\n\"x\"/")]])
        let file = vault.folder.appendingPathComponent("bad")
        try (Data(#"{"id":"b","occurred_at":"2026-03-04","channel":"a","text":""#.utf8) + Data([0xC0, 0x80]) + Data("\"}".utf8)).write(to: file)
        let report = try vault.session("ingest").ingest(
            FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s", onReject: { _ in }, progress: { _ in })
        #expect(report.rejected == 1)
    }

    @Test("what a string must not hold, and what it holds escaped, is found wherever it stands in a line")
    func places() throws {
        let vault = try TestVault()
        var input = Data()
        var (kept, refused): ([String], [Int]) = ([], [])
        var lineNumber = 0
        func add(_ text: [UInt8]) {
            lineNumber += 1
            input += Data("{\"id\":\"\(lineNumber)\",\"occurred_at\":\"2026-03-04\",\"channel\":\"a\",\"text\":\"".utf8) + Data(text) + Data("\"}\n".utf8)
        }
        for place in 0...17 {
            let (before, after) = (String(repeating: "~", count: place), String(repeating: " ", count: 17 - place))
            for (escape, character) in [(#"\""#, "\""), (#"\\"#, "\\"), (#"\n"#, "\n"), ("\u{7F}", "\u{7F}"), ("é", "é"), ("空", "空"), ("\u{ED4F}", "\u{ED4F}"), ("😀", "😀")] {
                add(Array((before + escape + after).utf8))
                kept.append(before + character + after)
            }
            for bytes: [UInt8] in [[0x1F], [0x00], [0x80], [0xE4, 0xBA], [0xE4, 0x41, 0x80], [0xED, 0xA0, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x9F]] {
                add(Array(before.utf8) + bytes + Array(after.utf8))
                refused.append(lineNumber)
            }
        }
        let file = vault.folder.appendingPathComponent("feed")
        try input.write(to: file)
        var rejects: [Int] = []
        let report = try vault.session("ingest").ingest(
            FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s", onReject: { rejects.append($0.line) }, progress: { _ in })
        #expect(report.stored == kept.count && rejects == refused)
        let texts = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0] }
        #expect(Set(texts) == Set(kept.map { Value.text($0) }))
    }

    @Test("a customer is recognised by id, else phone, else e-mail, in any spelling")
    func resolution() throws {
        let vault = try TestVault()
        try vault.ingest([
            line(id: "1", customer: ["id": "C-1", "phone": "138 0013 8000"]),
            line(id: "2", customer: ["id": "c1", "email": "Na@Example.com"]),
            line(id: "3", customer: ["phone": "+86-13800138000"]),
            line(id: "4", customer: ["email": "na@EXAMPLE.com"]),
        ])
        #expect(Set(try subjects(vault)).count == 1)
    }

    @Test("two ids that share a phone stay two customers; a customer known by phone only takes the first id")
    func sharedPhone() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["phone": "13800138000"])])
        try vault.ingest([line(id: "2", customer: ["id": "A", "phone": "13800138000"])])
        try vault.ingest([line(id: "3", customer: ["id": "B", "phone": "13800138000"])])
        try vault.ingest([line(id: "4", customer: ["id": "A"])])
        let found = try subjects(vault).sorted()
        #expect(Set(found).count == 2)
        #expect(found.filter { name in found.filter { $0 == name }.count == 3 }.count == 3)
    }

    @Test("batches, large or small, and another writer in between, decide alike")
    func batches() throws {
        let lines = (0..<400).map { number in
            line(id: "\(number % 350)", customer: ["id": "C\(number % 90)", "phone": "138001\(10_000 + number % 60)"], text: "第\(number)条")
        }
        var groups: Set<Int> = []
        for size in [1, 7, 64, 8192] {
            let vault = try TestVault()
            let file = vault.folder.appendingPathComponent("feed")
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let interfering = try vault.session("analyst")
            var commits = 0
            let report = try vault.session("ingest").ingest(
                FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s", batchSize: size, onReject: { _ in },
                progress: { _ in
                    commits += 1
                    // An entry of someone else makes the batches at hand be sealed anew.
                    if commits % 5 == 2 { _ = try? interfering.page(Query(select: ["record"], limit: 1, purpose: "insight")) }
                })
            #expect(report.stored == 350 && report.duplicates == 50)
            let names = try vault.session("analyst").page(Query(select: ["subject", "record", "text"], purpose: "insight")).rows
            #expect(names.allSatisfy { $0[2] != .null })
            #expect(Set(names.map { $0[1] }).count == 350)
            groups.insert(Set(names.map { $0[0] }).count)
            #expect(try vault.session("compliance").verifyAudit().entries > 0)
        }
        #expect(groups == [90])
    }

    @Test("a field that nobody classified is kept, sealed, and no query sees it")
    func unclassified() throws {
        let vault = try TestVault()
        try vault.ingest([
            line(
                id: "1", customer: ["id": "C1", "nickname": "小娜娜"], attributes: ["colour": "CANARYRED"],
                text: "我是小娜娜", extra: ["mood": "CANARYMOOD"])
        ])
        let analyst = try vault.session("analyst")
        #expect(throws: VaultError.self) { try analyst.page(Query(select: ["colour"], purpose: "insight")) }
        #expect(try analyst.page(Query(select: ["text"], purpose: "insight")).rows == [[.text("我是[ID]")]])
        for (name, bytes) in try vault.files() { #expect(bytes.range(of: Data("CANARY".utf8)) == nil, "\(name)") }
        let compliance = try vault.session("compliance")
        let subject = try compliance.lookup(field: "customer_id", value: "C1", purpose: nil).subjects[0]
        var copy = ""
        _ = try compliance.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("CANARYRED") && copy.contains("CANARYMOOD") && copy.contains("小娜娜"))
        #expect((try JSONSerialization.jsonObject(with: Data(copy.utf8)) as? [String: Any])?["records"] != nil)
    }

    @Test("personal data that strays into a plain attribute is redacted before it is stored in clear")
    func strayInPlain() throws {
        let vault = try TestVault()
        try vault.ingest([
            line(id: "1", customer: ["name": "欧阳娜"], attributes: ["product": "X5 13800138000", "store": "欧阳娜", "rating": 3])
        ])
        let rows = try vault.session("analyst").page(Query(select: ["product", "store"], purpose: "insight")).rows
        #expect(rows == [[.text("X5 [PHONE]"), .text("[ID]")]])
    }

    @Test("CSV with Chinese headings, quotes and line ends in values, in any order of columns")
    func csv() throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest([
            "\u{FEFF}时间,编号,渠道,内容,电话,评分,备注\r",
            "2026-03-04T12:00:00+08:00,1,hotline,\"坏了,\"\"彻底\"\"",
            "坏了\",13800138000,2,急\r",
            "2026-03-05T12:00:00+08:00,2,app,好,,5,\r",
            "2026-03-06T12:00:00+08:00,3,app,好\r",
        ], format: .csv)
        #expect(report.stored == 2 && rejects.map(\.line) == [5] && rejects[0].reason == "4 columns where the header has 7")
        let rows = try vault.session("analyst").page(Query(select: ["text", "rating"], purpose: "insight")).rows
        #expect(rows == [[.text("好"), .integer(5)], [.text("坏了,\"彻底\"\n坏了"), .integer(2)]])
    }

    @Test("a CSV without a required column is refused whole")
    func csvHeader() throws {
        let vault = try TestVault()
        #expect(throws: VaultError.self) { try vault.ingest(["编号,内容", "1,x"], format: .csv) }
    }

    @Test("a line of more than 16 MiB is skipped, those around it are kept")
    func longLine() throws {
        let vault = try TestVault()
        let long = line(id: "2", text: String(repeating: "长", count: 6 << 20))
        let (report, rejects) = try vault.ingest([line(id: "1"), long, line(id: "3")])
        #expect(report.stored == 2 && rejects.map(\.line) == [2] && rejects[0].reason == "longer than 16 MiB")
    }
}
