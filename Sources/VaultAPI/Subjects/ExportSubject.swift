/// Everything held about a customer (GDPR Art. 15, 20; PIPL Art. 45).
public struct ExportSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String?

    public init(subject: String, purpose: String, reason: String? = nil) {
        (self.subject, self.purpose, self.reason) = (subject, purpose, reason)
    }

    public typealias Reply = Bytes

    public static let route = Route.post("/v1/subjects/{subject}/export")
    public static let summary = "Everything held about a customer (GDPR Art. 15, 20; PIPL Art. 45): a ZIP with a readable page and JSON."
    public static let action: String? = "subject.export"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose, "reason": Members.reason]
    public static let effort = Effort.rights
    public static let form = ReplyForm.bytes("application/zip", about: "data.json and a readable page", file: "copy.zip")
    public static let statuses = [404]
}
