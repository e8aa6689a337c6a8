import Foundation

extension PolicyLoader {
    mutating func readSchema(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["timezone", "country", "channels", "links", "occurred_at", "cases", "fields", "modules", "csv", "redaction"])
        if let zone = file["timezone"], let name = zone.string("timezone") {
            if TimeZone(identifier: name) == nil {
                let nearest = nearestName(to: name, among: TimeZone.knownTimeZoneIdentifiers)
                problems.add(zone.place, "'\(name)' is not an IANA time zone\(nearest.map { " (did you mean '\($0)'?)" } ?? " such as Asia/Shanghai")")
            }
            if name != "UTC", name != "GMT", TimeZone.abbreviationDictionary[name] != nil {
                problems.warn(zone.place, "'\(name)' is short for several zones, and read as \(TimeZone.abbreviationDictionary[name]!); write a place such as Asia/Shanghai")
            }
            timeZone = name
        }
        if let code = file["country"], let name = code.string("country") {
            if !Locale.Region.isoRegions.contains(where: { $0.identifier == name && name.utf8.count == 2 }) {
                problems.add(code.place, "'\(name)' is not a country's code (ISO 3166) of two letters, such as CN")
            }
            country = name
        }
        if let links = file["links"]?.mapping("links") {
            links.allow(only: ["gap_days"])
            linkGapDays = links.required("gap_days", of: "links")?.integer("gap_days", in: 1...36500) ?? linkGapDays
        }
        channels = file["channels"]?.texts("channels", each: "a channel")?.map(\.text) ?? []
        if let bounds = file["occurred_at"] { occurrence = readOccurrence(bounds) }
        if let cases = file["cases"]?.mapping("cases") { readCases(cases) }
        if let definitions = file.required("fields", of: "the file")?.mapping("fields") {
            definedFields.isWhole = true
            for (name, value) in definitions.order {
                definedFields.insert(name)
                // Whoever names it elsewhere may have written it right.
                if !isFieldName(name) { definedFields.isWhole = false }
                if let field = readField(name, value) { fields.append(field) }
            }
        }
        if let definitions = file["modules"] {
            if let map = definitions.mapping("modules") { readModules(map) } else { definedFields.isWhole = false }
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
            redaction.allow(only: ["never", "always", "things", "types", "languages", "recognizers"])
            let never = redaction["never"]?.texts("never", each: "a word") ?? []
            let always = redaction["always"]?.texts("always", each: "a word") ?? []
            let names = redaction["things"]?.texts("things", each: "a name") ?? []
            for (word, place) in never + always + names where word.allSatisfy(\.isWhitespace) { problems.add(place, "an entry of 'always', 'never' or 'things' is empty") }
            for (word, place) in always where never.contains(where: { $0.text == word }) {
                problems.add(place, "'\(word)' is listed under both 'always' and 'never'")
            }
            (neverRedact, alwaysRedact, things) = (never.map(\.text), always.map(\.text), names.map(\.text))
            redactionRules = redaction["types"]?.mapping("types")?.order.compactMap { readRedactionRule($0.key, $0.value) } ?? []
            languages = redaction["languages"]?.texts("languages", each: "a language")?.map { PackName(name: $0.text, place: $0.place) } ?? []
            for (index, language) in languages.enumerated() where languages[..<index].contains(where: { $0.name == language.name }) {
                problems.add(language.place, "'\(language.name)' appears twice in languages")
            }
            if let definitions = redaction["recognizers"] { readRecognizers(definitions) }
        }
    }

    private func readRedactionRule(_ type: String, _ value: Located) -> RedactionRule? {
        guard let map = value.mapping("type '\(type)'") else { return nil }
        map.allow(only: ["threshold", "replace"])
        let threshold = map["threshold"].flatMap { $0.decimal("threshold", in: 0...1) }
        guard let replace = map["replace"] else {
            return RedactionRule(type: type, threshold: threshold, replacement: .placeholder, place: value.place)
        }
        return readReplacement(replace).map { RedactionRule(type: type, threshold: threshold, replacement: $0, place: value.place) }
    }

    /// - Parameter allowed: the words that may stand there.
    func readReplacement(_ value: Located, among allowed: [String] = ["placeholder", "generalize", "drop"]) -> RedactionRule.Replacement? {
        let names: [String: RedactionRule.Replacement] = ["placeholder": .placeholder, "generalize": .generalize, "drop": .drop]
        let known = "replace must be \(allowed.joined(separator: ", ")) or {keep_last: N}"
        switch value.node {
        case .mapping:
            guard let map = value.mapping("replace"), map.allow(only: ["keep_last"]) else { return nil }
            return map.required("keep_last", of: "replace")?.integer("keep_last", in: 0...8).map { .mask(keepLast: $0) }
        case .scalar(let word):
            if allowed.contains(word.string), let replacement = names[word.string] { return replacement }
            problems.add(value.place, "\(known), not \(value.kind)\(suggestion(for: word.string, among: allowed))")
        default: problems.add(value.place, "\(known), not \(value.kind)")
        }
        return nil
    }

    private mutating func readCases(_ map: LocatedMapping) {
        guard map.allow(only: ["days", "working_days"]) else { return }
        guard map.order.count == 1, let (name, value) = map.order.first else {
            problems.add(map.order.last?.value.place ?? map.place, "cases must have either days or working_days\(map.order.isEmpty ? "" : ", not both")")
            return
        }
        guard let days = value.integer(name, in: 1...365) else { return }
        caseDeadline = CaseDeadline(days: days, workingDays: name == "working_days")
    }

    func isFieldName(_ name: String) -> Bool {
        (1...48).contains(name.utf8.count) && name.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) || (48...57).contains($0) }
    }

    private func readField(_ name: String, _ value: Located) -> FieldSchema? {
        if !isFieldName(name) {
            problems.add(value.place, "field name '\(name)' may have only lower-case letters, digits and _, at most 48")
            return nil
        }
        if BuiltinField(rawValue: name) != nil {
            problems.add(value.place, "'\(name)' is built in and cannot be defined")
            return nil
        }
        guard let map = value.mapping("field '\(name)'") else { return nil }
        let known = problems.count
        map.allow(only: [
            "path", "class", "type", "normalize", "index", "resolve", "unique", "shared", "link", "distinguishes", "generalize", "mask", "bounds", "approval", "description",
        ])
        guard let path = map.required("path", of: "field '\(name)'")?.name("the path of field '\(name)'"),
            let fieldClass = map.required("class", of: "field '\(name)'")?.choice("class", FieldClass.self)
        else { return nil }
        var field = FieldSchema(
            name: name, path: path, fieldClass: fieldClass,
            kind: map["type"]?.choice("type", FieldSchema.Kind.self) ?? .text,
            normalizer: map["normalize"]?.choice("normalize", Normalizer.self) ?? .none,
            indexed: map["index"]?.boolean("index") ?? false,
            resolveOrder: map["resolve"]?.integer("resolve", in: 1...9),
            generalization: map["generalize"].flatMap(readGeneralization),
            mask: map["mask"].flatMap(readMask), bounds: map["bounds"].flatMap(readBounds), approval: map["approval"]?.integer("approval", in: 1...2) ?? 1,
            place: value.place)
        readLinking(of: &field, map)
        _ = map["description"]?.string("the description of field '\(name)'")
        // The checks below would blame something that could not be read.
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

    /// Whether one person alone has a handle, and what follows from that.
    private func readLinking(of field: inout FieldSchema, _ map: LocatedMapping) {
        let isUnique = map["unique"]?.boolean("unique") ?? false
        let isShared = map["shared"]?.boolean("shared") ?? false
        let link = map["link"]?.choice("link", Linking.self)
        if isUnique { field.link = link ?? .propose }
        field.distinguishes = map["distinguishes"]?.boolean("distinguishes") ?? (field.normalizer == .name && field.path.hasPrefix("customer."))
        if isUnique, isShared { problems.add(map.place(of: "shared"), "field '\(field.name)' is either unique or shared, not both") }
        if link != nil, !isUnique { problems.add(map.place(of: "link"), "field '\(field.name)' links customers only with 'unique: true'") }
        if isUnique || isShared, field.resolveOrder == nil {
            problems.add(map.place(of: isUnique ? "unique" : "shared"), "field '\(field.name)' does not resolve customers: 'unique' and 'shared' need 'resolve'")
        }
    }

    private func readGeneralization(_ value: Located) -> Generalization? {
        let known = "generalize must be 'year', 'city', {age_band: YEARS} or {prefix: CHARACTERS}"
        switch value.node {
        case .scalar(let word) where word.string == "year": return .year
        case .scalar(let word) where word.string == "city": return .city
        case .scalar(let word):
            problems.add(value.place, "\(known), not \(value.kind)\(suggestion(for: word.string, among: ["year", "city", "age_band", "prefix"]))")
        case .mapping:
            guard let map = value.mapping("generalize"), map.allow(only: ["age_band", "prefix"]) else { return nil }
            switch (map["age_band"], map["prefix"]) {
            case (let years?, nil): return years.integer("age_band", in: 1...50).map { .ageBand(years: $0) }
            case (nil, let count?): return count.integer("prefix", in: 1...20).map { .prefix($0) }
            case (nil, nil): problems.add(value.place, "\(known), not \(value.kind)")
            case (_?, _?): problems.add(map.place(of: "prefix"), "generalize must have either age_band or prefix, not both")
            }
        default: problems.add(value.place, "\(known), not \(value.kind)")
        }
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
        if map.order.isEmpty { problems.warn(value.place, "'mask' is empty and hides every character; write {keep_last: 0} to say so") }
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
