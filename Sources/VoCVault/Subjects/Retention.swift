import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI

/// Result of a retention run.
package struct RetentionReport: Sendable, Equatable {
    /// Records changed or deleted, by rule.
    package var done: [String: Int] = [:]
    package var customersErased = 0
    /// What is not a record and was removed, by kind.
    package var ended: [String: Int] = [:]
    /// Whether nothing is due any more; false if the time ran out.
    package var isComplete = true

    package init() {}
}

extension Session {
    /// How many records each rule of `retention.yaml` would change.
    package func retentionPlan() throws -> [RetentionPlanRow] { try retentionForecast().rules }

    /// What ``retentionRun(batch:seconds:consent:progress:)`` would do now.
    package func retentionForecast(consent: RetentionConsent = RetentionConsent()) throws -> RetentionForecast {
        let access = try authorize(.retentionPlan, purpose: nil)
        return try logged(access) {
            let forecast = try forecast(consent)
            _ = try commit(access) { _ in ((), access.entry(rows: forecast.rules.count)) }
            return forecast
        }
    }

    /// Applies the rules in bounded batches, each with its audit entry in one transaction. A killed run continues where it
    /// stopped.
    ///
    /// - Parameters:
    ///   - batch: records per transaction.
    ///   - seconds: stops after this long; nil: when nothing is due any more.
    ///   - consent: confirmations given beforehand, about the clock and about how much may be removed.
    /// - Throws: ``VaultError/needsConfirmation(_:)`` if nothing is deleted without it.
    package func retentionRun(
        batch: Int = 1000, seconds: Double? = nil, consent: RetentionConsent = RetentionConsent(), progress: (RetentionReport) -> Void = { _ in }
    ) throws -> RetentionReport {
        let access = try authorize(.retentionRun, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 record") }
            let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
            let now = try requireConsent(consent, access)
            var report = RetentionReport()
            do {
                try vault.traces.deleting {
                    try run(&report, at: now, batch: batch, until: deadline, access, progress)
                    try removeEndedTombstones(access, at: now, &report)
                    try endQuestions(access, at: now, &report)
                    try removeEnded(access, at: now, &report)
                    let entries = try LogRetention(vault: vault).run(self, access, at: now)
                    if entries > 0 { report.ended["log"] = entries }
                    try vault.carryOutErasures()
                }
            } catch {
                throw Interrupted.error(error, after: report.done.values.reduce(0, +)) { "\($0) records were done before; the next run continues" }
            }
            return report
        }
    }

    private func run(
        _ report: inout RetentionReport, at now: Int64, batch: Int, until deadline: ContinuousClock.Instant?, _ access: Access,
        _ progress: (RetentionReport) -> Void
    ) throws {
        var limit = batch
        for (rule, scope) in try vault.retentionSteps(at: now) {
            while true {
                if let deadline, ContinuousClock.now >= deadline {
                    report.isComplete = false
                    break
                }
                let (done, erased): (Int, Int)
                do {
                    (done, erased) = try runBatch(rule, scope, limit: limit, access)
                } catch StorageError.diskFull where limit > 1 {
                    // A full disk has room for fewer records.
                    limit = max(1, limit / 8)
                    continue
                }
                if done == 0 { break }
                report.done[rule.name, default: 0] += done
                report.customersErased += erased
                progress(report)
            }
        }
    }

    /// Every run removes expired tombstones.
    private func removeEndedTombstones(_ access: Access, at now: Int64, _ report: inout RetentionReport) throws {
        guard try store.read({ try $0.hasTombstones(endedBy: now) }) else { return }
        let count = try ending(access, rule: "tombstones at their end") { writer in
            let count = try vault.removeEndedTombstones(in: writer, at: now)
            return count == 0 ? nil : (count, [.tombstonesRemoved: String(count)])
        }
        if let count { report.ended["tombstones"] = count }
    }

    /// Destroys the keys of the months whose questions have come to their end.
    private func endQuestions(_ access: Access, at now: Int64, _ report: inout RetentionReport) throws {
        try vault.keyring.reload()
        let (ended, _) = vault.endedQuestions(at: now)
        guard !ended.isEmpty else { return }
        let noted = try ending(access, rule: "questions at their end") { writer in
            // Another run may have noted some of them; if it was killed before it destroyed their keys, that is still to be done.
            let known = try writer.reader.knownKeys()
            let new = ended.filter { known.contains(Keyring.Use.questions(month: $0).keyName) }
            for month in new { try writer.forgetKey(Keyring.Use.questions(month: month).keyName) }
            return new.isEmpty ? nil : (new.count, [.questionsEnded: new.joined(separator: ",")])
        }
        for month in ended { try vault.keyring.destroy(.questions(month: month)) }
        if let noted { report.ended["questions"] = noted }
    }

    private func runBatch(
        _ rule: RetentionRule, _ scope: RetentionScope, limit: Int, _ access: Access
    ) throws -> (records: Int, customers: Int) {
        // Whether anything is due is checked again inside the transaction, where nothing can change.
        guard try store.read({ try !$0.retentionBatch(scope, limit: 1).isEmpty }) else { return (0, 0) }
        return try commit(access, .reserve) { writer in
            try requireSoundClock()
            let due = try writer.reader.retentionBatch(scope, limit: limit)
            let subjects = Set(due.map(\.subject))
            var erased: [Int64] = []
            switch rule.removal {
            case .record:
                let now = vault.clock()
                try vault.bury(writer.deleteRecords(due.map(\.record)), in: writer, at: now)
                erased = try writer.reader.subjectsWithoutRecords(among: subjects)
                _ = try vault.erase(erased, in: writer, at: now)
            case .compartments(let compartments):
                for (record, _) in due { try strip(record, of: compartments, writer) }
                if compartments.contains(.direct) {
                    let bare = try writer.reader.subjectsWithout(compartment: Compartment.direct.bit, among: subjects)
                    try writer.removeIndexEntries(of: bare)
                }
            }
            let entry = access.entry(
                rule: "\(rule.name) (\(rule.place.short))", rows: due.count,
                detail: [.removes: rule.removal.name, .customersErased: String(erased.count)])
            return ((records: due.count, customers: erased.count), entry)
        }.0
    }

    /// Removes compartments from a record, and the coarser forms of what was in them.
    private func strip(_ record: Int64, of compartments: Set<Compartment>, _ writer: StoreWriter) throws {
        guard let stored = try writer.reader.sealedRecord(record) else { return }
        try writer.deleteFormer(ofRecords: [record])
        let compartments = compartments.contains(.text) ? compartments.union([.mentions]) : compartments
        if compartments.contains(.mentions) { try writer.deleteMentions(inRecords: [record]) }
        try writer.replaceBody(
            of: record, with: SealedBody.removing(compartments, from: stored.body), purged: compartments.reduce(stored.purged) { $0 | $1.bit })
        guard !stored.codes.isEmpty else { return }
        let left = try RecordCodes.removing(compartments, from: stored.codes)
        if left != stored.codes { try writer.setCodes(of: record, subject: stored.subject, to: left) }
    }
}

extension RetentionRule.Removal {
    fileprivate var bits: Int {
        if case .compartments(let compartments) = self { return compartments.reduce(0) { $0 | $1.bit } }
        return 0
    }
}

extension Vault {
    func retentionForecast() throws -> RetentionForecast { try retentionForecast(at: clock()) }

    func retentionForecast(at now: Int64) throws -> RetentionForecast {
        let steps = try retentionSteps(at: now)
        let (counts, customers) = try store.read { reader in
            (try reader.retentionCounts(steps.map(\.scope)), try reader.customersErased(by: steps.map(\.scope).filter { $0.compartments == 0 }))
        }
        let rows = zip(steps, zip(counts.due, counts.held)).map { step, count in
            RetentionPlanRow(
                rule: step.rule.name, removes: step.rule.removal.name, due: count.0, held: count.1,
                before: String(Vault.day(step.scope.refusal?.before ?? step.scope.occurredBefore)))
        }
        // In the order of the file.
        let rules = policy.retention.compactMap { rule in rows.first { $0.rule == rule.name } }
        return RetentionForecast(rules: rules, kept: try keptForecast(at: now), records: counts.records, customersErased: customers)
    }

    /// The rules in the order in which a run applies them, each with the records that it concerns. Whole records are deleted
    /// first: nothing is stripped that is about to be deleted.
    func retentionSteps(at now: Int64) throws -> [(rule: RetentionRule, scope: RetentionScope)] {
        let rules = policy.retention.filter { $0.removal == .record } + policy.retention.filter { $0.removal != .record }
        return try rules.map { ($0, try scope(of: $0, at: now)) }
    }

    /// The records that a rule concerns. A rule without channels leaves out those that another rule with the same removal names, unless
    /// either is for some of the records only.
    private func scope(of rule: RetentionRule, at now: Int64) throws -> RetentionScope {
        let others = policy.retention.filter { $0.name != rule.name && $0.removal == rule.removal && !$0.isConditional }.flatMap(\.channels)
        let before = now - Int64(rule.afterDays) * 86_400_000
        var scope = RetentionScope(
            channels: rule.channels, exceptChannels: rule.channels.isEmpty && !rule.isConditional ? others : [], occurredBefore: before,
            compartments: rule.removal.bits, now: now)
        switch rule.start {
        case .record: break
        case .inactivity: scope.needsInactivity = true
        case .refusal(let purpose): (scope.refusal, scope.occurredBefore) = ((purpose, before), .max)
        }
        scope.filter = try rule.filter.map { try GrantedRows.condition($0.expression, in: self) }
        return scope
    }
}
