import Store
import Testing

extension StoreCheck {
    static let groups = [smallGroups] + groupMeasures + dailyBounds + largeSums

    private static let smallGroups = StoreCheck("groups with too few subjects are left out, by both ways of counting") { place in
        let store = try place.create()
        let column = PlainColumn(name: "a_x", kind: .text)
        try store.write { writer in
            try writer.ensureColumns([column])
            var records: [NewRecord] = []
            // Group g has g subjects with 10 records each.
            for group in 1...8 as ClosedRange<Int64> {
                for subject in 1...group {
                    for _ in 0..<10 {
                        var new = NewRecord(number: Int64(records.count + 1), subject: group * 100 + subject)
                        new.attributes = [.text("g\(group)")]
                        records.append(new)
                    }
                }
            }
            try writer.insertRecords(records, columns: [column])
        }
        let request = AggregateRequest(groupBy: [.column("a_x")], measures: [.init(.count)], condition: .all([]))
        let fast = try store.read { try $0.aggregate(request, minimumSubjects: 5, residual: nil) }
        #expect(fast.rows.map(\.group) == (5...8).map { [.text("g\($0)")] })
        #expect(fast.rows.map(\.measures) == (5...8).map { [.integer(Int64($0) * 10)] } && fast.suppressed == 4)
        let searching = AggregateRequest(groupBy: [.column("a_x")], measures: [.init(.count)], condition: .residual(0))
        let slow = try store.read { try $0.aggregate(searching, minimumSubjects: 5, residual: { _, row in row.body == [1] }) }
        #expect(slow.rows.map(\.group) == fast.rows.map(\.group) && slow.suppressed == 4)
    }

    /// Many are read by two connections, a half each, where a store can.
    private static let groupMeasures = [(1, 900), (5, 900), (12, 900), (5, 17_000)].map { minimum, count in
        StoreCheck("groups and their measures are those of the rows, whatever the columns hold: \(count) rows, \(minimum) customers") { place in
            var random = SystemRandomNumberGenerator()
            let store = try place.create()
            let records = RandomRows.records(count, &random)
            try store.write { writer in
                try writer.ensureColumns(RandomRows.columns)
                try writer.insertRecords(records, columns: RandomRows.columns)
                try writer.setAuditHead(AuditHead(ofSize: 1))
            }
            let measures: [AggregateRequest.Measure] = [
                .init(.count), .init(.count, "a_integer"), .init(.average, "a_integer"), .init(.minimum, "a_integer"), .init(.maximum, "a_real"), .init(.sum, "a_real"),
                .init(.average, "a_integer", bounds: 0...10), .init(.squares, "a_integer", bounds: -3...10),
            ]
            let groupings: [[Int]] = count < 1000 ? [[], [0], [1], [2], [0, 1], [2, 0], [0, 1, 2]] : [[0, 1], [2, 0]]
            for grouping in groupings {
                for hasDistinct in [false, true] {
                    let measures = measures + (hasDistinct ? [.init(.distinct, "a_text")] : [])
                    let request = AggregateRequest(groupBy: grouping.map { .column(RandomRows.columns[$0].name) }, measures: measures, condition: .all([]))
                    // Distinct values are counted for groups without the sets of their records.
                    let all = try store.read { try hasDistinct ? $0.aggregate(request, minimumSubjects: 0, residual: nil).rows : $0.groups(request, residual: nil) }
                    let groups = Dictionary(grouping: records) { record in grouping.map { record.attributes[$0] } }
                    #expect(Set(all.map(\.group)) == Set(groups.keys) && all.count == groups.count, "\(grouping)")
                    for row in all {
                        let rows = groups[row.group]!
                        #expect(zip(row.measures, measures).allSatisfy { isSame($0, RandomRows.expected($1, rows)) }, "\(row.group): \(row.measures)")
                        if !hasDistinct { #expect(row.subjects == Set(rows.map(\.subject)).count && row.records == RandomRows.set(of: rows)) }
                    }
                    guard !hasDistinct else { continue }
                    let shown = try store.read { try $0.aggregate(request, minimumSubjects: minimum, residual: nil) }
                    #expect(shown.rows.count + shown.suppressed == all.count)
                    let figures = Dictionary(uniqueKeysWithValues: all.map { ($0.group, $0) })
                    for row in shown.rows {
                        #expect(figures[row.group]!.subjects! >= minimum && figures[row.group]!.measures == row.measures)
                    }
                    if all.allSatisfy({ $0.subjects! >= minimum }) { #expect(shown.rows.map(\.group) == all.map(\.group)) }
                }
            }
        }
    }

    /// Eight hours east of UTC, with an hour taken and given back.
    private static let zone = AggregateRequest.ZoneOffsets(
        offset: 28_800_000, changes: [.init(from: 1_702_000_000_000, offset: 32_400_000), .init(from: 1_704_000_000_000, offset: 28_800_000)])

    /// Many customers of few days, whose records do not come in the order of time.
    private static let dailyBounds = [(1, false, AggregateRequest.ZoneOffsets.utc), (3, false, zone), (31, false, zone), (2, true, .utc), (2, true, zone)].map {
        days, isPart, zone in
        StoreCheck("of a customer one record a day counts, on \(days) days of 31\(isPart ? ", of the records in a window" : "")\(zone == .utc ? "" : ", in a time zone")") {
            place in
            var random = SystemRandomNumberGenerator()
            let store = try place.create()
            var records = RandomRows.records(900, &random)
            for index in records.indices {
                records[index].subject = Int64.random(in: 1...9, using: &random)
                records[index].occurredAt = 1_700_000_000_000 + Int64.random(in: 0...70 * 86_400_000, using: &random)
            }
            let (all, columns) = (records, RandomRows.columns)
            try store.write { writer in
                try writer.ensureColumns(columns)
                try writer.insertRecords(all, columns: columns)
                try writer.setAuditHead(AuditHead(ofSize: 1))
            }
            let window = 1_700_000_000_000 + 20 * 86_400_000 as Int64
            let condition = isPart ? StoredCondition.compare(column: "occurred_at", .greaterOrEqual, .integer(window)) : .all([])
            var (daysSeen, counted): (Set<[Int64]>, [NewRecord]) = ([], [])
            var ofPeriod: [[Int64]: Int] = [:]
            for record in all where !isPart || record.occurredAt >= window {
                let day = zone.day(of: record.occurredAt)
                let period = [record.subject, day / DailyBound.period]
                guard !daysSeen.contains([record.subject, day]), ofPeriod[period, default: 0] < days else { continue }
                daysSeen.insert([record.subject, day])
                ofPeriod[period, default: 0] += 1
                counted.append(record)
            }
            for grouping in [[], [0], [1, 2]] {
                let request = AggregateRequest(
                    groupBy: grouping.map { .column(columns[$0].name) }, measures: [.init(.count), .init(.sum, "a_integer", bounds: 0...10)], condition: condition,
                    bound: DailyBound(days: days, labels: 1, zone: zone))
                let found = try store.read { try $0.groups(request, residual: nil) }
                let groups = Dictionary(grouping: counted) { record in grouping.map { record.attributes[$0] } }
                #expect(Set(found.map(\.group)) == Set(groups.keys) && found.count == groups.count)
                for row in found {
                    let rows = groups[row.group]!
                    #expect(row.records == RandomRows.set(of: rows) && row.subjects == Set(rows.map(\.subject)).count && row.measures[0] == .integer(Int64(rows.count)))
                }
                // The same as one statement, by a contribution that leaves nothing out.
                var contributing = request
                contributing.contribution = 1_000_000
                let stated = try store.read { try $0.groups(contributing, residual: nil) }
                #expect(stated.map(\.group) == found.map(\.group) && stated.map(\.records) == found.map(\.records) && stated.map(\.measures) == found.map(\.measures))
                // Of several periods, days are counted in each by itself; between two of them lie records of none.
                let periods = [(0, 13), (13, 20), (41, 70)].map { first, end in 1_700_000_000_000 + first * 86_400_000..<1_700_000_000_000 + end * 86_400_000 as Range<Int64> }
                let parts = try store.read { try $0.groups(request, in: periods) }
                #expect(parts.count == periods.count && parts.contains { !$0.isEmpty })
                for (period, part) in zip(periods, parts) {
                    var single = request
                    single.condition = .all([condition, .occurred(in: period)])
                    let alone = try store.read { try $0.groups(single, residual: nil) }
                    #expect(part.map(\.group) == alone.map(\.group) && part.map(\.records) == alone.map(\.records) && part.map(\.measures) == alone.map(\.measures))
                    #expect(part.map(\.subjects) == alone.map(\.subjects))
                }
            }
        }
    }

    private static let largeSums = [
        (9_007_199_254_740_993, 0), (-9_007_199_254_740_993, -2), (9_223_372_036_854_775_806, 1), (-9_223_372_036_854_775_807, -1), (1_000_000_000_000, 0),
    ].map { (first: Int64, second: Int64) in
        StoreCheck("sums of integers are exact however large they are, and so is the mark of a set of rows: \(first) and \(second)") { place in
            let store = try place.create()
            let column = PlainColumn(name: "big", kind: .integer)
            func record(_ number: Int64, _ value: Int64) -> NewRecord {
                NewRecord(uid: UInt128(number), subject: 1, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [.integer(value)], body: [1])
            }
            try store.write { writer in
                try writer.ensureColumns([column])
                try writer.insertRecords([record(1, first), record(2, second)], columns: [column])
                try writer.setAuditHead(AuditHead(ofSize: 1))
            }
            for grouping in [[], [AggregateRequest.Grouping.column("channel")]] {
                let request = AggregateRequest(groupBy: grouping, measures: [.init(.sum, "big")], condition: .all([]))
                let row = try #require(try store.read { try $0.groups(request, residual: nil) }.first)
                #expect(row.measures == [.integer(first + second)])
            }
        }
    }

    /// PostgreSQL rounds averages of whole numbers its own way.
    private static func isSame(_ found: StoredValue, _ expected: StoredValue) -> Bool {
        guard case (.real(let a), .real(let b)) = (found, expected) else { return found == expected }
        return abs(a - b) <= 1e-12 * abs(b)
    }
}
