/// The language of a customer's copy.
public enum CopyLanguage: String, Word {
    case chinese = "zh"
    case english = "en"
}

/// Everything held about a customer (GDPR Art. 15, 20; PIPL Art. 45).
public struct ExportSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String?
    /// Of the readable page and text; nil: Chinese and English side by side.
    public var language: CopyLanguage?
    /// Goes on although others have one of the customer's handles, who may be the same person.
    public var sharersStay: Bool?

    public init(subject: String, purpose: String, reason: String? = nil, language: CopyLanguage? = nil, sharersStay: Bool? = nil) {
        (self.subject, self.purpose, self.reason, self.language, self.sharersStay) = (subject, purpose, reason, language, sharersStay)
    }

    public typealias Reply = Bytes

    public static let route = Route.post("/v1/subjects/{subject}/export")
    public static let summary = "Everything held about a customer (GDPR Art. 15, 20; PIPL Art. 45): a ZIP with a readable page, a text and JSON."
    public static let action: String? = "subject.export"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose, "reason": Members.reason]
    public static let effort = Effort.rights
    public static let form = ReplyForm.bytes(
        "application/zip", about: "data.json, a readable page and the same as text; the header Vault-Searched has what was searched, as JSON", file: "copy.zip")
    public static let statuses = [404, 409]
}
