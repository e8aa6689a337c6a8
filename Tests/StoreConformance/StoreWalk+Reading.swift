import Store

extension StoreWalk {
    private static let residual: Residual = { number, row in row.key != nil && row.body.count % 7 > 1 + number }

    private mutating func condition(depth: Int, searches: Bool) -> StoredCondition {
        let parts = { (walk: inout StoreWalk) in (0..<Int.random(in: 1...3, using: &walk.random)).map { _ in walk.condition(depth: depth - 1, searches: searches) } }
        switch Int.random(in: 0...(depth == 0 ? 7 : 10), using: &random) {
        case 0: return .compare(column: "a_text", comparison(), .text(["a", "eight888", "名字", ""].randomElement(using: &random)!))
        case 1: return .compare(column: "a_integer", comparison(), [.integer(1), .integer(-3), .real(0.5)].randomElement(using: &random)!)
        case 2:
            return .compare(
                column: ["a_real", "occurred_at"].randomElement(using: &random)!, comparison(), [.integer(0), .real(0.5), .integer(900_000_000_000)].randomElement(using: &random)!)
        case 3: return .isIn(column: "channel", ["chat", "call"].prefix(Int.random(in: 0...2, using: &random)).map { .text($0) })
        case 4: return .isIn(column: ["topic", "sentiment"].randomElement(using: &random)!, [.text("repair"), .text("neutral")])
        case 5: return .compare(column: ["subject", "topic"].randomElement(using: &random)!, [.equal, .notEqual].randomElement(using: &random)!, .integer(someSubject()))
        case 6: return .isNull(column: ["a_text", "a_real", "sentiment", "topic", "g_place"].randomElement(using: &random)!)
        case 7: return searches ? .residual(Int.random(in: 0...1, using: &random)) : .records(someRecords(30))
        case 8: return .not(condition(depth: depth - 1, searches: searches))
        case 9: return .any(parts(&self))
        default: return .all(parts(&self))
        }
    }

    private mutating func comparison() -> StoredCondition.Comparison {
        [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual].randomElement(using: &random)!
    }

    /// A condition, and what decides its parts.
    private mutating func question() -> (StoredCondition, Residual?) {
        let searches = Int.random(in: 0...2, using: &random) == 0
        return (condition(depth: 2, searches: searches), searches ? Self.residual : nil)
    }

    mutating func page() -> Step {
        let ((condition, residual), sealed) = (question(), Bool.random(using: &random))
        let limit = [1, 7, 100, 3000].randomElement(using: &random)!
        let extent: PageRequest.Extent = [
            .all, .before(.random(in: 0...3_600_000_000_000, using: &random)), .within(900_000_000_000..<2_700_000_000_000), .records(someRecords(50)),
        ].randomElement(using: &random)!
        let columns = ["channel", "a_text", "a_real"].filter { _ in Bool.random(using: &random) }
        let (chunk, isOrdered) = (Int.random(in: 1...60, using: &random), Bool.random(using: &random))
        return Step(name: "page of \(condition), \(extent), \(limit)") { store in
            var rows: [String] = []
            var request = PageRequest(columns: columns, condition: condition, extent: extent, limit: limit, sealed: sealed)
            request.isOrdered = isOrdered
            // What is in no order is all of it.
            let isUnordered = if case .records = extent { !isOrdered } else { false }
            if isUnordered { request.limit = 3000 }
            try store.read { reader in
                try reader.page(request, residual: residual, chunk: chunk) { chunk in
                    for row in chunk {
                        rows.append(
                            "\(row.id) \(row.uid) \(row.subject) \(row.occurredAt) \(row.values) \(row.body) \(row.key.map { "\($0.root) \($0.version) \($0.bytes)" } ?? "")")
                    }
                }
            }
            return (isUnordered ? rows.sorted() : rows).joined(separator: "\n")
        }
    }

    private static let groupings: [AggregateRequest.Grouping] = [
        .column("a_text"), .column("a_integer"), .column("channel"), .column("topic"), .column("sentiment"), .column("g_place"), .time(column: "occurred_at", .month),
    ]

    private mutating func grouping() -> [AggregateRequest.Grouping] { Array(Self.groupings.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))) }

    mutating func figures() -> Step {
        let ((condition, residual), groupBy, minimum) = (question(), grouping(), Int.random(in: 0...4, using: &random))
        let all: [AggregateRequest.Measure] = [
            .init(.count), .init(.count, "a_real"), .init(.average, "a_integer", bounds: 0...10), .init(.sum, "a_integer"), .init(.minimum, "a_text"), .init(.maximum, "a_real"),
            .init(.distinct, "a_text"), .init(.squares, "a_integer", bounds: -2...9),
        ]
        let measures = all.filter { _ in Bool.random(using: &random) }
        let contribution = Int.random(in: 0...3, using: &random) == 0 ? 2 : nil
        let request = AggregateRequest(groupBy: groupBy, measures: measures.isEmpty ? [.init(.count)] : measures, condition: condition, contribution: contribution)
        return Step(name: "figures of \(condition) by \(groupBy)") { store in
            try store.read { reader in
                let found = try reader.aggregate(request, minimumSubjects: minimum, residual: residual)
                let rows = found.rows.map { "\($0.group) \($0.measures)" }
                return rows.joined(separator: "\n") + " \(found.suppressed) \(try reader.subjects(of: condition, limit: 5, residual: residual))"
            }
        }
    }

    /// What figures with noise are made of.
    mutating func recordSets() -> Step {
        let ((condition, residual), groupBy) = (question(), grouping())
        let bound =
            Bool.random(using: &random)
            ? DailyBound(
                days: Int.random(in: 1...5, using: &random), labels: Int.random(in: 1...3, using: &random),
                zone: AggregateRequest.ZoneOffsets(offset: Int64.random(in: -12...14, using: &random) * 3_600_000, changes: [])) : nil
        let contribution = Int.random(in: 0...3, using: &random) == 0 ? 2 : nil
        let request = AggregateRequest(
            groupBy: groupBy, measures: [.init(.count), .init(.sum, "a_integer", bounds: 0...10), .init(.squares, "a_integer", bounds: -2...9)], condition: condition,
            contribution: contribution, bound: bound)
        return Step(name: "record sets of \(condition) by \(groupBy), \(String(describing: bound))") { store in
            try store.read {
                try $0.groups(request, residual: residual).map { "\($0.group) \($0.measures) \($0.subjects ?? -1) \(String(describing: $0.records))" }.joined(separator: "\n")
            }
        }
    }

    mutating func lookUp() -> Step {
        let (subject, subjects) = (someSubject(), self.subjects)
        return Step(name: "look-up") { store in
            try store.read { reader in
                let known = try reader.knownSubjects(Array(1...subjects)).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                let found = try reader.subjects(with: (1...subjects).map(Self.entry), limit: 10).first.map { "\($0.key.tag) \($0.value)" }.sorted()
                let sealed = try reader.sealedRecords(of: subject).map { "\($0.id) \($0.body) \($0.key?.bytes ?? [])" }
                let export = try reader.exportColumns(of: subject).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                return "\(known) \(found) \(sealed) \(export) \(try reader.subjectsWithoutRecords(among: Set(1...subjects)))"
            }
        }
    }

    mutating func retention() -> Step {
        let (now, before) = (self.now, Int64.random(in: 0...3_600_000_000_000, using: &random))
        let channels = ["chat", "mail"].filter { _ in Bool.random(using: &random) }
        let scopes = [
            RetentionScope(channels: channels, exceptChannels: [], occurredBefore: before / 2, compartments: 0, now: now),
            RetentionScope(channels: [], exceptChannels: channels, occurredBefore: before, compartments: 3, now: now),
        ]
        return Step(name: "retention") { store in
            try store.read { reader in
                let batches = try scopes.map { try reader.retentionBatch($0, limit: 20) }
                return "\(try reader.retentionCounts(scopes)) \(try reader.customersErased(by: [scopes[0]])) \(batches)"
            }
        }
    }

    mutating func state() -> Step {
        let now = now
        return Step(name: "state") { store in
            let keys = "\(try store.keys.subjectKeyVersions()) \(try store.keys.rootKeys().map(\.wraps))"
            return try store.read { reader in
                let without = "\(try reader.recordCountWithoutKey()) \(try reader.subjectsOfKeysOnly()) \(try reader.subjectKeyVersion())"
                return "\(try reader.counts(at: now)) \(try reader.lastRecord()) \(try reader.lastSubject()) \(try reader.holds()) \(try reader.restrictions()) \(without) \(keys)"
            }
        }
    }
}
