/// Approves or denies another principal's request.
public struct DecideApproval: VaultOperation {
    public var number: Int64
    public var decision: ApprovalDecision
    /// Without personal data; goes to the audit log.
    public var reason: String?

    public init(number: Int64, decision: ApprovalDecision, reason: String? = nil) {
        (self.number, self.decision, self.reason) = (number, decision, reason)
    }

    public typealias Reply = Done

    public static let route = Route.post("/v1/approvals/{number}/decision")
    public static let summary = "Grants or denies another principal's request."
    public static let action: String? = "approval.decide"
    public static let members: [String: Schema] = ["number": Members.number, "reason": Members.reason]
    public static let statuses = [404]
}
