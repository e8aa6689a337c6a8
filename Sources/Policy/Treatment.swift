/// What a grant does with a field's value, strictest first.
public enum Treatment: String, Sendable, CaseIterable, Comparable {
    /// Asking for the field is denied.
    case deny
    /// The column is there, but empty.
    case suppress
    /// A coarser value: age band, city.
    case generalize
    /// A stand-in that stays the same within one purpose.
    case pseudonym
    /// Part of the value; for free text, the redacted form.
    case mask
    /// The value itself.
    case reveal

    public static func < (a: Treatment, b: Treatment) -> Bool { a.strictness < b.strictness }

    /// Whether a reveal gives a field that is treated so: as it is, or of a text what is left when it is redacted.
    func isRevealed(_ field: String) -> Bool { self == .reveal || self == .mask && field == BuiltinField.text.rawValue }

    private var strictness: Int { Self.allCases.firstIndex(of: self)! }
}

/// What a principal asks to do.
public enum Action: String, Sendable, CaseIterable {
    case ingest
    case query
    /// Writing the labels that a module assigns to records.
    case annotate
    case reveal
    case lookup
    case subjectExport = "subject.export"
    case subjectErase = "subject.erase"
    /// Certifying an erasure.
    case subjectCertificate = "subject.certificate"
    case subjectCorrect = "subject.correct"
    /// Opening, listing and closing customers' requests.
    case caseManage = "case.manage"
    /// Restricting the processing of a customer's data, and lifting the restriction.
    case subjectRestrict = "subject.restrict"
    /// Recording what a customer decided about a purpose: a consent, its withdrawal, an objection.
    case subjectConsent = "subject.consent"
    case subjectHold = "subject.hold"
    case subjectRelease = "subject.release"
    case retentionPlan = "retention.plan"
    case retentionRun = "retention.run"
    /// Redacting stored texts again with the present detector.
    case reredact
    /// Filling fields that the schema classified later.
    case reclassify
    case auditRead = "audit.read"
    case auditVerify = "audit.verify"
    /// Deciding which log is true when it does not continue the one that was signed.
    case auditFork = "audit.fork"
    /// The record of processing activities.
    case complianceReport = "compliance.report"
    /// Taking a snapshot.
    case backup
    /// Moving the vault's data to another store.
    case migrate
    /// Examining the vault's health.
    case doctor
    case tokenIssue = "token.issue"
    case tokenList = "token.list"
    case tokenRevoke = "token.revoke"
    case keysStatus = "keys.status"
    /// Saying which customers are one person and whose a record is; each time, two people do.
    case subjectLink = "subject.link"
    /// Moving every key to the active root key.
    case keysRotate = "keys.rotate"
    /// Granting or denying what another principal asks for.
    case approvalDecide = "approval.decide"
    /// Proposing something to improve.
    case taskPropose = "task.propose"
    /// Starting and finishing one's own tasks.
    case taskWork = "task.work"
    /// Approving and accepting tasks, or turning them down.
    case taskDecide = "task.decide"
    case taskRead = "task.read"
    /// Having other systems told what happens in the vault.
    case outboxRun = "outbox.run"
    /// Looking whether the rules about feedback have something to tell, and telling it.
    case alertRun = "alert.run"
    /// Revealing without the approval that a field needs; raises an alert.
    case breakGlass = "reveal.break-glass"

    /// Whether requests for it name fields, or its reply has some.
    var showsFields: Bool { Self.fieldActions.contains(self) }
    private static let fieldActions: Set<Action> = [.query, .reveal, .annotate, .lookup, .subjectExport, .subjectCorrect, .taskPropose]

    /// Whether it concerns whole customers, so that no condition on records can limit it.
    var isAboutCustomers: Bool {
        switch self {
        case .lookup, .subjectExport, .subjectErase, .subjectCertificate, .subjectCorrect, .caseManage, .subjectRestrict, .subjectConsent, .subjectHold, .subjectRelease,
            .subjectLink:
            true
        default: false
        }
    }
}
