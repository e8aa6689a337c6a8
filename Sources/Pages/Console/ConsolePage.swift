import Foundation
import RedactedAPI

/// A page of the console, without its content: what stands around it, and what its content needs to be made.
package struct ConsolePage: Sendable {
    /// Who is signed in.
    package struct Visitor: Sendable {
        package var principal: String
        package var role: String
        /// Goes with every form that changes something.
        package var formToken: String
        package var navigation: [Link]
        /// Where the page, or one like it, can be asked for again: path and query without a language.
        package var address: String
        package var zone: TimeZone

        package init(principal: String, role: String, formToken: String, navigation: [Link], address: String = "/console", zone: TimeZone = .gmt) {
            (self.principal, self.role, self.formToken, self.navigation) = (principal, role, formToken, navigation)
            (self.address, self.zone) = (address, zone)
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

    /// Where ``stylesheet`` and ``icon`` are.
    package static let stylesheetPath = "/console/style.css"
    package static let iconPath = "/console/icon.svg"
    package static var stylesheet: String { Style.console.text }
    package static var icon: String { SVG.icon.text }

    /// The whole page.
    package func html(_ content: HTML) -> String {
        HTML.page(
            "\(title) · VoC Vault", language: t.language,
            head: "<link rel=\"icon\" href=\"\(Self.iconPath)\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"\(Self.stylesheetPath)\">",
            """
            <a class="skip" href="#main">\(t.skip)</a>
            <header><a class="brand" href="/console">VoC Vault</a>\(visitor.map(navigation))
            <div class="who">\(visitor.map(signedIn))\(otherLanguage)\(visitor.map { _ in signOut })</div>
            </header><main id="main"><h1>\(title)</h1>
            \(message.map(note))
            \(content)
            </main>\(visitor.map(foot))
            """
        ).text
    }

    private func navigation(_ visitor: Visitor) -> HTML {
        let links = visitor.navigation.html { "<li><a href=\"\($0.path)\"\(when($0.isCurrent, " aria-current=\"page\""))>\($0.name)</a></li>" }
        return "<nav aria-label=\"\(t.console)\"><ul>\(links)</ul></nav>"
    }

    private func signedIn(_ visitor: Visitor) -> HTML {
        "<a class=\"me\" href=\"/console/account\" title=\"\(t("我的账号", "Your account"))\"><b>\(visitor.principal)</b> <span class=\"dim\">\(visitor.role)</span></a>\n"
    }

    private var otherLanguage: HTML {
        let other = t.language.other.rawValue
        let here = visitor?.address ?? "/console/sign-in"
        return "<a href=\"\(here)\(here.contains("?") ? "&" : "?")lang=\(other)\" lang=\"\(other)\" hreflang=\"\(other)\">\(t.otherLanguage)</a>\n"
    }

    private var signOut: HTML { form("/console/sign-out", "<button class=\"plain\">\(t.signOut)</button>") }

    private func foot(_ visitor: Visitor) -> HTML { "<footer>\(t("时间按", "Times are those of")) \(visitor.zone.identifier)\(t(" 时区显示。", "."))</footer>" }

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

    /// A table that says how many rows it has, or what there would be and what to do.
    ///
    /// - Parameter empty: what stands in place of a table without rows.
    func counted(_ columns: [Table.Column], _ rows: [[HTML]], hasHeads: Bool = false, empty: String? = nil) -> HTML {
        guard !rows.isEmpty else { return self.empty(empty ?? t.none) }
        return Table(columns, rows: rows, caption: "\(t.rowCount(rows.count))", hasHeads: hasHeads).scrolling(title)
    }

    /// Says that there is nothing, and what to do about it.
    func empty(_ text: String, _ way: HTML = .empty) -> HTML { "<p class=\"empty\">\(text)\(when(!way.isEmpty, "<br>\(way)"))</p>\n" }

    /// A time of the vault's zone, to the minute.
    func time(_ time: Timestamp) -> HTML { "<time datetime=\"\(time.description)\">\(text(of: time))</time>" }
    func time(_ time: String) -> HTML { Timestamp(time).map(self.time) ?? "\(time)" }
    func day(_ time: Timestamp) -> HTML { "<time datetime=\"\(time.description)\">\(String(text(of: time).prefix(10)))</time>" }

    /// The same as text.
    package func text(of time: Timestamp) -> String {
        let zone = visitor?.zone ?? .gmt
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
        return String(Timestamp(milliseconds: time.milliseconds + Int64(offset) * 1000).description.prefix(16)).replacing("T", with: " ")
    }
}
