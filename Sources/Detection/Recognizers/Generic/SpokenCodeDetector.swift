/// Finds what people spell in English: letters, NATO words and number words behind a cue, and names letter by letter.
struct SpokenCodeDetector {
    private let text: FoldedText
    private let cues: Cues
    private let words: [Range<Int>]
    private let hashes: [UInt32]
    private var found: [Entity] = []

    static func detect(in text: FoldedText, _ words: LatinWords, _ cues: Cues, into found: inout [Entity]) {
        guard words.count > 0 else { return }
        var detector = SpokenCodeDetector(text: text, words: words, cues: cues)
        for cue in cues.all { detector.value(after: cue) }
        detector.spelled()
        found += detector.found
    }

    private init(text: FoldedText, words: LatinWords, cues: Cues) {
        (self.text, self.cues, self.words, hashes) = (text, cues, words.units, words.hashes)
    }

    /// Words that only a blank separates may be read together.
    private func joins(_ word: Int) -> Bool {
        word < words.count && word > 0 && words[word].lowerBound - words[word - 1].upperBound == 1 && text.units[words[word - 1].upperBound] == 0x20
    }

    private func hash(_ word: Int) -> UInt32 { hashes[word] }

    private func first(from place: Int) -> Int {
        var (low, high) = (0, words.count)
        while low < high {
            let middle = (low + high) / 2
            if words[middle].lowerBound < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func add(_ type: EntityType, _ range: Range<Int>, _ rule: String) {
        let units = words[range.lowerBound].lowerBound..<words[range.upperBound - 1].upperBound
        found.append(Entity(type: type, bytes: text.bytes(units), score: 0.8, rule: rule, key: text.key(units)))
    }

    /// The end of the words of a kind that follow one another.
    private func end(from start: Int, _ set: WordSet, letters: Bool) -> Int {
        var end = start
        while end < words.count, end == start || joins(end), set.contains(hash(end)) || letters && words[end].count == 1 { end += 1 }
        return end
    }

    private mutating func value(after cue: Cues.Cue) {
        guard FoldedText.isLatin(text.units[cue.units.lowerBound]) else { return }
        var start = first(from: cue.units.upperBound)
        guard start < words.count, words[start].lowerBound - cue.units.upperBound <= 3 else { return }
        var links = 0
        while start < words.count, links < 5, Self.links.contains(hash(start)) {
            start += 1
            links += 1
        }
        guard start < words.count else { return }
        switch cue.kind {
        case .postcode, .account, .order, .tracking, .bankCard, .socialSecurity, .nationalInsurance, .plate, .passport, .driving, .cardCode:
            let end = end(from: start, Self.codes, letters: true)
            if end - start >= (cue.kind == .account || cue.kind == .bankCard ? 3 : 4) { add(Self.types[cue.kind]!, start..<end, "spoken.cue") }
        case .birthDate:
            let end = end(from: start, Self.dates, letters: false)
            if end - start >= 3 { add(.birthDate, start..<end, "spoken.birth-date") }
        case .address:
            let number = end(from: start, Self.numbers, letters: true)
            guard number > start else { return }
            for street in number + 1..<max(number + 1, min(words.count, number + 4)) where joins(street) && StreetWords.endings.contains(hash(street)) && words[street].count > 2 {
                // The town, and what is left of a postcode.
                let town = street + 1 < words.count && joins(street + 1) && !Self.links.contains(hash(street + 1)) ? street + 2 : street + 1
                let code = town < words.count && joins(town) ? end(from: town, Self.codes, letters: true) : town
                add(.address, start..<(code - town >= 4 ? code : town), "spoken.address")
                return
            }
        default: break
        }
    }

    private static let types: [Cues.Kind: EntityType] = [
        .postcode: .postcode, .account: .account, .order: .order, .tracking: .tracking, .bankCard: .bankCard, .socialSecurity: .socialSecurity,
        .nationalInsurance: .nationalInsurance, .plate: .plate,
        .passport: .passport, .driving: .drivingLicence, .cardCode: .cardCode,
    ]

    /// s z c z e p a n s k i; kilo oscar whiskey; p for peter a for apple.
    private mutating func spelled() {
        var index = 0
        while index < words.count {
            guard words[index].count == 1 || Self.alphabet.contains(hash(index)) else {
                index += 1
                continue
            }
            let letters = lettersEnd(index)
            let code = end(from: index, Self.alphabet, letters: false)
            let pairs = pairsEnd(index)
            if pairs - index >= 9 {
                add(.person, index..<pairs, "spoken.spelled")
                index = pairs
            } else if letters - index >= 5 {
                add(.person, index..<letters, "spoken.spelled")
                index = letters
            } else if code - index >= 3 {
                add(.person, index..<code, "spoken.nato")
                index = code
            } else {
                index += 1
            }
        }
    }

    private func lettersEnd(_ start: Int) -> Int {
        var end = start
        while end < words.count, words[end].count == 1, end == start || joins(end) { end += 1 }
        return end
    }

    private func pairsEnd(_ start: Int) -> Int {
        var end = start
        while end + 2 < words.count, words[end].count == 1, hash(end + 1) == Self.for, words[end + 2].count > 1,
            text.units[words[end + 2].lowerBound] == text.units[words[end].lowerBound], end == start || joins(end)
        { end += 3 }
        return end
    }

    private static let `for` = WordSet.hash("for")
    private static let links = WordSet("is was the number no code on of are it it's and an my to in at address")
    private static let numerals = """
        zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
        double triple treble
        """
    /// ICAO.
    private static let letters =
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
    private static let ordinals = """
        first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth of the and thousand
        january february march april may june july august september october november december
        """
    private static let (numbers, alphabet) = (WordSet(numerals), WordSet(letters))
    private static let (codes, dates) = (WordSet(numerals + " " + letters), WordSet(ordinals + " " + numerals))
}
