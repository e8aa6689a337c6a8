import Policy
import RedactedAPI
import Store

extension Session: FollowedSource {
    /// A page of what has changed since another; see ``ChangePage``.
    ///
    /// Within a page, records stand in an order that tells nothing of theirs.
    public func changes(_ query: ChangeQuery) throws -> ChangePage {
        guard query.select.contains("record") else { throw VaultError.invalid("select 'record', too: what is gone goes by it") }
        let access = try authorize(.query, purpose: query.purpose, fields: distinct(query.select))
        let asked = try logged(access) { try access.asked(AskedQuestion(Query(select: query.select, limit: query.limit, purpose: query.purpose))) }
        return try logged(access, detail: asked) {
            guard access.grant.pageLimit > 0 else {
                throw VaultError.denied(action: Action.query.rawValue, rule: access.rule, hint: "it allows figures only, no rows")
            }
            let limit = min(query.limit ?? access.grant.pageLimit, access.grant.pageLimit)
            guard limit > 0 else { throw VaultError.invalid("the limit must be at least 1") }
            let bound = ChangePlace.bound(to: query, access)
            let place = try query.after.map { try ChangePlace($0, for: bound, in: vault) }
            // Before anything is read: what changes from then on is noted.
            if place == nil, try store.read({ try $0.changeRange() }) == nil { try store.write { try $0.followChanges() } }
            let (found, receipt) = try releasing(access) { reader in
                try FoundChanges(reader, after: place, select: query.select, limit: limit, access)
            } record: { found, writer in
                var detail = asked
                detail[.view] = "changes"
                if !found.gone.isEmpty { detail[.gone] = String(found.gone.count) }
                return (try entry(access, rows: found.page.count, searches: 0, [], detail, writer), [])
            }
            return try found.shown(query.select, cursor: found.place.sealed(for: bound, by: vault), receipt, access)
        }
    }
}

/// What has changed, as one snapshot has it.
///
/// It is told block by block, and within a block in the order of pseudonyms: whoever sees pages of two purposes can match the records of neither by the
/// order in which they came or changed.
private struct FoundChanges {
    /// Changes, and records that have come, that make a block at most. Those that are left of it are put in order for each page.
    private static let blockSize: Int64 = 50_000
    /// How many are looked at together for those that the grant covers.
    private static let portion = 2000

    var page: OpeningPage
    /// Those that the grant does not cover, or that may not be used, among those that changed.
    private(set) var gone: [Int64] = []
    /// Where the next page begins.
    private(set) var place: ChangePlace
    private(set) var hasMore: Bool
    private let changed: Set<Int64>

    init(_ reader: StoreReader, after last: ChangePlace?, select: [String], limit: Int, _ access: Access) throws {
        let (range, newest) = (try reader.changeRange(), try reader.lastRecord())
        let pseudonyms = try access.session.pseudonyms(access.purpose)
        try last?.require(in: reader, range, pseudonyms)
        var builder = ConditionBuilder(access: access)
        let condition = try builder.condition(filter: nil, since: nil, until: nil)
        page = try OpeningPage(access: access, fields: select, condition: condition, search: builder.search)
        let lastSeq = range?.last ?? 0
        let (record, seq) = (last?.record ?? 0, last?.seq ?? lastSeq)
        let block = last?.block
        let end: (record: Int64, seq: Int64) =
            if let block { (block.record, block.seq) } else { (min(newest, record + Self.blockSize), min(lastSeq, seq + Self.blockSize)) }
        // What has not been told yet comes as it is: that it changed says nothing.
        changed = Set(try reader.changes(after: seq, through: end.seq, upTo: record))
        var ordered: [(record: Int64, place: UInt128)] = []
        for candidate in try Array(changed) + reader.records(after: record, through: end.record) {
            let place = try pseudonyms.place(of: candidate)
            if block == nil || place > block!.last { ordered.append((candidate, place)) }
        }
        ordered.sort { $0.place < $1.place }
        var (shown, looked): ([Int64], Int) = ([], 0)
        while looked < ordered.count, shown.count + gone.count < limit {
            let some = ordered[looked..<min(looked + Self.portion, ordered.count)]
            let covered = try Self.covered(some.map(\.record), condition, reader)
            for (candidate, _) in some where shown.count + gone.count < limit {
                looked += 1
                if covered.contains(candidate) { shown.append(candidate) } else if changed.contains(candidate) { gone.append(candidate) }
            }
        }
        let isWhole = looked == ordered.count
        try page.read(reader, records: shown)
        place = try ChangePlace(
            record: isWhole ? end.record : record, seq: isWhole ? end.seq : seq,
            block: isWhole ? nil : .init(record: end.record, seq: end.seq, last: ordered[looked - 1].place), pseudonyms, reader)
        hasMore = !isWhole || end.record < newest || end.seq < lastSeq
    }

    /// Which of these records the grant covers, and may be used.
    private static func covered(_ records: [Int64], _ condition: StoredCondition, _ reader: StoreReader) throws -> Set<Int64> {
        guard !records.isEmpty else { return [] }
        return Set(try reader.places(of: condition, .records(records), limit: records.count, residual: nil).map(\.record))
    }

    func shown(_ columns: [String], cursor: String, _ receipt: Int64, _ access: Access) throws -> ChangePage {
        let (rows, altered) = try page.rows()
        let names = try access.session.pseudonyms(access.purpose)
        let old = Set(try changed.map { try names.name(.record, $0) })
        let record = columns.firstIndex(of: "record")!
        if !altered.isEmpty {
            access.session.vault.noteAltered("record", access.entry(.failed, detail: [.error: "integrity: record", .records: altered.prefix(500).joined(separator: ",")]))
        }
        return ChangePage(
            columns: columns, rows: rows, changes: rows.map { old.contains($0[record].description) ? .changed : .new }, gone: try gone.map { try names.name(.record, $0) }.sorted(),
            cursor: cursor, hasMore: hasMore, leftOut: altered, receipt: receipt)
    }
}
