import RedactedAPI

/// Notes what another system, or whoever checks the identity, has to do for a customer's request.
public struct AskCaseTask: VaultOperation {
    /// The case's number.
    public var number: Int64
    public var purpose: String
    /// Who has to do it, such as `crm`; `identity`: whoever checks that the customer is who they say.
    public var system: String
    /// What is to be done, without personal data.
    public var note: String

    public init(number: Int64, purpose: String, system: String, note: String) {
        (self.number, self.purpose, self.system, self.note) = (number, purpose, system, note)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// The task's number.
        public var task: Int64

        package init(task: Int64) { self.task = task }
    }

    public static let route = Route.post("/v1/cases/{number}/tasks")
    public static let summary = "Notes what another system, or whoever checks the identity, has to do for a customer's request."
    public static let action: String? = "case.manage"
    public static let members: [String: Schema] = [
        "number": Members.number,
        "purpose": Members.purpose,
        "system": .text("who has to do it, such as crm; identity: whoever checks that the customer is who they say", 1...64),
        "note": .text("what is to be done; no personal data", 1...2000),
    ]
    public static let statuses = [404]
}
