/// How often principals did what, by minute for a day and by day for a year: what alert rules compare with.
/// The audit log is the proof; this is its quick summary.
package struct ActivityWindow: Sendable, Hashable {
    package var principal: String
    /// Empty: every action. An answer can be counted once more under a name like `query/empty`, which "every action" leaves out.
    package var actions: [String]
    package var deniedOnly: Bool

    package init(principal: String, actions: [String], deniedOnly: Bool) {
        (self.principal, self.actions, self.deniedOnly) = (principal, actions, deniedOnly)
    }
}

/// What a transaction counts of a principal, and what the database had before. It is stored once at the end, however many
/// bodies count, and what they compare with is read once: it stays known for as long as nobody else writes.
final class PrincipalCounts: @unchecked Sendable {
    // Sendable: used by the writer of the moment alone.
    enum Scale: Int {
        case minute
        case day

        /// Slots that are kept.
        var kept: Int64 { self == .minute ? 1440 : 400 }
    }

    struct Activity: Hashable {
        var scale: Scale
        var slot: Int64
        var action: String
        var isDenied: Bool
    }

    /// Requests, and rows that they were given.
    struct Counted {
        var times = 0
        var rows: Int64 = 0
    }

    struct Quota: Hashable {
        var day: String
        var name: String
    }

    struct Question: Hashable {
        var window: ActivityWindow
        var scale: Scale
        var first: Int64
        var end: Int64

        func isAbout(_ activity: Activity) -> Bool {
            activity.scale == scale && (first..<end).contains(activity.slot) && (activity.isDenied || !window.deniedOnly)
                && (window.actions.isEmpty ? !activity.action.contains("/") : window.actions.contains(activity.action))
        }
    }

    struct Sums {
        var times = 0
        var rows: Int64 = 0
        var slots: Set<Int64> = []

        mutating func add(_ counted: Counted, slot: Int64) {
            times += counted.times
            rows += counted.rows
            if counted.times > 0 { slots.insert(slot) }
        }
    }

    let principal: String
    fileprivate(set) var activity: [Activity: Counted] = [:]
    fileprivate(set) var used: [Quota: Int] = [:]
    fileprivate var sumsBefore: [Question: Sums] = [:]
    fileprivate var usedBefore: [Quota: Int] = [:]
    /// By the day before which they were asked for.
    fileprivate var lastDayBefore: [Int64: Int64?] = [:]
    /// Activity that has a row by now, so that no older rows need be looked for.
    private var stored: Set<Activity> = []
    private static let capacity = 48

    init(_ principal: String) { self.principal = principal }

    func isStored(_ activity: Activity) -> Bool { stored.contains(activity) }

    fileprivate func count(_ activity: Activity, times: Int, rows: Int64) {
        self.activity[activity, default: Counted()].times += times
        self.activity[activity]!.rows += rows
    }

    fileprivate func use(_ quota: Quota, _ amount: Int) { used[quota, default: 0] += amount }

    /// Makes what the transaction counted a part of what the database has.
    func commit() {
        for question in sumsBefore.keys {
            for (activity, counted) in activity where question.isAbout(activity) { sumsBefore[question]!.add(counted, slot: activity.slot) }
        }
        for (quota, amount) in used where usedBefore[quota] != nil { usedBefore[quota]! += amount }
        stored.formUnion(activity.filter { $0.value.times > 0 }.keys)
        (activity, used) = ([:], [:])
        // Minutes pass, and of earlier ones nobody asks any more.
        guard sumsBefore.count + usedBefore.count + lastDayBefore.count + stored.count > Self.capacity else { return }
        (sumsBefore, usedBefore, lastDayBefore, stored) = ([:], [:], [:], [])
    }
}

/// What is known of the database for as long as nobody else writes to it.
struct WriterKnowledge: Sendable {
    private var counts: [String: PrincipalCounts] = [:]
    /// Those whom the transaction has counted something of.
    private(set) var counted: [PrincipalCounts] = []
    /// Tokens by the beginning of their hash.
    var tokens: [UInt128: TokenRow?] = [:]
    /// How many events wait for an endpoint.
    var waitingEvents: [String: Int] = [:]
    /// Alerts that wait; nil: not read yet.
    var deferredAlerts: [DeferredAlert]?
    private static let capacity = 1024

    mutating func counts(of principal: String) -> PrincipalCounts {
        if let known = counts[principal] { return known }
        let new = PrincipalCounts(principal)
        counts[principal] = new
        return new
    }

    /// The same for who is going to count something.
    mutating func counting(_ principal: String) -> PrincipalCounts {
        let counts = counts(of: principal)
        if counts.activity.isEmpty, counts.used.isEmpty { counted.append(counts) }
        return counts
    }

    /// Makes what was counted a part of what is known.
    mutating func commit() {
        guard counts.count <= Self.capacity, tokens.count <= Self.capacity else { return self = WriterKnowledge() }
        for counts in counted { counts.commit() }
        counted = []
    }
}

extension StoreWriter {
    /// Counts a request.
    ///
    /// - Parameters:
    ///   - minute: minutes since 1970.
    ///   - day: days since 1970 in the policy's time zone.
    ///   - forgetting: whether what is too old by these may go: not by a clock that nothing vouches for.
    package func countActivity(
        principal: String, action: String, isDenied: Bool, rows: Int64, minute: Int64, day: Int64, forgetting: Bool = true
    ) {
        let counts = group.known.counting(principal)
        group.forgets = group.forgets && forgetting
        for (scale, slot) in [(PrincipalCounts.Scale.minute, minute), (.day, day)] {
            let activity = PrincipalCounts.Activity(scale: scale, slot: slot, action: action, isDenied: isDenied)
            counts.count(activity, times: 1, rows: rows)
            group.undoing.append { counts.count(activity, times: -1, rows: -rows) }
        }
    }

    /// Requests from a minute on, up to another: a clock that was ahead may have left some of minutes yet to come.
    package func times(_ window: ActivityWindow, sinceMinute minute: Int64, through last: Int64 = .max - 1) throws -> Int {
        try sums(window, .minute, from: minute, to: last + 1).times
    }

    /// Rows of the days from `first` up to, but not including, `end`, and on how many of them there were any.
    package func rows(_ window: ActivityWindow, from first: Int64, to end: Int64) throws -> (rows: Int64, days: Int) {
        let sums = try sums(window, .day, from: first, to: end)
        return (sums.rows, sums.slots.count)
    }

    private func sums(_ window: ActivityWindow, _ scale: PrincipalCounts.Scale, from first: Int64, to end: Int64) throws -> PrincipalCounts.Sums {
        let question = PrincipalCounts.Question(window: window, scale: scale, first: first, end: end)
        let counts = group.known.counts(of: window.principal)
        var sums = try counts.sumsBefore[question] ?? reader.sums(question)
        counts.sumsBefore[question] = sums
        for (activity, counted) in counts.activity where question.isAbout(activity) { sums.add(counted, slot: activity.slot) }
        return sums
    }

    /// The last day before `day`, which is today, on which a principal did anything.
    package func lastActiveDay(of principal: String, before day: Int64) throws -> Int64? {
        let counts = group.known.counts(of: principal)
        if let known = counts.lastDayBefore[day] { return known }
        let last = try db.integer(
            "SELECT MAX(slot) FROM activity WHERE principal = ? AND scale = ? AND slot < ?", principal, PrincipalCounts.Scale.day.rawValue, day)
        counts.lastDayBefore[day] = .some(last)
        return last
    }

    /// How much of a daily quota a principal has used.
    package func usage(principal: String, day: String, quota: String) throws -> Int {
        let counts = group.known.counts(of: principal)
        let quota = PrincipalCounts.Quota(day: day, name: quota)
        let before = try counts.usedBefore[quota] ?? reader.usage(principal: principal, day: day, quota: quota.name)
        counts.usedBefore[quota] = before
        return before + counts.used[quota, default: 0]
    }

    package func addUsage(principal: String, day: String, quota: String, amount: Int) {
        let counts = group.known.counting(principal)
        let quota = PrincipalCounts.Quota(day: day, name: quota)
        counts.use(quota, amount)
        group.undoing.append { counts.use(quota, -amount) }
    }

    /// Stores what was counted, at the end of the transaction.
    func storeCounts() throws {
        let count = """
            INSERT INTO activity (principal, scale, slot, action, denied, times, rows) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (principal, scale, slot, action, denied)
            DO UPDATE SET times = activity.times + excluded.times, rows = activity.rows + excluded.rows
            """
        let add = """
            INSERT INTO usage (principal, day, quota, used) VALUES (?, ?, ?, ?)
            ON CONFLICT (principal, day, quota) DO UPDATE SET used = usage.used + excluded.used
            """
        for counts in group.known.counted {
            let principal = counts.principal
            for (activity, counted) in counts.activity where counted.times > 0 {
                let scale = activity.scale
                if group.forgets, !counts.isStored(activity) {
                    let (isOld, first) = ("principal = ? AND scale = ? AND slot < ?", activity.slot - scale.kept)
                    try changing(.activity, where: isOld, principal, scale.rawValue, first) {
                        try db.run("DELETE FROM activity WHERE \(isOld)", principal, scale.rawValue, first)
                    }
                }
                try accumulating(
                    .activity, adding: [Int64(counted.times), counted.rows], from: 5, count, principal, scale.rawValue, activity.slot, activity.action,
                    activity.isDenied, counted.times, counted.rows)
            }
            for (quota, amount) in counts.used where amount > 0 {
                try accumulating(.usage, adding: [Int64(amount)], from: 3, add, principal, quota.day, quota.name, amount)
            }
        }
    }

    /// Notes that a rule has raised an alert about a principal; false when it had on that day already.
    package func noteAlert(rule: String, principal: String, day: Int64) throws -> Bool {
        // Nearly always, once it is raised: every further request of the day raises it again.
        guard try reader.alertDay(rule: rule, principal: principal) != day else { return false }
        let sql = """
            INSERT INTO alert (principal, rule, day) VALUES (?, ?, ?)
            ON CONFLICT (principal, rule) DO UPDATE SET day = excluded.day
            """
        try changing(.alert, where: "principal = ? AND rule = ?", principal, rule) { try db.run(sql, principal, rule, day) }
        return true
    }
}

extension StoreReader {
    /// When a rule last raised an alert about a principal, in days since 1970.
    package func alertDay(rule: String, principal: String) throws -> Int64? {
        try db.integer("SELECT day FROM alert WHERE principal = ? AND rule = ?", principal, rule)
    }

    /// Requests of all principals by day since 1970, from a day on.
    package func requestsByDay(from first: Int64) throws -> [Int64: (allowed: Int, denied: Int)] {
        let sql = """
            SELECT slot, SUM(times) FILTER (WHERE denied = 0), SUM(times) FILTER (WHERE denied = 1) FROM activity
            WHERE scale = ? AND slot >= ? AND action NOT LIKE '%/%' GROUP BY slot
            """
        let rows = try db.rows(sql, PrincipalCounts.Scale.day.rawValue, first) { ($0.integer(0), ($0.int(1), $0.int(2))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    fileprivate func sums(_ question: PrincipalCounts.Question) throws -> PrincipalCounts.Sums {
        let window = question.window
        let marks = Array(repeating: "?", count: window.actions.count).joined(separator: ", ")
        let sql = """
            SELECT slot, SUM(times), SUM(rows) FROM activity
            WHERE principal = ? AND scale = ? AND slot >= ? AND slot < ?\(window.deniedOnly ? " AND denied = 1" : "")\
            \(window.actions.isEmpty ? " AND action NOT LIKE '%/%'" : " AND action IN (\(marks))") GROUP BY slot
            """
        let values: [any Bindable] = [window.principal, question.scale.rawValue, question.first, question.end]
        var sums = PrincipalCounts.Sums()
        for (slot, times, rows) in try db.rows(sql, values: values + window.actions, read: { ($0.integer(0), $0.int(1), $0.integer(2)) }) {
            sums.slots.insert(slot)
            sums.times += times
            sums.rows += rows
        }
        return sums
    }
}
