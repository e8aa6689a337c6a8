import Foundation
import VoCVault

/// What a customer gets who asks for a copy of their data: one page to read, the same as plain text, and the same for machines.
package enum SubjectDocument {
    /// A ZIP archive with `index.html`, `copy.txt` and `data.json`.
    ///
    /// - Parameter language: nil: Chinese and English side by side.
    package static func archive(_ copy: SubjectCopy, language: Language?, date: Date) -> Data {
        var archive = ZipArchive(date: date)
        archive.add("index.html", Data(page(copy, language: language).utf8))
        archive.add("copy.txt", Data(text(copy, language: language).utf8))
        archive.add("data.json", Data(copy.json))
        return archive.data
    }

    /// Self-contained HTML.
    package static func page(_ copy: SubjectCopy, language: Language?) -> String {
        let content = SubjectContent(copy, language)
        let body = content.sections.html { section in
            let lines = section.lines.html { "<p>\($0)</p>\n" }
            let tables = section.tables.html { table in
                let title: HTML = table.title.map { "<h3>\($0)</h3>\n" } ?? ""
                return "\(title)\(rows(table))"
            }
            return "<h2>\(section.title)</h2>\n\(lines)\(tables)"
        }
        let lead = content.lead.html { "<p>\($0)</p>\n" }
        return HTML.file(
            content.title, language: language ?? .chinese, style: Style.document, lead: "\(copy.made) · \(copy.subject)", "\(lead)\(body)"
        ).text
    }

    private static func rows(_ table: SubjectContent.Section.Table) -> HTML {
        guard !table.heads.isEmpty else {
            let rows = table.rows.html { "<tr><th scope=\"row\">\($0.first ?? "")</th><td class=\"text\">\($0.dropFirst().joined(separator: " "))</td></tr>\n" }
            return "<table>\(rows)</table>\n"
        }
        return Table(table.heads.map { .text($0) }, rows: table.rows.map { $0.map { "\($0)" } }, hasHeads: false).html
    }

    /// The same for whoever reads no HTML.
    package static func text(_ copy: SubjectCopy, language: Language?) -> String {
        let content = SubjectContent(copy, language)
        var lines = [content.title, "\(copy.made) · \(copy.subject)", ""] + content.lead
        for section in content.sections {
            lines += ["", "== \(section.title) =="] + section.lines
            for table in section.tables {
                if let title = table.title { lines += ["", "-- \(title) --"] }
                for row in table.rows {
                    let cells = zip(table.heads.isEmpty ? row.prefix(1).map { $0 } : table.heads, table.heads.isEmpty ? Array(row.dropFirst()) : row)
                    lines.append(cells.map { "\($0): \($1.replacing("\n", with: "\n    "))" }.joined(separator: "; "))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
