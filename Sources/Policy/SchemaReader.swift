import Foundation

extension PolicyLoader {
    mutating func readSchema(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["timezone", "channels", "occurred_at", "cases", "fields", "csv", "redaction"])
        if let zone = file["timezone"], let name = zone.string("timezone") {
            if TimeZone(identifier: name) == nil {
                problems.add(zone.place, "'\(name)' is not an IANA time zone such as Asia/Shanghai")
            }
            if name != "UTC", name != "GMT", TimeZone.abbreviationDictionary[name] != nil {
                problems.warn(zone.place, "'\(name)' is short for several zones, and read as \(TimeZone.abbreviationDictionary[name]!); write a place such as Asia/Shanghai")
            }
            timeZone = name
        }
        channels = file["channels"]?.texts("channels", each: "a channel")?.map(\.text) ?? []
        if let bounds = file["occurred_at"] { occurrence = readOccurrence(bounds) }
        if let cases = file["cases"]?.mapping("cases") { readCases(cases) }
        if let definitions = file.required("fields", of: "the file")?.mapping("fields") {
            definedFields.isWhole = true
            for (name, value) in definitions.order {
                definedFields.insert(name)
                if let field = readField(name, value) { fields.append(field) }
            }
        }
        checkUnique({ $0.path }) { "path as '\($0.name)'" }
        checkUnique({ $0.resolveOrder }) { "place in the order of 'resolve' as '\($0.name)'" }
        if let csv = file["csv"]?.mapping("csv") {
            csv.allow(only: ["columns"])
            if let columns = csv.required("columns", of: "csv")?.mapping("columns") {
                for (column, path) in columns.order {
                    csvColumns[column] = path.name("the path of column '\(column)'")
                    if let path = csvColumns[column] { adviseOnPath(path, of: column, columns.place(of: column)) }
                }
            }
        }
        if let redaction = file["redaction"]?.mapping("redaction") {
            redaction.allow(only: ["never", "always", "types"])
            let never = redaction["never"]?.texts("never", each: "a word") ?? []
            let always = redaction["always"]?.texts("always", each: "a word") ?? []
            for (word, place) in never + always where word.allSatisfy(\.isWhitespace) { problems.add(place, "an entry of 'always' or 'never' is empty") }
            for (word, place) in always where never.contains(where: { $0.text == word }) {
                problems.add(place, "'\(word)' is listed under both 'always' and 'never'")
            }
            (neverRedact, alwaysRedact) = (never.map(\.text), always.map(\.text))
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
            problems.add(value.place, "field name '\(name)' may have only lower-case letters, digits and _, at most 48")
            return nil
        }
        if BuiltinField(rawValue: name) != nil {
            problems.add(value.place, "'\(name)' is built in and cannot be defined")
            return nil
        }
        guard let map = value.mapping("field '\(name)'") else { return nil }
        let known = problems.count
        map.allow(only: ["path", "class", "type", "normalize", "index", "resolve", "generalize", "mask", "bounds", "approval", "description"])
        guard let path = map.required("path", of: "field '\(name)'")?.name("the path of field '\(name)'"),
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
        // What was not understood may be what the checks below miss.
        guard problems.count == known else { return nil }
        if ["id", "occurred_at", "channel", "text", "customer", "attributes"].contains(path) {
            problems.add(map.place(of: "path"), "the path of field '\(name)' is '\(path)', which every record has of its own; write attributes.NAME or customer.NAME")
        } else if let dot = path.firstIndex(of: "."), !path.hasPrefix("customer."), !path.hasPrefix("attributes.") {
            let meant = nearestName(to: String(path[..<dot]), among: ["customer", "attributes"]).map { " (did you mean '\($0)\(path[dot...])'?)" } ?? ""
            problems.warn(map.place(of: "path"), "nothing in a record is at '\(path)': paths are customer.NAME, attributes.NAME or NAME\(meant)")
        }
        if field.bounds != nil, field.kind != .integer, field.kind != .decimal {
            problems.warn(map.place(of: "bounds"), "field '\(name)' is not a number: 'bounds' has no effect")
        }
        if field.fieldClass == .plain, field.normalizer != .none {
            problems.warn(map.place(of: "normalize"), "field '\(name)' is plain: it is stored as it comes, and 'normalize' has no effect")
        }
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
            guard map.allow(only: ["age_band", "prefix"]) else { return nil }
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
            problems.add(value.place, "'min' of bounds must be below 'max'")
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

    /// - Parameter same: what two fields have in common, given the first.
    private func checkUnique<T: Hashable>(_ value: (FieldSchema) -> T?, _ same: (FieldSchema) -> String) {
        var seen: [T: FieldSchema] = [:]
        for field in fields {
            guard let value = value(field) else { continue }
            if let other = seen[value] { problems.add(field.place, "field '\(field.name)' has the same \(same(other)) (\(other.place))") }
            seen[value] = field
        }
    }
}
