extension PolicyLoader {
    mutating func readRetention(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["rules", "tombstones", "questions", "log", "kept", "clock", "ceiling"])
        if let map = file["tombstones"]?.mapping("tombstones") { readTombstones(map) }
        if let map = file["questions"]?.mapping("questions") {
            map.allow(only: ["keep"])
            if let days = map.required("keep", of: "questions").flatMap({ readDays($0, "keep") }) { questionDays = days }
        }
        if let map = file["log"]?.mapping("log") { readLog(map) }
        if let map = file["kept"]?.mapping("kept") { readKept(map) }
        if let value = file["clock"] { clock = readClock(value) }
        if let value = file["ceiling"] { ceiling = readCeiling(value) }
        var names: Set<String> = []
        let rules = file.required("rules", of: "the file")?.list("rules")
        if rules?.isEmpty == true { problems.warn(file.place(of: "rules"), "there is no rule: nothing is ever deleted by age") }
        let known = problems.count
        defer { if problems.count == known { adviseOnRetention() } }
        for value in rules ?? [] {
            guard let map = value.mapping("a rule") else { continue }
            map.allow(only: ["name", "channels", "remove", "after", "since", "purpose", "where", "description"])
            _ = map["description"]?.string("the description of a rule")
            let name = map.required("name", of: "a rule")?.name("the name of a rule") ?? "?"
            adviseOnName(name, of: "rule", at: map.place(of: "name"))
            if !names.insert(name).inserted { problems.add(value.place, "two rules are named '\(name)'") }
            guard let removal = map.required("remove", of: "rule '\(name)'").flatMap(readRemoval),
                let days = map.required("after", of: "rule '\(name)'").flatMap(readDays)
            else { continue }
            let named = map["channels"]?.texts("the channels of rule '\(name)'", each: "a channel")
            if map["channels"]?.node.sequence?.isEmpty == true {
                problems.add(map.place(of: "channels"), "'channels' is empty; leave it out where the rule is for all channels")
            }
            for (channel, place) in named ?? [] where !channels.isEmpty && !channels.contains(channel) {
                problems.warn(place, "channel '\(channel)' is not among the channels of schema.yaml\(suggestion(for: channel, among: channels))")
            }
            let start = readStart(map, of: name)
            let filter = map["where"].flatMap { place in place.string("'where' of rule '\(name)'").map { RowFilter(expression: $0, place: place.place) } }
            retention.append(
                RetentionRule(
                    name: name, channels: named?.map(\.text) ?? [], removal: removal, afterDays: days, start: start, filter: filter, place: value.place))
        }
    }

    private enum StartWord: String, CaseIterable {
        case record, inactivity, refusal
    }

    private func readStart(_ map: LocatedMapping, of rule: String) -> RetentionRule.Start {
        let word = map["since"].map { $0.choice("since", StartWord.self) } ?? .record
        if word != .refusal, map["purpose"] != nil { problems.add(map.place(of: "purpose"), "'purpose' belongs to 'since: refusal'") }
        switch word {
        case .record?, nil: return .record
        case .inactivity?: return .inactivity
        case .refusal?:
            guard let purpose = map.required("purpose", of: "rule '\(rule)'"), let name = purpose.string("the purpose of rule '\(rule)'") else { return .record }
            if definedPurposes.lacks(name) {
                problems.add(purpose.place, "purpose '\(name)' is not in purposes.yaml\(suggestion(for: name, among: definedPurposes.names))", cause: "purpose \(name)")
            }
            return .refusal(purpose: name)
        }
    }

    private mutating func readTombstones(_ map: LocatedMapping) {
        map.allow(only: ["keep", "basis", "identifiers"])
        if let keep = map["keep"], let days = readDays(keep, "keep") {
            if days > TombstonePolicy.longest { problems.add(keep.place, "keep must be at most \(TombstonePolicy.longest / 365)y") }
            tombstones.days = days
        }
        tombstones.basis = map["basis"]?.name("basis") ?? tombstones.basis
        for (name, place) in map["identifiers"]?.texts("identifiers", each: "a field") ?? [] {
            guard let field = fields.first(where: { $0.name == name }) else {
                if definedFields.lacks(name) {
                    problems.add(place, "field '\(name)' is not in schema.yaml\(suggestion(for: name, among: definedFields.names))", cause: "field \(name)")
                }
                continue
            }
            guard field.isSealed, field.normalizer != .none else {
                problems.add(place, "'\(name)' cannot identify a customer: it needs a sealed class and 'normalize'")
                continue
            }
            tombstones.identifiers.append(name)
        }
    }

    private mutating func readLog(_ map: LocatedMapping) {
        map.allow(only: ["keep"])
        guard let keep = map.required("keep", of: "log"), let days = readDays(keep, "keep") else { return }
        if days < PolicySet.shortestLog {
            problems.add(keep.place, "keep must be at least \(PolicySet.shortestLog / 365)y: for so long records of processing must be kept (PIPL Art. 56)")
        }
        logDays = days
    }

    private mutating func readKept(_ map: LocatedMapping) {
        map.allow(only: KeptRows.allCases.map(\.rawValue))
        for rows in KeptRows.allCases {
            guard let value = map[rows.rawValue], let days = readDays(value, rows.rawValue) else { continue }
            keptDays[rows] = days
        }
    }

    private func readRemoval(_ value: Located) -> RetentionRule.Removal? {
        switch value.node {
        case .scalar(let word) where word.string == "record": return .record
        case .sequence(let parts) where !parts.isEmpty:
            if parts.contains(where: { $0.scalar?.string == "record" }) {
                problems.add(value.place, "'record' is everything: write 'remove: record', not a list with it")
                return nil
            }
            let compartments = (value.list("remove") ?? []).choices("a part to remove", RemovablePart.self, of: "'remove'").compactMap { Compartment(rawValue: $0.rawValue) }
            return compartments.isEmpty ? nil : .compartments(Set(compartments))
        case .scalar(let word) where RemovablePart(rawValue: word.string) != nil:
            problems.add(value.place, "remove must be 'record' or a list: write [\(word.string)]")
        default:
            let nearest = value.node.scalar.map { suggestion(for: $0.string, among: ["record"]) } ?? ""
            problems.add(value.place, "remove must be 'record' or a list such as [direct, text], not \(value.kind)\(nearest)")
        }
        return nil
    }

    /// `30d`, `18m` (months of 30 days) or `3y` (years of 365 days).
    private func readDays(_ value: Located) -> Int? { readDays(value, "after") }

    /// The same.
    func readDays(_ value: Located, _ name: String) -> Int? {
        let text = value.node.scalar?.string ?? ""
        let units: [Character: Int] = ["d": 1, "m": 30, "y": 365]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (1...36_500).contains(count) {
            return count * unit
        }
        problems.add(value.place, "\(name) must be a number with d, m or y, such as 365d, not \(value.kind)")
        return nil
    }
}

/// What rules can remove; whom a text mentions goes with the text.
private enum RemovablePart: String, CaseIterable {
    case direct, quasi, sensitive, text, redacted, unclassified
}
