/// Recomputes the whole log against its signed checkpoint, and against an older one kept elsewhere.
public struct VerifyAudit: VaultOperation {
    /// An older checkpoint that was kept elsewhere.
    public var checkpoint: String?
    /// Also opens the sealed records of so many percent of the customers, in portions chosen at random, and recomputes their tags in the
    /// index; nil: of none.
    public var deep: Int?

    public init(checkpoint: String? = nil, deep: Int? = nil) { (self.checkpoint, self.deep) = (checkpoint, deep) }

    public struct Reply: Codable, Sendable, Equatable {
        public var valid: Bool
        public var entries: Int64?
        /// Records that were opened, if any were to be.
        public var records: Int?
        public var verifierKey: String?
        /// Checkpoint of the verified log. Kept outside the vault, it later shows whether the log was rolled back.
        public var checkpoint: String?
        /// Findings.
        public var problem: String?

        package init(entries: Int64, records: Int?, verifierKey: String, checkpoint: String) {
            (valid, self.entries, self.records, self.verifierKey, self.checkpoint) = (true, entries, records, verifierKey, checkpoint)
        }

        package init(problem: String) { (valid, self.problem) = (false, problem) }
    }

    public static let route = Route.post("/v1/audit/verify")
    public static let summary = "Recomputes the whole log against its signed checkpoint, and against an older one kept elsewhere."
    public static let action: String? = "audit.verify"
    public static let members: [String: Schema] = [
        "checkpoint": .text("an older checkpoint", 1...4000),
        "deep": .integer(1...100, about: "opens the sealed records of so many percent of the customers, too"),
    ]
    public static let effort = Effort.long
}
