/// Hashed features of a text: for Chinese, characters with their pairs and triples; for English, words and their pairs
/// (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning").
enum Features {
    static let bits: UInt64 = 16
    static var count: Int { 1 << Int(bits) }

    /// Positions in ascending order, each once.
    static func of(_ text: String) -> [Int] {
        var found: Set<Int> = []
        var han: [UInt32] = []
        var word: [UInt32] = []
        var last: [UInt32] = []
        var depth = 0
        func add(_ units: some Sequence<UInt32>) {
            var hash = FNV()
            hash.add(units)
            found.insert(Int(truncatingIfNeeded: (hash.value ^ hash.value >> 32) & (1 << bits - 1)))
        }
        func endWord() {
            guard !word.isEmpty else { return }
            add(word)
            if !last.isEmpty { add(last + [32] + word) }
            last = word
            word = []
        }
        for scalar in text.lowercased().unicodeScalars {
            // Placeholders such as [NAME_1] carry no meaning.
            if scalar == "[" { depth += 1 }
            if depth == 0, scalar.value > 0x2E7F {
                endWord()
                last = []
                guard scalar.properties.isAlphabetic else {
                    han = []
                    continue
                }
                han.append(scalar.value)
                for length in 1...3 where han.count >= length { add(han.suffix(length)) }
                if han.count > 3 { han.removeFirst() }
            } else if depth == 0, scalar.properties.isAlphabetic || scalar == "'" {
                han = []
                word.append(scalar.value)
            } else {
                han = []
                endWord()
            }
            if scalar == "]" { depth = max(0, depth - 1) }
        }
        endWord()
        return found.sorted()
    }
}
