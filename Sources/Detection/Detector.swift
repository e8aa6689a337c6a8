/// Finds personal data in Chinese and English text and redacts it. Pure, no I/O.
///
/// A text is folded once; each detector walks the folded text from its own anchors, so that the
/// cost grows linearly with the text. Overlaps resolve to the longest entity, then the highest
/// score, then the type's order.
public struct Detector: Sendable {
    /// Raised whenever detection changes; stored with each record, so that old ones can be redone.
    public static let version = 2

    /// Entities below this score are left out.
    public var threshold: Double
    private let never: Set<String>
    private let always: [KnownValue]

    /// - Parameters:
    ///   - never: words that are not personal data although they look like it (brands, products).
    ///   - always: words that are always redacted.
    public init(threshold: Double = 0.5, never: [String] = [], always: [String] = []) {
        self.threshold = threshold
        self.never = Set(never.map(Self.key))
        self.always = always.map { KnownValue(type: .term, text: $0, spelling: .compact) }
    }

    /// The entities of `text`, in order, without overlaps.
    public func entities(in text: Span<UInt8>, known: [KnownValue] = []) -> [Entity] {
        let folded = FoldedText(text)
        var found: [Entity] = []
        let cues = Cues(in: folded)
        NumberDetector.detect(in: folded, into: &found)
        TokenDetector.detect(in: folded, cues, into: &found)
        SpokenNumberDetector.detect(in: folded, cues, into: &found)
        CueValueDetector.detect(in: folded, cues, into: &found)
        AddressFormDetector.detect(in: folded, into: &found)
        ChineseNameDetector.detect(in: folded, cues, into: &found)
        EnglishNameDetector.detect(in: folded, cues, into: &found)
        ChineseAddressDetector.detect(in: folded, cues, into: &found)
        EnglishAddressDetector.detect(in: folded, into: &found)
        if !never.isEmpty { found.removeAll { never.contains($0.key) } }
        found.removeAll { $0.score < threshold }
        let knownDetector = KnownValueDetector(text: folded)
        for value in known { knownDetector.detect(value, into: &found) }
        for value in always { knownDetector.detect(value, into: &found) }
        return Self.resolved(found)
    }

    /// The same for a `String`; offsets count UTF-8 bytes.
    public func entities(in text: String, known: [KnownValue] = []) -> [Entity] {
        let bytes = Array(text.utf8)
        return entities(in: bytes.span, known: known)
    }

    private static func key(_ word: String) -> String {
        let bytes = Array(word.utf8)
        let folded = FoldedText(bytes.span)
        return folded.key(0..<folded.count)
    }

    /// Keeps the best entity wherever several overlap, widened over what loses beside it, so that
    /// no character that any rule found stays readable.
    private static func resolved(_ found: [Entity]) -> [Entity] {
        guard found.count > 1 else { return found }
        let sorted = found.sorted { ($0.bytes.lowerBound, -$0.bytes.upperBound) < ($1.bytes.lowerBound, -$1.bytes.upperBound) }
        var result: [Entity] = [sorted[0]]
        for entity in sorted.dropFirst() {
            let last = result[result.count - 1]
            guard entity.bytes.lowerBound < last.bytes.upperBound else {
                result.append(entity)
                continue
            }
            let union = last.bytes.lowerBound..<max(last.bytes.upperBound, entity.bytes.upperBound)
            var winner = isBetter(entity, than: last) ? entity : last
            winner.bytes = union
            result[result.count - 1] = winner
        }
        return result
    }

    private static func isBetter(_ a: Entity, than b: Entity) -> Bool {
        if a.bytes.count != b.bytes.count { return a.bytes.count > b.bytes.count }
        return a.score > b.score
    }
}
