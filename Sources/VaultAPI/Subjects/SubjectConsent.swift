import RedactedAPI

/// What a customer decides about a purpose.
public enum ConsentWord: String, Word {
    case given, withdrawn, objected
}

/// What follows from a customer's decisions for a purpose.
public enum ConsentEffect: String, Word {
    /// The purpose uses the customer's data.
    case used
    /// It does not.
    case unused
    /// It does not depend on the customer's decision: see `basis` in purposes.yaml.
    case none
}

/// A decision in a customer's ledger.
public struct SubjectConsent: Codable, Sendable, Equatable {
    /// The purpose that it is about.
    public var about: String
    public var decision: ConsentWord
    /// When the customer decided.
    public var at: Timestamp
    public var recorded: Timestamp
    /// Of the text that the customer decided about.
    @Nullable public var version: String?
    /// Where the proof is.
    @Nullable public var proof: String?
    /// The principal who recorded it, or the source of the record that stated it.
    public var by: String
    /// Whether it is the last about its purpose.
    public var counts: Bool

    package init(about: String, decision: ConsentWord, at: Timestamp, recorded: Timestamp, version: String?, proof: String?, by: String, counts: Bool) {
        (self.about, self.decision, self.at, self.recorded) = (about, decision, at, recorded)
        (self.version, self.proof) = (version, proof)
        (self.by, self.counts) = (by, counts)
    }
}
