import VaultAPI

extension ConsolePage {
    /// - Parameter showsClosed: whether those that have ended are among them.
    package func cases(_ cases: [SubjectCase], showsClosed: Bool) -> HTML {
        let table = counted(
            [.figures("#"), .text(t.kind), .text(t.subjectPseudonym), .text(t.status), .text(t.deadline), .text(t.opened), .text(t.tasks)],
            cases.sorted { ($0.closed == nil ? 0 : 1, $0.due) < ($1.closed == nil ? 0 : 1, $1.due) }.map { row in
                let open = row.tasks.count { $0.state == "open" }
                return [
                    "\(row.id)", "<a href=\"/console/cases/\(row.id)\">\(t.name(of: row.kind))</a>", "<code>\(row.subject)</code>", "\(t.caseStatus(row.status))", due(row),
                    time(row.opened), row.tasks.isEmpty ? "" : "\(t("\(open) / \(row.tasks.count) 未完成", "\(open) of \(row.tasks.count) open"))",
                ]
            },
            empty: showsClosed
                ? t("还没有客户请求。在“客户权利”页查找客户后即可登记。", "There are no cases yet. Find the customer under “Subject rights” to open one.")
                : t("没有未结的客户请求。在“客户权利”页查找客户后即可登记。", "No case is open. Find the customer under “Subject rights” to open one."))
        return """
            \(table)<p class="row"><a class="button" href="/console/subjects">\(t("登记新请求", "Open a case"))</a>
            <a href="?closed=\(showsClosed ? "false" : "true")">\(showsClosed ? t("只看未结的请求", "Open cases only") : t.showClosed)</a></p>
            """
    }

    private func due(_ row: SubjectCase) -> HTML { "\(time(row.due))\(when(row.isOverdue, " <b class=\"bad\">\(t.overdue)</b>"))" }

    /// One request on one page: whom it is of, by when, what can be done, what others do for it, and its end.
    ///
    /// - Parameters:
    ///   - holds: of the customer; nil for somebody who sees none.
    ///   - acts: what may be done.
    package func casePage(_ row: SubjectCase, holds: [SubjectHold]?, acts: [Act], purposes: [String]) -> HTML {
        let inForce = (holds ?? []).filter(\.isInForce)
        let held: HTML = when(
            !inForce.isEmpty,
            "<div class=\"note bad\" role=\"note\">\(t("该客户正处于保全中，不可删除：", "The customer is on hold and cannot be erased:"))<ul>\(inForce.html { "<li>#\($0.id) \(t.note($0.ground)) · \($0.setBy)</li>" })</ul></div>"
        )
        let facts: HTML = """
            <dl class="keys"><dt>\(t.subjectPseudonym)</dt><dd><code>\(row.subject)</code></dd><dt>\(t.status)</dt><dd><span class="tag">\(t.caseStatus(row.status))</span></dd>
            <dt>\(t.deadline)</dt><dd>\(due(row))</dd><dt>\(t.opened)</dt><dd>\(time(row.opened))</dd>\(row.closed.map { "<dt>\(t("结案时间", "Closed"))</dt><dd>\(time($0))</dd>" as HTML })
            \(when(!row.note.isEmpty, "<dt>\(t.note)</dt><dd>\(t.note(row.note))</dd>"))</dl>
            """
        let show = form("/console/subjects/show", "\(hidden("subject", row.subject))<p class=\"row\"><button class=\"plain\">\(t.show)</button></p>")
        let doing: HTML = when(
            row.closed == nil && !acts.isEmpty,
            "<h2>\(t.rights)</h2>\(acting(for: row.subject, acts, purposes, t("客户请求 #\(row.id)", "case #\(row.id)"), of: row.id))")
        let closing: HTML = when(
            row.closed == nil,
            """
            <h2>\(t.close)</h2>\(form("/console/cases/\(row.id)/close", style: "grid", "\(field("note", t("答复说明", "How it was answered"), " required maxlength=\"2000\" autocomplete=\"off\"", isFull: true))<p class=\"full row\"><button name=\"outcome\" value=\"answered\">\(t("已答复，结案", "Answered: close"))</button><button name=\"outcome\" value=\"refused\" class=\"plain\">\(t("拒绝请求，结案", "Refused: close"))</button></p>"))
            """)
        return """
            \(held)\(facts)\(show)\(doing)<h2>\(t.tasks)</h2>\(tasks(row))\(closing)
            <p><a href="/console/cases">\(t.back)</a></p>
            """
    }

    /// What others have to do for the case.
    private func tasks(_ asked: SubjectCase) -> HTML {
        let table = counted(
            [.text("#"), .text(t.system), .text(t.asked), .text(t.state), .text(t.toDo), .text(t.answer)], asked.tasks.map { row($0, of: asked) },
            empty: t("没有交给其他系统或同事的任务。", "Nothing is asked of other systems or people."))
        guard asked.closed == nil else { return table }
        let asking: HTML = """
            \(hidden("number", String(asked.id)))\(field("system", t.system, " required pattern=\"[a-z0-9_\\-]{1,64}\" placeholder=\"crm\" autocomplete=\"off\""))\
            <p><label for="task-note">\(t.toDo)</label><input id="task-note" name="note" required maxlength="2000" autocomplete="off"></p>\
            <p class="full"><button class="plain">\(t.addTask)</button></p>
            """
        return "\(table)\(form("/console/cases/tasks", style: "grid", asking))"
    }

    private func row(_ task: SubjectCaseTask, of asked: SubjectCase) -> [HTML] {
        [
            "\(asked.id).\(task.id)", "\(task.system)", time(task.asked),
            "\(t.taskState(task.state))\(task.answered.map { " <span class=\"dim\">\(time($0))</span>" as HTML })", "\(t.note(task.note))",
            when(task.state == "open" && asked.closed == nil, answering(task.id, of: asked.id)),
        ]
    }

    private func answering(_ task: Int64, of number: Int64) -> HTML {
        let fields: HTML = """
            <input name="note" aria-label="\(t.answer) \(number).\(task)" required maxlength="2000"><button name="outcome" value="done">\(t.taskDone)</button>\
            <button name="outcome" value="refused" class="plain">\(t.refused)</button>
            """
        return form("/console/cases/\(number)/tasks/\(task)", fields)
    }

    /// - Parameter principal: who decides nothing of their own.
    package func approvals(_ approvals: [Approval], for principal: String) -> HTML {
        counted(
            [
                .figures("#"), .text(t.principal), .text(t.purpose), .text(t.record), .text(t.field), .text(t.reason), .text(t.asked), .text(t.state),
                .text(t.decision),
            ],
            approvals.map { row in
                [
                    "\(row.id)", "\(row.principal) <span class=\"dim\">(\(row.role))</span>", "\(row.purpose)", "<code>\(row.record)</code>", "\(row.field)",
                    "\(t.note(row.reason))", "\(time(row.asked))", "\(t.approvalState(row.state))\(row.decidedBy.map { " <span class=\"dim\">(\($0))</span>" })",
                    when(row.state == "pending" && row.principal != principal, deciding(row.id)),
                ]
            }, empty: t("没有待审批的申请。", "No request waits for approval."))
    }

    private func deciding(_ number: Int64) -> HTML {
        let fields: HTML = """
            <input name="reason" aria-label="\(t.reason) \(number)" maxlength="2000"><button name="decision" value="grant">\(t.grant)</button>\
            <button name="decision" value="deny" class="plain">\(t.deny)</button>
            """
        return form("/console/approvals/\(number)", fields)
    }
}
