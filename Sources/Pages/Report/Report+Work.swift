import RedactedAPI
import Reporting

/// Improvements with their effects, and how the vault is used.
extension Report {
    private var stateNames: [ImprovementTask.State: String] {
        [
            .proposed: t("待批准", "proposed"), .approved: t("已批准", "approved"), .inProgress: t("进行中", "in progress"), .done: t("待验收", "awaiting acceptance"),
            .accepted: t("已验收", "accepted"), .rejected: t("已驳回", "rejected"),
        ]
    }

    private func day(_ time: Timestamp?) -> String { time.map { String($0.description.prefix(10)) } ?? "–" }

    var taskList: HTML {
        let counts = ImprovementTask.State.allCases.map { state in (stateNames[state]!, Scale.text(Double(tasks.count { $0.task.state == state }))) }
        guard !tasks.isEmpty else { return section(t("任务", "Tasks"), "<p>\(t("暂无任务", "No tasks yet"))</p>") }
        return tiles(counts)
            + section(
                t("任务", "Tasks"),
                table(
                    ["#", t("任务", "task"), t("状态", "state"), t("负责人", "owner"), t("期限", "due"), t("预期", "expected"), t("完成", "finished")],
                    tasks.map { item in
                        [
                            String(item.task.id), item.task.title, stateNames[item.task.state]!, item.task.owner, day(item.task.due), item.task.expected,
                            day(item.task.finished),
                        ]
                    }))
    }

    var taskEffects: HTML {
        let measured = tasks.compactMap { item in item.effect.map { (item.task, $0) } }
        return section(
            t("前后对比", "Before and after"),
            table(
                [
                    t("任务", "task"), t("改进前占比", "share before"), t("改进后占比", "share after"), "z", t("改进前负面占比", "negative before"), t("改进后负面占比", "negative after"),
                    t("改进前评分", "rating before"), t("改进后评分", "rating after"),
                ],
                measured.map { task, effect in
                    [
                        task.title, percent(effect.before.share), percent(effect.after.share), rounded(effect.z, 1), percent(effect.before.negative),
                        percent(effect.after.negative), rounded(effect.before.rating), rounded(effect.after.rating),
                    ]
                })
                + measured.filter { $0.1.before.share != nil && $0.1.after.share != nil }.html { task, effect in
                    let shares = [effect.before.share!, effect.after.share!]
                    return heading(task.title)
                        + SVG.bars(
                            task.title, parts: [""], rows: zip([t("改进前", "before"), t("改进后", "after")], shares).map { ($0, [$1 * 100]) }
                        ) { percent(shares[$0]) }
                })
    }

    var access: HTML {
        guard let use else { return .empty }
        let head = tiles([
            (t("记录", "Records"), Scale.text(Double(use.records))), (t("客户", "Customers"), Scale.text(Double(use.customers))),
            (t("未结请求", "Open requests"), Scale.text(Double(use.openCases))), (t("逾期请求", "Overdue"), Scale.text(Double(use.overdueCases))),
            (t("待审批", "Pending approvals"), Scale.text(Double(use.waitingApprovals))), (t("到期记录", "Records due for deletion"), Scale.text(Double(use.due))),
            (t("审计条目", "Audit entries"), Scale.text(Double(use.auditEntries))), (t("上次校验", "Last verified"), use.verified.map { String($0.prefix(10)) } ?? "–"),
        ])
        let days = use.days.map { String($0.day.suffix(5)) }
        return head
            + section(
                t("访问", "Accesses"),
                SVG.lines(
                    t("每日访问量", "Accesses per day"), steps: days,
                    series: [(t("允许", "allowed"), use.days.map { Double($0.allowed) }), (t("拒绝", "denied"), use.days.map { Double($0.denied) })],
                    palette: .outcomes))
    }

    var events: HTML {
        guard let use else { return .empty }
        let columns = ["#", t("时间", "time"), t("账号", "principal"), t("操作", "action"), t("规则", "rule")]
        func rows(_ events: [UseFigures.Event]) -> [[String]] { events.map { [String($0.entry), $0.time, $0.principal, $0.action, $0.rule] } }
        let none: HTML = "<p>\(t("无", "none"))</p>"
        return section(t("告警", "Alerts"), use.alerts.isEmpty ? none : table(columns, rows(use.alerts)))
            + section(t("拒绝", "Denials"), use.denials.isEmpty ? none : table(columns, rows(use.denials)))
    }
}
