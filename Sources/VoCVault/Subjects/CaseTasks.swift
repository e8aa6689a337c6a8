import AuditLog
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// Notes what another system, or whoever checks the identity, has to do for an open case.
    ///
    /// - Returns: the task's number.
    package func askCaseTask(_ number: Int64, purpose: String, system: String, note: String) throws -> (task: Int64, receipt: Int64) {
        let access = try authorize(.caseManage, purpose: purpose)
        return try logged(access) {
            guard system.utf8.allSatisfy({ $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2D || $0 == 0x5F }), (1...64).contains(system.utf8.count) else {
                throw VaultError.invalid("a system's name has 1 to 64 lower-case letters, digits, - and _")
            }
            guard note.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("say what is to be done") }
            let (task, receipt) = try commit(access) { writer in
                let row = try openCase(number, writer.reader)
                let now = vault.clock()
                let note = try cleaned(note, about: row.subject, writer.reader) ?? ""
                let sealed = try CustomerNotes(vault).seal(kept(note), about: row.subject, at: .caseTask(askedAt: now))
                let task = try writer.addCaseTask(CaseTaskRow(request: number, subject: row.subject, system: system, askedAt: now, note: sealed))
                let target = try pseudonyms(access.purpose).name(.subject, row.subject)
                let detail: [AuditDetail: String] = [.case: String(number), .task: String(task), .system: system, .state: "open"]
                return (task, try access.entry(target: target, reason: note, about: row.subject, detail: detail))
            }
            return (task, receipt)
        }
    }

    /// Notes the answer to a task of an open case.
    package func answerCaseTask(_ number: Int64, task: Int64, purpose: String, outcome: CaseTaskOutcome, note: String) throws -> Int64 {
        let access = try authorize(.caseManage, purpose: purpose)
        return try logged(access) {
            guard note.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("give the answer") }
            return try commit(access) { writer in
                let row = try openCase(number, writer.reader)
                guard let asked = try writer.reader.caseTasks().first(where: { $0.id == task && $0.request == number }) else {
                    throw VaultError.notFound("task \(task) of case \(number)")
                }
                guard asked.state == "open" else { throw VaultError.conflict("task \(task) is \(asked.state) already") }
                let note = try cleaned(note, about: row.subject, writer.reader) ?? ""
                let notes = try CustomerNotes(vault)
                let place = NotePlace.caseTask(askedAt: asked.askedAt)
                let whole = "\(notes.open(asked.note, at: place).shown) → \(kept(note))"
                try writer.answerCaseTask(task, state: outcome.rawValue, note: notes.seal(whole, about: row.subject, at: place), at: vault.clock())
                let target = try pseudonyms(access.purpose).name(.subject, row.subject)
                let detail: [AuditDetail: String] = [.case: String(number), .task: String(task), .system: asked.system, .state: outcome.rawValue]
                return ((), try access.entry(target: target, reason: note, about: row.subject, detail: detail))
            }.receipt
        }
    }

    private func openCase(_ number: Int64, _ reader: StoreReader) throws -> CaseRow {
        guard let row = try reader.cases(closed: false).first(where: { $0.id == number }) else { throw VaultError.notFound("an open case \(number)") }
        return row
    }

    /// - Throws: ``VaultError/conflict(_:)`` while somebody still has something to do for a case.
    func requireNoOpenTask(of number: Int64, _ reader: StoreReader) throws {
        let open = try reader.caseTasks().filter { $0.request == number && $0.state == "open" }
        guard !open.isEmpty else { return }
        throw VaultError.conflict("not everybody has answered: \(open.map { "task \($0.id) (\($0.system))" }.joined(separator: ", "))")
    }

    /// What is to be done for cases, by their numbers.
    func tasksOfCases(_ reader: StoreReader, _ notes: CustomerNotes) throws -> [Int64: [SubjectCaseTask]] {
        Dictionary(grouping: try reader.caseTasks(), by: \.request).mapValues { rows in
            rows.map { row in
                SubjectCaseTask(
                    id: row.id, system: row.system, state: row.state, asked: Timestamp(milliseconds: row.askedAt),
                    answered: row.answeredAt.map(Timestamp.init(milliseconds:)), note: notes.open(row.note, at: .caseTask(askedAt: row.askedAt)).shown)
            }
        }
    }
}
