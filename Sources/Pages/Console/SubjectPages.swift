extension ConsolePage {
    /// - Parameters:
    ///   - indexed: fields that a customer can be looked up by.
    ///   - acts: what may be done, with its name.
    ///   - purposes: what a customer may decide about.
    ///   - found: pseudonyms, where somebody was looked up.
    ///   - subject: the pseudonym that the form begins with.
    package func subjects(indexed: [String], acts: [(id: String, name: String)], purposes: [String], found: [String]?, subject: String) -> HTML {
        let search: HTML = """
            \(choice("field", t.field, indexed.map { Option($0) }))\(field("value", t.value, " autocomplete=\"off\" required"))<p><button>\(t.search)</button></p>
            """
        let act: HTML = """
            \(field("subject", t.subjectPseudonym, value: subject, " autocomplete=\"off\" required"))\(choice("act", t.action, acts.map { Option($0.id, $0.name) }))\
            \(field("reason", t.reason, " required maxlength=\"2000\"", isFull: true))\
            \(choice("about", t.aboutPurpose, purposes.map { Option($0) }))\(field("proof", t.decisionProof, " maxlength=\"500\" autocomplete=\"off\""))\
            \(field("hold", t.holdNumber, " inputmode=\"numeric\" pattern=\"[0-9]*\" autocomplete=\"off\""))\
            <p><button class="danger">\(t.do)</button> <span class="hint">\(t.danger)</span></p>
            """
        let show: HTML = """
            <p><label for="shown">\(t.subjectPseudonym)</label><input id="shown" name="subject" value="\(subject)" autocomplete="off" required></p>\
            <p><button class="plain">\(t.show)</button></p>
            """
        return """
            <h2>\(t.find)</h2>\(form("/console/subjects/find", style: "grid", search))\(found.map(answer))
            <h2>\(t.customerPage)</h2>\(form("/console/subjects/show", style: "grid", show))
            <h2>\(t.rights)</h2>\(form("/console/subjects/act", style: "grid", act))
            """
    }

    private func answer(_ found: [String]) -> HTML {
        let subjects: HTML = found.isEmpty ? "\(t.notFound)" : found.html { "\(t.found): <code>\($0)</code> " }
        return "<p role=\"status\">\(subjects)</p>"
    }

    /// - Parameters:
    ///   - records: how many go; their number is to be typed.
    ///   - customers: of how many customers, who are one person.
    ///   - sharers: how many others have one of the handles and stay.
    ///   - mentions: records of others that mention the customer, or may.
    package func erasure(of subject: String, reason: String, records: Int, customers: Int = 1, sharers: Int = 0, mentions: (removed: Int, held: Int, undecided: Int) = (0, 0, 0))
        -> HTML
    {
        let people: HTML = customers > 1 ? "<p>\(t.customersOfPerson): <b>\(customers)</b></p>" : ""
        let others: HTML = sharers > 0 ? "<p class=\"bad\">\(t.sharersStay): <b>\(sharers)</b></p>" : ""
        let said: HTML = [(t.mentionsToErase, mentions.removed), (t.mentionsHeld, mentions.held), (t.mentionsUndecided, mentions.undecided)].filter { $0.1 > 0 }
            .html { "<p>\($0.0): <b>\($0.1)</b></p>" }
        let question: HTML = """
            \(hidden("act", "erase"))\(hidden("subject", subject))\(hidden("reason", reason))
            <p>\(t.subjectPseudonym): <code>\(subject)</code></p><p>\(t.goForGood): <b>\(records)</b></p>\(people)\(others)\(said)
            \(field("confirm", t.typeNumber, " inputmode=\"numeric\" autocomplete=\"off\" required autofocus"))\
            <p><button class="danger">\(t.erase)</button> <a href="/console/subjects">\(t.back)</a></p>
            """
        return form("/console/subjects/act", style: "narrow", question)
    }
}
