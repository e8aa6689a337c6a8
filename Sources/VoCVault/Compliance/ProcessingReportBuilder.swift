import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// Creates the record of processing activities, with the accesses of a period.
    package func processingReport(since: Timestamp?, until: Timestamp?) throws -> ProcessingReport {
        let access = try authorize(.complianceReport, purpose: nil)
        return try logged(access) {
            _ = try commit(access) { _ in ((), access.entry(detail: [.report: "processing"])) }
            return try vault.processingReport(since: since, until: until)
        }
    }
}

extension Vault {
    fileprivate func processingReport(since: Timestamp?, until: Timestamp?) throws -> ProcessingReport {
        let summary = try auditSummary(since: since, until: until)
        let now = clock()
        let (counts, tokens) = try store.read { (try $0.counts(at: now), try $0.tokens()) }
        let living = tokens.filter { $0.revokedAt == nil && $0.expiresAt.map { $0 > now } ?? true }
        return ProcessingReport(
            generated: Timestamp(milliseconds: now).description, vault: trail.origin, software: Self.software,
            since: since?.description, until: until?.description, timeZone: policy.timeZone,
            purposes: reportedPurposes, categories: policy.fields.map(category),
            recipients: policy.roles.values.sorted { $0.name < $1.name }.map { role in
                recipient(role, Set(living.filter { $0.role == role.name }.map(\.principal)))
            },
            retention: try reportedRetention(), measures: measures,
            keys: try keyState().map {
                ProcessingReport.Key(
                    id: $0.id, isActive: $0.isActive, created: $0.created.description, subjectKeys: $0.subjectKeys,
                    dataKeys: $0.dataKeys, needsRotation: $0.needsRotation)
            },
            holdings: ProcessingReport.Holdings(
                records: counts.records, customers: counts.customers, customersErased: counts.erased, customersOnHold: counts.onHold,
                customersRestricted: counts.restricted),
            accesses: summary.activities.map {
                ProcessingReport.Access(
                    principal: $0.principal, role: $0.role, action: $0.action, allowed: $0.allowed, denied: $0.denied,
                    failed: $0.failed, rows: $0.rows, outOfHours: $0.outOfHours)
            },
            reveals: summary.fieldUses.map {
                ProcessingReport.Reveal(principal: $0.principal, field: $0.field, times: $0.times, isNew: $0.isNew)
            },
            erasures: summary.erasures, cases: try reportedCases(since: since, until: until, now: now),
            alerts: summary.alerts.map { ProcessingReport.Alert(rule: $0.rule, principal: $0.principal, times: $0.times) },
            verification: try verification())
    }

    private var reportedPurposes: [ProcessingReport.Purpose] {
        policy.purposes.values.sorted { $0.name < $1.name }.map { purpose in
            ProcessingReport.Purpose(
                name: purpose.name, description: purpose.description, basis: purpose.citation,
                roles: policy.roles.values.filter { $0.grants.contains { $0.purposes.contains(purpose.name) } }.map(\.name).sorted())
        }
    }

    private func category(_ field: FieldSchema) -> ProcessingReport.Category {
        ProcessingReport.Category(
            field: field.name, fieldClass: field.fieldClass.rawValue, isSealed: field.isSealed, isIndexed: field.indexed,
            generalization: field.generalization?.name, approvals: field.approval)
    }

    private func recipient(_ role: Role, _ principals: Set<String>) -> ProcessingReport.Recipient {
        ProcessingReport.Recipient(
            role: role.name, description: role.description, principals: principals.sorted(),
            grants: role.grants.map { grant in
                ProcessingReport.Recipient.Grant(
                    name: grant.name, purposes: grant.purposes, actions: grant.actions.map(\.rawValue).sorted(),
                    fields: grant.fields.map { "\($0.key): \($0.value.rawValue)" }.sorted())
            })
    }

    private func reportedRetention() throws -> [ProcessingReport.Retention] {
        try zip(policy.retention, retentionForecast().rules).map { rule, plan in
            ProcessingReport.Retention(
                rule: rule.name, channels: rule.channels, removes: plan.removes, afterDays: rule.afterDays, due: plan.due, held: plan.held)
        }
    }

    private var measures: [ProcessingReport.Measure] {
        let fields = policy.fields
        func names(_ wanted: (FieldSchema) -> Bool) -> String {
            let names = fields.filter(wanted).map(\.name).joined(separator: ", ")
            return names.isEmpty ? "none" : names
        }
        let groups = policy.roles.values.filter { $0.grants.contains { $0.actions.contains(.query) } }.sorted { $0.name < $1.name }
            .map { role in "\(role.name) \(role.grants.filter { $0.actions.contains(.query) }.map(\.disclosure.minimumGroup).min()!)" }
        let values: [(String, String)] = [
            ("Encryption at rest", "\(keyring.suite.name), one key per customer, wrapped under a root key outside the vault"),
            ("Sealed fields", names(\.isSealed)),
            ("Found by keyed index", names(\.indexed)),
            ("Pseudonyms", "AES-256 permutation, one key per purpose; no mapping table"),
            ("Redaction of free text", "detector version \(Detector.version)"),
            ("Smallest group in figures", groups.joined(separator: ", ")),
            ("Second principal needed for", names { $0.approval > 1 }),
            ("Alert rules", "\(policy.alerts.rules.count), command \(policy.alerts.command.isEmpty ? "not set" : "set")"),
            ("Audit log", "RFC 9162 tree, Ed25519 checkpoints, C2SP tiles; written with the change that it describes"),
            ("Customers' requests", "answered within \(policy.caseDeadline.days) \(policy.caseDeadline.workingDays ? "working days" : "days")"),
        ]
        return values.map { ProcessingReport.Measure(name: $0.0, value: $0.1) }
    }

    private func reportedCases(since: Timestamp?, until: Timestamp?, now: Int64) throws -> ProcessingReport.Cases {
        var cases = ProcessingReport.Cases()
        for row in try store.read({ try $0.cases(closed: true) }) {
            guard let closed = row.closedAt else {
                cases.open += 1
                cases.overdue += row.dueAt < now ? 1 : 0
                continue
            }
            guard since.map({ closed >= $0.milliseconds }) ?? true, until.map({ closed < $0.milliseconds }) ?? true else { continue }
            if row.status == CaseOutcome.answered.rawValue { cases.answered += 1 } else { cases.refused += 1 }
        }
        return cases
    }

    private func verification() throws -> ProcessingReport.Verification {
        do {
            let result = try verifiedAudit(against: nil)
            return ProcessingReport.Verification(
                isIntact: true, result: "\(result.entries) entries verified", checkpoint: result.checkpoint, verifierKey: verifierKey)
        } catch let error as StorageError where error.meaning != .integrity {
            // A log that cannot be read just now may still be intact.
            throw error
        } catch {
            return ProcessingReport.Verification(isIntact: false, result: "\(error)", checkpoint: "", verifierKey: verifierKey)
        }
    }
}

extension Generalization {
    fileprivate var name: String {
        switch self {
        case .ageBand(let years): "age band of \(years) years"
        case .year: "year"
        case .city: "city"
        case .prefix(let count): "first \(count) characters"
        }
    }
}
