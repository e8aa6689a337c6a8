import Foundation
import Pages
import RedactedAPI
import Reporting
import TestVaults
import Testing
import VaultAPI
import VoCVault

/// What people wrote stays text on every page: neither markup, nor anything that acts on the text around it.
@Suite("Escaping in pages")
struct EscapingTests {
    /// A text with each kind of what must not act, and how it is to stand there.
    private static let kinds: [(hostile: String, shown: String)] = [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"), ("\"><img src=x onerror='1'>", "&quot;&gt;&lt;img src=x onerror=&#39;1&#39;&gt;"),
        ("a & b", "a &amp; b"), ("in\u{202E}voice\u{202C}", "in&lt;U+202E&gt;voice&lt;U+202C&gt;"), ("\u{2067}rtl\u{2069}", "&lt;U+2067&gt;rtl&lt;U+2069&gt;"),
        ("x\u{200F}\u{200E}\u{61C}y", "x&lt;U+200F&gt;&lt;U+200E&gt;&lt;U+061C&gt;y"), ("bell\u{7}\u{1B}[1m", "bell&lt;U+0007&gt;&lt;U+001B&gt;[1m"),
        ("csi\u{9B}2J", "csi&lt;U+009B&gt;2J"), ("line\u{2028}end\u{2029}", "line&lt;U+2028&gt;end&lt;U+2029&gt;"),
    ]

    private func expectShown(_ page: String, _ kind: (hostile: String, shown: String), _ place: String) {
        #expect(page.contains(kind.shown), "\(place): \(kind.shown)")
        #expect(!page.contains(kind.hostile), "\(place): \(kind.shown)")
    }

    @Test("what was written about an erased customer reads as erased, in the reader's language", arguments: [(Language.english, "[erased]"), (.chinese, "[已删除]")])
    func erased(language: Language, word: String) {
        let visitor = ConsolePage.Visitor(principal: "p", role: "r", formToken: "t", navigation: [])
        let page = ConsolePage("t", visitor: visitor, words: Words(language))
        let time = Timestamp(milliseconds: 0)
        let row = SubjectCase(id: 1, kind: "access", subject: "s", status: "open", opened: time, due: time, closed: nil, isOverdue: false, note: NoteWord.erased)
        #expect(page.html(page.casePage(row, holds: nil, acts: [], purposes: [])).contains("<dd>\(word)</dd>"))
        #expect(Words(language).note(NoteWord.unreadable) != NoteWord.unreadable || language == .english)
        #expect(Words(language).note("erased") == "erased")
    }

    @Test("in a page of the console: cells, attributes, messages and charts", arguments: kinds)
    func console(kind: (hostile: String, shown: String)) {
        let visitor = ConsolePage.Visitor(principal: kind.hostile, role: kind.hostile, formToken: "t", navigation: [])
        let page = ConsolePage(kind.hostile, visitor: visitor, message: .init(kind.hostile), words: Words(.english))
        let question = ConsolePage.Question(purposes: [], fields: [], groups: [], chosen: [], asked: ["where": kind.hostile])
        let rows = ConsolePage.Answer(columns: [kind.hostile], rows: [[.text(kind.hostile)]], entry: 1)
        let figures = ConsolePage.Answer(columns: ["product", "count"], rows: [[.text(kind.hostile), .integer(7)]], entry: 1, isFigures: true)
        for answer in [rows, figures] {
            let html = page.html(page.query(question, answer))
            expectShown(html, kind, "console")
            #expect(html.contains("value=\"\(kind.shown)\""), "an attribute holds the text")
        }
        #expect(page.html(page.query(question, figures)).contains("text-anchor=\"end\">\(kind.shown)</text>"), "a chart names it")
    }

    @Test("in a report: names of topics, products and tasks", arguments: kinds)
    func report(kind: (hostile: String, shown: String)) async throws {
        let figures = try await Figures(from: AnsweringSource.threeMonths, purpose: "insight", since: nil, until: nil)
        let report = Report(figures: figures, language: .english, names: ["delivery": kind.hostile], period: kind.hostile)
        expectShown(report.html, kind, "report")
        #expect(report.html.contains("<p class=\"lead\">\(kind.shown)</p>"))
    }

    @Test("in a customer's copy, where lines stay lines")
    func copy() throws {
        let vault = try TestVault()
        for (number, kind) in Self.kinds.enumerated() {
            try vault.ingest([line(id: "\(number)", customer: ["id": "C\(number)", "name": kind.hostile], text: "first\r\nsecond \(kind.hostile)")])
        }
        let officer = try vault.session("compliance")
        for (number, kind) in Self.kinds.enumerated() {
            let subject = try officer.lookup(field: "customer_id", value: "C\(number)", purpose: "subject-request").subjects[0]
            var page = ""
            _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { page = SubjectDocument.page($0, language: nil) }
            expectShown(page, kind, "copy")
            #expect(page.contains("<td class=\"text\">first\nsecond \(kind.shown)</td>"))
        }
    }

    @Test("what markup quotes is text unless it is markup itself")
    func literals() {
        let text = "<b>"
        let part: HTML = "<i>\(text)</i>"
        let none: HTML? = nil
        #expect(("<p title=\"\(text)\">\(part)\(none)\(7)</p>" as HTML).text == "<p title=\"&lt;b&gt;\"><i>&lt;b&gt;</i>7</p>")
    }
}
