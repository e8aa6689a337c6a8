import VaultAPI

extension ConsolePage {
    /// Who is one person: what waits for a decision, and forms to ask for a step.
    ///
    /// - Parameters:
    ///   - showsDecided: whether what was done or rejected is among the links.
    ///   - manyNamed: customers with many names; nil: nobody has looked.
    ///   - principal: who cannot accept what they asked for.
    package func links(_ links: [SubjectLink], showsDecided: Bool, manyNamed: [ManyNamed]?, for principal: String) -> HTML {
        let table = counted(
            [
                .figures("#"), .text(t.kind), .text(t.customers), .text(t.sharedHandle), .text(t.doubt), .text(t.askedBy), .text(t.asked), .text(t.state), .text(t.linkDecision),
            ], links.map { row($0, principal) })
        let asking: HTML = """
            \(choice("kind", t.kind, LinkKind.allCases.map { Option($0.rawValue, t.kind($0)) }))\(field("subject", t.subjectPseudonym, " required autocomplete=\"off\""))\
            \(field("other", t.otherPseudonym, " autocomplete=\"off\""))\(field("record", t.recordPseudonym, " autocomplete=\"off\""))\
            \(field("reason", t.reason, " required maxlength=\"2000\"", isFull: true))<p class="full"><button>\(t.ask)</button> <span class="hint">\(t.askHint)</span></p>
            """
        let looking: HTML = "<p><button class=\"plain\">\(t.lookThrough)</button> <span class=\"hint\">\(t.manyNamedHint)</span></p>"
        return """
            <h2>\(t.linksWaiting)</h2><p><a href="?decided=\(showsDecided ? "false" : "true")">\(t.showDecided)</a></p>
            \(table)<h2>\(t.ask)</h2>\(form("/console/links", style: "grid", asking))
            <h2>\(t.manyNamed)</h2>\(manyNamed.map(manyNamedTable))\(form("/console/links/many-named", looking))
            """
    }

    private func row(_ link: SubjectLink, _ principal: String) -> [HTML] {
        let record = link.record.map { "<br><code>\($0)</code>" as HTML }
        return [
            "\(link.number)", "\(t.kind(link.kind))", "<code>\(link.subject)</code><br><code>\(link.other)</code>\(record)", "\(link.field ?? "")",
            "\(link.doubt.map { t.doubt($0) } ?? "")", "\(link.askedBy)", "\(time(link.asked))",
            "\(t.linkState(link.state))\(link.decidedBy.map { " <span class=\"dim\">(\($0))</span>" as HTML })",
            when(link.state == "proposed", deciding(link.number, mayAccept: link.askedBy != principal)),
        ]
    }

    private func deciding(_ number: Int64, mayAccept: Bool) -> HTML {
        let accept: HTML = when(mayAccept, "<button name=\"decision\" value=\"accept\">\(t.accept)</button>")
        let fields: HTML = """
            <input name="reason" aria-label="\(t.reason) \(number)" required maxlength="2000">\(accept)\
            <button name="decision" value="reject" class="plain">\(t.reject)</button>
            """
        return form("/console/links/\(number)", fields)
    }

    private func manyNamedTable(_ customers: [ManyNamed]) -> HTML {
        counted(
            [.text(t.subjectPseudonym), .figures(t.customersOfPerson), .figures(t.names), .figures(t.records)],
            customers.map { ["<code>\($0.subject)</code>", "\($0.customers)", "\($0.names)", "\($0.records)"] })
    }
}
