import GRDB

/// How often principals did what, by minute for a day and by day for a year: what alert rules compare with.
/// The audit log is the proof; this is its quick summary.
public struct ActivityWindow: Sendable {
    public var principal: String
    /// Empty: every action.
    public var actions: [String]
    public var deniedOnly: Bool

    public init(principal: String, actions: [String], deniedOnly: Bool) {
        (self.principal, self.actions, self.deniedOnly) = (principal, actions, deniedOnly)
    }
}

private enum Scale {
    static let minute = 0
    static let day = 1
}

extension StoreWriter {
    /// Counts a request.
    ///
    /// - Parameters:
    ///   - minute: minutes since 1970.
    ///   - day: days since 1970 in the policy's time zone.
    public func countActivity(principal: String, action: String, isDenied: Bool, rows: Int64, minute: Int64, day: Int64) throws {
        let forget = try db.cachedStatement(sql: "DELETE FROM activity WHERE principal = ? AND scale = ? AND slot < ?")
        let count = try db.cachedStatement(sql: """
            INSERT INTO activity (principal, scale, slot, action, denied, times, rows) VALUES (?, ?, ?, ?, ?, 1, ?)
            ON CONFLICT DO UPDATE SET times = times + 1, rows = rows + excluded.rows
            """)
        for (scale, slot, kept) in [(Scale.minute, minute, 1440 as Int64), (Scale.day, day, 400)] {
            try forget.execute(arguments: [principal, scale, slot - kept])
            try count.execute(arguments: [principal, scale, slot, action, isDenied, rows])
        }
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
            arguments: [Scale.day, first])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], ($0[1], $0[2])) })
    }

    /// Requests from a minute on.
    public func times(_ window: ActivityWindow, sinceMinute minute: Int64) throws -> Int {
        try sums(window, Scale.minute, from: minute, to: .max).times
    }

    /// Rows of the days from `first` up to, but not including, `end`, and on how many of them there were any.
    public func rows(_ window: ActivityWindow, from first: Int64, to end: Int64) throws -> (rows: Int64, days: Int) {
        let sums = try sums(window, Scale.day, from: first, to: end)
        return (sums.rows, sums.slots)
    }

    /// The last day before `day` on which a principal did anything.
    public func lastActiveDay(of principal: String, before day: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT MAX(slot) FROM activity WHERE principal = ? AND scale = ? AND slot < ?"),
            arguments: [principal, Scale.day, day])
    }

    private func sums(_ window: ActivityWindow, _ scale: Int, from first: Int64, to end: Int64) throws -> (times: Int, rows: Int64, slots: Int) {
        let marks = Array(repeating: "?", count: window.actions.count).joined(separator: ", ")
        let sql = """
            SELECT IFNULL(SUM(times), 0), IFNULL(SUM(rows), 0), COUNT(DISTINCT slot) FROM activity
            WHERE principal = ? AND scale = ? AND slot >= ? AND slot < ?\(window.deniedOnly ? " AND denied" : "")\
            \(window.actions.isEmpty ? "" : " AND action IN (\(marks))")
            """
        let arguments = [window.principal.databaseValue, scale.databaseValue, first.databaseValue, end.databaseValue]
        let row = try Row.fetchOne(
            db.cachedStatement(sql: sql), arguments: StatementArguments(arguments + window.actions.map(\.databaseValue)))!
        return (row[0], row[1], row[2])
    }
}
