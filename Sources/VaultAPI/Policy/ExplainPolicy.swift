/// What the policy decides about a principal's request, and by which rule.
public struct ExplainPolicy: VaultOperation {
    /// Whose tokens to look at.
    public var principal: String
    public var action: String
    public var purpose: String
    public var fields: [String]?

    public init(principal: String, action: String, purpose: String, fields: [String]? = nil) {
        (self.principal, self.action, self.purpose, self.fields) = (principal, action, purpose, fields)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var decisions: [Answer]

        package init(decisions: [Answer]) { self.decisions = decisions }
    }

    public struct Answer: Codable, Sendable, Equatable {
        public var role: String
        public var allowed: Bool
        /// The rule that decided.
        public var rule: String
        /// What happens to each field.
        public var treatments: [String: String]
        /// Each grant that was considered, and why it did or did not apply.
        public var steps: [String]

        package init(role: String, allowed: Bool, rule: String, treatments: [String: String], steps: [String]) {
            (self.role, self.allowed, self.rule) = (role, allowed, rule)
            (self.treatments, self.steps) = (treatments, steps)
        }
    }

    public static let route = Route.post("/v1/policies/explain")
    public static let summary = "What the policy decides about a principal's request, and by which rule."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = [
        "principal": .text("whose tokens to look at", 1...64),
        "action": Members.action,
        "purpose": Members.purpose,
        "fields": .array(Members.field, count: 0...100),
    ]
    public static let statuses = [404]
}
