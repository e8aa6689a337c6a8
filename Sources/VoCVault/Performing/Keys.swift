import Policy
import VaultAPI

// Keys and tokens.

extension ListKeys: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let (keys, versions) = try session.keys()
        return Reply(keys: keys, versions: versions)
    }
}

extension ListTokens: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(tokens: try session.tokens()) }
}

extension IssueToken: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { try perform(in: session) { _ in } }

    /// The same, with a token that becomes valid only once it has been shown.
    ///
    /// - Parameter show: if it throws, no token is issued.
    public func perform(in session: Session, show: (Reply) throws -> Void) throws -> Reply {
        let actions = try scope?.map { name in
            guard let action = Action(rawValue: name) else {
                throw VaultError.invalid(PolicySet.unknown("action", name, among: Action.allCases.map(\.rawValue)))
            }
            return action
        }
        let issued = try session.issueToken(principal: principal, role: role, scope: actions, days: days) { token, id in try show(Reply(token: token, id: id)) }
        return Reply(token: issued.token, id: issued.id, agreement: issued.agreement)
    }
}

extension ApproveToken: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let token = try session.approveToken(id, reason: reason)
        return Reply(principal: token.principal, role: token.role)
    }
}

extension RevokeToken: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let token = try session.revokeToken(id, reason: reason, dryRun: dryRun ?? false)
        return Reply(principal: token.principal, role: token.role)
    }
}
