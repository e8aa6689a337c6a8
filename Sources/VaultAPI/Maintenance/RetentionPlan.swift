/// How much a retention run would change now.
public struct RetentionPlan: VaultOperation {
    /// Confirms that the machine's clock is right, although a run doubted it.
    public var confirmClock: Bool?
    /// Allows up to this many records, even beyond the policy's ceiling.
    public var confirm: Int?

    public init(confirmClock: Bool? = nil, confirm: Int? = nil) {
        (self.confirmClock, self.confirm) = (confirmClock, confirm)
    }

    public typealias Reply = RetentionForecast

    public static let route = Route.get("/v1/retention/plan")
    public static let summary = "How many records each rule of retention.yaml would affect."
    public static let action: String? = "retention.plan"
    public static let members: [String: Schema] = ["confirm_clock": Members.confirmClock, "confirm": Members.confirm]
    public static let effort = Effort.long
}
