/// What texts are compared by where nothing says what they are about: of Chinese, runs of two to four characters that neither begin nor end
/// with one that only joins others; of English, words and their pairs.
enum Terms {
    private static let joining = Set(
        "的了是我你他她它们在有和就都也很不这那个一上下来去到要会着过吗呢吧啊呀嘛哦还又再太真非常特别给对把被让从为与及或但而且没说什么怎样能可以得地之其此每只".unicodeScalars.map(\.value))
    private static let small: Set<String> = Set(
        """
        a an the and or but if so as of at by for from in into on onto to up with without about over under again this that these those it its it's i i'm i've me my
        mine we our us you your he she they them their his her who what which when where why how is am are was were be been being do does did done have has had
        having will would can could should may might must not no nor than then there here too very just only also all any some each more most much many such own
        same get got go went out off one two n't don't didn't doesn't can't
        """.split(whereSeparator: \.isWhitespace).map(String.init))
    private static let lengths = 2...4
    /// Of the joining characters those that stand within a term: 打不开.
    private static let within = Set("不没得".unicodeScalars.map(\.value))

    static func hash(_ scalars: ArraySlice<UInt32>) -> UInt64 {
        var hash = FNV()
        hash.add(scalars)
        return hash.value
    }

    /// A term may come several times.
    static func each(in text: FoldedText, _ found: (_ term: ArraySlice<UInt32>, _ hash: UInt64) -> Void) {
        let scalars = text.scalars
        var last: Range<Int>?
        var place = 0
        while place < scalars.count {
            if FoldedText.isHan(scalars[place]) {
                last = nil
                if !joining.contains(scalars[place]) {
                    for length in lengths where place + length <= scalars.count {
                        let term = scalars[place..<place + length]
                        let isInside = length > 2 && joining.contains(term[term.endIndex - 2]) && !within.contains(term[term.endIndex - 2])
                        guard FoldedText.isHan(term.last!), !isInside else { break }
                        if !joining.contains(term.last!) { found(term, hash(term)) }
                    }
                }
                place += 1
            } else if FoldedText.isWord(scalars[place]) {
                let end = wordEnd(scalars, place)
                let word = scalars[place..<end]
                if word.count >= 3, word.contains(where: { $0 > 0x39 }), !isSmall(word) {
                    found(word, hash(word))
                    // Words are a pair with one blank between.
                    if let last, last.upperBound + 1 == place { found(scalars[last.lowerBound..<end], hash(scalars[last.lowerBound..<end])) }
                    last = place..<end
                } else {
                    last = nil
                }
                place = end
            } else {
                if scalars[place] != 0x20 { last = nil }
                place += 1
            }
        }
    }

    /// Shorter terms within one.
    static func parts(of term: [UInt32]) -> [UInt64] {
        var parts: [UInt64] = []
        if FoldedText.isHan(term[0]) {
            for start in term.indices {
                for length in lengths where start + length <= term.count && length < term.count { parts.append(hash(term[start..<start + length])) }
            }
        } else {
            parts = term.split(separator: 0x20).map { hash($0) }
        }
        return parts
    }

    /// What is told or hidden of a sample: two characters, or a word.
    static func units(of text: FoldedText, _ found: (_ range: Range<Int>, _ hash: UInt64) -> Void) {
        let scalars = text.scalars
        var place = 0
        while place < scalars.count {
            if FoldedText.isHan(scalars[place]) {
                if place + 1 < scalars.count, FoldedText.isHan(scalars[place + 1]) { found(place..<place + 2, hash(scalars[place..<place + 2])) }
                place += 1
            } else if FoldedText.isWord(scalars[place]) {
                let end = wordEnd(scalars, place)
                found(place..<end, hash(scalars[place..<end]))
                place = end
            } else {
                place += 1
            }
        }
    }

    /// The text with "…" in place of units that are not known; nil where that is more than half of it. What redaction put in stays, and so
    /// do marks; letters of other scripts do not.
    static func blotted(_ text: String, but known: Set<UInt64>) -> String? {
        let folded = FoldedText(text)
        let scalars = Array(text.unicodeScalars)
        var isShown = folded.scalars.map { $0 == FoldedText.placeholder || !isLetter($0) }
        units(of: folded) { range, hash in if known.contains(hash) { for place in range { isShown[place] = true } } }
        guard isShown.count(where: { $0 }) * 2 > isShown.count else { return nil }
        var shown = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() {
            if isShown[place] { shown.append(scalar) } else if place == 0 || isShown[place - 1] { shown.append("…") }
        }
        return String(shown)
    }

    private static func isLetter(_ scalar: UInt32) -> Bool {
        FoldedText.isWord(scalar) || Unicode.Scalar(scalar).map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? true
    }

    private static func wordEnd(_ scalars: [UInt32], _ start: Int) -> Int {
        scalars[start...].firstIndex { !FoldedText.isWord($0) && $0 != 0x27 } ?? scalars.count
    }

    private static func isSmall(_ word: ArraySlice<UInt32>) -> Bool {
        small.contains(String(String.UnicodeScalarView(word.compactMap(Unicode.Scalar.init))))
    }
}
