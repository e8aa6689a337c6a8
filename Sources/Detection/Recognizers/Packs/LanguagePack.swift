/// A language that is read where policy asks for it; Chinese and English always are. Without its pack a language is withheld (``LanguageGate``).
public enum LanguagePack: String, Sendable, CaseIterable {
    case de, es, fr, ja, ko

    /// What reads it, beside what reads every text.
    var recognizers: PackRecognizers {
        switch self {
        case .de: Germany.recognizers
        case .es: Spain.recognizers
        case .fr: France.recognizers
        case .ja: Japan.recognizers
        case .ko: Korea.recognizers
        }
    }

    /// Whether it may be what a text without a sentence of it is written in: a line too short to tell, a name with an address.
    func mayBe(_ text: FoldedText, isOpen: Bool) -> Bool {
        switch self {
        case .de, .es, .fr: isOpen
        case .ja: text.hasOtherScript && text.units.contains { LanguageGate.isKana($0) } || Japan.marks.contains { text.filter.mayContain($0) }
        case .ko: text.hasOtherScript && text.units.contains(where: Korea.isHangul)
        }
    }
}

/// The recognizers of a pack.
struct PackRecognizers: Sendable {
    /// Words behind which a value stands, and what may stand between.
    let cues: WordTable<Cues.Kind>
    let values: ValueWords
    let ages: AgeWords
    /// Regions whose plan tells telephone numbers.
    let regions: [String]
    let documents: [DocumentForm]
    /// Of a language with Latin letters.
    var names: PackNameWords?
    var streets: PackStreetWords?
    /// Addresses, plates, names in other scripts.
    let others: [@Sendable (PackText, inout [Entity]) -> Void]
}

/// A text as the recognizers of a pack see it.
struct PackText {
    let text: FoldedText
    let words: EnglishWords
    /// What is not withheld.
    let readable: RangeList
    /// What is certainly of the pack's language; all that is readable where nothing is.
    let certain: RangeList

    func isReadable(_ place: Int) -> Bool { readable.contains(place) }
    func isCertain(_ place: Int) -> Bool { certain.contains(place) }

    func entity(_ type: EntityType, _ range: Range<Int>, _ score: Double, _ rule: String) -> Entity {
        Entity(type: type, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range))
    }

    /// Whether neither a letter nor a digit stands at a place.
    func isFree(_ place: Int) -> Bool {
        guard place >= 0, place < text.count else { return true }
        return text.traits[place].isDisjoint(with: [.letter, .digit])
    }
}

extension WordTable<Cues.Kind> {
    /// - Parameter lists: words as people write them, `_` for a blank.
    init(folding lists: [(Cues.Kind, String)]) {
        self.init(
            lists.flatMap { kind, list in list.split(whereSeparator: \.isWhitespace).map { word in (FoldedText.units(of: String(word.map { $0 == "_" ? " " : $0 })), kind) } })
    }
}

extension PhraseList {
    /// - Parameter words: as people write them, blanks between, `_` for a blank in one; the longest counts first.
    init(folding words: String) {
        let folded = words.split(whereSeparator: \.isWhitespace).map { word in FoldedText.units(of: String(word.map { $0 == "_" ? " " : $0 })) }
        self.init(folded.sorted { $0.count > $1.count }.map { String(String.UnicodeScalarView($0.compactMap(Unicode.Scalar.init))) })
    }
}
