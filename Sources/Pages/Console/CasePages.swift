import VaultAPI

extension ConsolePage {
    /// - Parameter showsClosed: whether those that have ended are among them.
    package func cases(_ cases: [SubjectCase], showsClosed: Bool) -> HTML {
        let table = counted(
            [
                .figures("#"), .text(t.kind), .text(t.subjectPseudonym), .text(t.status), .text(t.opened), .text(t.deadline), .text(t.note), .text(t.close),
            ], cases.map(row))
        let opening: HTML = """
            \(field("subject", t.subjectPseudonym, " required autocomplete=\"off\""))\(choice("kind", t.kind, CaseKind.allCases.map { Option($0.rawValue) }))\
            \(field("note", t.note, " maxlength=\"2000\"", isFull: true))<p><button>\(t.open)</button></p>
            """
        return """
            <p><a href="?closed=\(showsClosed ? "false" : "true")">\(t.showClosed)</a></p>
            \(table)<h2>\(t.open)</h2>\(form("/console/cases", style: "grid", opening))
            <h2>\(t.tasks)</h2>\(tasks(cases))
            """
    }

    /// What others have to do for the cases.
    private func tasks(_ cases: [SubjectCase]) -> HTML {
        let rows = cases.flatMap { asked in asked.tasks.map { row($0, of: asked) } }
        let table = counted([.text("#"), .text(t.system), .text(t.asked), .text(t.state), .text(t.toDo), .text(t.answer)], rows)
        let open = cases.filter { $0.closed == nil }
        guard !open.isEmpty else { return table }
        let asking: HTML = """
            \(choice("number", t.caseNumber, open.map { Option("\($0.id)") }))\
            \(field("system", t.system, " required pattern=\"[a-z0-9_\\-]{1,64}\" placeholder=\"crm\" autocomplete=\"off\""))\
            <p class="full"><label for="task-note">\(t.toDo)</label><input id="task-note" name="note" required maxlength="2000"></p>\
            <p><button>\(t.addTask)</button></p>
            """
        return "\(table)\(form("/console/cases/tasks", style: "grid", asking))"
    }

    private func row(_ task: SubjectCaseTask, of asked: SubjectCase) -> [HTML] {
        [
            "\(asked.id).\(task.id)", "\(task.system)", "\(Self.short(task.asked.description))",
            "\(t.taskState(task.state))\(task.answered.map { " <span class=\"dim\">\(Self.short($0.description))</span>" as HTML })", "\(t.note(task.note))",
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

    private func row(_ row: SubjectCase) -> [HTML] {
        [
            "\(row.id)", "\(row.kind)", "<code>\(row.subject)</code>", "\(row.status)", "\(Self.short(row.opened.description))",
            "\(Self.short(row.due.description))\(when(row.isOverdue, " <b class=\"bad\">\(t.overdue)</b>"))", "\(t.note(row.note))",
            when(row.closed == nil, closing(row.id)),
        ]
    }

    private func closing(_ number: Int64) -> HTML {
        let fields: HTML = """
            <input name="note" aria-label="\(t.note) \(number)" required maxlength="2000"><select name="outcome" aria-label="\(t.outcome) \(number)">\
            \(Option("answered", t.answered).html)\(Option("refused", t.refused).html)</select><button>\(t.close)</button>
            """
        return form("/console/cases/\(number)/close", fields)
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
                    "\(t.note(row.reason))", "\(Self.short(row.asked.description))", "\(row.state)\(row.decidedBy.map { " <span class=\"dim\">(\($0))</span>" })",
                    when(row.state == "pending" && row.principal != principal, deciding(row.id)),
                ]
            })
    }

    private func deciding(_ number: Int64) -> HTML {
        let fields: HTML = """
            <input name="reason" aria-label="\(t.reason) \(number)" maxlength="2000"><button name="decision" value="grant">\(t.grant)</button>\
            <button name="decision" value="deny" class="plain">\(t.deny)</button>
            """
        return form("/console/approvals/\(number)", fields)
    }
}
