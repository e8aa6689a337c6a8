import RedactedAPI

/// The policies that were in force, the newest first.
public struct ListPolicyVersions: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var versions: [PolicyVersion]

        package init(versions: [PolicyVersion]) { self.versions = versions }
    }

    public static let route = Route.get("/v1/policies/history")
    public static let summary = "The policies that were in force, the newest first, and what each changed."
    public static let action: String? = "audit.read"
}

/// The policy files as they were from some time on.
public struct PolicyVersion: Codable, Sendable, Equatable {
    /// From 1, ascending.
    public var number: Int64
    /// When they were noted.
    public var since: Timestamp
    /// SHA-256 of the files, in hexadecimal. Entries of the log name its first 16 digits.
    public var digest: String
    /// Whether whoever answers works under it.
    public var isInForce: Bool
    /// What changed for whom, a line each; none for the first.
    public var changes: [String]

    package init(number: Int64, since: Timestamp, digest: String, isInForce: Bool, changes: [String]) {
        (self.number, self.since, self.digest, self.isInForce, self.changes) = (number, since, digest, isInForce, changes)
    }
}
