import RedactedAPI
import Reporting
import VaultAPI

/// Improvements: the board, one of them, and the form that proposes one.
extension ConsolePage {
    /// What the visitor may do with improvements.
    package struct Part: Sendable {
        package var proposes: Bool
        package var decides: Bool
        package var works: Bool

        package init(proposes: Bool, decides: Bool, works: Bool) { (self.proposes, self.decides, self.works) = (proposes, decides, works) }

        /// The steps that somebody may take now.
        func steps(of task: ImprovementTask, for principal: String) -> [ImprovementTask.Step] {
            ImprovementTask.Step.allCases.filter { step in
                guard step.origin == task.state else { return false }
                return switch step {
                case .propose: false
                case .approve: decides && task.events.first?.by != principal
                case .reject, .sendBack: decides
                case .accept: decides && task.owner != principal
                case .start, .finish: works && task.owner == principal
                }
            }
        }
    }

    /// Columns by state, behind what waits for the visitor.
    package func board(_ tasks: [ImprovementTask], part: Part, showsEnded: Bool, at now: Timestamp) -> HTML {
        let principal = visitor?.principal ?? ""
        guard !tasks.isEmpty else {
            return empty(
                t("还没有改进项。分析师可以在“原声”页把一类反馈提出为改进项。", "There are no improvements yet. An analyst proposes one from the verbatims that call for it."),
                when(part.proposes, "<a class=\"button\" href=\"/console/improvements/new\">\(t.command(.propose))</a>"))
        }
        let mine = tasks.filter { !part.steps(of: $0, for: principal).isEmpty }.sorted { $0.due < $1.due }
        let open: [ImprovementTask.State] = [.proposed, .approved, .inProgress, .done]
        let shown = open + (showsEnded ? [.accepted, .rejected] : [])
        let ended = tasks.count { [.accepted, .rejected].contains($0.state) }
        let columns = shown.html { state in
            let cards = tasks.filter { $0.state == state }.sorted { $0.due < $1.due }
            let list: HTML = cards.isEmpty ? "<p class=\"dim\">\(t.none)</p>" : "<ul>\(cards.html { card($0, now) })</ul>"
            return "<section><h2>\(t.state(state)) <span class=\"dim\">\(cards.count)</span></h2>\(list)</section>\n"
        }
        let needs: HTML =
            mine.isEmpty
            ? "<p class=\"dim\">\(t.nothingWaits)</p>"
            : counted(
                [.figures("#"), .text(t.titleOfTask), .text(t.state), .text(t.owner), .text(t.dueDate)],
                mine.map { ["\($0.id)", "<a href=\"/console/improvements/\($0.id)\">\($0.title)</a>", "\(t.state($0.state))", "\($0.owner)", due($0, now)] })
        let ways: HTML = """
            \(when(part.proposes, "<a class=\"button\" href=\"/console/improvements/new\">\(t.command(.propose))</a>"))
            \(when(ended > 0, "<a href=\"?ended=\(showsEnded ? "false" : "true")\">\(showsEnded ? t("隐藏已结束的改进项", "Hide those that have ended") : t("显示已结束的改进项（\(ended)）", "Show those that have ended (\(ended))"))</a>"))
            """
        return """
            \(when(part.decides || part.works, "<h2>\(t.waitsForYou)</h2>\(needs)"))
            <p class="row">\(ways)</p><div class="board">\(columns)</div>
            """
    }

    private func card(_ task: ImprovementTask, _ now: Timestamp) -> HTML {
        "<li><a href=\"/console/improvements/\(task.id)\">\(task.title)</a><small>\(task.owner) · \(due(task, now))</small></li>"
    }

    private func due(_ task: ImprovementTask, _ now: Timestamp) -> HTML {
        let isLate = task.due < now && ![.accepted, .rejected, .done].contains(task.state)
        return "\(day(task.due))\(when(isLate, " <b class=\"bad\">\(t.overdue)</b>"))"
    }

    /// One improvement: what it is about, what became of it, the steps that the visitor may take, and its effect.
    ///
    /// - Parameters:
    ///   - effect: nil: nobody has asked for it.
    ///   - canMeasure: whether there is one to ask for.
    ///   - texts: where the feedback that it concerns can be read.
    package func improvement(_ task: ImprovementTask, part: Part, effect: Effect?, canMeasure: Bool, texts: String?, at now: Timestamp) -> HTML {
        let steps = part.steps(of: task, for: visitor?.principal ?? "")
        let facts: HTML = """
            <dl class="keys"><dt>\(t.state)</dt><dd><span class="tag">\(t.state(task.state))</span></dd><dt>\(t.owner)</dt><dd>\(task.owner)</dd>
            <dt>\(t.dueDate)</dt><dd>\(due(task, now))</dd>\(when(!task.expected.isEmpty, "<dt>\(t.expected)</dt><dd>\(task.expected)</dd>"))
            <dt>\(t("涉及的反馈", "Feedback"))</dt><dd><code>\(task.filter.description)</code>\(texts.map { " <a href=\"\($0)\">\(t("查看原声", "Read it"))</a>" as HTML })</dd></dl>
            """
        let history = task.events.html { event in
            "<li><b>\(t.step(event.step))</b> \(event.by) · \(time(event.at))\(when(!event.note.isEmpty, "<br>\(event.note)"))</li>"
        }
        let measuring: HTML = when(
            canMeasure && effect == nil,
            """
            <p><a class="button plain" href="?effect=true">\(t("比较改进前后", "Compare before and after"))</a>
            <span class="hint">\(t("取开始之前与完成之后各 90 天的数字", "Figures of 90 days before it began and after it was finished"))</span></p>
            """)
        return """
            \(facts)\(when(!steps.isEmpty, "<h2>\(t("下一步", "Next step"))</h2>\(taking(steps, of: task))"))
            \(when(canMeasure, "<h2>\(t("改进效果", "Effect"))</h2>"))\(measuring)\(effect.map(effectTable))
            <h2>\(t("经过", "History"))</h2><ol class="steps">\(history)</ol><p><a href="/console/improvements">\(t.back)</a></p>
            """
    }

    private func taking(_ steps: [ImprovementTask.Step], of task: ImprovementTask) -> HTML {
        let needsNote = steps.contains(where: \.needsNote)
        let hint =
            needsNote
            ? t(
                "\(steps.filter(\.needsNote).map(t.command).joined(separator: "、"))时必填；请勿填写客户信息",
                "Needed to \(steps.filter(\.needsNote).map { t.command($0).lowercased() }.joined(separator: " or ")); no personal data")
            : t("可选；请勿填写客户信息", "Optional; no personal data")
        let buttons = steps.html { step in
            let isOther = step == .reject || step == .sendBack
            return "<button name=\"step\" value=\"\(step.rawValue)\"\(when(isOther, " class=\"plain\""))>\(t.command(step))</button> "
        }
        let must = steps.allSatisfy(\.needsNote)
        return form(
            "/console/improvements/\(task.id)", style: "narrow",
            "\(field("note", t.note, when(must, " required") + " maxlength=\"2000\" autocomplete=\"off\"", hint: hint))<p class=\"row\">\(buttons)</p>")
    }

    private func effectTable(_ effect: Effect) -> HTML {
        func percent(_ share: Double?) -> HTML { share.map { "\(Scale.text(($0 * 1000).rounded() / 10)) %" } ?? "<span class=\"dim\">\(t("人数过少", "too few"))</span>" }
        func days(_ side: Effect.Side) -> HTML { "\(day(side.from)) – \(day(side.until))" }
        let (before, after) = (effect.before, effect.after)
        let whole = max(before.share ?? 0, after.share ?? 0)
        func share(_ side: Effect.Side) -> HTML { "\(percent(side.share))\(when(side.share != nil, SVG.bar([side.share ?? 0], of: whole)))" }
        let table = Table(
            [.text(""), .text(t("改进前", "Before")), .text(t("改进后", "After"))],
            rows: [
                ["\(t.period)", days(before), days(after)], ["\(t("占全部反馈", "Share of all feedback"))", share(before), share(after)],
                ["\(t("其中负面", "Negative among it"))", percent(before.negative), percent(after.negative)],
                [
                    "\(t("平均评分", "Average rating"))", "\(before.rating.map { Scale.text(($0 * 100).rounded() / 100) } ?? "–")",
                    "\(after.rating.map { Scale.text(($0 * 100).rounded() / 100) } ?? "–")",
                ],
            ]
        ).scrolling(t("改进效果", "Effect"))
        let verdict: String =
            switch effect.z {
            case let z? where z < -1.96: t("此类反馈明显减少。", "Such feedback has become rarer, by more than chance would explain.")
            case let z? where z > 1.96: t("此类反馈明显增多。", "Such feedback has become more frequent, by more than chance would explain.")
            case _?: t("变化尚在随机波动范围内。", "The change is within what chance explains.")
            case nil: t("数据还不足以下结论。", "There is not enough to tell yet.")
            }
        return "<p>\(verdict)</p>\(table)"
    }

    /// The form that proposes one.
    ///
    /// - Parameters:
    ///   - asked: what it begins with.
    ///   - fault: what was wrong with what was sent.
    package func proposing(_ asked: [String: String], fault: String?) -> HTML {
        let fields: HTML = """
            \(fault.map { "<p class=\"note bad full\" role=\"alert\">\($0)</p>" as HTML })\
            \(field("title", t.titleOfTask, value: asked["title"] ?? "", " required maxlength=\"500\" autocomplete=\"off\"", hint: t("请勿填写客户信息", "No personal data"), isFull: true))\
            \(field("where", t("涉及的反馈", "Feedback that it concerns"), value: asked["where"] ?? "", " required maxlength=\"2000\" autocomplete=\"off\"", hint: t.whereHint, isFull: true))\
            \(field("owner", t.owner, value: asked["owner"] ?? "", " required maxlength=\"64\" autocomplete=\"off\"", hint: t("负责落实的账号名", "The principal who carries it out")))\
            \(field("due", t.dueDate, value: asked["due"] ?? "", " type=\"date\" required"))\
            \(field("expected", t.expected, value: asked["expected"] ?? "", " maxlength=\"500\" autocomplete=\"off\"", isFull: true))\
            <p class="full row"><button>\(t.command(.propose))</button> <a href="/console/improvements">\(t.cancel)</a></p>
            """
        return form("/console/improvements", style: "grid", fields)
    }
}
