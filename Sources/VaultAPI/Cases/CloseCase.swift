/// Closes a case.
public struct CloseCase: VaultOperation {
    public var number: Int64
    public var outcome: CaseOutcome
    public var purpose: String
    /// Outcome of the case, without personal data.
    public var note: String

    public init(number: Int64, outcome: CaseOutcome, purpose: String, note: String) {
        (self.number, self.outcome, self.purpose, self.note) = (number, outcome, purpose, note)
    }

    public typealias Reply = Done

    public static let route = Route.post("/v1/cases/{number}/close")
    public static let summary = "Closes a case."
    public static let action: String? = "case.manage"
    public static let members: [String: Schema] = [
        "number": Members.number,
        "purpose": Members.purpose,
        "note": .text("how it ended; no personal data", 1...2000),
    ]
    public static let statuses = [404, 409]
}
