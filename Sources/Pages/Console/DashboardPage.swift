import Policy
import RedactedAPI
import Reporting

extension ConsolePage {
    package typealias MeasuredEffect = Effect
    package typealias FeedbackFigures = Dashboard

    /// What an improvement brought within 90 days, of figures that the policy shows; nil as long as it is not finished.
    package static func effect(of task: ImprovementTask, in source: some RedactedSource, purpose: String, now: Timestamp) async throws -> MeasuredEffect? {
        guard let started = task.started, let finished = task.finished else { return nil }
        return try await Effect(of: task.filter, from: started, until: finished, days: 90, now: now, in: source, purpose: purpose)
    }

    /// The figures of a dashboard.
    package static func figures(
        from source: some RedactedSource, fields: Set<String>, filters: Filters, frame: CodeFrameFile?, purpose: String
    ) async throws -> FeedbackFigures {
        let weights = frame.map { Priority.Weights(reach: $0.weights.reach, severity: $0.weights.severity, trend: $0.weights.trend, effort: $0.weights.effort) } ?? .init()
        let efforts = Dictionary((frame?.codes ?? []).map { ($0.id, $0.effort) }, uniquingKeysWith: { first, _ in first })
        return try await Dashboard(
            from: source, fields: fields, where: filters.condition, efforts: efforts, weights: weights, purpose: purpose, since: filters.months.since,
            until: filters.months.until, year: filters.months.year)
    }

    /// How feedback stands: numbers, their course, topics, and what to do first. Each leads to the texts behind it.
    package func dashboard(_ figures: FeedbackFigures, _ filters: Filters, names: Names) -> HTML {
        guard figures.feedback.now != nil else {
            return filtering(filters, on: "/console/dashboard")
                + empty(
                    t("此范围内没有足够的反馈可显示。", "There is too little feedback here to be shown."),
                    "<a href=\"/console/dashboard?period=12m\">\(t("查看最近 12 个月的全部反馈", "See all feedback of the last 12 months"))</a>")
        }
        return """
            <p class="lead">\(t("整月数据", "Whole months")): \(filters.months.name)\(t("，与之前同样长的时间相比；人数过少的分组不显示。", ", beside as many months before; groups of too few customers are not shown."))</p>
            \(filtering(filters, on: "/console/dashboard"))\(numbers(figures, filters))
            <div class="panels">\(courses(figures))</div>
            <h2>\(t("优先处理", "What to work on first"))</h2>\(priorities(figures, filters, names))
            <h2>\(t("话题", "Topics"))</h2>\(topics(figures, filters, names))
            \(when(!figures.products.isEmpty, "<h2>\(t("产品", "Products"))</h2>\(products(figures, filters))"))
            """
    }

    private func rounded(_ value: Double, _ digits: Int = 0) -> String {
        let factor = digits == 2 ? 100.0 : digits == 1 ? 10 : 1
        return Scale.text((value * factor).rounded() / factor)
    }

    func percent(_ share: Double?) -> String { share.map { "\(rounded($0 * 100, 1)) %" } ?? "–" }

    // MARK: Numbers

    private func numbers(_ figures: FeedbackFigures, _ filters: Filters) -> HTML {
        func growth(_ change: Dashboard.Change) -> String? { change.growth.map { "\($0 > 0 ? "+" : "")\(percent($0))" } }
        func points(_ change: Dashboard.Change, _ factor: Double, _ unit: String) -> String? {
            change.difference.map { "\($0 > 0 ? "+" : "")\(rounded($0 * factor, factor == 1 ? 2 : 1))\(unit)" }
        }
        let tiles: [(String, String, String?)] = [
            (t.feedback, figures.feedback.now.map { rounded($0) } ?? "–", growth(figures.feedback)),
            (t("客户数", "Customers"), figures.customers.now.map { rounded($0) } ?? "–", growth(figures.customers)),
            (t("平均评分", "Average rating"), figures.rating.now.map { rounded($0, 2) } ?? "–", points(figures.rating, 1, "")),
            (t("负面占比", "Negative"), percent(figures.negative.now), points(figures.negative, 100, t(" 个百分点", " points"))),
        ]
        return """
            <ul class="tiles">\(tiles.html { name, value, change in
                "<li><b>\(value)</b><span>\(name)</span><br><small class=\"dim\">\(change.map { t("较前期 \($0)", "\($0) on the period before") } ?? t("前期无可比数据", "nothing to compare with"))</small></li>"
            })</ul>

            """
    }

    private func courses(_ figures: FeedbackFigures) -> HTML {
        guard figures.months.count > 1 else { return .empty }
        let steps = figures.months.map(\.name)
        let hasRatings = figures.months.contains { $0.rating != nil }
        let hasMoods = figures.months.contains { $0.moods.contains { $0 != nil } }
        let moods = Dashboard.moods.enumerated().map { index, mood in
            (t.mood(mood), figures.months.map { month in month.moods[index].map { $0 / month.feedback * 100 } })
        }
        func panel(_ name: String, _ chart: HTML, _ table: Table) -> HTML {
            "<section><h2>\(name)</h2>\(chart)<details><summary>\(t("数据表", "As a table"))</summary>\(table.scrolling(name))</details></section>\n"
        }
        let counts = panel(
            t("每月反馈数", "Feedback per month"), SVG.lines(t("每月反馈数", "Feedback per month"), steps: steps, series: [(t.feedback, figures.months.map(\.feedback))], isSmall: true),
            Table(
                [.text(t("月份", "Month")), .figures(t.feedback)] + (hasRatings ? [.figures(t.rating)] : []),
                rows: figures.months.map { ["\($0.name)", "\(rounded($0.feedback))"] + (hasRatings ? ["\($0.rating.map { rounded($0, 2) } ?? "–")"] : []) }))
        let feelings: HTML = when(
            hasMoods,
            panel(
                t("每月情感占比（%）", "Sentiment per month (%)"), SVG.lines(t("每月情感占比（%）", "Sentiment per month (%)"), steps: steps, series: moods, isSmall: true),
                Table(
                    [.text(t("月份", "Month"))] + Dashboard.moods.map { .figures(t.mood($0)) },
                    rows: figures.months.map { month in ["\(month.name)"] + month.moods.map { "\(percent($0.map { $0 / month.feedback }))" } })))
        return counts + feelings
    }

    // MARK: Tables that are charts

    private func moods(_ part: Dashboard.Part, of whole: Double) -> HTML {
        let parts = zip(Dashboard.moods + [""], part.moods).filter { $0.1 > 0 && !$0.0.isEmpty }.map { "\(t.mood($0.0)) \(rounded($0.1))" }
        return "<span class=\"bar\" title=\"\(parts.joined(separator: " · "))\">\(SVG.bar(part.moods, of: whole))</span>"
    }

    private func change(_ change: Dashboard.Change) -> HTML {
        guard let growth = change.growth else { return "<span class=\"dim\">\(change.before == nil ? t("新", "new") : "–")</span>" }
        return "\(growth > 0 ? "+" : "")\(percent(growth))"
    }

    private func topics(_ figures: FeedbackFigures, _ filters: Filters, _ names: Names) -> HTML {
        let shown = figures.topics.prefix(15)
        let whole = shown.compactMap(\.part.feedback.now).max() ?? 1
        return counted(
            [.text(t.topic), .figures(t.feedback), .figures(t("变化", "Change")), .figures(t("负面占比", "Negative")), .text(t("情感构成", "Sentiment"))],
            shown.map { topic in
                let tag: HTML = when(topic.isEmerging, " <span class=\"tag bad\">\(t("新兴", "emerging"))</span>")
                return [
                    "<a href=\"\(filters.path("/console/texts", with: "topic", topic.code))\">\(names.of(topic.code))</a>\(tag)", "\(rounded(topic.part.feedback.now ?? 0))",
                    change(topic.part.feedback), "\(percent(topic.negative.now))", moods(topic.part, of: whole),
                ]
            }, hasHeads: true,
            empty: t("还没有话题。请先运行分类：vocvault classify", "There are no topics yet: 'vocvault classify' codes the feedback."))
    }

    private func priorities(_ figures: FeedbackFigures, _ filters: Filters, _ names: Names) -> HTML {
        let all = figures.priorities
        let former = all.filter { $0.score.before != nil }.sorted { ($0.score.before ?? 0) > ($1.score.before ?? 0) }.map(\.code)
        return counted(
            [
                .figures(t("名次", "Rank")), .text(t.topic), .figures(t("得分", "Score")), .figures(t("前期得分", "Before")), .figures(t("影响面", "Reach")), .figures(t("负面占比", "Negative")),
                .text(""),
            ],
            all.prefix(5).enumerated().map { index, topic in
                let moved = former.firstIndex(of: topic.code).map { $0 - index }
                let arrow: HTML =
                    switch moved {
                    case nil: "<span class=\"tag bad\">\(t("新", "new"))</span>"
                    case let moved? where moved > 0: "<span class=\"up\">▲ \(moved)</span>"
                    case let moved? where moved < 0: "<span class=\"down\">▼ \(-moved)</span>"
                    default: "<span class=\"dim\">=</span>"
                    }
                let texts = filters.path("/console/texts", with: "topic", topic.code)
                return [
                    "\(index + 1) \(arrow)", "<a href=\"\(texts)&sentiment=negative\">\(names.of(topic.code))</a>", "\(rounded(topic.score.now ?? 0, 1))",
                    "\(topic.score.before.map { rounded($0, 1) } ?? "–")", "\(percent(topic.share.now))", "\(percent(topic.negative.now))",
                    "<a href=\"\(filters.proposal(about: topic.code, named: names.of(topic.code)))\">\(t("提出改进项", "Propose an improvement"))</a>",
                ]
            },
            empty: t("还没有可排序的话题。", "No topic can be ranked yet."))
    }

    private func products(_ figures: FeedbackFigures, _ filters: Filters) -> HTML {
        let whole = figures.products.compactMap(\.feedback.now).max() ?? 1
        return counted(
            [.text(t.product), .figures(t.feedback), .figures(t("变化", "Change")), .text(t("情感构成", "Sentiment"))],
            figures.products.prefix(15).map { part in
                [
                    "<a href=\"\(filters.path("/console/texts", with: "product", part.name))\">\(part.name)</a>", "\(rounded(part.feedback.now ?? 0))", change(part.feedback),
                    moods(part, of: whole),
                ]
            }, hasHeads: true)
    }
}
