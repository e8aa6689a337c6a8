import Testing

@testable import Detection

@Suite("Patterns of a deployment's own")
struct PatternTests {
    /// The stretches that a pattern finds, as a recognizer without cues does.
    private func found(_ pattern: String, in text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        var entities: [Entity] = []
        try Recognizer(name: "OWN_NO", pattern: pattern).detect(in: FoldedText(bytes.span), into: &entities)
        return entities.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
    }

    @Test(
        "what is understood",
        arguments: [
            ("VC\\d{8}", "card vc12345678, VC1234567 and VC123456789", ["vc12345678"]),
            ("[A-C][^0-9]\\d", "AX1 bb2 a12 dx1", ["AX1", "bb2"]), ("(KD|KH)-\\d{2,4}", "KD-1 KD-12 kh-12345 KH-1234", ["KD-12", "KH-1234"]),
            ("a(b|c)*d?", "abcbcd ac x abx", ["abcbcd", "ac"]), ("\\d+(?:\\.\\d+)?", "3 4.5 6.", ["3", "4.5", "6"]), ("会员[甲乙]\\d\\d", "會員甲12和会员乙34", ["會員甲12", "会员乙34"]),
            ("L.\\sX", "lo x l\n x", ["lo x"]), ("[\\d-]{4,6}", "12-34 1-2", ["12-34"]), ("a{0,1}b{2}", "abb bb b", ["abb", "bb"]), ("\\w{3}\\W", "abc! ab", ["abc!"]),
            ("ＡＢ\\d", "AB1 ａｂ２", ["AB1", "ａｂ２"]), ("\\+\\*\\?", "+*? +*", ["+*?"]),
        ])
    func understood(pattern: String, text: String, expected: [String]) throws { #expect(try found(pattern, in: text) == expected) }

    @Test("nothing inside a word or a number is found, and the longest match counts")
    func boundaries() throws {
        #expect(try found("\\d{4}", in: "12345 1234 a1234 1234b 1234号") == ["1234", "1234"])
        #expect(try found("a|ab|abc", in: "abc ab") == ["abc", "ab"])
        #expect(try found("\\d{2}-?\\d*", in: "12-345") == ["12-345"])
    }

    @Test("a match has at most 128 characters", arguments: [(128, 1), (129, 0)])
    func longest(length: Int, count: Int) throws { #expect(try found("x+", in: String(repeating: "x", count: length)).count == count) }

    @Test("what costs others exponential time is one walk here")
    func walk() throws {
        let text = String(repeating: "a", count: 200_000)
        #expect(try found("(a*)*b", in: text).isEmpty && found("(a|a)*(a|aa)+b", in: text).isEmpty && found("(x+x+)+y", in: String(repeating: "x", count: 200_000)).isEmpty)
    }

    @Test(
        "what is not understood is refused, with its place",
        arguments: [
            ("", "empty"), ("a*", "an empty text"), ("(ab", "'(' at character 1 is not closed"), ("ab)", "')' at character 3 closes nothing"),
            ("[ab", "'[' at character 1 is not closed"),
            ("[z-a]", "runs backwards"), ("[]", "is empty"), ("a{2", "is not closed"), ("a{x}", "a number to 100"), ("a{3,2}", "between the first and 100"),
            ("a{0}", "between the first and 100"), ("a**", "follows a repetition"), ("+a", "repeats nothing"),
            ("^a$", "not needed"), ("\\ba", "not needed"), ("(a)\\1", "refers to a group"), ("(?=a)b", "assertion"), ("(?<n>a)", "named group"),
            ("\\p{L}", "'\\p' is not supported"), ("a\\", "stands at the end"),
            ("((a{100}){100}){2}", "more than 2000 states"), (String(repeating: "(", count: 21) + "a" + String(repeating: ")", count: 21), "20 deep"), ("a\u{200B}b", "invisible"),
        ])
    func refused(pattern: String, message: String) {
        let failure = #expect(throws: Pattern.Failure.self) { try Pattern(pattern) }
        #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
    }
}
