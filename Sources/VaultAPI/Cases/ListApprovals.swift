/// What waits for a second principal, or was decided lately.
public struct ListApprovals: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var approvals: [Approval]

        package init(approvals: [Approval]) { self.approvals = approvals }
    }

    public static let route = Route.get("/v1/approvals")
    public static let summary = "What waits for a second principal, or was decided lately."
    public static let action: String? = "approval.decide"
}
