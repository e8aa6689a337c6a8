import VaultAPI

// Cases, and requests that wait for a second principal.

extension ListCases: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(cases: try session.cases(purpose: purpose, closed: closed ?? false)) }
}

extension OpenCase: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let opened = try session.openCase(kind, of: subject, purpose: purpose, note: note)
        return Reply(number: opened.id, due: opened.due)
    }
}

extension CloseCase: PerformedOperation {
    public func perform(in session: Session) throws -> Done {
        _ = try session.closeCase(number, as: outcome, purpose: purpose, note: note)
        return Done()
    }
}

extension ListApprovals: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(approvals: try session.approvals()) }
}

extension DecideApproval: PerformedOperation {
    public func perform(in session: Session) throws -> Done {
        _ = try session.decideApproval(number, grant: decision == .grant, reason: reason)
        return Done()
    }
}

extension AskCaseTask: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        Reply(task: try session.askCaseTask(number, purpose: purpose, system: system, note: note).task)
    }
}

extension AnswerCaseTask: PerformedOperation {
    public func perform(in session: Session) throws -> Done {
        _ = try session.answerCaseTask(number, task: task, purpose: purpose, outcome: outcome, note: note)
        return Done()
    }
}
