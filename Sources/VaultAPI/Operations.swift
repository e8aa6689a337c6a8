/// Every operation of the API.
public enum Operations {
    public static let all: [any VaultOperation.Type] = records + subjects + cases + improvement + maintenance + policy + keys + audit

    private static let records: [any VaultOperation.Type] = [
        QueryPage.self, ListChanges.self, AggregateRows.self, PlanDisclosure.self, ShowRecord.self, RevealField.self, LookUp.self, Annotate.self,
    ]
    private static let subjects: [any VaultOperation.Type] = [
        ExportSubject.self, CorrectSubject.self, EraseSubject.self, CertifyErasure.self, RestrictSubject.self, RecordConsent.self, ListConsents.self, HoldSubject.self,
        ListHolds.self, ReleaseSubject.self, AskLink.self, ListLinks.self, DecideLink.self, ListMentions.self, DecideMention.self,
        ListManyNamed.self,
    ]
    private static let cases: [any VaultOperation.Type] = [
        ListCases.self, OpenCase.self, CloseCase.self, AskCaseTask.self, AnswerCaseTask.self, ListApprovals.self, DecideApproval.self,
    ]
    private static let improvement: [any VaultOperation.Type] = [ListTasks.self, ProposeTask.self, DecideTask.self, ProgressTask.self]
    private static let maintenance: [any VaultOperation.Type] = [
        RetentionPlan.self, RunRetention.self, Examine.self, Overview.self, ShowInbox.self, EvaluateAlerts.self, ListRuns.self,
    ]
    private static let policy: [any VaultOperation.Type] = [WhoAmI.self, ExplainPolicy.self, CheckPolicies.self, ListPolicyVersions.self]
    private static let keys: [any VaultOperation.Type] = [ListKeys.self, ListTokens.self, IssueToken.self, ApproveToken.self, RevokeToken.self]
    private static let audit: [any VaultOperation.Type] = [
        ListAuditEntries.self, GetAuditEntry.self, ReadQuestion.self, ReadReason.self, ProveAuditEntry.self, AnchorAudit.self, ProveConsistency.self, VerifyAudit.self,
        ReadAuditFile.self,
        ReportProcessing.self,
    ]
}
