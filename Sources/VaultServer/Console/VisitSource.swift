import RedactedAPI
import VaultAPI

/// What a visitor's role is shown, for figures that pages are made of: each question has its entry, which says what page it fills.
struct VisitSource: RedactedSource {
    let visit: Console.Visit
    let view: String

    func page(_ query: Query) async throws -> Page {
        let asked = QueryPage(
            purpose: query.purpose, select: query.select, where: query.filter, since: query.since, until: query.until, limit: query.limit, cursor: query.cursor)
        let found = try await visit.show(asked, as: view, query.work)
        return Page(columns: found.reply.columns, rows: found.reply.rows, nextCursor: found.reply.nextCursor, leftOut: found.reply.leftOut ?? [], receipt: found.receipt.entry ?? 0)
    }

    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        let asked = AggregateRows(
            purpose: query.purpose, groupBy: query.groupBy.map(\.name), measures: query.measures.map(\.name), where: query.filter, since: query.since, until: query.until,
            inMonths: query.inMonths, compare: query.isCompared)
        let found = try await visit.show(asked, as: view)
        return AggregateTable(columns: found.reply.columns, rows: found.reply.rows, noise: found.reply.noise, receipt: found.receipt.entry ?? 0)
    }
}
