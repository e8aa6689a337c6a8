/// Whether a text is a customer's own words about something.
public enum Relevance: String, Sendable, CaseIterable {
    case relevant
    /// Advertises, or lures elsewhere.
    case spam
    /// Written by a machine: a default in place of a text, an automatic reply.
    case automatic
    /// Says nothing: no word, keys struck at random, space filled.
    case irrelevant

    /// With its confidence from 0 to 1. Who says what is wrong or right of something is relevant, however it is said.
    ///
    /// - Parameter isCoded: whether the text has a topic or a reason to hurry.
    static func of(_ text: FoldedText, _ reading: Judge.Reading, _ cues: [Cues.Cue], isCoded: Bool, complains: Bool) -> (label: Relevance, score: Double) {
        let letters = text.scalars.filter { FoldedText.isWord($0) || FoldedText.isHan($0) }
        let judges = reading.values.contains { $0 != 0 }
        if let cue = cues.first(where: { $0.kind == .automatic }), cue.range.lowerBound < 8 || cue.range.count * 2 >= letters.count,
            !complains || cue.range.count * 2 >= letters.count
        {
            return (.automatic, 0.9)
        }
        let lures = cues.count { $0.kind == .spam }
        let adverts = cues.count { $0.kind == .advert }
        let hasContact = text.scalars.contains(FoldedText.placeholder)
        // What redaction hid is where an advertisement says how to reach it.
        let weight = 2 * lures + min(adverts, 2) + (hasContact ? 1 : 0)
        if weight >= 3, lures > 0 || adverts > 1 && hasContact && !judges, !complains { return (.spam, weight >= 5 ? 0.9 : 0.7) }
        let padding = cues.filter { $0.kind == .padding }.reduce(0) { $0 + $1.range.count }
        if padding > 0, padding * 2 >= letters.count || !isCoded && !judges { return (.irrelevant, 0.8) }
        if judges || isCoded { return (.relevant, 0.9) }
        if letters.isEmpty || isStruckAtRandom(text) { return (.irrelevant, 0.9) }
        return (.relevant, 0.6)
    }

    /// Whether one letter fills it, or a word of consonants does.
    private static func isStruckAtRandom(_ text: FoldedText) -> Bool {
        let letters = text.scalars.filter { FoldedText.isWord($0) || FoldedText.isHan($0) }
        if letters.count >= 4, Set(letters).count == 1 { return true }
        if letters.allSatisfy({ $0 &- 0x30 < 10 }) { return true }
        let words = text.scalars.split { !FoldedText.isWord($0) && !FoldedText.isHan($0) }
        return words.allSatisfy { word in
            word.count >= 5 && word.allSatisfy { $0 &- 0x61 < 26 } && !word.contains { [0x61, 0x65, 0x69, 0x6F, 0x75, 0x79].contains($0) }
        }
    }
}
