import Policy
import VaultAPI

// Retention and health.

extension RetentionPlan: PerformedOperation {
    public func perform(in session: Session) throws -> RetentionForecast {
        try session.retentionForecast(consent: RetentionConsent(clock: confirmClock ?? false, records: confirm))
    }
}

extension RunRetention: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let consent = RetentionConsent(clock: confirmClock ?? false, records: confirm)
        let report = try session.retentionRun(batch: batch ?? 1000, seconds: Double(maxSeconds ?? 10), consent: consent)
        // A run that found nothing to do has no entry of its own; its plan has one.
        if session.lastReceipt == nil { _ = try session.retentionPlan() }
        return Reply(records: report.done, customersErased: report.customersErased, ended: report.ended, complete: report.isComplete, notice: session.noticeOfTraces)
    }
}

extension Examine: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(findings: try session.examine()) }
}

extension EvaluateAlerts: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { try session.evaluateAlerts(purpose: purpose) }
}

extension ListRuns: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { try session.runs(of: source, limit: limit ?? 50) }
}

extension Overview: PerformedOperation {
    public func perform(in session: Session) throws -> VaultOverview { try session.overview(days: days ?? 30) }
}
