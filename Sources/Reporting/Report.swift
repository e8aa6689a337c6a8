/// A report as one HTML file: no script, no external asset; prints well.
public struct Report: Sendable {
    private let figures: Figures
    private let language: Language
    /// Names of codes by id.
    private let names: [String: String]
    private let title: String
    private let period: String

    /// - Parameters:
    ///   - names: of topics and reasons to hurry, in the report's language.
    ///   - period: as the reader shall see it.
    public init(figures: Figures, language: Language, names: [String: String], period: String, title: String? = nil) {
        (self.figures, self.language, self.names, self.period) = (figures, language, names, period)
        self.title = title ?? language.pick("客户之声报告", "Voice of the customer")
    }

    public var html: String {
        let sections = [overview, trend, topics, products, urgency, notes].filter { !$0.isEmpty }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(SVG.escaped(title))</title><style>\(Self.css)</style></head><body>
            <h1>\(SVG.escaped(title))</h1><p class="lead">\(SVG.escaped(period))</p>
            \(sections)
            </body></html>

            """
    }

    /// Topics with their figures, for a spreadsheet (RFC 4180).
    public var csv: String {
        let header = "topic,name,records,customers,average_rating,negative_share\r\n"
        return header + topicRows.map { row in
            let cells = [
                row.id, row.name, Scale.text(row.group.count).filter { $0 != "," }, Scale.text(row.group.customers).filter { $0 != "," },
                row.group.rating.map { String(($0 * 100).rounded() / 100) } ?? "", row.negative.map { String(($0 * 1000).rounded() / 1000) } ?? "",
            ]
            return cells.map { $0.contains(where: { ",\"\r\n".contains($0) }) ? "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : $0 }
                .joined(separator: ",") + "\r\n"
        }.joined()
    }

    private func t(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    private func name(_ id: String) -> String { names[id] ?? id }

    private func section(_ heading: String, _ body: String) -> String { "<section><h2>\(SVG.escaped(heading))</h2>\(body)</section>" }

    private func percent(_ share: Double?) -> String { share.map { "\(Scale.text(($0 * 1000).rounded() / 10)) %" } ?? "–" }

    private var sentimentNames: [String] { [t("负面", "negative"), t("中性", "neutral"), t("正面", "positive")] }
    private static let sentiments = ["negative", "neutral", "positive"]

    // MARK: Sections

    private var overview: String {
        guard let total = figures.total else { return section(t("概览", "Overview"), "<p>\(t("没有可显示的数据", "There is nothing that may be shown"))</p>") }
        let tiles: [(String, String)] = [
            (t("反馈", "Feedback"), Scale.text(total.count)), (t("客户", "Customers"), Scale.text(total.customers)),
            (t("平均评分", "Average rating"), total.rating.map { Scale.text(($0 * 100).rounded() / 100) } ?? "–"),
            (t("满意度 CSAT", "CSAT"), percent(figures.satisfaction)),
            (t("净推荐值 NPS", "NPS"), figures.promoterScore.map { Scale.text($0.rounded()) } ?? "–"), (t("负面占比", "Negative"), percent(figures.negative)),
        ]
        return "<section class=\"tiles\">" + tiles.map { "<div><b>\(SVG.escaped($0.1))</b><span>\(SVG.escaped($0.0))</span></div>" }.joined() + "</section>"
    }

    private var trend: String {
        let months = figures.byMonth.map { $0.keys[0] }.sorted()
        guard months.count > 1 else { return "" }
        let volume = months.map { month in figures.byMonth.first { $0.keys[0] == month }?.count }
        let rating = months.map { month in figures.byMonth.first { $0.keys[0] == month }?.rating }
        var body = SVG.lines(t("每月反馈数", "Feedback a month"), steps: months, series: [(t("反馈数", "feedback"), volume)])
        body += SVG.lines(t("每月平均评分", "Average rating a month"), steps: months, series: [(t("平均评分", "average rating"), rating)])
        if !figures.byMonthAndSentiment.isEmpty {
            let series = zip(Self.sentiments, sentimentNames).map { sentiment, name in
                (name, months.map { month -> Double? in
                    // Of all that was said in the month: parts that are too small to be shown must not make the others larger.
                    let all = figures.byMonth.first { $0.keys[0] == month }?.count
                    return figures.byMonthAndSentiment.first { $0.keys == [month, sentiment] }.flatMap { part in all.map { part.count / $0 * 100 } }
                })
            }
            body += SVG.lines(t("每月情感占比(%)", "Sentiment a month (%)"), steps: months, series: series)
        }
        return section(t("趋势", "Trend"), body)
    }

    private var topicRows: [(id: String, name: String, group: Figures.Group, negative: Double?)] {
        figures.byTopic.sorted { $0.count > $1.count }.map { group in
            // Unknown when the negative part is too small to be shown.
            let negative = figures.byTopicAndSentiment.first { $0.keys == [group.keys[0], "negative"] }?.count
            return (group.keys[0], name(group.keys[0]), group, negative.map { $0 / group.count })
        }
    }

    private var topics: String {
        let rows = topicRows
        guard !rows.isEmpty else { return "" }
        let whole = rows.reduce(0) { $0 + $1.group.count }
        var sum = 0.0
        let cumulative = rows.map { row in
            sum += row.group.count
            return sum / whole
        }
        var body = SVG.bars(
            t("话题与情感", "Topics and sentiment"), parts: sentimentNames,
            rows: rows.map { row in
                (row.name, Self.sentiments.map { sentiment in figures.byTopicAndSentiment.first { $0.keys == [row.id, sentiment] }?.count ?? 0 })
            }) { "\(Scale.text(rows[$0].group.count)) · \(t("累计", "cumulated")) \(percent(cumulative[$0]))" }
        let channels = Set(figures.byTopicAndChannel.map { $0.keys[1] }).sorted()
        if !channels.isEmpty {
            body += "<h3>\(t("话题 × 渠道", "Topic × channel"))</h3>" + SVG.heatMap(
                t("话题与渠道", "Topics by channel"), rows: rows.map(\.name), columns: channels,
                values: rows.map { row in channels.map { channel in figures.byTopicAndChannel.first { $0.keys == [row.id, channel] }?.count } })
        }
        let emerging = figures.emerging()
        if !emerging.isEmpty {
            let lines = emerging.map { item in
                "<tr><th scope=\"row\">\(SVG.escaped(name(item.topic)))</th><td>\(percent(item.share))</td><td>\(percent(item.before))</td><td>\(Scale.text((item.z * 10).rounded() / 10))</td></tr>"
            }.joined()
            body += """
                <h3>\(t("新兴话题", "Emerging topics")) (\(emerging[0].month))</h3><table><thead><tr><th scope="col">\(t("话题", "topic"))</th>
                <th scope="col">\(t("本月占比", "share of the month"))</th><th scope="col">\(t("此前占比", "share before"))</th><th scope="col">z</th></tr></thead><tbody>\(lines)</tbody></table>
                """
        }
        return section(t("话题", "Topics"), body)
    }

    private var products: String {
        guard !figures.byProduct.isEmpty else { return "" }
        let rows = figures.byProduct.sorted { $0.count > $1.count }
        var body = SVG.bars(
            t("产品与情感", "Products and sentiment"), parts: sentimentNames,
            rows: rows.map { row in
                let parts = Self.sentiments.map { sentiment in figures.byProductAndSentiment.first { $0.keys == [row.keys[0], sentiment] }?.count ?? 0 }
                // Before anything is coded there is no sentiment: the whole bar then.
                return (row.keys[0], parts.reduce(0, +) == 0 ? [0, row.count, 0] : parts)
            }) { "\(Scale.text(rows[$0].count)) · ★ \(rows[$0].rating.map { Scale.text(($0 * 100).rounded() / 100) } ?? "–")" }
        let channels = figures.byChannel.sorted { $0.count > $1.count }
        if !channels.isEmpty {
            body += "<h3>\(t("渠道", "Channels"))</h3>" + SVG.bars(t("渠道", "Channels"), parts: [""], rows: channels.map { ($0.keys[0], [$0.count]) }) {
                "\(Scale.text(channels[$0].count)) · ★ \(channels[$0].rating.map { Scale.text(($0 * 100).rounded() / 100) } ?? "–")"
            }
        }
        return section(t("产品与渠道", "Products and channels"), body)
    }

    private var urgency: String {
        guard !figures.byUrgency.isEmpty else { return "" }
        let rows = figures.byUrgency.sorted { $0.count > $1.count }
        return section(t("紧急信号", "Reasons to hurry"), SVG.bars(t("紧急信号", "Reasons to hurry"), parts: [""], rows: rows.map { (name($0.keys[0]), [$0.count]) }) {
            "\(Scale.text(rows[$0].count)) · \(Scale.text(rows[$0].customers)) \(t("客户", "customers"))"
        })
    }

    private var notes: String {
        "<p class=\"lead\">" + t(
            "所有数字均为去标识化的汇总;人数过少的 \(figures.suppressed) 个分组未显示。CSAT 为 4–5 分占比;NPS 为 9–10 分占比减 0–6 分占比;新兴话题按两比例 z 检验(z > 2.58)。",
            "All figures are aggregates of redacted data; \(figures.suppressed) groups were too small to be shown. CSAT: share of 4 and 5. NPS: share of 9 and 10 less that of 0 to 6. Emerging: z-test of two proportions, z > 2.58.")
            + "</p>"
    }

    private static let css = """
        :root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #8883; --c0: #2f6fb2; --bad: #c8553d; --mid: #9aa5b1; --good: #3d8b5f }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #14181d; --c0: #6aa5e0; --bad: #e07a63; --mid: #7b8794; --good: #63b587 } }
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
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line) } td { font-variant-numeric: tabular-nums }
        @media print { body { max-width: none; margin: 0 } h2 { break-after: avoid } }
        """
}
