extension PolicyLoader {
    /// Reads `forms.yaml`; fields, purposes and roles must have been read before.
    mutating func readForms(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["forms"])
        for (name, value) in file.required("forms", of: "the file")?.mapping("forms")?.order ?? [] {
            if !(1...48).contains(name.utf8.count) || !name.utf8.allSatisfy({ $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2D }) {
                problems.add(value.place, "the name of a form may have only lower-case letters, digits and -, up to 48")
                continue
            }
            guard let form = readForm(name, value) else { continue }
            if roles[form.role] != nil { problems.add(roles[form.role]!.place, "role '\(form.role)' is that of a form of forms.yaml: give yours another name") }
            forms.append(form)
            roles[form.role] = form.ownRole
        }
    }

    private func readForm(_ name: String, _ value: Located) -> FormPolicy? {
        let what = "form '\(name)'"
        guard let map = value.mapping(what) else { return nil }
        map.allow(only: ["title", "intro", "thanks", "source", "channel", "purposes", "fields", "consent", "embed", "limits"])
        guard let title = map.required("title", of: what).flatMap({ readWords($0, "the title of \(what)") }) else { return nil }
        let languages = title.texts.keys.sorted()
        func words(_ key: String) -> FormPolicy.Words? { map[key].flatMap { readWords($0, "'\(key)' of \(what)", languages) } }
        let known = problems.count
        let channel = map.required("channel", of: what).flatMap { readChannel($0, what) }
        let purposes = map.required("purposes", of: what)?.mapping("the purposes of \(what)")
        purposes?.allow(only: ["intake", "requests"])
        let intake = purposes?.required("intake", of: "the purposes of \(what)").flatMap { readFormPurpose($0) }
        let requests = purposes?.required("requests", of: "the purposes of \(what)").flatMap { readFormPurpose($0) }
        let fields = (map.required("fields", of: what)?.list("the fields of \(what)") ?? []).compactMap { readFormField($0, what, languages) }
        if map["fields"] != nil, fields.isEmpty, problems.count == known { problems.add(map.place(of: "fields"), "\(what) asks for nothing") }
        for (index, field) in fields.enumerated() where fields[..<index].contains(where: { $0.name == field.name }) {
            problems.add(map.place(of: "fields"), "\(what) asks for '\(field.name)' twice")
        }
        let consent = map["consent"].flatMap { readFormConsent($0, what, languages) }
        let origins = map["embed"]?.texts("'embed' of \(what)", each: "an origin") ?? []
        for (origin, place) in origins { if let obstacle = FormPolicy.obstacle(to: origin) { problems.add(place, "'\(origin)' \(obstacle)") } }
        let limits = map["limits"]?.mapping("the limits of \(what)")
        limits?.allow(only: ["day", "address"])
        let source = map["source"]?.name("the source of \(what)")
        if let source, source.utf8.count > 64 { problems.add(map.place(of: "source"), "the source of \(what) may have 64 bytes") }
        let (introduction, thanks) = (words("intro"), words("thanks"))
        guard problems.count == known, let channel, let intake, let requests else { return nil }
        return FormPolicy(
            name: name, title: title, introduction: introduction, thanks: thanks, source: source ?? "form-\(name)", channel: channel, intakePurpose: intake,
            requestPurpose: requests, fields: fields, consent: consent, origins: origins.map(\.text), perDay: limits?["day"]?.integer("day", in: 1...100_000) ?? 500,
            perAddress: limits?["address"]?.integer("address", in: 1...1000) ?? 10, place: value.place)
    }

    /// - Parameter languages: those that it must have; nil: any.
    private func readWords(_ value: Located, _ what: String, _ languages: [String]? = nil) -> FormPolicy.Words? {
        guard let map = value.mapping(what), map.allow(only: ["zh", "en"]) else { return nil }
        if map.order.isEmpty { problems.add(value.place, "\(what) must have zh, en, or both") }
        var texts: [String: String] = [:]
        for (language, text) in map.order { texts[language] = text.name(what) }
        for language in languages ?? [] where map[language] == nil { problems.add(value.place, "\(what) lacks '\(language)', which the title has") }
        return texts.isEmpty ? nil : FormPolicy.Words(texts: texts)
    }

    private func readChannel(_ value: Located, _ what: String) -> String? {
        guard let channel = value.name("the channel of \(what)") else { return nil }
        if !channels.isEmpty, !channels.contains(channel) {
            problems.add(value.place, "'\(channel)' is not among the channels of schema.yaml\(suggestion(for: channel, among: channels))")
        }
        if channel.utf8.count > 64 { problems.add(value.place, "the channel of \(what) may have 64 bytes") }
        return channel
    }

    private func readFormPurpose(_ value: Located) -> String? {
        guard let purpose = value.name("a purpose") else { return nil }
        if definedPurposes.lacks(purpose) {
            problems.add(value.place, "purpose '\(purpose)' is not in purposes.yaml\(suggestion(for: purpose, among: definedPurposes.names))", cause: "purpose \(purpose)")
        }
        return purpose
    }

    private func readFormField(_ value: Located, _ form: String, _ languages: [String]) -> FormPolicy.Field? {
        guard let map = value.mapping("a field of \(form)") else { return nil }
        map.allow(only: ["field", "label", "hint", "required", "longest", "options"])
        guard let named = map.required("field", of: "a field of \(form)"), let name = named.name("a field of \(form)") else { return nil }
        let what = "field '\(name)' of \(form)"
        let schema = fields.first { $0.name == name }
        let isText = name == BuiltinField.text.rawValue
        if schema == nil, !isText {
            // What could not be read has a message of its own.
            if definedFields.lacks(name) {
                problems.add(named.place, "field '\(name)' is not in schema.yaml\(suggestion(for: name, among: ["text"] + fields.map(\.name)))", cause: "field \(name)")
            }
            return nil
        }
        guard let label = map.required("label", of: what).flatMap({ readWords($0, "the label of \(what)", languages) }) else { return nil }
        let options = (map["options"]?.list("the options of \(what)") ?? []).compactMap { readFormOption($0, what, schema, languages) }
        if isText, map["options"] != nil { problems.add(map.place(of: "options"), "\(what) is written freely: 'options' are for other fields") }
        let longest = map["longest"]?.integer("longest", in: 1...20_000)
        return FormPolicy.Field(
            name: name, path: schema?.path ?? name, kind: kind(of: schema, hasOptions: !options.isEmpty), label: label,
            hint: map["hint"].flatMap { readWords($0, "the hint of \(what)", languages) }, isRequired: map["required"]?.boolean("required") ?? false,
            longest: longest ?? (isText ? 5000 : 200), options: options, bounds: schema?.bounds)
    }

    private func kind(of schema: FieldSchema?, hasOptions: Bool) -> FormPolicy.Kind {
        if hasOptions { return .choice }
        return switch (schema?.kind, schema?.normalizer) {
        case (nil, _): .long
        case (.integer, _), (.decimal, _): .number
        case (.date, _): .date
        case (_, .phone): .phone
        case (_, .email): .email
        default: .line
        }
    }

    private func readFormOption(_ value: Located, _ field: String, _ schema: FieldSchema?, _ languages: [String]) -> FormPolicy.Option? {
        guard let map = value.mapping("an option of \(field)") else { return nil }
        map.allow(only: ["value", "label"])
        guard let given = map.required("value", of: "an option of \(field)"), let text = given.name("the value of an option of \(field)"),
            let label = map.required("label", of: "an option of \(field)").flatMap({ readWords($0, "the label of an option of \(field)", languages) })
        else { return nil }
        let isNumber = schema?.kind == .integer ? Int(text) != nil : schema?.kind == .decimal ? Double(text) != nil : true
        if !isNumber { problems.add(given.place, "\(field) is a number, and '\(text)' is none") }
        if let bounds = schema?.bounds, let number = Double(text), number < Double(bounds.lowerBound) || number > Double(bounds.upperBound) {
            problems.add(given.place, "'\(text)' is out of the bounds of \(field) in schema.yaml, \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return FormPolicy.Option(value: text, label: label)
    }

    private func readFormConsent(_ value: Located, _ form: String, _ languages: [String]) -> FormPolicy.Consent? {
        let what = "the consent of \(form)"
        guard let map = value.mapping(what) else { return nil }
        map.allow(only: ["version", "text", "decisions"])
        guard let versioned = map.required("version", of: what), let version = versioned.name("the version of \(what)"),
            let text = map.required("text", of: what).flatMap({ readWords($0, "the text of \(what)", languages) }),
            let decisions = map.required("decisions", of: what)?.list("the decisions of \(what)")
        else { return nil }
        if version.utf8.count > 64 { problems.add(versioned.place, "the version of \(what) may have 64 bytes") }
        if decisions.isEmpty { problems.add(map.place(of: "decisions"), "\(what) asks for nothing") }
        var found: [FormPolicy.Consent.Decision] = []
        for decision in decisions {
            guard let map = decision.mapping("a decision of \(form)") else { continue }
            map.allow(only: ["purpose", "label", "required"])
            guard let named = map.required("purpose", of: "a decision of \(form)"), let purpose = readFormPurpose(named),
                let label = map.required("label", of: "a decision of \(form)").flatMap({ readWords($0, "the label of a decision of \(form)", languages) })
            else { continue }
            if found.contains(where: { $0.purpose == purpose }) { problems.add(named.place, "\(form) asks for a decision about '\(purpose)' twice") }
            found.append(FormPolicy.Consent.Decision(purpose: purpose, label: label, isRequired: map["required"]?.boolean("required") ?? false))
        }
        return FormPolicy.Consent(version: version, text: text, decisions: found)
    }
}
