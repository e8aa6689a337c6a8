/// What a role may do, as `roles.yaml` says.
public struct Role: Sendable {
    public var name: String
    public var description: String
    /// The role's own grants, then those of the roles it extends, in the order of the file.
    public var grants: [Grant]
    public var place: Place
}

/// One permission. A request is decided by one grant alone: grants never add up.
public struct Grant: Sendable {
    public var name: String
    public var purposes: [String]
    public var actions: Set<Action>
    /// Fields that are not named are denied.
    public var fields: [String: Treatment]
    /// The records that it covers; nil: all.
    public var rows: RowFilter?
    /// What figures may reveal.
    public var disclosure: Disclosure
    /// Maximum rows of a page; 0: figures only.
    public var pageLimit: Int
    /// How finely rows tell times.
    public var times = TimePrecision.day
    /// Daily limits of a principal, by what they count: `rows`, `reveal`, `lookup`, `export`.
    public var quotas: [String: Int]
    public var hours: Hours?
    public var place: Place
}

/// Which records a grant covers.
public struct RowFilter: Sendable, Equatable {
    /// A condition in the query language.
    public var expression: String
    public var place: Place
}

/// When a grant applies, in the policy's time zone.
public struct Hours: Sendable, Equatable {
    /// 1 (Monday) to 7 (Sunday).
    public var weekdays: Set<Int>
    /// Minutes since midnight; `to` is not included.
    public var from: Int
    public var to: Int

    public init(weekdays: Set<Int>, from: Int, to: Int) {
        (self.weekdays, self.from, self.to) = (weekdays, from, to)
    }

    /// Whether the grant applies at this weekday and minute of the day.
    public func contains(weekday: Int, minute: Int) -> Bool {
        weekdays.contains(weekday) && minute >= from && minute < to
    }
}
