import VaultAPI

extension ConsolePage {
    /// What the log can be searched by: lists that are closed.
    package struct LogNames: Sendable {
        package var actions: [String]
        package var purposes: [String]
        package var fields: [String]

        package init(actions: [String], purposes: [String], fields: [String]) { (self.actions, self.purposes, self.fields) = (actions, purposes, fields) }
    }

    /// - Parameters:
    ///   - asked: what the log is searched by: names of parameters and their texts.
    ///   - older: asks for the entries before these; nil: there are none.
    package func audit(_ entries: [LoggedEntry], asked: [String: String], names: LogNames, canVerify: Bool, older: String?) -> HTML {
        func closed(_ name: String, _ label: String, _ values: [String]) -> HTML {
            choice(name, label, [Option("", t.any)] + values.map { Option($0, isChosen: asked[name] == $0) })
        }
        func open(_ name: String, _ label: String) -> HTML { field(name, label, value: asked[name] ?? "", " autocomplete=\"off\"") }
        let outcomes = ["allowed", "denied", "failed"].map { Option($0, t.outcome($0), isChosen: asked["outcome"] == $0) }
        let more = ["purpose", "field", "subject", "target", "reason"]
        let table = counted(
            [
                .figures(t.entry), .text(t.time), .text(t.principal), .text(t.action), .text(t.outcome), .text(t.purpose), .text(t.target), .text(t.fields),
                .figures(t.rows), .text(t.reason),
            ], entries.folded.map(row), empty: t("没有符合条件的条目。", "No entry fits."))
        let ways: HTML = """
            \(older.map { "<a class=\"button plain\" rel=\"next\" href=\"\($0)\">\(t("更早的条目", "Older entries"))</a>" as HTML })
            \(when(!asked.isEmpty, "<a href=\"/console/audit\">\(t("最新的条目", "Newest entries"))</a>"))
            """
        return """
            <form method="get" class="grid" role="search">
            \(open("principal", t.principal))\(closed("action", t.action, names.actions))\(choice("outcome", t.outcome, [Option("", t.any)] + outcomes))\(period(asked))
            <details class="full"\(when(more.contains { asked[$0] != nil }, " open"))><summary>\(t("更多条件", "More"))</summary><div class="fields">
            \(closed("purpose", t.purpose, names.purposes))\(closed("field", t.field, names.fields))\(open("subject", t.subjectPseudonym))\(open("target", t.target))\(open("reason", t.reason))</div></details>
            <p class="full"><button>\(t.search)</button></p></form>
            \(when(canVerify, form("/console/audit/verify", "<p class=\"row\"><button class=\"plain\">\(t.verify)</button></p>")))
            \(table)<p class="row">\(ways)</p>
            """
    }

    /// The days from which and until which.
    func period(_ asked: [String: String]) -> HTML {
        field("since", t.since, value: asked["since"] ?? "", " type=\"date\"") + field("until", t.until, value: asked["until"] ?? "", " type=\"date\"")
    }

    private func row(_ line: FoldedEntry) -> [HTML] {
        switch line {
        case .entry(let entry): return row(entry)
        case .views(let views):
            let (newest, oldest) = (views[0], views[views.count - 1])
            let numbers: HTML = "\(entryLink(newest.seq)) … \(entryLink(oldest.seq))"
            let pages = Set(views.compactMap { $0.detail["view"] }).sorted().joined(separator: ", ")
            return [
                numbers, "\(time(newest.clock ?? newest.time))", "\(newest.principal) <span class=\"dim\">(\(newest.role))</span>",
                "<span class=\"dim\">\(t.pagesViewed(views.count))</span>", "\(t.outcome(newest.outcome.rawValue))", "", "", "<span class=\"dim\">\(pages)</span>", "", "",
            ]
        }
    }

    private func row(_ entry: LoggedEntry) -> [HTML] {
        let outcome = t.outcome(entry.outcome.rawValue)
        return [
            entryLink(entry.seq), "\(time(entry.clock ?? entry.time))", "\(entry.principal) <span class=\"dim\">(\(entry.role))</span>", "\(entry.action)",
            entry.outcome == .allowed ? "\(outcome)" : "<span class=\"bad\">\(outcome)</span>", "\(entry.purpose)", "<code>\(entry.target ?? "")</code>",
            "\(entry.fields.joined(separator: ", "))", "\(entry.rows)", "\(t.note(entry.reason ?? ""))",
        ]
    }

    func entryLink(_ number: Int64) -> HTML { "<a href=\"/console/audit/\(number)\">\(number)</a>" }

    /// - Parameter members: of the entry, names and values.
    package func entry(_ number: Int64, _ members: [(name: String, value: String)]) -> HTML {
        let table = Table([], rows: members.map { ["\($0.name)", "<code>\($0.value)</code>"] })
        return """
            \(table.scrolling(title))<p><a href="/console/audit/\(number)/proof">\(t.proof)</a> · <a href="/console/audit">\(t.back)</a></p>
            """
    }
}
