/// Warnings about roles and parts of grants that have no effect.
extension PolicyLoader {
    /// Why a role may do nothing; nil if it may do something.
    func nothing(in role: LocatedMapping, _ isAlone: Bool) -> String? {
        guard isAlone, role["grants"]?.node.sequence?.isEmpty ?? true else { return nil }
        return "has no grant: who has it may do nothing"
    }

    func advise(on grant: Grant, _ map: LocatedMapping) {
        let what = "grant '\(grant.name)'"
        adviseOnName(grant.name, of: "grant", at: map.place(of: "name"))
        if grant.purposes.isEmpty { return problems.warn(map.place(of: "purposes"), "\(what) is for no purpose and allows nothing") }
        if grant.actions.isEmpty { return problems.warn(map.place(of: "actions"), "\(what) has no action and allows nothing") }
        for (key, actions) in Self.effective {
            let names = actions.map(\.rawValue).sorted().joined(separator: ", ")
            if map[key] != nil, grant.actions.isDisjoint(with: actions) {
                problems.warn(map.place(of: key), "'\(key)' has no effect in \(what): it is for \(names)")
            }
        }
        adviseOnQuotas(of: grant, map)
        // The missing field may be one that could not be read.
        guard definedFields.isWhole, definedFields.names.count == fields.count + modules.count else { return }
        for action in grant.actions.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let need = need(of: action), !grant.fields.contains(where: { need.serves($0.key, $0.value) }) else { continue }
            problems.warn(map.place(of: "actions"), "\(what) allows \(action.rawValue), which \(need.words)")
        }
    }

    /// Keys of a grant, and the actions for which they matter.
    private static let effective: [(key: String, actions: Set<Action>)] = [
        ("fields", Set(Action.allCases.filter(\.showsFields))),
        ("rows", [.query, .reveal, .annotate, .taskPropose]),
        ("minimum_group", [.query]), ("disclosure", [.query]), ("page", [.query]), ("times", [.query, .taskPropose]),
    ]

    /// What an action needs to be of use.
    private func need(of action: Action) -> (words: String, serves: (String, Treatment) -> Bool)? {
        func schema(_ name: String) -> FieldSchema? { fields.first { $0.name == name } }
        return switch action {
        case .query, .taskPropose: ("needs a field, and every one is denied", { $1 != .deny })
        case .reveal: ("needs a field with treatment reveal", { field, treatment in treatment.isRevealed(field) })
        case .subjectExport: ("puts fields with treatment reveal into the copy, and there is none", { $1 == .reveal })
        case .lookup: ("needs a field with 'index: true' in schema.yaml", { $1 != .deny && schema($0)?.indexed == true })
        case .subjectCorrect: ("needs a sealed field of schema.yaml", { $1 != .deny && schema($0)?.isSealed == true })
        default: nil
        }
    }

    private func adviseOnQuotas(of grant: Grant, _ map: LocatedMapping) {
        guard let quotas = map["quotas"]?.mapping("quotas") else { return }
        let counted: [String: Action] = ["rows": .query, "reveal": .reveal, "lookup": .lookup, "export": .subjectExport]
        for (quota, value) in quotas.order {
            let kind = quota.split(separator: ".").first.map(String.init) ?? quota
            if let action = counted[kind], !grant.actions.contains(action) {
                problems.warn(quotas.place(of: quota), "quota '\(quota)' has no effect in grant '\(grant.name)', which does not allow \(action.rawValue)")
            } else if quota.hasPrefix("reveal."), case let field = String(quota.dropFirst(7)), grant.fields[field]?.isRevealed(field) != true {
                problems.warn(value.place, "quota '\(quota)' has no effect: grant '\(grant.name)' does not reveal that field")
            } else if quota.hasPrefix("reveal."), let all = grant.quotas["reveal"], let own = grant.quotas[quota], own > all {
                problems.warn(value.place, "quota '\(quota)' is never reached: 'reveal' ends at \(all)")
            }
        }
    }

    /// The first grant that allows a request decides it: a later grant that allows no more never decides.
    func adviseOnOrder(of grants: [Grant], in role: String) {
        for (index, grant) in grants.enumerated() {
            var earlier: [Action: Set<String>] = [:]
            for action in grant.actions {
                let deciding = grant.purposes.compactMap { purpose in grants[..<index].first { covers($0, grant, action, purpose) }?.name }
                if deciding.count == grant.purposes.count, !deciding.isEmpty { earlier[action] = Set(deciding) }
            }
            guard !earlier.isEmpty else { continue }
            let names = earlier.values.reduce(into: Set()) { $0.formUnion($1) }.sorted().map { "'\($0)'" }.joined(separator: ", ")
            if earlier.count == grant.actions.count {
                problems.warn(grant.place, "grant '\(grant.name)' of role '\(role)' never decides: \(names) before it allows all of it")
            } else {
                let actions = earlier.keys.map(\.rawValue).sorted().joined(separator: ", ")
                problems.warn(grant.place, "in grant '\(grant.name)' of role '\(role)', \(actions) never decides: \(names) before it allows it as well")
            }
        }
    }

    /// Whether `earlier` allows everything that `later` allows for an action and purpose.
    private func covers(_ earlier: Grant, _ later: Grant, _ action: Action, _ purpose: String) -> Bool {
        guard earlier.actions.contains(action), earlier.purposes.contains(purpose) else { return false }
        if let hours = earlier.hours {
            guard let other = later.hours, hours.weekdays.isSuperset(of: other.weekdays), hours.from <= other.from, hours.to >= other.to else { return false }
        }
        guard action.showsFields else { return true }
        return later.fields.allSatisfy { field, treatment in
            let other = earlier.fields[field] ?? .deny
            return action == .reveal ? !treatment.isRevealed(field) || other.isRevealed(field) : treatment == .deny || other != .deny
        }
    }
}
