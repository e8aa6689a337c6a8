/// Finds names in Latin letters: what the ``EnglishTagger`` reads as one, and what lists, titles and the words before say.
///
/// Each stretch that a rule proposes is weighed: the rule's evidence and the tagger's margin are added up. A brand, a town or a month has a
/// margin far below zero, which only a strong cue outweighs.
struct EnglishNameDetector {
    private let text: FoldedText
    private let cues: Cues
    private let words: EnglishWords
    private var scores: [SIMD4<Int32>]
    private var candidates: [Candidate] = []

    private struct Candidate {
        /// Of words.
        var range: Range<Int>
        /// In the tagger's steps.
        var gain: Int32
        var rule: String
    }

    /// What a span of the tagger's own needs without any evidence, and what it scores more while it reads.
    private static let doubt: Int32 = 18
    private static let bonus: Int32 = 0
    private static let unlikely = SIMD4<Int32>(repeating: -100)

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.hasLatin else { return }
        var detector = EnglishNameDetector(text: text, cues: cues)
        detector.scan()
        detector.keepBest(&found)
    }

    private init(text: FoldedText, cues: Cues) {
        (self.text, self.cues) = (text, cues)
        words = EnglishWords(of: text)
        scores = [SIMD4<Int32>](repeating: SIMD4(repeating: 0), count: words.words.count)
    }

    private mutating func scan() {
        let tagger = EnglishTagger.standard
        for run in words.runs {
            for index in run { scores[index] = words.mayBeName(index) ? tagger.scores(words, at: index, in: text) : Self.unlikely }
            for span in SpanDecoder.spans(scores[run], bonus: Self.bonus) where span.range.count <= 5 && isPlausible(span) && !isCue(span.range) {
                candidates.append(Candidate(range: span.range, gain: span.score - Self.doubt, rule: "name.en-tagger"))
            }
            for index in run {
                guard let (count, evidence, rule) = rule(at: index, in: run) else { continue }
                let range = index..<index + count
                candidates.append(Candidate(range: range, gain: margin(range) + evidence, rule: rule))
            }
        }
    }

    /// Whether a word alone is one that personal data stands behind, or an abbreviation: IBAN, Aadhaar.
    private func isCue(_ range: Range<Int>) -> Bool {
        let word = words.words[range.lowerBound]
        guard range.count == 1 else { return false }
        if word.shape == EnglishWords.Shape.allCaps, word.list == 0, word.units.count <= 5, words.style == 0 { return true }
        guard let cue = cues.beginning(at: word.units.lowerBound) else { return false }
        return cue.kind != .name && cue.units == word.units
    }

    /// In other alphabets the tagger has read few words: only capitals that it is sure of.
    private func isPlausible(_ span: SpanDecoder.Span) -> Bool {
        let isLatin = span.range.contains { FoldedText.isLatin(PlainLetters.of(text.units[words.words[$0].units.lowerBound])) }
        return isLatin || span.score > 60 && span.range.allSatisfy { words.words[$0].isCapital }
    }

    private func margin(_ range: Range<Int>) -> Int32 {
        guard range.count > 1 else { return scores[range.lowerBound][SpanTag.single.rawValue] }
        return scores[range.lowerBound][SpanTag.begin.rawValue] + scores[range.upperBound - 1][SpanTag.end.rawValue]
            + range.dropFirst().dropLast().reduce(0) { $0 + scores[$1][SpanTag.inside.rawValue] }
    }

    private func keepBest(_ found: inout [Entity]) {
        guard !candidates.isEmpty else { return }
        var isTaken = [Bool](repeating: false, count: words.words.count)
        let best = candidates.filter { $0.gain > 0 }.sorted { ($0.gain, $1.range.lowerBound) > ($1.gain, $0.range.lowerBound) }
        for candidate in best where !candidate.range.contains(where: { isTaken[$0] }) {
            for place in candidate.range { isTaken[place] = true }
            let range = words.words[withTitle(candidate.range.lowerBound)].units.lowerBound..<words.words[candidate.range.upperBound - 1].units.upperBound
            let score = 0.5 + 0.49 * Double(min(candidate.gain, 60)) / 60
            found.append(Entity(type: .person, bytes: text.bytes(range), score: (score * 100).rounded() / 100, rule: candidate.rule, key: text.key(range)))
        }
    }

    /// Senator Nakamura: an office names its holder, too.
    private func withTitle(_ first: Int) -> Int {
        guard first > 0, words.words[first].follows, words.words[first - 1].isCapital, Self.offices.contains(words.words[first - 1].hash) else { return first }
        return first - 1
    }

    private static let offices = WordSet("president senator bishop archbishop sister father prince princess queen king lord lady sir minister judge justice captain coach pastor rabbi governor mayor sheriff colonel general")

    // MARK: Rules

    private typealias Proposal = (count: Int, evidence: Int32, rule: String)

    private func listed(_ index: Int, _ list: UInt8) -> Bool { words.words[index].list & list != 0 }

    private func isPlain(_ index: Int, _ list: UInt8) -> Bool { listed(index, list) && !listed(index, EnglishWords.Listed.ambiguous) }

    private func word(_ index: Int) -> String { text.string(words.words[index].units) }

    private func rule(at index: Int, in run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        guard word.units.count >= 2 else { return nil }
        // Words of two letters and more that follow as capitals, initials included.
        var capitals = 0
        while index + capitals < run.upperBound, capitals < 3, words.words[index + capitals].isCapital { capitals += 1 }
        let cued = afterCue(index, capitals, run)
        let listed = capitals > 0 ? byList(index, capitals, run) : nil
        guard let cued, let listed else { return cued ?? listed }
        return cued.evidence >= listed.evidence ? cued : listed
    }

    /// Given and family names of the lists, and Chinese ones in Hanyu Pinyin.
    private func byList(_ index: Int, _ capitals: Int, _ run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        if capitals >= 2 {
            let count = capitals == 3 && (words.words[index + 1].units.count == 1 || listed(index + 2, EnglishWords.Listed.last)) ? 3 : 2
            let last = index + count - 1
            if isPlain(index, EnglishWords.Listed.first), listed(last, EnglishWords.Listed.last) { return (count, 14, "name.en-full") }
            if Self.pinyinSurnames.contains(word.hash), Self.isPinyin(self.word(index + 1)) { return (2, 60, "name.pinyin") }
            if Self.pinyinSurnames.contains(words.words[index + 1].hash), word.units.count >= 4, Self.isPinyin(self.word(index)) { return (2, 50, "name.pinyin") }
        }
        return isPlain(index, EnglishWords.Listed.first) && word.shape == EnglishWords.Shape.capital ? (1, word.beginsSentence ? 0 : 4, "name.en-first") : nil
    }

    /// "my name is John Smith", "Mr. Smith", 我叫Kevin, Tony老师.
    private func afterCue(_ index: Int, _ capitals: Int, _ run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        if capitals > 0, cues.at(word.units.upperBound, .title) != nil { return (1, 40, "name.en-title") }
        guard let cue = cues.before(word.units.lowerBound, within: 3, where: { $0 == .name || $0 == .phone }) else { return nil }
        let gap = cue.units.upperBound..<word.units.lowerBound
        guard gap.allSatisfy({ [0x20, 0x2E, 0x3A, 0x2C].contains(text.units[$0]) }) else { return nil }
        guard FoldedText.isLatin(text.units[cue.units.lowerBound]) else {
            guard capitals > 0, cue.kind == .name, word.shape != EnglishWords.Shape.mixed, words.words[index].units.count >= 3 else { return nil }
            return (capitals, isPlain(index, EnglishWords.Listed.first) ? 45 : 20, "name.en-cue")
        }
        let weight: Int32
        switch text.string(cue.units) {
        case "mr", "mrs", "ms", "miss", "dr", "prof": return capitals > 0 ? (min(capitals, 2), 45, "name.en-title") : nil
        case "my name is", "name is", "my name's": weight = 55
        case "surname", "last name", "first name", "full name": weight = 45
        case "thanks to", "kudos to", "props to", "shout out to": weight = 50
        case "call me", "name", "this is", "i'm", "i am", "it's": weight = 8
        default: weight = 12
        }
        // A full stop ends what a cue introduces.
        if gap.contains(where: { text.units[$0] == 0x2E }) { return nil }
        if capitals > 0 { return (capitals, weight, "name.en-cue") }
        guard weight > 40, !Self.small.contains(word.hash) else { return nil }
        // Written small, as speech is recognised: the word that follows, too, unless it is one of the language's small words.
        let isPair = index + 1 < run.upperBound && !Self.small.contains(words.words[index + 1].hash)
        return (isPair ? 2 : 1, weight, "name.en-cue")
    }

    /// What is said behind a name, or instead of one.
    private static let small = WordSet(
        """
        a an and are as at be but by calling can could did do for from give go going had has have he her here his how i if in is it its just like me my no not of on one or our out please she should so
        spelled spelt that the their them then there they this to up us was we were what when where which who why will with would yes you your on hold order account number address phone email
        """)
    private static let pinyinSurnames = WordSet(
        """
        wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lv lu su \
        jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan qian yin \
        ouyang sima shangguan zhuge
        """)

    private static let initials = ["zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y", "w", ""]
    private static let finals: Set<String> = Set(
        "a o e i u v ai ei ui ao ou iu ie ve ue er an en in un vn ang eng ing ong ia iao ian iang iong ua uo uai uan uang".split(separator: " ").map(String.init))

    /// Whether a word is one to three syllables of Hanyu Pinyin.
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
        return word.utf8.count >= 2 && parse(word.filter { $0 != "-" && $0 != "'" }[...], 0)
    }
}
