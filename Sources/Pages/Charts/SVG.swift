/// Charts as SVG, drawn with classes that the stylesheet colours; each has a title and its figures as text.
enum SVG {
    /// What the colours of several series or parts stand for.
    enum Palette: String {
        /// Bad, neither, good.
        case moods = "m"
        /// Allowed, denied.
        case outcomes = "o"
        case kinds = "k"
    }

    /// The console's mark in a browser's tab.
    static let icon: HTML = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/>\
        <path d="M8 9l8 15 8-15" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>
        """

    private static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private static func text(_ x: Double, _ y: Double, _ content: String, _ anchor: String = "start", _ style: String = "") -> HTML {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(when(!style.isEmpty, " class=\"\(style)\""))>\(content)</text>"
    }

    private static func frame(_ width: Double, _ height: Double, _ title: String, _ body: HTML) -> HTML {
        "<svg\(when(width < 720, " class=\"small\"")) viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" aria-label=\"\(title)\"><title>\(title)</title>\(body)</svg>\n"
    }

    private static func swatch(_ style: String, _ x: Double, _ name: String) -> HTML {
        "<rect class=\"fill \(style)\" x=\"\(number(x))\" y=\"4\" width=\"10\" height=\"10\"/>\(text(x + 14, 13, name))"
    }

    /// Width of a text of 12 units in common fonts, estimated rather too large than too small.
    static func width(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E7F ? 13 : 8) }
    }

    /// Lines over the same steps; a missing value breaks its line.
    static func lines(_ title: String, steps: [String], series: [(name: String, values: [Double?])], palette: Palette = .moods, isSmall: Bool = false) -> HTML {
        let (width, height, left, right, top, bottom) = isSmall ? (400.0, 190.0, 44.0, 8.0, 26.0, 30.0) : (720.0, 260.0, 56.0, 12.0, 26.0, 34.0)
        let ticks = Scale.ticks(upTo: series.flatMap(\.values).compactMap { $0 }.max() ?? 0)
        let (plotWidth, plotHeight) = (width - left - right, height - top - bottom)
        func x(_ index: Int) -> Double { left + (steps.count < 2 ? plotWidth / 2 : plotWidth * Double(index) / Double(steps.count - 1)) }
        func y(_ value: Double) -> Double { top + plotHeight * (1 - value / ticks.last!) }
        var body = HTML.empty
        for tick in ticks {
            body += "<line class=\"grid\" x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y(tick)))\" y2=\"\(number(y(tick)))\"/>"
            body += text(left - 6, y(tick) + 4, Scale.text(tick), "end")
        }
        // As many labels as fit.
        let every = max(1, Int((Double(steps.count) * ((steps.map(Self.width).max() ?? 0) + 14) / plotWidth).rounded(.up)))
        var free = 0.0
        for index in steps.indices where index % every == 0 {
            let half = Self.width(steps[index]) / 2
            // At the edges a label moves inwards; one that would touch the previous label is left out.
            let middle = min(max(x(index), half), width - half)
            if middle - half < free { continue }
            body += text(middle, height - bottom + 18, steps[index], "middle")
            free = middle + half + 8
        }
        var legend = left
        for (number, line) in series.enumerated() {
            let style = series.count > 1 ? "\(palette.rawValue)\(number)" : "c0"
            var points: [(x: String, y: String)] = []
            func flush() {
                if points.count > 1 { body += "<polyline class=\"line \(style)\" points=\"\(points.map { "\($0.x),\($0.y)" }.joined(separator: " "))\"/>" }
                if points.count == 1 { body += "<circle class=\"fill \(style)\" cx=\"\(points[0].x)\" cy=\"\(points[0].y)\" r=\"3\"/>" }
                points = []
            }
            for (index, value) in line.values.enumerated() {
                if let value { points.append((Self.number(x(index)), Self.number(y(value)))) } else { flush() }
            }
            flush()
            body += swatch(style, legend, line.name)
            legend += Self.width(line.name) + 34
        }
        return frame(width, height, title, body)
    }

    /// Horizontal bars, each made of parts in the same order.
    static func bars(_ title: String, parts: [String], rows: [(name: String, values: [Double])], palette: Palette = .moods, note: (Int) -> String = { _ in "" }) -> HTML {
        let label = min(max(rows.map { Self.width($0.name) }.max() ?? 0, 40) + 12, 260)
        let notes = rows.indices.map { note($0) }
        let notesWidth = (notes.map(Self.width).max() ?? 0) + 8
        let (width, rowHeight, top) = (720.0, 24.0, parts.count > 1 ? 26.0 : 6.0)
        let longest = max(rows.map { $0.values.reduce(0, +) }.max() ?? 1, 1e-9)
        let plot = width - label - notesWidth - 4
        var body = HTML.empty
        if parts.count > 1 {
            var legend = label
            for (index, part) in parts.enumerated() {
                body += swatch("\(palette.rawValue)\(index)", legend, part)
                legend += Self.width(part) + 34
            }
        }
        for (row, item) in rows.enumerated() {
            let y = top + Double(row) * rowHeight
            body += text(label - 8, y + 16, item.name, "end")
            var x = label
            for (index, value) in item.values.enumerated() where value > 0 {
                let length = plot * value / longest
                let style = parts.count > 1 ? "\(palette.rawValue)\(index)" : "c0"
                body += "<rect class=\"fill \(style)\" x=\"\(number(x))\" y=\"\(number(y + 4))\" width=\"\(number(max(length, 0.5)))\" height=\"16\">"
                body += "<title>\(item.name)\(when(parts.count > 1, " · \(parts[index])")): \(Scale.text(value))</title></rect>"
                x += length
            }
            body += text(x + 6, y + 16, notes[row])
        }
        return frame(width, top + Double(rows.count) * rowHeight + 6, title, body)
    }

    /// One bar without words, for a cell of a table that says them.
    ///
    /// - Parameters:
    ///   - values: its parts.
    ///   - whole: what its full length stands for.
    static func bar(_ values: [Double], of whole: Double, palette: Palette = .moods) -> HTML {
        var (body, x) = (HTML.empty, 0.0)
        for (index, value) in values.enumerated() where value > 0 && whole > 0 {
            let length = 1000 * value / whole
            body += "<rect class=\"fill \(values.count > 1 ? "\(palette.rawValue)\(index)" : "c0")\" x=\"\(number(x))\" width=\"\(number(length))\" height=\"10\"/>"
            x += length
        }
        return "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(body)</svg>"
    }

    /// A table of cells, the fuller the darker; nil: too few to be shown.
    static func heatMap(_ title: String, rows: [String], columns: [String], values: [[Double?]]) -> HTML {
        let label = min(max(rows.map(Self.width).max() ?? 0, 40) + 12, 260)
        let (width, rowHeight, top) = (720.0, 26.0, 26.0)
        let cell = (width - label) / Double(max(columns.count, 1))
        let largest = values.joined().compactMap { $0 }.max() ?? 1
        var body = HTML.empty
        for (index, column) in columns.enumerated() { body += text(label + cell * (Double(index) + 0.5), 16, fitted(column, cell - 4), "middle") }
        for (row, name) in rows.enumerated() {
            let y = top + Double(row) * rowHeight
            body += text(label - 8, y + 17, name, "end")
            for (column, value) in values[row].enumerated() {
                let x = label + cell * Double(column)
                let share = value.map { max(0.06, $0 / largest) } ?? 0
                body += "<rect class=\"cell\" x=\"\(number(x + 1))\" y=\"\(number(y + 1))\" width=\"\(number(cell - 2))\" height=\"\(number(rowHeight - 2))\""
                body += " fill-opacity=\"\(share == 0 ? "0" : String((share * 100).rounded() / 100))\"/>"
                body += text(x + cell / 2, y + 17, value.map(Scale.text) ?? "·", "middle", share > 0.55 ? "light" : "")
            }
        }
        return frame(width, top + Double(rows.count) * rowHeight + 4, title, body)
    }

    /// A text, cut off at a width.
    private static func fitted(_ text: String, _ width: Double) -> String {
        guard Self.width(text) > width else { return text }
        var short = text
        while !short.isEmpty, Self.width(short) + 8 > width { short.removeLast() }
        return short + "…"
    }
}
