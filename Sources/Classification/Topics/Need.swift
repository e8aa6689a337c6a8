/// What a need means for satisfaction (Kano, Seraku, Takahashi, Tsuji 1984, "Attractive Quality and Must-Be Quality").
public enum Need: String, Sendable, CaseIterable {
    /// Taken for granted: annoys when missing, goes unnoticed when there.
    case basic
    /// The more, the better.
    case performance
    /// Not expected: delights when there.
    case delight
}

/// What a customer felt about a point: it hurt, it could be better, it was a delight.
public enum Point: String, Sendable, CaseIterable {
    case pain, itch, delight
}

/// Derives needs and points from phrases, from the text's codes and from its sentiment.
struct NeedReader: Sendable {
    private let frame: CodeFrame
    private let matcher: PhraseMatcher
    /// The level that each phrase indicates; nil: the phrase expresses a wish.
    private let levels: [Need?]

    init(_ frame: CodeFrame) {
        self.frame = frame
        let phrases = Need.allCases.flatMap { need in (frame.needPhrases[need] ?? []).map { ($0, Need?.some(need)) } } + frame.wishes.map { ($0, nil) }
        matcher = PhraseMatcher(phrases.map(\.0))
        levels = phrases.map(\.1)
    }

    /// - Parameter topics: codes with their scores.
    /// - Returns: the level, with a score of 0.9 if a phrase indicates it and 0.6 if the code does; and the points.
    func read(_ text: FoldedText, topics: [String: Double], sentiment: Sentiment.Label) -> (need: (level: Need, score: Double)?, points: Set<Point>) {
        var told: [Need: Int] = [:]
        var points: Set<Point> = sentiment == .negative ? [.pain] : []
        for hit in matcher.hits(in: text) {
            if let level = levels[hit.phrase] { told[level, default: 0] += 1 } else { points.insert(.itch) }
        }
        // Surprise is delight only when it is a pleasant one.
        if sentiment == .negative { told[.delight] = nil }
        if told[.delight] != nil, sentiment == .positive { points.insert(.delight) }
        if let level = Need.allCases.filter({ told[$0] != nil }).max(by: { told[$0]! < told[$1]! }) { return ((level, 0.9), points) }
        let strongest = topics.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return (frame.codes.first { $0.id == strongest }?.need.map { ($0, 0.6) }, points)
    }
}
