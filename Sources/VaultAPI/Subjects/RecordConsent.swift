import RedactedAPI

/// Records what a customer decided about a purpose: a consent, its withdrawal, or an objection (GDPR Art. 7, 21; PIPL Art. 14-15, 44).
public struct RecordConsent: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// The purpose that the customer decided about.
    public var about: String
    public var decision: ConsentWord
    /// Of the text that the customer decided about.
    public var version: String?
    /// Where the proof is; sealed under the customer's key.
    public var proof: String?
    /// When the customer decided; nil: now.
    public var at: Timestamp?
    /// Without personal data; goes to the audit log.
    public var reason: String?

    public init(
        subject: String, purpose: String, about: String, decision: ConsentWord, version: String? = nil, proof: String? = nil, at: Timestamp? = nil, reason: String? = nil
    ) {
        (self.subject, self.purpose, self.about, self.decision) = (subject, purpose, about, decision)
        (self.version, self.proof, self.at, self.reason) = (version, proof, at, reason)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Whether it is the customer's last decision about the purpose: one that was made earlier changes nothing.
        public var counts: Bool
        public var effect: ConsentEffect
        /// Records that lost the labels that modules had given them for the purpose.
        public var unlabelled: Int
        /// What remains to be done to complete a deletion.
        public var notice: String?

        package init(counts: Bool, effect: ConsentEffect, unlabelled: Int, notice: String? = nil) {
            (self.counts, self.effect, self.unlabelled, self.notice) = (counts, effect, unlabelled, notice)
        }
    }

    public static let route = Route.post("/v1/subjects/{subject}/consents")
    public static let summary = "Records what a customer decided about a purpose: a consent, its withdrawal, or an objection (GDPR Art. 7, 21; PIPL Art. 14-15, 44)."
    public static let action: String? = "subject.consent"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "purpose": Members.purpose,
        "about": .text("the purpose of purposes.yaml that the customer decided about", 1...64),
        "version": .text("of the text that the customer decided about", 1...64),
        "proof": .text("where the proof is; sealed under the customer's key", 1...500),
        "reason": Members.reason,
    ]
    public static let effort = Effort.rights
    public static let statuses = [404]
}
