import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Somebody who sees rows of two purposes wants to know which are of one record: by when it was, by the order of the rows, by where pages end,
/// by windows of time, by figures. Each attack is shown to succeed under a policy that shows exact times.
@Suite("Attacks on rows of two purposes")
struct RowLinkageTests {
    private static let count = 240

    /// One customer each, who spoke at a second of their own, in the last two weeks of March 2026 (two weeks and one month as rows show them).
    private struct Rows {
        let vault: TestVault
        let analyst, agent: Session
        /// What each purpose calls a record, by its number: the attacker does not know that.
        var (insight, followUp): ([Int: String], [Int: String]) = ([:], [:])

        init(_ isProtected: Bool) throws {
            vault = try TestVault { name, text in
                guard name == "roles.yaml", !isProtected else { return text }
                return text.replacing("        times: month\n", with: "        times: exact\n").replacing("        times: week\n", with: "        times: exact\n")
                    .replacing("        minimum_group: 5\n", with: "        minimum_group: 1\n")
            }
            // Not taken in in the order of time.
            try vault.ingest(
                (0..<count).map { number in
                    line(
                        id: "\(number)", customer: ["id": "C\(number)", "phone": "138001\(38000 + number)"], attributes: ["product": "P\(number)", "rating": number % 5 + 1],
                        text: "快递 \(number % 7)", at: RowLinkageTests.time(number))
                })
            (analyst, agent) = (try vault.session("analyst"), try vault.session("agent"))
            insight = try Self.names(analyst, "insight")
            followUp = try Self.names(agent, "follow-up")
        }

        private static func names(_ session: Session, _ purpose: String) throws -> [Int: String] {
            Dictionary(uniqueKeysWithValues: try all(session, ["record", "product"], purpose).map { (Int($0[1].description.dropFirst())!, $0[0].description) })
        }

        /// How many of the attacker's pairs are of one record.
        func right(_ pairs: [(String, String)]) -> Int {
            let numbers = Dictionary(uniqueKeysWithValues: insight.map { ($1, $0) })
            return pairs.count { pair in numbers[pair.0].map { followUp[$0] == pair.1 } ?? false }
        }
    }

    private static func time(_ number: Int) -> String {
        let second = (number * 97 % count) * 4200 + number
        return Timestamp(milliseconds: Timestamp("2026-03-16T00:00:00+08:00")!.milliseconds + Int64(second) * 1000).description
    }

    private static func all(_ session: Session, _ select: [String], _ purpose: String, limit: Int = 1000) throws -> [[Value]] {
        var query = Query(select: select, limit: limit, purpose: purpose)
        var rows: [[Value]] = []
        repeat {
            let page = try session.page(query)
            rows += page.rows
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return rows
    }

    @Test("the time of contact joins no rows", arguments: [true, false])
    func time(isProtected: Bool) throws {
        let rows = try Rows(isProtected)
        func byTime(_ session: Session, _ purpose: String) throws -> [String: [String]] {
            Dictionary(grouping: try Self.all(session, ["record", "occurred_at"], purpose)) { $0[1].description }.mapValues { $0.map { $0[0].description } }
        }
        let (insight, followUp) = (try byTime(rows.analyst, "insight"), try byTime(rows.agent, "follow-up"))
        let pairs = insight.compactMap { time, records in
            records.count == 1 && followUp[time]?.count == 1 ? (records[0], followUp[time]![0]) : nil
        }
        #expect(rows.right(pairs) == (isProtected ? 0 : Self.count))
        if isProtected { #expect(Set(insight.keys) == ["2026-03"] && Set(followUp.keys) == ["2026-W12", "2026-W13"]) }
    }

    @Test("neither the order of rows nor where pages end joins them, nor shows the order of intake or time", arguments: [true, false], [3, 1000])
    func order(isProtected: Bool, limit: Int) throws {
        let rows = try Rows(isProtected)
        let (insight, followUp) = (try Self.all(rows.analyst, ["record"], "insight", limit: limit), try Self.all(rows.agent, ["record"], "follow-up", limit: limit))
        #expect(insight.count == Self.count && followUp.count == Self.count && Set(insight).count == Self.count && Set(followUp).count == Self.count)
        let found = rows.right(zip(insight, followUp).map { ($0[0].description, $1[0].description) })
        // Of two random orders, one row is at the same place on average; 9 or more are hardly ever (Poisson: 10⁻⁶).
        #expect(isProtected ? found < 9 : found == Self.count)
        let numbers = Dictionary(uniqueKeysWithValues: rows.insight.map { ($1, $0) })
        let list = insight.map { numbers[$0[0].description]! }
        let (intake, time) = (Self.correlation(list.map(Double.init)), Self.correlation(list.map { Double($0 * 97 % Self.count) }))
        #expect(isProtected ? abs(intake) < 0.35 && abs(time) < 0.35 : time < -0.99, "\(intake) \(time)")
        #expect(try Self.all(rows.analyst, ["record"], "insight", limit: 100) == insight, "all pages are of one order")
    }

    /// Of values with their places (Pearson).
    private static func correlation(_ values: [Double]) -> Double {
        let (n, places) = (Double(values.count), values.indices.map(Double.init))
        let (a, b) = (values.reduce(0, +) / n, places.reduce(0, +) / n)
        let covariance = zip(values, places).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
        return covariance / (values.reduce(0) { $0 + ($1 - a) * ($1 - a) } * places.reduce(0) { $0 + ($1 - b) * ($1 - b) }).squareRoot()
    }

    @Test("windows of time that close in on a record are refused, however they are written", arguments: [true, false])
    func windows(isProtected: Bool) throws {
        let rows = try Rows(isProtected)
        /// The second of a record, by halving; nil if it was refused.
        func moment(_ record: String, _ session: Session, _ purpose: String, _ ask: (Timestamp, inout Query) -> Void) -> Int64? {
            var (low, high) = (Timestamp("2026-03-15T00:00:00Z")!.milliseconds / 1000, Timestamp("2026-04-01T00:00:00Z")!.milliseconds / 1000)
            while high - low > 1 {
                let middle = (low + high) / 2
                var query = Query(select: ["record"], filter: .compare(field: "record", .equal, .text(record)), purpose: purpose)
                ask(Timestamp(milliseconds: middle * 1000), &query)
                guard let page = try? session.page(query) else { return nil }
                if page.rows.isEmpty { high = middle } else { low = middle }
            }
            return low
        }
        let ways: [(Timestamp, inout Query) -> Void] = [
            { $1.since = $0 }, { $1.filter = .and([$1.filter!, .compare(field: "occurred_at", .greaterOrEqual, .time($0))]) },
            { $1.filter = .and([$1.filter!, .not(.compare(field: "occurred_at", .less, .text($0.description)))]) },
            { $1.filter = .and([$1.filter!, .or([.isIn(field: "occurred_at", [.time($0)]), .compare(field: "occurred_at", .greater, .time($0))])]) },
        ]
        for number in [3, 100] {
            for way in ways {
                let (one, other) = (moment(rows.insight[number]!, rows.analyst, "insight", way), moment(rows.followUp[number]!, rows.agent, "follow-up", way))
                #expect(isProtected ? one == nil && other == nil : one == other && one == Timestamp(Self.time(number))!.milliseconds / 1000)
            }
        }
    }

    @Test("figures of who sees rows tell no finer times than the rows", arguments: [true, false])
    func figures(isProtected: Bool) throws {
        let rows = try Rows(isProtected)
        let record = rows.insight[7]!
        func days(without: Bool) -> [String: Int64]? {
            let filter = without ? Condition.compare(field: "record", .notEqual, .text(record)) : nil
            let query = AggregateQuery(groupBy: [.time("occurred_at", .day)], measures: [.count], filter: filter, purpose: "insight")
            guard let table = try? rows.analyst.aggregate(query) else { return nil }
            return Dictionary(
                uniqueKeysWithValues: table.rows.map { row in
                    if case .integer(let count) = row[1] { (row[0].description, count) } else { (row[0].description, 0) }
                })
        }
        let changed = days(without: false).flatMap { all in days(without: true).map { others in all.filter { others[$0.key] != $0.value }.map(\.key) } }
        #expect(isProtected ? changed == nil : changed?.count == 1)
        for measure in ["min(occurred_at)", "distinct(occurred_at)"] {
            let table = try? rows.analyst.aggregate(
                AggregateQuery(groupBy: [.time("occurred_at", .month)], measures: [Measure(measure)!], filter: Condition(parsing: "record = '\(record)'"), purpose: "insight"))
            #expect((table == nil) == isProtected, "\(measure)")
        }
    }

    @Test("texts are in the rows of one purpose only; of the other, one at a time, with a reason and an entry", arguments: [true, false])
    func texts(isProtected: Bool) throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" && !isProtected
                ? text.replacing("          phone: mask\n        # Rows", with: "          phone: mask\n          text: mask\n        # Rows") : text
        }
        try vault.ingest((0..<12).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0 % 10)"], text: "第 \($0) 次投诉,电话 13800138000") })
        let (analyst, agent) = (try vault.session("analyst"), try vault.session("agent", named: "zhao"))
        let texts = try Self.all(analyst, ["text"], "insight")
        let joined = (try? Self.all(agent, ["text"], "follow-up")).map { Set($0).intersection(texts).count } ?? 0
        #expect(joined == (isProtected ? 0 : 12))
        guard isProtected else { return }
        #expect(throws: VaultError.self) { try agent.page(Query(select: ["record"], filter: .contains(field: "text", "投诉"), purpose: "follow-up")) }
        let record = try agent.page(Query(select: ["record"], limit: 1, purpose: "follow-up")).rows[0][0].description
        var shown = ""
        _ = try agent.reveal(record: record, field: "text", purpose: "follow-up", reason: "call back") { shown = $0 }
        #expect(texts.contains([.text(shown)]) && !shown.contains("13800138000"))
        let entry = try #require(try vault.session("compliance").auditEntries(.init(principal: "zhao", action: "reveal")).first)
        #expect(entry.fields == ["text"] && entry.target == record && entry.rows == 1)
    }

    @Test("customers who are found come in no order of intake")
    func lookups() throws {
        let vault = try TestVault { name, text in
            name == "schema.yaml" ? text.replacing("resolve: 3, unique: true, link: join", with: "resolve: 3, shared: true") : text
        }
        try vault.ingest((0..<8).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "13800138000"]) })
        for _ in 0..<3 {
            let found = try vault.session("compliance").lookup(field: "phone", value: "13800138000", purpose: nil).subjects
            #expect(found.count == 8 && found == found.sorted())
        }
    }
}
