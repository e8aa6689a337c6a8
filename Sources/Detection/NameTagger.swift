/// Decides which characters of a Chinese text are a person's name: a linear-chain tagger with weights of an averaged structured
/// perceptron (Collins 2002, "Discriminative Training Methods for Hidden Markov Models"), decoded with Viterbi.
///
/// `Tools/TrainNames` learns the weights. Features are hashed into ``buckets`` rows with one weight per tag.
package struct NameTagger: Sendable {
    /// A character's position in a name.
    package enum Tag: Int, CaseIterable, Sendable {
        case outside, begin, inside, end
    }

    package static let buckets = 1 << 16
    private static let tags = Tag.allCases.count
    /// Which tag may follow which: a name begins, may continue, and ends.
    private static let follows: [[Tag]] = [[.outside, .begin], [.inside, .end], [.inside, .end], [.outside, .begin]]

    /// By bucket, then tag.
    package var weights: [Int8]
    /// Value of one step of a weight, in the units of a ``ChineseNameDetector``'s costs.
    package static let scale: Float = 1 / 8

    static let standard = NameTagger(text: NameTaggerData.weights)

    package init(weights: [Int8]) { self.weights = weights }

    /// A text's characters in the form that features use.
    package static func folded(_ text: String) -> [UInt32] { FoldedText.units(of: text) }

    // MARK: Features

    /// The buckets of a position's features: surrounding characters and their pairs, and what the lexicon knows about them.
    ///
    /// - Parameter take: called for each feature.
    @inline(__always)
    package static func features(of units: [UInt32], at index: Int, _ take: (Int) -> Void) {
        func unit(_ offset: Int) -> UInt32 {
            let place = index + offset
            guard place >= 0, place < units.count else { return 1 }
            let unit = units[place]
            if unit < 0x80 { return unit &- 48 < 10 ? 48 : unit &- 97 < 26 ? 97 : unit }
            return unit
        }
        func add(_ template: UInt64, _ a: UInt32, _ b: UInt32 = 0, _ c: UInt32 = 0) {
            let key = template << 58 ^ UInt64(a) << 40 ^ UInt64(b) << 20 ^ UInt64(c)
            var hash = (key ^ key >> 32) &* 0xD6E8_FEB8_6659_FD93
            hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
            take(Int(truncatingIfNeeded: hash >> 48))
        }
        let (l2, l1, c, r1, r2) = (unit(-2), unit(-1), unit(0), unit(1), unit(2))
        add(1, c)
        add(2, l1)
        add(3, r1)
        add(4, l2)
        add(5, r2)
        add(6, l1, c)
        add(7, c, r1)
        add(8, l2, l1)
        add(9, r1, r2)
        add(10, l1, r1)
        let lexicon = Lexicon.shared
        let names = (l2: lexicon.commonness(l2), l1: lexicon.commonness(l1), c: lexicon.commonness(c), r1: lexicon.commonness(r1), r2: lexicon.commonness(r2))
        func word(_ a: UInt32, _ b: UInt32) -> UInt32 { lexicon.word(a, b).map { $0 < 10 ? 2 : 1 } ?? 0 }
        let words = (before: word(l1, c), after: word(c, r1), next: word(r1, r2))
        add(11, names.c.surname << 4 | names.r1.given << 2 | names.r2.given, 1)
        add(12, names.l1.surname << 4 | names.c.given << 2 | names.r1.given, 1)
        add(13, names.l2.surname << 4 | names.l1.given << 2 | names.c.given, 1)
        add(14, words.after << 4 | words.before << 2 | words.next, names.c.surname)
        add(15, c, words.after << 2 | words.before)
    }

    // MARK: Decoding

    /// The best tags of a text, and their score (Viterbi).
    ///
    /// - Parameter scores: scores of each position's tags.
    package static func decode(_ scores: [SIMD4<Int32>]) -> (tags: [Tag], score: Int32) {
        let none = Int32.min / 2
        var best: [SIMD4<Int32>] = []
        var from: [SIMD4<Int32>] = []
        for place in scores.indices {
            var (row, origin) = (SIMD4<Int32>(repeating: none), SIMD4<Int32>(repeating: 0))
            for tag in Tag.allCases {
                if place == 0 {
                    // A text neither begins nor ends within a name.
                    if tag == .outside || tag == .begin { row[tag.rawValue] = scores[0][tag.rawValue] }
                    continue
                }
                for before in Tag.allCases where follows[before.rawValue].contains(tag) && best[place - 1][before.rawValue] > none {
                    let score = best[place - 1][before.rawValue] + scores[place][tag.rawValue]
                    if score > row[tag.rawValue] { (row[tag.rawValue], origin[tag.rawValue]) = (score, Int32(before.rawValue)) }
                }
            }
            best.append(row)
            from.append(origin)
        }
        guard let last = best.last else { return ([], 0) }
        var tag: Tag = last[Tag.outside.rawValue] >= last[Tag.end.rawValue] ? .outside : .end
        let score = last[tag.rawValue]
        var tags: [Tag] = [tag]
        for place in stride(from: scores.count - 1, to: 0, by: -1) {
            tag = Tag(rawValue: Int(from[place][tag.rawValue]))!
            tags.append(tag)
        }
        return (tags.reversed(), score)
    }

    /// Scores of a position's tags.
    func scores(of units: [UInt32], at index: Int) -> SIMD4<Int32> {
        var sum = SIMD4<Int32>(repeating: 0)
        Self.features(of: units, at: index) { bucket in
            let row = bucket * Self.tags
            sum &+= SIMD4(Int32(weights[row]), Int32(weights[row + 1]), Int32(weights[row + 2]), Int32(weights[row + 3]))
        }
        return sum
    }

    // MARK: As text

    /// One character per weight, 80 shifted by -40 to 40; `~` and a count of up to 80 stand for zeros. The backslash is not used.
    package var text: String {
        var output: [UInt8] = []
        var zeros = 0
        func append(_ code: Int) { output.append(UInt8(code >= 92 ? code + 1 : code)) }
        func flush() {
            while zeros > 0 {
                let run = min(zeros, 80)
                output.append(0x7E)
                append(39 + run)
                zeros -= run
            }
        }
        for weight in weights {
            if weight == 0 {
                zeros += 1
            } else {
                flush()
                append(80 + Int(max(-40, min(40, weight))))
            }
        }
        flush()
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads what ``text`` returned.
    package init(text: String) {
        weights = []
        weights.reserveCapacity(Self.buckets * Self.tags)
        var isRun = false
        for byte in text.utf8 {
            let code = Int(byte > 92 ? byte - 1 : byte)
            if isRun {
                weights += Array(repeating: 0, count: code - 39)
                isRun = false
            } else if byte == 0x7E {
                isRun = true
            } else {
                weights.append(Int8(code - 80))
            }
        }
        precondition(weights.count == Self.buckets * Self.tags, "the tagger's weights are not whole")
    }
}

/// Margins of one text's stretches. Neighbouring stretches share positions.
struct NameMargins {
    private let tagger = NameTagger.standard
    private var places = InlineArray<16, Int>(repeating: -1)
    private var scores = InlineArray<16, SIMD4<Int32>>(repeating: SIMD4(repeating: 0))

    /// How much higher the text scores with a name of exactly these characters than with none there. The surroundings have the
    /// same tags in both, because a tag's score does not depend on the tag before it.
    mutating func margin(of range: Range<Int>, in units: [UInt32]) -> Float {
        var sum: Int32 = 0
        for index in range {
            let slot = index & 15
            if places[slot] != index { (places[slot], scores[slot]) = (index, tagger.scores(of: units, at: index)) }
            let tag: NameTagger.Tag = index == range.lowerBound ? .begin : index == range.upperBound - 1 ? .end : .inside
            sum += scores[slot][tag.rawValue] - scores[slot][NameTagger.Tag.outside.rawValue]
        }
        return Float(sum) * NameTagger.scale
    }
}
