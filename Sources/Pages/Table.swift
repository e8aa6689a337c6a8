/// A table of markup.
struct Table {
    /// The heading of a column; figures stand at the right, and long texts get room.
    enum Column {
        case text(String)
        case figures(String)
        case long(String)

        var name: String {
            switch self {
            case .text(let name), .figures(let name), .long(let name): name
            }
        }
    }

    private let columns: [Column]
    private let rows: [[HTML]]
    private let caption: HTML?
    private let hasHeads: Bool

    /// - Parameters:
    ///   - columns: none: a table without headings.
    ///   - rows: cells in the order of the columns.
    ///   - hasHeads: whether the first cell of each row heads it.
    init(_ columns: [Column], rows: [[HTML]], caption: HTML? = nil, hasHeads: Bool = true) {
        (self.columns, self.rows, self.caption, self.hasHeads) = (columns, rows, caption, hasHeads)
    }

    var html: HTML {
        let head: HTML = columns.isEmpty ? .empty : "<thead><tr>\(columns.html(Self.heading))</tr></thead>"
        let caption = caption.map { "<caption>\($0)</caption>" as HTML }
        return "<table>\(caption)\(head)<tbody>\n\(rows.html(row))</tbody></table>\n"
    }

    /// The table in a frame of its own, which a narrow window scrolls, by keyboard too.
    func scrolling(_ label: String) -> HTML { "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">\(html)</div>\n" }

    private static func heading(_ column: Column) -> HTML {
        switch column {
        case .text, .long: "<th scope=\"col\">\(column.name)</th>"
        case .figures: "<th scope=\"col\" class=\"n\">\(column.name)</th>"
        }
    }

    private func row(_ cells: [HTML]) -> HTML {
        var row: HTML = "<tr>"
        for (index, cell) in cells.enumerated() {
            let column = index < columns.count ? columns[index] : .text("")
            row += index == 0 && hasHeads ? "<th scope=\"row\">\(cell)</th>" : Self.cell(cell, column)
        }
        return row + "</tr>\n"
    }

    /// On a narrow window a row is a card, in which each cell says what it is.
    private static func cell(_ cell: HTML, _ column: Column) -> HTML {
        let label: HTML = when(!column.name.isEmpty, " data-label=\"\(column.name)\"")
        return switch column {
        case .text: "<td\(label)>\(cell)</td>"
        case .figures: "<td class=\"n\"\(label)>\(cell)</td>"
        case .long: "<td class=\"long\"\(label)>\(cell)</td>"
        }
    }
}
