/// Warnings about retention rules and alerts that can never take effect.
extension PolicyLoader {
    func adviseOnRetention() {
        var outdone: [Int: [String]] = [:]
        for index in retention.indices {
            // The empty name stands for all channels that no rule names.
            let channels = (retention.flatMap(\.channels) + [""]).filter { isFor($0, retention[index]) }
            let earlier = channels.map { channel in retention.indices.first { outdoes($0, index, in: channel) } }
            if let first = earlier.first ?? nil, !earlier.contains(nil) { outdone[first, default: []].append("'\(retention[index].name)'") }
        }
        for (index, names) in outdone {
            let rule = retention[index]
            problems.warn(rule.place, "rule '\(rule.name)' leaves nothing for \(names.joined(separator: ", ")) to remove: what those are about is gone by then")
        }
    }

    private func isFor(_ channel: String, _ rule: RetentionRule) -> Bool {
        guard rule.channels.isEmpty else { return rule.channels.contains(channel) }
        return rule.isConditional || !retention.contains { $0.name != rule.name && !$0.isConditional && $0.removal == rule.removal && $0.channels.contains(channel) }
    }

    /// Whether a rule removes all that another does, and no later than it.
    private func outdoes(_ index: Int, _ otherIndex: Int, in channel: String) -> Bool {
        let (rule, other) = (retention[index], retention[otherIndex])
        guard index != otherIndex, !rule.isConditional, isFor(channel, rule), rule.afterDays <= other.afterDays else { return false }
        let takesAll =
            switch (rule.removal, other.removal) {
            case (.record, _): true
            case (.compartments, .record): false
            case (.compartments(let parts), .compartments(let others)): parts.isSuperset(of: others)
            }
        // Of two rules that do the same at the same time, only one is redundant.
        return takesAll && (rule.afterDays < other.afterDays || rule.removal != other.removal || index < otherIndex)
    }

    func adviseOn(_ rule: AlertRule) {
        let what = "rule '\(rule.name)'"
        adviseOnName(rule.name, of: "rule", at: rule.place)
        if definedRoles.isWhole, !definedRoles.names.isEmpty, rule.exceptRoles.isSuperset(of: definedRoles.names) {
            problems.warn(rule.place, "\(what) never raises an alert: it leaves out every role")
        }
        if rule.condition == .outOfHours, alerts.officeHours == Hours(weekdays: Set(1...7), from: 0, to: 24 * 60) {
            problems.warn(rule.place, "\(what) never raises an alert: no time is outside 'office_hours'")
        }
        if case .volume = rule.condition {
            if let outcome = rule.outcome { problems.warn(rule.place, "\(what) never raises an alert: \(outcome.rawValue) requests have no rows") }
            let watched = roles.values.filter { !rule.exceptRoles.contains($0.name) }.flatMap(\.grants)
            if problems.isEmpty, !rule.actions.isEmpty, !watched.contains(where: { $0.actions.contains { rule.actions.contains($0.rawValue) } }) {
                problems.warn(rule.place, "\(what) never raises an alert: no role that it watches may do any of its actions")
            }
        }
        if let outcome = rule.outcome, let possible = outcome.actions, !rule.actions.isEmpty, rule.actions.isDisjoint(with: possible) {
            problems.warn(rule.place, "\(what) never raises an alert: none of its actions can be \(outcome.rawValue), only \(possible.sorted().joined(separator: ", "))")
        }
        let twin = alerts.rules.first {
            $0.condition == rule.condition && $0.actions == rule.actions && $0.outcome == rule.outcome && $0.exceptRoles == rule.exceptRoles
        }
        if let twin { problems.warn(rule.place, "\(what) watches the same as '\(twin.name)'") }
    }
}
