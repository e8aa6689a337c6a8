/// How a language says how old somebody is.
struct AgeWords: Sendable {
    /// Behind the number.
    let suffixes: PhraseList
    /// Of whom it is said, near it; empty: of somebody in any case.
    let persons: [String]
    /// Behind the suffix where it is said of nobody: 歳以上.
    let against: PhraseList

    private static let reach = 28

    static func detect(_ words: AgeWords, in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount > 0 else { return }
        let persons = words.persons.map(FoldedText.units(of:))
        var end = 0
        while end < text.count {
            let start = text.next(.digit, from: end)
            end = text.end(of: .digit, from: start)
            guard (1...3).contains(end - start), place.isReadable(start), start == 0 || !FoldedText.isLetter(text.units[start - 1]), let age = Int(text.string(start..<end)),
                (1...119).contains(age),
                let suffix = words.suffixes.first(at: end, in: text), !words.against.begins(at: end + suffix.count, in: text)
            else { continue }
            let isSomeones = persons.isEmpty || (max(0, start - reach)..<start).contains { index in persons.contains { text.has($0, at: index) && index + $0.count <= start } }
            found.append(place.entity(.age, start..<end + suffix.count, isSomeones ? 0.8 : 0.4, "age.pack"))
        }
    }
}
