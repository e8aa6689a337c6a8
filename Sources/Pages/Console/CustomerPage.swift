import VaultAPI

extension ConsolePage {
    /// What a customer decided, and what others say of the customer.
    ///
    /// - Parameters:
    ///   - mentions: nil: nobody has looked.
    ///   - mayDecide: whether the visitor decides about mentions.
    package func customer(_ subject: String, consents: [SubjectConsent], mentions: [SubjectMention]?, mayDecide: Bool) -> HTML {
        let looking: HTML = """
            \(hidden("subject", subject))\(hidden("mentions", "true"))<p><button class="plain">\(t.lookThrough)</button> <span class="hint">\(t.mentionsHint)</span></p>
            """
        let search: HTML = when(mayDecide, "<h2>\(t.mentions)</h2>\(mentions.map { mentionTable($0, of: subject) })\(form("/console/subjects/show", looking))")
        return """
            <p>\(t.subjectPseudonym): <code>\(subject)</code> · <a href="/console/subjects">\(t.back)</a></p>
            <h2>\(t.consents)</h2>\(consentTable(consents))
            \(search)
            """
    }

    private func consentTable(_ consents: [SubjectConsent]) -> HTML {
        guard !consents.isEmpty else { return "<p>\(t.noConsents)</p>" }
        return counted(
            [.text(t.purpose), .text(t.linkDecision), .text(t.time), .text(t.version), .text(t.proofOfDecision), .text(t.recordedBy), .text(t.inForce)],
            consents.map { consent in
                [
                    "\(consent.about)", "\(t.decision(consent.decision))", "\(time(consent.at))", "\(consent.version ?? "")", "\(consent.proof ?? "")",
                    "\(consent.by)", "\(consent.counts ? t.yes : t.no)",
                ]
            })
    }

    private func mentionTable(_ mentions: [SubjectMention], of subject: String) -> HTML {
        counted(
            [.text(t.record), .text(t.channel), .text(t.time), .text(t.fields), .text(t.state), .text(t.linkDecision)],
            mentions.map { mention in
                [
                    "<code>\(mention.record)</code>", "\(mention.channel)", "\(time(mention.occurred))", "\(mention.fields.joined(separator: ", "))",
                    "\(t.decision(mention.decision))", deciding(mention.record, of: subject),
                ]
            })
    }

    private func deciding(_ record: String, of subject: String) -> HTML {
        let fields: HTML = """
            \(hidden("subject", subject))\(hidden("record", record))<input name="reason" aria-label="\(t.reason) \(record)" required maxlength="2000">\
            <button name="decision" value="theirs">\(t.theirs)</button><button name="decision" value="another" class="plain">\(t.another)</button>
            """
        return form("/console/subjects/mentions", fields)
    }

    /// Asks whether to go on although others have one of the customer's handles.
    ///
    /// - Parameter fields: of the form that was sent.
    package func sharing(of subject: String, name: String, fields: [(name: String, value: String)]) -> HTML {
        let question: HTML = """
            \(fields.html { hidden($0.name, $0.value) })\(hidden("others", "stay"))
            <p>\(t.subjectPseudonym): <code>\(subject)</code></p><p class="bad">\(t.othersShare)</p>
            <p><button>\(t.goOn)\(t.colon)\(name)</button> <a href="/console/subjects">\(t.back)</a></p>
            """
        return form("/console/subjects/act", style: "narrow", question)
    }
}
