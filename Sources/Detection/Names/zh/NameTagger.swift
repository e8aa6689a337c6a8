/// Reads which characters of a Chinese text are a person's name: a linear-chain tagger with an averaged structured
/// perceptron's weights (Collins 2002, "Discriminative Training Methods for Hidden Markov Models"), decoded with Viterbi.
///
/// `Tools/TrainNames` learns the weights; features are hashed into ``buckets`` rows of one weight a tag. A name's characters are
/// Han, so that each run of Han characters is read by itself, in sight of what stands around it.
package struct NameTagger: Sendable {
    package static let buckets = 1 << 18
    package static let standard = NameTagger(weights: SpanWeights(encoded: DetectionData.chineseTagger, rows: buckets))
    /// What the weights' steps are worth, in the units of a ``ChineseNameDetector``'s costs.
    package static let scale: Float = 1 / 8

    let weights: SpanWeights

    /// A text's characters as features see them.
    package static func folded(_ text: String) -> [UInt32] { FoldedText.units(of: text) }

    /// The runs of Han characters, each of which is read by itself.
    package static func runs(of units: [UInt32]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        while let run = run(of: units, from: runs.last?.upperBound ?? 0) { runs.append(run) }
        return runs
    }

    /// The first run that begins at a place or behind it.
    @inline(__always)
    static func run(of units: [UInt32], from place: Int) -> Range<Int>? {
        var start = place
        while start < units.count, !FoldedText.isHan(units[start]) { start += 1 }
        var end = start
        while end < units.count, FoldedText.isHan(units[end]) { end += 1 }
        return end > start ? start..<end : nil
    }

    /// The buckets of a place's features.
    package static func features(of symbols: NameSymbols, _ words: TextWords, at index: Int, _ take: (Int) -> Void) {
        let context = NameContext(symbols, words, index)
        context.quick(take)
        context.rest(take)
    }

    /// The scores of a place's tags by the features that rule most places out, and those of all others.
    @inline(__always)
    func quick(_ context: NameContext) -> SIMD4<Int32> {
        var sum = SIMD4<Int32>(repeating: 0)
        context.quick { sum &+= weights[$0] }
        return sum
    }

    func rest(_ context: NameContext) -> SIMD4<Int32> {
        var sum = SIMD4<Int32>(repeating: 0)
        context.rest { sum &+= weights[$0] }
        return sum
    }
}

/// A text's characters as features see them, with a margin on both sides.
package struct NameSymbols: Sendable {
    static let margin = 3
    /// Digits and Latin letters are one character each; what lies outside the text is 1.
    let units: [UInt32]
    /// How common each is in names, from ``Lexicon/classes(_:)``.
    let classes: [UInt8]

    package init(of text: [UInt32]) {
        var units = [UInt32](repeating: 1, count: text.count + 2 * Self.margin)
        var classes = [UInt8](repeating: 0, count: units.count)
        let lexicon = Lexicon.shared
        for (index, unit) in text.enumerated() {
            units[index + Self.margin] = unit < 0x80 ? unit &- 48 < 10 ? 48 : unit &- 97 < 26 ? 97 : unit : unit
            classes[index + Self.margin] = lexicon.classes(unit)
        }
        (self.units, self.classes) = (units, classes)
    }
}

/// What features are made of at a place: characters around it, their pairs and triples, what the lexicon says of them, and how words of the
/// lexicon cover the place.
struct NameContext {
    private let (l3, l2, l1, c, r1, r2, r3): (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
    private let (here, before, after): (WordCover, WordCover, WordCover)
    private let (n0, n1, n2, m1, m2): (Lexicon.Commonness, Lexicon.Commonness, Lexicon.Commonness, Lexicon.Commonness, Lexicon.Commonness)
    private let twins: UInt32

    @inline(__always)
    init(_ symbols: NameSymbols, _ words: TextWords, _ index: Int) {
        let s = symbols.units
        let middle = index + NameSymbols.margin
        (l3, l2, l1, c, r1, r2, r3) = (s[middle - 3], s[middle - 2], s[middle - 1], s[middle], s[middle + 1], s[middle + 2], s[middle + 3])
        (before, here, after) = (words.cover(index - 1), words.cover(index), words.cover(index + 1))
        let k = symbols.classes
        (n2, n1, n0, m1, m2) = (.init(k[middle - 2]), .init(k[middle - 1]), .init(k[middle]), .init(k[middle + 1]), .init(k[middle + 2]))
        twins = (c == r1 ? 1 : 0) | (c == l1 ? 2 : 0) | (r1 == r2 ? 4 : 0)
    }

    @inline(__always)
    private static func row(_ template: UInt64, _ a: UInt32, _ b: UInt32 = 0, _ c: UInt32 = 0) -> Int {
        let key = template << 58 ^ UInt64(a) << 40 ^ UInt64(b) << 20 ^ UInt64(c)
        var hash = (key ^ key >> 32) &* 0xD6E8_FEB8_6659_FD93
        hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: hash >> 46)
    }

    private var lengths: UInt32 { UInt32(here.begin) << 8 | UInt32(here.end) << 4 | UInt32(here.inside) }

    /// Those that tell best that a place does not begin a name.
    @inline(__always)
    func quick(_ take: (Int) -> Void) {
        take(Self.row(1, c))
        take(Self.row(2, l1))
        take(Self.row(3, r1))
        take(Self.row(6, l1, c))
        take(Self.row(7, c, r1))
        take(Self.row(10, l1, r1))
        take(Self.row(16, n0.surname << 6 | m1.given << 4 | m2.given << 2 | n0.given, twins))
        take(Self.row(19, lengths, UInt32(before.end) << 4 | UInt32(after.begin), n0.surname))
    }

    @inline(__always)
    func rest(_ take: (Int) -> Void) {
        take(Self.row(4, l2))
        take(Self.row(5, r2))
        take(Self.row(8, l2, l1))
        take(Self.row(9, r1, r2))
        take(Self.row(11, l1, c, r1))
        take(Self.row(12, c, r1, r2))
        take(Self.row(13, l2, l1, c))
        take(Self.row(14, l3, l2, l1))
        take(Self.row(15, r1, r2, r3))
        take(Self.row(17, n1.surname << 6 | n0.given << 4 | m1.given << 2 | n0.surname, twins))
        take(Self.row(18, n2.surname << 4 | n1.given << 2 | n0.given))
        take(Self.row(20, c, lengths))
        take(Self.row(21, l1, UInt32(here.begin) << 4 | UInt32(here.end), n0.surname))
        take(Self.row(22, r1, UInt32(here.begin) << 4 | UInt32(here.end), twins))
        let edges: UInt32 = (FoldedText.isHan(l2) ? 1 : 0) | (FoldedText.isHan(l1) ? 2 : 0) | (FoldedText.isHan(r1) ? 4 : 0) | (FoldedText.isHan(r2) ? 8 : 0)
        take(Self.row(23, edges, n0.surname << 8 | n0.given << 6 | n1.surname << 4 | m1.given << 2, twins))
    }
}

/// What the tagger says of a text's Han characters. Most places are ruled out before all their features are looked up.
struct NameReadings {
    private let units: [UInt32]
    private let symbols: NameSymbols
    private let words: TextWords
    /// Of each place's tags, once it is read.
    private var scores: [SIMD4<Int32>]

    /// A place whose best features speak so strongly against it begins no name: of 98 in 100 that do, they say more.
    private static let quickFloor: Int32 = -26
    private static let floor: Int32 = -16
    /// The longest name that is read.
    private static let longest = 6
    private static let unread = SIMD4<Int32>(repeating: .min)
    private static let prefixes = UnitSet("小阿老大")

    init(of units: [UInt32], _ words: TextWords) {
        self.units = units
        self.words = words
        symbols = NameSymbols(of: units)
        scores = [SIMD4<Int32>](repeating: Self.unread, count: units.count)
    }

    /// The spans of the best reading.
    ///
    /// - Parameter bonus: see ``SpanDecoder/spans(_:bonus:)``.
    mutating func spans(bonus: Int32) -> [SpanDecoder.Span] {
        let tagger = NameTagger.standard
        var spans: [SpanDecoder.Span] = []
        var end = 0
        while let run = NameTagger.run(of: units, from: end) {
            end = run.upperBound
            // From the first place that may begin a name to the last that such a one may reach.
            var island = run.lowerBound..<run.lowerBound
            for place in run {
                // Half of running text are characters that no name begins with.
                guard symbols.classes[place + NameSymbols.margin] != 0 || Self.prefixes.contains(units[place]) else { continue }
                let context = NameContext(symbols, words, place)
                let quick = tagger.quick(context)
                guard max(quick[SpanTag.begin.rawValue], quick[SpanTag.single.rawValue]) >= Self.quickFloor else { continue }
                if scores[place] == Self.unread { scores[place] = quick &+ tagger.rest(context) }
                guard max(scores[place][SpanTag.begin.rawValue], scores[place][SpanTag.single.rawValue]) >= Self.floor else { continue }
                if place >= island.upperBound {
                    if !island.isEmpty { spans += decode(island, bonus) }
                    island = place..<place
                }
                island = island.lowerBound..<max(island.upperBound, min(run.upperBound, place + Self.longest))
            }
            if !island.isEmpty { spans += decode(island, bonus) }
        }
        return spans
    }

    private mutating func decode(_ range: Range<Int>, _ bonus: Int32) -> [SpanDecoder.Span] {
        for place in range { read(place) }
        return SpanDecoder.spans(scores[range], bonus: bonus)
    }

    private mutating func read(_ place: Int) {
        guard scores[place] == Self.unread else { return }
        let context = NameContext(symbols, words, place)
        let tagger = NameTagger.standard
        scores[place] = tagger.quick(context) &+ tagger.rest(context)
    }

    /// By how much a reading with a name of exactly these characters scores above one with none there.
    mutating func margin(of range: Range<Int>) -> Float {
        for place in range { read(place) }
        guard range.count > 1 else { return Float(scores[range.lowerBound][SpanTag.single.rawValue]) * NameTagger.scale }
        var sum = scores[range.lowerBound][SpanTag.begin.rawValue] + scores[range.upperBound - 1][SpanTag.end.rawValue]
        for index in range.dropFirst().dropLast() { sum += scores[index][SpanTag.inside.rawValue] }
        return Float(sum) * NameTagger.scale
    }
}
