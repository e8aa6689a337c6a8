/// What the vault keeps besides records, and `retention.yaml` says how long.
public enum KeptRows: String, Sendable, CaseIterable {
    /// Customers' requests that are closed.
    case cases
    /// Requests for a second person's agreement, once they have expired.
    case approvals
    /// Legal holds that have ended or were released.
    case holds
    /// Tokens that have expired, or were revoked.
    case tokens
    /// How much of their daily quotas principals used.
    case quotas
    /// What principals spent of their privacy budgets, once its period is over.
    case budgets
    /// Figures that were released, and what they cost, from their last day on.
    case figures
    /// How often principals did what.
    case activity
    /// When rules last raised alerts.
    case alerts
    /// Answers to uploads that a client may send again.
    case replies
    /// Other vaults' logs that were witnessed.
    case witnessed
    /// Improvement tasks that are accepted or rejected, from their due date on.
    case tasks
    /// Policy files that are no longer in force.
    case policies
    /// Which records have changed: whoever follows the vault and was away for longer reads all of them again.
    case changes
    /// What endpoints of the outbox did not take: it is given up then.
    case outbox
    /// What came in from each source.
    case runs
}

extension PolicySet {
    /// The fewest days for which the content of the log's entries is kept.
    public static let shortestLog = 3 * 365

    /// How many days rows are kept once they are over; nil: for ever. Not shorter than what still works with them.
    public func days(keeping rows: KeptRows) -> Int? {
        guard let days = keptDays[rows] else { return nil }
        switch rows {
        // A day's budget holds for as long as there can be records of it.
        case .figures: return recordDays.map { max(days, $0) }
        case .activity:
            // Today counts, too.
            return max(days, 1 + (alerts.rules.compactMap(\.days).max() ?? 0))
        // A rule about feedback has told of the last period until that is no longer the last.
        case .alerts:
            return max(days, 1 + max(alerts.rules.compactMap(\.days).max() ?? 0, alerts.feedback.map(\.unit.days).max() ?? 0))
        case .quotas: return max(days, 1)
        case .cases, .approvals, .holds, .tokens, .budgets, .replies, .witnessed, .tasks, .policies, .changes, .outbox, .runs: return days
        }
    }

    /// The lengths, in days, of the periods for which privacy budgets hold.
    public var budgetPeriods: Set<Int> { Set(grants.map(\.disclosure).filter(\.isBudgeted).map(\.period)) }

    /// The age at which the last record is deleted, in days; nil: some are kept for ever.
    private var recordDays: Int? {
        let rules = retention.filter { $0.removal == .record }
        return rules.contains { $0.channels.isEmpty } ? rules.map(\.afterDays).max() : nil
    }

    private var grants: [Grant] { roles.values.flatMap(\.grants) }
}

extension AlertRule {
    /// How many days back it looks.
    fileprivate var days: Int? {
        switch condition {
        case .volume(_, _, let days), .dormant(let days): days
        case .frequency: 1
        case .outOfHours, .deadline: nil
        }
    }
}
