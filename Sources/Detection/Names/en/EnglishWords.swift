/// The words of a text in letters, as detection of names sees them.
package struct EnglishWords: Sendable {
    struct Word {
        var units: Range<Int>
        /// Of its letters, lowered and without their accents.
        var hash: UInt32
        /// How it is written: ``Shape``.
        var shape: UInt8
        /// What the lexicon says: ``Listed``.
        var list: UInt8
        /// Only a blank, or an initial's dot and a blank, stands between it and the word before.
        var follows: Bool
        var beginsSentence: Bool
        /// What stands before it, folded to few kinds.
        var gap: UInt8
        /// Of a handle, a tag, an address of the net: no word of the sentence.
        var isToken: Bool

        var isCapital: Bool { shape != Shape.lower }
    }

    enum Shape {
        static let lower: UInt8 = 0
        static let capital: UInt8 = 1
        static let allCaps: UInt8 = 2
        static let initial: UInt8 = 3
        static let mixed: UInt8 = 4
    }

    enum Listed {
        static let first: UInt8 = 1
        static let last: UInt8 = 2
        static let ambiguous: UInt8 = 4
        /// A common word of the language, another one, and what is always a capital and no person: places, peoples, months.
        static let common: UInt8 = 8
        static let rare: UInt8 = 16
        static let place: UInt8 = 32
    }

    private(set) var words: [Word] = []
    /// Whether the text has letters of both cases; without, case says nothing.
    private(set) var style: UInt8 = 0

    init(of text: FoldedText) {
        guard text.hasLatin else { return }
        words.reserveCapacity(text.count / 6 + 4)
        let units = text.units
        let lexicon = Lexicon.shared
        var index = 0
        var lastEnd = -1
        var beginsSentence = true
        var (uppers, lowers) = (0, 0)
        while index < units.count {
            guard text.traits[index].contains(.letter) else {
                if text.traits[index].contains(.sentenceEnd), !(index >= 2 && words.last?.units.count == 1) { beginsSentence = true }
                index = text.next([.letter, .sentenceEnd], from: index + 1)
                continue
            }
            let start = index
            var hash = WordSet.basis
            var (capitals, smalls) = (0, 0)
            // O'Brien and Smith-Jones are one word.
            while index < units.count {
                let unit = units[index]
                let isLetter = text.traits[index].contains(.letter)
                guard isLetter || index > start && Self.isJoint(index, units) else { break }
                hash = WordSet.add(PlainLetters.of(unit), to: hash)
                if text.isUpper(index) { capitals += 1 } else if isLetter { smalls += 1 }
                index += 1
            }
            uppers += capitals
            lowers += smalls
            let isUpper = text.isUpper(start)
            let shape =
                capitals == 0
                ? Shape.lower
                : index - start == 1 ? Shape.initial : smalls == 0 ? Shape.allCaps : isUpper && capitals == 1 ? Shape.capital : Shape.mixed
            let follows = lastEnd >= 0 && joins(lastEnd..<start, text)
            words.append(
                Word(
                    units: start..<index, hash: hash, shape: shape, list: lexicon.listed(hash), follows: follows, beginsSentence: beginsSentence,
                    gap: Self.gap(max(lastEnd, 0)..<start, units), isToken: Self.isToken(start..<index, units)))
            beginsSentence = false
            lastEnd = index
        }
        style = uppers == 0 ? 1 : lowers * 2 < uppers ? 2 : 0
    }

    /// The runs of words that may make a name together.
    package var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        var index = 0
        while index < words.count {
            let start = index
            index += 1
            guard !words[start].isToken else { continue }
            while index < words.count, words[index].follows, !words[index].isToken { index += 1 }
            runs.append(start..<index)
        }
        return runs
    }

    /// Not a small word that no list of names has, where others have capitals.
    @inline(__always)
    func mayBeName(_ index: Int) -> Bool {
        let word = words[index]
        return word.isCapital || word.list & (Listed.first | Listed.last) != 0 || style != 0
    }

    package func units(of word: Int) -> Range<Int> { words[word].units }

    // MARK: Features

    /// The buckets of a word's features: words around it and how they are written, what lists say of them, their ends.
    func features(at index: Int, in text: FoldedText, _ take: (Int) -> Void) {
        func add(_ template: UInt64, _ a: UInt32, _ b: UInt32 = 0) {
            let key = template << 58 ^ UInt64(a) << 27 ^ UInt64(b)
            var hash = (key ^ key >> 32) &* 0xD6E8_FEB8_6659_FD93
            hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
            take(Int(truncatingIfNeeded: hash >> 46))
        }
        func word(_ offset: Int) -> (hash: UInt32, form: UInt32, list: UInt32, gap: UInt32) {
            let place = index + offset
            guard words.indices.contains(place) else { return (1, 15, 8, 15) }
            let word = words[place]
            return (word.isToken ? 2 : word.hash, UInt32(word.shape) | (word.beginsSentence ? 8 : 0), UInt32(word.list), UInt32(word.gap))
        }
        let (b, a, w, n, m) = (word(-2), word(-1), word(0), word(1), word(2))
        let style = UInt32(style)
        add(1, w.hash)
        add(2, a.hash, w.gap)
        add(3, n.hash, n.gap)
        add(4, b.hash)
        add(5, m.hash)
        add(6, a.hash, w.hash &* 31)
        add(7, w.hash, n.hash &* 31)
        add(8, a.hash, n.hash &* 31)
        add(9, b.hash, a.hash &* 31)
        add(10, n.hash, m.hash &* 31)
        let form = w.form << 2 | style
        add(11, form, w.gap << 8 | n.gap)
        add(12, form << 16 | a.form << 8 | n.form, w.gap << 8 | n.gap)
        add(13, a.hash, form << 8 | w.list)
        add(14, n.hash, form << 8 | w.list)
        add(15, w.list << 16 | a.list << 8 | n.list, form)
        add(16, w.list << 16 | n.list << 8 | form, n.form << 8 | n.gap)
        add(17, w.list << 16 | a.list << 8 | form, a.form << 8 | w.gap)
        add(18, b.hash, form << 8 | a.list)
        let range = words[index].units
        func end(_ length: Int) -> UInt32 {
            var hash: UInt32 = UInt32(length)
            for place in max(range.lowerBound, range.upperBound - length)..<range.upperBound { hash = hash &* 31 &+ PlainLetters.of(text.units[place]) }
            return hash
        }
        func start(_ length: Int) -> UInt32 {
            var hash: UInt32 = UInt32(length)
            for place in range.lowerBound..<min(range.upperBound, range.lowerBound + length) { hash = hash &* 31 &+ PlainLetters.of(text.units[place]) }
            return hash
        }
        add(19, end(2), form)
        add(20, end(3), form)
        add(21, end(4))
        add(22, start(2), form)
        add(23, start(3))
        add(24, UInt32(min(range.count, 12)), form << 8 | w.list)
        let isPlain = FoldedText.isLatin(text.units[range.lowerBound])
        let hasAccent = range.contains { !FoldedText.isLatin(text.units[$0]) }
        add(25, (isPlain ? 1 : 0) | (hasAccent ? 2 : 0), form << 8 | w.gap)
        add(26, m.hash, form << 8 | n.form)
    }

    // MARK: Between words

    /// Whether what stands behind the last word, up to the next, joins the two.
    private func joins(_ gap: Range<Int>, _ text: FoldedText) -> Bool {
        guard gap.count <= 3 else { return false }
        var (hasSpace, hasDot) = (false, false)
        for index in gap {
            switch text.units[index] {
            case 0x20: hasSpace = true
            case 0x2E: hasDot = true
            default: return false
            }
        }
        return hasSpace && (!hasDot || isAbbreviation(words[words.count - 1], text))
    }

    private func isAbbreviation(_ word: Word, _ text: FoldedText) -> Bool {
        word.units.count <= 2 || (word.isCapital && word.units.count <= 4 && ["mrs", "prof"].contains(text.string(word.units)))
    }

    private static func isJoint(_ index: Int, _ units: [UInt32]) -> Bool {
        [0x27, 0x2019, 0x2D].contains(units[index]) && index + 1 < units.count && FoldedText.isLetter(units[index + 1])
            && !(units[index] != 0x2D && units[index + 1] == 0x73)
    }

    /// The last mark before a word: blank, comma, full stop, line break, colon, at, hash, quote, dash, digit, Han or another.
    private static func gap(_ gap: Range<Int>, _ units: [UInt32]) -> UInt8 {
        guard !gap.isEmpty else { return 0 }
        for index in gap.reversed() where units[index] != 0x20 {
            switch units[index] {
            case 0x2C, 0x3B: return 2
            case 0x2E, 0x21, 0x3F, 0x3002: return 3
            case 0x0A, 0x0D: return 4
            case 0x3A: return 5
            case 0x40, 0x23, 0x5F: return 6
            case 0x22, 0x27, 0x201C, 0x201D, 0x2018, 0x2019: return 7
            case 0x2D, 0x7C, 0x2F: return 8
            case 0x28, 0x5B, 0x3C, 0x3E: return 9
            case 0x26: return 10
            default: return FoldedText.isDigit(units[index]) ? 11 : FoldedText.isHan(units[index]) ? 12 : 13
            }
        }
        return 1
    }

    /// Whether letters are part of a handle, a tag, or an address of the net.
    private static func isToken(_ range: Range<Int>, _ units: [UInt32]) -> Bool {
        if range.lowerBound > 0 {
            let before = units[range.lowerBound - 1]
            if before == 0x40 || before == 0x23 || before == 0x5F || FoldedText.isDigit(before) { return true }
            if before == 0x2F || before == 0x2E, range.lowerBound > 1, units[range.lowerBound - 2] != 0x20 {
                return before == 0x2E ? FoldedText.isLetter(units[range.lowerBound - 2]) && range.count > 1 : true
            }
        }
        guard range.upperBound < units.count else { return false }
        let after = units[range.upperBound]
        if after == 0x5F || after == 0x40 || FoldedText.isDigit(after) { return true }
        if after == 0x3A || after == 0x2E, range.upperBound + 1 < units.count {
            return after == 0x3A ? units[range.upperBound + 1] == 0x2F : FoldedText.isLetter(units[range.upperBound + 1]) && range.count > 2
        }
        return false
    }

    static let sentenceEnds = UnitSet(".!?\u{3002}\n:")
}

/// Reads which words of a text are a person's name, as ``NameTagger`` does for characters.
package struct EnglishTagger: Sendable {
    package static let buckets = 1 << 18
    package static let standard = EnglishTagger(weights: SpanWeights(encoded: DetectionData.englishTagger, rows: buckets))

    let weights: SpanWeights

    /// A text's words with what their features need.
    package struct Sequence: Sendable {
        private let text: FoldedText
        private let words: EnglishWords

        init(_ text: FoldedText, _ words: EnglishWords) { (self.text, self.words) = (text, words) }

        package var runs: [Range<Int>] { words.runs }
        package func units(of word: Int) -> Range<Int> { words.units(of: word) }
        package func features(at index: Int, _ take: (Int) -> Void) { words.features(at: index, in: text, take) }
    }

    /// The words of a text; nil when folding changes the number of its characters.
    package static func words(of text: String, scalars: Int) -> Sequence? {
        let bytes = Array(text.utf8)
        let folded = FoldedText(bytes.span)
        return folded.count == scalars ? Sequence(folded, EnglishWords(of: folded)) : nil
    }

    func scores(_ words: EnglishWords, at index: Int, in text: FoldedText) -> SIMD4<Int32> {
        var sum = SIMD4<Int32>(repeating: 0)
        words.features(at: index, in: text) { sum &+= weights[$0] }
        return sum
    }
}
