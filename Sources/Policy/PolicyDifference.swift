/// What changes from one policy to another, in words: for whom, and what.
public struct PolicyDifference {
    private let old: PolicySet
    private let new: PolicySet

    public init(from old: PolicySet, to new: PolicySet) { (self.old, self.new) = (old, new) }

    /// One line for each change; empty if nothing changes for anybody.
    public var lines: [String] {
        let roles = Set(old.roles.keys).union(new.roles.keys).sorted().flatMap(role)
        return roles + schema + purposes + retention + alerts + feedback + outbox + modules + forms + hooks + sources + settings
    }

    // MARK: Roles

    private func role(_ name: String) -> [String] {
        guard let after = new.roles[name] else { return ["role \(name) is gone: nobody can sign in with its tokens"] }
        guard let before = old.roles[name] else {
            let actions = new.capabilities(of: name).actions.map(\.rawValue).sorted().joined(separator: ", ")
            return ["role \(name) is new: it may \(actions.isEmpty ? "do nothing" : actions)"]
        }
        var lines: [String] = []
        for action in Action.allCases {
            let (former, present) = (purposes(of: before, action), purposes(of: after, action))
            for purpose in former.union(present).sorted() {
                let what = "\(action.rawValue) for \(purpose)"
                if !former.contains(purpose) {
                    let shown = treatments(after, action, purpose).map { "\($0.key) as \($0.value.rawValue)" }.sorted().joined(separator: ", ")
                    lines.append("\(name) may now \(what)\(shown.isEmpty ? "" : ", with \(shown)")")
                } else if !present.contains(purpose) {
                    lines.append("\(name) may no longer \(what)")
                } else {
                    lines += fields(name, before, after, action, purpose) + limits(name, before, after, action, purpose)
                }
            }
        }
        return lines
    }

    private func purposes(of role: Role, _ action: Action) -> Set<String> { Set(grants(role, action, nil).flatMap(\.purposes)) }

    private func grants(_ role: Role, _ action: Action, _ purpose: String?) -> [Grant] {
        role.grants.filter { $0.actions.contains(action) && purpose.map($0.purposes.contains) ?? true }
    }

    /// How each field that can be requested is treated: by the first grant that does not deny it.
    private func treatments(_ role: Role, _ action: Action, _ purpose: String) -> [String: Treatment] {
        guard action.showsFields else { return [:] }
        return grants(role, action, purpose).reduce(into: [:]) { found, grant in
            found.merge(grant.fields.filter { $0.value != .deny && (action != .reveal || $0.value.isRevealed($0.key)) }) { first, _ in first }
        }
    }

    private func fields(_ name: String, _ before: Role, _ after: Role, _ action: Action, _ purpose: String) -> [String] {
        let (former, present) = (treatments(before, action, purpose), treatments(after, action, purpose))
        var changed: [String: [String]] = [:]
        for field in Set(former.keys).union(present.keys).sorted() where former[field] != present[field] {
            func word(_ treatment: Treatment?) -> String { treatment?.rawValue ?? "denied" }
            changed["\(word(present[field])) (before: \(word(former[field])))", default: []].append(field)
        }
        return changed.sorted { $0.value[0] < $1.value[0] }.map {
            "\(name), \(action.rawValue) for \(purpose): \($1.joined(separator: ", ")) \($1.count == 1 ? "is" : "are") now \($0)"
        }
    }

    /// Limits of the grant that is tried first.
    private func limits(_ name: String, _ before: Role, _ after: Role, _ action: Action, _ purpose: String) -> [String] {
        guard let former = grants(before, action, purpose).first, let present = grants(after, action, purpose).first else { return [] }
        return zip(described(former, action), described(present, action)).compactMap { was, now in
            was.value == now.value ? nil : "\(name), \(action.rawValue) for \(purpose): \(was.what) \(now.value) (before: \(was.value))"
        }
    }

    private func described(_ grant: Grant, _ action: Action) -> [(what: String, value: String)] {
        var limits = [("records that meet", grant.rows?.expression ?? "any condition"), ("at hours", grant.hours?.text ?? "of all days")]
        let quotas = [Action.query: "rows", .reveal: "reveal", .lookup: "lookup", .subjectExport: "export"]
        let counted = grant.quotas.filter { $0.key == quotas[action] || (action == .reveal && $0.key.hasPrefix("reveal.")) }
        if quotas[action] != nil { limits.append(("a day's quota of", counted.isEmpty ? "none" : counted.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", "))) }
        guard action == .query else { return limits }
        let disclosure = grant.disclosure
        limits.append(("rows of a page", String(grant.pageLimit)))
        limits.append(("times of rows shown as", grant.times.rawValue))
        limits.append(("smallest group shown", String(disclosure.minimumGroup)))
        limits.append(("smallest group behind a search", String(disclosure.minimumSearch)))
        limits.append(
            (
                "noise",
                disclosure.isBudgeted
                    ? "\(disclosure.noise.rawValue), epsilon \(Double(disclosure.epsilon) / 1000) of \(Double(disclosure.budget) / 1000) in \(disclosure.period) days"
                    : disclosure.noise.rawValue
            ))
        limits.append(("records of a customer that count", disclosure.contribution.map(String.init) ?? "all"))
        limits.append(("smallest and largest values", disclosure.showsExtremes ? "shown" : "not shown"))
        return limits
    }

    // MARK: The other files

    private var schema: [String] {
        changes("field", old.fields, new.fields, name: \.name) { field in
            [
                ("class", field.fieldClass.rawValue), ("path", field.path), ("type", field.kind.rawValue), ("normalize", field.normalizer.rawValue),
                ("index", field.indexed ? "there" : "none"), ("place in the order of 'resolve'", field.resolveOrder.map(String.init) ?? "none"),
                ("link of customers who share it", field.link?.rawValue ?? "none"), ("telling customers apart", field.distinguishes ? "yes" : "no"),
                ("generalized form", field.generalization.map { "\($0)" } ?? "none"), ("mask", field.mask.map { "first \($0.keepFirst), last \($0.keepLast)" } ?? "none"),
                ("bounds", field.bounds.map { "\($0)" } ?? "none"), ("people who must agree to a reveal", String(field.approval)),
            ]
        }
    }

    private var purposes: [String] {
        changes("purpose", old.purposes.values.sorted { $0.name < $1.name }, new.purposes.values.sorted { $0.name < $1.name }, name: \.name) { [("basis", $0.citation)] }
    }

    private var retention: [String] {
        changes("retention rule", old.retention, new.retention, name: \.name) { rule in
            [
                ("age in days", String(rule.afterDays)), ("removes", rule.removal.name),
                ("channels", rule.channels.isEmpty ? "all others" : rule.channels.sorted().joined(separator: ", ")), ("counts from", rule.start.name),
                ("only where", rule.filter?.expression ?? "anything"),
            ]
        }
    }

    private var alerts: [String] {
        changes("alert", old.alerts.rules, new.alerts.rules, name: \.name) { rule in
            [
                ("condition", "\(rule.condition)"), ("actions", rule.actions.isEmpty ? "all" : rule.actions.sorted().joined(separator: ", ")),
                ("outcome", rule.outcome?.rawValue ?? "any"), ("roles left out", rule.exceptRoles.isEmpty ? "none" : rule.exceptRoles.sorted().joined(separator: ", ")),
            ]
        }
    }

    private var feedback: [String] {
        changes("alert on feedback", old.alerts.feedback, new.alerts.feedback, name: \.name) { rule in
            [
                ("condition", "\(rule.change.rawValue) of \(rule.field)"), ("values", rule.values.isEmpty ? "all" : rule.values.joined(separator: ", ")),
                ("by", rule.by.isEmpty ? "nothing" : rule.by.joined(separator: ", ")), ("unit", rule.unit.rawValue), ("compared with", "\(rule.before) before"),
                ("share of findings that may be false", String(Double(rule.falseShare) / 1000)),
            ]
        }
    }

    private var outbox: [String] {
        changes("endpoint", old.outbox, new.outbox, name: \.name) { endpoint in
            [
                ("url", endpoint.url), ("events", endpoint.events.isEmpty ? "none" : endpoint.events.map(\.rawValue).sorted().joined(separator: ", ")),
                ("purpose of pseudonyms", endpoint.purpose ?? "none"), ("secret", endpoint.secret),
            ]
        }
    }

    private var forms: [String] {
        changes("form", old.forms, new.forms, name: \.name) { form in
            [
                ("source", form.source), ("channel", form.channel), ("fields", form.fields.map(\.name).joined(separator: ", ")),
                ("version of the consent text", form.consent?.version ?? "none"),
                ("decisions asked for", form.consent?.decisions.map(\.purpose).joined(separator: ", ") ?? "none"),
                ("origins that may embed it", form.origins.isEmpty ? "none" : form.origins.joined(separator: ", ")), ("most in a day", String(form.perDay)),
            ]
        }
    }

    private var hooks: [String] {
        changes("webhook", old.hooks, new.hooks, name: \.source) { hook in
            [("tool", hook.tool.rawValue), ("secret", hook.secret), ("purpose", hook.purpose), ("most in a day", String(hook.perDay))]
        }
    }

    private var modules: [String] {
        changes("module", old.modules, new.modules, name: \.name) { module in
            let labels = if case .listed(let labels) = module.vocabulary { labels.joined(separator: ", ") } else { "any" }
            return [("labels", labels), ("labels of a record", module.isMultiple ? "several" : "one")]
        }
    }

    private var sources: [String] {
        func lines(_ kind: String, _ old: [String: SourceRule], _ new: [String: SourceRule]) -> [String] {
            Set(old.keys).union(new.keys).sorted().compactMap { name in
                switch (old[name], new[name]) {
                case (nil, _): "\(kind) \(name) is new"
                case (_, nil): "\(kind) \(name) is gone"
                case (let former, let present): former == present ? nil : "files of \(kind) \(name) are read otherwise"
                }
            }
        }
        func named(_ policy: PolicySet) -> [String: SourceRule] { Dictionary(policy.presets.map { ($0.preset, $0) }) { first, _ in first } }
        return lines("preset", named(old), named(new)) + lines("source", old.sources, new.sources)
    }

    private var settings: [String] {
        func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: " ") }
        func values(_ policy: PolicySet) -> [(what: String, value: String)] {
            [
                ("time zone", policy.timeZone), ("country of telephone numbers", policy.country), ("days after which handles do not link", String(policy.linkGapDays)),
                ("a case's deadline", "\(policy.caseDeadline.days) \(policy.caseDeadline.workingDays ? "working days" : "days")"),
                ("never redacted", list(policy.neverRedact)), ("always redacted", list(policy.alwaysRedact)),
                ("redaction by type", list(policy.redaction.map { "\($0.type) \($0.threshold ?? 0.5) \($0.replacement)" }.sorted())),
                ("names of things", list(policy.things.sorted())),
                ("languages that are read beside Chinese and English", list(policy.languages.map(\.name).sorted())),
                ("recognizers", list(policy.recognizers.map(\.summary).sorted())),
                ("CSV columns", list(policy.csvColumns.map { "\($0)=\($1)" }.sorted())), ("channels", list(policy.channels.sorted())),
                ("records occur from", "\(policy.occurrence.earliest) to \(policy.occurrence.latestAhead / 3_600_000) hours ahead"),
                ("the clock is doubted after", "\(policy.clock.jump / 60_000) minutes, idle \(policy.clock.idle / 60_000), source \(list(policy.clock.source))"),
                ("a retention run asks beyond", "\(policy.ceiling.records) records, \(policy.ceiling.percent) %, \(policy.ceiling.smallest)"),
                ("tombstones are kept", "\(policy.tombstones.days) days, by \(list(policy.tombstones.identifiers)), for \(policy.tombstones.basis)"),
                ("questions in the log are kept", "\(policy.questionDays) days after their month"),
                ("the content of the log is kept", policy.logDays.map { "\($0) days" } ?? "for ever"),
                ("what is not a record is kept", list(policy.keptDays.map { "\($0.key.rawValue) \($0.value) days" }.sorted())),
                ("doctor warns of a verification", "after \(policy.alerts.verification.fullDays) days, of one of all records after \(policy.alerts.verification.deepDays)"),
                ("office hours", policy.alerts.officeHours.text), ("command of alerts", list(policy.alerts.command)),
                ("command of alerts on feedback", policy.alerts.feedbackCommand.map(list) ?? "that of alerts"),
                (
                    "figures without rows",
                    "noise of \(policy.figures.deviation) on a count, \(policy.figures.budget) about a day, a customer on \(policy.figures.days) days of 31 and in \(policy.figures.labels) groups a record, "
                        + "days closed after \(policy.figures.closed), revision \(policy.figures.revision)"
                ),
                (
                    "tokens",
                    "\(policy.tokens.secondPerson ? "a second person agrees" : "nobody has to agree"), \(policy.tokens.oneRole ? "one role" : "several roles"), "
                        + "\(policy.tokens.days.map { "\($0) days" } ?? "any lifetime"), identity tokens \(policy.tokens.identityHours.map { "\($0) hours" } ?? "any lifetime")"
                ),
                (
                    "issuers",
                    list(
                        policy.issuers.map { issuer in
                            "\(issuer.issuer) (\(issuer.name)) for \(issuer.audience), keys \(issuer.keys), principal \(issuer.principalClaim), \(issuer.roles.map { "\($0.claim)=\($0.value):\($0.role)" })"
                        })
                ),
            ]
        }
        return zip(values(old), values(new)).compactMap { was, now in was.value == now.value ? nil : "\(was.what): \(now.value) (before: \(was.value))" }
    }

    /// What was added, removed and changed in a list of named things.
    private func changes<T>(_ what: String, _ old: [T], _ new: [T], name: (T) -> String, _ described: (T) -> [(what: String, value: String)]) -> [String] {
        var lines = old.filter { item in !new.contains { name($0) == name(item) } }.map { "\(what) \(name($0)) is gone" }
        for item in new {
            guard let former = old.first(where: { name($0) == name(item) }) else {
                lines.append("\(what) \(name(item)) is new: \(described(item).map { "\($0.what) \($0.value)" }.joined(separator: ", "))")
                continue
            }
            for (was, now) in zip(described(former), described(item)) where was.value != now.value {
                lines.append("\(what) \(name(item)): \(was.what) \(now.value) (before: \(was.value))")
            }
        }
        return lines
    }
}

extension Hours {
    fileprivate var text: String {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        func time(_ minute: Int) -> String { "\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)" }
        return "\(weekdays.sorted().map { names[$0 - 1] }.joined(separator: ", ")) \(time(from)) to \(time(to))"
    }
}

extension PolicyDifference {
    /// How both policies decide a request that was made once.
    ///
    /// - Returns: nil when they agree.
    public func decision(about request: AccessRequest) -> String? {
        func answer(_ policy: PolicySet) -> String {
            let decision = policy.decide(request)
            guard decision.isAllowed else { return "denied" }
            let treatments = decision.treatments.filter { $0.value != .reveal }.map { "\($0.key) as \($0.value.rawValue)" }.sorted().joined(separator: ", ")
            return treatments.isEmpty ? "allowed" : "allowed, \(treatments)"
        }
        let (was, now) = (answer(old), answer(new))
        guard was != now else { return nil }
        let fields = request.fields.isEmpty ? "" : " of \(request.fields.sorted().joined(separator: ", "))"
        return "\(request.role), \(request.action.rawValue)\(fields) for \(request.purpose): \(now) (before: \(was))"
    }
}
