/// The words and numbers of a text as addresses in Latin letters have them: O'Brien, 57th and 4-21 are one each.
struct StreetTokens {
    struct Token {
        var range: Range<Int>
        var hash: UInt32
        var digits: Int
        var isCapital: Bool
        /// What stands before it, less blanks, line breaks and commas, is nothing.
        var isJoined: Bool
        var hasBreak: Bool
        var hasComma: Bool

        var isNumber: Bool { digits > 0 }
    }

    private(set) var all: [Token] = []
    /// Whether none begins with a capital.
    private(set) var isSmall = true

    init(of text: FoldedText) {
        let units = text.units
        var index = 0
        var lastEnd = 0
        while true {
            index = text.next([.letter, .digit, .ordinalSign], from: index)
            guard index < units.count else { return }
            let start = index
            var hash = WordSet.basis
            var digits = 0
            while index < units.count, Self.isPart(index, text) {
                hash = WordSet.add(PlainLetters.of(units[index]), to: hash)
                if text.traits[index].contains(.digit) { digits += 1 }
                index += 1
            }
            let gap = lastEnd..<start
            let isJoined = gap.count <= 10 && gap.allSatisfy { Self.gaps.contains(units[$0]) } && !endsSentence(gap, text)
            if text.isUpper(start) { isSmall = false }
            all.append(
                Token(
                    range: start..<index, hash: hash, digits: digits, isCapital: text.isUpper(start), isJoined: isJoined,
                    hasBreak: gap.contains { units[$0] == 0x0A }, hasComma: gap.contains { units[$0] == 0x2C }))
            lastEnd = index
        }
    }

    /// Whether a number stands beside a blank or a mark that joins it to a word: each address has one.
    static func hasNumber(in text: FoldedText) -> Bool {
        var end = 0
        while end < text.count {
            var start = text.next(.digit, from: end)
            end = start
            while end < text.count, isPart(end, text) { end += 1 }
            while start > 0, isPart(start - 1, text) { start -= 1 }
            if start < end, start > 0 && gaps.contains(text.units[start - 1]) || end < text.count && gaps.contains(text.units[end]) { return true }
        }
        return false
    }

    /// What may join two tokens.
    private static let gaps = UnitSet(" ,\n\r\t.#>|()")

    static func isWord(_ index: Int, _ text: FoldedText) -> Bool { !text.traits[index].isDisjoint(with: [.letter, .digit, .ordinalSign]) }

    private static func isPart(_ index: Int, _ text: FoldedText) -> Bool { isWord(index, text) || isJoint(index, text) }

    private static func isJoint(_ index: Int, _ text: FoldedText) -> Bool {
        [0x27, 0x2D, 0x2F].contains(text.units[index]) && index + 1 < text.count && index > 0 && isWord(index - 1, text) && isWord(index + 1, text)
    }

    /// A full stop behind more than an abbreviation ends a sentence.
    private func endsSentence(_ gap: Range<Int>, _ text: FoldedText) -> Bool {
        guard let dot = gap.first(where: { text.units[$0] == 0x2E }), let last = all.last else { return false }
        return !(dot == last.range.upperBound && (last.range.count <= 4 && !last.isNumber || StreetWords.units.contains(last.hash)))
            && !(last.isNumber && gap.contains { text.units[$0] == 0x0A })
    }
}
