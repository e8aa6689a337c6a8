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
            guard access.grant.pageLimit > 0 else {
                throw VaultError.denied(action: Action.query.rawValue, rule: access.rule, hint: "it gives figures only, no rows")
            }
            let limit = min(query.limit ?? access.grant.pageLimit, access.grant.pageLimit)
            guard limit > 0 else { throw VaultError.invalid("the limit must be at least 1") }
            let cursor = try query.cursor.map { try Cursor($0, of: query, access: access) }
            var builder = ConditionBuilder(access: access)
            let condition = try builder.condition(filter: query.filter, since: query.since, until: query.until)
            var page = try OpeningPage(access: access, fields: query.select, condition: condition, search: builder.search)
            try page.read(after: cursor, limit: limit)
            // The entry is written while other cores still open rows; nothing leaves before it is durable.
            let receipt = try recordQuery(access, rows: page.count, searches: builder.searches, filterFields)
            return Page(
                columns: query.select, rows: try page.rows(), nextCursor: try page.next.map { try $0.sealed(for: query, access: access) }, receipt: receipt)
        }
    }

    func recordQuery(
        _ access: Access, rows: Int, searches: Int, _ filterFields: Set<String>,
        _ paying: (StoreWriter) throws -> [String: String] = { _ in [:] }
    ) throws -> Int64 {
        var detail: [String: String] = [:]
        if !filterFields.isEmpty { detail["filter_fields"] = filterFields.sorted().joined(separator: ",") }
        if searches > 0 { detail["text_searches"] = String(searches) }
        return try commit(access) { writer in
            try access.useQuota("rows", rows, in: writer)
            let detail = try detail.merging(paying(writer)) { $1 }
            return ((), access.entry(rows: rows, detail: detail))
        }.receipt
    }

    func distinct(_ fields: [String]) -> [String] {
        var seen: Set<String> = []
        return fields.filter { seen.insert($0).inserted }
    }
}
