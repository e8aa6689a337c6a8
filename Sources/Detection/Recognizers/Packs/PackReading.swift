/// Reads a text by the packs that policy has turned on.
///
/// What a pack's language is written in is not withheld. Names that the readers of English and Chinese see there are dropped unless the
/// pack sees one, too: to them every German noun is a name.
struct PackReading {
    private let text: FoldedText
    private let words: EnglishWords
    private let packs: [LanguagePack]

    /// - Parameters:
    ///   - stretches: the languages of the text; those that a pack reads are removed.
    ///   - notes: receives what is dropped.
    static func read(
        _ packs: [LanguagePack], in text: FoldedText, _ words: EnglishWords, _ stretches: inout [LanguageStretch], into found: inout [Entity], _ notes: DismissalNotes?
    ) {
        let own = stretches.filter { stretch in packs.contains { $0.rawValue == stretch.language } }
        stretches.removeAll { stretch in packs.contains { $0.rawValue == stretch.language } }
        let reading = PackReading(text: text, words: words, packs: packs)
        let read = reading.entities(own, withheld: stretches.map(\.units))
        reading.dropOthers(own, read, &found, notes)
        found += read
    }

    private func entities(_ own: [LanguageStretch], withheld: [Range<Int>]) -> [Entity] {
        var found: [Entity] = []
        let readable = RangeList(gaps(between: withheld))
        let isOpen = isOpen(own)
        for pack in packs {
            let certain = RangeList(own.filter { $0.language == pack.rawValue }.map(\.units))
            guard !certain.isEmpty || pack.mayBe(text, isOpen: isOpen) else { continue }
            detect(PackText(text: text, words: words, readable: readable, certain: certain.isEmpty ? readable : certain), pack.recognizers, &found)
        }
        return found
    }

    private func detect(_ place: PackText, _ recognizers: PackRecognizers, _ found: inout [Entity]) {
        let cues = Cues(in: text, of: recognizers.cues, within: place.readable.ranges)
        CueValueDetector.detect(in: text, cues, recognizers.values, into: &found)
        AgeWords.detect(recognizers.ages, in: place, into: &found)
        PlanNumbers.detect(in: place, cues, regions: recognizers.regions, into: &found)
        DocumentForm.detect(recognizers.documents, in: place, into: &found)
        if let names = recognizers.names { PackNames.detect(names, in: place, into: &found) }
        if let streets = recognizers.streets { PackStreets.detect(streets, in: place, into: &found) }
        for detect in recognizers.others { detect(place, &found) }
    }

    /// Whether a text in Latin letters has no sentence that is certainly of a pack's language, and few words of English.
    private func isOpen(_ own: [LanguageStretch]) -> Bool {
        text.hasLatin && !own.contains { LanguageGate.isOfLatinLetters($0.language) } && LanguageGate.isOpen(words, in: text)
    }

    private func gaps(between taken: [Range<Int>]) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        var start = 0
        for range in taken {
            if start < range.lowerBound { gaps.append(start..<range.lowerBound) }
            start = range.upperBound
        }
        if start < text.count { gaps.append(start..<text.count) }
        return gaps
    }

    /// Drops names that the reader of English sees in a pack's sentences with Latin letters, and that of Chinese in Japanese ones; elsewhere those
    /// that are words to the pack.
    private func dropOthers(_ own: [LanguageStretch], _ read: [Entity], _ found: inout [Entity], _ notes: DismissalNotes?) {
        let latin = RangeList(own.filter { LanguageGate.isOfLatinLetters($0.language) }.map { text.bytes($0.units) })
        let japanese = RangeList(own.filter { $0.language == LanguagePack.ja.rawValue }.map { text.bytes($0.units) })
        let names = RangeList(read.filter { $0.type == .person }.map(\.bytes))
        let known = packs.compactMap(\.recognizers.names)
        let isOpen = isOpen(own)
        let isOther = !known.isEmpty && isOpen && LanguageGate.isOther(words, in: text)
        func isDropped(_ entity: Entity) -> Bool {
            // "um" and "so" are fillers in English alone.
            if Self.pieces.contains(entity.rule) { return latin.overlaps(entity.bytes) }
            guard entity.type == .person else { return false }
            let isNamed = names.overlaps(entity.bytes)
            if !isNamed, Self.kept.contains(entity.rule) { return false }
            guard entity.rule.hasPrefix("name.en-") else { return entity.rule.hasPrefix("name.zh") && !isNamed && japanese.overlaps(entity.bytes) }
            if !isNamed, isOther || latin.overlaps(entity.bytes) { return true }
            // Bonjour Sophie, Viele Grüße: what no pack's name covers are words to it.
            let words = words(in: entity.bytes)
            guard !known.isEmpty, !words.isEmpty, isOpen || !latin.isEmpty else { return false }
            return words.allSatisfy { word in names.overlaps(text.bytes(word.units)) || !word.isCapital || known.contains { $0.knows(word) } }
        }
        notes?.add(found.filter(isDropped)) { _ in "of another language, which its own pack reads" }
        found.removeAll(where: isDropped)
    }

    private func words(in bytes: Range<Int>) -> ArraySlice<EnglishWords.Word> {
        let first = halving(words.words.count) { text.bytes(words.words[$0].units).upperBound > bytes.lowerBound }
        return words.words[first...].prefix { text.bytes($0.units).lowerBound < bytes.upperBound }
    }

    private static let pieces: Set<String> = ["phone.pieces", "bank-card.pieces"]
    /// Rules for names that hold in every language.
    private static let kept: Set<String> = ["name.en-full", "name.en-tag", "name.pinyin", "name.zh-transcribed", "spoken.nato", "spoken.spelled"]
}
