/// How often principals did what, by minute for a day and by day for a year: what alert rules compare with.
/// The audit log is the proof; this is its quick summary.
public struct ActivityWindow: Sendable, Hashable {
    public var principal: String
    /// Empty: every action.
    public var actions: [String]
    public var deniedOnly: Bool

    public init(principal: String, actions: [String], deniedOnly: Bool) {
        (self.principal, self.actions, self.deniedOnly) = (principal, actions, deniedOnly)
    }
}

/// What the bodies of one transaction count. It is stored once at the end, however many they are, and what they compare
/// with is read once.
struct GroupCounts {
    enum Scale: Int {
        case minute
        case day

        /// Slots that are kept.
        var kept: Int64 { self == .minute ? 1440 : 400 }
    }

    struct Activity: Hashable {
        var principal: String
        var scale: Scale
        var slot: Int64
        var action: String
        var isDenied: Bool
    }

    /// Requests, and rows that they were given.
    struct Counted {
        private(set) var times = 0
        private(set) var rows: Int64 = 0

        mutating func add(rows: Int64) { (times, self.rows) = (times + 1, self.rows + rows) }
    }

    struct Quota: Hashable {
        var principal: String
        var day: String
        var name: String
    }

    struct Question: Hashable {
        var window: ActivityWindow
        var scale: Scale
        var first: Int64
        var end: Int64
    }

    struct Sums {
        var times = 0
        var rows: Int64 = 0
        var slots: Set<Int64> = []
    }

    var activity: [Activity: Counted] = [:]
    var used: [Quota: Int] = [:]
    /// What the database had before the transaction.
    var sumsBefore: [Question: Sums] = [:]
    var usedBefore: [Quota: Int] = [:]
    var lastDayBefore: [String: Int64?] = [:]
}

extension StoreWriter {
    /// Counts a request.
    ///
    /// - Parameters:
    ///   - minute: minutes since 1970.
    ///   - day: days since 1970 in the policy's time zone.
    public func countActivity(principal: String, action: String, isDenied: Bool, rows: Int64, minute: Int64, day: Int64) {
        for (scale, slot) in [(GroupCounts.Scale.minute, minute), (.day, day)] {
            let activity = GroupCounts.Activity(principal: principal, scale: scale, slot: slot, action: action, isDenied: isDenied)
            group.counts.activity[activity, default: GroupCounts.Counted()].add(rows: rows)
        }
    }

    /// Requests from a minute on.
    public func times(_ window: ActivityWindow, sinceMinute minute: Int64) throws -> Int {
        try sums(window, .minute, from: minute, to: .max).times
    }

    /// Rows of the days from `first` up to, but not including, `end`, and on how many of them there were any.
    public func rows(_ window: ActivityWindow, from first: Int64, to end: Int64) throws -> (rows: Int64, days: Int) {
        let sums = try sums(window, .day, from: first, to: end)
        return (sums.rows, sums.slots.count)
    }

    private func sums(_ window: ActivityWindow, _ scale: GroupCounts.Scale, from first: Int64, to end: Int64) throws -> GroupCounts.Sums {
        let question = GroupCounts.Question(window: window, scale: scale, first: first, end: end)
        var sums = try group.counts.sumsBefore[question] ?? reader.sums(question)
        group.counts.sumsBefore[question] = sums
        for (activity, counted) in group.counts.activity
        where activity.principal == window.principal && activity.scale == scale && (first..<end).contains(activity.slot)
            && (activity.isDenied || !window.deniedOnly) && (window.actions.isEmpty || window.actions.contains(activity.action))
        {
            sums.times += counted.times
            sums.rows += counted.rows
            sums.slots.insert(activity.slot)
        }
        return sums
    }

    /// The last day before `day`, which is today, on which a principal did anything.
    public func lastActiveDay(of principal: String, before day: Int64) throws -> Int64? {
        if let known = group.counts.lastDayBefore[principal] { return known }
        let last = try db.integer(
            "SELECT MAX(slot) FROM activity WHERE principal = ? AND scale = ? AND slot < ?", principal, GroupCounts.Scale.day.rawValue, day)
        group.counts.lastDayBefore[principal] = .some(last)
        return last
    }

    /// How much of a daily quota a principal has used.
    public func usage(principal: String, day: String, quota: String) throws -> Int {
        let quota = GroupCounts.Quota(principal: principal, day: day, name: quota)
        let before = try group.counts.usedBefore[quota] ?? reader.usage(principal: principal, day: day, quota: quota.name)
        group.counts.usedBefore[quota] = before
        return before + group.counts.used[quota, default: 0]
    }

    public func addUsage(principal: String, day: String, quota: String, amount: Int) {
        group.counts.used[GroupCounts.Quota(principal: principal, day: day, name: quota), default: 0] += amount
    }

    /// Stores what was counted, at the end of the transaction.
    func storeCounts() throws {
        let count = """
            INSERT INTO activity (principal, scale, slot, action, denied, times, rows) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (principal, scale, slot, action, denied)
            DO UPDATE SET times = activity.times + excluded.times, rows = activity.rows + excluded.rows
            """
        for (activity, counted) in group.counts.activity {
            let scale = activity.scale
            try db.run("DELETE FROM activity WHERE principal = ? AND scale = ? AND slot < ?", activity.principal, scale.rawValue, activity.slot - scale.kept)
            try db.run(count, activity.principal, scale.rawValue, activity.slot, activity.action, activity.isDenied, counted.times, counted.rows)
        }
        let add = """
            INSERT INTO usage (principal, day, quota, used) VALUES (?, ?, ?, ?)
            ON CONFLICT (principal, day, quota) DO UPDATE SET used = usage.used + excluded.used
            """
        for (quota, amount) in group.counts.used { try db.run(add, quota.principal, quota.day, quota.name, amount) }
    }

    /// Notes that a rule has raised an alert about a principal; false when it had on that day already.
    public func noteAlert(rule: String, principal: String, day: Int64) throws -> Bool {
        let sql = """
            INSERT INTO alert (principal, rule, day) VALUES (?, ?, ?)
            ON CONFLICT (principal, rule) DO UPDATE SET day = excluded.day WHERE alert.day < excluded.day
            """
        return try db.change(sql, principal, rule, day) > 0
    }
}

extension StoreReader {
    /// Requests of all principals by day since 1970, from a day on.
    public func requestsByDay(from first: Int64) throws -> [Int64: (allowed: Int, denied: Int)] {
        let sql = """
            SELECT slot, SUM(times) FILTER (WHERE denied = 0), SUM(times) FILTER (WHERE denied = 1) FROM activity
            WHERE scale = ? AND slot >= ? GROUP BY slot
            """
        let rows = try db.rows(sql, GroupCounts.Scale.day.rawValue, first) { ($0.integer(0), ($0.int(1), $0.int(2))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    fileprivate func sums(_ question: GroupCounts.Question) throws -> GroupCounts.Sums {
        let window = question.window
        let marks = Array(repeating: "?", count: window.actions.count).joined(separator: ", ")
        let sql = """
            SELECT slot, SUM(times), SUM(rows) FROM activity
            WHERE principal = ? AND scale = ? AND slot >= ? AND slot < ?\(window.deniedOnly ? " AND denied = 1" : "")\
            \(window.actions.isEmpty ? "" : " AND action IN (\(marks))") GROUP BY slot
            """
        let values: [any Bindable] = [window.principal, question.scale.rawValue, question.first, question.end]
        var sums = GroupCounts.Sums()
        for (slot, times, rows) in try db.rows(sql, values: values + window.actions, read: { ($0.integer(0), $0.int(1), $0.integer(2)) }) {
            sums.slots.insert(slot)
            sums.times += times
            sums.rows += rows
        }
        return sums
    }
}
