/// One field of one record in plaintext. The audit entry is durable before the value is sent.
public struct RevealField: VaultOperation {
    /// The record's pseudonym under the purpose.
    public var record: String
    public var field: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String
    /// Does not wait for a second principal, where the policy allows that; raises an alert.
    public var breakGlass: Bool?

    public init(record: String, field: String, purpose: String, reason: String, breakGlass: Bool? = nil) {
        (self.record, self.field, self.purpose, self.reason) = (record, field, purpose, reason)
        self.breakGlass = breakGlass
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var value: String

        package init(value: String) { self.value = value }
    }

    public static let route = Route.post("/v1/records/{record}/reveal")
    public static let summary = "One field of one record in plaintext. The audit entry is durable before the value is sent."
    public static let action: String? = "reveal"
    public static let members: [String: Schema] = [
        "record": Members.record,
        "field": Members.field,
        "purpose": Members.purpose,
        "reason": Members.reason,
        "break_glass": .boolean(about: "do not wait for the second principal; raises an alert"),
    ]
    public static let statuses = [404]
}
