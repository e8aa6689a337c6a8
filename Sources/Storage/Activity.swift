import GRDB

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

    var activity: [Activity: (times: Int, rows: Int64)] = [:]
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
            let counted = group.counts.activity[activity] ?? (0, 0)
            group.counts.activity[activity] = (counted.times + 1, counted.rows + rows)
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
        let last = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT MAX(slot) FROM activity WHERE principal = ? AND scale = ? AND slot < ?"),
            arguments: [principal, GroupCounts.Scale.day.rawValue, day])
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
        let forget = try db.cachedStatement(sql: "DELETE FROM activity WHERE principal = ? AND scale = ? AND slot < ?")
        let count = try db.cachedStatement(sql: """
            INSERT INTO activity (principal, scale, slot, action, denied, times, rows) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET times = times + excluded.times, rows = rows + excluded.rows
            """)
        for (activity, counted) in group.counts.activity {
            try forget.execute(arguments: [activity.principal, activity.scale.rawValue, activity.slot - activity.scale.kept])
            try count.execute(
                arguments: [activity.principal, activity.scale.rawValue, activity.slot, activity.action, activity.isDenied, counted.times, counted.rows])
        }
        let add = try db.cachedStatement(sql: """
            INSERT INTO usage (principal, day, quota, used) VALUES (?, ?, ?, ?)
            ON CONFLICT (principal, day, quota) DO UPDATE SET used = used + excluded.used
            """)
        for (quota, amount) in group.counts.used { try add.execute(arguments: [quota.principal, quota.day, quota.name, amount]) }
    }

    /// Notes that a rule has raised an alert about a principal; false when it had on that day already.
    public func noteAlert(rule: String, principal: String, day: Int64) throws -> Bool {
        try db.execute(
            sql: "INSERT INTO alert (rule, principal, day) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET day = excluded.day WHERE day < excluded.day",
            arguments: [rule, principal, day])
        return db.changesCount > 0
    }
}

extension StoreReader {
    /// Requests of all principals by day since 1970, from a day on.
    public func requestsByDay(from first: Int64) throws -> [Int64: (allowed: Int, denied: Int)] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT slot, SUM(times * (denied = 0)), SUM(times * (denied = 1)) FROM activity WHERE scale = ? AND slot >= ? GROUP BY slot",
            arguments: [GroupCounts.Scale.day.rawValue, first])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], ($0[1], $0[2])) })
    }

    fileprivate func sums(_ question: GroupCounts.Question) throws -> GroupCounts.Sums {
        let window = question.window
        let marks = Array(repeating: "?", count: window.actions.count).joined(separator: ", ")
        let sql = """
            SELECT slot, SUM(times), SUM(rows) FROM activity
            WHERE principal = ? AND scale = ? AND slot >= ? AND slot < ?\(window.deniedOnly ? " AND denied" : "")\
            \(window.actions.isEmpty ? "" : " AND action IN (\(marks))") GROUP BY slot
            """
        let arguments = [
            window.principal.databaseValue, question.scale.rawValue.databaseValue, question.first.databaseValue, question.end.databaseValue,
        ]
        var sums = GroupCounts.Sums()
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: sql), arguments: StatementArguments(arguments + window.actions.map(\.databaseValue)))
        while let row = try rows.next() {
            sums.slots.insert(row[0])
            sums.times += row[1] as Int
            sums.rows += row[2] as Int64
        }
        return sums
    }
}
