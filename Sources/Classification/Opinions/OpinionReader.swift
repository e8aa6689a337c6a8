/// Reads which feelings a text shows and what it wants.
///
/// Words show them (``Cues``), and what the text's clauses judge (``Judge``) says what they are worth: a word under a negation, in what was
/// only hoped, or said with its opposite in mind counts for nothing, or for the opposite.
struct OpinionReader {
    struct Opinion: Sendable, Equatable {
        /// With scores; ``Emotion/none`` where there is no other.
        var emotions: [Emotion: Double]
        var intents: [Intent: Double]
    }

    /// How far a negation reaches, in scalars.
    private static let reach = (chinese: 3, english: 12)
    /// From which weight a clause blames or praises, and so plainly that it counts against the rest of the text.
    private static let (said, plain): (Float, Float) = (0.6, 2)
    /// From which score a text blames though none of its words judges.
    private static let sure = 0.9

    private let text: FoldedText
    private let reading: Judge.Reading
    private let sentiment: Sentiment.Label
    private let score: Double
    /// By clause.
    private var cues: [[Cues.Cue]]
    private var all: [Cues.Cue]

    /// - Parameter sentiment: of the whole text.
    init(_ text: FoldedText, _ reading: Judge.Reading, _ cues: [Cues.Cue], sentiment: (label: Sentiment.Label, score: Double)) {
        (self.text, self.reading, self.sentiment, score, all) = (text, reading, sentiment.label, sentiment.score, cues)
        self.cues = Array(repeating: [], count: reading.clauses.count)
        var next = 0
        for cue in cues {
            while next + 1 < reading.clauses.count, reading.clauses[next].range.upperBound <= cue.range.lowerBound { next += 1 }
            if !self.cues.isEmpty { self.cues[next].append(cue) }
        }
    }

    func read() -> Opinion {
        let counts = feelings
        var intents: [Intent: Double] = [:]
        let isIronic = isIronic
        let asks = asks
        let wants = number(.request) + number(.suggestion) > 0
        // What a clause wishes or asks for is neither praised nor blamed by it.
        let judged = reading.values.indices.filter { index in !cues[index].contains { [.suggestion, .request, .churn, .thanks, .once, .would].contains($0.kind) } }
        let worst = judged.map { reading.values[$0] }.min() ?? 0
        let best = judged.map { reading.values[$0] }.max() ?? 0
        // A question mentions what is wrong, too.
        let isPlain = worst <= (asks ? -Self.plain : -Self.said) && sentiment == .negative
        let isAnnoyed = counts[.anger] != nil || counts[.disappointment] != nil
        let isBlame = isPlain || worst <= -Self.plain || isAnnoyed && sentiment != .positive || all.contains { $0.kind == .rhetorical }
        if isIronic || isBlame || sentiment == .negative && score >= Self.sure && !asks && !wants {
            intents[.complaint] = isPlain && !isIronic ? 0.9 : 0.6
        }
        let lauds = number(.praise) > 0 && sentiment != .negative || best >= Self.plain || sentiment == .positive && best >= Self.said
        if lauds, !isIronic, !(asks && best < Self.plain), sentiment == .positive || intents[.complaint] == nil || best >= Self.plain {
            intents[.praise] = sentiment == .positive ? 0.9 : 0.6
        }
        if asks { intents[.question] = 0.8 }
        for (kind, intent) in [(Cues.Kind.request, Intent.request), (.suggestion, .suggestion), (.churn, .churn)] {
            let count = number(kind)
            if count > 0 { intents[intent] = Self.score(count) }
        }
        return Opinion(emotions: emotions(counts, intents, isIronic: isIronic), intents: intents)
    }

    private static func score(_ count: Int) -> Double { 1 - 0.4 / Double(count) }

    // MARK: Feelings

    private static let kinds: [Cues.Kind: Emotion] = [.anger: .anger, .disappointment: .disappointment, .worry: .worry, .joy: .joy, .gratitude: .gratitude]

    /// How often each is shown, and courtesy under ``Emotion/none``.
    private var feelings: [Emotion: Int] {
        var counts: [Emotion: Int] = [:]
        for (index, clause) in reading.clauses.enumerated() {
            for cue in cues[index] {
                if cue.kind == .thanks { counts[.none, default: 0] += 1 }
                guard let emotion = Self.kinds[cue.kind], !isTurned(cue, in: cues[index]) else { continue }
                // "Are you happy now?", and pleasure in what is bad.
                let isPleasant = emotion == .joy || emotion == .gratitude
                if isPleasant, clause.isQuestion || reading.values[index] <= -Self.said { continue }
                // What the text asks about is not yet felt.
                if !isPleasant, emotion != .worry, clause.isQuestion, !cues[index].contains(where: { $0.kind == .rhetorical }), asks { continue }
                counts[emotion, default: 0] += 1
            }
        }
        return counts
    }

    /// Whether something before it in its clause turns it, or says that it was only hoped.
    private func isTurned(_ cue: Cues.Cue, in clause: [Cues.Cue]) -> Bool {
        let reach = text.isChinese ? Self.reach.chinese : Self.reach.english
        return clause.contains { other in
            switch other.kind {
            case .not: (0...reach).contains(cue.range.lowerBound - other.range.upperBound)
            case .once, .would: other.range.upperBound <= cue.range.lowerBound && (cue.kind == .joy || cue.kind == .gratitude)
            default: false
            }
        }
    }

    private func emotions(_ counts: [Emotion: Int], _ intents: [Intent: Double], isIronic: Bool) -> [Emotion: Double] {
        var scores: [Emotion: Double] = [:]
        for (emotion, count) in counts where emotion != .none { scores[emotion] = Self.score(count) }
        // Thanks at the end of a letter are courtesy.
        let isAsking = [Intent.complaint, .question, .request, .suggestion].contains { intents[$0] != nil }
        if let thanks = counts[.none], !isAsking { scores[.gratitude] = max(scores[.gratitude] ?? 0, Self.score(thanks)) }
        if isIronic {
            (scores[.joy], scores[.gratitude]) = (nil, nil)
            scores[.anger] = max(scores[.anger] ?? 0, 0.6)
        }
        if sentiment == .negative {
            // Who shouts is angry; who hoped and blames is disappointed.
            if text.scalars.count(where: { $0 == 0x21 }) >= 3, intents[.complaint] != nil { scores[.anger] = max(scores[.anger] ?? 0, 0.6) }
            if hoped { scores[.disappointment] = max(scores[.disappointment] ?? 0, 0.6) }
        }
        return scores.isEmpty ? [.none: 0.6] : scores
    }

    /// Whether a clause says what was hoped or was so once, and others come behind it.
    private var hoped: Bool {
        guard let first = cues.firstIndex(where: { $0.contains { $0.kind == .once } }) else { return false }
        return first + 1 < cues.count
    }

    // MARK: Wants

    private var isIronic: Bool {
        all.contains { $0.kind == .irony } || sentiment == .negative && all.contains { $0.kind == .wry }
    }

    /// How often a kind of cue counts: not under a negation, and not what a question for information is about.
    private func number(_ kind: Cues.Kind) -> Int {
        cues.indices.reduce(0) { sum, index in
            sum + cues[index].count { $0.kind == kind && !(kind == .praise && isTurned($0, in: cues[index])) }
        }
    }

    /// Whether it asks for information.
    private var asks: Bool {
        if all.contains(where: { $0.kind == .ask }) { return true }
        var sentence: [Cues.Cue] = []
        for (index, clause) in reading.clauses.enumerated() {
            sentence += cues[index]
            let isRhetorical = sentence.contains { $0.kind == .rhetorical || $0.kind == .irony }
            let hasWord = sentence.contains { $0.kind == .question }
            if !isRhetorical, clause.isQuestion, hasWord || reading.values[index] > -Self.said { return true }
            // 吗 needs no mark.
            if !isRhetorical, text.scalars[clause.range].last(where: { FoldedText.isHan($0) }) == 0x5417 { return true }
            if clause.endsSentence { sentence = [] }
        }
        // In a short text that judges nothing a word is enough.
        let isShort = text.scalars.count <= (text.isChinese ? 40 : 100)
        let isRhetorical = all.contains { $0.kind == .rhetorical || $0.kind == .irony }
        return (reading.isQuestion && sentiment == .neutral || text.isChinese && isShort && !isRhetorical && reading.values.allSatisfy { abs($0) < Self.said })
            && all.contains { $0.kind == .question }
    }
}
