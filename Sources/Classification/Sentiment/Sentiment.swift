/// Whether a text is negative, neutral or positive.
///
/// Two readers are asked: what the text's clauses say by a lexicon (``Judge``), which holds for all trades, and a model of what people
/// write who are content or not (``LinearModel``), learned from public reviews.
public struct Sentiment: Sendable {
    public enum Label: String, Sendable, CaseIterable {
        case negative, neutral, positive
    }

    public static let standard = Sentiment(
        chinese: LinearModel(text: AnalysisData.chineseWeights)!, english: LinearModel(text: AnalysisData.englishWeights)!)

    private let chinese: LinearModel
    private let english: LinearModel

    /// - Parameters: models with the label `positive`.
    public init(chinese: LinearModel, english: LinearModel) { (self.chinese, self.english) = (chinese, english) }

    /// The label, and its confidence from 0 to 1.
    public func of(_ text: String) -> (label: Label, score: Double) {
        let folded = FoldedText(text)
        return of(folded, Self.judge(of: folded).read(folded))
    }

    static func judge(of text: FoldedText) -> Judge { text.isChinese ? .chinese : .english }

    /// Neutral is what neither reader calls for or against: a question, a fact, or praise and blame in balance.
    private static let neutral: Float = 0.3
    /// What the model may say at most, so that it cannot outweigh plain words.
    private static let bound: Float = 4
    /// Divides the sum of both readers, so that a label is right at least as often as its score says (docs/ANALYSIS.md).
    private static let temperature: Float = 1.8

    func of(_ text: FoldedText, _ reading: Judge.Reading) -> (label: Label, score: Double) {
        let isChinese = text.isChinese
        let learned = max(-Self.bound, min(Self.bound, (isChinese ? chinese : english).margin("positive", text)))
        // Where no word judges, or somebody asks, what reviews are like says little; the English ones are few.
        let weight: Float = reading.isQuestion ? 0.1 : reading.values.contains { $0 != 0 } ? (isChinese ? 0.8 : 0.5) : 0.35
        let sum = reading.sum + learned * weight
        let positive = Double(LinearModel.logistic(sum / Self.temperature))
        if sum > Self.neutral { return (.positive, positive) }
        if sum < -Self.neutral { return (.negative, 1 - positive) }
        return (.neutral, 1 - abs(positive - 0.5) * 2)
    }
}
