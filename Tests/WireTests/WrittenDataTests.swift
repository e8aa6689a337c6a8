import Foundation
import Testing
import Wire

@Suite("Data as text")
struct WrittenDataTests {
    private func json(_ text: String) -> String { String(decoding: JSON.string(text).bytes, as: UTF8.self) }

    @Test("a JSON string has the escapes of RFC 8785 and no other, and is read as it was written")
    func strings() throws {
        #expect(json("a\"b\\c/d") == #""a\"b\\c/d""#)
        #expect(json("\u{8}\u{9}\u{A}\u{C}\u{D}") == #""\b\t\n\f\r""#)
        #expect(json("\u{1}\u{1F}\u{7F}") == "\"\\u0001\\u001f\u{7F}\"")
        // What is data for programs stays exact: only pages, spreadsheets and terminals name what is hidden.
        #expect(json("€ 好 \u{202E}\u{2028}") == "\"€ 好 \u{202E}\u{2028}\"")
        for value in 1..<0x300 { try #expect(JSON(parsing: JSON.string(String(UnicodeScalar(value)!)).bytes) == .string(String(UnicodeScalar(value)!))) }
    }

    @Test("names stand in the order of their UTF-16 code units (RFC 8785, section 3.2.3)")
    func order() {
        let names = ["\u{20AC}", "\r", "\u{FB33}", "1", "\u{1F600}", "\u{80}", "\u{F6}"]
        let bytes = JSON.object(Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })).bytes
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"\\r\":1,\"1\":1,\"\u{80}\":1,\"\u{F6}\":1,\"\u{20AC}\":1,\"\u{1F600}\":1,\"\u{FB33}\":1}")
    }

    @Test("an object that is written member by member is the same")
    func members() throws {
        var (output, object) = ([UInt8](), JSON.Object())
        object.add("a", "x\n", to: &output)
        object.begin("b", in: &output)
        output += "[1]".utf8
        object.add("c", .null, to: &output)
        object.end(&output)
        #expect(output == (["a": "x\n", "b": [1], "c": .null] as JSON).bytes)
        var empty: [UInt8] = []
        JSON.Object().end(&empty)
        #expect(empty == Array("{}".utf8))
        #expect(JSON.array([.decimal(.infinity), .decimal(0.5), .boolean(true)]).bytes == Array("[null,0.5,true]".utf8))
    }

    private func cell(_ text: String) -> String {
        var output: [UInt8] = []
        CSVText.append(text, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "a cell is text and nothing else, to a parser as to a spreadsheet",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'<U+000D>=1"), ("=\"a\",1", "\"'=\"\"a\"\",1\""),
            ("a\u{202E}b", "a<U+202E>b"), ("\u{1B}]0;x\u{7}", "<U+001B>]0;x<U+0007>"), ("a\u{2028}b", "a<U+2028>b"), ("", ""),
        ])
    func cells(text: String, written: String) { #expect(cell(text) == written) }

    @Test("hexadecimal is two small digits a byte")
    func hexadecimal() { #expect([0, 9, 0x0A, 0xFF, 0x10].hexadecimal == "00090aff10") }
}
