import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VoCVault

@Suite("CSV")
struct CSVTests {
    private static let header = "id,occurred_at,channel,text"

    private func texts(_ vault: TestVault) throws -> [String] {
        let rows = try vault.session("analyst").page(Query(select: ["text", "occurred_at"], limit: 1000, purpose: "insight")).rows
        return rows.map { $0[0].description }.sorted()
    }

    private func row(_ id: Int, _ text: String) -> String { "\(id),2026-03-04T12:00:00+08:00,survey,\(text)" }

    @Test("a quote inside a value that is not quoted is a character like any other", arguments: ["屏幕是55\"的", "5'11\" tall", "he said \"no\"", "\"\"", "a\"\"b"])
    func quoteInPlainValue(text: String) throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest([Self.header, row(1, "好"), row(2, "说:\(text)"), row(3, "好"), row(4, "\"带,逗号\"")], format: .csv)
        #expect(report.stored == 4 && rejects.isEmpty)
        #expect(try texts(vault).contains("说:\(text)"))
    }

    @Test("a quoted value that goes on behind its quote costs its own line, not those that follow", arguments: [
        "\"屏幕是55\"的", "\"没有结尾", "\"没有结尾\"\"", "\"a\"b\"", "\"\"x",
    ])
    func strayQuote(text: String) throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest(
            [Self.header, row(1, "一"), row(2, text), row(3, "三"), row(4, "\"四,\"\"五\"\"\""), row(5, "\"六\n七\""), row(6, "八")], format: .csv)
        #expect(report.stored == 5)
        #expect(rejects.map { [$0.line, $0.lines] } == [[3, 1]])
        #expect(rejects.first?.reason.contains("quote") == true)
        #expect(try texts(vault) == ["一", "三", "四,\"五\"", "六\n七", "八"].sorted())
    }

    @Test("what is left of a broken record counts with it until a line has the header's columns")
    func resynchronization() throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest(
            [Self.header, row(1, "一"), row(2, "\"第一行\n他说\"不行\"就走了\n第三行\""), row(3, "三"), "4,2026", row(5, "五")], format: .csv)
        #expect(report.stored == 3)
        #expect(rejects.map { [$0.line, $0.lines] } == [[3, 3], [7, 1]])
    }

    @Test("a quote without end in the last record costs that record alone")
    func openAtEnd() throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest([Self.header, row(1, "一"), row(2, "\"二"), row(3, "三"), row(4, "四")], format: .csv)
        #expect(report.stored == 3 && rejects.map(\.line) == [3])
        #expect(rejects.first?.reason == "a quoted value has no closing quote")
    }

    @Test("a record of several lines that is rejected says how many")
    func linesOfReject() throws {
        let vault = try TestVault()
        let (_, rejects) = try vault.ingest([Self.header, "1,gestern,survey,\"a\nb\nc\"", row(2, "x")], format: .csv)
        #expect(rejects.map { [$0.line, $0.lines] } == [[2, 3]])
    }

    @Test("quoted headings, a byte order mark before them, empty headings, and the separator in a line of its own", arguments: [
        ["\"id\",\"occurred_at\",\"channel\",\"text\"", "\"1\",\"2026-03-04\",\"survey\",\"hello\""],
        ["\u{FEFF}\"id\",\"occurred_at\",\"channel\",\"te\"\"xt\",\"text\"", "1,2026-03-04,survey,,hello"],
        ["\"id\";\"occurred_at\";\"channel\";\"text, in short\";text", "1;2026-03-04;survey;x;hello"],
        ["id,occurred_at,channel,text,,", "1,2026-03-04,survey,hello,,"],
        ["sep=;", "id;occurred_at;channel;text", "1;2026-03-04;survey;hello"],
        ["sep=,\r", "id,occurred_at,channel,text;a;b;c;d;e,text\r", "1,2026-03-04,survey,,hello\r"],
        ["id\toccurred_at\tchannel\ttext", "1\t2026-03-04\tsurvey\thello"],
    ])
    func headers(lines: [String]) throws {
        let vault = try TestVault()
        let (report, rejects) = try vault.ingest(lines, format: .csv)
        #expect(report.stored == 1 && rejects.isEmpty)
        #expect(try texts(vault) == ["hello"])
    }

    @Test("a header whose quotes are wrong is refused whole")
    func brokenHeader() throws {
        let vault = try TestVault()
        #expect(throws: VaultError.self) { try vault.ingest(["id,occurred_at,channel,\"te\"xt\"", row(1, "a")], format: .csv) }
        #expect(throws: VaultError.self) { try vault.ingest(["id,occurred_at,channel,\"text", row(1, "a")], format: .csv) }
    }

    @Test("errors of a CSV do not speak of JSON")
    func wording() throws {
        let vault = try TestVault()
        let file = vault.folder.appendingPathComponent("bad.csv")
        try (Data("\(Self.header)\n1,2026-03-04,survey,".utf8) + Data([0xE6, 0x88]) + Data("\n2,2026-03-04,survey,这一行没有问题\n".utf8)).write(to: file)
        var rejects: [Reject] = []
        _ = try vault.session("ingest").ingest(
            FileHandle(forReadingAtPath: file.path)!, format: .csv, source: "test", onReject: { rejects.append($0) }, progress: { _ in })
        #expect(rejects.map(\.reason) == ["not UTF-8 at byte 21"])
    }

    @Test("whatever a table holds, written by RFC 4180, is read as it was, wherever blocks end", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let pieces = ["\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "a", "空调", " ", "'", "😀"]
        let written = (0..<200).map { _ in (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined() + "." }
        let lineEnd = Bool.random(using: &random) ? "\r\n" : "\n"
        let table = ([Self.header] + written.enumerated().map { number, text in
            row(number, "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\"")
        }).joined(separator: lineEnd)
        let vault = try TestVault()
        let rest = Mutex(Array(table.utf8)[...])
        let size = Int.random(in: 1...50, using: &random)
        let report = try vault.session("ingest").ingest(
            format: .csv, source: "test",
            nextBlock: {
                rest.withLock { rest in
                    defer { rest = rest.dropFirst(size) }
                    return rest.prefix(size)
                }
            }, onBatch: { _ in })
        #expect(report.stored == written.count && report.rejected == 0)
        #expect(try texts(vault) == written.sorted())
    }
}
