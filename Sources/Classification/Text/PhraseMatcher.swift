/// Finds which of many phrases occur in a text.
///
/// Phrases of Latin letters are whole words; one that ends in `*` is the beginning of a word. `…` in a phrase is a gap: what stands
/// before and after it must follow each other in one sentence, at most ``gap`` characters apart.
struct PhraseMatcher: Sendable {
    /// A phrase that occurs.
    struct Hit: Sendable, Equatable {
        var range: Range<Int>
        /// The phrase's position in the list.
        var phrase: Int
    }

    /// Characters that a gap may have.
    static let gap = 12

    private struct Part: Sendable {
        var isStem: Bool
        /// Phrases that are no more than this.
        var whole: [Int] = []
        /// Phrases that begin with it, and the parts that follow.
        var first: [(phrase: Int, rest: [Int])] = []
    }

    private var trie = PhraseTrie()
    private var parts: [Part] = []

    init(_ phrases: [String]) {
        for (index, phrase) in phrases.enumerated() {
            let pieces = phrase.split(separator: "…").map { FoldedText(String($0)).scalars }.map(Self.trimmed).filter { !$0.isEmpty }
            guard !pieces.isEmpty else { continue }
            let ids = pieces.map { id(of: $0) }
            if ids.count == 1 { parts[ids[0]].whole.append(index) } else { parts[ids[0]].first.append((index, Array(ids.dropFirst()))) }
        }
    }

    private static func trimmed(_ scalars: [UInt32]) -> [UInt32] {
        Array(scalars.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
    }

    /// The part with these letters, made when it is new. A stem takes in the word of the same letters.
    private mutating func id(of piece: [UInt32]) -> Int {
        let isStem = piece.last == 0x2A
        let part = Int(trie.insert(isStem ? piece.dropLast() : piece[...], value: Int32(parts.count)))
        if part == parts.count { parts.append(Part(isStem: isStem)) }
        parts[part].isStem = parts[part].isStem || isStem
        return part
    }

    /// All phrases that occur, by their places.
    func hits(in text: FoldedText) -> [Hit] {
        let scalars = text.scalars
        var hits: [Hit] = []
        for start in scalars.indices {
            matches(scalars, at: start) { end, part in
                for phrase in parts[part].whole { hits.append(Hit(range: start..<end, phrase: phrase)) }
                for (phrase, rest) in parts[part].first {
                    if let end = follow(rest[...], scalars, from: end) { hits.append(Hit(range: start..<end, phrase: phrase)) }
                }
            }
        }
        return hits
    }

    private func matches(_ scalars: [UInt32], at start: Int, _ found: (_ end: Int, _ part: Int) -> Void) {
        if start > 0, FoldedText.isWord(scalars[start]), FoldedText.isWord(scalars[start - 1]) { return }
        trie.matches(in: scalars, at: start, before: scalars.count) { end, value in
            if end < scalars.count, FoldedText.isWord(scalars[end]), FoldedText.isWord(scalars[end - 1]), !parts[Int(value)].isStem { return }
            found(end, Int(value))
        }
    }

    /// Where the last of these parts ends, if each follows the one before.
    private func follow(_ rest: ArraySlice<Int>, _ scalars: [UInt32], from start: Int) -> Int? {
        guard let wanted = rest.first else { return start }
        for place in start..<min(scalars.count, start + Self.gap + 1) {
            if place > start, Self.endsSentence(scalars[place - 1]) { return nil }
            var found: Int?
            matches(scalars, at: place) { end, part in if part == wanted { found = end } }
            if let found, let end = follow(rest.dropFirst(), scalars, from: found) { return end }
        }
        return nil
    }

    private static func endsSentence(_ scalar: UInt32) -> Bool { [0x21, 0x3F, 0x2E, 0x3002, 0x0A, 0x3B].contains(scalar) }
}
