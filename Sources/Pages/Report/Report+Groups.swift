import Reporting

/// Products, channels, regions, and who may leave.
extension Report {
    var products: HTML {
        let rows = figures["product"].sorted { $0.customers > $1.customers }
        guard !rows.isEmpty else { return indicators }
        var body = SVG.bars(
            t("产品与情感", "Products and sentiment"), parts: sentimentNames + [notShown], rows: rows.map { ($0.keys[0], moods(of: $0, in: ["product", "sentiment"])) }
        ) { "\(Scale.text(rows[$0].customers)) · ★ \(rounded(rows[$0].rating))" }
        body += table(
            [t("产品", "product"), t("客户", "customers"), t("评分", "rating"), "CSAT", "NPS", t("负面占比", "negative")],
            rows.map { row in
                let product = row.keys[0]
                return [
                    product, Scale.text(row.customers), rounded(row.rating),
                    percent(Figures.satisfaction(figures.groups(["product", "rating"], where: product))),
                    rounded(Figures.promoterScore(figures.groups(["product", "nps"], where: product)), 0),
                    percent(figures.count(["product", "sentiment"], product, "negative").map { $0 / row.customers }),
                ]
            })
        let months = figures["month(occurred_at)"].map { $0.keys[0] }.sorted()
        if months.count > 1 {
            let shown = rows.prefix(3)
            body += SVG.lines(
                t("每月客户数", "Customers per month"), steps: months,
                series: shown.map { row in (row.keys[0], months.map { figures.count(["product", "month(occurred_at)"], row.keys[0], $0) }) }, palette: .kinds)
        }
        return section(t("产品", "Products"), body)
    }

    var productTopics: HTML {
        let products = figures["product"].sorted { $0.customers > $1.customers }.map { $0.keys[0] }
        var body = heatMap(t("话题 × 产品", "Topic × product"), rows: topicRows.map { ($0.id, $0.name) }, columns: products, table: ["topic", "product"])
        if !figures["product", "need"].isEmpty {
            let needs = ["basic", "performance", "delight"]
            let rows = figures["product"].sorted { $0.customers > $1.customers }.map { product in
                (product.keys[0], parts(needs.map { figures.count(["product", "need"], product.keys[0], $0) }, of: nil))
            }
            body +=
                heading(t("需求类型（Kano）", "Types of need (Kano)"))
                + SVG.bars(
                    t("需求类型（Kano）", "Types of need (Kano)"), parts: [t("基本型", "basic"), t("期望型", "performance"), t("兴奋型", "delight"), notShown], rows: rows, palette: .kinds
                ) { Scale.text(rows[$0].1.reduce(0, +)) }
        }
        return section(t("话题与需求", "Topics and needs"), body)
    }

    var channels: HTML {
        let rows = figures["channel"].sorted { $0.customers > $1.customers }
        guard !rows.isEmpty else { return indicators }
        var body = SVG.bars(
            t("渠道与情感", "Channels and sentiment"), parts: sentimentNames + [notShown], rows: rows.map { ($0.keys[0], moods(of: $0, in: ["channel", "sentiment"])) }
        ) { Scale.text(rows[$0].customers) }
        body += table(
            [t("渠道", "channel"), t("客户", "customers"), t("投诉占比", "complaints"), t("响应（分钟）", "response (min)"), t("结案（小时）", "closing (h)"), "CES"],
            rows.map { row in
                [
                    row.keys[0], Scale.text(row.customers), percent(Figures.share(of: figures.groups(["channel", "kind"], where: row.keys[0])) { $0 == "complaint" }),
                    rounded(row.averages["response_minutes"], 0), rounded(row.averages["closing_hours"], 1), rounded(row.averages["ces"]),
                ]
            })
        body += heatMap(t("话题 × 渠道", "Topic × channel"), rows: topicRows.map { ($0.id, $0.name) }, columns: rows.map { $0.keys[0] }, table: ["topic", "channel"])
        return section(t("渠道", "Channels"), body)
    }

    var regions: HTML {
        let rows = figures["region"].sorted { $0.customers > $1.customers }
        guard !rows.isEmpty else { return .empty }
        let topics = topicRows.prefix(8)
        return section(
            t("地区", "Regions"),
            SVG.bars(
                t("地区与情感", "Regions and sentiment"), parts: sentimentNames + [notShown], rows: rows.map { ($0.keys[0], moods(of: $0, in: ["region", "sentiment"])) }
            ) { Scale.text(rows[$0].customers) }
                + heatMap(
                    t("地区 × 话题", "Region × topic"), rows: rows.map { ($0.keys[0], $0.keys[0]) }, columns: topics.map(\.id), table: ["region", "topic"],
                    columnNames: topics.map(\.name)))
    }

    var churn: HTML {
        let fields = ["product": t("产品", "product"), "channel": t("渠道", "channel"), "region": t("地区", "region"), "birth_date": t("年龄段", "age band")]
        return section(
            t("流失风险人群", "Groups at risk of churn"),
            table(
                [t("人群", "group"), "", t("客户", "customers"), t("流失信号占比", "share with churn signals"), t("其他人群", "other groups"), "z"],
                figures.churnRisks().prefix(12).map {
                    [$0.group, fields[$0.field] ?? $0.field, Scale.text($0.customers), percent($0.share), percent($0.others), rounded($0.z, 1)]
                }))
    }

    /// Sizes of a group's negative, neutral and positive parts, and of what is not shown of it.
    func moods(of group: Figures.Group, in keys: [String]) -> [Double] {
        parts(Self.sentiments.map { figures.count(keys, group.keys[0], $0) }, of: group.customers)
    }

    /// Parts, and behind them what of the whole is in those that are not shown: of the noisy figures, the whole less the parts.
    ///
    /// - Parameter whole: nil: unknown; then nothing is drawn for it.
    private func parts(_ parts: [Double?], of whole: Double?) -> [Double] {
        let shown = parts.compactMap(\.self)
        let rest = shown.count < parts.count ? whole.map { max(0, $0 - shown.reduce(0, +)) } ?? 0 : 0
        return parts.map { $0 ?? 0 } + [rest]
    }

    var notShown: String { t("未显示", "not shown") }

    private func heatMap(_ title: String, rows: [(id: String, name: String)], columns: [String], table: [String], columnNames: [String]? = nil) -> HTML {
        let values = rows.map { row in columns.map { figures.count(table, row.id, $0) } }
        guard !rows.isEmpty, !columns.isEmpty, values.joined().contains(where: { $0 != nil }) else { return .empty }
        return heading(title) + SVG.heatMap(title, rows: rows.map(\.name), columns: columnNames ?? columns, values: values)
    }
}
