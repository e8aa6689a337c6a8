extension PolicyLoader {
    /// Reads `alerts.yaml`; the roles that it names must have been read before.
    mutating func readAlerts(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["office_hours", "command", "verification", "rules", "feedback"])
        if let hours = file["office_hours"].flatMap(readHours) { alerts.officeHours = hours }
        if let command = file["command"] {
            alerts.command = command.list("command")?.compactMap { $0.string("a word of the command") } ?? []
            adviseOnProgram(alerts.command.first, command.place)
        }
        if let map = file["verification"]?.mapping("verification") {
            map.allow(only: ["full", "deep"])
            if let days = map["full"].flatMap({ readDays($0, "full") }) { alerts.verification.fullDays = days }
            if let days = map["deep"].flatMap({ readDays($0, "deep") }) { alerts.verification.deepDays = days }
        }
        var names: Set<String> = []
        for value in file["rules"]?.list("rules") ?? [] {
            guard let rule = readAlertRule(value) else { continue }
            if !names.insert(rule.name).inserted { problems.add(value.place, "two rules are named '\(rule.name)'") }
            adviseOn(rule)
            alerts.rules.append(rule)
        }
        if let feedback = file["feedback"] { readFeedback(feedback) }
    }

    private func readAlertRule(_ value: Located) -> AlertRule? {
        guard let map = value.mapping("a rule") else { return nil }
        let conditions = ["volume", "frequency", "out_of_hours", "dormant", "deadline"]
        guard map.allow(only: ["name", "actions", "outcome", "except_roles"] + conditions) else { return nil }
        guard let name = map.required("name", of: "a rule")?.name("the name of a rule") else { return nil }
        let present = map.order.filter { conditions.contains($0.key) }
        guard present.count == 1, let (key, settings) = present.first else {
            let found = present.isEmpty ? "" : ", not \(present.map(\.key).joined(separator: " and "))"
            problems.add(value.place, "rule '\(name)' must have one of \(conditions.joined(separator: ", "))\(found)")
            return nil
        }
        guard let condition = readCondition(key, settings) else { return nil }
        let except = map["except_roles"]?.texts("except_roles", each: "a role") ?? []
        for (role, place) in except where definedRoles.lacks(role) {
            problems.add(place, "role '\(role)' is not in roles.yaml\(suggestion(for: role, among: definedRoles.names))", cause: "role \(role)")
        }
        let actions = map["actions"]?.list("actions")
        if actions?.isEmpty == true { problems.warn(map.place(of: "actions"), "'actions' is empty, and so every action counts; leave it out to say so") }
        return AlertRule(
            name: name, condition: condition,
            actions: Set((actions ?? []).choices("an action", Action.self, of: "the actions of rule '\(name)'").map(\.rawValue)),
            outcome: map["outcome"]?.choice("outcome", AlertRule.Outcome.self), exceptRoles: Set(except.map(\.text)), place: value.place)
    }

    private func readCondition(_ key: String, _ value: Located) -> AlertRule.Condition? {
        if key == "out_of_hours" {
            guard let isMeant = value.boolean(key) else { return nil }
            if !isMeant { problems.add(value.place, "out_of_hours can only be true; leave the rule out instead") }
            return .outOfHours
        }
        guard let map = value.mapping(key) else { return nil }
        func number(_ name: String, _ range: ClosedRange<Int>) -> Int? { map.required(name, of: key)?.integer(name, in: range) }
        switch key {
        case "volume":
            map.allow(only: ["factor", "minimum", "days"])
            guard let factor = number("factor", 1...1000), let minimum = number("minimum", 1...1_000_000_000),
                let days = number("days", 1...366)
            else { return nil }
            return .volume(factor: factor, minimum: minimum, days: days)
        case "frequency":
            map.allow(only: ["count", "minutes"])
            guard let count = number("count", 1...1_000_000), let minutes = number("minutes", 1...1440) else { return nil }
            return .frequency(count: count, minutes: minutes)
        case "deadline":
            map.allow(only: ["days"])
            return number("days", 0...366).map { .deadline(days: $0) }
        default:
            map.allow(only: ["days"])
            return number("days", 1...366).map { .dormant(days: $0) }
        }
    }
}
