import VaultAPI

extension ConsolePage {
    /// What the log is searched by, as it was asked for: names of parameters and their texts.
    package func audit(_ entries: [LoggedEntry], asked: [String: String], canVerify: Bool) -> HTML {
        let inputs = [
            ("principal", t.principal), ("action", t.action), ("purpose", t.purpose), ("subject", t.subjectPseudonym), ("target", t.target),
            ("field", t.field), ("reason", t.reason),
        ]
        let outcomes = ["allowed", "denied", "failed"].map { Option($0, t.outcome($0), isChosen: asked["outcome"] == $0) }
        let table = counted(
            [
                .figures(t.entry), .text(t.time), .text(t.principal), .text(t.action), .text(t.outcome), .text(t.purpose), .text(t.target), .text(t.fields),
                .figures(t.rows), .text(t.reason),
            ], entries.folded.map(row))
        return """
            <form method="get" class="grid" role="search">
            \(inputs.html { field($0.0, $0.1, value: asked[$0.0] ?? "") })\(period(asked))\(choice("outcome", t.outcome, [Option("", t.any)] + outcomes))
            <p><button>\(t.search)</button></p></form>
            \(when(canVerify, form("/console/audit/verify", "<p><button class=\"plain\">\(t.verify)</button></p>")))
            \(table)
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
                numbers, "\(Self.short(newest.clock ?? newest.time))", "\(newest.principal) <span class=\"dim\">(\(newest.role))</span>",
                "<span class=\"dim\">\(t.pagesViewed(views.count))</span>", "\(t.outcome(newest.outcome.rawValue))", "", "", "<span class=\"dim\">\(pages)</span>", "", "",
            ]
        }
    }

    private func row(_ entry: LoggedEntry) -> [HTML] {
        let outcome = t.outcome(entry.outcome.rawValue)
        return [
            entryLink(entry.seq), "\(Self.short(entry.clock ?? entry.time))", "\(entry.principal) <span class=\"dim\">(\(entry.role))</span>", "\(entry.action)",
            entry.outcome == .allowed ? "\(outcome)" : "<span class=\"bad\">\(outcome)</span>", "\(entry.purpose)", "<code>\(entry.target ?? "")</code>",
            "\(entry.fields.joined(separator: ", "))", "\(entry.rows)", "\(t.note(entry.reason ?? ""))",
        ]
    }

    func entryLink(_ number: Int64) -> HTML { "<a href=\"/console/audit/\(number)\">\(number)</a>" }

    /// - Parameter members: of the entry, names and values.
    package func entry(_ number: Int64, _ members: [(name: String, value: String)]) -> HTML {
        let table = Table([], rows: members.map { ["\($0.name)", "<code>\($0.value)</code>"] }, caption: "\(t.entry) \(number)")
        return """
            \(table.scrolling(title))<p><a href="/console/audit/\(number)/proof">\(t.proof)</a> · <a href="/console/audit">\(t.back)</a></p>
            """
    }
}
