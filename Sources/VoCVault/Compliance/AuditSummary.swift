import AuditLog
import Policy
import RedactedAPI
import Store

/// What happened in a period, summarised for a compliance officer.
package struct AuditSummary: Sendable, Equatable {
    /// How often a principal did something.
    package struct Activity: Sendable, Hashable {
        package var principal: String
        package var role: String
        package var action: String
        package var allowed = 0
        package var denied = 0
        package var failed = 0
        /// Rows or records that were released or changed.
        package var rows: Int64 = 0
        /// How many of them were outside office hours.
        package var outOfHours = 0
    }

    /// How often a principal saw a field in plaintext.
    package struct FieldUse: Sendable, Hashable {
        package var principal: String
        package var field: String
        package var times = 0
        /// Whether the principal had not seen the field before the period.
        package var isNew = false
    }

    package struct Denial: Sendable, Hashable {
        package var principal: String
        package var action: String
        package var rule: String
        package var times = 0
    }

    /// How often a rule raised an alert about a principal.
    package struct Alert: Sendable, Hashable {
        package var rule: String
        package var principal: String
        package var times = 0
    }

    package var entries = 0
    /// Customers' requests whose deadline has passed.
    package var overdueCases = 0
    package var activities: [Activity] = []
    package var fieldUses: [FieldUse] = []
    package var denials: [Denial] = []
    package var alerts: [Alert] = []
    package var erasures = ProcessingReport.Erasures()
}

extension Session {
    /// Summarises the log. Office hours are those of `alerts.yaml`.
    package func auditSummary(since: Timestamp?, until: Timestamp?) throws -> AuditSummary {
        let access = try authorize(.auditRead, purpose: nil)
        try requireOrder(since, until)
        let summary = try vault.auditSummary(since: since, until: until)
        _ = try commit(access) { _ in ((), access.entry(rows: summary.entries, detail: [.report: "summary"])) }
        return summary
    }
}

extension Vault {
    func auditSummary(since: Timestamp?, until: Timestamp?) throws -> AuditSummary {
        let hours = policy.alerts.officeHours
        var builder = SummaryBuilder()
        try store.read { reader in
            try reader.forEachAuditEntry { _, bytes in
                guard let entry = AuditEntry(canonicalBytes: bytes), let time = Timestamp(entry.moment) else { return true }
                // Entries that follow may have happened before: the log's order is not always that of time.
                if let until, time >= until { return true }
                let local = localTime(at: time.milliseconds)
                builder.add(
                    entry, isInPeriod: since.map { time >= $0 } ?? true,
                    isOutOfHours: !hours.contains(weekday: local.weekday, minute: local.minute))
                return true
            }
        }
        var summary = builder.summary
        let now = clock()
        summary.overdueCases = try store.read { try $0.cases(closed: false).count { $0.dueAt < now } }
        return summary
    }
}

/// Adds up entries, oldest first.
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

    private struct AlertKey: Hashable {
        var rule: String
        var principal: String
    }

    private(set) var entries = 0
    private var alerts: [AlertKey: Int] = [:]
    private var erasures = ProcessingReport.Erasures()
    private var activities: [ActivityKey: AuditSummary.Activity] = [:]
    private var uses: [FieldKey: Int] = [:]
    private var seenBefore: Set<FieldKey> = []
    private var denials: [DenialKey: Int] = [:]

    mutating func add(_ entry: AuditEntry, isInPeriod: Bool, isOutOfHours: Bool) {
        if entry.event == .request(.reveal), entry.outcome == .allowed {
            for field in entry.fields {
                let key = FieldKey(principal: entry.principal, field: field)
                if isInPeriod { uses[key, default: 0] += 1 } else { seenBefore.insert(key) }
            }
        }
        guard isInPeriod else { return }
        entries += 1
        count(entry)
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

    /// Deletions that the entry records, and alerts.
    private mutating func count(_ entry: AuditEntry) {
        guard entry.outcome == .allowed else { return }
        switch entry.event {
        case .vault(.alert): alerts[AlertKey(rule: entry.rule, principal: entry.principal), default: 0] += 1
        case .request(.subjectErase):
            erasures.records += entry.rows
            // Repeating the log of erasures counts customers who were counted before.
            if entry.role != "none" { erasures.customersOnRequest += entry[.customers].flatMap { Int64($0) } ?? 1 }
        case .request(.retentionRun):
            let isWhole = entry[.removes] == RetentionRule.Removal.record.name
            if isWhole { erasures.records += entry.rows } else { erasures.recordsStripped += entry.rows }
            erasures.customersByRetention += entry[.customersErased].flatMap { Int64($0) } ?? 0
        default: break
        }
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
            }.sorted { (-$0.times, $0.principal, $0.action, $0.rule) < (-$1.times, $1.principal, $1.action, $1.rule) },
            alerts: alerts.map { AuditSummary.Alert(rule: $0.rule, principal: $0.principal, times: $1) }
                .sorted { ($0.principal, $0.rule) < ($1.principal, $1.rule) },
            erasures: erasures)
    }
}
