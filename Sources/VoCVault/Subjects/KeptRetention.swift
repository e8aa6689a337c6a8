import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

/// Retention of what is not a record.
extension Vault {
    /// The rows of a kind that are over at `now` for as long as the policy keeps them, and from before which day; nil: they are kept for
    /// ever.
    func ended(_ kind: KeptRows, at now: Int64) -> (rows: EndedRows, before: String)? {
        guard let days = policy.days(keeping: kind) else { return nil }
        let time = now - Int64(days) * 86_400_000
        // A day begins where the policy says.
        let local = localTime(at: time)
        let day = Int64(local.number)
        let rows: EndedRows =
            switch kind {
            case .cases: .cases(before: time)
            case .approvals: .approvals(before: time)
            case .holds: .holds(before: time)
            case .tokens: .tokens(before: time)
            case .quotas: .quotas(before: local.day)
            case .budgets: .budgets(before: day, periods: policy.budgetPeriods)
            case .figures: .figures(before: day)
            case .activity: .activity(before: day, minute: time / 60_000)
            case .alerts: .alerts(before: day)
            case .replies: .replies(before: time)
            case .witnessed: .witnessed(before: time)
            case .tasks: .tasks(before: time, states: [ImprovementTask.State.accepted, .rejected].map(\.rawValue))
            case .policies: .policies(before: time)
            case .changes: .changes(before: time)
            case .outbox: .outbox(before: time)
            case .runs: .runs(before: time)
            }
        return (rows, String(Vault.day(time)))
    }

    /// What a run would remove that is not a record, in the order of ``KeptRows``; last, tombstones, questions and what the log says.
    func keptForecast(at now: Int64) throws -> [KeptPlanRow] {
        let rows = try store.read { reader in
            let rows = try KeptRows.allCases.compactMap { kind in
                try ended(kind, at: now).map { KeptPlanRow(kind: kind.rawValue, due: try reader.count($0.rows), before: $0.before) }
            }
            let tombstones = KeptPlanRow(kind: "tombstones", due: try reader.tombstoneCount(endedBy: now), before: String(Vault.day(now)))
            let (months, end) = endedQuestions(at: now)
            return rows + [tombstones, KeptPlanRow(kind: "questions", due: months.count, before: "\(end)-01")]
        }
        return try rows + [LogRetention(vault: self).forecast(at: now)].compactMap(\.self)
    }

    /// The months whose questions are over, and the first that is not.
    func endedQuestions(at now: Int64) -> (months: [String], end: String) {
        let end = Timestamp(milliseconds: now - Int64(policy.questionDays) * 86_400_000).description.prefix(7)
        return (keyring.monthsWithQuestions.filter { $0 < end }, String(end))
    }

    /// Removes rows that are over; returns how many. What is kept of them beside the keys goes as well, unless a snapshot could still
    /// bring back what it protects from.
    fileprivate func remove(_ kind: KeptRows, _ rows: EndedRows, in writer: StoreWriter) throws -> Int {
        switch kind {
        case .approvals, .holds, .tokens, .budgets:
            let now = clock()
            let before = try facts(writer.reader)
            let living = Set(try writer.reader.tokens().filter { $0.expiresAt.map { $0 > now } ?? true }.map(\.id))
            let count = try writer.remove(rows)
            guard count > 0 else { return 0 }
            let left = Set(try facts(writer.reader).map { "\($0.kind.rawValue) \($0.key)" })
            for fact in before where !left.contains("\(fact.kind.rawValue) \(fact.key)") {
                if fact.kind == .revocation, living.contains(fact.key) { continue }
                try unprotect(fact.kind, fact.key, in: writer)
            }
            return count
        case .cases, .quotas, .figures, .activity, .alerts, .replies, .witnessed, .tasks, .policies, .changes, .outbox, .runs: return try writer.remove(rows)
        }
    }
}

extension Session {
    /// Removes what is not a record and is over, each kind in a transaction and with an entry of its own.
    func removeEnded(_ access: Access, at now: Int64, _ report: inout RetentionReport) throws {
        for kind in KeptRows.allCases {
            guard let (rows, _) = vault.ended(kind, at: now), try store.read({ try $0.count(rows) }) > 0 else { continue }
            let count = try ending(access, rule: "\(kind.rawValue) at their end") { writer in
                let count = try vault.remove(kind, rows, in: writer)
                return count == 0 ? nil : (count, [.kind: kind.rawValue, .ended: String(count)])
            }
            if let count { report.ended[kind.rawValue] = count }
        }
    }

    /// Runs `body` in a transaction with an entry that has what it says; without one, if it says nothing: another run was faster.
    func ending<R>(_ access: Access, rule: String, _ body: (StoreWriter) throws -> (R, [AuditDetail: String])?) throws -> R? {
        do {
            return try commit(access, .reserve) { writer in
                try requireSoundClock()
                guard let (result, detail) = try body(writer) else { throw NothingLeft() }
                return (result, access.entry(rule: rule, detail: detail))
            }.0
        } catch is NothingLeft {
            return nil
        }
    }

    private struct NothingLeft: Error {}
}
