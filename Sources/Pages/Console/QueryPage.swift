import RedactedAPI

extension ConsolePage {
    /// What can be asked, and what was.
    package struct Question: Sendable {
        /// For which the role may query.
        package var purposes: [String]
        /// What it is shown, and in which form.
        package var fields: [(name: String, treatment: String)]
        /// What rows can be grouped by.
        package var groups: [String]
        /// Fields that are chosen.
        package var chosen: Set<String>
        /// Names of the other parameters and their texts.
        package var asked: [String: String]

        package init(
            purposes: [String], fields: [(name: String, treatment: String)], groups: [String], chosen: Set<String>, asked: [String: String]
        ) {
            (self.purposes, self.fields, self.groups, self.chosen, self.asked) = (purposes, fields, groups, chosen, asked)
        }
    }

    /// Rows or figures, with the number of the entry that says so.
    package struct Answer: Sendable {
        package var columns: [String]
        package var rows: [[Value]]
        package var entry: Int64
        /// Whether not all rows are shown.
        package var hasMore = false
        /// Whether the rows are groups with figures.
        package var isFigures: Bool
        /// Records that were left out, as somebody has changed them.
        package var leftOut: [String]

        package init(columns: [String], rows: [[Value]], entry: Int64, hasMore: Bool = false, isFigures: Bool = false, leftOut: [String] = []) {
            (self.columns, self.rows, self.entry, self.hasMore, self.isFigures) = (columns, rows, entry, hasMore, isFigures)
            self.leftOut = leftOut
        }
    }

    package func query(_ question: Question, _ answer: Answer?) -> HTML {
        let asked = question.asked
        let checks = question.fields.html { field in
            """
            <label><input type="checkbox" name="select" value="\(field.name)"\(when(question.chosen.contains(field.name), " checked"))> \(field.name) \
            <span class="hint">\(field.treatment)</span></label>
            """
        }
        let groups = [Option("", t.none)] + question.groups.map { Option($0, isChosen: asked["group"] == $0) }
        let fields: HTML = """
            \(choice("purpose", t.purpose, question.purposes.map { Option($0, isChosen: asked["purpose"] == $0) }))\(period(asked))\
            \(field("limit", t.limit, value: asked["limit"] ?? "", " type=\"number\" min=\"1\" max=\"1000\""))\
            \(field("where", t.where, value: asked["where"] ?? "", " autocomplete=\"off\"", hint: t.whereHint, isFull: true))\
            <fieldset><legend>\(t.select)</legend>\(checks)</fieldset>\(choice("group", t.groupBy, groups))\
            <p><button>\(t.run)</button> <button class="plain" formaction="/console/query.csv">\(t.csv)</button></p>
            """
        return form("/console/query", style: "grid", fields) + (answer.map(results) ?? .empty)
    }

    private func results(_ answer: Answer) -> HTML {
        let suppressed: HTML = when(answer.isFigures, " · \(t.suppressed)")
        let table = counted(answer.columns.map { .text($0) }, answer.rows.map { $0.map { "\($0.description)" } })
        return """
            <h2>\(t.results)</h2><p class="dim">\(t.receipt) \(answer.entry)\(suppressed)\(when(answer.hasMore, " · \(t.more)"))</p>
            \(when(!answer.leftOut.isEmpty, "<p class=\"bad\" role=\"alert\">\(t.leftOut(answer.leftOut.count)) <code>\(answer.leftOut.prefix(10).joined(separator: " "))</code></p>"))
            \(when(answer.isFigures && !answer.rows.isEmpty, chart(answer)))\(table)
            """
    }

    /// The sizes of groups.
    private func chart(_ answer: Answer) -> HTML {
        let sizes = answer.rows.map { row -> Int64 in if case .integer(let count) = row[1] { count } else { 0 } }
        let bars = zip(answer.rows, sizes).map { ($0[0].description, [Double($1)]) }
        return SVG.bars(t.chart, parts: [t.count], rows: bars, note: { String(sizes[$0]) })
    }
}
