/// Recomputes the whole log against its signed checkpoint, and against an older one kept elsewhere.
public struct VerifyAudit: VaultOperation {
    /// An older checkpoint that was kept elsewhere.
    public var checkpoint: String?

    public init(checkpoint: String? = nil) {
        self.checkpoint = checkpoint
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var valid: Bool
        public var entries: Int64?
        public var verifierKey: String?
        /// Checkpoint of the verified log. Kept outside the vault, it later shows whether the log was rolled back.
        public var checkpoint: String?
        /// Findings.
        public var problem: String?

        package init(entries: Int64, verifierKey: String, checkpoint: String) {
            (valid, self.entries, self.verifierKey, self.checkpoint) = (true, entries, verifierKey, checkpoint)
        }

        package init(problem: String) { (valid, self.problem) = (false, problem) }
    }

    public static let route = Route.post("/v1/audit/verify")
    public static let summary = "Recomputes the whole log against its signed checkpoint, and against an older one kept elsewhere."
    public static let action: String? = "audit.verify"
    public static let members: [String: Schema] = ["checkpoint": .text("an older checkpoint", 1...4000)]
    public static let effort = Effort.long
}
