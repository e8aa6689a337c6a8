import AuditLog
import Policy
import RedactedAPI
import Storage

/// What happened in a period, for the eye of a compliance officer.
public struct AuditSummary: Sendable, Equatable {
    /// How often a principal did something.
    public struct Activity: Sendable, Hashable {
        public var principal: String
        public var role: String
        public var action: String
        public var allowed = 0
        public var denied = 0
        public var failed = 0
        /// Rows or records handed out or changed.
        public var rows: Int64 = 0
        /// Of all these, how many outside office hours.
        public var outOfHours = 0
    }

    /// How often a principal saw a field in plain.
    public struct FieldUse: Sendable, Hashable {
        public var principal: String
        public var field: String
        public var times = 0
        /// Whether the principal had never seen the field before the period.
        public var isNew = false
    }

    public struct Denial: Sendable, Hashable {
        public var principal: String
        public var action: String
        public var rule: String
        public var times = 0
    }

    public var entries = 0
    /// Customers' requests that are past their deadline now.
    public var overdueCases = 0
    public var activities: [Activity] = []
    public var fieldUses: [FieldUse] = []
    public var denials: [Denial] = []
}

extension Session {
    /// Summarises the log. Office hours are those of `alerts.yaml`.
    public func auditSummary(since: Timestamp?, until: Timestamp?) throws -> AuditSummary {
        let access = try authorize(.auditRead, purpose: nil)
        let hours = policy.alerts.officeHours
        var builder = SummaryBuilder()
        try store.read { reader in
            try reader.forEachAuditEntry { _, bytes in
                guard let entry = AuditEntry(canonicalBytes: bytes), let time = Timestamp(entry.time) else { return true }
                if let until, time >= until { return false }
                let local = vault.localTime(at: time.milliseconds)
                builder.add(
                    entry, isInPeriod: since.map { time >= $0 } ?? true,
                    isOutOfHours: !hours.contains(weekday: local.weekday, minute: local.minute))
                return true
            }
        }
        _ = try commit(access) { _ in ((), access.entry(rows: builder.entries, detail: ["report": "summary"])) }
        var summary = builder.summary
        let now = vault.clock()
        summary.overdueCases = try store.read { try $0.cases(closed: false).count { $0.dueAt < now } }
        return summary
    }
}

/// Adds entries up, oldest first.
private struct SummaryBuilder {
    private struct ActivityKey: Hashable {
        var principal: String
        var role: String
        var action: String
    }

    private struct FieldKey: Hashable {
        var principal: String
        var field: String
    }

    private struct DenialKey: Hashable {
        var principal: String
        var action: String
        var rule: String
    }

    private(set) var entries = 0
    private var activities: [ActivityKey: AuditSummary.Activity] = [:]
    private var uses: [FieldKey: Int] = [:]
    private var seenBefore: Set<FieldKey> = []
    private var denials: [DenialKey: Int] = [:]

    mutating func add(_ entry: AuditEntry, isInPeriod: Bool, isOutOfHours: Bool) {
        if entry.action == Action.reveal.rawValue, entry.outcome == .allowed {
            for field in entry.fields {
                let key = FieldKey(principal: entry.principal, field: field)
                if isInPeriod { uses[key, default: 0] += 1 } else { seenBefore.insert(key) }
            }
        }
        guard isInPeriod else { return }
        entries += 1
        let key = ActivityKey(principal: entry.principal, role: entry.role, action: entry.action)
        var activity = activities[key]
            ?? AuditSummary.Activity(principal: entry.principal, role: entry.role, action: entry.action)
        switch entry.outcome {
        case .allowed: activity.allowed += 1
        case .denied:
            activity.denied += 1
            denials[DenialKey(principal: entry.principal, action: entry.action, rule: entry.rule), default: 0] += 1
        case .failed: activity.failed += 1
        }
        activity.rows += entry.outcome == .allowed ? entry.rows : 0
        activity.outOfHours += isOutOfHours ? 1 : 0
        activities[key] = activity
    }

    var summary: AuditSummary {
        AuditSummary(
            entries: entries,
            activities: activities.values.sorted { ($0.principal, $0.action, $0.role) < ($1.principal, $1.action, $1.role) },
            fieldUses: uses.map { key, times in
                AuditSummary.FieldUse(
                    principal: key.principal, field: key.field, times: times, isNew: !seenBefore.contains(key))
            }.sorted { ($0.principal, $0.field) < ($1.principal, $1.field) },
            denials: denials.map { key, times in
                AuditSummary.Denial(principal: key.principal, action: key.action, rule: key.rule, times: times)
            }.sorted { (-$0.times, $0.principal, $0.action, $0.rule) < (-$1.times, $1.principal, $1.action, $1.rule) })
    }
}
