import Policy
import RedactedAPI
import Store
import VaultAPI

extension ShowInbox: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(principal: session.principal, items: try session.inbox()) }
}

extension Session {
    /// What waits for the principal, counted from what the lists show that the role may see.
    fileprivate func inbox() throws -> [InboxItem] {
        let now = vault.clock()
        return try store.read { reader in
            var items: [InboxItem] = []
            if capabilities.may(.approvalDecide) {
                let waiting = try reader.approvals(at: now).filter { $0.state == .pending && $0.principal != principal }
                items.append(Self.item(.approvals, due: waiting.map(\.expiresAt), at: now))
            }
            if capabilities.may(.tokenIssue), capabilities.may(.tokenList) {
                let waiting = try reader.tokens().filter { token in
                    token.approval?.state.agreement == .waiting && token.approval?.issuedBy != principal && token.revokedAt == nil && token.expiresAt.map { $0 > now } ?? true
                }
                items.append(InboxItem(.tokens, count: waiting.count))
            }
            if capabilities.may(.subjectLink) { items.append(InboxItem(.links, count: try reader.links(.proposed).count { $0.askedBy != principal })) }
            if capabilities.may(.caseManage) { items.append(Self.item(.cases, due: try reader.cases(closed: false).map(\.dueAt), at: now)) }
            if capabilities.may(.taskRead) {
                let tasks = try reader.tasks()
                func isIn(_ task: TaskRow, _ states: ImprovementTask.State...) -> Bool { states.contains { $0.rawValue == task.state } }
                if capabilities.may(.taskDecide) {
                    items.append(InboxItem(.proposals, count: tasks.count { isIn($0, .proposed) }))
                    items.append(InboxItem(.results, count: tasks.count { isIn($0, .done) }))
                }
                if capabilities.may(.taskWork) {
                    items.append(Self.item(.work, due: tasks.filter { $0.owner == principal && isIn($0, .approved, .inProgress) }.map(\.dueAt), at: now))
                }
            }
            return items
        }
    }

    private static func item(_ kind: InboxItem.Kind, due: [Int64], at now: Int64) -> InboxItem {
        InboxItem(kind, count: due.count, overdue: due.count { $0 < now }, due: due.filter { $0 >= now }.min().map(Timestamp.init(milliseconds:)))
    }
}
