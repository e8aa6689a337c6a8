/// How the vault is used, in counts, with its newest denials and alerts.
public struct Overview: VaultOperation {
    /// Default: 30.
    public var days: Int?

    public init(days: Int? = nil) {
        self.days = days
    }

    public typealias Reply = VaultOverview

    public static let route = Route.get("/v1/overview")
    public static let summary = "How the vault is used, in counts; its newest denials and alerts."
    public static let action: String? = "doctor"
    public static let members: [String: Schema] = ["days": .integer(1...366, about: "30 by default")]
    public static let effort = Effort.long
}
