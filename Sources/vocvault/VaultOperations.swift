import AuditLog
import Documents
import Foundation
import Policy
import RedactedAPI
import VoCVault

/// What commands do with a vault: the one at hand, or one behind a server.
protocol VaultOperations: AnnotatedSource {
    func page(_ query: Query) throws -> Page
    func aggregate(_ query: AggregateQuery) throws -> AggregateTable
    func reveal(record: String, field: String, purpose: String, reason: String, breakGlass: Bool, release: (String) throws -> Void) throws -> Int64
    func lookup(field: String, value: String, purpose: String?) throws -> (subjects: [String], receipt: Int64)
    func ingest(
        _ input: FileHandle, format: InputFormat, source: String, timeZone: TimeZone?, batchSize: Int, onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) throws -> IngestReport

    func exportArchive(_ pseudonym: String, purpose: String, reason: String?, release: (Data) throws -> Void) throws -> Int64
    func correctSubject(_ pseudonym: String, field: String, to value: String?, purpose: String, reason: String, dryRun: Bool) throws -> Correction
    func eraseSubject(_ pseudonym: String, purpose: String, reason: String, dryRun: Bool) throws -> (records: Int, receipt: Int64)
    func erasureCertificate(_ pseudonym: String, purpose: String) throws -> String
    func restrictSubject(_ pseudonym: String, purpose: String, reason: String, lift: Bool) throws -> (records: Int, receipt: Int64)
    func holdSubject(_ pseudonym: String, purpose: String, reason: String, ends: Timestamp?) throws -> (hold: Int64, receipt: Int64)
    func releaseSubject(_ pseudonym: String, hold: Int64?, purpose: String, reason: String?) throws -> (hold: Int64, receipt: Int64)
    func holds(on pseudonym: String, purpose: String) throws -> [SubjectHold]

    func openCase(_ kind: CaseKind, of pseudonym: String, purpose: String, note: String?) throws -> (id: Int64, due: Timestamp)
    func closeCase(_ id: Int64, as outcome: CaseOutcome, purpose: String, note: String) throws -> Int64
    func cases(purpose: String, closed: Bool) throws -> [SubjectCase]
    func approvals() throws -> [Approval]
    func decideApproval(_ id: Int64, grant: Bool, reason: String?) throws -> Int64

    func proposeTask(title: String, about filter: Condition, owner: String, due: Timestamp, expected: String) throws -> (id: Int64, receipt: Int64)
    func takeTaskStep(_ step: ImprovementTask.Step, of id: Int64, note: String?) throws -> Int64
    func improvementTasks() throws -> [ImprovementTask]

    func retentionForecast(consent: RetentionConsent) throws -> RetentionForecast
    func retentionRun(batch: Int, seconds: Double?, consent: RetentionConsent, progress: (RetentionReport) -> Void) throws -> RetentionReport
    func explain(principal: String, action: Action, purpose: String, fields: [String]) throws -> [(role: String, decision: Decision)]
    func keyStatus() throws -> [KeyStatus]
    func keyVersions() throws -> [KeyVersion]
    func tokens() throws -> [TokenInfo]
    /// - Parameter show: shows the token; when it throws, there is none.
    func issueToken(
        principal: String, role: String, scope: [Action]?, days: Int?, show: (_ token: String, _ id: String) throws -> Void
    ) throws -> (token: String, id: String)
    func revokeToken(_ id: String, reason: String?, dryRun: Bool) throws -> (principal: String, role: String)
    /// Fields that the role's first grant to query for a purpose shows.
    func shownFields(purpose: String) throws -> Set<String>
    func overview(days: Int) throws -> VaultOverview
    func examine() throws -> [HealthFinding]
    /// What whoever works with the vault should hear of besides what was done.
    var notices: [String] { get }

    func auditEntries(_ filter: AuditFilter) throws -> [AuditEntry]
    func auditEntry(_ sequence: Int64) throws -> String
    func verifyAudit(against older: String?) throws -> AuditVerification
    func proveAudit(_ sequence: Int64) throws -> String
    func checkpointSize(_ note: String) throws -> Int64
    func proveConsistency(from size: Int64) throws -> String
    func anchorAudit() throws -> String
}

extension Session: VaultOperations {
    func exportArchive(_ pseudonym: String, purpose: String, reason: String?, release: (Data) throws -> Void) throws -> Int64 {
        try exportSubject(pseudonym, purpose: purpose, reason: reason) { copy in
            try release(SubjectDocument.archive(copy, policy: policies, date: Date()))
        }
    }
}
