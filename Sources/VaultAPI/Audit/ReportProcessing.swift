import RedactedAPI

/// The record of processing activities (GDPR Art. 30; PIPL Art. 55), as an HTML page.
public struct ReportProcessing: VaultOperation {
    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive.
    public var until: Timestamp?

    public init(since: Timestamp? = nil, until: Timestamp? = nil) {
        (self.since, self.until) = (since, until)
    }

    public typealias Reply = String

    public static var id: String { "processingReport" }
    public static let route = Route.get("/v1/compliance/report")
    public static let summary = "The record of processing activities (GDPR Art. 30; PIPL Art. 55), as an HTML page."
    public static let action: String? = "compliance.report"
    public static let effort = Effort.long
    public static let form = ReplyForm.text("text/html; charset=utf-8", about: "self-contained")
}
