import Reporting

extension Report {
    var indicators: HTML {
        guard let total = figures.total else { return section(t("概览", "Overview"), "<p>\(t("暂无可显示的数据", "No data can be shown"))</p>") }
        return tiles([
            (t("反馈", "Feedback"), total.records.map { Scale.text($0) } ?? "–"), (t("客户", "Customers"), Scale.text(total.customers)),
            (t("平均评分", "Average rating"), rounded(total.rating)), (t("满意度 CSAT", "CSAT"), percent(Figures.satisfaction(figures["rating"]))),
            (t("净推荐值 NPS", "NPS"), rounded(Figures.promoterScore(figures["nps"]), 0)), (t("费力度 CES", "CES"), rounded(total.averages["ces"])),
            (t("负面占比", "Negative"), percent(Figures.share(of: figures["sentiment"]) { $0 == "negative" })),
            (t("投诉占比", "Complaints"), percent(Figures.share(of: figures["kind"]) { $0 == "complaint" })),
            (t("平均响应（分钟）", "Average response (min)"), rounded(total.averages["response_minutes"], 0)),
            (t("平均结案（小时）", "Average closing (h)"), rounded(total.averages["closing_hours"], 1)),
        ])
    }

    var trend: HTML {
        let byMonth = figures["month(occurred_at)"].sorted { $0.keys[0] < $1.keys[0] }
        guard byMonth.count > 1 else { return .empty }
        let months = byMonth.map { $0.keys[0] }
        var body = SVG.lines(t("每月反馈数", "Feedback per month"), steps: months, series: [(t("反馈数", "feedback"), byMonth.map(\.records))])
        body += SVG.lines(t("每月平均评分", "Average rating per month"), steps: months, series: [(t("平均评分", "average rating"), byMonth.map(\.rating))])
        if !figures["month(occurred_at)", "sentiment"].isEmpty {
            let series = zip(Self.sentiments, sentimentNames).map { sentiment, name in
                // Shares of all feedback in the month: parts that are too small to be shown must not make the others larger.
                (name, byMonth.map { month in figures.count(["month(occurred_at)", "sentiment"], month.keys[0], sentiment).map { $0 / month.customers * 100 } })
            }
            body += SVG.lines(t("每月情感占比（%）", "Sentiment per month (%)"), steps: months, series: series)
        }
        return section(t("趋势", "Trend"), body)
    }

    var topics: HTML {
        let rows = topicRows
        guard !rows.isEmpty else { return .empty }
        let whole = rows.reduce(0) { $0 + $1.group.customers }
        var sum = 0.0
        let cumulative = rows.map { row in
            sum += row.group.customers
            return sum / whole
        }
        var body = SVG.bars(
            t("话题与情感", "Topics and sentiment"), parts: sentimentNames + [notShown],
            rows: rows.map { row in (row.name, moods(of: row.group, in: ["topic", "sentiment"])) }
        ) { "\(Scale.text(rows[$0].group.customers)) · \(t("累计", "cumulative")) \(percent(cumulative[$0]))" }
        let emerging = figures.emerging()
        if !emerging.isEmpty {
            body +=
                heading("\(t("新兴话题", "Emerging topics")) (\(emerging[0].month))")
                + table(
                    [t("话题", "topic"), t("本月占比", "share this month"), t("此前占比", "earlier share"), "z"],
                    emerging.map { [name($0.topic), percent($0.share), percent($0.before), rounded($0.z, 1)] })
        }
        return section(t("话题", "Topics"), body)
    }

    var priorities: HTML {
        let rows = figures.priorities.prefix(12)
        return section(
            t("优先级", "Priorities"),
            table(
                [t("话题", "topic")] + (template == .product ? [t("产品", "product")] : [])
                    + [t("客户", "customers"), t("影响面", "reach"), t("严重度", "severity"), t("趋势", "trend"), t("投入", "effort"), t("得分", "score")],
                rows.map { item in
                    [name(item.code)] + (template == .product ? [item.product ?? ""] : [])
                        + [
                            Scale.text(item.customers), percent(item.reach), item.severity == nil ? notShown : rounded(item.severity), "× \(rounded(item.trend))",
                            rounded(item.effort, 0), rounded(item.score, 1),
                        ]
                }))
    }

    var needs: HTML {
        let levels = [("basic", t("基本型", "basic")), ("performance", t("期望型", "performance")), ("delight", t("兴奋型", "delight"))]
        let points = [("pain", t("痛点", "pain")), ("itch", t("痒点", "itch")), ("delight", t("爽点", "delight"))]
        func bars(_ title: String, _ names: [(String, String)], _ field: String) -> HTML {
            let rows = names.compactMap { id, name in figures.count([field], id).map { (name, [$0]) } }
            return when(!rows.isEmpty, SVG.bars(title, parts: [""], rows: rows) { Scale.text(rows[$0].1[0]) })
        }
        let (byLevel, byPoint) = (bars(t("需求类型（Kano）", "Types of need (Kano)"), levels, "need"), bars(t("痛点、痒点、爽点", "Pain, itch, delight"), points, "point"))
        return section(t("需求", "Needs"), byLevel + when(!byPoint.isEmpty, heading(t("痛点、痒点、爽点", "Pain, itch, delight")) + byPoint))
    }

    var urgency: HTML {
        let rows = figures["urgency"].sorted { $0.customers > $1.customers }
        guard !rows.isEmpty else { return .empty }
        return section(
            t("紧急信号", "Urgency signals"),
            SVG.bars(t("紧急信号", "Urgency signals"), parts: [""], rows: rows.map { (name($0.keys[0]), [$0.customers]) }) {
                "\(Scale.text(rows[$0].customers)) \(t("客户", "customers"))"
            })
    }

    var notes: HTML {
        let text = t(
            "本报告仅包含脱敏后的汇总数据，覆盖已结束的完整月份；每位客户每月计一次，数字带有噪声，人数过少的分组不显示。CSAT 为 4–5 分占比；NPS 为 9–10 分占比减去 0–6 分占比；CES 为 1–7 分的平均分；新兴话题和流失风险采用双比例 z 检验；得分 = 100 × 影响面 × 严重度 × 趋势 ÷ 投入，各项指数见编码表。",
            "All figures are aggregates of redacted data over whole months that have ended; a customer counts once a month, figures have noise, and groups of too few customers are not shown. CSAT: share of ratings 4 and 5. NPS: share of 9 and 10 minus share of 0 to 6. CES: mean on a scale of 1 to 7. Emerging topics and churn risks: two-proportion z-test. Score: 100 × reach × severity × trend ÷ effort, each raised to its exponent in the code frame."
        )
        return "<p class=\"lead\">\(text)</p>"
    }
}
