/// Certifies that a customer was erased, with a proof from the log.
public struct CertifyErasure: VaultOperation {
    /// The pseudonym under which the customer was erased.
    public var subject: String
    public var purpose: String

    public init(subject: String, purpose: String) {
        (self.subject, self.purpose) = (subject, purpose)
    }

    public typealias Reply = String

    public static var id: String { "erasureCertificate" }
    public static let route = Route.get("/v1/subjects/{subject}/certificate")
    public static let summary = "Certifies that a customer was erased, with a proof from the log."
    public static let action: String? = "subject.certificate"
    public static let members: [String: Schema] = ["subject": Members.pseudonym, "purpose": Members.purpose]
    public static let effort = Effort.rights
    public static let form = ReplyForm.text("text/plain; charset=utf-8", about: "signed note and tlog-proof")
    public static let statuses = [404]
}
