import RedactedAPI
import VaultAPI

extension ConsolePage {
    /// - Parameters:
    ///   - found: nil for somebody who may not see it.
    ///   - inbox: what waits for the visitor.
    package func overview(_ found: VaultOverview?, inbox: [InboxItem]) -> HTML {
        guard let found else { return inbox.isEmpty ? "<p>\(t.noRight)</p>" : waiting(inbox) }
        return """
            \(when(!inbox.isEmpty, waiting(inbox)))\(tiles(found))<h2>\(t.accesses)</h2>\(accesses(found.days))
            <h2>\(t.alerts)</h2>\(events(found.alerts, t.alerts))<h2>\(t.denials)</h2>\(events(found.denials, t.denials))
            <h2>\(t.keys)</h2>\(keys(found.keys))
            """
    }

    private func waiting(_ inbox: [InboxItem]) -> HTML {
        let items = inbox.filter { $0.count > 0 }.html { item in
            let late = when(item.overdue > 0, " <span class=\"bad\">(\(item.overdue) \(t.overdue))</span>")
            let due: HTML = item.due.map { "<br><small>\(t.nextDue) \(time($0))</small>" } ?? .empty
            return "<li><b>\(item.count)\(late)</b><span><a href=\"\(path(of: item.kind))\">\(t.name(of: item.kind))</a>\(due)</span></li>"
        }
        let list: HTML = inbox.contains { $0.count > 0 } ? "<ul class=\"tiles\">\(items)</ul>" : "<p class=\"dim\">\(t.nothingWaits)</p>"
        return "<h2>\(t.waitsForYou)</h2>\(list)\n"
    }

    /// Its page.
    private func path(of kind: InboxItem.Kind) -> String {
        switch kind {
        case .approvals: "/console/approvals"
        case .links: "/console/links"
        case .cases: "/console/cases"
        case .tokens: "/console/tokens"
        case .proposals, .results, .work: "/console/improvements"
        }
    }

    private func tiles(_ found: VaultOverview) -> HTML {
        let overdue = when(found.overdueCases > 0, " <span class=\"bad\">(\(found.overdueCases) \(t.overdue))</span>")
        let verified: HTML = found.verifiedAt.flatMap { Timestamp($0) }.map(day) ?? "<span class=\"bad\">\(t.never)</span>"
        let tiles: [(HTML, String)] = [
            ("\(found.records)", t.records), ("\(found.customers)", t.customers), ("\(found.openCases)\(overdue)", t.openCases),
            ("\(found.waitingApprovals)", t.waiting), ("\(found.due)", t.due), ("\(found.auditEntries)", t.auditEntries), (verified, t.lastVerified),
        ]
        return "<ul class=\"tiles\">\(tiles.html { "<li><b>\($0.0)</b><span>\($0.1)</span></li>" })</ul>\n"
    }

    private func accesses(_ days: [VaultOverview.Day]) -> HTML {
        let chart = SVG.lines(
            t.accesses, steps: days.map { String($0.day.suffix(5)) },
            series: [(t.allowed, days.map { Double($0.allowed) }), (t.denied, days.map { Double($0.denied) })], palette: .outcomes, isSmall: true)
        let table = Table(
            [.text(t.time), .figures(t.allowed), .figures(t.denied)], rows: days.map { ["\($0.day)", "\($0.allowed)", "\($0.denied)"] })
        return "\(chart)<details><summary>\(t("数据表", "As a table"))</summary>\(table.html)</details>"
    }

    private func events(_ events: [VaultOverview.Event], _ name: String) -> HTML {
        if events.isEmpty { return "<p class=\"dim\">\(t.none)</p>\n" }
        return Table(
            [.figures(t.entry), .text(t.time), .text(t.principal), .text(t.action), .text(t.rule)],
            rows: events.map { [entryLink($0.entry), "\(time($0.time))", "\($0.principal)", "\($0.action)", "\($0.rule)"] }, hasHeads: false
        ).scrolling(name)
    }

    func keys(_ keys: [KeyStatus]) -> HTML {
        Table(
            [.text(t.key), .text(t.state), .text(t.created), .figures(t.subjectKeys), .figures(t.dataKeys)],
            rows: keys.map { key in
                [
                    "\(key.id)", "\(key.isActive ? t.active : t.retired)\(when(key.needsRotation, " <span class=\"bad\">\(t.needsRotation)</span>"))",
                    "\(time(key.created))", "\(key.subjectKeys)", "\(key.dataKeys)",
                ]
            }
        ).scrolling(t.keys)
    }
}
