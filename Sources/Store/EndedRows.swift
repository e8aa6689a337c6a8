/// Rows that are no records and have come to their end. Times are milliseconds since 1970, days those since 1970 in the policy's time zone.
package enum EndedRows: Sendable {
    /// Cases that were closed before a time.
    case cases(before: Int64)
    case approvals(before: Int64)
    /// Holds that ended or were released before a time.
    case holds(before: Int64)
    case tokens(before: Int64)
    ///
    /// - Parameter day: such as `2026-03-04`.
    case quotas(before: String)
    /// What was spent in periods that were over before a day, of whichever of these lengths, in days, they were; a day counts for as long.
    case budgets(before: Int64, periods: Set<Int>)
    case figures(before: Int64)
    case activity(before: Int64, minute: Int64)
    case alerts(before: Int64)
    case replies(before: Int64)
    case witnessed(before: Int64)
    /// Tasks in one of these states that were due before a time.
    case tasks(before: Int64, states: [String])
    /// Changes of records before a time.
    case changes(before: Int64)
    /// Events of before a time that no endpoint took.
    case outbox(before: Int64)
    /// Policies that another had followed before a time.
    case policies(before: Int64)
    /// Runs whose last records came before a time.
    case runs(before: Int64)

    /// The table, and which of its rows.
    fileprivate var rows: (table: String, condition: String, values: [any Bindable]) {
        switch self {
        case .cases(let time): ("subject_case", "closed_at < ?", [time])
        case .approvals(let time): ("approval", "expires_at < ?", [time])
        case .holds(let time): ("hold", "COALESCE(released_at, ends_at) < ?", [time])
        case .tokens(let time): ("token", "(expires_at < ? OR revoked_at < ?)", [time, time])
        case .quotas(let day): ("usage", "day < ?", [day])
        case .budgets(let day, let periods):
            (
                "privacy_budget",
                periods.isEmpty
                    ? "1 = 0" : periods.sorted().map { "CASE WHEN principal LIKE 'role:%' THEN period + \($0) ELSE (period + 1) * \($0) END <= ?" }.joined(separator: " AND "),
                periods.map { _ in day }
            )
        case .figures(let day): ("charged", "last_day < ?", [day])
        case .activity(let day, let minute):
            (
                "activity", "(scale = ? AND slot < ? OR scale = ? AND slot < ?)",
                [PrincipalCounts.Scale.day.rawValue, day, PrincipalCounts.Scale.minute.rawValue, minute]
            )
        case .alerts(let day): ("alert", "day < ?", [day])
        case .replies(let time): ("idempotency", "at < ?", [time])
        case .witnessed(let time): ("witnessed", "at < ?", [time])
        case .tasks(let time, let states):
            ("task", "due_at < ? AND state IN (\(states.map { _ in "?" }.joined(separator: ", ")))", [time] + states)
        case .changes(let time): ("changed", "record > 0 AND at < ?", [time])
        case .outbox(let time): ("outbox", "at < ?", [time])
        case .policies(let time): ("policy_version", "seq < (SELECT MAX(p.seq) FROM policy_version p WHERE p.at <= ?)", [time])
        case .runs(let time): ("intake", "last_at < ?", [time])
        }
    }
}

extension StoreReader {
    package func count(_ ended: EndedRows) throws -> Int {
        let (table, condition, values) = ended.rows
        let count = try db.rows("SELECT COUNT(*) FROM \(table) WHERE \(condition)", values: values) { $0.int(0) }[0]
        // Those of up to format 6.
        guard case .figures(let day) = ended else { return count }
        return try count + db.rows("SELECT COUNT(*) FROM release WHERE last_day < ?", day) { $0.int(0) }[0]
    }
}

extension StoreWriter {
    /// Removes rows that have come to their end; returns how many.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if a table is not as the vault left it: what somebody set back is not taken for old.
    package func remove(_ ended: EndedRows) throws -> Int {
        let (table, condition, values) = ended.rows
        let delete = {
            let statement = try db.statement("DELETE FROM \(table) WHERE \(condition)")
            statement.bind(values)
            return try statement.change()
        }
        guard let state = StateTable.all.first(where: { $0.name == table }) else { return try delete() }
        try reader.requireUnaltered(state)
        var former = 0
        switch ended {
        case .tokens:
            group.known.tokens = [:]
            try removeApprovals(ofTokens: condition, values)
        case .cases: try deleteCaseTasks(ofCases: condition, values)
        case .policies: try keepFiles(ofPoliciesAfter: condition, values)
        case .alerts: forgetDeferredAlerts()
        case .changes(let time): try forgetChanges(before: time)
        case .outbox(let time):
            group.known.waitingEvents = [:]
            try noteGaps(before: time)
        case .figures(let day):
            try reader.requireUnaltered(.released)
            try changing(.released, where: "last_day < ?", day) { try db.run("DELETE FROM released WHERE last_day < ?", day) }
            try reader.requireUnaltered(.release)
            former = try changing(.release, where: "last_day < ?", [day]) {
                let statement = try db.statement("DELETE FROM release WHERE last_day < ?")
                statement.bind([day])
                return try statement.change()
            }
            try reader.requireUnaltered(.asked)
            try changing(.asked, where: "day < ?", day) { try db.run("DELETE FROM asked WHERE day < ?", day) }
        default: break
        }
        return try former + changing(state, where: condition, values, by: delete)
    }

    private func removeApprovals(ofTokens condition: String, _ values: [any Bindable]) throws {
        try reader.requireUnaltered(.tokenApproval)
        let isTheirs = "token IN (SELECT id FROM token WHERE \(condition))"
        try changing(.tokenApproval, where: isTheirs, values) {
            let statement = try db.statement("DELETE FROM token_approval WHERE \(isTheirs)")
            statement.bind(values)
            try statement.run()
        }
    }

    /// Files that stand with a version that goes, and that a later one shares, move there.
    private func keepFiles(ofPoliciesAfter condition: String, _ values: [any Bindable]) throws {
        let going = Set(try db.rows("SELECT seq FROM policy_version WHERE \(condition)", values: values) { $0.integer(0) })
        let all = try reader.policyVersions()
        var moved: Set<[UInt8]> = []
        for version in all where !going.contains(version.number) && version.files.isEmpty && moved.insert(version.digest).inserted {
            guard let source = all.first(where: { $0.digest == version.digest && going.contains($0.number) && !$0.files.isEmpty }) else { continue }
            try changing(.policyVersion, where: "seq = ?", version.number) {
                try db.run("UPDATE policy_version SET files = ? WHERE seq = ?", source.files, version.number)
            }
        }
    }
}
