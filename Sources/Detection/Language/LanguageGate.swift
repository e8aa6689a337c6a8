/// A stretch of a text that is in one other language.
struct LanguageStretch {
    /// ISO 639-1.
    var language: String
    var units: Range<Int>
}

/// Finds sentences in a language that no recogniser here reads, to be withheld: what nobody looked through is not passed on.
///
/// A script of its own decides by the share of its letters; among languages with Latin letters the ``LanguageProfiles`` decide, unless most
/// words are English ones. Too little to tell (a word, a name, an address) stays.
struct LanguageGate {
    private let text: FoldedText
    private let words: EnglishWords
    private let profiles = LanguageProfiles.shared

    /// The stretches of a text that are in other languages than Chinese and English, in order.
    static func stretches(in text: FoldedText, _ words: EnglishWords) -> [LanguageStretch] {
        guard text.hasOtherScript || text.hasLatin && words.words.count >= fewest else { return [] }
        var found: [LanguageStretch] = []
        LanguageGate(text: text, words: words).scan(&found)
        return found
    }

    static func withheld(_ stretch: LanguageStretch, in text: FoldedText) -> Entity {
        Entity(type: .foreign, bytes: text.bytes(stretch.units), score: 0.9, rule: "language.\(stretch.language)", key: stretch.language)
    }

    /// Whether few enough of a text's words are English ones that it may be in another language.
    static func isOpen(_ words: EnglishWords, in text: FoldedText) -> Bool { LanguageGate(text: text, words: words).count(words.words.indices).isOpen }

    /// Whether a text whose language is not told has words enough that are none of English.
    static func isOther(_ words: EnglishWords, in text: FoldedText) -> Bool {
        let reading = LanguageGate(text: text, words: words).count(words.words.indices)
        return reading.words >= 4 && reading.english * 2 <= reading.words
    }

    /// Whether a language is told by its words, not by its script.
    static func isOfLatinLetters(_ language: String) -> Bool { LanguageProfiles.shared.languages.contains(language) }

    /// Fewer words than these tell no language.
    private static let fewest = 2

    private struct Sentence {
        var units: Range<Int>
        /// Of Latin letters.
        var words: Range<Int>
        var reading = Reading()
    }

    /// What the words of a sentence say.
    private struct Reading {
        /// By how much each language is likelier than English, in steps.
        var scores = SIMD32<Int32>(repeating: 0)
        var words = 0
        var english = 0
        var letters = 0

        /// Whether few enough words are English ones.
        var isOpen: Bool { english * 2 <= words + 1 }
    }

    private func scan(_ found: inout [LanguageStretch]) {
        var sentences = sentences()
        // A brand or two in Chinese.
        guard text.hasOtherScript || sentences.contains(where: isLatin) else { return }
        var whole = Reading()
        for index in sentences.indices {
            var reading = count(sentences[index].words)
            // Scoring costs ten times as much as counting; what is English for the most part needs none.
            if reading.isOpen { score(sentences[index].words, &reading) }
            sentences[index].reading = reading
            whole.scores &+= reading.scores
            (whole.words, whole.english, whole.letters) = (whole.words + reading.words, whole.english + reading.english, whole.letters + reading.letters)
        }
        let language = whole.words >= Self.certain ? self.language(whole) : nil
        /// The last sentence that is withheld.
        var last: LanguageStretch?
        for sentence in sentences {
            let isDoubtful = sentence.reading.words > 0 && sentence.reading.english * 2 <= sentence.reading.words && isLatin(sentence)
            guard let code = script(sentence) ?? (isLatin(sentence) ? self.language(sentence.reading) : nil) ?? (isDoubtful ? language : nil) else {
                if let last { found.append(last) }
                last = nil
                continue
            }
            if let before = last, before.language == code {
                last = LanguageStretch(language: code, units: before.units.lowerBound..<sentence.units.upperBound)
            } else {
                if let last { found.append(last) }
                last = LanguageStretch(language: code, units: sentence.units)
            }
        }
        if let last { found.append(last) }
    }

    // MARK: Sentences

    private func sentences() -> [Sentence] {
        var sentences: [Sentence] = []
        var start = 0
        var word = 0
        while start < text.count {
            var index = text.next(.sentenceMark, from: start)
            while index < text.count, !ends(at: index) { index = text.next(.sentenceMark, from: index + 1) }
            var range = start..<min(text.count, index + 1)
            start = index + 1
            while let first = range.first, text.units[first] <= 0x20 { range = first + 1..<range.upperBound }
            while let last = range.last, text.units[last] <= 0x20 { range = range.lowerBound..<last }
            guard !range.isEmpty else { continue }
            let first = word
            while word < words.words.count, words.words[word].units.lowerBound < range.upperBound { word += 1 }
            sentences.append(Sentence(units: range, words: first..<word))
        }
        return sentences
    }

    static let sentenceMarks = UnitSet("\n\u{3002}.!?;")

    /// Whether a sentence ends with a character.
    private func ends(at index: Int) -> Bool {
        switch text.units[index] {
        case 0x0A, 0x3002: true
        case 0x2E, 0x21, 0x3F, 0x3B: index + 1 == text.count || text.units[index + 1] == 0x20 || FoldedText.isHan(text.units[index + 1]) || Self.isKana(text.units[index + 1])
        default: false
        }
    }

    // MARK: Scripts

    /// The language of a script that most of a sentence is written in.
    private func script(_ sentence: Sentence) -> String? {
        guard text.hasOtherScript else { return nil }
        var (letters, kana, other, run, longest) = (0, 0, 0, 0, 0)
        var hiragana: (first: UInt32, hasTwo: Bool) = (0, false)
        var language: String?
        var index = sentence.units.lowerBound
        while index < sentence.units.upperBound {
            let unit = text.units[index]
            if Self.isAlphabetic(unit) {
                // Cyrillic and Greek letters that look Latin were made so: the word as a whole tells.
                let start = index
                while index < sentence.units.upperBound, Self.isAlphabetic(text.units[index]) { index += 1 }
                let count = index - start
                letters += count
                if let code = (start..<index).lazy.compactMap({ Self.alphabet(text.units[$0]) }).max() {
                    other += count
                    longest = max(longest, count)
                    language = code == "uk" ? code : language ?? code
                }
                continue
            }
            if Self.isKana(unit) {
                kana += 1
                letters += 1
                run += 1
                if unit < 0x30A0 { hiragana = hiragana.first == 0 ? (unit, false) : (hiragana.first, hiragana.hasTwo || hiragana.first != unit) }
            } else if let code = Self.syllabary(unit) {
                other += 1
                letters += 1
                run += 1
                language = language ?? code
            } else {
                if FoldedText.isHan(unit) { letters += 1 }
                run = 0
            }
            longest = max(longest, run)
            index += 1
        }
        // A face made of letters has no run of three.
        guard longest >= 3 else { return nil }
        if kana * 10 >= letters * 3, hiragana.hasTwo || kana * 2 >= letters && kana >= 4 { return "ja" }
        return other * 2 >= letters ? language : nil
    }

    static func isKana(_ unit: UInt32) -> Bool { (0x3041...0x3096).contains(unit) || (0x30A1...0x30FA).contains(unit) || unit == 0x30FC }

    private static func isAlphabetic(_ unit: UInt32) -> Bool { FoldedText.isLetter(unit) || (0x530...0x58F).contains(unit) || (0x10A0...0x10FF).contains(unit) }

    private static func alphabet(_ unit: UInt32) -> String? {
        switch unit {
        case 0x370...0x3FF, 0x1F00...0x1FFF: "el"
        case 0x454, 0x457, 0x491: "uk"
        case 0x400...0x52F: "ru"
        case 0x530...0x58F: "hy"
        case 0x10A0...0x10FF: "ka"
        default: nil
        }
    }

    private static func syllabary(_ unit: UInt32) -> String? {
        switch unit {
        case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3130...0x318F: "ko"
        case 0xE00...0xE7F: "th"
        case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: "ar"
        case 0x590...0x5FF: "he"
        case 0x900...0x97F: "hi"
        case 0x980...0x9FF: "bn"
        case 0xB80...0xBFF: "ta"
        case 0xC00...0xC7F: "te"
        case 0xA00...0xB7F, 0xC80...0xDFF: "hi"
        case 0xE80...0xEFF: "lo"
        case 0x1000...0x109F: "my"
        case 0x1200...0x137F: "am"
        case 0x1780...0x17FF: "km"
        default: nil
        }
    }

    /// Whether a character is of a script that this looks at.
    static func isOther(_ unit: UInt32) -> Bool { isKana(unit) || alphabet(unit) != nil || syllabary(unit) != nil }

    // MARK: Latin letters

    /// Whether words of Latin letters are half of a sentence's letters.
    private func isLatin(_ sentence: Sentence) -> Bool {
        guard !sentence.words.isEmpty else { return false }
        guard text.hasHan else { return true }
        let latin = sentence.words.reduce(0) { $0 + words.words[$1].units.count }
        return latin >= sentence.units.count { FoldedText.isHan(text.units[$0]) } * 2
    }

    /// Whether a word tells a language: no handle, no name, no laughter.
    private func tells(_ index: Int, first: Int) -> Bool {
        let word = words.words[index]
        let isName = word.isCapital && words.style != 2 && (index > first || word.list & (EnglishWords.Listed.first | EnglishWords.Listed.last | EnglishWords.Listed.place) != 0)
        return !word.isToken && !isName && !isExclamation(word.units)
    }

    private func isPlain(_ word: EnglishWords.Word) -> Bool {
        word.units.allSatisfy { FoldedText.isLatin(text.units[$0]) || text.units[$0] == 0x27 || text.units[$0] == 0x2019 }
    }

    /// How much a word speaks for English, in steps: 0 for what is none.
    private func english(_ word: EnglishWords.Word) -> Int32 {
        if Self.small.contains(word.hash) { return 12 }
        guard word.list & (EnglishWords.Listed.common | EnglishWords.Listed.rare) != 0, isPlain(word) else { return 0 }
        return word.units.count == 3 ? 8 : word.list & EnglishWords.Listed.common != 0 ? 24 : 16
    }

    private func count(_ range: Range<Int>) -> Reading {
        var reading = Reading()
        for index in range where tells(index, first: range.lowerBound) {
            reading.words += 1
            reading.letters += words.words[index].units.count
            if english(words.words[index]) > 0 { reading.english += 1 }
        }
        return reading
    }

    private func score(_ range: Range<Int>, _ reading: inout Reading) {
        for index in range where tells(index, first: range.lowerBound) {
            let word = words.words[index]
            // An accent is no English letter.
            reading.scores &-= SIMD32(repeating: isPlain(word) ? english(word) : -24)
            if word.units.contains(where: { (0x1EA0...0x1EF9).contains(text.units[$0]) || text.units[$0] == 0x1A1 || text.units[$0] == 0x1B0 }), let lane = Self.vietnamese {
                reading.scores[lane] &+= 32
            }
            add(word.units, to: &reading.scores)
        }
    }

    private static let vietnamese = LanguageProfiles.shared.languages.firstIndex(of: "vi")

    private func add(_ word: Range<Int>, to scores: inout SIMD32<Int32>) {
        var (a, b): (UInt32, UInt32) = (0, 0x20)
        for place in word.lowerBound...word.upperBound {
            let unit = place < word.upperBound ? text.units[place] : 0x20
            if a != 0 { scores &+= SIMD32(truncatingIfNeeded: profiles.row(a, b, unit)) }
            (a, b) = (b, unit)
        }
    }

    /// XXXX, hahaha, hmmm.
    private func isExclamation(_ word: Range<Int>) -> Bool {
        word.count > 2 && word.dropFirst(2).allSatisfy { text.units[$0] == text.units[$0 - 2] }
            || word.count > 3 && word.suffix(3).allSatisfy { text.units[$0] == text.units[word.upperBound - 1] }
    }

    /// The language that words are of; nil for English, and for too few.
    private func language(_ reading: Reading) -> String? {
        guard reading.words >= Self.fewest, reading.letters >= 8, reading.isOpen else { return nil }
        let needed: Int32 =
            switch reading.words {
            case 2: 18
            case 3: 12
            default: 6
            }
        var best = 0
        for lane in profiles.languages.indices where reading.scores[lane] > reading.scores[best] { best = lane }
        return reading.scores[best] > needed * LanguageProfiles.scale && (reading.words > 2 || reading.english == 0) ? profiles.languages[best] : nil
    }

    /// So many words tell the language of a text whose sentences are short.
    private static let certain = 6
    /// Words of English that are shorter than those of the list, and those of messages.
    private static let small = WordSet(
        "i a am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we u ur im ive id ill dont cant didnt wont lol omg rt pls plz thx yes hello hey thanks refund app wifi email online ok okay tv pc usb"
    )
}
