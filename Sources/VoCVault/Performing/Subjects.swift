import RedactedAPI
import VaultAPI

// Customers' rights.

extension CorrectSubject: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let done = try session.correctSubject(subject, field: field, to: value, purpose: purpose, reason: reason, dryRun: dryRun ?? false, sharersStay: sharersStay ?? false)
        let change = done.change.map { change in
            Change(before: change.before.map { Change.Value(value: $0.value, records: $0.records) }, after: change.after)
        }
        return Reply(
            records: done.records, others: done.others, change: change, customers: done.reach?.customers.count ?? 1, handles: done.reach?.handles.fieldCounts ?? [],
            sharers: done.reach?.sharers.fieldCounts ?? [], mentions: done.reach?.mentions ?? 0, notice: session.noticeOfTraces)
    }
}

extension EraseSubject: PerformedOperation {
    public func perform(in session: Session) throws -> ChangedRecords {
        let (done, _) = try session.eraseSubject(subject, purpose: purpose, reason: reason, dryRun: dryRun ?? false, sharersStay: sharersStay ?? false)
        return ChangedRecords(
            records: done.records, customers: done.reach.customers.count, handles: done.reach.handles.fieldCounts, sharers: done.reach.sharers.fieldCounts,
            mentions: done.mentions.removed, mentionsKept: done.mentions.held, undecidedMentions: done.reach.undecided, notice: session.noticeOfTraces)
    }
}

extension CertifyErasure: PerformedOperation {
    public func perform(in session: Session) throws -> String { try session.erasureCertificate(subject, purpose: purpose) }
}

extension RestrictSubject: PerformedOperation {
    public func perform(in session: Session) throws -> ChangedRecords {
        let (done, _) = try session.restrictSubject(subject, purpose: purpose, reason: reason, lifting: lift ?? false, sharersStay: sharersStay ?? false)
        return ChangedRecords(
            records: done.records, customers: done.reach.customers.count, handles: done.reach.handles.fieldCounts, sharers: done.reach.sharers.fieldCounts,
            mentions: done.reach.mentions)
    }
}

extension RecordConsent: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let done = try session.recordConsent(
            subject, purpose: purpose, about: about, decision: decision, version: version, proof: proof, at: at, reason: reason)
        return Reply(counts: done.counts, effect: done.effect, unlabelled: done.unlabelled, notice: decision == .given ? nil : session.noticeOfTraces)
    }
}

extension ListConsents: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(consents: try session.consents(of: subject, purpose: purpose)) }
}

extension HoldSubject: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        Reply(hold: try session.holdSubject(subject, purpose: purpose, reason: reason, ends: ends).hold)
    }
}

extension ListHolds: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(holds: try session.holds(on: subject, purpose: purpose)) }
}

extension ReleaseSubject: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        Reply(hold: try session.releaseSubject(subject, hold: hold, purpose: purpose, reason: reason).hold)
    }
}

extension AskLink: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        Reply(number: try session.askLink(kind, subject, other: other, record: record, purpose: purpose, reason: reason))
    }
}

extension ListLinks: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(links: try session.links(purpose: purpose, all: all ?? false)) }
}

extension DecideLink: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let done = try session.decideLink(number, decision, purpose: purpose, reason: reason)
        return Reply(state: done.state.rawValue, customers: done.customers)
    }
}

extension ListMentions: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(mentions: try session.mentions(of: subject, purpose: purpose, all: all ?? false)) }
}

extension DecideMention: PerformedOperation {
    public func perform(in session: Session) throws -> Done {
        try session.decideMention(of: subject, in: record, decision, purpose: purpose, reason: reason)
        return Done()
    }
}

extension ListManyNamed: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(customers: try session.manyNamed(names ?? 3, purpose: purpose)) }
}
