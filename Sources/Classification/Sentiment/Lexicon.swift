/// Words and phrases that judge, and what turns or softens them.
///
/// Of several phrases at a place the longest counts. A line of the text form is a weight, or what the phrases do, and phrases; in
/// English `_` stands for a blank. A phrase may stand in lines of both kinds; of two weights the later counts.
struct Lexicon: Sendable {
    /// What a phrase does besides judging.
    enum Role: String, Sendable {
        /// Turns what follows.
        case not
        /// Judges only where nothing follows.
        case very
        /// Halves what follows.
        case soft
        /// Halves the complaints of its clause.
        case yet
        /// Asks for information, which judges nothing.
        case ask
    }

    struct Entry: Sendable {
        var weight: Float = 0
        var role: Role?
    }

    private var trie = PhraseTrie()
    private var entries: [Entry] = []

    /// - Parameter texts: of several, the later ones override.
    init(_ texts: String...) {
        for line in texts.lazy.flatMap({ $0.split(separator: "\n") }) where line.first != "#" {
            let words = line.split(separator: " ")
            let role = Role(rawValue: String(words[0]))
            let weight = Float(words[0])
            for word in words.dropFirst() {
                let index = Int(trie.insert(word.unicodeScalars.map { $0 == "_" ? 0x20 : $0.value }, value: Int32(entries.count)))
                if index == entries.count { entries.append(Entry()) }
                if let role { entries[index].role = role }
                if let weight { entries[index].weight = weight }
            }
        }
    }

    /// The longest phrase at a place; phrases of Latin letters are whole words.
    @inline(__always)
    func longest(in scalars: [UInt32], at start: Int, before limit: Int) -> (end: Int, entry: Entry)? {
        var longest: (end: Int, value: Int32)?
        let isInsideWord = FoldedText.isWord(scalars[start]) && start > 0 && FoldedText.isWord(scalars[start - 1])
        if isInsideWord { return nil }
        trie.matches(in: scalars, at: start, before: limit) { end, value in
            if end < scalars.count, FoldedText.isWord(scalars[end]), FoldedText.isWord(scalars[end - 1]) { return }
            longest = (end, value)
        }
        return longest.map { ($0.end, entries[Int($0.value)]) }
    }
}
