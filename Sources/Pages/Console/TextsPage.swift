import Foundation
import Policy
import RedactedAPI

extension ConsolePage {
    /// Redacted texts, and what they were asked by.
    package struct Texts: Sendable {
        package var columns: [String]
        package var rows: [[Value]]
        /// Requests the next page.
        package var next: String?
        package var leftOut: Int

        package init(columns: [String], rows: [[Value]], next: String?, leftOut: Int) {
            (self.columns, self.rows, self.next, self.leftOut) = (columns, rows, next, leftOut)
        }

        func value(_ column: String, of row: [Value]) -> Value { columns.firstIndex(of: column).map { row[$0] } ?? .null }
    }

    /// - Parameters:
    ///   - words: that were searched for; they stand in no address.
    ///   - isFirst: whether this is the first page.
    ///   - mayPropose: whether the visitor proposes improvements.
    package func texts(_ found: Texts, _ filters: Filters, words: String?, marks: Marks, names: Names, isFirst: Bool, mayPropose: Bool) -> HTML {
        let search: HTML = """
            <form method="post" action="\(filters.path("/console/texts"))" class="row" role="search">\(hidden("csrf", visitor?.formToken ?? ""))
            <label for="words">\(t("搜索词语", "Search for words"))</label><input id="words" name="words" value="\(words ?? "")" maxlength="200" autocomplete="off" class="narrow">
            <button class="plain">\(t.search)</button></form>
            """
        let proposal: HTML = when(
            mayPropose && filters.condition != nil,
            "<p class=\"row\"><a class=\"button plain\" href=\"/console/improvements/new?where=\(Filters.quoted(filters.condition?.description ?? ""))\">\(t("就这些反馈提出改进项", "Propose an improvement about these"))</a></p>"
        )
        let list: HTML =
            found.rows.isEmpty
            ? empty(
                t("没有符合条件的反馈。请放宽筛选条件或选择更长的时间。", "No feedback fits. Widen the filters or choose a longer period."),
                "<a href=\"/console/texts?period=all\">\(t("查看全部反馈", "See all feedback"))</a>")
            : "<ul class=\"texts\">\(found.rows.html { item($0, of: found, filters, marks, names) })</ul>"
        let others: HTML = when(
            found.leftOut > 0,
            "<p class=\"bad\" role=\"alert\">\(t("有 \(found.leftOut) 条记录在数据库中被改动过，因此未显示。", "\(found.leftOut) records were changed in the database and are not shown."))</p>")
        return """
            \(filtering(filters, on: "/console/texts"))\(search)\(proposal)
            \(others)\(list)\(paging(found.next, filters, words, isFirst: isFirst))
            """
    }

    private func item(_ row: [Value], of found: Texts, _ filters: Filters, _ marks: Marks, _ names: Names) -> HTML {
        let codes = found.value("topic", of: row).description.split { $0 == "," || $0 == " " }.map(String.init)
        let topics = codes.html { "<a class=\"tag\" href=\"\(filters.path("/console/texts", with: "topic", $0))\">\(names.of($0))</a> " }
        let mood = found.value("sentiment", of: row).description
        let rating = found.value("rating", of: row).description
        let facts = ["occurred_at", "channel", "product", "region", "store"].map { found.value($0, of: row) }.filter { $0 != .null }.html { value in
            if case .time(let time) = value { "\(self.time(time)) · " } else { "\(value.description) · " }
        }
        let tags: HTML = """
            \(when(!rating.isEmpty, "★ \(rating) "))\(when(!mood.isEmpty, "<span class=\"tag\(when(mood == "negative", " bad"))\(when(mood == "positive", " good"))\">\(t.mood(mood))</span> "))\(topics)
            """
        return "<li><blockquote>\(marks.marked(found.value("text", of: row).description))</blockquote><p>\(facts)\(tags)</p></li>\n"
    }

    private func paging(_ next: String?, _ filters: Filters, _ words: String?, isFirst: Bool) -> HTML {
        let first: HTML = when(!isFirst, "<a href=\"\(filters.path("/console/texts"))\">\(t.firstPage)</a>")
        guard let next else { return "<p class=\"row\">\(first)</p>" }
        if let words {
            return form(filters.path("/console/texts"), style: "row", "\(hidden("words", words))\(hidden("cursor", next))<button class=\"plain\">\(t.nextPage)</button>\(first)")
        }
        return "<p class=\"row\"><a class=\"button plain\" rel=\"next\" href=\"\(filters.path("/console/texts"))&cursor=\(Filters.quoted(next))\">\(t.nextPage)</a>\(first)</p>"
    }

    /// Words that are marked in texts: those that were searched for, and those by which a topic is told.
    package struct Marks: Sendable {
        private let pattern: String?

        /// - Parameter phrases: as the code frame writes them: `…` for a gap, a star for any ending.
        package init(words: String?, phrases: [String]) {
            let patterns = ([words].compactMap(\.self) + phrases).filter { !$0.isEmpty }.prefix(400).map { phrase in
                let isLatin = phrase.utf8.allSatisfy { $0 < 0x80 }
                let isOpen = phrase.hasSuffix("*")
                let parts = phrase.split(separator: "…").map { NSRegularExpression.escapedPattern(for: String($0).replacing("*", with: "")) }
                let core = parts.joined(separator: ".{0,12}?")
                return isLatin ? "\\b\(core)\(isOpen ? "\\w*" : "\\b")" : core
            }
            // The longest first: a part of a phrase is not marked in its place.
            pattern = patterns.isEmpty ? nil : patterns.sorted { $0.utf8.count > $1.utf8.count }.joined(separator: "|")
        }

        func marked(_ text: String) -> HTML {
            guard let pattern, let expression = try? NSRegularExpression(pattern: pattern, options: [.caseInsensitive]) else { return "\(text)" }
            var (output, place) = (HTML.empty, text.startIndex)
            for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                guard let range = Range(match.range, in: text), !range.isEmpty, range.lowerBound >= place else { continue }
                output += "\(String(text[place..<range.lowerBound]))<mark>\(String(text[range]))</mark>"
                place = range.upperBound
            }
            return output + "\(String(text[place...]))"
        }
    }
}
