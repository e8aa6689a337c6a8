/// Finds ages: a number before 岁 or "years old", or behind "I'm" or "turned".
struct AgeDetector {
    private let text: FoldedText
    private let cues: Cues
    private var found: [Entity] = []

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.digitCount > 0 || text.filter.mayContain(0x5341) else { return }
        var detector = AgeDetector(text: text, cues: cues)
        detector.suffixed()
        detector.stated()
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    private mutating func add(_ range: Range<Int>, _ score: Double, _ rule: String) {
        found.append(Entity(type: .age, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
    }

    private func isAlphanumeric(_ index: Int) -> Bool { FoldedText.isLatin(text.units[index]) || FoldedText.isDigit(text.units[index]) }

    /// 35岁, 34 years old, 84-year-old.
    private mutating func suffixed() {
        guard text.filter.mayContain(0x5C81) || (text.filter.mayContain(0x79) && text.filter.mayContain(0x6F)) else { return }
        // A number ends before each suffix.
        var index = 0
        while index < text.count {
            index = text.next([.numeral, .multiple], from: index) + 1
            guard index < text.count, text.digits[index] == 255, text.digits[index - 1] != 255 || text.units[index - 1] == 0x5341 else { continue }
            guard let suffix = Self.suffixes.first(at: index, in: text) else { continue }
            var start = index
            while start > 0, index - start < 4, text.digits[start - 1] != 255 || text.units[start - 1] == 0x5341 { start -= 1 }
            let length = index - start
            guard (1...3).contains(length), start == 0 || !isAlphanumeric(start - 1) else { continue }
            // 三岁以下 says nothing of anyone; 我今年三岁 does.
            let isSomeones =
                suffix[0] != 0x5C81 && suffix[0] != 0x5468 || cues.before(start, within: 8, where: { $0 == .age || $0 == .name }) != nil
                || text.units[max(0, start - 6)..<start].contains { [0x6211, 0x4ED6, 0x5979].contains($0) }
            add(start..<index + suffix.count, isSomeones ? 0.8 : 0.4, "age.suffix")
        }
    }

    private static let suffixes = PhraseList(["岁", "周岁", " years old", "-year-old", " year old", "-years-old", " yrs old", " y/o", "y/o", " yo ", "yo,"])

    /// "I'm 41,", "just turned 60", "at the age of 61", "when he was 78."
    private mutating func stated() {
        guard text.hasLatin else { return }
        var end = 0
        while end < text.count {
            let index = text.next(.digit, from: end)
            end = text.end(of: .digit, from: index)
            guard let cue = Self.before.last(before: index, in: text), index == cue.count || !FoldedText.isLatin(text.units[index - cue.count - 1]) else { continue }
            guard (1...3).contains(end - index), let age = Int(text.string(index..<end)), (1...119).contains(age), isEnd(end) else { continue }
            add(index..<end, 0.7, "age.stated")
        }
    }

    private static let before = PhraseList([
        "i'm ", "i am ", "i\u{2019}m ", "turned ", "i'll turn ", "i turn ", "age of ", "aged ", "age ", "age: ", "he was ", "she was ", "i was ", "he is ", "she is ", "he's ",
        "she's ",
    ])

    /// Whether the number counts nothing else: a mark, or words that go with an age.
    private func isEnd(_ end: Int) -> Bool {
        guard end < text.count else { return true }
        switch text.units[end] {
        case 0x2C, 0x21, 0x3F, 0x3B, 0x29, 0x0A: return true
        case 0x2E: return end + 1 == text.count || !FoldedText.isDigit(text.units[end + 1])
        default: return Self.after.begins(at: end, in: text)
        }
    }

    private static let after = PhraseList([" and i", " this year", " last ", " today", " years", " when", " now", " next", " yesterday", " male", " female"])
}
