import Testing

@testable import Detection

/// What detectors look up in one shared scan of a text is what each would find by itself.
@Suite("The shared scan of a text")
struct SharedScanTests {
    /// Numbers that are the same at each run (Knuth's MMIX).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static let pieces = [
        "a", "b", "W", "Z", "é", "Ü", "ß", "Ж", "α", "ı", "7", "0", "１", "٣", "②", "三", "幺", "洞", "拐", "十", "百", "〇", " ", ",", "。", "-", "·", "\n", "@", ":", "/", "º", "ｗ", "Ｑ",
        "电", "話", "王", "欧阳",
        "北京", "小区", "我叫", "糖尿病", "买买提", "海底捞", "味道", "at", "call me", "diabetes", "www", "か", "ก", "😀", "𠀀", "\u{200B}", "e\u{301}", "邮箱", "年龄", "艾特", "one", "nine",
    ]

    private static func texts(_ count: Int) -> [FoldedText] {
        var numbers = Numbers(state: 24)
        return (0..<count).map { _ in
            text(of: pieces, Int.random(in: 0...40, using: &numbers), &numbers)
        }
    }

    private static func text(of pieces: [String], _ count: Int, _ numbers: inout Numbers) -> FoldedText {
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes += pieces.randomElement(using: &numbers)!.utf8 }
        return FoldedText(bytes.span)
    }

    @Test("a character's traits are what it is")
    func traits() {
        for text in Self.texts(200) {
            #expect(text.traits.count == text.count)
            for (index, unit) in text.units.enumerated() {
                let traits = text.traits[index]
                #expect(traits.contains(.latin) == FoldedText.isLatin(unit) && traits.contains(.letter) == FoldedText.isLetter(unit))
                #expect(traits.contains(.digit) == FoldedText.isDigit(unit) && traits.contains(.numeral) == (text.digits[index] != 255))
                #expect(traits.contains(.han) == FoldedText.isHan(unit) && traits.contains(.otherScript) == LanguageGate.isOther(unit))
                #expect(traits.contains(.separator) == FoldedText.isSeparator(unit))
            }
            #expect(text.hasHan == text.units.contains(where: FoldedText.isHan) && text.hasLatin == text.units.contains(where: FoldedText.isLatin))
            #expect(text.digitCount == text.digits.count { $0 != 255 })
        }
    }

    @Test("the next place with a trait is the first one that has it")
    func places() {
        for text in Self.texts(60) {
            for wanted in [CharacterTraits.han, .digit, [.latin, .numeral], .surname] {
                for place in 0...text.count {
                    #expect(text.next(wanted, from: place) == text.traits[place...].firstIndex { !$0.isDisjoint(with: wanted) } ?? text.count)
                    #expect(text.end(of: wanted, from: place) == text.traits[place...].firstIndex { $0.isDisjoint(with: wanted) } ?? text.count)
                }
            }
        }
    }

    @Test("nothing begins where its trait is missing")
    func beginnings() {
        for text in Self.texts(200) {
            for place in text.units.indices {
                let traits = text.traits[place]
                #expect(traits.contains(.cue) || Cues.table.longest(at: place, in: text) == nil)
                #expect(traits.contains(.specialTerm) || SpecialTerms.table.longest(at: place, in: text) == nil)
                #expect(traits.contains(.brand) || !Brands.all.begins(at: place, in: text))
                #expect(traits.contains(.judgement) || !ChineseNameDetector.judging.begins(at: place, in: text))
                #expect(traits.contains(.placeWord) || !ChineseAddressDetector.named.begins(at: place, in: text))
                #expect(traits.contains(.surname) || Lexicon.shared.surname(text.units[place..<place + 1]) == nil)
                for length in 2...4 where place + length <= text.count {
                    #expect(traits.contains(.region) || !Lexicon.shared.isPlace(text.units[place..<place + length]))
                }
            }
        }
    }

    @Test("the words in Latin letters are the runs of them")
    func latinWords() {
        for text in Self.texts(300) {
            let words = LatinWords(of: text)
            let runs = text.units.split { !FoldedText.isLatin($0) }
            #expect(words.units == runs.map { $0.startIndex..<$0.endIndex })
            #expect(words.hashes == runs.map { $0.reduce(WordSet.basis) { WordSet.add($1, to: $0) } })
        }
    }

    private static let phrases = ["一路", "路", "ab", "a", "abc", "三个", "个", "b7", "  ", "a b", "路一路", "ba", "cab", "路 a"]
    private static let letters = ["a", "b", "c", "路", "一", "三", "个", "7", " "]

    private static func short(_ count: Int) -> [FoldedText] {
        var numbers = Numbers(state: 7)
        return (0..<count).map { _ in text(of: letters, Int.random(in: 0...12, using: &numbers), &numbers) }
    }

    @Test("the first phrase of a list that stands at a place is found, and only what does")
    func phraseLists() {
        let list = PhraseList(Self.phrases)
        let all = Self.phrases.map { $0.unicodeScalars.map(\.value) }
        for text in Self.short(200) {
            for place in 0...text.count {
                let expected = all.first { text.units[place...].starts(with: $0) }
                #expect(list.first(at: place, in: text) == expected && list.begins(at: place, in: text) == (expected != nil))
                #expect(list.first(at: place, in: text) { $0.count > 1 } == all.first { $0.count > 1 && text.units[place...].starts(with: $0) })
                #expect(list.last(before: place, in: text) == all.first { text.units[..<place].reversed().starts(with: $0.reversed()) })
                for end in place...text.count { #expect(list.contains(place..<end, in: text) == all.contains(Array(text.units[place..<end]))) }
            }
        }
    }

    @Test("the longest word of a table that stands at a place is found, in Latin letters a whole one")
    func wordTables() {
        let words = Self.phrases.enumerated().map { (units: $1.unicodeScalars.map(\.value), value: $0) }
        let table = WordTable(words)
        for text in Self.short(500) {
            for place in text.units.indices {
                let standing = words.filter { word in
                    let end = place + word.units.count
                    guard text.units[place...].starts(with: word.units) else { return false }
                    let isInside = place > 0 && FoldedText.isLetter(text.units[place - 1]) || end < text.count && FoldedText.isLetter(text.units[end])
                    return !(FoldedText.isLatin(word.units[0]) && isInside)
                }
                #expect(table.longest(at: place, in: text)?.value == standing.max { $0.units.count < $1.units.count }?.value)
            }
        }
    }
}
