import Testing
import Wire

@Suite("Text that is shown to people")
struct VisibleTextTests {
    @Test("what acts on other text without being seen is what Unicode says it is, and nothing else")
    func hidden() {
        for value in 0...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            let acts =
                switch properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: true
                // U+200C and U+200D join and part letters, and make emoji of several persons.
                case .format: properties.isDefaultIgnorableCodePoint && value != 0x200C && value != 0x200D
                default: false
                }
            #expect(VisibleText.isHidden(scalar) == acts, "U+\(String(value, radix: 16))")
        }
    }

    @Test(
        "it is named where it stands",
        arguments: [
            ("a\u{202E}b\u{202C}", "a<U+202E>b<U+202C>"), ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>"), ("\u{200E}\u{200F}\u{61C}", "<U+200E><U+200F><U+061C>"),
            ("\u{1B}[31mred\u{7}", "<U+001B>[31mred<U+0007>"), ("\u{9B}2J", "<U+009B>2J"), ("a\u{2028}b\u{2029}c", "a<U+2028>b<U+2029>c"),
            ("a\u{0}b\u{7F}", "a<U+0000>b<U+007F>"), ("in\u{200B}visible\u{E0041}", "in<U+200B>visible<U+E0041>"), ("a\rb", "a<U+000D>b"),
            ("空调 👨\u{200D}👩\u{200D}👧 ok", "空调 👨\u{200D}👩\u{200D}👧 ok"),
        ])
    func named(text: String, shown: String) {
        #expect(VisibleText.lines(text) == shown)
        #expect(VisibleText.line(text) == shown)
    }

    @Test("lines stay lines where there is room for them, and one line stays one")
    func lines() {
        #expect(VisibleText.lines("a\tb\r\nc\nd") == "a\tb\nc\nd")
        #expect(VisibleText.line("a\tb\r\nc\nd") == "a b c d")
    }
}
