/// What in feedback someone should look at, from `feedback` of `alerts.yaml`: what stands out in a day, week or month against those before it.
public struct FeedbackRule: Sendable, Equatable {
    public enum Change: String, Sendable, CaseIterable {
        /// More customers than expected have one of a field's values.
        case burst
        /// The average of a field is lower than expected; of sentiment, more customers than expected are negative.
        case drop
        /// The average of a field is higher than expected; of sentiment, more customers than expected are positive.
        case rise
    }

    public enum Unit: String, Sendable, CaseIterable {
        case day, week, month

        /// How long one is, at most.
        var days: Int { self == .day ? 1 : self == .week ? 7 : 31 }

        /// How many periods before are compared with, unless the rule says.
        var usual: Int { self == .day ? 8 : self == .week ? 13 : 12 }
    }

    public var name: String
    public var change: Change
    public var field: String
    /// Of a burst, the only values that count; empty: all.
    public var values: [String] = []
    /// By which to look, beside all feedback.
    public var by: [String] = []
    public var unit = Unit.week
    /// With how many periods before it a period is compared.
    public var before = Unit.week.usual
    /// The share of findings that may be false, in thousandths.
    public var falseShare = 50
    public var place: Place

    /// More fields make more cells than anybody looks at, each of which is charged.
    static let mostFields = 5
    static let mostValues = 50
}

extension PolicyLoader {
    /// Reads `feedback` of `alerts.yaml`; the fields that it names must have been read before.
    mutating func readFeedback(_ value: Located) {
        guard let map = value.mapping("feedback") else { return }
        map.allow(only: ["command", "rules"])
        if let command = map["command"] {
            alerts.feedbackCommand = command.list("command")?.compactMap { $0.string("a word of the command") } ?? []
            adviseOnProgram(alerts.feedbackCommand?.first, command.place)
        }
        for value in map["rules"]?.list("rules") ?? [] {
            guard let rule = readFeedbackRule(value) else { continue }
            if (alerts.rules.map(\.name) + alerts.feedback.map(\.name)).contains(rule.name) { problems.add(value.place, "two rules are named '\(rule.name)'") }
            adviseOnName(rule.name, of: "rule", at: rule.place)
            alerts.feedback.append(rule)
        }
    }

    private func readFeedbackRule(_ value: Located) -> FeedbackRule? {
        guard let map = value.mapping("a rule") else { return nil }
        guard map.allow(only: ["name", "burst", "drop", "rise", "values", "by", "unit", "before", "false_share"]) else { return nil }
        guard let name = map.required("name", of: "a rule")?.name("the name of a rule") else { return nil }
        let changes = FeedbackRule.Change.allCases.map(\.rawValue)
        let present = map.order.filter { changes.contains($0.key) }
        guard present.count == 1, let (key, watched) = present.first, let change = FeedbackRule.Change(rawValue: key) else {
            let found = present.isEmpty ? "" : ", not \(present.map(\.key).joined(separator: " and "))"
            problems.add(value.place, "rule '\(name)' must have one of \(changes.joined(separator: ", "))\(found)")
            return nil
        }
        guard let field = watched.name("the field of rule '\(name)'") else { return nil }
        var rule = FeedbackRule(name: name, change: change, field: field, place: value.place)
        if let obstacle = obstacle(to: change, of: field) { problems.add(watched.place, "rule '\(name)' \(obstacle)", cause: "field \(field)") }
        if let unit = map["unit"]?.choice("unit", FeedbackRule.Unit.self) { rule.unit = unit }
        rule.before = map["before"]?.integer("before", in: 5...104) ?? rule.unit.usual
        if let share = map["false_share"]?.decimal("false_share", in: 0.001...0.5) { rule.falseShare = Int((share * 1000).rounded()) }
        let by = map["by"]?.texts("by", each: "a field") ?? []
        rule.by = by.map(\.text)
        for (other, place) in by {
            if other == field {
                problems.add(place, "rule '\(name)' is about '\(other)' already")
            } else if let obstacle = obstacle(to: .burst, of: other) {
                problems.add(place, "rule '\(name)' \(obstacle)", cause: "field \(other)")
            }
        }
        if by.count > FeedbackRule.mostFields { problems.add(map.place(of: "by"), "rule '\(name)' looks by more than \(FeedbackRule.mostFields) fields") }
        if let listed = map["values"] {
            rule.values = readValues(listed, of: rule)
            if change != .burst { problems.warn(map.place(of: "values"), "'values' has no effect without 'burst'") }
        }
        return rule
    }

    private func readValues(_ value: Located, of rule: FeedbackRule) -> [String] {
        let values = value.texts("values", each: "a value") ?? []
        if values.isEmpty || values.count > FeedbackRule.mostValues {
            problems.add(value.place, "'values' of rule '\(rule.name)' must name 1 to \(FeedbackRule.mostValues)")
        }
        let module = modules.first { $0.name == rule.field } ?? LabelModule.builtin.first { $0.name == rule.field }
        if case .listed(let labels) = module?.vocabulary {
            for (text, place) in values where !labels.contains(text) {
                problems.add(place, "'\(text)' is no value of '\(rule.field)'\(suggestion(for: text, among: labels))")
            }
        }
        return values.map(\.text)
    }

    /// Why a rule cannot watch a field; nil: it can.
    private func obstacle(to change: FeedbackRule.Change, of name: String) -> String? {
        if change != .burst, name == BuiltinField.sentiment.rawValue { return nil }
        let countable = ["source", "channel"] + LabelModule.builtin.map(\.name).filter { $0 != BuiltinField.coding.rawValue } + modules.map(\.name)
        if countable.contains(name) {
            return change == .burst ? nil : "needs sentiment or a whole number with 'bounds', and '\(name)' has no average"
        }
        if BuiltinField(rawValue: name) != nil { return "cannot look by '\(name)'" }
        guard let field = fields.first(where: { $0.name == name }) else {
            guard definedFields.isWhole, !definedFields.names.contains(name) else { return nil }
            return "names '\(name)', which is no field\(suggestion(for: name, among: countable + fields.map(\.name)))"
        }
        if field.isSealed, field.generalization == nil { return "cannot look by '\(name)': it is sealed" }
        guard change != .burst else { return nil }
        return field.kind == .integer && field.bounds != nil && !field.isSealed ? nil : "needs sentiment or a whole number with 'bounds', and '\(name)' is none"
    }
}
