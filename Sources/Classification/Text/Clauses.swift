/// The parts of a text that judge one thing at a time: what stands between marks, and what a turn such as "but" begins.
struct Clauses {
    struct Clause {
        /// With the marks that end it.
        var range: Range<Int>
        var isQuestion = false
        var isExclamation = false
        /// Whether a sentence ends with it.
        var endsSentence = false
    }

    private static let turns: PhraseTrie = {
        var trie = PhraseTrie()
        for turn in ["但是", "但", "不过", "可是", "然而", "就是", "只是", "but", "however", "although"] {
            _ = trie.insert(turn.unicodeScalars.map(\.value), value: FoldedText.isHan(turn.unicodeScalars.first!.value) ? 0 : 1)
        }
        return trie
    }()

    static func of(_ text: FoldedText) -> [Clause] {
        let scalars = text.scalars
        var clauses: [Clause] = []
        var clause = Clause(range: 0..<0)
        var start = 0
        var isEnding = false
        func flush(_ end: Int) {
            if end > start {
                clause.range = start..<end
                clauses.append(clause)
            }
            clause = Clause(range: 0..<0)
            (start, isEnding) = (end, false)
        }
        for place in scalars.indices {
            let scalar = scalars[place]
            if isMark(scalar, scalars, place) {
                isEnding = true
                if scalar == 0x3F { clause.isQuestion = true }
                if scalar == 0x21 { clause.isExclamation = true }
                if scalar == 0x3F || scalar == 0x21 || scalar == 0x2E || scalar == 0x3002 || scalar == 0x0A { clause.endsSentence = true }
                continue
            }
            if isEnding { flush(place) }
            if place > start + 1, turns(scalars, place) { flush(place) }
        }
        flush(scalars.count)
        return clauses
    }

    private static func turns(_ scalars: [UInt32], _ place: Int) -> Bool {
        var found = false
        turns.matches(in: scalars, at: place, before: scalars.count) { end, value in
            let isWhole = !FoldedText.isWord(scalars[place - 1]) && (end == scalars.count || !FoldedText.isWord(scalars[end]))
            if value == 0 || isWhole { found = true }
        }
        return found
    }

    /// Marks that end a clause. A point between digits ends nothing, nor does a blank between words.
    private static func isMark(_ scalar: UInt32, _ scalars: [UInt32], _ place: Int) -> Bool {
        switch scalar {
        case 0x2E, 0x3A, 0x2C:
            let isBetween = place > 0 && place + 1 < scalars.count
            return !(isBetween && scalars[place - 1] &- 0x30 < 10 && scalars[place + 1] &- 0x30 < 10)
        case 0x21, 0x3F, 0x3B, 0x7E, 0x28, 0x29, 0x0A, 0x3001, 0x3002, 0x2026, 0x300C, 0x300D, 0x3010, 0x3011: return true
        case 0x20, 0x09:
            let next = scalars[(place + 1)...].first { $0 != 0x20 }
            return (place > 0 && FoldedText.isHan(scalars[place - 1])) || next.map(FoldedText.isHan) == true
        default: return false
        }
    }
}
