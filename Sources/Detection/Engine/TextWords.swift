/// The words of the lexicon in a text: what each costs, and how they cover its characters.
package struct TextWords: Sendable {
    /// By place: costs of the words of one to four characters that begin there, infinity for what is none.
    private let costs: [SIMD4<Float>]
    private let covers: [WordCover]

    package init(of units: [UInt32]) {
        let lexicon = Lexicon.shared
        var costs = [SIMD4<Float>](repeating: SIMD4(Lexicon.rareCharacter, .infinity, .infinity, .infinity), count: units.count)
        var covers = [WordCover](repeating: WordCover(), count: units.count)
        for place in units.indices where FoldedText.isHan(units[place]) {
            let words = lexicon.words(at: place, in: units)
            costs[place] = words
            for length in 2...4 where words[length - 1] < .infinity {
                let size = UInt8(length)
                covers[place].begin = size
                covers[place + length - 1].end = max(covers[place + length - 1].end, size)
                for inside in place + 1..<place + length - 1 { covers[inside].inside = max(covers[inside].inside, size) }
            }
        }
        (self.costs, self.covers) = (costs, covers)
    }

    func cover(_ place: Int) -> WordCover { place >= 0 && place < covers.count ? covers[place] : WordCover() }

    /// The cheapest ways to read a stretch as words (Viterbi): what it costs up to each of its places, its end included.
    ///
    /// - Parameter range: at most 15 characters: two names of four and their context are fewer.
    func cheapest(_ range: Range<Int>) -> InlineArray<16, Float> {
        var best = InlineArray<16, Float>(repeating: .infinity)
        best[0] = 0
        for offset in 0..<range.count {
            let words = costs[range.lowerBound + offset]
            let before = best[offset]
            for length in 1...min(4, range.count - offset) { best[offset + length] = min(best[offset + length], before + words[length - 1]) }
        }
        return best
    }
}

/// The longest words of the lexicon that begin at a character, end with it, or have it inside: their lengths, 0 for none.
struct WordCover {
    var begin: UInt8 = 0
    var end: UInt8 = 0
    var inside: UInt8 = 0
}
