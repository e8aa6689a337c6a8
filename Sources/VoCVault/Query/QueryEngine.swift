import AuditLog
import Foundation
import Policy
import RedactedAPI
import Storage

extension Session: RedactedSource {
    /// A page of redacted rows, newest first.
    public func page(_ query: Query) throws -> Page {
        guard !query.select.isEmpty else { throw VaultError.invalid("name at least one field to select") }
        let filterFields = query.filter?.fields ?? []
        let access = try authorize(.query, purpose: query.purpose, fields: distinct(query.select + filterFields.sorted()))
        return try logged(access) {
            let limit = min(query.limit ?? access.grant.pageLimit, access.grant.pageLimit)
            guard limit > 0 else { throw VaultError.invalid("the limit must be at least 1") }
            let cursor = try query.cursor.map { try Cursor($0, of: query, access: access) }
            var builder = ConditionBuilder(access: access)
            let condition = try builder.condition(filter: query.filter, since: query.since, until: query.until)
            let presenter = try FieldPresenter(access: access, fields: query.select)
            let request = PageRequest(
                columns: presenter.columns, condition: condition, after: cursor.map { ($0.occurredAt, $0.id) },
                limit: limit, sealed: presenter.needsSealed || !builder.searches.isEmpty)
            let residual = try builder.residual()
            let opening = try open(request, residual, query.select, access, presenter)
            // The entry is written while other cores still open rows; nothing leaves before it is durable.
            let receipt = try recordQuery(access, rows: opening.count, searches: builder.searches.count, filterFields)
            let rows = try opening.rows()
            let next = rows.count < limit ? nil : opening.last
            return Page(
                columns: query.select, rows: rows,
                nextCursor: try next.map {
                    try Cursor(occurredAt: $0.occurredAt, id: $0.id).sealed(for: query, access: access)
                }, receipt: receipt)
        }
    }

    /// Rows that are opened together. Measured for pages of 1,000 rows on 2 cores: with 128 the last
    /// chunks are waited for (3.2 × the plain table's time against 2.7 ×), with 8 handing over costs more.
    private static var chunk: Int { 32 }
    /// Shorter pages are opened where they are read: handing them over costs more than it gains, and where many ask at
    /// once the other cores have pages of their own.
    private static var parallelFrom: Int { 256 }

    /// Reads a page's rows; those of a long page are opened on other cores while the rest is read.
    private func open(
        _ request: PageRequest, _ residual: Residual?, _ fields: [String], _ access: Access, _ presenter: FieldPresenter
    ) throws -> OpeningPage {
        var page = OpeningPage(presenter: presenter)
        let pool = PresenterPool(access: access, fields: fields)
        try store.read { reader in
            try reader.page(request, residual: residual, chunk: Self.chunk) { chunk in
                page.count += chunk.count
                page.last = chunk.last ?? page.last
                if presenter.needsSealed, request.limit >= Self.parallelFrom, chunk.count == Self.chunk {
                    page.pending.append(Pending { try pool.present(chunk) })
                } else {
                    page.rest += chunk
                }
            }
        }
        return page
    }

    /// Figures about groups; groups behind which fewer customers stand than the grant demands are left out.
    public func aggregate(_ query: AggregateQuery) throws -> AggregateTable {
        guard !query.measures.isEmpty else { throw VaultError.invalid("name at least one measure, such as count") }
        let filterFields = query.filter?.fields ?? []
        let named = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + filterFields.sorted()
        let access = try authorize(.query, purpose: query.purpose, fields: distinct(named))
        return try logged(access) {
            var builder = ConditionBuilder(access: access)
            let request = AggregateRequest(
                groupBy: try query.groupBy.map { try grouping($0, access) },
                measures: try query.measures.map { try measure($0, access) },
                condition: try builder.condition(filter: query.filter, since: query.since, until: query.until))
            try refuseDifferencing(query, builder, access)
            let residual = try builder.residual()
            let (shown, suppressed) = try store.read {
                try $0.aggregate(request, minimumSubjects: access.grant.minimumGroup, residual: residual)
            }
            let kinds = query.groupBy.map { policy.field($0.field)?.kind }
            let rows = shown.map { row in
                zip(row.group, kinds).map { FieldPresenter.value($0, $1) }
                    + zip(row.measures, query.measures).map { Self.present($0, $1) }
            }
            let receipt = try recordQuery(access, rows: rows.count, searches: builder.searches.count, filterFields)
            return AggregateTable(
                columns: query.groupBy.map(\.name) + query.measures.map(\.name), rows: rows,
                suppressedGroups: suppressed, receipt: receipt)
        }
    }

    /// Refuses a filter that leaves out one customer or a few: the figure for all, less this one, would be theirs.
    private func refuseDifferencing(_ query: AggregateQuery, _ builder: ConditionBuilder, _ access: Access) throws {
        let minimum = access.grant.minimumGroup
        guard minimum > 1, let filter = query.filter, let rest = try builder.leftOut(by: filter, since: query.since, until: query.until) else { return }
        let left = try store.read { try $0.subjects(of: rest, limit: minimum) }
        guard left == 0 || left >= minimum else {
            throw VaultError.denied(
                action: Action.query.rawValue, rule: "differencing", hint: "the filter leaves out fewer than \(minimum) customers, who could be told from the difference")
        }
    }

    /// Times stay times under min and max; everything else keeps its stored type.
    private static func present(_ stored: StoredValue, _ measure: Measure) -> Value {
        switch (measure, stored) {
        case (.minimum("occurred_at"), .integer(let time)), (.maximum("occurred_at"), .integer(let time)):
            .time(Timestamp(milliseconds: time))
        default: FieldPresenter.value(stored, nil)
        }
    }

    private func grouping(_ key: GroupKey, _ access: Access) throws -> AggregateRequest.Grouping {
        let isTime = [BuiltinField.occurred_at.rawValue, BuiltinField.received_at.rawValue].contains(key.field)
        guard let column = vault.layout.column(key.field, access.treatment(key.field)) else {
            throw VaultError.invalid("'\(key.field)' cannot be grouped by: the policy shows it as \(access.treatment(key.field).rawValue)")
        }
        switch key {
        case .field:
            guard !isTime else { throw VaultError.invalid("group by day(\(key.field)), month(\(key.field)) or year(\(key.field))") }
            return .column(column)
        case .time(_, let unit):
            guard isTime else { throw VaultError.invalid("'\(key.field)' is no time to cut into \(unit.rawValue)s") }
            let formats: [GroupKey.Unit: String] = [.day: "%Y-%m-%d", .month: "%Y-%m", .year: "%Y"]
            return .time(column: column, format: formats[unit]!)
        }
    }

    private func measure(
        _ measure: Measure, _ access: Access
    ) throws -> (function: AggregateRequest.Function, column: String?) {
        guard let field = measure.field else { return (.count, nil) }
        if measure == .distinct(BuiltinField.subject.rawValue) { return (.distinct, "subject") }
        guard let column = vault.layout.column(field, access.treatment(field)) else {
            throw VaultError.invalid("\(measure.name) needs a field in clear: the policy shows '\(field)' as \(access.treatment(field).rawValue)")
        }
        switch measure {
        case .average:
            guard let kind = policy.field(field)?.kind, kind == .integer || kind == .decimal else {
                throw VaultError.invalid("\(measure.name) needs a number")
            }
            return (.average, column)
        case .minimum: return (.minimum, column)
        case .maximum: return (.maximum, column)
        case .distinct, .count: return (.distinct, column)
        }
    }

    private func recordQuery(
        _ access: Access, rows: Int, searches: Int, _ filterFields: Set<String>
    ) throws -> Int64 {
        var detail: [String: String] = [:]
        if !filterFields.isEmpty { detail["filter_fields"] = filterFields.sorted().joined(separator: ",") }
        if searches > 0 { detail["text_searches"] = String(searches) }
        return try commit(access) { writer in
            try access.useQuota("rows", rows, in: writer)
            return ((), access.entry(rows: rows, detail: detail))
        }.receipt
    }

    private func distinct(_ fields: [String]) -> [String] {
        var seen: Set<String> = []
        return fields.filter { seen.insert($0).inserted }
    }
}

/// A page whose rows are being opened.
private struct OpeningPage {
    let presenter: FieldPresenter
    var pending: [Pending<[[Value]]>] = []
    /// Rows after the last full chunk.
    var rest: [PageRow] = []
    var count = 0
    var last: PageRow?

    init(presenter: FieldPresenter) { self.presenter = presenter }

    func rows() throws -> [[Value]] {
        let tail = try rest.map(presenter.present)
        var rows: [[Value]] = []
        rows.reserveCapacity(count)
        for chunk in pending { rows += try chunk.get() }
        return rows + tail
    }
}
