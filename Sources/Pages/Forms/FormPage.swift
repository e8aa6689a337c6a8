import Policy

/// The pages of a form that the vault serves: it needs no script, and nothing from elsewhere.
package struct FormPage: Sendable {
    /// What is wrong with an answer.
    package enum Fault: Sendable, Equatable {
        case missing, unchosen, unagreed
        case tooLong(Int)
        case noEmail, noPhone, noDate
        case noNumber(ClosedRange<Int>?)
        case unreadable
        /// The field that people do not see.
        case filled
        case noReceipt, unknownReceipt
    }

    /// Why nothing was taken, though nothing is wrong with the answers.
    package enum Trouble: Sendable, Equatable {
        /// Minutes until it is worth trying again.
        case tooMany(Int)
        case notTaken, unavailable
    }

    /// A page without a form.
    package enum Notice: Sendable { case repeated, closed, unknown, tooLarge, foreign, unavailable }

    package static let stylesheetPath = "/feedback/style.css"
    package static var stylesheet: String { Style.form.text }
    /// Name of the field that people do not see: what fills it in is a program.
    package static let trap = "website"
    /// Names of fields: answers, agreements, a receipt's number.
    package static func field(_ name: String) -> String { "f." + name }
    package static func agreement(_ purpose: String) -> String { "agree." + purpose }
    package static let receiptField = "receipt"

    private let form: FormPolicy?
    private let language: Language
    private var t: FormWords { FormWords(language: language) }

    /// - Parameter form: nil where there is none.
    package init(_ form: FormPolicy?, language: Language) { (self.form, self.language) = (form, language) }

    private var path: String { form.map { "/feedback/\($0.name)" } ?? "" }

    // MARK: The form

    /// - Parameters:
    ///   - typed: what was typed before, by the names of fields.
    ///   - faults: likewise.
    package func ask(typed: [String: String] = [:], faults: [String: Fault] = [:], trouble: Trouble? = nil) -> String {
        guard let form else { return notice(.unknown) }
        let fields = form.fields.html { question($0, typed[Self.field($0.name)] ?? "", faults[Self.field($0.name)]) }
        let content: HTML = """
            \(form.introduction.map { "<p class=\"lead\">\($0[language.rawValue])</p>" as HTML })
            \(trouble.map { "<p class=\"alert\" role=\"alert\">\(t.text(of: $0))</p>" as HTML })\(summary(form, faults))
            <form method="post" action="\(path)?lang=\(language.rawValue)" novalidate>
            \(fields)\(form.consent.map { consent($0, typed, faults) })\(trap(typed[Self.trap] ?? "", faults[Self.trap]))
            <p><button>\(t.send)</button></p></form>
            <p class="foot"><a href="\(path)/receipt?lang=\(language.rawValue)">\(t.deleteLater)</a></p>
            """
        return page(form.title[language.rawValue], content, isWrong: !faults.isEmpty, here: path)
    }

    /// What is wrong, with links to where it is.
    private func summary(_ form: FormPolicy, _ faults: [String: Fault]) -> HTML {
        guard !faults.isEmpty else { return .empty }
        var places = form.fields.map { (Self.field($0.name), $0.label[language.rawValue]) }
        places += (form.consent?.decisions ?? []).map { (Self.agreement($0.purpose), $0.label[language.rawValue]) } + [(Self.trap, t.leaveEmpty)]
        let list = places.html { place in faults[place.0].map { "<li><a href=\"#\(place.0)\">\(place.1)</a>: \(t.text(of: $0))</li>" as HTML } ?? .empty }
        return "<div class=\"alert\" role=\"alert\"><p>\(t.notSent)</p><ul>\(list)</ul></div>"
    }

    private func question(_ field: FormPolicy.Field, _ value: String, _ fault: Fault?) -> HTML {
        let name = Self.field(field.name)
        let label: HTML = "\(field.label[language.rawValue])\(when(!field.isRequired, "<span class=\"dim\">\(t.optional)</span>"))"
        let hint = field.hint.map { "<span class=\"hint\" id=\"\(name)-hint\">\($0[language.rawValue])</span>" as HTML }
        let said = note(name, fault)
        let described = described(name, hasHint: hint != nil, hasFault: fault != nil)
        let required: HTML = when(field.isRequired, " required")
        switch field.kind {
        case .choice: return choice(field, name, label, hint, value, fault)
        case .long:
            // A line break that comes first belongs to the markup (HTML, 13.1.2.5).
            return """
                <div class="field"><label for="\(name)">\(label)</label>\(hint)\(said)
                <textarea id="\(name)" name="\(name)" rows="6" maxlength="\(field.longest)"\(required)\(described)>
                \(value)</textarea></div>

                """
        case .line, .phone, .email, .number, .date:
            return """
                <div class="field"><label for="\(name)">\(label)</label>\(hint)\(said)
                <input id="\(name)" name="\(name)" maxlength="\(field.longest)" value="\(value)"\(attributes(of: field))\(required)\(described)></div>

                """
        }
    }

    /// What keyboards and password managers go by.
    private func attributes(of field: FormPolicy.Field) -> HTML {
        switch field.kind {
        case .phone: " type=\"tel\" autocomplete=\"tel\""
        case .email: " type=\"email\" autocomplete=\"email\" spellcheck=\"false\""
        case .number: " inputmode=\"decimal\" autocomplete=\"off\""
        case .date: " type=\"date\""
        case .line, .long, .choice: when(field.path == "customer.name", " autocomplete=\"name\"")
        }
    }

    private func choice(_ field: FormPolicy.Field, _ name: String, _ label: HTML, _ hint: HTML?, _ value: String, _ fault: Fault?) -> HTML {
        var options = field.options.map { ($0.value, $0.label[language.rawValue]) }
        if !field.isRequired { options.append(("", t.noAnswer)) }
        let list = options.enumerated().html { index, option in
            let id = index == 0 ? name : "\(name)-\(index)"
            return """
                <label class="option"><input type="radio" id="\(id)" name="\(name)" value="\(option.0)"\(when(option.0 == value, " checked"))\
                \(when(field.isRequired, " required"))> \(option.1)</label>

                """
        }
        return """
            <fieldset class="field"\(described(name, hasHint: hint != nil, hasFault: fault != nil, isGroup: true))><legend>\(label)</legend>\(hint)\(note(name, fault))
            <div class="options">\(list)</div></fieldset>

            """
    }

    private func consent(_ consent: FormPolicy.Consent, _ typed: [String: String], _ faults: [String: Fault]) -> HTML {
        let decisions = consent.decisions.html { decision in
            let name = Self.agreement(decision.purpose)
            return """
                \(note(name, faults[name]))<label class="option"><input type="checkbox" id="\(name)" name="\(name)" value="yes"\
                \(when(typed[name] != nil, " checked"))\(when(decision.isRequired, " required"))\(described(name, hasHint: false, hasFault: faults[name] != nil))> \
                <span>\(decision.label[language.rawValue])\(when(!decision.isRequired, "<span class=\"dim\">\(t.optional)</span>"))</span></label>

                """
        }
        return """
            <fieldset class="field consent"><legend>\(t.agreement)</legend><p>\(consent.text[language.rawValue])</p>
            \(decisions)<p class="hint">\(t.version(consent.version))</p></fieldset>

            """
    }

    /// Out of sight, and out of the way of keyboards and screen readers; if it is filled in, it shows.
    private func trap(_ value: String, _ fault: Fault?) -> HTML {
        """
        <div class="\(fault == nil ? "trap" : "field")"\(when(fault == nil, " aria-hidden=\"true\""))><label for="\(Self.trap)">\(t.leaveEmpty)</label>\(note(Self.trap, fault))
        <input id="\(Self.trap)" name="\(Self.trap)" value="\(value)" autocomplete="off"\(when(fault == nil, " tabindex=\"-1\""))></div>

        """
    }

    private func note(_ name: String, _ fault: Fault?) -> HTML {
        fault.map { "<span class=\"fault\" id=\"\(name)-fault\">\(t.text(of: $0))</span>" } ?? .empty
    }

    private func described(_ name: String, hasHint: Bool, hasFault: Bool, isGroup: Bool = false) -> HTML {
        let ids = [hasHint ? "\(name)-hint" : nil, hasFault ? "\(name)-fault" : nil].compactMap { $0 }
        return "\(when(!ids.isEmpty, " aria-describedby=\"\(ids.joined(separator: " "))\""))\(when(hasFault && !isGroup, " aria-invalid=\"true\""))"
    }

    // MARK: What became of it

    /// - Parameter receipt: as it is shown.
    package func done(receipt: String) -> String {
        let thanks = form?.thanks?[language.rawValue] ?? t.thanks
        return page(
            thanks,
            """
            <p>\(t.receipt)</p><p class="receipt"><code>\(receipt)</code></p><p>\(t.keepReceipt)</p>
            <p class="foot"><a href="\(path)/receipt?lang=\(language.rawValue)">\(t.deleteLater)</a></p>
            """)
    }

    /// Asks for a receipt's number.
    package func askReceipt(typed: String = "", fault: Fault? = nil, trouble: Trouble? = nil) -> String {
        let name = Self.receiptField
        return page(
            t.deleteLater,
            """
            <p class="lead">\(t.receiptLead)</p>\(trouble.map { "<p class=\"alert\" role=\"alert\">\(t.text(of: $0))</p>" as HTML })
            <form method="post" action="\(path)/receipt?lang=\(language.rawValue)" novalidate>
            <div class="field"><label for="\(name)">\(t.receipt)</label>\(note(name, fault))
            <input id="\(name)" name="\(name)" value="\(typed)" maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false" required\
            \(described(name, hasHint: false, hasFault: fault != nil))></div>
            <p><button>\(t.ask)</button></p></form><p class="foot"><a href="\(path)?lang=\(language.rawValue)">\(t.back)</a></p>
            """, isWrong: fault != nil, here: path + "/receipt")
    }

    /// - Parameter day: by when the request is dealt with.
    package func asked(day: String) -> String {
        page(t.asked, "<p>\(t.answered(by: day))</p><p class=\"foot\"><a href=\"\(path)?lang=\(language.rawValue)\">\(t.back)</a></p>")
    }

    package func notice(_ notice: Notice) -> String {
        let back: HTML = when(form != nil, "<p class=\"foot\"><a href=\"\(path)?lang=\(language.rawValue)\">\(t.back)</a></p>")
        return page(t.title(of: notice), "<p>\(t.text(of: notice))</p>\(back)")
    }

    /// - Parameter here: where the page is in the other language; nil: it cannot be asked for again.
    private func page(_ title: String, _ content: HTML, isWrong: Bool = false, here: String? = nil) -> String {
        let other = language.other
        let link: HTML? = here.flatMap { here in
            guard form?.languages.contains(other.rawValue) == true else { return nil }
            return "<p class=\"language\"><a href=\"\(here)?lang=\(other.rawValue)\" lang=\"\(other.tag)\" hreflang=\"\(other.tag)\">\(t.otherLanguage)</a></p>"
        }
        return HTML.page(
            isWrong ? "\(t.error): \(title)" : title, language: language,
            head: "<meta name=\"robots\" content=\"noindex\"><link rel=\"stylesheet\" href=\"\(Self.stylesheetPath)\">",
            "<main>\(link)<h1>\(title)</h1>\n\(content)</main>"
        ).text
    }
}
