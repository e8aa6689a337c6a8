import Detection
import Testing

@Suite("Phones")
struct PhoneTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "everyday cues, before the number and behind it",
        arguments: [
            ("call me 9145550143", "call me [PHONE]"), ("text me on 450 0840", "text me on [PHONE]"), ("my number is 358 0594", "my number is [PHONE]"),
            ("416 60 039 office", "[PHONE] office"),
            ("电话尾号0917对吗", "电话尾号[PHONE]对吗"), ("call me tomorrow", "call me tomorrow"), ("text me 3 times", "text me 3 times"),
        ])
    func cues(text: String, expected: String) { expect(text, expected) }

    @Test(
        "forms of other countries",
        arguments: [
            ("Appelle au 06 12 55 56 78.", "Appelle au [PHONE]."), ("010-2345-6789", "[PHONE]"), ("07700 900142", "[PHONE]"), ("98765 43210", "[PHONE]"),
            ("0151 23456789", "[PHONE]"), ("(604) 555-0143 ext. 22", "[PHONE_1] ext. [PHONE_2]"),
            ("12 34 56 78 90", "12 34 56 78 90"), ("12345 67890", "12345 67890"),
        ])
    func countries(text: String, expected: String) { expect(text, expected) }

    @Test(
        "an o between digits is a zero; a number at home",
        arguments: [("电话138 22o1 4567", "电话[PHONE]"), ("mobile 8123 4567, home 6234 5678", "mobile [PHONE_1], home [PHONE_2]"), ("call 10 or 20 of them", "call 10 or 20 of them")])
    func letters(text: String, expected: String) { expect(text, expected) }

    @Test("digits as radio operators say them", arguments: [("手机幺三九洞洞勾拐两三拐两", "手机[PHONE]"), ("山洞拐弯处", "山洞拐弯处")])
    func radio(text: String, expected: String) { expect(text, expected) }

    @Test(
        "spoken numbers with hundred and then",
        arguments: [
            ("oh seven seven double oh nine hundred one four two", "[PHONE]"), ("three one two then five five five then oh one eight seven", "[PHONE]"),
            ("one hundred and then some", "one hundred and then some"),
        ])
    func spoken(text: String, expected: String) { expect(text, expected) }
}
