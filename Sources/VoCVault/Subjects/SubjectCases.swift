import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// Opens a case, with the deadline that the policy's `cases` sets.
    ///
    /// - Returns: the case's number and deadline.
    package func openCase(
        _ kind: CaseKind, of pseudonym: String, purpose: String, note: String?
    ) throws -> (id: Int64, due: Timestamp) {
        let access = try authorize(.caseManage, purpose: purpose)
        return try logged(access, target: pseudonym) {
            try commit(access) { writer in
                let now = vault.clock()
                let subject = try living(pseudonym, access, writer.reader)
                let note = try cleaned(note, about: subject, writer.reader) ?? ""
                let row = CaseRow(
                    kind: kind.rawValue, subject: subject, status: "open", openedAt: now, dueAt: vault.deadline(from: now),
                    note: try CustomerNotes(vault).seal(kept(note), about: subject, at: .subjectCase(openedAt: now)))
                let id = try writer.addCase(row)
                let due = Timestamp(milliseconds: row.dueAt)
                let detail: [AuditDetail: String] = [.case: String(id), .kind: kind.rawValue, .due: due.description]
                return ((id, due), try access.entry(target: pseudonym, reason: note.isEmpty ? nil : note, about: subject, detail: detail))
            }.0
        }
    }

    /// Closes a case.
    package func closeCase(_ id: Int64, as outcome: CaseOutcome, purpose: String, note: String) throws -> Int64 {
        let access = try authorize(.caseManage, purpose: purpose)
        return try logged(access) {
            guard note.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("say how the case was \(outcome.rawValue)") }
            return try commit(access) { writer in
                guard let row = try writer.reader.cases(closed: false).first(where: { $0.id == id }) else {
                    throw VaultError.notFound("an open case \(id)")
                }
                if outcome == .answered { try requireNoOpenTask(of: id, writer.reader) }
                let note = try cleaned(note, about: row.subject, writer.reader) ?? ""
                let now = vault.clock()
                let sealed = try CustomerNotes(vault).seal(kept(note), about: row.subject, at: .subjectCase(openedAt: row.openedAt))
                try writer.closeCase(id, status: outcome.rawValue, note: sealed, at: now)
                let target = try pseudonyms(access.purpose).name(.subject, row.subject)
                let detail: [AuditDetail: String] = [.case: String(id), .kind: row.kind, .closed: outcome.rawValue, .late: now > row.dueAt ? "yes" : "no"]
                return ((), try access.entry(target: target, reason: note, about: row.subject, detail: detail))
            }.receipt
        }
    }

    /// Cases, most urgent first.
    ///
    /// - Parameter closed: whether to include closed cases.
    package func cases(purpose: String, closed: Bool) throws -> [SubjectCase] {
        let access = try authorize(.caseManage, purpose: purpose)
        let names = try pseudonyms(access.purpose)
        let (now, notes) = (vault.clock(), try CustomerNotes(vault))
        let (rows, tasks) = try logged(access) { try store.read { (try $0.cases(closed: closed), try tasksOfCases($0, notes)) } }
        let cases = try rows.map { row in
            SubjectCase(
                id: row.id, kind: row.kind, subject: try names.name(.subject, row.subject), status: row.status,
                opened: Timestamp(milliseconds: row.openedAt), due: Timestamp(milliseconds: row.dueAt),
                closed: row.closedAt.map(Timestamp.init(milliseconds:)), isOverdue: row.closedAt == nil && row.dueAt < now,
                note: notes.open(row.note, at: .subjectCase(openedAt: row.openedAt)).shown, tasks: tasks[row.id] ?? [])
        }
        _ = try commit(access) { _ in ((), access.entry(rows: cases.count, detail: [.overdue: String(cases.count { $0.isOverdue })])) }
        return cases
    }
}

extension Vault {
    /// When an answer is due: the policy's number of days or working days after `start`, at the end of that day in the policy's
    /// time zone.
    func deadline(from start: Int64) -> Int64 {
        let day: Int64 = 86_400_000
        var time = start
        var left = policy.caseDeadline.days
        while left > 0 {
            time += day
            let isWeekend = localTime(at: time).weekday > 5
            if !policy.caseDeadline.workingDays || !isWeekend { left -= 1 }
        }
        let minute = Int64(localTime(at: time).minute)
        return time / 60_000 * 60_000 + (24 * 60 - 1 - minute) * 60_000 + 59_000
    }
}
