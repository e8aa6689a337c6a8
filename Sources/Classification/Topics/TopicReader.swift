/// Finds the codes of a frame in a text, by their phrases.
struct TopicReader: Sendable {
    /// A phrase of a code.
    struct Mention: Sendable, Equatable {
        var range: Range<Int>
        /// The code's position in the frame.
        var code: Int
    }

    private enum Kind { case phrase, hint, exclusion }

    /// Mentions from which hints add nothing.
    private static let plainly = 6

    private let matcher: PhraseMatcher
    /// By phrase: the code, and what the phrase is to it.
    private let owners: [(code: Int, kind: Kind)]
    /// Codes that count only where no other topic does, and those that are no topics.
    private let alone: Set<Int>
    private let urgent: Set<Int>
    /// By code.
    private let trades: [String?]

    init(_ frame: CodeFrame) {
        let phrases = frame.codes.enumerated().flatMap { index, code in
            code.phrases.map { ($0, (code: index, kind: Kind.phrase)) } + code.hints.map { ($0, (code: index, kind: .hint)) }
                + code.exclusions.map { ($0, (code: index, kind: .exclusion)) }
        }
        matcher = PhraseMatcher(phrases.map(\.0))
        owners = phrases.map(\.1)
        alone = Set(frame.codes.indices.filter { frame.codes[$0].isAlone })
        urgent = Set(frame.codes.indices.filter { frame.codes[$0].isUrgent })
        trades = frame.codes.map(\.trade)
    }

    /// Mentions in the order of their places. Those within an exclusion of their code are left out, and hints where their clause
    /// mentions another topic.
    func mentions(in text: FoldedText, _ clauses: [Clauses.Clause]) -> [Mention] {
        var mentions: [Mention] = []
        var hints: [Mention] = []
        var exclusions: [Mention] = []
        for hit in matcher.hits(in: text) {
            let mention = Mention(range: hit.range, code: owners[hit.phrase].code)
            switch owners[hit.phrase].kind {
            case .phrase: mentions.append(mention)
            case .hint: hints.append(mention)
            case .exclusion: exclusions.append(mention)
            }
        }
        if !exclusions.isEmpty {
            func isExcluded(_ mention: Mention) -> Bool {
                exclusions.contains {
                    $0.code == mention.code && $0.range.lowerBound <= mention.range.lowerBound && mention.range.upperBound <= $0.range.upperBound
                }
            }
            mentions.removeAll(where: isExcluded)
            hints.removeAll(where: isExcluded)
        }
        keepTrade(&mentions, &hints)
        // A long text says plainly what it is about.
        if mentions.count >= Self.plainly { hints = [] }
        if !hints.isEmpty { mentions = merge(mentions, hints, clauses) }
        let isTold = mentions.contains { isTopic($0.code) }
        return isTold ? mentions.filter { !alone.contains($0.code) } : mentions
    }

    private func isTopic(_ code: Int) -> Bool { !alone.contains(code) && !urgent.contains(code) }

    /// A text speaks of one trade, or of two: what hints at another is meant otherwise, and so is a single phrase of another among many.
    private func keepTrade(_ mentions: inout [Mention], _ hints: inout [Mention]) {
        var counts: [String: Int] = [:]
        for mention in mentions { if let trade = trades[mention.code] { counts[trade, default: 0] += 1 } }
        guard let most = counts.values.max() else { return }
        if most >= 3 { mentions.removeAll { mention in trades[mention.code].map { counts[$0] == 1 } == true } }
        hints.removeAll { hint in trades[hint.code].map { counts[$0] == nil || most >= 3 && counts[$0] == 1 } == true }
    }

    private func merge(_ mentions: [Mention], _ hints: [Mention], _ clauses: [Clauses.Clause]) -> [Mention] {
        var merged = mentions
        for clause in clauses {
            let isTold = mentions.contains { isTopic($0.code) && clause.range.contains($0.range.lowerBound) }
            // Of several hints the first tells what the clause is about.
            guard !isTold, let hint = hints.first(where: { clause.range.contains($0.range.lowerBound) }) else { continue }
            merged += hints.filter { $0.range == hint.range || $0.code == hint.code && clause.range.contains($0.range.lowerBound) }
        }
        return merged.sorted { ($0.range.lowerBound, $0.range.upperBound, $0.code) < ($1.range.lowerBound, $1.range.upperBound, $1.code) }
    }
}
