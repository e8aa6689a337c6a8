/// Why data is used. Every access names one.
public struct Purpose: Sendable {
    /// On what a purpose rests (GDPR Art. 6(1); PIPL Art. 13).
    public enum Ground: String, Sendable, CaseIterable {
        case consent, contract
        case legalObligation = "legal_obligation"
        case vitalInterest = "vital_interest"
        case publicTask = "public_task"
        case legitimateInterest = "legitimate_interest"
    }

    /// What customers have a say in.
    public enum Say: Sendable {
        /// Only those count who gave their consent, and did not take it back.
        case consent
        /// Those do not count who object.
        case objection
        /// It does not depend on them.
        case none
    }

    public var name: String
    public var description: String
    /// Legal basis, such as `consent` or `GDPR Art. 6(1)(f)`.
    public var basis: String
    /// The articles that it cites.
    public var law: String?
    public var place: Place

    /// Nil where the basis is an article instead of one of the words.
    public var ground: Ground? { Ground(rawValue: basis) }

    /// What a purpose needs of customers. Of a basis that the vault cannot tell, an objection counts.
    public var say: Say {
        switch ground {
        case .consent: .consent
        case .legitimateInterest, .publicTask, nil: .objection
        case .contract, .legalObligation, .vitalInterest: .none
        }
    }

    /// The basis with the articles, for people.
    public var citation: String { law.map { "\(basis.replacing("_", with: " ")) (\($0))" } ?? basis.replacing("_", with: " ") }
}
