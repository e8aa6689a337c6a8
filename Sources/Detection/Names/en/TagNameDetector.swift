/// Finds tags that are a person's name: `#JaneDoe`.
enum TagNameDetector {
    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard text.hasLatin, text.filter.mayContain(0x23) else { return }
        for start in text.units.indices where text.units[start] == 0x23 {
            let parts = parts(from: start + 1, in: text)
            guard (2...3).contains(parts.count), isName(parts.map { hash($0, in: text) }) else { continue }
            let range = start..<parts[parts.count - 1].upperBound
            found.append(Entity(type: .person, bytes: text.bytes(range), score: 0.8, rule: "name.en-tag", key: text.key(start + 1..<range.upperBound)))
        }
    }

    /// The words that capitals begin, up to where the letters end; none where a digit follows.
    private static func parts(from start: Int, in text: FoldedText) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var index = start
        while index < text.count, index - start < 40, FoldedText.isLetter(text.units[index]) {
            if text.isUpper(index) || parts.isEmpty {
                parts.append(index..<index + 1)
            } else {
                parts[parts.count - 1] = parts[parts.count - 1].lowerBound..<index + 1
            }
            index += 1
        }
        let isFree = index == text.count || !(FoldedText.isDigit(text.units[index]) || text.units[index] == 0x5F)
        return isFree && parts.allSatisfy({ $0.count > 1 && text.isUpper($0.lowerBound) }) ? parts : []
    }

    private static func hash(_ range: Range<Int>, in text: FoldedText) -> UInt32 {
        range.reduce(WordSet.basis) { WordSet.add(PlainLetters.of(text.units[$1]), to: $0) }
    }

    /// A given name, then a family name or what is no word of the language.
    private static func isName(_ words: [UInt32]) -> Bool {
        typealias Listed = EnglishWords.Listed
        let lists = words.map { Lexicon.shared.listed($0) }
        guard let first = lists.first, let last = lists.last, first & Listed.first != 0 else { return false }
        let isWord = last & (Listed.common | Listed.rare | Listed.place) != 0
        if last & Listed.last != 0 { return first & Listed.ambiguous == 0 || !isWord }
        return !isWord && first & (Listed.ambiguous | Listed.common) == 0
    }
}
