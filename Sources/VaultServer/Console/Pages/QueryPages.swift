import Hummingbird
import Policy
import RedactedAPI
import Reporting
import VaultAPI

extension Console {
    /// For which purposes the role may query, and what it is shown for the one that was chosen, or the first.
    private func queryable(_ visit: Visit) -> (purposes: [String], fields: [(name: String, treatment: Treatment)]) {
        let capabilities = visit.session.capabilities
        let purposes = capabilities.purposes(for: .query)
        let chosen = visit.form["purpose"].flatMap { purposes.contains($0) ? $0 : nil } ?? purposes.first
        let fields = chosen.map { capabilities.fields(for: .query, purpose: $0) } ?? [:]
        return (purposes, fields.filter { $0.value > .suppress }.map { ($0.key, $0.value) }.sorted { $0.name < $1.name })
    }

    func queryPage(_ visit: Visit, _ more: [String: Any]) throws -> Response {
        let (purposes, fields) = queryable(visit)
        let form = visit.form
        let isFirst = visit.request.method == .get
        let usual: Set<String> = ["record", "occurred_at", "channel", "product", "rating", "text"]
        let chosen = isFirst ? usual : Set(form.all("select"))
        let groups =
            fields.filter { ![.mask, .pseudonym].contains($0.treatment) && $0.name != "occurred_at" }.map(\.name)
            + (fields.contains { $0.name == "occurred_at" } ? ["day(occurred_at)", "month(occurred_at)", "year(occurred_at)"] : [])
        var members: [String: Any] = [
            "purposes": purposes.map { ["id": $0, "chosen": form["purpose"] == $0] as [String: Any] },
            "fields": fields.map { ["id": $0.name, "treatment": $0.treatment.rawValue, "chosen": chosen.contains($0.name)] as [String: Any] },
            "groups": groups.map { ["id": $0, "chosen": form["group"] == $0] as [String: Any] },
            "asked": [
                "since": form["since"] ?? "", "until": form["until"] ?? "", "limit": form["limit"] ?? "50", "where": isFirst ? "" : form["where"] ?? "",
            ],
        ]
        members.merge(more) { $1 }
        return try visit.page("query", title: visit.word("query"), members)
    }

    /// The rows that the form asks for, or figures about groups of them.
    private func asked(_ visit: Visit) throws -> QueryPage {
        let form = visit.form
        guard let purpose = form["purpose"] else { throw Problem.invalid("'purpose' is needed") }
        return QueryPage(
            purpose: purpose, select: form.all("select"), where: try form["where"].map { try Condition(parsing: $0) }, since: try form.time("since"),
            until: try form.time("until"), limit: form["limit"].flatMap { Int($0) }.map { min(max($0, 1), 1000) } ?? 50)
    }

    private func rows(_ visit: Visit) async throws -> Receipted<Rows> {
        let asked = try asked(visit)
        return try await visit.perform(asked, asked.query.work)
    }

    private func figures(_ visit: Visit, by group: String) async throws -> Receipted<AggregateRows.Reply> {
        let asked = try asked(visit)
        return try await visit.perform(
            AggregateRows(purpose: asked.purpose, groupBy: [group], measures: ["count"], where: asked.where, since: asked.since, until: asked.until))
    }

    @Sendable func query(_ visit: Visit) async throws -> Response {
        func table(_ columns: [String], _ rows: [[Value]], _ receipt: Receipt, _ more: [String: Any]) throws -> Response {
            var members: [String: Any] = [
                "hasResult": true, "columns": columns, "count": rows.count, "receipt": receipt.entry ?? 0,
                "rows": rows.map { ["cells": $0.map(\.description)] as [String: Any] },
            ]
            members.merge(more) { $1 }
            return try queryPage(visit, members)
        }
        guard let group = visit.form["group"] else {
            let found = try await rows(visit)
            return try table(found.reply.columns, found.reply.rows, found.receipt, ["more": found.reply.nextCursor != nil])
        }
        let found = try await figures(visit, by: group)
        let (columns, rows, suppressed) = (found.reply.columns, found.reply.rows, found.reply.suppressedGroups)
        let bars = rows.map { row -> (String, [Double]) in
            guard case .integer(let count) = row[1] else { return (row[0].description, [0]) }
            return (row[0].description, [Double(count)])
        }
        let chart = SVG.bars(visit.word("chart"), parts: [visit.word("count")], rows: bars, note: { String(Int(bars[$0].1[0])) })
        return try table(
            columns, rows, found.receipt, ["chart": bars.isEmpty ? "" : chart, "suppressed": Self.present(suppressed > 0 ? String(suppressed) : "")])
    }

    @Sendable func queryCSV(_ visit: Visit) async throws -> Response {
        let (columns, rows): ([String], [[Value]])
        if let group = visit.form["group"] {
            let figures = try await figures(visit, by: group).reply
            (columns, rows) = (figures.columns, figures.rows)
        } else {
            let page = try await self.rows(visit).reply
            (columns, rows) = (page.columns, page.rows)
        }
        // With a byte order mark spreadsheets read Chinese rightly.
        return Self.download([0xEF, 0xBB, 0xBF] + RowStream.Format.csv.bytes(columns, rows, isFirst: true), "text/csv; charset=utf-8", "query.csv")
    }
}
