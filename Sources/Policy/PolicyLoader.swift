import Foundation

extension PolicySet {
    /// Reads `schema.yaml`, `purposes.yaml`, `roles.yaml`, `retention.yaml` and, when it is there,
    /// `alerts.yaml`, `principals.yaml` in `folder`.
    ///
    /// - Throws: ``PolicyError`` with every problem found: unknown keys, wrong types, dangling and
    ///   duplicate names, cycles.
    public static func load(from folder: String) throws -> PolicySet {
        let problems = Problems()
        func read(_ name: String) -> LocatedMapping? {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else {
                problems.add(Place(file: path, line: 0), "does not exist or cannot be read")
                return nil
            }
            guard let text = String(data: data, encoding: .utf8) else {
                problems.add(Place(file: path, line: 0), "is not UTF-8")
                return nil
            }
            return Located.document(text, file: path, problems: problems)
        }
        var loader = PolicyLoader(problems: problems)
        loader.readSchema(read("schema.yaml"))
        loader.readPurposes(read("purposes.yaml"))
        loader.readRoles(read("roles.yaml"))
        loader.readRetention(read("retention.yaml"))
        if FileManager.default.fileExists(atPath: folder + "/alerts.yaml") { loader.readAlerts(read("alerts.yaml")) }
        if FileManager.default.fileExists(atPath: folder + "/principals.yaml") { loader.readIssuers(read("principals.yaml"), folder: folder) }
        guard problems.found.isEmpty else { throw PolicyError(problems.found) }
        return loader.policy
    }
}

/// Builds a policy file by file; later files may name what earlier ones define.
struct PolicyLoader {
    let problems: Problems
    private var fields: [FieldSchema] = []
    private var purposes: [String: Purpose] = [:]
    private(set) var roles: [String: Role] = [:]
    private var retention: [RetentionRule] = []
    private var tombstones = TombstonePolicy()
    private var csvColumns: [String: String] = [:]
    private var timeZone = "UTC"
    private var caseDeadline = CaseDeadline.month
    private var neverRedact: [String] = []
    private var alwaysRedact: [String] = []
    private var redactionRules: [RedactionRule] = []
    private var occurrence = OccurrenceBounds()
    private var clock = ClockPolicy()
    private var ceiling = RetentionCeiling()
    var alerts = AlertPolicy()
    var issuers: [IdentityIssuer] = []

    init(problems: Problems) { self.problems = problems }

    var policy: PolicySet {
        PolicySet(
            fields: fields, purposes: purposes, roles: roles, retention: retention, tombstones: tombstones, csvColumns: csvColumns,
            timeZone: timeZone, caseDeadline: caseDeadline, neverRedact: neverRedact, alwaysRedact: alwaysRedact,
            redaction: redactionRules, occurrence: occurrence, clock: clock, ceiling: ceiling, alerts: alerts, issuers: issuers)
    }

    // MARK: schema.yaml

    mutating func readSchema(_ file: LocatedMapping?) {
        guard let file else { return }
        file.checkVersion()
        file.allow(only: ["version", "timezone", "occurred_at", "cases", "fields", "csv", "redaction"])
        if let zone = file["timezone"], let name = zone.string("timezone") {
            if TimeZone(identifier: name) == nil {
                problems.add(zone.place, "'\(name)' is not an IANA time zone such as Asia/Shanghai")
            }
            timeZone = name
        }
        if let bounds = file["occurred_at"] { occurrence = readOccurrence(bounds) }
        if let cases = file["cases"]?.mapping("cases") { readCases(cases) }
        for (name, value) in file.required("fields", of: "the file")?.mapping("fields")?.order ?? [] {
            if let field = readField(name, value) { fields.append(field) }
        }
        checkUnique(\.path, "path")
        if let columns = file["csv"]?.mapping("csv") {
            columns.allow(only: ["columns"])
            for (column, path) in columns.required("columns", of: "csv")?.mapping("columns")?.order ?? [] {
                csvColumns[column] = path.string("the path of column '\(column)'")
            }
        }
        if let redaction = file["redaction"]?.mapping("redaction") {
            redaction.allow(only: ["never", "always", "types"])
            neverRedact = redaction["never"]?.list("never")?.compactMap { $0.string("a word") } ?? []
            alwaysRedact = redaction["always"]?.list("always")?.compactMap { $0.string("a word") } ?? []
            redactionRules = redaction["types"]?.mapping("types")?.order.compactMap { readRedactionRule($0.key, $0.value) } ?? []
        }
    }

    private func readRedactionRule(_ type: String, _ value: Located) -> RedactionRule? {
        guard let map = value.mapping("type '\(type)'") else { return nil }
        map.allow(only: ["threshold", "replace"])
        let threshold = map["threshold"].flatMap { $0.decimal("threshold", in: 0...1) }
        guard let replace = map["replace"] else {
            return RedactionRule(type: type, threshold: threshold, replacement: .placeholder, place: value.place)
        }
        let names: [String: RedactionRule.Replacement] = ["placeholder": .placeholder, "generalize": .generalize, "drop": .drop]
        if case .scalar = replace.node, let replacement = replace.string("replace").flatMap({ names[$0] }) {
            return RedactionRule(type: type, threshold: threshold, replacement: replacement, place: value.place)
        }
        if case .mapping = replace.node, let mask = replace.mapping("replace")?["keep_last"]?.integer("keep_last", in: 0...8) {
            return RedactionRule(type: type, threshold: threshold, replacement: .mask(keepLast: mask), place: value.place)
        }
        problems.add(replace.place, "replace must be placeholder, generalize, drop or {keep_last: N}")
        return nil
    }

    private mutating func readCases(_ map: LocatedMapping) {
        map.allow(only: ["days", "working_days"])
        for (name, value) in map.order.prefix(2) {
            guard let days = value.integer(name, in: 1...365) else { continue }
            caseDeadline = CaseDeadline(days: days, workingDays: name == "working_days")
        }
        if map.order.count != 1, let place = map.order.last?.value.place {
            problems.add(place, "cases must have either days or working_days")
        }
    }

    private func readField(_ name: String, _ value: Located) -> FieldSchema? {
        let pattern = name.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) || (48...57).contains($0) }
        if !pattern || name.isEmpty || name.utf8.count > 48 {
            problems.add(value.place, "field name '\(name)' may have lower-case letters, digits and _ only, 48 at most")
            return nil
        }
        if BuiltinField(rawValue: name) != nil {
            problems.add(value.place, "'\(name)' is built in and cannot be defined")
            return nil
        }
        guard let map = value.mapping("field '\(name)'") else { return nil }
        map.allow(only: ["path", "class", "type", "normalize", "index", "resolve", "generalize", "mask", "bounds", "approval", "description"])
        guard let path = map.required("path", of: "field '\(name)'")?.string("path"),
            let fieldClass = map.required("class", of: "field '\(name)'")?.choice("class", FieldClass.self)
        else { return nil }
        let field = FieldSchema(
            name: name, path: path, fieldClass: fieldClass,
            kind: map["type"]?.choice("type", FieldSchema.Kind.self) ?? .text,
            normalizer: map["normalize"]?.choice("normalize", Normalizer.self) ?? .none,
            indexed: map["index"]?.boolean("index") ?? false,
            resolveOrder: map["resolve"]?.integer("resolve", in: 1...9),
            generalization: map["generalize"].flatMap(readGeneralization),
            mask: map["mask"].flatMap(readMask), bounds: map["bounds"].flatMap(readBounds), approval: map["approval"]?.integer("approval", in: 1...2) ?? 1,
            place: value.place)
        if field.resolveOrder != nil, !field.indexed {
            problems.add(value.place, "field '\(name)' resolves customers, so it needs 'index: true'")
        }
        if !field.isSealed, field.indexed || field.generalization != nil || field.mask != nil || field.approval > 1 {
            problems.add(value.place, "field '\(name)' is plain: index, generalize, mask and approval are for sealed classes")
        }
        if case .ageBand = field.generalization, field.kind != .date {
            problems.add(value.place, "field '\(name)' must have type date to be generalized to age bands")
        }
        return field
    }

    private func readGeneralization(_ value: Located) -> Generalization? {
        if case .scalar = value.node {
            switch value.string("generalize") {
            case "year": return .year
            case "city": return .city
            default: break
            }
        } else if let map = value.mapping("generalize") {
            map.allow(only: ["age_band", "prefix"])
            if let years = map["age_band"] { return years.integer("age_band", in: 1...50).map { .ageBand(years: $0) } }
            if let count = map["prefix"] { return count.integer("prefix", in: 1...20).map { .prefix($0) } }
        }
        problems.add(value.place, "generalize must be 'year', 'city', {age_band: YEARS} or {prefix: CHARACTERS}")
        return nil
    }

    private func readBounds(_ value: Located) -> ClosedRange<Int>? {
        guard let map = value.mapping("bounds") else { return nil }
        map.allow(only: ["min", "max"])
        let limit = 1_000_000
        guard let low = map.required("min", of: "bounds")?.integer("min", in: -limit...limit),
            let high = map.required("max", of: "bounds")?.integer("max", in: -limit...limit)
        else { return nil }
        guard low < high else {
            problems.add(value.place, "'min' of bounds must lie below 'max'")
            return nil
        }
        return low...high
    }

    private func readMask(_ value: Located) -> Mask? {
        guard let map = value.mapping("mask") else { return nil }
        map.allow(only: ["keep_first", "keep_last"])
        return Mask(
            keepFirst: map["keep_first"]?.integer("keep_first", in: 0...8) ?? 0,
            keepLast: map["keep_last"]?.integer("keep_last", in: 0...8) ?? 0)
    }

    private func checkUnique(_ key: KeyPath<FieldSchema, String>, _ what: String) {
        var seen: [String: FieldSchema] = [:]
        for field in fields {
            if let other = seen[field[keyPath: key]] {
                problems.add(field.place, "field '\(field.name)' has the same \(what) as '\(other.name)' (\(other.place))")
            }
            seen[field[keyPath: key]] = field
        }
    }

    // MARK: purposes.yaml

    mutating func readPurposes(_ file: LocatedMapping?) {
        guard let file else { return }
        file.checkVersion()
        file.allow(only: ["version", "purposes"])
        for (name, value) in file.required("purposes", of: "the file")?.mapping("purposes")?.order ?? [] {
            guard let map = value.mapping("purpose '\(name)'") else { continue }
            map.allow(only: ["description", "basis"])
            purposes[name] = Purpose(
                name: name,
                description: map.required("description", of: "purpose '\(name)'")?.string("description") ?? "",
                basis: map.required("basis", of: "purpose '\(name)'")?.string("basis") ?? "",
                place: value.place)
        }
    }

    // MARK: roles.yaml

    mutating func readRoles(_ file: LocatedMapping?) {
        guard let file else { return }
        file.checkVersion()
        file.allow(only: ["version", "roles"])
        let definitions = file.required("roles", of: "the file")?.mapping("roles")?.order ?? []
        var own: [String: (role: Role, extends: [Located])] = [:]
        for (name, value) in definitions {
            guard let map = value.mapping("role '\(name)'") else { continue }
            map.allow(only: ["description", "extends", "grants"])
            let description = map.required("description", of: "role '\(name)'")?.string("description") ?? ""
            let grants = (map["grants"]?.list("grants") ?? []).compactMap { readGrant($0, role: name) }
            var names: Set<String> = []
            for grant in grants where !names.insert(grant.name).inserted {
                problems.add(grant.place, "role '\(name)' has two grants named '\(grant.name)'")
            }
            let role = Role(name: name, description: description, grants: grants, place: value.place)
            own[name] = (role, map["extends"]?.list("extends") ?? [])
        }
        for name in definitions.map(\.key) where own[name] != nil {
            var role = own[name]!.role
            role.grants = inheritedGrants(of: name, in: own, path: [])
            roles[name] = role
        }
    }

    private func inheritedGrants(
        of name: String, in own: [String: (role: Role, extends: [Located])], path: [String]
    ) -> [Grant] {
        guard let (role, parents) = own[name] else { return [] }
        var grants = role.grants
        for parent in parents {
            guard let parentName = parent.string("a role in 'extends'") else { continue }
            if own[parentName] == nil {
                problems.add(
                    parent.place, "role '\(name)' extends '\(parentName)', which is not defined\(suggestion(for: parentName, among: own.keys))")
            } else if (path + [name]).contains(parentName) {
                // Each role of the cycle would report it; the first in the alphabet does.
                let cycle = (path + [name]).drop { $0 != parentName }
                if name == cycle.min() || path.isEmpty {
                    problems.add(parent.place, "roles extend each other in a circle: \((cycle + [parentName]).joined(separator: " → "))")
                }
            } else {
                grants += inheritedGrants(of: parentName, in: own, path: path + [name])
            }
        }
        return grants
    }

    private func readGrant(_ value: Located, role: String) -> Grant? {
        guard let map = value.mapping("a grant of role '\(role)'") else { return nil }
        map.allow(only: ["name", "purposes", "actions", "fields", "rows", "minimum_group", "disclosure", "page", "quotas", "hours"])
        let name = map.required("name", of: "a grant of role '\(role)'")?.string("name") ?? "?"
        let what = "grant '\(name)'"
        var grant = Grant(
            name: name, purposes: [], actions: [], fields: [:], rows: nil, disclosure: Disclosure(), pageLimit: 1000,
            quotas: [:], hours: nil, place: value.place)
        for purpose in map.required("purposes", of: what)?.list("purposes") ?? [] {
            guard let purposeName = purpose.string("a purpose") else { continue }
            if purposes[purposeName] == nil {
                problems.add(
                    purpose.place, "purpose '\(purposeName)' is not in purposes.yaml\(suggestion(for: purposeName, among: purposes.keys))")
            }
            grant.purposes.append(purposeName)
        }
        for action in map.required("actions", of: what)?.list("actions") ?? [] {
            if let action = action.choice("an action", Action.self) { grant.actions.insert(action) }
        }
        for (field, treatment) in map["fields"]?.mapping("fields of \(what)")?.order ?? [] {
            if let treatment = readTreatment(treatment, of: field, in: grant) { grant.fields[field] = treatment }
        }
        if let rows = map["rows"] {
            grant.rows = rows.string("rows").map { RowFilter(expression: $0, place: rows.place) }
            let others = grant.actions.filter(\.isAboutCustomers).map(\.rawValue).sorted().joined(separator: ", ")
            if !others.isEmpty { problems.add(rows.place, "'rows' limits records, and \(what) also allows what is about whole customers (\(others)): give that a grant of its own") }
        }
        grant.disclosure = readDisclosure(map)
        defer {
            if grant.disclosure.noise != .none, grant.pageLimit > 0 { problems.add(value.place, "\(what) puts noise on figures but shows rows; write 'page: 0'") }
        }
        grant.pageLimit = map["page"]?.integer("page", in: 0...100_000) ?? 1000
        if let quotas = map["quotas"]?.mapping("quotas") {
            quotas.allow(only: ["rows", "reveal", "lookup", "export"] + fields.filter(\.isSealed).map { "reveal.\($0.name)" })
            for (quota, value) in quotas.order { grant.quotas[quota] = value.integer(quota, in: 0...1_000_000_000) }
        }
        grant.hours = map["hours"].flatMap(readHours)
        return grant
    }

    private func readTreatment(_ value: Located, of field: String, in grant: Grant) -> Treatment? {
        guard let treatment = value.choice("the treatment of '\(field)'", Treatment.self) else { return nil }
        let builtin = BuiltinField(rawValue: field)
        let schema = fields.first { $0.name == field }
        guard let possible = builtin?.treatments ?? schema?.treatments else {
            let known = BuiltinField.allCases.map(\.rawValue) + fields.map(\.name)
            problems.add(value.place, "field '\(field)' is not in schema.yaml\(suggestion(for: field, among: known))")
            return nil
        }
        guard possible.contains(treatment) else {
            let list = Treatment.allCases.filter(possible.contains).map(\.rawValue).joined(separator: ", ")
            problems.add(value.place, "'\(field)' cannot be treated as \(treatment.rawValue); the schema allows \(list)")
            return nil
        }
        let sealed = builtin?.isSealed ?? schema?.isSealed ?? true
        if sealed, treatment == .reveal, grant.actions.contains(.query) {
            problems.add(
                value.place,
                "grant '\(grant.name)' gives plaintext of '\(field)' to action query; only reveal, with a reason, may")
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
            for day in days {
                guard let name = day.string("a day") else { continue }
                guard let index = names.firstIndex(of: name) else {
                    problems.add(day.place, "'\(name)' is not a day; write \(names.joined(separator: ", "))")
                    continue
                }
                weekdays.insert(index + 1)
            }
        }
        let from = map["from"]?.minuteOfDay() ?? 0
        let to = map["to"]?.minuteOfDay() ?? 24 * 60
        if from >= to { problems.add(value.place, "hours must begin before they end; for a night write two grants") }
        return Hours(weekdays: weekdays, from: from, to: to)
    }

    // MARK: retention.yaml

    mutating func readRetention(_ file: LocatedMapping?) {
        guard let file else { return }
        file.checkVersion()
        file.allow(only: ["version", "rules", "tombstones", "clock", "ceiling"])
        if let map = file["tombstones"]?.mapping("tombstones") { readTombstones(map) }
        if let value = file["clock"] { clock = readClock(value) }
        if let value = file["ceiling"] { ceiling = readCeiling(value) }
        var names: Set<String> = []
        for value in file.required("rules", of: "the file")?.list("rules") ?? [] {
            guard let map = value.mapping("a rule") else { continue }
            map.allow(only: ["name", "channels", "remove", "after", "description"])
            let name = map.required("name", of: "a rule")?.string("name") ?? "?"
            if !names.insert(name).inserted { problems.add(value.place, "two rules are named '\(name)'") }
            guard let removal = map.required("remove", of: "rule '\(name)'").flatMap(readRemoval),
                let days = map.required("after", of: "rule '\(name)'").flatMap(readDays)
            else { continue }
            let channels = map["channels"]?.list("channels")?.compactMap { $0.string("a channel") } ?? []
            retention.append(
                RetentionRule(name: name, channels: channels, removal: removal, afterDays: days, place: value.place))
        }
    }

    private mutating func readTombstones(_ map: LocatedMapping) {
        map.allow(only: ["keep", "basis", "identifiers"])
        if let keep = map["keep"], let days = readDays(keep, "keep") {
            if days > TombstonePolicy.longest { problems.add(keep.place, "keep must be at most \(TombstonePolicy.longest / 365)y") }
            tombstones.days = days
        }
        tombstones.basis = map["basis"]?.string("basis") ?? tombstones.basis
        for value in map["identifiers"]?.list("identifiers") ?? [] {
            guard let name = value.string("a field") else { continue }
            guard let field = fields.first(where: { $0.name == name }) else {
                problems.add(value.place, "field '\(name)' is not in schema.yaml\(suggestion(for: name, among: fields.map(\.name)))")
                continue
            }
            guard field.isSealed, field.normalizer != .none else {
                problems.add(value.place, "'\(name)' cannot identify a customer: it needs a sealed class and 'normalize'")
                continue
            }
            tombstones.identifiers.append(name)
        }
    }

    private func readRemoval(_ value: Located) -> RetentionRule.Removal? {
        if case .scalar = value.node {
            if value.string("remove") == "record" { return .record }
        } else if let parts = value.list("remove") {
            let compartments = parts.compactMap { $0.choice("a class to remove", Compartment.self) }
            return compartments.isEmpty ? nil : .compartments(Set(compartments))
        }
        problems.add(value.place, "remove must be 'record' or a list such as [direct, text]")
        return nil
    }

    /// `30d`, `18m` (months of 30 days) or `3y` (years of 365 days).
    private func readDays(_ value: Located) -> Int? { readDays(value, "after") }

    private func readDays(_ value: Located, _ name: String) -> Int? {
        let text = value.string(name) ?? ""
        let units: [Character: Int] = ["d": 1, "m": 30, "y": 365]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (1...36_500).contains(count) {
            return count * unit
        }
        problems.add(value.place, "\(name) must be a number with d, m or y, such as 365d")
        return nil
    }
}
