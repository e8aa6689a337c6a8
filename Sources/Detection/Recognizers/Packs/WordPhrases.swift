/// Phrases of words in Latin letters, by their last word, as ``EnglishWords`` sees them: whatever the case, with or without accents.
struct WordPhrases: Sendable {
    private let phrases: [UInt32: [[UInt32]]]
    /// Of all of them.
    private let words: Set<UInt32>

    /// - Parameter phrases: separated by commas.
    init(_ phrases: String) {
        let hashes = phrases.split(separator: ",").map { phrase in
            let bytes = Array(phrase.utf8)
            return EnglishWords(of: FoldedText(bytes.span)).words.map(\.hash)
        }
        words = Set(hashes.joined())
        self.phrases = Dictionary(grouping: hashes.filter { !$0.isEmpty }) { $0[$0.count - 1] }
    }

    /// Whether one of them ends right before a word.
    func end(before index: Int, _ words: [EnglishWords.Word]) -> Bool { count(before: index, words) > 0 }

    /// How many words the longest has that ends right before a word; 0: none does.
    func count(before index: Int, _ words: [EnglishWords.Word]) -> Int {
        guard index > 0, let ending = phrases[words[index - 1].hash] else { return 0 }
        let found = ending.filter { phrase in
            let start = index - phrase.count
            guard start >= 0 else { return false }
            return phrase.indices.allSatisfy { words[start + $0].hash == phrase[$0] && ($0 == 0 || words[start + $0].follows) }
        }
        return found.map(\.count).max() ?? 0
    }

    /// Whether a word is one of any phrase.
    func has(_ word: EnglishWords.Word) -> Bool { words.contains(word.hash) }

    func contains(_ index: Int, _ words: [EnglishWords.Word]) -> Bool { end(before: index + 1, words) }
}
