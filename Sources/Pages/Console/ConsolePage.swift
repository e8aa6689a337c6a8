/// A page of the console, without its content: what stands around it, and what its content needs to be made.
package struct ConsolePage: Sendable {
    /// Who is signed in.
    package struct Visitor: Sendable {
        package var principal: String
        package var role: String
        /// Goes with every form that changes something.
        package var formToken: String
        package var navigation: [Link]

        package init(principal: String, role: String, formToken: String, navigation: [Link]) {
            (self.principal, self.role, self.formToken, self.navigation) = (principal, role, formToken, navigation)
        }
    }

    package struct Link: Sendable {
        package var path: String
        package var name: String
        package var isCurrent: Bool

        package init(path: String, name: String, isCurrent: Bool) { (self.path, self.name, self.isCurrent) = (path, name, isCurrent) }
    }

    /// What became of what was asked for.
    package struct Message: Sendable {
        package var text: String
        /// More about it, in English whatever the page's language.
        package var detail: String?
        package var isBad: Bool

        package init(_ text: String, detail: String? = nil, isBad: Bool = false) { (self.text, self.detail, self.isBad) = (text, detail, isBad) }
    }

    package let title: String
    let visitor: Visitor?
    let message: Message?
    package let words: Words
    var t: Words { words }

    package init(_ title: String, visitor: Visitor?, message: Message? = nil, words: Words) {
        (self.title, self.visitor, self.message, self.words) = (title, visitor, message, words)
    }

    /// Where ``stylesheet`` is.
    package static let stylesheetPath = "/console/style.css"
    package static var stylesheet: String { Style.console.text }

    /// The whole page.
    package func html(_ content: HTML) -> String {
        HTML.page(
            "\(title) · VoC Vault", language: t.language, head: "<link rel=\"stylesheet\" href=\"\(Self.stylesheetPath)\">",
            """
            <a class="skip" href="#main">\(t.skip)</a>
            <header><strong>VoC Vault</strong>\(visitor.map(navigation))
            <div class="who">\(visitor.map(signedIn))
            \(otherLanguage)\(visitor.map { _ in signOut })</div>
            </header><main id="main"><h1>\(title)</h1>
            \(message.map(note))
            \(content)
            </main>
            """
        ).text
    }

    private func navigation(_ visitor: Visitor) -> HTML {
        let links = visitor.navigation.html { "<li><a href=\"\($0.path)\"\(when($0.isCurrent, " aria-current=\"page\""))>\($0.name)</a></li>" }
        return "<nav aria-label=\"\(t.console)\"><ul>\(links)</ul></nav>"
    }

    private func signedIn(_ visitor: Visitor) -> HTML { "\(t.signedInAs) <b>\(visitor.principal)</b> (\(visitor.role))" }

    private var otherLanguage: HTML {
        let other = t.language.other.rawValue
        return "<a href=\"?lang=\(other)\" lang=\"\(other)\" hreflang=\"\(other)\">\(t.otherLanguage)</a>\n"
    }

    private var signOut: HTML { form("/console/sign-out", "<button class=\"plain\">\(t.signOut)</button>") }

    private func note(_ message: Message) -> HTML {
        let detail = message.detail.map { "<br><small lang=\"en\">\($0)</small>" as HTML }
        return "<p class=\"note\(when(message.isBad, " bad"))\" role=\"status\">\(message.text)\(detail)</p>"
    }
}

// MARK: Parts of contents

extension ConsolePage {
    /// A form that changes something, or whose fields are to stand in no address.
    func form(_ action: String, style: String = "", _ fields: HTML) -> HTML {
        """
        <form method="post" action="\(action)"\(when(!style.isEmpty, " class=\"\(style)\""))>\(hidden("csrf", visitor?.formToken ?? ""))
        \(fields)</form>
        """
    }

    func hidden(_ name: String, _ value: String) -> HTML { "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">" }

    /// A field with its label.
    ///
    /// - Parameters:
    ///   - attributes: such as `required`.
    ///   - hint: explains it.
    func field(_ name: String, _ label: String, value: String = "", _ attributes: HTML = .empty, hint: String? = nil, isFull: Bool = false) -> HTML {
        let described: HTML = when(hint != nil, " aria-describedby=\"\(name)-hint\"")
        let hint = hint.map { "<span class=\"hint\" id=\"\(name)-hint\">\($0)</span>" as HTML }
        return """
            <p\(when(isFull, " class=\"full\""))><label for="\(name)">\(label)</label>\
            <input id="\(name)" name="\(name)"\(when(!value.isEmpty, " value=\"\(value)\""))\(attributes)\(described)>\(hint)</p>

            """
    }

    /// A choice with its label.
    func choice(_ name: String, _ label: String, _ options: [Option]) -> HTML {
        "<p><label for=\"\(name)\">\(label)</label><select id=\"\(name)\" name=\"\(name)\">\(options.html(\.html))</select></p>\n"
    }

    struct Option {
        var value: String
        var name: String
        var isChosen: Bool

        init(_ value: String, _ name: String? = nil, isChosen: Bool = false) { (self.value, self.name, self.isChosen) = (value, name ?? value, isChosen) }

        var html: HTML { "<option value=\"\(value)\"\(when(isChosen, " selected"))>\(name)</option>" }
    }

    /// A table that says how many rows it has.
    func counted(_ columns: [Table.Column], _ rows: [[HTML]], hasHeads: Bool = false) -> HTML {
        Table(columns, rows: rows, caption: "\(rows.count) \(t.rows)", hasHeads: hasHeads).scrolling(title)
    }

    /// A time to the minute.
    package static func short(_ time: String) -> String { String(time.prefix(16)).replacing("T", with: " ") }
}
