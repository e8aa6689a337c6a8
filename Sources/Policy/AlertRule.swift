/// What in a principal's use of the vault someone should look at, from `alerts.yaml`.
public struct AlertRule: Sendable {
    public enum Condition: Sendable, Equatable {
        /// More rows in a day than `factor` times the average of the principal's own active days in the `days` before, and at
        /// least `minimum`.
        case volume(factor: Int, minimum: Int, days: Int)
        /// At least `count` requests within `minutes`.
        case frequency(count: Int, minutes: Int)
        /// A request outside office hours.
        case outOfHours
        /// The first request after at least `days` without any.
        case dormant(days: Int)
        /// An open request of a customer that is due within so many days, or overdue.
        case deadline(days: Int)
    }

    /// Requests that ended in a certain way.
    public enum Outcome: String, Sendable, CaseIterable {
        /// They were refused.
        case denied
        /// A query or look-up that found nothing.
        case empty
        /// A query from whose answer groups or words of too few customers were left out. Who asked must not learn of it.
        case suppressed

        /// Actions that can end so; nil: all.
        public var actions: Set<String>? {
            switch self {
            case .denied: nil
            case .empty: [Action.query.rawValue, Action.lookup.rawValue]
            case .suppressed: [Action.query.rawValue]
            }
        }
    }

    public var name: String
    public var condition: Condition
    /// Raw values of the actions that count; empty: all.
    public var actions: Set<String>
    /// The only requests that count; nil: all.
    public var outcome: Outcome?
    /// Roles whose requests do not count.
    public var exceptRoles: Set<String>
    public var place: Place

    /// Whether the rule watches requests of this kind.
    ///
    /// - Parameter outcome: how the request ended, as far as a rule may ask.
    public func watches(action: String, role: String, outcome: Outcome?) -> Bool {
        (actions.isEmpty || actions.contains(action)) && !exceptRoles.contains(role) && (self.outcome == nil || self.outcome == outcome)
    }
}

/// How old the last verification may be before `doctor` warns.
public struct VerificationAges: Sendable, Equatable {
    /// Of the log and all tables, in days.
    public var fullDays = 7
    /// Of every sealed record, in days.
    public var deepDays = 90
}

/// The contents of `alerts.yaml`.
public struct AlertPolicy: Sendable {
    public var rules: [AlertRule] = []
    /// In the policy's time zone.
    public var officeHours = Hours(weekdays: [1, 2, 3, 4, 5], from: 8 * 60, to: 19 * 60)
    /// Program and arguments; it gets an alert's entry as one line of JSON on standard input. Empty: none.
    public var command: [String] = []
    /// What to look out for in feedback.
    public var feedback: [FeedbackRule] = []
    /// The same as ``command`` for alerts on feedback, which are for others to read; nil: ``command``.
    public var feedbackCommand: [String]?
    public var verification = VerificationAges()
}
