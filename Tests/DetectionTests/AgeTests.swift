import Detection
import Testing

@Suite("Ages")
struct AgeTests {
    @Test(
        "an age is found without a cue word of its own",
        arguments: [
            ("a 67-year-old customer", "a [AGE] customer"), ("I'm 52, and this is the first time", "I'm [AGE], and this is the first time"),
            ("she just turned 81", "she just turned [AGE]"),
            ("at the age of 19.", "at the age of [AGE]."), ("我妈七十六岁了", "我妈[AGE]了"),
        ])
    func found(text: String, expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "numbers that count something else stay", arguments: ["I'm 5 minutes away", "turned 90 degrees", "I am 100 percent sure", "适合三岁以下", "aged 12 months", "I'm 2.5 miles away"])
    func notFound(text: String) { #expect(Detector().redact(text) == text) }

    @Test("nobody is 120")
    func boundary() { #expect(Detector().redact("I'm 119, really") == "I'm [AGE], really" && Detector().redact("I'm 120, really") == "I'm 120, really") }
}
