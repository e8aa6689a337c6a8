import AuditLog
import RedactedAPI
import VaultAPI

// The audit log.

extension ListAuditEntries: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let filter = AuditFilter(
            principal: principal, role: role, action: action, purpose: purpose, outcome: outcome.map { AuditEntry.Outcome(rawValue: $0.rawValue)! }, target: target,
            subject: subject, record: record, field: field, reason: reason, since: since, until: until, limit: limit ?? 100,
            folds: fold ?? false)
        return Reply(entries: try session.auditEntries(filter).map(LoggedEntry.init))
    }
}

extension LoggedEntry {
    init(_ entry: AuditEntry) {
        self.init(
            v: entry.v, seq: entry.seq, time: entry.time, clock: entry.clock, doubted: entry.doubted, principal: entry.principal,
            token: entry.token, role: entry.role, purpose: entry.purpose, action: entry.action, outcome: Outcome(rawValue: entry.outcome.rawValue)!, policy: entry.policy,
            rule: entry.rule,
            target: entry.target, fields: entry.fields, rows: entry.rows, reason: entry.reason, request: entry.request, client: entry.client,
            software: entry.software, state: entry.state, detail: entry.detail)
    }
}

extension GetAuditEntry: PerformedOperation {
    public func perform(in session: Session) throws -> String { try session.auditEntry(number) }
}

extension ReadQuestion: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(question: try session.auditQuestion(number)) }
}

extension ReadReason: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(reason: try session.auditReason(number)) }
}

extension ProveAuditEntry: PerformedOperation {
    public func perform(in session: Session) throws -> String { try session.proveAudit(number) }
}

extension AnchorAudit: PerformedOperation {
    public func perform(in session: Session) throws -> String { try session.anchorAudit() }
}

extension ProveConsistency: PerformedOperation {
    public func perform(in session: Session) throws -> String {
        do {
            return try session.proveConsistency(from: from)
        } catch AuditError.truncated {
            throw VaultError.conflict("the log has fewer entries than that")
        }
    }
}

extension VerifyAudit: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        do {
            let found = try session.verifyAudit(against: checkpoint, deep: deep)
            return Reply(entries: found.entries, records: found.records, verifierKey: found.verifierKey, checkpoint: found.checkpoint)
        } catch let error as AuditError {
            return Reply(problem: "\(error)")
        }
    }
}

extension ReadAuditFile: PerformedOperation {
    public func perform(in session: Session) throws -> Bytes { Bytes(try session.auditFile(file)) }
}

extension AuditEntry {
    /// As hashed: a reason that is about a customer is there as it was sealed.
    public init(_ entry: LoggedEntry) {
        self.init(
            principal: entry.principal, token: entry.token, role: entry.role, purpose: entry.purpose, action: entry.action, outcome: Outcome(rawValue: entry.outcome.rawValue)!,
            rule: entry.rule, target: entry.target, fields: entry.fields, rows: entry.rows, reason: entry.reason, request: entry.request, client: entry.client,
            software: entry.software)
        (v, seq, time, clock, doubted, state, detail) = (entry.v, entry.seq, entry.time, entry.clock, entry.doubted, entry.state, entry.detail)
        policy = entry.policy
        if self[.sealedReason] != nil { reason = nil }
    }
}
