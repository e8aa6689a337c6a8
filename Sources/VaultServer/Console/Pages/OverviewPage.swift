import Hummingbird
import Reporting
import VaultAPI

extension Console {
    @Sendable func overview(_ visit: Visit) async throws -> Response {
        guard visit.may(.doctor) else {
            // Whoever has no overview begins where they work.
            if visit.may(.query) { return Self.redirect("/console/query") }
            if visit.may(.auditRead) { return Self.redirect("/console/audit") }
            return try visit.page("overview", title: visit.word("overview"))
        }
        let found = try await visit.perform(Overview()).reply
        let chart = SVG.lines(
            visit.word("accesses"), steps: found.days.map { String($0.day.suffix(5)) },
            series: [
                (visit.word("allowed"), found.days.map { Double($0.allowed) }), (visit.word("denied"), found.days.map { Double($0.denied) }),
            ])
        func events(_ events: [VaultOverview.Event]) -> [[String: Any]] {
            events.map { ["entry": $0.entry, "time": Self.short($0.time), "principal": $0.principal, "action": $0.action, "rule": $0.rule] }
        }
        var members: [String: Any] = [
            "records": found.records, "customers": found.customers, "openCases": found.openCases, "waiting": found.waitingApprovals, "due": found.due,
            "auditEntries": found.auditEntries, "chart": chart, "days": found.days.map { ["day": $0.day, "allowed": $0.allowed, "denied": $0.denied] },
            "alerts": events(found.alerts), "hasAlerts": !found.alerts.isEmpty, "denials": events(found.denials), "hasDenials": !found.denials.isEmpty,
            "keys": found.keys.map { key -> [String: Any] in
                [
                    "id": key.id, "state": visit.word(key.isActive ? "active" : "retired"), "created": Self.short(key.created.description),
                    "subjects": key.subjectKeys, "own": key.dataKeys, "rotate": Self.present(key.needsRotation ? visit.word("needsRotation") : ""),
                ]
            },
        ]
        if found.overdueCases > 0 { members["overdue"] = found.overdueCases }
        if let last = found.verifiedAt { members["verified"] = Self.short(last) }
        return try visit.page("overview", title: visit.word("overview"), ["overview": members])
    }

    /// A text that counts as absent for a template when it is empty.
    static func present(_ text: String) -> Any { text.isEmpty ? false : text }

    /// A time to the minute.
    static func short(_ time: String) -> String { String(time.prefix(16)).replacing("T", with: " ") }
}
