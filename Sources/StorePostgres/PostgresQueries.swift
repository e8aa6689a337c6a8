import Store

/// The server cannot open what is sealed. So records that the rest of a condition allows are fetched and looked at here, and the
/// numbers of those that fulfil it take the condition's place.
extension PostgresConnection {
    package func deciding<R>(
        _ condition: StoredCondition, by residual: Residual?, _ body: (_ condition: StoredCondition, _ readsSealed: Bool) throws -> R
    ) throws -> R {
        guard let undecided = try Undecided(condition, residual, codeOpeners) else { return try body(condition, false) }
        var search = SealedSearch(undecided, keys: keysApart)
        var arguments: [StoredValue] = []
        let reader = StoreReader(db: self)
        let query = try statement("\(selection(of: undecided)) WHERE \(reader.sql(undecided.condition.possible, &arguments))")
        query.bind(arguments)
        try query.forEachRow(isLarge: true) { row in
            try search.look(at: row)
            return true
        }
        try search.finish()
        return try body(search.resolved, false)
    }

    /// With a condition that only the engine can decide, from the newest record backwards, until the page is full.
    package func page(_ request: PageRequest, evidence: RecordColumns?, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void) throws {
        let reader = StoreReader(db: self)
        guard let undecided = try Undecided(request.condition, residual, codeOpeners) else {
            return try reader.statedPage(request, evidence: evidence, readsSealed: false, chunk: chunk, take)
        }
        var left = request.limit
        try forEachWindow(of: undecided, request.extent, first: max(500, min(request.limit, 8000) * 4)) { resolved, seen in
            var part = request
            (part.condition, part.extent, part.limit, part.isOrdered) = (resolved, .records(seen), left, true)
            try reader.statedPage(part, evidence: evidence, readsSealed: false, chunk: chunk) { rows in
                left -= rows.count
                try take(rows)
            }
            return left > 0
        }
    }

    package func subjects(of condition: StoredCondition, limit: Int, residual: Residual?) throws -> Int {
        let reader = StoreReader(db: self)
        guard let undecided = try Undecided(condition, residual, codeOpeners) else { return try reader.countSubjects(of: condition, limit: limit) }
        var subjects: Set<Int64> = []
        try forEachWindow(of: undecided, .all, first: limit * 50) { resolved, seen in
            var arguments: [StoredValue] = []
            let filter = reader.sql(.all([resolved, .records(seen)]), &arguments)
            subjects.formUnion(try rows("SELECT DISTINCT \(StoreReader.countedCustomer) FROM record r WHERE \(filter) AND r.unattributed IS NULL", values: arguments) { $0.integer(0) })
            return subjects.count < limit
        }
        return min(subjects.count, limit)
    }

    package func groups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        try StoreReader(db: self).statedGroups(of: request, counting: subjects, residual: residual)
    }

    package func groups(of request: AggregateRequest, in periods: [Range<Int64>]) throws -> [[CountedGroup]] { try statedGroups(of: request, in: periods) }

    /// To see that there are enough takes the server as long as to count them.
    package func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [CountedGroup]? {
        minimum == 0 ? try groups(of: request, counting: .enough(0), residual: nil) : nil
    }

    /// Looks at records from the newest backwards, some at first and then more at a time, and gives `body` the condition as
    /// it is decided for them, and their numbers, until it returns false.
    private func forEachWindow(
        of undecided: Undecided, _ extent: PageRequest.Extent, first: Int, _ body: (StoredCondition, [Int64]) throws -> Bool
    ) throws {
        let reader = StoreReader(db: self)
        var (window, before): (Int, (time: Int64, record: Int64)?) = (first, nil)
        while true {
            var arguments: [StoredValue] = []
            var conditions = [reader.sql(undecided.condition.possible, &arguments)]
            switch extent {
            case .all: break
            case .before(let time):
                conditions.append("r.occurred_at < ?")
                arguments.append(.integer(time))
            case .within(let times):
                conditions.append("r.occurred_at >= ? AND r.occurred_at < ?")
                arguments += [.integer(times.lowerBound), .integer(times.upperBound)]
            case .records(let numbers): conditions.append(reader.sql(.records(numbers), &arguments))
            }
            if let before {
                conditions.append("(r.occurred_at, r.id) < (?, ?)")
                arguments += [.integer(before.time), .integer(before.record)]
            }
            let query = try statement("""
                \(selection(of: undecided)) WHERE \(conditions.joined(separator: " AND ")) ORDER BY r.occurred_at DESC, r.id DESC LIMIT \(window)
                """)
            query.bind(arguments)
            var search = SealedSearch(undecided, keys: keysApart)
            try query.forEachRow(isLarge: true) { row in
                try search.look(at: row)
                return true
            }
            try search.finish()
            if !search.seen.isEmpty, try !body(search.resolved, search.seen) { return }
            guard search.seen.count == window else { return }
            before = search.last
            window = min(window * 4, 32_000)
        }
    }

    private func selection(of undecided: Undecided) -> String {
        let joins = StoreReader(db: self).joins(sealed: undecided.readsSealed, codes: undecided.readsCodes)
        return """
            SELECT r.id, r.uid, r.subject, \(undecided.readsSealed ? "s.body" : "NULL"), \(undecided.readsCodes ? "c.codes" : "NULL"), \(customerKeys.columns), r.key_version,
            r.redaction_version, r.purged, r.occurred_at
            FROM record r\(joins)
            """
    }

    /// Columns of codes are opened here, and the statement gets the positions of their texts among all: the server learns which records
    /// have the same, and not what.
    package func opening<R>(
        _ columns: Set<String>, labels: Set<String>, of condition: StoredCondition, readsSealed: Bool, _ body: (OpenedColumns) throws -> R
    ) throws -> R {
        guard !columns.isEmpty || !labels.isEmpty else { return try body(OpenedColumns()) }
        var opened = try CodeOpening(columns: columns, labels: labels, codeOpeners, known: knowing?(self), keys: keysApart)
        var arguments: [StoredValue] = []
        let reader = StoreReader(db: self)
        let filter = reader.sql(condition, &arguments)
        let query = try statement(
            "SELECT r.id, r.uid, r.subject, c.codes, \(customerKeys.columns), r.key_version FROM record r\(reader.joins(sealed: readsSealed, codes: true)) WHERE \(filter)")
        query.bind(arguments)
        try query.forEachRow(isLarge: true) { row in
            try opened.look(at: row)
            return true
        }
        return try body(opened.finish())
    }
}

extension StoredCondition {
    /// Numbers of the parts that only the engine can decide.
    var residuals: Set<Int> {
        switch self {
        case .residual(let number): [number]
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.residuals) }
        case .not(let part): part.residuals
        case .compare, .isIn, .isNull, .records, .consented: []
        }
    }

    /// The same with other conditions in their place.
    func mapped(_ other: (Int) -> StoredCondition) -> StoredCondition {
        switch self {
        case .residual(let number): other(number)
        case .all(let parts): .all(parts.map { $0.mapped(other) })
        case .any(let parts): .any(parts.map { $0.mapped(other) })
        case .not(let part): .not(part.mapped(other))
        case .compare, .isIn, .isNull, .records, .consented: self
        }
    }

    /// A condition of every record that this one can hold for, whatever the engine decides.
    fileprivate var possible: StoredCondition {
        switch self {
        case .residual: .all([])
        case .all(let parts): .all(parts.map(\.possible))
        case .any(let parts): .any(parts.map(\.possible))
        case .not(let part): part.residuals.isEmpty ? self : .all([])
        case .compare, .isIn, .isNull, .records, .consented: self
        }
    }
}
