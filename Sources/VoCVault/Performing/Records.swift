import RedactedAPI
import VaultAPI

// Records: redacted, as figures, and single fields in plaintext.

extension QueryPage: PerformedOperation {
    public func perform(in session: Session) throws -> Rows { Rows(try session.page(query)) }

    /// As a query of the redacted API.
    package var query: Query {
        Query(select: select, filter: `where`, since: since, until: until, limit: limit, cursor: cursor, purpose: purpose)
    }
}

extension Rows {
    init(_ page: Page) {
        self.init(columns: page.columns, rows: page.rows, nextCursor: page.nextCursor, leftOut: page.leftOut.isEmpty ? nil : page.leftOut)
    }
}

extension ListChanges: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let page = try session.changes(ChangeQuery(select: select, after: after, limit: limit, purpose: purpose))
        return Reply(
            columns: page.columns, rows: page.rows, changes: page.changes, gone: page.gone, cursor: page.cursor, more: page.hasMore,
            leftOut: page.leftOut.isEmpty ? nil : page.leftOut)
    }
}

extension AggregateRows: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        let table = try session.aggregate(
            AggregateQuery(
                groupBy: (groupBy ?? []).map { GroupKey($0) }, measures: try read(measures), filter: `where`, since: since, until: until, inMonths: inMonths ?? false,
                having: try having.map { try Condition(parsingColumns: $0) }, order: (orderBy ?? []).map { FigureOrder($0) }, isCompared: compare ?? false, purpose: purpose))
        return Reply(columns: table.columns, rows: table.rows, noise: table.noise)
    }
}

extension PlanDisclosure: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        try session.disclosurePlan(
            AggregateQuery(
                groupBy: (groupBy ?? []).map { GroupKey($0) }, measures: try read(measures ?? ["count"]), filter: `where`, since: since, until: until,
                inMonths: inMonths ?? false, purpose: purpose))
    }
}

private func read(_ measures: [String]) throws -> [Measure] {
    try measures.map { name in
        guard let measure = Measure(name) else { throw VaultError.invalid("'measures' has one that is not \(Measure.forms)") }
        return measure
    }
}

extension ShowRecord: PerformedOperation {
    public func perform(in session: Session) throws -> Rows {
        let page = try session.page(
            Query(
                select: select ?? ["record", "occurred_at", "channel", "text"], filter: .compare(field: "record", .equal, .text(record)), limit: 1,
                purpose: purpose))
        guard page.leftOut.isEmpty else { throw VaultError.altered(records: page.leftOut) }
        guard !page.rows.isEmpty else { throw VaultError.notFound("the record") }
        return Rows(page)
    }
}

extension RevealField: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        var value = ""
        _ = try session.reveal(record: record, field: field, purpose: purpose, reason: reason, breakGlass: breakGlass ?? false) { value = $0 }
        return Reply(value: value)
    }
}

extension LookUp: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(subjects: try session.lookup(field: field, value: value, purpose: purpose).subjects) }
}

extension Annotate: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(records: try session.annotate(annotations, purpose: purpose)) }
}
