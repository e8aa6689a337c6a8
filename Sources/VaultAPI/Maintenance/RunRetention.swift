/// Applies the rules of retention.yaml for a limited time; to be repeated until it is complete.
public struct RunRetention: VaultOperation {
    /// Records per transaction.
    public var batch: Int?
    /// Default: 10.
    public var maxSeconds: Int?
    /// Confirms that the machine's clock is right, although a run doubted it.
    public var confirmClock: Bool?
    /// Allows up to this many records, even beyond the policy's ceiling.
    public var confirm: Int?

    public init(batch: Int? = nil, maxSeconds: Int? = nil, confirmClock: Bool? = nil, confirm: Int? = nil) {
        (self.batch, self.maxSeconds, self.confirmClock, self.confirm) = (batch, maxSeconds, confirmClock, confirm)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Records changed or deleted, by rule.
        public var records: [String: Int]
        public var customersErased: Int
        /// What is not a record and was removed, by kind: rows, of `questions` months.
        public var ended: [String: Int]
        /// Whether nothing is due any more.
        public var complete: Bool
        /// What remains to be done to complete the deletion.
        public var notice: String?

        package init(records: [String: Int], customersErased: Int, ended: [String: Int], complete: Bool, notice: String?) {
            (self.records, self.customersErased, self.ended, self.complete, self.notice) = (records, customersErased, ended, complete, notice)
        }
    }

    public static let route = Route.post("/v1/retention/run")
    public static let summary = "Applies the rules for some seconds; repeat until it is complete."
    public static let action: String? = "retention.run"
    public static let members: [String: Schema] = [
        "batch": .integer(1...100_000, about: "records per transaction"),
        "max_seconds": .integer(1...60, about: "10 by default"),
        "confirm_clock": Members.confirmClock,
        "confirm": Members.confirm,
    ]
    public static let effort = Effort.rights
    public static let statuses = [409]
}
