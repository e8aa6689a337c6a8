import Hummingbird
import Pages
import Policy
import RedactedAPI
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

    func queryPage(_ visit: Visit, _ answer: ConsolePage.Answer? = nil) throws -> Response {
        let (purposes, fields) = queryable(visit)
        let isFirst = visit.request.method == .get
        let usual: Set<String> = ["record", "occurred_at", "channel", "product", "rating", "text"]
        let groups =
            fields.filter { ![.mask, .pseudonym].contains($0.treatment) && $0.name != "occurred_at" }.map(\.name)
            + (fields.contains { $0.name == "occurred_at" } ? GroupKey.Unit.allCases.filter { $0 != .hour }.map { "\($0.rawValue)(occurred_at)" } : [])
        var asked = visit.form.asked
        if asked["limit"] == nil { asked["limit"] = "50" }
        // A link asks for no rows.
        if isFirst { asked["where"] = nil }
        let question = ConsolePage.Question(
            purposes: purposes, fields: fields.map { ($0.name, $0.treatment.rawValue) }, groups: groups,
            chosen: isFirst ? usual : Set(visit.form.all("select")), asked: asked)
        return try visit.page(visit.words.query) { page in page.query(question, answer) }
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
        guard let group = visit.form["group"] else {
            let found = try await rows(visit)
            let answer = ConsolePage.Answer(
                columns: found.reply.columns, rows: found.reply.rows, entry: found.receipt.entry ?? 0, hasMore: found.reply.nextCursor != nil,
                leftOut: found.reply.leftOut ?? [])
            return try queryPage(visit, answer)
        }
        let found = try await figures(visit, by: group)
        let answer = ConsolePage.Answer(
            columns: found.reply.columns, rows: found.reply.rows, entry: found.receipt.entry ?? 0, isFigures: true)
        return try queryPage(visit, answer)
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
