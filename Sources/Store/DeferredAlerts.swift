/// An alert that is to be raised once somebody else asks for something: at once, the numbers of entries would tell the one whom it is about.
package struct DeferredAlert: Sendable, Equatable {
    package var principal: String
    package var rule: String
    package var role: String
    /// Days since 1970 in the policy's time zone.
    package var day: Int64

    package init(principal: String, rule: String, role: String, day: Int64) {
        (self.principal, self.rule, self.role, self.day) = (principal, rule, role, day)
    }

    /// Between rule and role where an alert waits in the table; YAML has no such character.
    fileprivate static let separator: Character = "\u{1F}"

    /// What stands in the table in place of the rule's name.
    fileprivate var name: String { "\(rule)\(Self.separator)\(role)" }

    fileprivate init?(principal: String, name: String, day: Int64) {
        let parts = name.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(principal: principal, rule: String(parts[0]), role: String(parts[1]), day: day)
    }
}

extension StoreWriter {
    /// Has an alert wait, unless it waits already.
    package func deferAlert(_ alert: DeferredAlert) throws {
        guard try noteAlert(rule: alert.name, principal: alert.principal, day: alert.day) else { return }
        forgetDeferredAlerts()
    }

    /// Takes the alerts that wait about anybody else than `principal`.
    package func takeDeferredAlerts(exceptAbout principal: String) throws -> [DeferredAlert] {
        let due = try deferredAlerts().filter { $0.principal != principal }
        guard !due.isEmpty else { return [] }
        forgetDeferredAlerts()
        for alert in due {
            let isIt = "principal = ? AND rule = ?"
            try changing(.alert, where: isIt, alert.principal, alert.name) { try db.run("DELETE FROM alert WHERE \(isIt)", alert.principal, alert.name) }
        }
        return due
    }

    private func deferredAlerts() throws -> [DeferredAlert] {
        if let known = group.known.deferredAlerts { return known }
        let found = try db.rows("SELECT principal, rule, day FROM alert ORDER BY principal, rule") {
            DeferredAlert(principal: $0.text(0), name: $0.text(1), day: $0.integer(2))
        }.compactMap { $0 }
        group.known.deferredAlerts = found
        return found
    }

    /// They are read again: now, and when the body that runs is undone.
    func forgetDeferredAlerts() {
        group.known.deferredAlerts = nil
        group.undoing.append { [group] in group.known.deferredAlerts = nil }
    }
}
