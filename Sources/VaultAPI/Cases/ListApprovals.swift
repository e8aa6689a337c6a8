/// Requests that are waiting for a second principal, or were decided recently.
public struct ListApprovals: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var approvals: [Approval]

        package init(approvals: [Approval]) { self.approvals = approvals }
    }

    public static let route = Route.get("/v1/approvals")
    public static let summary = "Requests that wait for a second principal or were decided recently."
    public static let action: String? = "approval.decide"
}
