import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing

@testable import VoCVault

@Suite("Sources")
struct SourceTests {
    @Test(
        "times as tools and people write them",
        arguments: [
            ("2026-03-04T12:37:39+08:00", nil, "2026-03-04T12:37:39+08:00"), ("2026/3/4 9:05", nil, "2026-03-04T09:05:00"), ("2026-3-4", nil, "2026-03-04"),
            ("2026.03.04 21:00:01", nil, "2026-03-04T21:00:01"), ("2026年3月4日 下午3时05分", nil, "2026-03-04T15:05:00"), ("2026年3月4日", nil, "2026-03-04"),
            ("2026/03/04 12:00:39 PM GMT+8", nil, "2026-03-04T12:00:39+08:00"), ("2026/03/04 12:00:39 上午 GMT+8", nil, "2026-03-04T00:00:39+08:00"),
            ("03/04/2026 01:02:03 PM", .mdy, "2026-03-04T13:02:03"), ("03/04/2026 13:02", .dmy, "2026-04-03T13:02:00"), ("13/04/2026", nil, "2026-04-13"),
            ("4.3.2026 8:00", nil, "2026-03-04T08:00:00"), ("Wed Mar 04 04:00:39 +0000 2026", nil, "2026-03-04T04:00:39+00:00"),
            ("Mar 4, 2026 4:05 PM", nil, "2026-03-04T16:05:00"), ("4 March 2026", nil, "2026-03-04"), ("4-Mar-26 10:00", nil, "2026-03-04T10:00:00"),
            ("Wednesday, March 4, 2026 at 9:00 AM PST", nil, "2026-03-04T09:00:00-08:00"), ("2026-03-04 04:00:39 UTC", nil, "2026-03-04T04:00:39Z"),
            ("1772597439", nil, "2026-03-04T04:10:39Z"), ("1772597439000", nil, "2026-03-04T04:10:39Z"), ("20260304", nil, "2026-03-04"),
            ("20260304123739", nil, "2026-03-04T12:37:39"), ("46085.5", nil, "2026-03-04T12:00:00"), ("2026-03-04 12:00:39.5", nil, "2026-03-04 12:00:39.5"),
            ("２０２６／３／４　９：０５", nil, "2026-03-04T09:05:00"), ("2026-03-04 24:00", nil, "2026-03-05T00:00:00"), ("2026-12-31 24:00:00 +0800", nil, "2027-01-01T00:00:00+08:00"),
        ] as [(String, SourceRule.DateOrder?, String)])
    func times(written: String, order: SourceRule.DateOrder?, expected: String) { #expect(SourceTime.standard(written, order: order) == expected) }

    @Test(
        "what is no time, or may mean two, is not guessed",
        arguments: [
            "03/04/2026", "gestern", "", "12:00", "2026-13-01", "2026/02/30", "25:00 2026-03-04", "2026-03-04 24:01", "2026-03-04 24:00:01", "2026-03-04 12:00 CST", "13800138000",
            "3/4", "12", "2026-03-04 and more",
        ])
    func noTimes(written: String) { #expect(SourceTime.standard(written, order: nil) == nil) }

    @Test(
        "headings match without case, width, blanks and the number of the question; ~ finds a part",
        arguments: [
            ("Email Address", "email address ", 2), ("您的姓名", "1、您的姓名:", 2), ("您的姓名", "2. 您的姓名？", 2), ("~手机|电话", "3、您的手机号", 1), ("~手机|电话", "邮箱", 0),
            ("name", "Full name", 0), ("comments[0].body", "comments[].body", 2), ("~", "anything", 1), ("ID", "ＩＤ", 2), ("Submitted at", "\u{200E}Submitted\u{A0}At\u{200B}", 2),
            ("NPS", "N\u{AD}PS\u{2060}", 2),
        ] as [(String, String, Int)])
    func headings(pattern: String, heading: String, fit: Int) { #expect(ColumnPattern(pattern).fit(ColumnPattern.comparable(heading)) == fit) }

    @Test(
        "numbers as tools and people write them: decimal commas, groups of thousands, full width, stars",
        arguments: [
            ("4 out of 5", "4"), ("5星", "5"), ("-2", "-2"), ("3,5", "3.5"), ("4,0", "4.0"), ("4.125", "4.125"), ("1,250", "1250"), ("0,125", "0.125"), ("1.234,5 kg", "1234.5"),
            ("1,234.50", "1234.50"), ("1.234.567", "1234567"), ("4,5,6", "4"), ("2026.03.04", "2026"), ("满分5,", "5"), ("４", "4"), ("９．５分", "9.5"), ("★★★★☆", "4"),
            ("⭐️⭐️⭐️", "3"), ("☆☆☆", "0"), ("很好", nil), ("★ good", nil), ("", nil),
        ] as [(String, String?)])
    func numbers(written: String, expected: String?) { #expect(SourceNumber.standard(Array(written.utf8)[...]).map { String(decoding: $0, as: UTF8.self) } == expected) }

    @Test("a value that is to be a number and is none counts among those that are set aside")
    func noNumber() throws {
        let made = try vault("    preset: spreadsheet")
        let report = try ingest(["date,comment,rating", "2026-03-04,a,★★☆", "2026-03-05,b,so-so", "2026-03-06,c,4"], made.vault, token: made.token("ingest"))
        #expect(report.stored == 3 && report.setAside == ["rating": 1], "\(report)")
        let rows = try made.session("analyst").page(Query(select: ["rating"], purpose: "insight")).rows
        #expect(Set(rows.map { $0[0] }) == [.integer(2), .integer(4), .null], "\(rows)")
    }

    @Test("lines that end in returns, as a Mac wrote them, are lines", arguments: [false, true])
    func returns(hasEnd: Bool) throws {
        let made = try vault("    preset: spreadsheet")
        let text = ["date;comment;rating", "2026-03-04;\"one\rtwo; three\";5", "2026-03-05;b;4"].joined(separator: "\r") + (hasEnd ? "\r" : "")
        let report = try ingest([text], made.vault, token: made.token("ingest"))
        #expect(report.stored == 2 && report.rejected == 0, "\(report)")
    }

    @Test("in the vault's own tables, too, times are as people write them; its JSON is exact")
    func ownTimes() throws {
        let made = try TestVault(sources: true)
        let token = try made.token("ingest")
        let table = ["编号,时间,渠道,内容", "1,2026/3/4 下午3:05,app,好", "2,2026年3月4日,app,好", "3,03/04/2026,app,好", "4,2026-03-04 24:00,app,好"]
        let report = try ingest(table, made.vault, source: "own", token: token)
        #expect(report.stored == 3 && report.rejected == 1, "\(report)")
        #expect(try ingest([line(id: "9", at: "2026/3/4 15:05")], made.vault, source: "own", token: token).rejected == 1)
    }

    @Test(
        "HTML becomes text",
        arguments: [
            ("<p>Hi &amp; bye<br/>now</p>", "Hi & bye\nnow"), ("a < b & c", "a < b & c"), ("<style>p{}</style><b>x</b>&#49;3&nbsp;8 &#x4e2d;", "x13 8 中"),
            ("<!-- a > b --><div>1</div><div>2</div>", "1\n2"), ("no tags", "no tags"), ("<script>alert(1)</script>", ""), ("5 <", "5 <"),
        ])
    func html(text: String, plain: String) { #expect(String(decoding: HTMLText.plain(Array(text.utf8)[...]), as: UTF8.self) == plain) }

    /// A vault whose sources.yaml has a source of its own.
    private func vault(_ source: String) throws -> TestVault {
        try TestVault(sources: true) { name, text in
            name == "sources.yaml" ? text.replacing("sources: {}", with: "sources:\n  shop:\n\(source)") : text
        }
    }

    private func ingest(_ lines: [String], _ vault: Vault, _ options: InputOptions = InputOptions(), source: String = "shop", token: String) throws -> IngestReport {
        var rest: [UInt8]? = Array(lines.joined(separator: "\n").utf8)
        let input = InputSource {
            defer { rest = nil }
            return rest?[...]
        }
        return try vault.session(token: token).ingest(input, options, source: source) { _ in }
    }

    @Test("a source of sources.yaml is used by its name, on top of its preset")
    func ownSource() throws {
        let made = try vault("    preset: spreadsheet\n    channel: {constant: store}\n    id: Beleg\n    occurred_at: Datum\n    fields: {attributes.store: Filiale}")
        let report = try ingest(["Datum;Beleg;Filiale;Text", "4.3.2026;B1;Nord;zu laut", "5.3.2026;B2;Süd;gut"], made.vault, token: made.token("ingest"))
        #expect(report.stored == 2 && report.unmapped.isEmpty)
        let rows = try made.session("analyst").page(Query(select: ["channel", "store", "text"], limit: 9, purpose: "insight")).rows
        #expect(Set(rows.map { $0.map(\.description).joined(separator: " ") }) == ["store Nord zu laut", "store Süd gut"])
    }

    @Test("constants, an id of columns, a zone and a preset for the quick case")
    func quickCase() throws {
        let made = try TestVault(sources: true)
        var options = InputOptions(format: .csv)
        options.constants = ["channel": "store", "attributes.region": "EU"]
        options.idFrom = ["when", "who"]
        options.timeZone = TimeZone(identifier: "Europe/Berlin")
        let lines = ["when,who,text,occurred_at,extra", "1,a,gut,2026-03-04 10:00,x", "1,b,schlecht,2026-03-04 10:00,y", "1,a,gut,2026-03-04 10:00,x"]
        let report = try ingest(lines, made.vault, options, token: made.token("ingest"))
        #expect(report.stored == 2 && report.duplicates == 1 && report.unmapped == ["extra"])
        let rows = try made.session("analyst").page(Query(select: ["channel", "region", "occurred_at"], limit: 9, purpose: "insight")).rows
        #expect(Set(rows.map { $0.map(\.description).joined(separator: " ") }) == ["store EU 2026-03-04T09:00:00Z"])
    }

    @Test("a check stores nothing and says what would become of the input")
    func check() throws {
        let made = try TestVault(sources: true)
        let text = "日期,手机,反馈内容,备注\n2026-03-04,13800138000,空调坏了,a\n昨天,,好,b\n"
        var rest: [UInt8]? = Array(text.utf8)
        let check = try made.session("ingest").check(
            InputSource {
                defer { rest = nil }
                return rest?[...]
            }, InputOptions(), source: "shop")
        #expect(check.readable == 1 && check.rejected == 1 && check.unmapped == ["备注"] && check.reading == "CSV, preset spreadsheet")
        let values = try #require(check.records.first?.values)
        #expect(values.first { $0.field == "text" }?.value == "空调坏了")
        #expect(values.contains { $0.field == "phone" && $0.value == nil && $0.fieldClass == "direct" })
        #expect(try made.session("analyst").page(Query(select: ["text"], limit: 9, purpose: "insight")).rows.isEmpty)
    }

    @Test("a preset that does not exist is refused with the nearest name; a table that nothing fits, with what it lacks")
    func refused() throws {
        let made = try TestVault(sources: true)
        var options = InputOptions()
        options.preset = "qualtrix"
        #expect(throws: VaultError.invalid("there is no preset 'qualtrix' (did you mean 'qualtrics'?)")) {
            try ingest(["a,b", "1,2"], made.vault, options, token: made.token("ingest"))
        }
        #expect {
            try ingest(["a,b", "1,2"], made.vault, token: made.token("ingest"))
        } throws: { "\($0)".contains("the CSV column for 'id'") }
    }

    @Test("inference names the preset that fits and the columns that nothing maps")
    func inference() throws {
        let policy = try TestVault(sources: true).vault.policy
        func infer(_ text: String) throws -> String {
            var rest: [UInt8]? = Array(text.utf8)
            return try SourceInference(
                InputSource {
                    defer { rest = nil }
                    return rest?[...]
                }, options: InputOptions(), name: "crm", policy: policy
            ).yaml
        }
        let fitting = try infer("日期,反馈内容,颜色\n2026-03-04,好,红\n")
        #expect(fitting.contains("preset: spreadsheet") && fitting.contains("\"颜色\"") && !fitting.contains("\"日期\""))
        let strange = try infer("a,b\n1,2\n")
        #expect(strange.contains("id: {hash: []}") && strange.contains("\"a\""))
        #expect(try infer("{\"x\":{\"y\":1}}\n").contains("\"x.y\""))
    }

    @Test("records that come slowly are stored within a second, while the input goes on")
    func slowly() throws {
        let made = try TestVault(sources: true)
        let pipe = Pipe()
        let loader = try made.session("ingest")
        func send(_ ids: ClosedRange<Int>) { for id in ids { pipe.fileHandleForWriting.write(Data((line(id: "\(id)") + "\n").utf8)) } }
        send(1...3)
        var sent = 3
        let report = try loader.ingest(InputSource(pipe.fileHandleForReading), InputOptions(format: .jsonl), source: "slow") { batch in
            // Each batch is durable before the next record is even sent.
            #expect(batch.report.stored == sent)
            if sent < 6 {
                sent += 1
                send(sent...sent)
            } else {
                try? pipe.fileHandleForWriting.close()
            }
        }
        #expect(report.stored == 6)
    }
}
