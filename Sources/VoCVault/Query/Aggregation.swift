import Policy
import RedactedAPI
import Store

extension Session {
    /// Figures about groups, as far as the grant's `disclosure` allows.
    ///
    /// A grant that shows rows gives exact figures of groups of enough customers, without those that would follow from other figures by
    /// subtraction: who has it can count the rows. Any other has noise: by cell keys, or fresh and paid for. `having`, the order and changes
    /// since the period before are made from what is shown.
    public func aggregate(_ query: AggregateQuery) throws -> AggregateTable {
        guard !query.measures.isEmpty else { throw VaultError.invalid("name at least one measure, such as count") }
        if let problem = query.arrangementProblem { throw VaultError.invalid(problem) }
        return try (query.isCompared ? comparedFigures(query) : figures(query)).arranged(for: query)
    }

    /// The same without arrangement and comparison.
    func figures(_ query: AggregateQuery) throws -> AggregateTable {
        let filterFields = query.filter?.fields ?? []
        let named = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + filterFields.sorted()
        let access = try authorizeFigures(query, distinct(named))
        let asked = try logged(access) { try access.asked(AskedQuestion(query)) }
        return try logged(access, detail: asked) {
            let disclosure = access.grant.disclosure
            if access.isReleased(query) { return try releasedFigures(query, access, asked) }
            var builder = ConditionBuilder(access: access, ofFigures: true)
            let keys = try query.groupBy.map { try access.grouping($0) }
            let figures = try query.measures.map { try Figure($0, access) }
            let rules = policy.figures
            let request = AggregateRequest(
                groupBy: keys, measures: figures.flatMap(\.stored),
                condition: try builder.condition(filter: query.filter, since: query.since, until: query.until),
                contribution: disclosure.contribution, bound: disclosure.isBudgeted ? DailyBound(days: rules.days, labels: rules.labels, zone: vault.zoneOffsets) : nil)
            let noise = disclosure.isBudgeted ? try FigureNoise(access, figures, query) : nil
            let residual = try builder.search.residual()
            let kinds = query.groupBy.map { policy.field($0.field)?.kind }
            let (shown, receipt) = try releasing(access) { reader in
                try access.requireSoundMarks(reader)
                return try self.shown(request, figures, noise, access, residual, reader)
            } record: { shown, writer in
                if shown.suppressed > 0 || builder.search.leavesOutWords { try vault.countSuppressed(access, in: writer) }
                let entry = try entry(access, rows: shown.groups.count, searches: builder.searches, filterFields, asked, writer) { try noise?.pay(in: $0) ?? [:] }
                return (entry, [])
            }
            return AggregateTable(
                columns: query.groupBy.map(\.name) + query.measures.map(\.name),
                rows: shown.groups.map { group in zip(group.keys, kinds).map { FieldPresenter.value($0, $1) } + group.figures },
                noise: noise?.standardDeviation, receipt: receipt)
        }
    }

    /// Figures about finer times than a grant's rows show are for a later grant, if one gives them.
    func authorizeFigures(_ query: AggregateQuery, _ fields: [String]) throws -> Access {
        let access = try authorize(.query, purpose: query.purpose, fields: fields)
        guard access.grant.pageLimit > 0, let times = query.times(in: vault.zoneOffsets), times < access.grant.times,
            let other = self.access(.query, purpose: query.purpose, fields: fields, times: times).granted
        else { return access }
        return other
    }

    private func values(of row: AggregateRow, _ figures: [Figure], _ counts: [String: [[StoredValue]: ValueCounts]]) -> [Value] {
        var position = 0
        return figures.map { figure in
            defer { position += figure.stored.count }
            return figure.value(row.measures[position..<position + figure.stored.count], of: figure.valued.flatMap { counts[$0]?[row.group] })
        }
    }

    /// What may be shown of the request, and how many groups are left out.
    private func shown(
        _ request: AggregateRequest, _ figures: [Figure], _ noise: FigureNoise?, _ access: Access, _ residual: Residual?, _ reader: StoreReader
    ) throws -> (groups: [(keys: [StoredValue], figures: [Value])], suppressed: Int) {
        if let noise {
            // How many are left out is no secret of the noise, and nobody is told.
            return (try reader.countedGroups(request, residual: residual).filter(noise.shows).map { ($0.group, noise.figures(of: $0)) }, 0)
        }
        let table = try reader.aggregate(request, minimumSubjects: access.grant.disclosure.minimumGroup, residual: residual)
        let columns = Set(figures.compactMap(\.valued))
        let counts = try Dictionary(uniqueKeysWithValues: columns.map { ($0, try reader.values(of: $0, in: request, residual: residual)) })
        return (table.rows.map { row in (row.group, values(of: row, figures, counts)) }, table.suppressed)
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
            guard !isTime else {
                throw VaultError.invalid("group by a unit of time, such as month(\(key.field)): \(GroupKey.Unit.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return .column(column)
        case .time(_, let unit):
            guard isTime else { throw VaultError.invalid("'\(key.field)' is not a time and cannot be grouped by \(unit.rawValue)") }
            guard grant.pageLimit == 0 || unit.isCombined(of: grant.times) else {
                throw VaultError.invalid("the rows of this grant show the \(grant.times.rawValue), and so do its figures: \(key.name) would tell more")
            }
            return .time(column: column, unit.stored, session.vault.zoneOffsets)
        }
    }
}
