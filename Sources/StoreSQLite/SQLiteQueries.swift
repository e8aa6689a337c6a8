import Store

extension SQLiteConnection {
    func deciding<R>(_ condition: StoredCondition, by residual: Residual?, _ body: (_ condition: StoredCondition, _ readsSealed: Bool) throws -> R) throws -> R {
        try openingCodes {
            guard let residual else { return try body(condition, false) }
            return try residualFunction().deciding(by: residual) { try body(condition, true) }
        }
    }

    func opening<R>(
        _ columns: Set<String>, labels: Set<String>, of condition: StoredCondition, readsSealed: Bool, _ body: (OpenedColumns) throws -> R
    ) throws -> R {
        try body(OpenedColumns())
    }

    func page(_ request: PageRequest, evidence: RecordColumns?, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void) throws {
        try deciding(request.condition, by: residual) { _, readsSealed in
            try StoreReader(db: self).statedPage(request, evidence: evidence, readsSealed: readsSealed, chunk: chunk, take)
        }
    }

    func subjects(of condition: StoredCondition, limit: Int, residual: Residual?) throws -> Int {
        try deciding(condition, by: residual) { condition, readsSealed in
            let reader = StoreReader(db: self)
            // Read in its own order, where SQLite would go by an index.
            return try reader.countSubjects(of: condition, limit: limit, readsSealed: readsSealed, hint: " NOT INDEXED")
        }
    }

    func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [CountedGroup]? {
        if minimum > 0, request.groupBy.isEmpty, request.contribution == nil {
            // The number of all rows is in every index.
            guard try subjects(of: request.condition, limit: minimum, residual: nil) == minimum else { return nil }
            return try groups(of: request, counting: .enough(0), residual: nil)
        }
        guard minimum == 0 || minimum <= 50 && gathers(request) else { return nil }
        let groups = try groups(of: request, counting: .enough(minimum), residual: nil)
        return groups.allSatisfy { $0.count >= minimum } ? groups : nil
    }

    /// Whether a ``GroupTable`` takes the request's rows.
    private func gathers(_ request: AggregateRequest) -> Bool { !request.groupBy.isEmpty && GroupTable.takes(request.measures) }

    func groups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup] {
        let reader = StoreReader(db: self)
        let isMarked = if case .marked = subjects { true } else { false }
        guard isMarked || gathers(request) else { return try reader.statedGroups(of: request, counting: subjects, residual: residual) }
        return try deciding(request.condition, by: residual) { condition, readsSealed in
            func gathered(_ request: AggregateRequest, bound: DailyBound?) throws -> [CountedGroup]? {
                // Records are read in the order of their numbers, where SQLite would go by an index.
                let rows = reader.rows(of: request, condition, readsSealed: readsSealed, OpenedColumns(), hint: bound == nil ? "" : " NOT INDEXED")
                return try self.gathered(
                    request, rows, counting: subjects, bound: bound, isScan: !readsSealed && request.contribution == nil && request.bound == nil && condition.isScan)
            }
            if isMarked, let bound = request.bound, request.contribution == nil {
                var unbounded = request
                unbounded.bound = nil
                if let groups = try gathered(unbounded, bound: bound) { return groups }
            }
            return try gathered(request, bound: nil)!
        }
    }

    /// All of them are read at once: an index on time would bring their records out of order, which a bound does not allow.
    func groups(of request: AggregateRequest, in periods: [Range<Int64>]) throws -> [[CountedGroup]] {
        guard periods.count > 1, let bound = request.bound, request.contribution == nil else { return try statedGroups(of: request, in: periods) }
        var unbounded = request
        unbounded.bound = nil
        unbounded.condition = .all([request.condition, .occurred(in: periods[0].lowerBound..<periods[periods.count - 1].upperBound)])
        let found = try deciding(unbounded.condition, by: nil) { condition, readsSealed in
            let rows = StoreReader(db: self).rows(of: unbounded, condition, readsSealed: readsSealed, OpenedColumns(), hint: " NOT INDEXED")
            return try gathered(unbounded, rows, bound: bound, in: periods)
        }
        return try found ?? statedGroups(of: request, in: periods)
    }
}
