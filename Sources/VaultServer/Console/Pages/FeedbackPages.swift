import Hummingbird
import Pages
import Policy
import RedactedAPI
import VaultAPI

extension Console {
    /// How many texts a page has.
    private static let textsEach = 25
    /// Fields that pages of feedback are filtered by, where the policy shows them.
    private static let filtered = ["product", "region", "channel"]

    /// What a page of feedback is about, as its address says.
    ///
    /// - Parameter view: the page, whose name the entries of the values to choose from bear.
    private func filters(_ visit: Visit, _ purpose: String, as view: String, more: [(field: String, values: [String])] = [], condition: Condition? = nil) async throws
        -> ConsolePage.Filters
    {
        let months = ConsolePage.Months(visit.form["period"], at: visit.session.now, in: visit.session.timeZone)
        let shown = visit.session.capabilities.fields(for: .query, purpose: purpose)
        var choices: [(field: String, values: [String])] = []
        for field in Self.filtered where shown[field] == .reveal {
            let table = try await visit.show(AggregateRows(purpose: purpose, groupBy: [field], measures: ["count"], since: months.year, until: months.until), as: view).reply
            var values = table.rows.map { $0[0].description }.filter { !$0.isEmpty }
            // What was asked for stays in the form, also where there is nothing.
            if let asked = visit.form[field], !values.contains(asked) { values.append(asked) }
            if !values.isEmpty { choices.append((field, values.sorted())) }
        }
        choices += more.filter { shown[$0.field] == .reveal }
        let chosen = Dictionary(uniqueKeysWithValues: choices.compactMap { choice in visit.form[choice.field].map { (choice.field, $0) } })
        var filters = ConsolePage.Filters(period: visit.form["period"], months: months, choices: choices, chosen: chosen, condition: condition)
        let names = ConsolePage.Names(visit.session.codeFrame, visit.words.language)
        filters.labels = Dictionary(more.flatMap(\.values).map { ($0, names.of($0)) }, uniquingKeysWith: { first, _ in first })
        return filters
    }

    private func purpose(_ visit: Visit) throws -> String {
        guard let purpose = visit.session.capabilities.study else { throw Problem(.denied, visit.words.noRight) }
        return purpose
    }

    @Sendable func dashboard(_ visit: Visit) async throws -> Response {
        let purpose = try purpose(visit)
        let filters = try await filters(visit, purpose, as: "dashboard")
        let fields = Set(visit.session.capabilities.fields(for: .query, purpose: purpose).filter { $0.value > .suppress }.keys)
        let frame = visit.session.codeFrame
        let figures = try await ConsolePage.figures(from: VisitSource(visit: visit, view: "dashboard"), fields: fields, filters: filters, frame: frame, purpose: purpose)
        return try visit.page(visit.words.dashboard) { page in page.dashboard(figures, filters, names: .init(frame, visit.words.language)) }
    }

    @Sendable func texts(_ visit: Visit) async throws -> Response {
        let purpose = try purpose(visit)
        let frame = visit.session.codeFrame
        let names = ConsolePage.Names(frame, visit.words.language)
        let shown = visit.session.capabilities.fields(for: .query, purpose: purpose)
        // The address of a page says what it is about; of a form that was sent, too.
        var address = visit
        address.form = Form(visit.request.uri.query ?? "")
        let condition = try address.form["where"].map { try Condition(parsing: $0) }
        let topics = (frame?.codes ?? []).filter { !$0.isUrgent }.map(\.id)
        let filters = try await filters(
            address, purpose, as: "texts", more: [("topic", topics), ("sentiment", ["negative", "neutral", "positive"])], condition: condition)
        let words = visit.form["words"]
        let conditions = [filters.condition, words.map { Condition.contains(field: "text", $0) }].compactMap(\.self)
        let select = ["occurred_at", "channel", "product", "region", "store", "rating", "sentiment", "topic", "text"].filter { shown[$0].map { $0 > .suppress } ?? false }
        let asked = QueryPage(
            purpose: purpose, select: select, where: conditions.count < 2 ? conditions.first : .and(conditions), since: filters.months.since, until: filters.months.until,
            limit: Self.textsEach, cursor: visit.form["cursor"])
        let found = try await visit.perform(asked, asked.query.work).reply
        let phrases = filters.chosen["topic"].flatMap { topic in frame?.codes.first { $0.id == topic } }.map { $0.phrases + $0.hints } ?? []
        let texts = ConsolePage.Texts(columns: found.columns, rows: found.rows, next: found.nextCursor, leftOut: found.leftOut?.count ?? 0)
        return try visit.page(visit.words.texts) { page in
            page.texts(
                texts, filters, words: words, marks: .init(words: words, phrases: phrases), names: names, isFirst: visit.form["cursor"] == nil, mayPropose: visit.may(.taskPropose))
        }
    }
}
