import Foundation
import RedactedAPI
import Synchronization
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
        (#"{"id":"9","id":"8"}"#, "appears twice"), (#"{"id":"","occurred_at":"2026-03-04","channel":"a"}"#, "id is missing or empty"),
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
            line(id: "2", customer: ["id": "c-1", "email": "Na@Example.com"]),
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
                id: "1", customer: ["id": "C1", "nickname": "Quietstorm"], attributes: ["colour": "CANARYRED"],
                text: "我是Quietstorm", extra: ["mood": "CANARYMOOD"])
        ])
        let analyst = try vault.session("analyst")
        #expect(throws: VaultError.self) { try analyst.page(Query(select: ["colour"], purpose: "insight")) }
        #expect(try analyst.page(Query(select: ["text"], purpose: "insight")).rows == [[.text("我是[ID]")]])
        for (name, bytes) in try vault.files() { #expect(!bytes.holds(Data("CANARY".utf8)), "\(name)") }
        let compliance = try vault.session("compliance")
        let subject = try compliance.lookup(field: "customer_id", value: "C1", purpose: nil).subjects[0]
        var copy = ""
        _ = try compliance.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("CANARYRED") && copy.contains("CANARYMOOD") && copy.contains("Quietstorm"))
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

    // MARK: Values

    private func times(_ vault: TestVault) throws -> [String] {
        try vault.session("analyst").page(Query(select: ["occurred_at"], limit: 100, purpose: "insight")).rows.map { $0[0].description }.sorted()
    }

    @Test("a time without an offset is of the schema's zone, or of the one that is named")
    func localTimes() throws {
        // schema.yaml: Asia/Shanghai.
        let vault = try TestVault()
        try vault.ingest([
            line(id: "1", at: "2026-11-20T01:30:00"), line(id: "2", at: "2026-11-20 01:30"), line(id: "3", at: "2026-11-20"), line(id: "4", at: "2026-11-20T01:30:00Z"),
            line(id: "5", at: "2026-11-20T01:30:00+01:00"),
        ])
        #expect(try times(vault) == ["2026-11-19T16:00:00Z", "2026-11-19T17:30:00Z", "2026-11-19T17:30:00Z", "2026-11-20T00:30:00Z", "2026-11-20T01:30:00Z"])
    }

    @Test("daylight saving: a repeated hour is its first time, a skipped one comes later", arguments: [
        ("2026-07-01T12:00:00", "2026-07-01T16:00:00Z"), ("2026-01-15T12:00:00", "2026-01-15T17:00:00Z"), ("2025-11-02T00:30:00", "2025-11-02T04:30:00Z"),
        ("2025-11-02T01:30:00", "2025-11-02T05:30:00Z"), ("2025-11-02T02:30:00", "2025-11-02T07:30:00Z"), ("2026-03-08T01:59:59", "2026-03-08T06:59:59Z"),
        ("2026-03-08T02:30:00", "2026-03-08T07:30:00Z"), ("2026-03-08T03:00:00", "2026-03-08T07:00:00Z"), ("2026-03-08", "2026-03-08T05:00:00Z"),
    ])
    func daylightSaving(written: String, moment: String) throws {
        let vault = try TestVault()
        let input = Mutex(Array((line(id: "1", at: written) + "\n" + line(id: "2", at: written)).utf8))
        _ = try vault.session("ingest").ingest(
            format: .jsonl, source: "test", timeZone: TimeZone(identifier: "America/New_York"),
            nextBlock: { input.withLock { all in defer { all = [] }; return all[...] } }, onBatch: { _ in })
        #expect(try times(vault) == [moment, moment])
    }

    @Test("NUL in any field rejects its record, with the field, and stops no other", arguments: [InputFormat.jsonl, .csv])
    func nul(format: InputFormat) throws {
        let vault = try TestVault()
        let good = line(id: "1")
        let bad = ["product": "attributes", "phone": "customer"].map { #"{"id":"n\#($0)","occurred_at":"2026-03-04","channel":"a","\#($1)":{"\#($0)":"X\u00005"}}"# }
            + [#"{"id":"\u0000","occurred_at":"2026-03-04","channel":"a"}"#, #"{"id":"x","occurred_at":"2026-03-04","channel":"\u0000"}"#,
               #"{"id":"y","occurred_at":"2026-03-04","channel":"a","text":"a\u0000b"}"#]
        let lines = format == .jsonl
            ? [good] + bad + [line(id: "2")]
            : ["id,occurred_at,channel,attributes.product,text", "1,2026-03-04,a,X5,x", "2,2026-03-04,a,X\u{0}5,x", "3,2026-03-04,a,X5,\"x\u{0}\"", "4,2026-03-04,a,X5,x"]
        let (report, rejects) = try vault.ingest(lines, format: format)
        #expect(report.stored == 2 && rejects.count == lines.count - (format == .csv ? 3 : 2))
        #expect(rejects.allSatisfy { $0.reason.hasSuffix("must not contain NUL (U+0000)") }, "\(rejects)")
        #expect(rejects.contains { $0.reason.contains("product") } && rejects.contains { $0.reason.hasPrefix("text") })
        #expect(throws: VaultError.self) { try vault.ingest([good], source: "a\u{0}b") }
        #expect(try vault.ingest([line(id: "3")]).report.stored == 1)
    }

    @Test("whole numbers that a program has written as decimal ones; a number out of bounds is set aside, not counted")
    func numbers() throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest([
            line(id: "1", attributes: ["rating": 4.0, "nps": "7.0"]), line(id: "2", attributes: ["rating": 99, "nps": -1]), line(id: "3", attributes: ["rating": 4.5]),
            line(id: "4", attributes: ["rating": "1e300"]),
        ])
        #expect(report.stored == 2 && rejects.map(\.line) == [3, 4])
        #expect(report.setAside == ["rating": 1, "nps": 1])
        let rows = try vault.session("analyst").page(Query(select: ["rating", "nps"], purpose: "insight")).rows
        #expect(Set(rows) == [[.integer(4), .integer(7)], [.null, .null]])
    }

    @Test("keys are what they mean, not how they are escaped")
    func escapedKeys() throws {
        let vault = try TestVault()
        let escaped = #"{"id":"1","occurred_at":"2026-03-04","channel":"k","cust\u006fmer":{"phon\u0065":"13955550001"},"t\u0065xt":"hello"}"#
        let (report, rejects) = try vault.ingest([
            escaped, #"{"id":"2","\u0069d":"3","occurred_at":"2026-03-04","channel":"k"}"#, #"{"\u0069d":"2","\u0069\u0064":"3","occurred_at":"2026-03-04","channel":"k"}"#,
            line(id: "4", customer: ["phone": "13955550001"], text: "hello"),
        ])
        #expect(report.stored == 2 && report.newCustomers == 1 && rejects.map(\.line) == [2, 3])
        #expect(rejects.allSatisfy { $0.reason.contains("appears twice") })
        #expect(try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows == [[.text("hello")], [.text("hello")]])
    }
}
