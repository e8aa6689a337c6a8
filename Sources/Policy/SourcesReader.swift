import Foundation

extension PolicyLoader {
    /// Reads `sources.yaml`.
    mutating func readSources(_ file: LocatedMapping?, folder: String) {
        guard let file else { return }
        file.allowVersioned(["presets", "sources"])
        for (name, value) in file["presets"]?.mapping("presets")?.order ?? [] {
            guard let rule = readSource(value, "preset '\(name)'", name: name) else { continue }
            presets.append(rule)
        }
        for (name, value) in file["sources"]?.mapping("sources")?.order ?? [] {
            sources[name] = readSource(value, "source '\(name)'", name: nil)
            if sources[name] != nil, let hook = value.mapping("source '\(name)'")?["webhook"] { readHook(hook, source: name, folder: folder) }
        }
    }

    /// - Parameter name: of a preset; nil for a source, whose rule keeps the name of the preset that it is based on.
    private func readSource(_ value: Located, _ what: String, name: String?) -> SourceRule? {
        guard let map = value.mapping(what) else { return nil }
        map.allow(only: [
            "preset", "description", "format", "detect", "list", "sheet", "encoding", "header_rows", "timezone", "date_order", "id", "occurred_at", "channel", "text", "fields",
            "turns", "ignore", "on_change", "revised_at", "webhook",
        ])
        if name != nil, map["webhook"] != nil { problems.add(map.place(of: "webhook"), "\(what) cannot have a webhook: give it to a source that is based on it") }
        var rule = SourceRule(preset: name ?? "")
        if let base = map["preset"], let wanted = base.string("preset") {
            if let known = presets.first(where: { $0.preset == wanted }) {
                rule = known
                if let name { rule.preset = name }
            } else {
                problems.add(base.place, "there is no preset '\(wanted)' above\(suggestion(for: wanted, among: presets.map(\.preset)))")
            }
        }
        if let text = map["description"]?.string("description") { rule.description = text }
        if let format = map["format"]?.choice("format", SourceRule.Format.self) { rule.format = format }
        if let detect = map["detect"] { rule.detect = detect.texts("detect", each: "a column")?.map(\.text) ?? [] }
        if let ignore = map["ignore"] { rule.ignore += ignore.texts("ignore", each: "a column")?.map(\.text) ?? [] }
        if let list = map["list"]?.string("list") { rule.list = list }
        if let sheet = map["sheet"]?.string("sheet") { rule.sheet = sheet }
        if let encoding = map["encoding"]?.string("encoding") { rule.encoding = encoding }
        if let rows = map["header_rows"]?.integer("header_rows", in: 1...4) { rule.headerRows = rows }
        if let order = map["date_order"]?.choice("date_order", SourceRule.DateOrder.self) { rule.dateOrder = order }
        if let change = map["on_change"]?.choice("on_change", SourceRule.OnChange.self) { rule.onChange = change }
        if let zone = map["timezone"], let text = zone.string("timezone") {
            if TimeZone(identifier: text) == nil { problems.add(zone.place, "'\(text)' is not an IANA time zone such as Asia/Shanghai") }
            rule.timeZone = text
        }
        rule.id = map["id"].flatMap { readSourceValue($0, "id") } ?? rule.id
        rule.occurredAt = map["occurred_at"].flatMap { readSourceValue($0, "occurred_at") } ?? rule.occurredAt
        rule.channel = map["channel"].flatMap { readSourceValue($0, "channel") } ?? rule.channel
        rule.text = map["text"].flatMap { readSourceValue($0, "text") } ?? rule.text
        rule.revisedAt = map["revised_at"].flatMap { readSourceValue($0, "revised_at") } ?? rule.revisedAt
        rule.turns = map["turns"].flatMap(readTurns) ?? rule.turns
        for (path, value) in map["fields"]?.mapping("fields")?.order ?? [] {
            guard let found = readSourceValue(value, "field '\(path)'") else { continue }
            if ["id", "occurred_at", "revised_at", "channel", "text", "customer", "attributes"].contains(path) {
                problems.add(value.place, "the path of a field must be customer.NAME, attributes.NAME or NAME, not '\(path)'")
            }
            rule.fields[path] = found
        }
        return rule
    }

    private func readSourceValue(_ value: Located, _ what: String) -> SourceValue? {
        switch value.node {
        case .scalar: return value.name(what).map { .column($0) }
        case .sequence:
            let parts = value.list(what)?.compactMap { readSourceValue($0, what) } ?? []
            if parts.isEmpty { problems.add(value.place, "\(what) must have a column at least") }
            return .first(parts)
        case .mapping: return readComposed(value, what)
        case .alias: return nil
        }
    }

    private func readComposed(_ value: Located, _ what: String) -> SourceValue? {
        guard let map = value.mapping(what) else { return nil }
        guard map.allow(only: ["constant", "join", "all", "name", "hash", "number", "html", "from", "words", "with"]) else { return nil }
        let kinds = map.order.map(\.key).filter { !["words", "with"].contains($0) }
        guard kinds.count == 1 else {
            problems.add(value.place, "\(what) must have just one of constant, join, all, name, hash, number, html and from")
            return nil
        }
        let joint = map["with"]?.string("with")
        if joint != nil, kinds[0] != "join", kinds[0] != "all" { problems.add(map.place(of: "with"), "'with' belongs to join and all") }
        if map["words"] != nil, kinds[0] != "from" { problems.add(map.place(of: "words"), "'words' belongs to from") }
        guard let inner = map[kinds[0]] else { return nil }
        switch kinds[0] {
        case "constant": return inner.string("constant").map { .constant($0) }
        case "join": return inner.list("join").map { .join($0.compactMap { readSourceValue($0, what) }, with: joint ?? " ") }
        case "all": return inner.texts("all", each: "a column").map { .all($0.map(\.text), with: joint ?? "\n") }
        case "number": return readSourceValue(inner, what).map { .number($0) }
        case "html": return readSourceValue(inner, what).map { .html($0) }
        case "name":
            let parts = inner.list("name")?.compactMap { readSourceValue($0, what) } ?? []
            guard parts.count == 2 else {
                problems.add(inner.place, "name must have two columns: [FAMILY, GIVEN]")
                return nil
            }
            return .name(family: parts[0], given: parts[1])
        case "from":
            guard let words = map.required("words", of: what)?.mapping("words") else { return nil }
            var meanings: [String: String] = [:]
            for (word, meaning) in words.order { meanings[word] = meaning.string("the meaning of '\(word)'") }
            return readSourceValue(inner, what).map { .words($0, meanings) }
        default: return inner.texts("hash", each: "a column").map { .hash($0.map(\.text)) }
        }
    }

    private func readTurns(_ value: Located) -> SourceTurns? {
        guard let map = value.mapping("turns") else { return nil }
        map.allow(only: ["list", "speaker", "text", "time", "name", "customer"])
        guard let list = map.required("list", of: "turns")?.name("list"), let speaker = map.required("speaker", of: "turns")?.name("speaker"),
            let text = map.required("text", of: "turns")?.name("text"),
            let customer = map.required("customer", of: "turns")?.texts("customer", each: "a speaker")
        else { return nil }
        return SourceTurns(
            list: list, speaker: speaker, text: text, time: map["time"]?.name("time"), name: map["name"]?.name("name"),
            customer: customer.map(\.text))
    }
}
