/// Whether a text is negative, neutral or positive.
public struct Sentiment: Sendable {
    public enum Label: String, Sendable, CaseIterable {
        case negative, neutral, positive
    }

    /// Learned from public Chinese reviews (see ``SentimentData``).
    public static let standard = Sentiment(model: LinearModel(text: SentimentData.model)!)

    private let model: LinearModel
    private let good = PhraseMatcher(SentimentData.goodWords)
    private let bad = PhraseMatcher(SentimentData.badWords)

    /// - Parameter model: must have the label `positive`.
    public init(model: LinearModel) { self.model = model }

    /// The label, and its confidence from 0 to 1.
    public func of(_ text: String) -> (label: Label, score: Double) {
        let han = text.unicodeScalars.count { (0x3400...0x9FFF).contains($0.value) }
        let letters = text.unicodeScalars.count { $0.value < 128 && $0.properties.isAlphabetic }
        // The model was trained on Chinese only.
        let positive = han * 3 >= letters ? model.scores(text)["positive"] ?? 0.5 : byWords(text)
        if positive >= 0.65 { return (.positive, positive) }
        if positive <= 0.35 { return (.negative, 1 - positive) }
        return (.neutral, 1 - abs(positive - 0.5) * 2)
    }

    private func byWords(_ text: String) -> Double {
        let (good, bad) = (good.counts(in: text).values.reduce(0, +), bad.counts(in: text).values.reduce(0, +))
        return (Double(good) + 0.5) / (Double(good + bad) + 1)
    }
}
