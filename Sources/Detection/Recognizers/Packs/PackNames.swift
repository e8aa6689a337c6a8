/// What a language with Latin letters says before names.
struct PackNameWords: Sendable {
    /// Before a name: Herr, Mme, Sra.
    let titles: WordPhrases
    /// Whatever follows is a name: ich heiße, je m'appelle.
    let introductions: WordPhrases
    /// What follows is one if the lists have it: ich bin, soy.
    let beginnings: WordPhrases
    /// A colon and a name follow.
    let labels: WordPhrases
    /// Of whom a name follows: Tochter, mari.
    let kin: WordPhrases
    let greetings: WordPhrases
    /// What a letter ends with, before its writer's name.
    let closings: WordPhrases
    /// No name, and no part of one, although they may stand there as capitals.
    let others: WordPhrases
    /// Every noun is a capital.
    let hasCapitalNouns: Bool

    /// Whether a word stands beside names and is part of none.
    func knows(_ word: EnglishWords.Word) -> Bool { [titles, introductions, beginnings, labels, kin, greetings, closings, others].contains { $0.has(word) } }
}

/// Finds names by what a language with Latin letters says before them, and those whose parts the lists have.
struct PackNames {
    private let place: PackText
    private let names: PackNameWords
    private var words: [EnglishWords.Word] { place.words.words }
    private var text: FoldedText { place.text }

    static func detect(_ names: PackNameWords, in place: PackText, into found: inout [Entity]) { PackNames(place: place, names: names).scan(&found) }

    private static let named = EnglishWords.Listed.first | EnglishWords.Listed.last
    private static let particles = WordSet("von van der den zu zum zur de du des del la las los le les da dos di y i ten ter")
    private enum Gap {
        static let (comma, stop, line, colon): (UInt8, UInt8, UInt8, UInt8) = (2, 3, 4, 5)
    }

    private func scan(_ found: inout [Entity]) {
        var index = 0
        while index < words.count {
            guard place.isReadable(words[index].units.lowerBound), !words[index].isToken, let (end, score, rule) = name(at: index) else {
                index += 1
                continue
            }
            found.append(place.entity(.person, words[index].units.lowerBound..<words[end - 1].units.upperBound, score, rule))
            index = end
        }
    }

    private typealias Proposal = (end: Int, score: Double, rule: String)

    private func name(at index: Int) -> Proposal? {
        let end = nameEnd(from: index)
        if names.closings.end(before: index, words), let signed = signature(index, end) { return signed }
        guard let end else { return small(index) }
        if isTitled(index) { return (end, 0.95, "name.pack-title") }
        let word = words[index]
        if word.follows || word.gap == Gap.colon, names.introductions.end(before: index, words) { return (end, 0.9, "name.pack-cue") }
        if word.gap == Gap.colon, names.labels.end(before: index, words) { return (withGivenName(end), 0.9, "name.pack-cue") }
        if word.follows, names.kin.end(before: index, words), isListed(index, Self.named) || !names.hasCapitalNouns { return (end, 0.8, "name.pack-cue") }
        if word.follows || word.gap == Gap.colon, names.beginnings.end(before: index, words), isLikely(index..<end) { return (end, 0.8, "name.pack-cue") }
        if word.follows, names.greetings.end(before: index, words), isListed(index, Self.named) { return (end, 0.8, "name.pack-greeting") }
        return place.isCertain(word.units.lowerBound) ? listed(index, end) : nil
    }

    private func isListed(_ index: Int, _ lists: UInt8) -> Bool { words[index].list & lists != 0 }

    /// Whether the lists have a name, and it is no town's alone.
    private func isLikely(_ range: Range<Int>) -> Bool {
        range.count > 1 && range.contains { isListed($0, Self.named) }
            || isListed(range.lowerBound, EnglishWords.Listed.first) && !isListed(range.lowerBound, EnglishWords.Listed.place)
    }

    // MARK: How far a name goes

    /// The end of the capitals from a word on, particles between them; nil where none is part of a name.
    private func nameEnd(from start: Int) -> Int? {
        guard isPart(start) else { return nil }
        var end = start + 1
        while end < words.count, end - start < 5, words[end].follows {
            if isPart(end), continues(end, from: start) {
                end += 1
            } else if !words[end].isCapital, Self.particles.contains(words[end].hash), let next = afterParticles(end) {
                end = next + 1
            } else {
                break
            }
        }
        return end
    }

    private func isPart(_ index: Int) -> Bool {
        let word = words[index]
        return word.isCapital && !word.isToken && word.units.count > 1 && !isOther(index)
            || word.shape == EnglishWords.Shape.initial && !names.titles.contains(index, words) && index + 1 < words.count && words[index + 1].gap == Gap.stop
    }

    private func isOther(_ index: Int) -> Bool { [names.others, names.titles, names.greetings].contains { $0.contains(index, words) } }

    /// Where every noun is a capital, what follows a family name is more often one.
    private func continues(_ index: Int, from start: Int) -> Bool {
        !names.hasCapitalNouns || isListed(index, Self.named)
            || index == start + 1 && isListed(start, EnglishWords.Listed.first) && words[index].list & EnglishWords.Listed.common == 0
            || words[index - 1].shape == EnglishWords.Shape.initial
    }

    private func afterParticles(_ start: Int) -> Int? {
        var index = start
        while index < words.count, index - start < 3, words[index].follows, !words[index].isCapital, Self.particles.contains(words[index].hash) { index += 1 }
        return index < words.count && words[index].follows && isPart(index) ? index : nil
    }

    /// Name: Müller, Hans
    private func withGivenName(_ end: Int) -> Int {
        guard end < words.count, words[end].gap == Gap.comma, isListed(end, EnglishWords.Listed.first), isPart(end) else { return end }
        return end + 1
    }

    // MARK: Rules

    /// Herr Müller, M. Dupont, Frau Dr. Weiß.
    private func isTitled(_ index: Int) -> Bool {
        guard index > 0, names.titles.end(before: index, words) else { return false }
        let gap = words[index - 1].units.upperBound..<words[index].units.lowerBound
        let hasDot = text.units[gap.lowerBound] == 0x2E
        guard gap.count <= 2, gap.allSatisfy({ text.units[$0] == 0x20 || text.units[$0] == 0x2E }) else { return false }
        // M. and D. are titles, a letter alone is none.
        return words[index - 1].units.count > 1 ? !hasDot || words[index - 1].units.count <= 5 : hasDot && words[index - 1].isCapital
    }

    /// What stands behind a closing, up to the end of its line.
    private func signature(_ index: Int, _ end: Int?) -> Proposal? {
        let word = words[index]
        guard word.follows || [Gap.comma, Gap.stop, Gap.line].contains(word.gap) else { return nil }
        func isEnd(_ end: Int) -> Bool { end == words.count || [Gap.line, Gap.stop, Gap.comma].contains(words[end].gap) }
        if let end, isEnd(end), !word.follows || isListed(index, Self.named) { return (end, 0.85, "name.pack-signature") }
        // lg anna
        var last = index
        while last < words.count, last - index < 2, last == index || words[last].follows, isListed(last, Self.named) { last += 1 }
        return last > index && last == words.count && place.words.style != 0 ? (last, 0.7, "name.pack-signature") : nil
    }

    /// Written small, as speech is recognized: behind a title or an introduction one or two names of the lists.
    private func small(_ index: Int) -> Proposal? {
        guard !words[index].isCapital, place.words.style == 1 || names.introductions.end(before: index, words), words[index].follows, isListed(index, Self.named),
            !names.others.contains(index, words),
            names.introductions.end(before: index, words) || names.titles.end(before: index, words)
        else { return nil }
        let isPair =
            index + 1 < words.count && words[index + 1].follows && isListed(index + 1, Self.named) && words[index + 1].list & EnglishWords.Listed.common == 0
            && !names.others.contains(index + 1, words)
        return (index + (isPair ? 2 : 1), 0.75, "name.pack-cue")
    }

    /// A given and a family name, or a given name alone within a sentence.
    private func listed(_ index: Int, _ end: Int) -> Proposal? {
        guard isListed(index, EnglishWords.Listed.first), !isListed(index, EnglishWords.Listed.place) else { return nil }
        if end > index + 1, !names.hasCapitalNouns || isListed(end - 1, EnglishWords.Listed.last) { return (end, 0.75, "name.pack-list") }
        guard words[index].shape == EnglishWords.Shape.capital, !isListed(index, EnglishWords.Listed.ambiguous), words[index].units.count > 2, end == index + 1 else { return nil }
        return (end, 0.6, "name.pack-list")
    }
}
