/// Finds English names, and Chinese names in Latin letters, by lists, capitals and preceding words.
struct EnglishNameDetector {
    private struct Token {
        var units: Range<Int>
        var isCapital: Bool
        /// Only spaces, an initial's dot or a hyphen separate it from the token before.
        var follows: Bool
        var beginsSentence: Bool
    }

    private let text: FoldedText
    private let cues: Cues
    private let lexicon = Lexicon.shared
    private var tokens: [Token] = []
    private var found: [Entity] = []

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.hasLatin else { return }
        var detector = EnglishNameDetector(text: text, cues: cues)
        detector.scan()
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    private mutating func scan() {
        collectTokens()
        var index = 0
        while index < tokens.count {
            if let (count, score, rule) = match(at: index) {
                let range = tokens[index].units.lowerBound..<tokens[index + count - 1].units.upperBound
                found.append(Entity(type: .person, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
                index += count
            } else {
                index += 1
            }
        }
    }

    private mutating func collectTokens() {
        var index = 0
        var lastEnd = -1
        var beginsSentence = true
        // Words of five letters and a space.
        tokens.reserveCapacity(text.count / 6 + 4)
        while index < text.count {
            guard FoldedText.isLetter(text.units[index]) else {
                if Self.sentenceEnds.contains(text.units[index]), !(index >= 2 && tokens.last?.units.count == 1) { beginsSentence = true }
                index += 1
                continue
            }
            let start = index
            // O'Brien and Smith-Jones are one word.
            while index < text.count, FoldedText.isLetter(text.units[index]) || (isJoint(index) && index > start) { index += 1 }
            tokens.append(
                Token(
                    units: start..<index, isCapital: text.isUpper(start), follows: lastEnd >= 0 && follows(lastEnd..<start), beginsSentence: beginsSentence))
            beginsSentence = false
            lastEnd = index
        }
    }

    /// Whether the text between the last token and the next joins the two.
    private func follows(_ gap: Range<Int>) -> Bool {
        guard gap.count <= 3 else { return false }
        var (hasSpace, hasDot) = (false, false)
        for index in gap {
            switch text.units[index] {
            case 0x20: hasSpace = true
            case 0x2E: hasDot = true
            default: return false
            }
        }
        return hasSpace && (!hasDot || isAbbreviation(tokens[tokens.count - 1]))
    }

    private func isAbbreviation(_ token: Token) -> Bool {
        token.units.count <= 2 || (token.isCapital && token.units.count <= 4 && ["mrs", "prof"].contains(text.string(token.units)))
    }

    private func isJoint(_ index: Int) -> Bool {
        [0x27, 0x2019, 0x2D].contains(text.units[index]) && index + 1 < text.count && FoldedText.isLetter(text.units[index + 1])
            && !(text.units[index] != 0x2D && text.units[index + 1] == 0x73)
    }

    private func word(_ index: Int) -> String { text.string(tokens[index].units) }

    private typealias Match = (count: Int, score: Double, rule: String)

    private func match(at index: Int) -> Match? {
        let token = tokens[index]
        guard token.units.count >= 2, FoldedText.isLatin(text.units[token.units.lowerBound]) else { return nil }
        // Following capitalised words of two or more letters, initials included.
        var capitals = 0
        while index + capitals < tokens.count, capitals < 3, tokens[index + capitals].isCapital, capitals == 0 || tokens[index + capitals].follows { capitals += 1 }
        if let match = afterCue(index, capitals) { return match }
        guard capitals > 0 else { return nil }
        let first = word(index)
        let isFirst = lexicon.firstNames.contains(first)
        let isPlainFirst = isFirst && !lexicon.ambiguousNames.contains(first)
        if capitals >= 2 {
            let count = capitals == 3 && (tokens[index + 1].units.count == 1 || isLast(index + 2)) ? 3 : 2
            let last = index + count - 1
            if isFirst, isLast(last), isPlainFirst || !lexicon.ambiguousNames.contains(word(last)) { return (count, 0.9, "name.en-full") }
            if isPlainFirst, tokens[last].units.count >= 4, !lexicon.ambiguousNames.contains(word(last)), !isAllCaps(last), !Self.afterNames.contains(word(last)) {
                return (count, 0.7, "name.en-first")
            }
            if isLast(last), !lexicon.ambiguousNames.contains(word(last)), first.count >= 3, !Self.afterNames.contains(first), !isAllCaps(last), isPerson(index, count) {
                return (count, 0.55, "name.en-last")
            }
            let second = word(index + 1)
            if Self.pinyinSurnames.contains(first), Self.isPinyin(second), second.count >= 2 { return (2, 0.75, "name.pinyin") }
            if Self.pinyinSurnames.contains(second), Self.isPinyin(first), first.count >= 4 { return (2, 0.7, "name.pinyin") }
        }
        let isSubject = index + 1 < tokens.count && tokens[index + 1].follows && Self.afterSubjects.contains(word(index + 1))
        if isPlainFirst, !token.beginsSentence || isSubject, !isAllCaps(index), first.count >= 3 { return (1, 0.55, "name.en-first") }
        return nil
    }

    /// Whether the words around it speak of a person: Google Cloud and Derivative Works have capitals too.
    private func isPerson(_ index: Int, _ count: Int) -> Bool {
        // "Contact John Odom at" begins with a cue.
        if cues.at(tokens[index].units.lowerBound, .name) != nil { return false }
        let next = index + count
        if next < tokens.count, tokens[next].follows, Self.afterSubjects.contains(word(next)) { return true }
        return index > 0 && tokens[index].follows && Self.beforePersons.contains(word(index - 1))
    }

    private func isLast(_ index: Int) -> Bool { lexicon.lastNames.contains(word(index)) }

    private func isAllCaps(_ index: Int) -> Bool { tokens[index].units.allSatisfy { text.isUpper($0) } }

    /// "my name is John Smith", "Mr. Smith", "I'm Emma".
    private func afterCue(_ index: Int, _ capitals: Int) -> Match? {
        let token = tokens[index]
        guard let cue = cues.before(token.units.lowerBound, within: 3, where: { $0 == .name }), FoldedText.isLatin(text.units[cue.units.lowerBound]) else { return nil }
        guard (cue.units.upperBound..<token.units.lowerBound).allSatisfy({ [0x20, 0x2E, 0x3A, 0x2C].contains(text.units[$0]) }) else { return nil }
        let words = text.string(cue.units)
        let first = word(index)
        let isKnown = lexicon.firstNames.contains(first) || (isLast(index) && !lexicon.ambiguousNames.contains(first))
        if ["mr", "mrs", "ms", "miss", "dr", "prof"].contains(words) { return capitals > 0 ? (min(capitals, 2), 0.9, "name.en-title") : nil }
        if ["my name is", "name is", "call me", "called", "name"].contains(words), capitals > 0 || (isKnown && !lexicon.ambiguousNames.contains(first)) {
            guard !Self.afterNames.contains(first) else { return nil }
            // In lower case, as in chats; the family name too, if it is one.
            let isPair = capitals == 0 && index + 1 < tokens.count && tokens[index + 1].follows && isLast(index + 1) && !lexicon.ambiguousNames.contains(word(index + 1))
            return (capitals > 0 ? capitals : isPair ? 2 : 1, words == "name" ? 0.75 : 0.9, "name.en-cue")
        }
        let isPair = capitals >= 2 && isLast(index + 1)
        guard capitals > 0, isKnown || isPair, !Self.afterNames.contains(first) else { return nil }
        let isWeak = lexicon.ambiguousNames.contains(first) && capitals == 1
        return isWeak ? nil : (capitals, 0.85, "name.en-cue")
    }

    private static let sentenceEnds = UnitSet(".!?\u{3002}\n:")
    private static let afterNames: Set<String> = [
        "the", "and", "was", "has", "had", "from", "with", "said", "for", "not", "very", "your", "our", "customer", "service", "support", "team", "store", "app", "street", "road",
        "avenue", "lane", "drive", "court", "city", "park", "center", "centre", "hotel", "university", "hospital", "bank", "company", "inc", "ltd", "pro", "max", "plus", "home", "hub",
    ]
    private static let beforePersons: Set<String> = [
        "by", "with", "to", "and", "technician", "agent", "representative", "rep", "driver", "courier", "manager", "employee", "colleague", "lady", "gentleman", "wife", "husband",
        "mother", "father", "son", "daughter", "brother", "sister", "friend", "neighbour", "neighbor", "named", "asked", "told", "hi", "hello", "dear", "thank", "you",
    ]
    /// Words that follow a name at the beginning of a sentence.
    private static let afterSubjects: Set<String> = [
        "from", "at", "in", "said", "says", "was", "is", "has", "had", "called", "told", "helped", "came", "who", "answered", "did", "and", "promised", "never", "kept", "replied", "wrote",
    ]
    private static let pinyinSurnames: Set<String> = Set(
        """
        wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lv lu su \
        jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan qian yin \
        ouyang sima shangguan zhuge
        """.split(separator: " ").map(String.init))

    private static let initials = ["zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y", "w", ""]
    private static let finals: Set<String> = Set(
        "a o e i u v ai ei ui ao ou iu ie ve ue er an en in un vn ang eng ing ong ia iao ian iang iong ua uo uai uan uang".split(separator: " ").map(String.init))

    /// Whether a word consists of one to three syllables of Hanyu Pinyin.
    private static func isPinyin(_ word: String) -> Bool {
        func parse(_ rest: Substring, _ syllables: Int) -> Bool {
            if rest.isEmpty { return syllables > 0 }
            guard syllables < 3 else { return false }
            for initial in initials where rest.hasPrefix(initial) {
                let body = rest.dropFirst(initial.count)
                for length in 1...4 where length <= body.count && finals.contains(String(body.prefix(length))) {
                    if parse(body.dropFirst(length), syllables + 1) { return true }
                }
            }
            return false
        }
        return parse(word.filter { $0 != "-" && $0 != "'" }[...], 0)
    }
}
