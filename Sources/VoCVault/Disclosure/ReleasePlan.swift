import Policy
import RedactedAPI
import Sealing
import Store

/// What a question of a role without rows comes to: figures of a table, each about some periods of data.
struct ReleasePlan {
    /// One figure about one period.
    struct Item {
        let figure: CellFigure
        let period: Range<Int64>
        let digest: [UInt8]
        /// Under which it was released up to format 6, about days of UTC; nil: that is the same.
        let former: [UInt8]?
        let cost: Int64

        var days: ClosedRange<Int64> { period.lowerBound...period.upperBound - 1 }
    }

    /// What cells differ by in each period, in the order of their names.
    let keys: [GroupKey]
    /// By what unit of time the periods are told apart; nil: they are added up.
    let unit: GroupKey.Unit?
    /// ``CellFigure/customers``, and what was asked for.
    let figures: [CellFigure]
    let periods: [Range<Int64>]
    /// By period, then by figure.
    let items: [[Item]]
    let filter: Condition?
    /// The digest under which it is noted that an organisation paid for the table on a day.
    let payment: (Int64) throws -> [UInt8]

    /// - Throws: ``VaultError/invalid(_:)`` for what figures without rows do not tell.
    init(_ query: AggregateQuery, _ access: Access) throws {
        let vault = access.session.vault
        guard Set(query.groupBy).count == query.groupBy.count else { throw VaultError.invalid("'group by' names a field twice") }
        unit = try Self.unit(of: query)
        keys = query.groupBy.filter { key in if case .time(_, let unit) = key { Self.isKey(unit) } else { true } }.sorted { $0.name < $1.name }
        let disclosure = access.grant.disclosure
        guard !disclosure.isContinual || unit == nil && !query.inMonths else { throw VaultError.invalid("continual counts are about one window of days: ask for each") }
        let asked = try query.measures.map { try CellFigure($0, access) }
        figures =
            disclosure.isContinual
            ? [.records]
            : [.customers]
                + asked.enumerated().filter { index, figure in
                    figure.name != CellFigure.customers.name && !asked[..<index].contains { $0.name == figure.name }
                }.map(\.element)
        filter = query.filter?.canonical
        if let filter { try Self.requireDimensions(filter) }
        func day(_ time: Timestamp?) throws -> Int64? {
            guard let time else { return nil }
            guard let day = vault.zoneOffsets.day(beginning: time) else {
                throw VaultError.invalid("figures are about whole days (\(vault.policy.timeZone)): give days, such as 2026-03-04")
            }
            return day
        }
        let (since, until) = (try day(query.since), try day(query.until))
        let (closed, earliest) = (vault.firstOpenDay, vault.zoneOffsets.day(of: vault.policy.occurrence.earliestTime))
        if unit == .week, query.inMonths { throw VaultError.invalid("months are not made of whole weeks: ask for weeks or for whole months") }
        periods =
            if disclosure.isContinual {
                DataPeriods.nodes(since: since, until: until, closed: closed, earliest: earliest)
            } else if query.inMonths || unit == .month || unit == .quarter {
                DataPeriods.months(since: since, until: until, closed: closed, earliest: earliest, areWhole: query.inMonths)
            } else if unit == .week {
                DataPeriods.weeks(since: since, until: until, closed: closed, earliest: earliest)
            } else {
                DataPeriods.periods(since: since, until: until, closed: closed, earliest: earliest)
            }
        let policy = vault.policy.figures
        // A record with several labels is in several cells, each of which has noise of its own.
        let isMultiple = keys.contains { CodedColumn.isMultiple($0.field) }
        let named = Set(keys.map(\.field) + (filter?.fields ?? [])).sorted().map { "\($0) \(access.treatment($0).rawValue)" }
        // Purposes that need what customers decide are about other records.
        let need = vault.need(of: access.purpose).map { "\($0.kind) \($0.purpose)" } ?? ""
        let table =
            "\(need)\u{0}\(filter?.description ?? "")\u{0}\(access.grant.rows?.expression ?? "")\u{0}\(keys.map(\.name).joined(separator: ","))\u{0}\(named.joined(separator: ","))"
        let rules = "\(policy.deviation) \(policy.days) \(policy.labels) \(policy.revision)"
        let mac = try MACSession(key: vault.keyring.key(.releases, now: vault.clock()).secret)
        let (figures, zone) = (figures, vault.policy.timeZone)
        let tree = disclosure.isContinual ? TreeNoise(access, keys) : nil
        let kind = tree.map { "tree v1\u{0}\(zone)\u{0}\($0.name)" } ?? "release v2\u{0}\(zone)"
        let payment = "payment v1\u{0}\(access.session.budgetHolder)\u{0}\(kind)\u{0}\(table)\u{0}\(rules)"
        self.payment = { day in
            let bytes = Array("\(payment)\u{0}\(day)".utf8)
            return try mac.tag(bytes.span)
        }
        items = try periods.map { period in
            try figures.map { figure in
                let identity = "\(table)\u{0}\(rules)\u{0}\(figure.name)\u{0}\(period.lowerBound) \(period.upperBound)"
                func digest(_ text: String) throws -> [UInt8] {
                    let bytes = Array(text.utf8)
                    return try mac.tag(bytes.span)
                }
                let former = try digest("release v1\u{0}\(identity)")
                let isFormer = zone == ReleasedPeriod.formerZone && tree == nil
                return Item(
                    figure: figure, period: period, digest: try isFormer ? former : digest("\(kind)\u{0}\(identity)"), former: isFormer || tree != nil ? nil : former,
                    cost: (tree?.cost ?? figure.cost) * Int64(isMultiple ? policy.labels : 1))
            }
        }
    }

    /// - Throws: ``VaultError/invalid(_:)`` if a condition names records or customers, or words of a text.
    private static func requireDimensions(_ filter: Condition) throws {
        let named: Set = [BuiltinField.record.rawValue, BuiltinField.subject.rawValue, BuiltinField.text.rawValue]
        if let field = filter.fields.intersection(named).min() {
            throw VaultError.invalid("figures without rows are about fields with values, not about '\(field)'; of texts, they know the codes (topic, sentiment …)")
        }
    }

    private static func unit(of query: AggregateQuery) throws -> GroupKey.Unit? {
        let times = query.groupBy.compactMap { key -> GroupKey.Unit? in if case .time(_, let unit) = key { unit } else { nil } }
        guard times.count <= 1, !times.contains(.hour), !query.groupBy.contains(where: { $0.field == BuiltinField.received_at.rawValue }) else {
            throw VaultError.invalid("group by one unit of occurred_at: figures without rows are released by day, week, month, quarter, year or weekday")
        }
        return times.first
    }

    /// Whether cells of one release differ by it.
    private static func isKey(_ unit: GroupKey.Unit) -> Bool { unit == .day || unit == .weekday }

    /// The periods that are added up, each time with the value that tells them from others; nil: none does.
    var parts: [(name: String?, periods: [Int])] {
        guard let unit, !Self.isKey(unit) else { return [(nil, Array(periods.indices))] }
        return Dictionary(grouping: periods.indices) { unit.name(of: periods[$0].lowerBound) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// In how many periods noise is added up for a figure at most; a day is in one.
    var summed: Int { unit == .day ? 1 : max(parts.map(\.periods.count).max() ?? 1, 1) }
}

extension Vault {
    /// The first day about which there are no figures yet.
    var firstOpenDay: Int64 { zoneOffsets.day(of: clock()) + 1 - Int64(policy.figures.closed) }
}

extension StoreReader {
    /// The sealed figures of a release, and under which digest it was made; nil: it was not. What was released about days of UTC, before days were those
    /// of the vault's time zone, is given again as it was: another release of the same table would be a second look at nearly the same records.
    func released(_ item: ReleasePlan.Item) throws -> (figures: [UInt8], digest: [UInt8])? {
        for digest in [item.digest, item.former].compactMap(\.self) {
            if let figures = try released(digest) { return (figures, digest) }
        }
        return nil
    }
}
