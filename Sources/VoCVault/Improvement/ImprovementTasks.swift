import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store

/// The contents of a task. They are sealed, because people quote customers in them.
private struct TaskBody: Codable {
    struct Event: Codable {
        var step: ImprovementTask.Step
        var by: String
        /// Milliseconds since 1970.
        var at: Int64
        var note: String
    }

    var title: String
    /// In the query language.
    var filter: String
    var expected: String
    var events: [Event]
}

extension Session {
    /// Proposes an improvement.
    ///
    /// - Parameters:
    ///   - filter: the feedback that it concerns, in fields that the policy shows.
    ///   - owner: the principal who is to carry it out.
    ///   - expected: what it is expected to achieve. Like the title, it is redacted, as it must have no personal data.
    /// - Returns: the task's number.
    package func proposeTask(title: String, about filter: Condition, owner: String, due: Timestamp, expected: String) throws -> (id: Int64, receipt: Int64) {
        let access = try authorize(.taskPropose, purpose: nil, fields: filter.fields.sorted())
        return try logged(access) {
            var builder = ConditionBuilder(access: access)
            _ = try builder.part(filter: filter, since: nil, until: nil)
            // A filter that could not be read back would keep every task from being listed.
            guard filter.isExpressible else { throw VaultError.invalid("the query language cannot express the filter") }
            let (title, expected) = (redacted(title), redacted(expected))
            guard !title.isEmpty else { throw VaultError.invalid("a task needs a title") }
            guard owner.range(of: "^[A-Za-z0-9._@-]{1,64}$", options: .regularExpression) != nil else {
                throw VaultError.invalid("the owner must be a principal's name: letters, digits, . _ @ -")
            }
            guard due.milliseconds > vault.clock() else { throw VaultError.invalid("the due date is in the past") }
            let body = TaskBody(title: title, filter: filter.description, expected: expected, events: [event(.propose, note: "")])
            return try commit(access) { writer in
                try requirePrincipal(owner, writer.reader)
                let id = try writer.newTaskNumber()
                try write(body, id: id, state: .proposed, owner: owner, due: due.milliseconds, in: writer)
                return (id, access.entry(detail: [.task: String(id), .state: ImprovementTask.State.proposed.rawValue, .owner: owner]))
            }
        }
    }

    /// Performs a step of a task. Management decides, and the owner does the work. Nobody approves their own proposal or accepts
    /// their own work.
    package func takeTaskStep(_ step: ImprovementTask.Step, of id: Int64, note: String?) throws -> Int64 {
        guard let origin = step.origin else { throw VaultError.invalid("a task is proposed once") }
        let access = try authorize(step.isDecision ? .taskDecide : .taskWork, purpose: nil)
        return try logged(access) {
            let note = redacted(note ?? "")
            guard !step.needsNote || !note.isEmpty else { throw VaultError.invalid("'\(step.rawValue)' needs a note") }
            return try commit(access) { writer in
                guard let row = try writer.reader.tasks().first(where: { $0.id == id }) else { throw VaultError.notFound("task \(id)") }
                var body = try open(row)
                guard row.state == origin.rawValue else { throw VaultError.invalid("task \(id) is \(row.state); '\(step.rawValue)' is for one that is \(origin.rawValue)") }
                let other: String? =
                    switch step {
                    case .approve where body.events.first?.by == principal: "who proposes a task does not approve it"
                    case .accept where row.owner == principal: "who did the work does not accept it"
                    case .start where row.owner != principal, .finish where row.owner != principal: "the task is another's"
                    default: nil
                    }
                if let other { throw VaultError.denied(action: access.action.rawValue, rule: "separation of duties", hint: other) }
                body.events.append(event(step, note: note))
                try write(body, id: id, state: step.state, owner: row.owner, due: row.dueAt, in: writer)
                let detail: [AuditDetail: String] = [.task: String(id), .step: step.rawValue, .state: step.state.rawValue]
                // The note stays in the sealed task: it may quote a customer, and log entries can be read without a key.
                return ((), access.entry(detail: detail))
            }.receipt
        }
    }

    /// All tasks, newest first.
    package func improvementTasks() throws -> [ImprovementTask] {
        let access = try authorize(.taskRead, purpose: nil)
        return try logged(access) {
            let tasks = try store.read { try $0.tasks() }.map { row in
                let body = try open(row)
                return ImprovementTask(
                    id: row.id, state: ImprovementTask.State(rawValue: row.state) ?? .rejected, title: body.title, filter: try Condition(parsing: body.filter),
                    owner: row.owner, due: Timestamp(milliseconds: row.dueAt), expected: body.expected,
                    events: body.events.map { .init(step: $0.step, by: $0.by, at: Timestamp(milliseconds: $0.at), note: $0.note) })
            }
            _ = try commit(access) { _ in ((), access.entry(rows: tasks.count)) }
            return tasks
        }
    }

    /// - Throws: ``VaultError/invalid(_:)`` if nobody of that name could carry out a task. Only principals who may work on tasks
    ///   are suggested: the list of tasks names them anyway.
    private func requirePrincipal(_ name: String, _ reader: StoreReader) throws {
        let living = try reader.tokens().filter { vault.obstacle(to: $0) == nil }
        // A principal who signs in with another authority's token has none here.
        guard policy.issuers.isEmpty, !living.contains(where: { $0.principal == name }) else { return }
        let workers = policy.roles(allowing: .taskWork, purpose: nil, fields: [])
        throw VaultError.invalid(PolicySet.unknown("principal", name, among: Set(living.filter { workers.contains($0.role) }.map(\.principal))))
    }

    private func event(_ step: ImprovementTask.Step, note: String) -> TaskBody.Event {
        TaskBody.Event(step: step, by: principal, at: vault.clock(), note: note)
    }

    private func redacted(_ text: String) -> String {
        String(vault.detector.redact(text.trimmingCharacters(in: .whitespacesAndNewlines)).prefix(500))
    }

    /// Binds what the row says in clear: with another state or owner, the body does not open.
    private func place(_ id: Int64, _ state: String, _ owner: String, _ due: Int64) -> String { "task \(id) \(state) \(owner) \(due)" }

    private func open(_ row: TaskRow) throws -> TaskBody {
        try SealedJSON(.tasks, of: vault).open(row.body, as: TaskBody.self, place: place(row.id, row.state, row.owner, row.dueAt))
    }

    private func write(_ body: TaskBody, id: Int64, state: ImprovementTask.State, owner: String, due: Int64, in writer: StoreWriter) throws {
        let sealed = try SealedJSON(.tasks, of: vault).seal(body, place: place(id, state.rawValue, owner, due))
        try writer.setTask(TaskRow(id: id, state: state.rawValue, owner: owner, dueAt: due, body: sealed))
    }
}
