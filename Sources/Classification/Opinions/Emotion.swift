/// A feeling that a text shows: more than being content or not, which is ``Sentiment``.
public enum Emotion: String, Sendable, CaseIterable {
    /// Anger, annoyance, disgust.
    case anger
    /// Less than what was hoped for: disappointment, sadness, regret.
    case disappointment
    /// Worry, fear, haste for fear of something.
    case worry
    /// Joy, liking, enthusiasm, surprise of the pleasant kind.
    case joy
    /// Thanks that are more than courtesy.
    case gratitude
    /// None of these: stored, so that figures can say how many show none.
    case none
}

/// What a customer wants with a text; often several things.
public enum Intent: String, Sendable, CaseIterable {
    /// Says what is wrong.
    case complaint
    /// Asks for information.
    case question
    /// Asks that something be done.
    case request
    /// Says what is good.
    case praise
    /// Says how it could be better.
    case suggestion
    /// Leaves, or says that it was the last time.
    case churn
}
