import Store

/// The server cannot open what is sealed. So records that the rest of a condition allows are fetched and looked at here, and the
/// numbers of those that fulfil it take the condition's place.
extension PostgresConnection {
    package func deciding<R>(
        _ condition: StoredCondition, by residual: Residual?, _ body: (_ condition: StoredCondition, _ readsSealed: Bool) throws -> R
    ) throws -> R {
        guard let residual else { return try body(condition, false) }
        var search = SealedSearch(condition, residual, keys: keysApart)
        var arguments: [StoredValue] = []
        let reader = StoreReader(db: self)
        let query = try statement("\(sealedSelection) WHERE \(reader.sql(condition.possible, &arguments))")
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
        guard let residual else { return try reader.statedPage(request, evidence: evidence, readsSealed: false, chunk: chunk, take) }
        var left = request.limit
        try forEachWindow(of: request.condition, request.extent, first: max(500, request.limit * 4), residual) { resolved, seen in
            var part = request
            (part.condition, part.extent, part.limit) = (resolved, .records(seen), left)
            try reader.statedPage(part, evidence: evidence, readsSealed: false, chunk: chunk) { rows in
                left -= rows.count
                try take(rows)
            }
            return left > 0
        }
    }

    package func subjects(of condition: StoredCondition, limit: Int, residual: Residual?) throws -> Int {
        let reader = StoreReader(db: self)
        guard let residual else { return try reader.countSubjects(of: condition, limit: limit, joins: "") }
        var subjects: Set<Int64> = []
        try forEachWindow(of: condition, .all, first: limit * 50, residual) { resolved, seen in
            var arguments: [StoredValue] = []
            let filter = reader.sql(.all([resolved, .records(seen)]), &arguments)
            subjects.formUnion(try rows("SELECT DISTINCT r.subject FROM record r WHERE \(filter)", values: arguments) { $0.integer(0) })
            return subjects.count < limit
        }
        return min(subjects.count, limit)
    }

    package func groups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        try StoreReader(db: self).statedGroups(of: request, counting: subjects, residual: residual)
    }

    /// To see that there are enough takes the server as long as to count them.
    package func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [CountedGroup]? {
        minimum == 0 ? try groups(of: request, counting: .enough(0), residual: nil) : nil
    }

    /// Looks at records from the newest backwards, some at first and then more at a time, and gives `body` the condition as
    /// it is decided for them, and their numbers, until it returns false.
    private func forEachWindow(
        of condition: StoredCondition, _ extent: PageRequest.Extent, first: Int, _ residual: @escaping Residual,
        _ body: (StoredCondition, [Int64]) throws -> Bool
    ) throws {
        let reader = StoreReader(db: self)
        var (window, before): (Int, (time: Int64, record: Int64)?) = (first, nil)
        while true {
            var arguments: [StoredValue] = []
            var conditions = [reader.sql(condition.possible, &arguments)]
            switch extent {
            case .all: break
            case .before(let time):
                conditions.append("r.occurred_at < ?")
                arguments.append(.integer(time))
            case .records(let numbers): conditions.append(reader.sql(.records(numbers), &arguments))
            }
            if let before {
                conditions.append("(r.occurred_at, r.id) < (?, ?)")
                arguments += [.integer(before.time), .integer(before.record)]
            }
            let query = try statement("""
                \(sealedSelection) WHERE \(conditions.joined(separator: " AND ")) ORDER BY r.occurred_at DESC, r.id DESC LIMIT \(window)
                """)
            query.bind(arguments)
            var search = SealedSearch(condition, residual, keys: keysApart)
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

    private var sealedSelection: String {
        """
        SELECT r.id, r.uid, r.subject, s.body, \(customerKeys.columns), r.key_version, r.redaction_version, r.purged, r.occurred_at
        FROM record r\(StoreReader(db: self).sealedJoin)
        """
    }
}

/// Which of the records looked at fulfil each part of a condition that only the engine can decide.
private struct SealedSearch {
    private let condition: StoredCondition
    private let residual: Residual
    private var hits: [Int: [Int64]]
    /// All records looked at.
    private(set) var seen: [Int64] = []
    /// The last of them.
    private(set) var last: (time: Int64, record: Int64)?
    /// Where the keys are when they do not come with the rows, and rows that wait for theirs.
    private let keys: SeparateKeys?
    private var waiting: [(record: Int64, row: SealedRow, key: KeyPlace)] = []
    private static let portion = 1000

    init(_ condition: StoredCondition, _ residual: @escaping Residual, keys: SeparateKeys?) {
        (self.condition, self.residual, self.keys) = (condition, residual, keys)
        hits = Dictionary(uniqueKeysWithValues: condition.residuals.map { ($0, []) })
    }

    mutating func look(at row: any Row) throws {
        let record = row.integer(0)
        let key = row.isNull(4) ? nil : WrappedKey(root: row.int(4), version: row.int(6), bytes: row.bytes(5))
        let sealed = SealedRow(
            uid: row.identifier(1), subject: row.integer(2), body: row.bytes(3), key: key, redactionVersion: row.int(7), purged: row.int(8))
        seen.append(record)
        last = (row.integer(9), record)
        guard keys != nil else { return try decide(record, sealed) }
        waiting.append((record, sealed, KeyPlace(subject: sealed.subject, version: row.int(6))))
        if waiting.count == Self.portion { try finish() }
    }

    /// Call after the last row.
    mutating func finish() throws {
        guard let keys, !waiting.isEmpty else { return }
        let wrapped = try keys.wrappedKeys(Set(waiting.map(\.key.subject)))
        for (record, row, key) in waiting {
            var row = row
            row.key = wrapped[key]
            try decide(record, row)
        }
        waiting = []
    }

    private mutating func decide(_ record: Int64, _ row: SealedRow) throws {
        for number in hits.keys where try residual(number, row) { hits[number]!.append(record) }
    }

    /// The condition with the numbers of records in place of what was looked for.
    var resolved: StoredCondition { condition.mapped { .records(hits[$0] ?? []) } }
}

extension StoredCondition {
    /// Numbers of the parts that only the engine can decide.
    fileprivate var residuals: Set<Int> {
        switch self {
        case .residual(let number): [number]
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.residuals) }
        case .not(let part): part.residuals
        case .compare, .isIn, .isNull, .records: []
        }
    }

    /// The same with other conditions in their place.
    fileprivate func mapped(_ other: (Int) -> StoredCondition) -> StoredCondition {
        switch self {
        case .residual(let number): other(number)
        case .all(let parts): .all(parts.map { $0.mapped(other) })
        case .any(let parts): .any(parts.map { $0.mapped(other) })
        case .not(let part): .not(part.mapped(other))
        case .compare, .isIn, .isNull, .records: self
        }
    }

    /// A condition of every record that this one can hold for, whatever the engine decides.
    fileprivate var possible: StoredCondition {
        switch self {
        case .residual: .all([])
        case .all(let parts): .all(parts.map(\.possible))
        case .any(let parts): .any(parts.map(\.possible))
        case .not(let part): part.residuals.isEmpty ? self : .all([])
        case .compare, .isIn, .isNull, .records: self
        }
    }
}
