/// What a character is, and what may begin with it: looked up once a character, for all detectors.
struct CharacterTraits: OptionSet, Sendable {
    let rawValue: UInt32

    // What it is.
    static let latin = CharacterTraits(rawValue: 1 << 0)
    /// Of any alphabet: ``FoldedText/isLetter(_:)``.
    static let letter = CharacterTraits(rawValue: 1 << 1)
    /// Was a capital before it was folded.
    static let upper = CharacterTraits(rawValue: 1 << 25)
    static let digit = CharacterTraits(rawValue: 1 << 2)
    /// Stands for a digit, in whatever script.
    static let numeral = CharacterTraits(rawValue: 1 << 3)
    /// 十, 百.
    static let multiple = CharacterTraits(rawValue: 1 << 4)
    static let han = CharacterTraits(rawValue: 1 << 5)
    /// Of a script that ``LanguageGate`` looks at.
    static let otherScript = CharacterTraits(rawValue: 1 << 6)
    static let separator = CharacterTraits(rawValue: 1 << 7)
    /// Of the numbers of streets: ª, º.
    static let ordinalSign = CharacterTraits(rawValue: 1 << 24)
    static let blank = CharacterTraits(rawValue: 1 << 8)
    static let middleDot = CharacterTraits(rawValue: 1 << 9)
    /// Ends a sentence for ``EnglishWords``, and may do so for ``LanguageGate``.
    static let sentenceEnd = CharacterTraits(rawValue: 1 << 10)
    static let sentenceMark = CharacterTraits(rawValue: 1 << 11)
    /// May stand in an address, and separates words in one.
    static let clausePart = CharacterTraits(rawValue: 1 << 12)
    static let softStop = CharacterTraits(rawValue: 1 << 13)

    // What may begin with it.
    static let cue = CharacterTraits(rawValue: 1 << 14)
    static let specialTerm = CharacterTraits(rawValue: 1 << 15)
    static let surname = CharacterTraits(rawValue: 1 << 16)
    static let transcribedName = CharacterTraits(rawValue: 1 << 17)
    static let brand = CharacterTraits(rawValue: 1 << 18)
    static let judgement = CharacterTraits(rawValue: 1 << 19)
    static let region = CharacterTraits(rawValue: 1 << 20)
    /// The last word of a place's name: 路, 小区.
    static let placeWord = CharacterTraits(rawValue: 1 << 21)
    /// A URL, an e-mail address or an IPv6 address has it; of letters, one that begins a word.
    static let addressForm = CharacterTraits(rawValue: 1 << 22)
    static let spelledAt = CharacterTraits(rawValue: 1 << 23)

    /// What a Latin letter within a word begins none of.
    static let wordBeginnings: CharacterTraits = [.cue, .specialTerm, .addressForm, .spelledAt]

    /// Of the characters of the basic plane.
    static let table: [CharacterTraits] = {
        var table = [CharacterTraits](repeating: [], count: 0x10000)
        for unit in table.indices { table[unit] = CharacterTraits(classOf: UInt32(unit)) }
        func add(_ trait: CharacterTraits, _ units: some Sequence<UInt32>) {
            for unit in units where unit < 0x10000 { table[Int(unit)].formUnion(trait) }
        }
        add(.cue, Cues.table.beginnings)
        add(.specialTerm, SpecialTerms.table.beginnings)
        add(.transcribedName, TranscribedNames.beginnings)
        add(.brand, Brands.all.beginnings)
        add(.judgement, ChineseNameDetector.judging.beginnings)
        add(.region, ChineseAddressDetector.autonomousRegions.beginnings + Lexicon.placeBeginnings)
        add(.placeWord, ChineseAddressDetector.named.beginnings)
        add(.addressForm, AddressFormDetector.anchors)
        add(.spelledAt, SpelledEmail.anchors)
        return table
    }()

    /// Of any character, the slow way.
    private init(classOf unit: UInt32) {
        self = []
        if FoldedText.isLatin(unit) { insert(.latin) }
        if FoldedText.isLetter(unit) { insert(.letter) }
        if FoldedText.isDigit(unit) { insert(.digit) }
        if FoldedText.digit(unit) != nil { insert(.numeral) }
        if unit == 0x5341 || unit == 0x767E { insert(.multiple) }
        if FoldedText.isHan(unit) { insert(.han) }
        if LanguageGate.isOther(unit) { insert(.otherScript) }
        if FoldedText.isSeparator(unit) { insert(.separator) }
        if unit == 0xAA || unit == 0xBA { insert(.ordinalSign) }
        if unit == 0x20 { insert(.blank) }
        if unit == 0xB7 { insert(.middleDot) }
        if EnglishWords.sentenceEnds.contains(unit) { insert(.sentenceEnd) }
        if LanguageGate.sentenceMarks.contains(unit) { insert(.sentenceMark) }
        if ChineseAddressDetector.isPart(unit) { insert(.clausePart) }
        if ChineseAddressDetector.softStops.contains(unit) { insert(.softStop) }
        if Lexicon.shared.beginsSurname(unit) { insert(.surname) }
    }

    /// - Parameter table: ``table``.
    @inline(__always)
    init(of unit: UInt32, _ table: [CharacterTraits]) { self = unit < 0x10000 ? table[Int(unit)] : CharacterTraits(classOf: unit) }

    init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension FoldedText {
    /// The first place from one on whose character has one of some traits; the text's end without one.
    @inline(__always)
    func next(_ wanted: CharacterTraits, from place: Int) -> Int {
        var index = place
        while index < traits.count, traits[index].isDisjoint(with: wanted) { index += 1 }
        return index
    }

    /// The first place from one on whose character has none of some traits.
    @inline(__always)
    func end(of wanted: CharacterTraits, from place: Int) -> Int {
        var index = place
        while index < traits.count, !traits[index].isDisjoint(with: wanted) { index += 1 }
        return index
    }
}
