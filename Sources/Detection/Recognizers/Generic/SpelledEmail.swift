/// Finds e-mail addresses whose signs are words: na艾特qq点com, john at example dot com, na[at]example.com.
enum SpelledEmail {
    private static let ats = PhraseList(["艾特", "圈a", "小老鼠", "[at]", "(at)", "{at}", " at ", " @ "])
    /// What they are found by.
    static let anchors = "a@艾圈小".unicodeScalars.map(\.value)
    /// The pairs of characters that they begin with, but for a lone @.
    private static let signs: [(UInt32, UInt32)] = [(0x61, 0x74), (0x827E, 0x7279), (0x5708, 0x61), (0x5C0F, 0x8001)]
    private static let dots = PhraseList(["点", "[dot]", "(dot)", " dot ", " . ", "."])
    private static let endings: Set<String> = [
        "com", "cn", "net", "org", "edu", "gov", "io", "me", "co", "uk", "hk", "tw", "de", "jp", "info", "vip", "xyz", "fr", "es", "it", "ie", "au", "ca", "nl",
    ]

    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard signs.contains(where: { text.filter.mayContain($0, $1) }) || text.filter.mayContain(0x40) else { return }
        var free = 1
        var index = text.next(.spelledAt, from: free)
        while index < text.count {
            // A blank or a bracket stands before at and @.
            let start = text.traits[index].contains(.han) ? index : index - 1
            if start >= free, start + 3 < text.count, let sign = ats.first(at: start, in: text), let range = address(around: start..<start + sign.count, in: text) {
                found.append(Entity(type: .email, bytes: text.bytes(range), score: 0.9, rule: "email.spelled", key: text.key(range)))
                free = range.upperBound
            }
            index = text.next(.spelledAt, from: max(free, index + 1))
        }
    }

    private static func isPart(_ unit: UInt32) -> Bool {
        FoldedText.isLatin(unit) || FoldedText.isDigit(unit) || unit == 0x5F || unit == 0x2D
    }

    private static let joints = PhraseList([" underscore ", " dot ", " hyphen ", " dash ", " period "])

    private static let hyphens = PhraseList([" hyphen ", " dash ", " underscore "])
    /// Number words, the longest first.
    private static let numbers = PhraseList(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen twenty thirty forty fifty sixty seventy eighty ninety".split(separator: " ").map(String.init)
            .sorted { $0.count > $1.count })

    private static func isSingle(before end: Int, _ text: FoldedText) -> Bool {
        guard end > 0, FoldedText.isLatin(text.units[end - 1]), text.units[end - 1] != 0x61, text.units[end - 1] != 0x69 else { return false }
        return end == 1 || text.units[end - 2] == 0x20
    }

    private static func address(around sign: Range<Int>, in text: FoldedText) -> Range<Int>? {
        var start = sign.lowerBound
        while start > 0, sign.lowerBound - start < 64 {
            if isPart(text.units[start - 1]) || text.units[start - 1] == 0x2E {
                start -= 1
            } else if let joint = joints.last(before: start, in: text), start > joint.count {
                // priya underscore raghu, j dot smith
                start -= joint.count
            } else if text.units[start - 1] == 0x20, let number = numbers.first(at: start, in: text),
                start + number.count == sign.lowerBound || text.units[start + number.count] == 0x20
            {
                // raghu ninety two
                start -= 1
            } else if text.units[start - 1] == 0x20, isSingle(before: start - 1, text) {
                // j smith: an initial alone belongs to it.
                start -= 2
            } else {
                break
            }
        }
        guard start < sign.lowerBound else { return nil }
        var index = sign.upperBound
        while index < text.count, index - sign.upperBound < 2, text.units[index] == 0x20 { index += 1 }
        var end: Int?
        var labels = 0
        while labels < 5 {
            let label = index
            while index < text.count, index - label < 63, isPart(text.units[index]) { index += 1 }
            guard index > label else { break }
            labels += 1
            while let joint = hyphens.first(at: index, in: text) {
                index += joint.count
                while index < text.count, index - label < 63, isPart(text.units[index]) { index += 1 }
            }
            if labels > 1, endings.contains(text.string(label..<index)) { end = index }
            guard let dot = dots.first(at: index, in: text) else { break }
            index += dot.count
        }
        return end.map { start..<$0 }
    }
}
