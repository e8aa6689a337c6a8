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

    /// What a span of the tagger's own needs without any evidence, and what it scores more while it reads: a name that is missed does more
    /// harm than a word that is covered.
    private static let doubt: Int32 = -12
    private static let bonus: Int32 = 12
    private static let unlikely = SIMD4<Int32>(repeating: -100)

    static func detect(in text: FoldedText, _ words: EnglishWords, _ cues: Cues, into found: inout [Entity]) {
        guard text.hasLatin else { return }
        var detector = EnglishNameDetector(text: text, words: words, cues: cues)
        detector.scan()
        detector.keepBest(&found)
    }

    private init(text: FoldedText, words: EnglishWords, cues: Cues) {
        (self.text, self.words, self.cues) = (text, words, cues)
        scores = [SIMD4<Int32>](repeating: SIMD4(repeating: 0), count: words.words.count)
    }

    private mutating func scan() {
        let tagger = EnglishTagger.standard
        for run in words.runs {
            for index in run { scores[index] = words.mayBeName(index) ? tagger.scores(words, at: index, in: text) : Self.unlikely }
            for span in SpanDecoder.spans(scores[run], bonus: Self.bonus) where span.range.count <= 5 && isPlausible(span) && !isCue(span.range) {
                candidates.append(Candidate(range: span.range, gain: span.score - Self.doubt - caution(span.range), rule: "name.en-tagger"))
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
        if Self.misspelt.contains(word.hash) || text.hasHan && Self.notInChinese.contains(word.hash) { return true }
        guard let cue = cues.beginning(at: word.units.lowerBound) else { return false }
        return cue.units == word.units && (cue.kind != .name || Self.titles.contains(word.hash))
    }

    /// In other alphabets the tagger has read few words: only capitals, two of them or one within a sentence, that it is sure of.
    private func isPlausible(_ span: SpanDecoder.Span) -> Bool {
        let isLatin = !span.range.contains { words.words[$0].units.contains { PlainLetters.isOfOtherAlphabet(text.units[$0]) } }
        return isLatin || span.score > 40 && span.range.allSatisfy { words.words[$0].isCapital } && (span.range.count > 1 || !words.words[span.range.lowerBound].beginsSentence)
    }

    /// What a span must have beyond ``doubt``: a town, a word of the language, what no list of names has, the beginning of a company's name.
    private func caution(_ range: Range<Int>) -> Int32 {
        let word = words.words[range.lowerBound]
        let isListed = range.contains { isListedName(words.words[$0]) }
        var caution: Int32 = isListed ? 0 : 12
        if range.count == 1 {
            if word.list & EnglishWords.Listed.place != 0 { caution += isListed && !text.hasHan ? 10 : 25 }
            if !isListed, word.list & (EnglishWords.Listed.common | EnglishWords.Listed.rare) != 0 {
                let isDefinite = range.lowerBound > 0 && word.follows && Self.articles.contains(words.words[range.lowerBound - 1].hash)
                caution += isDefinite ? 90 : 30
            }
            // In Chinese, what no list has is a brand, a measure or half of "check in".
            if text.hasHan { caution += isListed ? word.isCapital ? 0 : 40 : 70 }
            if word.units.count == 1 { caution += 25 }
            if Self.foods.contains(word.hash) { caution += 60 }
            // "Large in part", "Given the gravity": a family name, and more often the sentence's first word.
            if word.list & EnglishWords.Listed.first == 0, word.list & EnglishWords.Listed.common != 0, word.beginsSentence { caution += 25 }
            // Alexa beside Amazon's other things is one of them.
            if isAssistant(word) { caution += 90 }
            // A long letter introduces whom it names; what stands in it unintroduced is a company more often.
            if !isListed, words.words.count > Self.letter { caution += 40 }
        } else if range.contains(where: { Self.foods.contains(words.words[$0].hash) }) {
            caution += 80
        } else if range.count == 2, lists(of: range) & EnglishWords.Listed.place != 0 {
            caution += 60
        } else if text.hasHan, !isListed {
            caution += 20
        }
        let next = range.upperBound
        if next < words.words.count, words.words[next].follows, words.words[next].isCapital, Self.companies.contains(words.words[next].hash) { caution += 40 }
        if range.count > 1, Self.companies.contains(words.words[next - 1].hash) { caution += 40 }
        return caution
    }

    /// Dishes, and what is said of them.
    private static let foods = WordSet(
        """
        bacon risotto panna cotta pho ramen sushi sashimi tiramisu lasagna lasagne carbonara bolognese gnocchi ravioli panini calzone pizza burger burgers taco tacos burrito quesadilla nachos guacamole salsa hummus falafel kebab gyro gyros tzatziki naan biryani korma masala tikka vindaloo \
        paneer samosa dal curry satay dim sum wonton gyoza tempura teriyaki bulgogi kimchi bibimbap brisket ribs steak filet ribeye sirloin chowder bisque gumbo jambalaya risotto paella tapas chorizo prosciutto mozzarella caprese bruschetta focaccia ciabatta croissant brioche crepe crepes \
        souffle brulee custard cheesecake sorbet gelato espresso latte cappuccino mocha americano macchiato chai matcha mojito margarita sangria merlot chardonnay cabernet pinot prosecco hunan szechuan sichuan cantonese cajun creole hella devine bland luke warm lukewarm grande venti caesar benedict
        """)
    private static let misspelt = WordSet("noone everyone anyone someone alot aswell infact incase atleast thankyou gonna wanna kinda she'd he'd they'd we'd you'd it'd she'll he'll they'll")
    /// What Chinese texts have of other languages, that is nobody.
    private static let notInChinese = WordSet("kao ctrip sasa checkin checkout app wifi vip ktv spa lobby hotel holidayinn bodyshop grande cpu usb vcd dvd logo qq nb tmd mp lcd led hp ibm dell")
    private static let assistants = WordSet("alexa siri cortana bixby echo")
    private static let devices = WordSet("amazon echo dot kindle alexa's speaker speakers skill skills smart device devices google apple iphone samsung homepod wifi bluetooth app firestick")
    private func isAssistant(_ word: EnglishWords.Word) -> Bool { Self.assistants.contains(word.hash) && words.words.contains { Self.devices.contains($0.hash) } }

    private static let articles = WordSet("the a an this that our your their my his her its")
    /// So many words are a letter, not a message.
    private static let letter = 100
    private static let companies = WordSet(
        """
        inc corp corporation company co ltd llc plc gmbh group holdings bank airlines airways systems solutions services insurance consulting analytics investments partners technologies technology labs media motors foods stores \
        foundation institute university college school hospital hotel hotels restaurant orchestra museum center centre stadium airport street road avenue lane city county town island lake river park council committee festival awards prize
        """)

    /// What the lists say of two words as one: newyork.
    private func lists(of pair: Range<Int>) -> UInt8 {
        let letters = pair.flatMap { words.words[$0].units }
        return Lexicon.shared.listed(letters.reduce(WordSet.basis) { WordSet.add(PlainLetters.of(text.units[$1]), to: $0) })
    }

    private func isListedName(_ word: EnglishWords.Word) -> Bool { word.list & (EnglishWords.Listed.first | EnglishWords.Listed.last) != 0 }

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
            let whole = withTitle(candidate.range)..<withParticles(candidate.range.upperBound)
            for place in whole { isTaken[place] = true }
            let range = words.words[whole.lowerBound].units.lowerBound..<words.words[whole.upperBound - 1].units.upperBound
            let score = 0.5 + 0.49 * Double(min(candidate.gain, 60)) / 60
            found.append(Entity(type: .person, bytes: text.bytes(range), score: (score * 100).rounded() / 100, rule: candidate.rule, key: text.key(range)))
        }
    }

    /// Mohammed bin Rashid Al-Harbi: a particle joins what follows it to the name.
    private func withParticles(_ end: Int) -> Int {
        var end = end
        if end < words.words.count, Self.particles.contains(words.words[end - 1].hash), words.words[end].follows, words.words[end].isCapital { end += 1 }
        while end + 1 < words.words.count, words.words[end].follows, !words.words[end].isCapital, Self.particles.contains(words.words[end].hash) {
            let next = words.words[end + 1].follows && Self.particles.contains(words.words[end + 1].hash) ? end + 2 : end + 1
            guard next < words.words.count, words.words[next].follows, words.words[next].isCapital else { return end }
            end = next + 1
            while end < words.words.count, words.words[end].follows, words.words[end].isCapital, !words.words[end].isToken { end += 1 }
        }
        return end
    }

    private static let particles = WordSet("bin ibn bint al el van von der den del della di da de la du ter abu dos")

    /// Senator Nakamura: an office names its holder, too; a form of address does not.
    private func withTitle(_ range: Range<Int>) -> Int {
        let first = range.lowerBound
        if range.count > 1, Self.forms.contains(words.words[first].hash) { return first + 1 }
        guard first > 0, words.words[first].follows, words.words[first - 1].isCapital else { return first }
        // Big Dave: what he is called.
        if range.count == 1, listed(first, EnglishWords.Listed.first), Self.nicknames.contains(words.words[first - 1].hash) { return first - 1 }
        guard Self.offices.contains(words.words[first - 1].hash) else { return first }
        return first - 1
    }

    private static let nicknames = WordSet("big little young old wee fat tall uncle auntie aunt granny crazy lucky")
    private static let forms = WordSet("mr mrs ms miss dr prof frau herr madame monsieur signor signora")
    private static let titles = WordSet("mr mrs ms miss dr prof sir customer contact recipient surname dear regards sincerely thanks name")
    private static let offices = WordSet("president senator bishop archbishop sister father prince princess queen king lord lady sir minister judge justice captain coach pastor rabbi governor mayor sheriff colonel general")

    // MARK: Rules

    private typealias Proposal = (count: Int, evidence: Int32, rule: String)

    private func listed(_ index: Int, _ list: UInt8) -> Bool { words.words[index].list & list != 0 }

    private func isPlain(_ index: Int, _ list: UInt8) -> Bool { listed(index, list) && !listed(index, EnglishWords.Listed.ambiguous) }

    private func word(_ index: Int) -> String { text.string(words.words[index].units) }

    private func rule(at index: Int, in run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        guard word.units.count >= 2, !text.hasHan || !Self.notInChinese.contains(word.hash) else { return nil }
        // Words of two letters and more that follow as capitals, initials included.
        var capitals = 0
        while index + capitals < run.upperBound, capitals < 3, words.words[index + capitals].isCapital { capitals += 1 }
        let cued = afterCue(index, capitals, run)
        let listed = capitals > 0 ? byList(index, capitals, run) : nil
        if cued == nil, let signed = signature(index, capitals, run) { return signed }
        guard let cued, let listed else { return cued ?? listed }
        return cued.evidence >= listed.evidence ? cued : listed
    }

    /// What stands alone at the end: two or three capitals, none of them a word of the language alone.
    private func signature(_ index: Int, _ capitals: Int, _ run: Range<Int>) -> Proposal? {
        guard index == run.lowerBound, run.upperBound == words.words.count, (2...3).contains(run.count), capitals == run.count, words.style == 0, words.words[index].beginsSentence, index > 3,
            [3, 4].contains(words.words[index].gap)
        else { return nil }
        let isWord = run.contains { index in
            let list = words.words[index].list
            return list & (EnglishWords.Listed.common | EnglishWords.Listed.place) != 0 && list & (EnglishWords.Listed.first | EnglishWords.Listed.last) == 0 || Self.companies.contains(words.words[index].hash)
        }
        return isWord || words.words[run.upperBound - 1].shape != EnglishWords.Shape.capital ? nil : (run.count, 45, "name.en-signature")
    }

    /// Given and family names of the lists, and Chinese ones in Hanyu Pinyin.
    private func byList(_ index: Int, _ capitals: Int, _ run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        if capitals == 1, isAssistant(word) { return nil }
        if capitals >= 2 {
            let count = capitals == 3 && (words.words[index + 1].units.count == 1 || listed(index + 2, EnglishWords.Listed.last)) ? 3 : 2
            let last = index + count - 1
            if isPlain(index, EnglishWords.Listed.first), listed(last, EnglishWords.Listed.last) { return (count, 14, "name.en-full") }
            if Self.pinyinSurnames.contains(word.hash), Self.isPinyin(self.word(index + 1)) { return (2, 60, "name.pinyin") }
            if Self.pinyinSurnames.contains(words.words[index + 1].hash), word.units.count >= 4, Self.isPinyin(self.word(index)) { return (2, 50, "name.pinyin") }
        }
        // "I asked Will": a word of the language, but as a capital behind one that takes a person.
        if capitals == 1, word.shape == EnglishWords.Shape.capital, listed(index, EnglishWords.Listed.first), listed(index, EnglishWords.Listed.ambiguous), index > run.lowerBound,
            Self.personal.contains(words.words[index - 1].hash), !words.words[index - 1].isCapital
        {
            return (1, 40, "name.en-first")
        }
        return isPlain(index, EnglishWords.Listed.first) && word.shape == EnglishWords.Shape.capital ? (1, text.hasHan ? 25 : word.beginsSentence ? 0 : 4, "name.en-first") : nil
    }

    /// "my name is John Smith", "Mr. Smith", 我叫Kevin, Tony老师.
    private func afterCue(_ index: Int, _ capitals: Int, _ run: Range<Int>) -> Proposal? {
        let word = words.words[index]
        if capitals > 0, word.shape != EnglishWords.Shape.mixed, cues.at(word.units.upperBound, .title) != nil { return (1, text.hasHan ? 120 : 65, "name.en-title") }
        guard let cue = cues.before(word.units.lowerBound, within: 3, where: { $0 == .name || $0 == .phone }) else { return nil }
        let gap = cue.units.upperBound..<word.units.lowerBound
        if Self.closings.contains(cue.units, in: text) {
            // Best, and the name on the next line.
            guard capitals > 0, capitals == run.upperBound - index, gap.contains(where: { [0x0A, 0x2C].contains(text.units[$0]) }), run.upperBound == words.words.count else { return nil }
            return (capitals, 45, "name.en-signature")
        }
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

    private static let closings = PhraseList(["best", "best wishes", "best regards", "kind regards", "warm regards", "cheers", "yours", "yours truly", "yours faithfully", "sincerely", "regards"])
    /// What is said behind a name, or instead of one.
    private static let small = WordSet(
        """
        a an and are as at be but by calling can could did do for from give go going had has have he her here his how i if in is it its just like me my no not of on one or our out please she should so
        spelled spelt that the their them then there they this to up us was we were what when where which who why will with would yes you your on hold order account number address phone email
        """)
    private static let personal = WordSet("asked told emailed thanked phoned messaged texted contacted reminded informed named met married")
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
