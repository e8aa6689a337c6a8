/// Finds a type of a deployment's own: what a pattern matches, a checksum confirms and words beside it speak for.
public struct Recognizer: Sendable, Equatable {
    /// The type's name, which stands in its placeholder: LOYALTY_NO.
    public let name: String
    public let replacement: RedactionOperator
    private let pattern: Pattern
    private let source: String
    private let checksum: OwnChecksum?
    private let cues: [[UInt32]]
    private let against: [[UInt32]]
    private let reach: Int
    private let score: Double
    private let scoreAlone: Double
    private let rule: String

    /// - Parameters:
    ///   - name: capitals, digits and _.
    ///   - cues: words that stand beside it, either side.
    ///   - against: words beside which it is something else.
    ///   - reach: within how many characters.
    ///   - score: how sure it is, from 0 to 1; beside a cue, if there are any.
    ///   - scoreAlone: how sure it is where no cue stands; below 0.5 it stays.
    /// - Throws: ``Pattern/Failure`` when the pattern cannot be used.
    public init(
        name: String, pattern source: String, checksum: OwnChecksum? = nil, cues: [String] = [], against: [String] = [], reach: Int = 12, score: Double = 0.9,
        scoreAlone: Double = 0,
        replacement: RedactionOperator = .placeholder
    ) throws(Pattern.Failure) {
        pattern = try Pattern(source)
        (self.name, self.source, self.checksum, self.reach, self.replacement) = (name, source, checksum, reach, replacement)
        (self.score, self.scoreAlone) = (score, cues.isEmpty ? score : scoreAlone)
        self.cues = cues.map(FoldedText.units(of:))
        self.against = against.map(FoldedText.units(of:))
        rule = "own." + name.lowercased()
    }

    /// Whether anything is found in a text.
    public func finds(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        var found: [Entity] = []
        detect(in: FoldedText(bytes.span), into: &found)
        return found.contains { $0.score >= Detector.threshold }
    }

    func detect(in text: FoldedText, into found: inout [Entity]) {
        var reader = PatternReader()
        var index = 0
        while index < text.count {
            guard pattern.mayBegin(with: text.units[index]), Self.isBoundary(index, in: text),
                let end = pattern.end(from: index, in: text.units, &reader, isEnd: { Self.isBoundary($0, in: text) })
            else {
                index += 1
                continue
            }
            let range = index..<end
            index = end
            guard checksum.map({ $0.holds(for: text.units[range]) }) ?? true, !stands(against, beside: range, in: text) else { continue }
            let score = stands(cues, beside: range, in: text) ? score : scoreAlone
            guard score > 0 else { continue }
            found.append(Entity(type: .own, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range), own: name))
        }
    }

    /// Whether a word or a number ends or begins at a place.
    private static func isBoundary(_ place: Int, in text: FoldedText) -> Bool {
        guard place > 0, place < text.count else { return true }
        return !(isAlphanumeric(text.units[place - 1]) && isAlphanumeric(text.units[place]))
    }

    private static func isAlphanumeric(_ unit: UInt32) -> Bool { FoldedText.isLetter(unit) || FoldedText.isDigit(unit) }

    private func stands(_ words: [[UInt32]], beside range: Range<Int>, in text: FoldedText) -> Bool {
        words.contains { word in
            let before = max(0, range.lowerBound - reach - word.count)..<max(0, range.lowerBound - word.count + 1)
            let after = range.upperBound..<min(text.count, range.upperBound + reach + 1)
            return before.contains { isWord(word, at: $0, in: text) } || after.contains { isWord(word, at: $0, in: text) }
        }
    }

    /// A word in Latin letters stands by itself: "ref" is not in "prefer".
    private func isWord(_ word: [UInt32], at place: Int, in text: FoldedText) -> Bool {
        text.has(word, at: place) && (!FoldedText.isLetter(word[0]) || Self.isBoundary(place, in: text))
            && (!FoldedText.isLetter(word[word.count - 1]) || Self.isBoundary(place + word.count, in: text))
    }

    /// What makes it find other things than before.
    var definition: String { "\(name) \(source) \(checksum.map { "\($0)" } ?? "") \(cues) \(against) \(reach) \(score) \(scoreAlone) \(replacement)" }
}
