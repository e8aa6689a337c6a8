import RedactedAPI

/// Opens a case; the policy sets its deadline.
public struct OpenCase: VaultOperation {
    public var kind: CaseKind
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data.
    public var note: String?

    public init(kind: CaseKind, subject: String, purpose: String, note: String? = nil) {
        (self.kind, self.subject, self.purpose, self.note) = (kind, subject, purpose, note)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var number: Int64
        public var due: Timestamp

        package init(number: Int64, due: Timestamp) { (self.number, self.due) = (number, due) }
    }

    public static let route = Route.post("/v1/cases")
    public static let summary = "Opens a case; the policy sets its deadline."
    public static let action: String? = "case.manage"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "purpose": Members.purpose,
        "note": .text("no personal data", 1...2000),
    ]
    public static let statuses = [404]
}
