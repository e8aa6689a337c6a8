import RedactedAPI

/// A report as one HTML file without scripts or external assets, suitable for printing.
public struct Report: Sendable {
    let figures: Figures
    let template: Template
    let language: Language
    /// Names of codes by id.
    private let names: [String: String]
    private let period: String
    let tasks: [(task: ImprovementTask, effect: Effect?)]
    let use: UseFigures?

    /// - Parameters:
    ///   - names: names of topics and reasons to hurry, in the report's language.
    ///   - period: the period, as the reader is to see it.
    ///   - tasks: for the template on improvements, with their effects.
    ///   - use: for the template on compliance.
    public init(
        figures: Figures, template: Template = .overview, language: Language, names: [String: String], period: String,
        tasks: [(task: ImprovementTask, effect: Effect?)] = [], use: UseFigures? = nil
    ) {
        (self.figures, self.template, self.language, self.names, self.period) = (figures, template, language, names, period)
        (self.tasks, self.use) = (tasks, use)
    }

    public var html: String {
        let title = SVG.escaped(title)
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><style>\(Self.css)</style></head><body>
            <h1>\(title)</h1><p class="lead">\(SVG.escaped(period))</p>
            \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
            </body></html>

            """
    }

    private var title: String {
        switch template {
        case .overview: t("客户之声报告", "Voice of the customer")
        case .product: t("产品反馈报告", "Product feedback")
        case .channel: t("渠道与地区报告", "Channels and regions")
        case .tasks: t("改进任务报告", "Improvement tasks")
        case .compliance: t("访问与合规报告", "Use of the vault")
        }
    }

    private var sections: [String] {
        switch template {
        case .overview: [indicators, trend, topics, priorities, needs, urgency, notes]
        case .product: [products, productTopics, priorities, notes]
        case .channel: [channels, regions, churn, notes]
        case .tasks: [taskList, taskEffects]
        case .compliance: [access, events]
        }
    }

    /// Topics with their figures, for a spreadsheet (RFC 4180).
    public var csv: String {
        var lines = [["topic", "name", "records", "customers", "average_rating", "negative_share"]]
        for row in topicRows {
            lines.append([
                row.id, row.name, Scale.text(row.group.count).filter { $0 != "," }, Scale.text(row.group.customers).filter { $0 != "," },
                row.group.rating.map { String(($0 * 100).rounded() / 100) } ?? "", row.negative.map { String(($0 * 1000).rounded() / 1000) } ?? "",
            ])
        }
        return lines.map { cells in
            cells.map { $0.contains(where: { ",\"\r\n".contains($0) }) ? "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : $0 }
                .joined(separator: ",") + "\r\n"
        }.joined()
    }

    // MARK: Parts of sections

    func t(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    func name(_ id: String) -> String { names[id] ?? id }

    func section(_ heading: String, _ body: String) -> String { body.isEmpty ? "" : "<section><h2>\(SVG.escaped(heading))</h2>\(body)</section>" }

    func percent(_ share: Double?) -> String { share.map { "\(Scale.text(($0 * 1000).rounded() / 10)) %" } ?? "–" }

    func rounded(_ value: Double?, _ digits: Int = 2) -> String {
        let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        return value.map { Scale.text(($0 * factor).rounded() / factor) } ?? "–"
    }

    func tiles(_ tiles: [(String, String)]) -> String {
        "<section class=\"tiles\">" + tiles.map { "<div><b>\(SVG.escaped($0.1))</b><span>\(SVG.escaped($0.0))</span></div>" }.joined() + "</section>"
    }

    /// - Parameter rows: the first cell of each row is its heading.
    func table(_ columns: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let head = columns.map { "<th scope=\"col\">\(SVG.escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr><th scope=\"row\">\(SVG.escaped(row[0]))</th>" + row.dropFirst().map { "<td>\(SVG.escaped($0))</td>" }.joined() + "</tr>"
        }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
    }

    static let sentiments = ["negative", "neutral", "positive"]
    var sentimentNames: [String] { [t("负面", "negative"), t("中性", "neutral"), t("正面", "positive")] }

    var topicRows: [(id: String, name: String, group: Figures.Group, negative: Double?)] {
        figures["topic"].sorted { $0.count > $1.count }.map { group in
            // Unknown if the negative part is too small to be shown.
            let negative = figures.count(["topic", "sentiment"], group.keys[0], "negative")
            return (group.keys[0], name(group.keys[0]), group, negative.map { $0 / group.count })
        }
    }

    static let css = """
        :root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #8883; --c0: #2f6fb2; --bad: #c8553d; --mid: #9aa5b1; --good: #3d8b5f; --c1: #b5772a; --c2: #7a5ba8 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #14181d; --c0: #6aa5e0; --bad: #e07a63; --mid: #7b8794; --good: #63b587; --c1: #d9a05a; --c2: #a78bd0 } }
        body { font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink); background: var(--paper);
          max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; border-bottom: 1px solid var(--line) } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
        p.lead { opacity: .75; margin: .2rem 0 1rem } section { break-inside: auto }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .8rem }
        .tiles div { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem } .tiles b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
        .tiles span { opacity: .75 }
        svg { width: 100%; height: auto; display: block; margin: .6rem 0; break-inside: avoid } svg text { font-size: 12px; fill: var(--ink) } svg text.light { fill: var(--paper) }
        .grid { stroke: var(--line) } .line { fill: none; stroke-width: 2; stroke: var(--c0) } .fill { fill: var(--c0) } .cell { fill: var(--c0) }
        .fill.p0 { fill: var(--bad) } .fill.p1 { fill: var(--mid) } .fill.p2 { fill: var(--good) }
        .line.p0 { stroke: var(--bad) } .line.p1 { stroke: var(--mid) } .line.p2 { stroke: var(--good) }
        .fill.q1 { fill: var(--c1) } .fill.q2 { fill: var(--c2) } .line.q1 { stroke: var(--c1) } .line.q2 { stroke: var(--c2) }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line) } td { font-variant-numeric: tabular-nums }
        @media print { body { max-width: none; margin: 0 } h2 { break-after: avoid } }
        """
}
