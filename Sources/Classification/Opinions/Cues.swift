/// Words and phrases that show feelings and wants, with what turns them.
///
/// A line of the text form is a ``Kind`` and phrases; `_` stands for a blank, and gaps and stems are those of ``PhraseMatcher``.
struct Cues: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// Nothing within it counts.
        case skip
        /// Turns what follows.
        case not
        /// What was hoped, or was so once; what would be.
        case once, would
        /// Said with its opposite in mind, where the text blames; always.
        case wry, irony
        /// A question that asks nothing.
        case rhetorical
        /// Courtesy.
        case thanks
        case anger, disappointment, worry, joy, gratitude
        /// Asks by itself; asks where there is a question.
        case ask, question
        case request, praise, suggestion, churn
        /// Advertises by itself; together with others.
        case spam, advert
        /// What a machine writes; what only fills space.
        case automatic, padding

        /// Of phrases of one family at a place the longest counts; several families may be at one place.
        var family: Int {
            switch self {
            case .skip: 0
            case .not, .once, .would, .thanks, .anger, .disappointment, .worry, .joy, .gratitude: 1
            case .wry, .irony, .rhetorical: 2
            case .ask, .question: 3
            case .request, .suggestion: 4
            case .praise: 5
            case .churn: 6
            case .spam, .advert, .automatic, .padding: 7
            }
        }
    }

    struct Cue: Sendable {
        var range: Range<Int>
        var kind: Kind
    }

    static let standard = Cues(AnalysisData.opinionLexicon)

    private let matcher: PhraseMatcher
    private let kinds: [Kind]

    init(_ text: String) {
        var phrases: [(String, Kind)] = []
        for line in text.split(separator: "\n") where line.first != "#" {
            let words = line.split(separator: " ")
            guard let kind = Kind(rawValue: String(words[0])) else { preconditionFailure("no kind of cue: \(words[0])") }
            phrases += words.dropFirst().map { (String($0.map { $0 == "_" ? " " : $0 }), kind) }
        }
        matcher = PhraseMatcher(phrases.map(\.0))
        kinds = phrases.map(\.1)
    }

    /// In the order of their places.
    func cues(in text: FoldedText) -> [Cue] {
        let all = matcher.hits(in: text).map { Cue(range: $0.range, kind: kinds[$0.phrase]) }
        return all.filter { cue in
            !all.contains { other in
                (other.kind == .skip || other.kind.family == cue.kind.family) && other.range.count > cue.range.count
                    && other.range.lowerBound <= cue.range.lowerBound && cue.range.upperBound <= other.range.upperBound
            }
        }
    }
}
