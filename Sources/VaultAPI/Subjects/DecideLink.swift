/// Decides about what somebody else, or the vault, proposed about who is who.
public struct DecideLink: VaultOperation {
    public var number: Int64
    public var decision: LinkDecision
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String

    public init(number: Int64, decision: LinkDecision, purpose: String, reason: String) {
        (self.number, self.decision, self.purpose, self.reason) = (number, decision, purpose, reason)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// `done`, `rejected`, or `proposed`: a second person must agree to what the vault proposed.
        public var state: String
        /// How many customers are one person now.
        public var customers: Int

        package init(state: String, customers: Int) { (self.state, self.customers) = (state, customers) }
    }

    public static let route = Route.post("/v1/links/{number}/decision")
    public static let summary = "Accepts or rejects what somebody else proposed about which customers are one person."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = ["number": Members.number, "purpose": Members.purpose, "reason": Members.reason]
    public static let statuses = [404, 409]
}

public enum LinkDecision: String, Word {
    case accept, reject
}
