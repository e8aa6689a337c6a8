import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store

extension Session: RedactedSource {
    /// A page of redacted rows, newest first, as far as the rows tell their times.
    public func page(_ query: Query) throws -> Page {
        let shown = try shownPage(query)
        return Page(
            columns: shown.content.columns, rows: shown.content.rows, nextCursor: shown.nextCursor, leftOut: shown.leftOut, receipt: shown.receipt)
    }

    /// The same, with rows that others may share.
    package func shownPage(_ query: Query) throws -> ShownPage {
        guard !query.select.isEmpty else { throw VaultError.invalid("name at least one field to select") }
        let access = try authorize(.query, purpose: query.purpose, fields: fields(of: query))
        let asked = try logged(access) { try access.asked(AskedQuestion(query)) }
        return try logged(access, detail: asked) {
            guard access.grant.pageLimit > 0 else {
                throw VaultError.denied(action: Action.query.rawValue, rule: access.rule, hint: "it allows figures only, no rows")
            }
            let limit = min(query.limit ?? access.grant.pageLimit, access.grant.pageLimit)
            guard limit > 0 else { throw VaultError.invalid("the limit must be at least 1") }
            let cursor = try query.cursor.map { try Cursor($0, of: query, access: access) }
            let question = question(query, cursor, access)
            if let answer = vault.pages.answer(to: question), let receipt = try record(answer, to: query, asked, access) {
                return try shown(answer, of: query, access, receipt)
            }
            let whole = wholeQuestion(query, access)
            // A change while the page is being read makes it out of date at once: the next request reads it again.
            let asOf = vault.trail.lastKnownChange
            var builder = ConditionBuilder(access: access)
            let condition = try builder.condition(filter: query.filter, since: query.since, until: query.until)
            // The entry is written while other cores are still opening rows. Nothing leaves before it is durable.
            let (page, receipt) = try releasing(access) { reader in
                var page = try OpeningPage(access: access, fields: query.select, condition: condition, search: builder.search)
                try page.read(reader, after: cursor, limit: limit, known: cursor == nil ? nil : vault.orders.order(of: whole))
                return page
            } record: { page, writer in
                if builder.search.leavesOutWords { try vault.countSuppressed(access, in: writer) }
                return (try entry(access, rows: page.count, searches: builder.searches, query.filter?.fields ?? [], asked, writer), [])
            }
            if let continued = page.continued { vault.orders.keep(continued, of: whole) }
            let (rows, altered) = try page.rows()
            let answer = PageCache.Answer(
                content: PageContent(columns: query.select, rows: rows), next: page.next.map { NextPage($0) }, searches: builder.searches,
                leavesOutWords: builder.search.leavesOutWords, asOf: asOf)
            var shown = try shown(answer, of: query, access, receipt)
            if !altered.isEmpty {
                vault.noteAltered("record", access.entry(.failed, detail: [.error: "integrity: record", .records: altered.prefix(500).joined(separator: ",")]))
                shown.leftOut = altered
            } else if asOf != nil {
                vault.pages.keep(answer, to: question)
            }
            return shown
        }
    }

    /// The page, if it was shown before and nothing has changed since; nil otherwise, or if the policy does not allow it.
    /// Blocks no thread.
    func knownPage(_ query: Query) async throws -> ShownPage? {
        guard let access = access(.query, purpose: query.purpose, fields: fields(of: query)).granted else { return nil }
        let receipt: Int64
        let answer: PageCache.Answer
        do {
            let cursor = try query.cursor.map { try Cursor($0, of: query, access: access) }
            guard let known = vault.pages.answer(to: question(query, cursor, access)) else { return nil }
            answer = known
            let asked = try access.asked(AskedQuestion(query))
            receipt = try await commit(access) { writer in
                guard try isTrue(known, writer) else { throw OutOfDate() }
                if known.leavesOutWords { try vault.countSuppressed(access, in: writer) }
                return ((), try entry(access, rows: known.content.rows.count, searches: known.searches, query.filter?.fields ?? [], asked, writer))
            }.receipt
        } catch is OutOfDate {
            vault.pages.clear()
            return nil
        } catch is VaultError {
            // For example the quota or the token. The ordinary way says why, and logs it.
            return nil
        }
        return try shown(answer, of: query, access, receipt)
    }

    private struct OutOfDate: Error {}

    private func question(_ query: Query, _ cursor: Cursor?, _ access: Access) -> PageCache.Question {
        PageCache.Question(
            role: role, rule: access.rule, purpose: query.purpose, select: query.select, filter: query.filter.map { Array($0.description.utf8) },
            since: query.since, until: query.until, limit: query.limit, cursor: cursor)
    }

    /// What all pages of a query have in common.
    private func wholeQuestion(_ query: Query, _ access: Access) -> PageCache.Question {
        var query = query
        (query.select, query.limit) = ([], nil)
        return question(query, nil, access)
    }

    /// Records that `answer` is shown again; nil if it is no longer true.
    private func record(_ answer: PageCache.Answer, to query: Query, _ asked: [AuditDetail: String], _ access: Access) throws -> Int64? {
        do {
            return try commit(access) { writer in
                guard try isTrue(answer, writer) else { throw OutOfDate() }
                if answer.leavesOutWords { try vault.countSuppressed(access, in: writer) }
                return ((), try entry(access, rows: answer.content.rows.count, searches: answer.searches, query.filter?.fields ?? [], asked, writer))
            }.receipt
        } catch is OutOfDate {
            vault.pages.clear()
            return nil
        }
    }

    private func isTrue(_ answer: PageCache.Answer, _ writer: StoreWriter) throws -> Bool {
        try vault.trail.lastChange(writer) == answer.asOf
    }

    private func shown(_ answer: PageCache.Answer, of query: Query, _ access: Access, _ receipt: Int64) throws -> ShownPage {
        ShownPage(content: answer.content, nextCursor: try answer.next?.cursor(for: query, access: access), receipt: receipt)
    }

    private func fields(of query: Query) -> [String] {
        guard let filter = query.filter else { return distinct(query.select) }
        return distinct(query.select + filter.fields.sorted())
    }

    /// The entry of a query, once its quota has been charged.
    func entry(
        _ access: Access, rows: Int, searches: Int, _ filterFields: Set<String>, _ asked: [AuditDetail: String], _ writer: StoreWriter,
        _ paying: (StoreWriter) throws -> [AuditDetail: String] = { _ in [:] }
    ) throws -> AuditEntry {
        try access.useQuota("rows", rows, in: writer)
        var detail = try paying(writer).merging(asked) { paid, _ in paid }
        if !filterFields.isEmpty { detail[.filterFields] = filterFields.sorted().joined(separator: ",") }
        if searches > 0 { detail[.textSearches] = String(searches) }
        return access.entry(rows: rows, detail: detail)
    }

    func distinct(_ fields: [String]) -> [String] {
        // There are only a few: a set would cost more.
        let isRepeated = { (index: Int) in fields[..<index].contains(fields[index]) }
        guard fields.indices.contains(where: isRepeated) else { return fields }
        return fields.indices.filter { !isRepeated($0) }.map { fields[$0] }
    }
}
