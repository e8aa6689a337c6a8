extension PolicyLoader {
    mutating func readRoles(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["roles", "figures"])
        if let value = file["figures"] { readFigures(value) }
        guard let definitions = file.required("roles", of: "the file")?.mapping("roles") else { return }
        definedRoles.isWhole = true
        var own: [String: (role: Role, extends: [(text: String, place: Place)])] = [:]
        for (name, value) in definitions.order {
            definedRoles.insert(name)
            adviseOnName(name, of: "role", at: definitions.place(of: name))
            guard let map = value.mapping("role '\(name)'") else { continue }
            map.allow(only: ["description", "extends", "grants"])
            let description = map.required("description", of: "role '\(name)'")?.string("description") ?? ""
            let grants = (map["grants"]?.list("grants") ?? []).compactMap { readGrant($0, role: name) }
            var names: Set<String> = []
            for grant in grants where !names.insert(grant.name).inserted {
                problems.add(grant.place, "role '\(name)' has two grants named '\(grant.name)'")
            }
            let role = Role(name: name, description: description, grants: grants, place: value.place)
            let parents = map["extends"]?.texts("extends", each: "a role in 'extends'") ?? []
            own[name] = (role, parents)
            if let problem = nothing(in: map, parents.isEmpty) { problems.warn(definitions.place(of: name), "role '\(name)' \(problem)") }
            adviseOnOrder(of: grants, in: name)
        }
        for name in definitions.order.map(\.key) where own[name] != nil {
            var role = own[name]!.role
            role.grants = inheritedGrants(of: name, in: own, path: [])
            roles[name] = role
        }
    }

    private func inheritedGrants(
        of name: String, in own: [String: (role: Role, extends: [(text: String, place: Place)])], path: [String]
    ) -> [Grant] {
        guard let (role, parents) = own[name] else { return [] }
        var grants = role.grants
        for (parentName, place) in parents {
            if definedRoles.lacks(parentName) {
                problems.add(
                    place, "role '\(name)' extends '\(parentName)', which is not defined\(suggestion(for: parentName, among: definedRoles.names))")
            } else if (path + [name]).contains(parentName) {
                // Every role of the cycle would report it; the first in the alphabet does.
                let cycle = (path + [name]).drop { $0 != parentName }
                if name == cycle.min() || path.isEmpty {
                    problems.add(place, "roles extend each other in a circle: \((cycle + [parentName]).joined(separator: " → "))")
                }
            } else {
                grants += inheritedGrants(of: parentName, in: own, path: path + [name])
            }
        }
        return grants
    }

    private func readGrant(_ value: Located, role: String) -> Grant? {
        guard let map = value.mapping("a grant of role '\(role)'") else { return nil }
        map.allow(only: ["name", "purposes", "actions", "fields", "rows", "minimum_group", "disclosure", "page", "times", "quotas", "hours"])
        let name = map.required("name", of: "a grant of role '\(role)'")?.name("the name of a grant") ?? "?"
        let what = "grant '\(name)'"
        var grant = Grant(
            name: name, purposes: [], actions: [], fields: [:], rows: nil, disclosure: Disclosure(), pageLimit: 1000,
            times: .day, quotas: [:], hours: nil, place: value.place)
        let known = problems.count
        for (purpose, place) in map.required("purposes", of: what)?.texts("the purposes of \(what)", each: "a purpose") ?? [] {
            if definedPurposes.lacks(purpose) {
                let nearest = suggestion(for: purpose, among: definedPurposes.names)
                problems.add(place, "purpose '\(purpose)' is not in purposes.yaml\(nearest)", cause: "purpose \(purpose)")
            }
            grant.purposes.append(purpose)
        }
        grant.actions = Set((map.required("actions", of: what)?.list("actions") ?? []).choices("an action", Action.self, of: "the actions of \(what)"))
        for (field, treatment) in map["fields"]?.mapping("fields of \(what)")?.order ?? [] {
            if let treatment = readTreatment(treatment, of: field, in: grant) { grant.fields[field] = treatment }
        }
        if let rows = map["rows"] {
            grant.rows = rows.string("rows").map { RowFilter(expression: $0, place: rows.place) }
            let others = grant.actions.filter(\.isAboutCustomers).map(\.rawValue).sorted().joined(separator: ", ")
            if !others.isEmpty {
                problems.add(rows.place, "'rows' limits records, but \(what) also allows actions on whole customers (\(others)): put them in a separate grant")
            }
        }
        if let times = map["times"]?.choice("times", TimePrecision.self) { grant.times = times }
        grant.pageLimit = map["page"]?.integer("page", in: 0...100_000) ?? 1000
        grant.disclosure = readDisclosure(map, showsRows: grant.pageLimit > 0)
        if grant.disclosure.noise != .none, grant.pageLimit > 0 { problems.add(value.place, "\(what) puts noise on figures but shows rows; write 'page: 0'") }
        if grant.actions.contains(.query), grant.pageLimit == 0, grant.disclosure.isExact {
            problems.warn(value.place, "\(what) shows exact figures and no rows: whoever has role '\(role)' learns single customers' answers from them")
        }
        grant.quotas = map["quotas"]?.mapping("quotas").map(readQuotas) ?? [:]
        grant.hours = map["hours"].flatMap(readHours)
        if problems.count == known { advise(on: grant, map) }
        return grant
    }

    private func readQuotas(_ quotas: LocatedMapping) -> [String: Int] {
        let sealed = BuiltinField.allCases.filter(\.isSealed).map(\.rawValue) + fields.filter(\.isSealed).map(\.name)
        // Quotas of fields that could not be read are no mistake here, and those of plain fields have a message of their own.
        let named = quotas.order.map(\.key).filter { $0.hasPrefix("reveal.") }
        let plain = named.filter { name in fields.contains { !$0.isSealed && "reveal.\($0.name)" == name } }
        let unread = named.filter { isUnread(String($0.dropFirst(7))) } + plain
        guard quotas.allow(only: ["rows", "reveal", "lookup", "export"] + sealed.map { "reveal.\($0)" } + unread) else { return [:] }
        for quota in plain { problems.add(quotas.place(of: quota), "quota '\(quota)' limits nothing: '\(quota.dropFirst(7))' is plain, and nobody reveals it") }
        return Dictionary(uniqueKeysWithValues: quotas.order.compactMap { quota, value in value.integer(quota, in: 0...1_000_000_000).map { (quota, $0) } })
    }

    /// Whether a field is, or may be, defined, but its definition could not be read.
    private func isUnread(_ field: String) -> Bool {
        !definedFields.lacks(field) && !fields.contains { $0.name == field } && !modules.contains { $0.name == field }
    }

    private func readTreatment(_ value: Located, of field: String, in grant: Grant) -> Treatment? {
        guard let treatment = value.choice("the treatment of '\(field)'", Treatment.self) else { return nil }
        let builtin = BuiltinField(rawValue: field)
        let schema = fields.first { $0.name == field }
        let isModule = modules.contains { $0.name == field }
        guard let possible = builtin?.treatments ?? schema?.treatments ?? (isModule ? BuiltinField.topic.treatments : nil) else {
            guard !isUnread(field) else { return nil }
            let known = BuiltinField.allCases.map(\.rawValue) + definedFields.names
            problems.add(value.place, "field '\(field)' is not in schema.yaml\(suggestion(for: field, among: known))", cause: "field \(field)")
            return nil
        }
        guard possible.contains(treatment) else {
            let list = Treatment.allCases.filter(possible.contains).map(\.rawValue).joined(separator: ", ")
            problems.add(value.place, "'\(field)' cannot be treated as \(treatment.rawValue); the schema allows \(list)")
            return nil
        }
        let sealed = builtin?.isSealed ?? schema?.isSealed ?? !isModule
        if sealed, treatment == .reveal, grant.actions.contains(.query) {
            problems.add(
                value.place,
                "grant '\(grant.name)' gives plaintext of '\(field)' to action query; only reveal, with a reason, may",
                cause: "\(value.place): plaintext")
            return nil
        }
        return treatment
    }

    func readHours(_ value: Located) -> Hours? {
        guard let map = value.mapping("hours") else { return nil }
        map.allow(only: ["days", "from", "to"])
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        var weekdays = Set(1...7)
        if let days = map["days"]?.list("days") {
            weekdays = []
            if days.isEmpty { problems.add(value.place, "'days' is empty: these hours would never apply") }
            for day in days {
                guard let name = day.string("a day") else { continue }
                guard let index = names.firstIndex(of: name) else {
                    problems.add(day.place, "'\(name)' is not a day; write \(names.joined(separator: ", "))")
                    continue
                }
                if !weekdays.insert(index + 1).inserted { problems.warn(day.place, "'\(name)' appears twice in 'days'") }
            }
        }
        let from = map["from"]?.minuteOfDay() ?? 0
        let to = map["to"]?.minuteOfDay() ?? 24 * 60
        if from >= to { problems.add(value.place, "hours must begin before they end; for a night write two grants") }
        return Hours(weekdays: weekdays, from: from, to: to)
    }
}
