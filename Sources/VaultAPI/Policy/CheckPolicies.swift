/// Whether the policy files, as they are now, could take effect; each problem with file and line.
public struct CheckPolicies: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var valid: Bool
        public var problems: [String]

        package init(problems: [String]) { (valid, self.problems) = (problems.isEmpty, problems) }
    }

    public static let route = Route.get("/v1/policies/check")
    public static let summary = "Whether a reload (SIGHUP) would accept the current policy files; each problem with file and line."
    public static let action: String? = "doctor"
}
