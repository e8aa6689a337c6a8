/// Hashed features of a text: for Chinese, characters with their pairs and triples; for English, words and their pairs
/// (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning").
enum Features {
    /// Positions below 2^bits in ascending order, each once.
    static func of(_ text: FoldedText, bits: Int) -> [Int] {
        var found: [Int] = []
        let mask = UInt64(1) << UInt64(bits) - 1
        func add(_ units: ArraySlice<UInt32>) {
            var hash = FNV()
            hash.add(units)
            found.append(Int(truncatingIfNeeded: (hash.value ^ hash.value >> 32) & mask))
        }
        let scalars = text.scalars
        // Where the run of Chinese characters begins, and the word, and the word before.
        var run = 0
        var (word, last): (Int?, Int?) = (nil, nil)
        func endWord(_ end: Int) {
            guard let start = word else { return }
            add(scalars[start..<end])
            if let last { add(scalars[last..<end]) }
            (last, word) = (start, nil)
        }
        for (place, scalar) in scalars.enumerated() {
            if scalar > 0x2E7F, scalar != FoldedText.placeholder, Unicode.Scalar(scalar)?.properties.isAlphabetic == true {
                endWord(place)
                last = nil
                for length in 1...3 where place + 1 - length >= run { add(scalars[place + 1 - length...place]) }
            } else {
                run = place + 1
                if FoldedText.isWord(scalar) && scalar > 0x39 || scalar == 0x27 {
                    word = word ?? place
                } else {
                    endWord(place)
                    // Words are a pair with one blank between.
                    if scalar != 0x20 || place > 0 && scalars[place - 1] == 0x20 { last = nil }
                }
            }
        }
        endWord(scalars.count)
        found.sort()
        return found.reduce(into: []) { unique, feature in if unique.last != feature { unique.append(feature) } }
    }
}
