import RedactedAPI

/// The customers whom somebody calls back, and one of them.
extension ConsolePage {
    /// What became of calling somebody.
    package static let outcomes = ["solved", "promised", "unreached", "declined"]

    func outcome(ofCall word: String) -> String {
        switch word {
        case "solved": t("已解决", "Solved")
        case "promised": t("已答应处理", "Something was promised")
        case "unreached": t("未接通", "Not reached")
        case "declined": t("客户不愿沟通", "The customer declined")
        default: word
        }
    }

    /// Records to call back about.
    package struct Calls: Sendable {
        package var columns: [String]
        package var rows: [[Value]]
        package var next: String?

        package init(columns: [String], rows: [[Value]], next: String?) { (self.columns, self.rows, self.next) = (columns, rows, next) }

        package func value(_ column: String, of row: [Value]) -> String { columns.firstIndex(of: column).map { row[$0].description } ?? "" }
        package var records: [String] { rows.map { value("record", of: $0) } }
    }

    /// - Parameters:
    ///   - keepsOutcomes: whether the policy lets the visitor record what became of a call.
    ///   - isFirst: whether this is the first page.
    package func worklist(_ calls: Calls, keepsOutcomes: Bool, isFirst: Bool) -> HTML {
        let table = counted(
            [.text(t.customers), .text(t("电话", "Phone")), .text(t.time), .text(t.product), .figures(t.rating)] + (keepsOutcomes ? [.text(t("上次结果", "Last outcome"))] : []) + [
                .text("")
            ],
            calls.rows.map { row in
                let name = calls.value("name", of: row)
                let last = calls.value("follow_up", of: row)
                let rating = calls.value("rating", of: row)
                return [
                    "\(name.isEmpty ? t("姓名未知", "no name") : name)", "\(calls.value("phone", of: row))", "\(calls.value("occurred_at", of: row))",
                    "\(calls.value("product", of: row))",
                    "\(when(!rating.isEmpty, "★ \(rating)"))",
                ] + (keepsOutcomes ? [last.isEmpty ? "<span class=\"dim\">\(t("尚未回访", "not called yet"))</span>" as HTML : "\(outcome(ofCall: last))"] : [])
                    + ["<a class=\"button\" href=\"/console/worklist/\(calls.value("record", of: row))\">\(t("回访", "Call back"))</a>"]
            }, hasHeads: true,
            empty: t("目前没有需要回访的客户。评分 1–2 分的新反馈会出现在这里。", "Nobody is to be called back. New feedback with a rating of 1 or 2 comes here."))
        let next: HTML = calls.next.map { "<a class=\"button plain\" rel=\"next\" href=\"/console/worklist?cursor=\(Filters.quoted($0))\">\(t.nextPage)</a>" } ?? .empty
        let first: HTML = when(!isFirst, "<a href=\"/console/worklist\">\(t.firstPage)</a>")
        return """
            <p class="lead">\(t("评分 1–2 分、尚未办结的客户。姓名和电话在此只显示一部分，回访时凭理由查看。", "Customers who rated 1 or 2 and are not settled yet. Names and numbers are masked here; you see them when you call, with a reason."))</p>
            \(table)<p class="row">\(next)\(first)</p>
            """
    }

    /// One call: what the record says, what may be revealed of it, and what became of it.
    ///
    /// - Parameters:
    ///   - revealed: fields with their values, as they were asked for just now.
    ///   - next: the record after this one.
    ///   - faults: fields that were refused, and why.
    package func call(
        _ record: String, facts: [(field: String, value: String)], fields: [String], revealed: [(field: String, value: String)], faults: [(field: String, reason: String)],
        reason: String, keepsOutcomes: Bool, next: String?
    ) -> HTML {
        let known = facts.filter { !$0.value.isEmpty }.html { "<dt>\(name(ofCallField: $0.field))</dt><dd>\($0.field == "follow_up" ? outcome(ofCall: $0.value) : $0.value)</dd>" }
        let values = revealed.html { "<dt>\(name(ofCallField: $0.field))</dt><dd class=\"\($0.field == "text" ? "" : "value")\">\($0.value)</dd>" }
        let refused = faults.html { "<li>\(name(ofCallField: $0.field))\(t.colon)<span lang=\"en\">\($0.reason)</span></li>" }
        let usual: Set<String> = ["text", "phone"]
        let boxes = fields.html { field in
            "<label><input type=\"checkbox\" name=\"field\" value=\"\(field)\"\(when(usual.contains(field), " checked"))> \(name(ofCallField: field))</label>"
        }
        let asking: HTML = form(
            "/console/worklist/\(record)", style: "grid",
            """
            \(field("reason", t("查看理由", "Reason"), value: reason.isEmpty ? t("回访客户的反馈", "Call back about their feedback") : reason, " required maxlength=\"500\" autocomplete=\"off\"", hint: t("写入审计日志，请勿填写客户信息", "Goes to the audit log; no personal data"), isFull: true))
            <fieldset><legend>\(t("要查看的内容", "What to see"))</legend>\(boxes)</fieldset><p class="full"><button\(when(!revealed.isEmpty, " class=\"plain\""))>\(t("查看", "Show"))</button></p>
            """)
        let ways =
            "\(when(next != nil, "<a href=\"/console/worklist/\(next ?? "")\">\(t("跳过，下一位", "Skip to the next"))</a>"))<a href=\"/console/worklist\">\(t("返回列表", "Back to the list"))</a>"
            as HTML
        let buttons = Self.outcomes.html { word in
            "<button name=\"outcome\" value=\"\(word)\"\(when(word != "solved", " class=\"plain\""))>\(outcome(ofCall: word))</button> "
        }
        let ending: HTML = when(
            keepsOutcomes,
            """
            <h2>\(t("回访结果", "What became of it"))</h2>
            \(form("/console/worklist/\(record)/outcome", style: "row", buttons))
            <p class="hint">\(t("记录后自动进入下一位客户。", "Once recorded, the next customer comes up."))</p>
            """)
        return """
            <dl class="keys">\(known)</dl>\(when(!refused.isEmpty, "<div class=\"note bad\" role=\"alert\">\(t("以下内容无法查看：", "These cannot be shown:"))<ul>\(refused)</ul></div>"))
            \(when(!values.isEmpty, "<section class=\"note\" role=\"status\"><dl class=\"keys\">\(values)</dl></section>"))
            \(when(revealed.isEmpty, "<h2>\(t("查看联系方式", "See whom to call"))</h2>"))\(when(!revealed.isEmpty, "<details><summary>\(t("查看更多内容", "See more"))</summary>\(asking)</details>"))\(when(revealed.isEmpty, asking))
            \(ending)<p class="row">\(ways)</p>
            """
    }

    private func name(ofCallField field: String) -> String {
        switch field {
        case "name": t("姓名", "Name")
        case "phone": t("电话", "Phone")
        case "email": t("电子邮箱", "E-mail")
        case "text": t("反馈内容（已脱敏）", "What they said (redacted)")
        case "wechat": t("微信", "WeChat")
        case "customer_id": t("客户编号", "Customer id")
        case "follow_up": t("上次结果", "Last outcome")
        default: name(ofField: field)
        }
    }
}
