import Policy
import RedactedAPI
import Store

extension Session {
    /// Figures about groups, as far as the grant's `disclosure` allows. Groups of too few customers are left out, and so is what
    /// would follow from other figures by subtraction. The grant may add noise.
    public func aggregate(_ query: AggregateQuery) throws -> AggregateTable {
        guard !query.measures.isEmpty else { throw VaultError.invalid("name at least one measure, such as count") }
        let filterFields = query.filter?.fields ?? []
        let named = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + filterFields.sorted()
        let access = try authorize(.query, purpose: query.purpose, fields: distinct(named))
        let asked = try logged(access) { try access.asked(AskedQuestion(query)) }
        return try logged(access, detail: asked) {
            if !access.grant.disclosure.isExact { try requireWholeDays(query) }
            var builder = ConditionBuilder(access: access)
            let keys = try query.groupBy.map { try access.grouping($0) }
            let figures = try query.measures.map { try Figure($0, access) }
            let request = AggregateRequest(
                groupBy: keys, measures: figures.flatMap(\.stored),
                condition: try builder.condition(filter: query.filter, since: query.since, until: query.until),
                contribution: access.grant.disclosure.contribution)
            let noise = try access.grant.disclosure.noise == .none ? nil : FigureNoise(access, figures, isGrouped: !keys.isEmpty)
            let residual = try builder.search.residual()
            let guardian = noise?.isBudgeted == true ? nil : try DifferencingGuard(query, keys: keys, access: access, search: builder.search)
            let kinds = query.groupBy.map { policy.field($0.field)?.kind }
            for _ in 0..<Self.attempts {
                do {
                    let (answer, receipt) = try releasing(access) { reader in
                        try access.requireSoundMarks(reader)
                        // Including what it was compared with, against which the entry must be checked.
                        var guardian = guardian
                        var shown = try self.shown(request, figures, noise, [], access, residual, reader)
                        if let tooClose = try shown.groups.isEmpty ? nil : guardian?.groupsTooClose(reader), !tooClose.isEmpty {
                            shown = try self.shown(request, figures, noise, tooClose, access, residual, reader)
                        }
                        return (shown: shown, guardian: guardian)
                    } record: { answer, writer in
                        let (shown, guardian) = answer
                        if shown.suppressed > 0 || builder.search.leavesOutWords { try vault.countSuppressed(access, in: writer) }
                        let entry = try entry(access, rows: shown.groups.count, searches: builder.searches, filterFields, asked, writer) { writer in
                            // A figure that reveals nothing makes no other figure reveal more.
                            if !shown.groups.isEmpty, try guardian?.note(in: writer) == false { throw AskedMeanwhile() }
                            return try noise?.pay(in: writer) ?? [:]
                        }
                        return (entry, [])
                    }
                    return AggregateTable(
                        columns: query.groupBy.map(\.name) + query.measures.map(\.name),
                        rows: answer.shown.groups.map { group in zip(group.keys, kinds).map { FieldPresenter.value($0, $1) } + group.figures },
                        noise: noise?.standardDeviation, receipt: receipt)
                } catch is AskedMeanwhile {
                    // Compared again, with that one as well.
                }
            }
            throw VaultError.conflict("too many figures were requested at once; try again")
        }
    }

    /// Figures of a second, or of all but one, would be one customer's.
    private func requireWholeDays(_ query: AggregateQuery) throws {
        guard [query.since, query.until].allSatisfy({ $0?.isDay ?? true }), query.filter?.comparesWholeDays ?? true else {
            throw VaultError.invalid("figures are about whole days (UTC): give days such as 2026-03-04, and compare times with >= and <")
        }
    }

    private static let attempts = 5

    /// Other figures were answered between the comparison with earlier ones and the answer.
    private struct AskedMeanwhile: Error {}

    /// What may be shown of the request, and how many groups are left out.
    private func shown(
        _ request: AggregateRequest, _ figures: [Figure], _ noise: FigureNoise?, _ tooClose: Set<[StoredValue]>, _ access: Access,
        _ residual: Residual?, _ reader: StoreReader
    ) throws -> (groups: [(keys: [StoredValue], figures: [Value])], suppressed: Int) {
        if let noise, noise.isBudgeted {
            let all = try reader.groups(request, residual: residual)
            let shown = all.filter(noise.shows)
            return (shown.map { ($0.group, noise.figures(of: $0)) }, all.count - shown.count)
        }
        let table = try reader.aggregate(
            request, minimumSubjects: access.grant.disclosure.minimumGroup, hiding: tooClose, countingSubjects: noise != nil, residual: residual)
        let groups = table.rows.map { row in
            (row.group, noise?.figures(of: row) ?? zip(figures, row.measures).map { $0.value($1) })
        }
        return (groups, table.suppressed)
    }
}

extension Access {
    func grouping(_ key: GroupKey) throws -> AggregateRequest.Grouping {
        let isTime = [BuiltinField.occurred_at.rawValue, BuiltinField.received_at.rawValue].contains(key.field)
        let treatment = treatment(key.field)
        guard let column = session.vault.layout.column(key.field, treatment) else {
            throw VaultError.invalid("'\(key.field)' cannot be grouped by: the policy shows it as \(treatment.rawValue)")
        }
        switch key {
        case .field:
            guard !isTime else { throw VaultError.invalid("group by day(\(key.field)), month(\(key.field)) or year(\(key.field))") }
            return .column(column)
        case .time(_, let unit):
            guard isTime else { throw VaultError.invalid("'\(key.field)' is not a time and cannot be grouped by \(unit.rawValue)") }
            let units: [GroupKey.Unit: AggregateRequest.Unit] = [.day: .day, .month: .month, .year: .year]
            return .time(column: column, units[unit]!)
        }
    }
}
