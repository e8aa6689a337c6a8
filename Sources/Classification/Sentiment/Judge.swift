/// Reads what the clauses of a text say for and against something.
struct Judge: Sendable {
    /// A phrase that judges, and how much for (positive) or against (negative), with what turns or softens it.
    struct Judgement: Sendable {
        var range: Range<Int>
        var value: Float
    }

    /// What a clause says, each clause's sum bounded, so that no outburst outweighs a whole text.
    struct Reading: Sendable {
        var clauses: [Clauses.Clause]
        /// By clause.
        var values: [Float]
        var judgements: [[Judgement]]
        /// Whether the text asks for information and judges nothing.
        var isQuestion: Bool

        /// What all clauses say together. Several that agree say more than one, and less than their sum.
        var sum: Float {
            let said = values.filter { $0 != 0 }
            return said.isEmpty ? 0 : said.reduce(0, +) / Float(said.count).squareRoot()
        }
    }

    private let lexicon: Lexicon
    /// How far a negation reaches, in scalars.
    private let reach: Int
    private let softReach: Int

    static let chinese = Judge(lexicon: Lexicon(AnalysisData.chineseLexicon), reach: 4, softReach: 3)
    static let english = Judge(lexicon: Lexicon(AnalysisData.englishWords, AnalysisData.englishLexicon), reach: 22, softReach: 14)

    private static let bound: Float = 3.5

    func read(_ text: FoldedText) -> Reading {
        let clauses = Clauses.of(text)
        var reading = Reading(clauses: clauses, values: [], judgements: [], isQuestion: false)
        var asks = false
        var isStrong = false
        for clause in clauses {
            var found: [Judgement] = []
            var (sum, pending): (Float, Float) = (0, 0)
            var (negation, softener) = (Int.min / 2, Int.min / 2)
            var isYet = false
            var place = clause.range.lowerBound
            while place < clause.range.upperBound {
                guard let (end, entry) = lexicon.longest(in: text.scalars, at: place, before: clause.range.upperBound) else {
                    place += 1
                    continue
                }
                switch entry.role {
                case .ask: asks = true
                case .yet: isYet = true
                case .soft: softener = end
                case .not:
                    sum += entry.weight
                    negation = end
                case .very: pending = entry.weight
                case nil: break
                }
                if entry.role == nil, entry.weight != 0 {
                    var value = entry.weight
                    // Not good is bad, and not bad is hardly good.
                    if place - negation <= reach { value *= value > 0 ? -0.8 : -0.5 }
                    if place - softener <= softReach, value < 0 { value *= 0.5 }
                    if isYet, value < 0 { value *= 0.6 }
                    if abs(value) >= 1.5 { isStrong = true }
                    found.append(Judgement(range: place..<end, value: value))
                    sum += value
                    pending = 0
                    (negation, softener) = (Int.min / 2, Int.min / 2)
                }
                place = end
            }
            sum += pending
            // Who asks back is rarely content.
            if clause.isQuestion, sum != 0 { sum -= 0.6 }
            reading.judgements.append(found)
            reading.values.append(max(-Self.bound, min(Self.bound, sum)))
        }
        reading.isQuestion = asks && !isStrong
        if reading.isQuestion { reading.values = reading.values.map { $0 * 0.25 } }
        return reading
    }
}
