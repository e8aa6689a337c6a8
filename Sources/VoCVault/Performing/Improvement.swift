import RedactedAPI
import VaultAPI

// Improvements, from proposal to acceptance.

extension ListTasks: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(tasks: try session.improvementTasks()) }
}

extension ProposeTask: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        Reply(number: try session.proposeTask(title: title, about: `where`, owner: owner, due: due, expected: expected ?? "").id)
    }
}

extension DecideTask: PerformedOperation {
    public func perform(in session: Session) throws -> TaskState {
        _ = try session.takeTaskStep(step, of: number, note: note)
        return TaskState(step.state)
    }
}

extension ProgressTask: PerformedOperation {
    public func perform(in session: Session) throws -> TaskState {
        _ = try session.takeTaskStep(step, of: number, note: note)
        return TaskState(step.state)
    }
}
