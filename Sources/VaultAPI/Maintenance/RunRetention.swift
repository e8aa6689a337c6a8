/// Carries out the rules of retention.yaml for some time; to be asked again until it is complete.
public struct RunRetention: VaultOperation {
    /// Records a transaction.
    public var batch: Int?
    /// 10 by default.
    public var maxSeconds: Int?
    /// The machine's clock is right, although a run doubted it.
    public var confirmClock: Bool?
    /// Take up to so many records, also beyond the policy's ceiling.
    public var confirm: Int?

    public init(batch: Int? = nil, maxSeconds: Int? = nil, confirmClock: Bool? = nil, confirm: Int? = nil) {
        (self.batch, self.maxSeconds, self.confirmClock, self.confirm) = (batch, maxSeconds, confirmClock, confirm)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Records changed or deleted, by rule.
        public var records: [String: Int]
        public var customersErased: Int
        /// Whether nothing due is left.
        public var complete: Bool
        /// What is left to be done of the deletion.
        public var notice: String?

        package init(records: [String: Int], customersErased: Int, complete: Bool, notice: String?) {
            (self.records, self.customersErased, self.complete, self.notice) = (records, customersErased, complete, notice)
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
