import Foundation
import RedactedAPI
import Testing

@testable import Reporting

@Suite("Unusual weeks")
struct UnusualTests {
    /// Customers of each topic, product and week; the last of all weeks is the one that is looked at.
    private struct Weeks: RedactedSource {
        /// By topic, then product, then week.
        var parts: [String: [String: [Double]]]
        /// Of each product, by week.
        var wholes: [String: [Double]]
        /// Cells of fewer are not shown.
        var least = 0.0
        var noise: Double?

        func page(_ query: Query) async throws -> Page { fatalError("no rows are asked for") }

        func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
            var cells: [[String]: Double] = [:]
            let keys = query.groupBy.dropLast().map(\.field)
            func add(_ topic: String, _ product: String, _ weeks: [Double]) {
                for (week, count) in weeks.enumerated() {
                    cells[keys.map { $0 == "topic" ? topic : product } + ["2026-W\(week < 9 ? "0" : "")\(week + 1)"], default: 0] += count
                }
            }
            if keys.contains("topic") {
                for (topic, products) in parts { for (product, weeks) in products { add(topic, product, weeks) } }
            } else {
                for (product, weeks) in wholes { add("", product, weeks) }
            }
            let rows = cells.filter { $0.value >= least }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            return AggregateTable(
                columns: query.columns, rows: rows.map { $0.key.map { .text($0) } + [.integer(Int64($0.value))] }, noise: noise, receipt: 1)
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }

        /// Knuth's, in parts that do not underflow.
        mutating func poisson(_ mean: Double) -> Double {
            if mean > 50 { return poisson(mean / 2) + poisson(mean / 2) }
            var (count, product) = (0.0, Double.random(in: 0..<1, using: &self))
            while product > exp(-mean) { (count, product) = (count + 1, product * .random(in: 0..<1, using: &self)) }
            return count
        }
    }

    private static func day(_ date: String) -> Int64 { Timestamp(date)!.milliseconds / 86_400_000 }

    private func unusual(_ source: Weeks, by fields: [String] = ["product"], weeks: Int = 13) async throws -> Unusual {
        try await Unusual(
            .init(.burst, of: "topic", by: fields), from: source, over: ComparedPeriods(.week, before: weeks, about: Self.day("2026-03-30")), purpose: "insight")
    }

    @Test("the expectation of a steady week, and what is above it")
    func steady() throws {
        let baseline = Baseline(periods: (0..<13).map { _ in (part: 100, whole: 1000) })
        let expected = try #require(baseline.expectation(whole: 1000))
        // 100 and its error, 100 + 100/13; (140^⅔ - 100^⅔) / (⅔ · 100^-⅓ · √107.69).
        #expect(abs(expected.mean - 100) < 1e-9 && abs(expected.variance - 107.6923) < 1e-3)
        #expect(abs(expected.z(140) - 3.6348) < 1e-3, "\(expected.z(140))")
        #expect(abs(expected.bound(1.96) - 121.0146) < 1e-2, "\(expected.bound(1.96))")
        // As many more customers of every kind are as usual.
        #expect(try abs(#require(baseline.expectation(whole: 2000)).mean - 200) < 1e-9)
        #expect(Baseline(periods: (0..<4).map { _ in (part: 1, whole: 10) }).expectation(whole: 10) == nil)
    }

    @Test("false findings are bounded as Benjamini and Hochberg have it")
    func adjusted() {
        // The example of their paper, of which four are rejected at 0.05.
        let p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
        #expect(FalseFindings.shares(p).map { $0 <= 0.05 } == Array(repeating: true, count: 4) + Array(repeating: false, count: 11))
        #expect(FalseFindings.shares(p.reversed()) == FalseFindings.shares(p).reversed())
        // From tables of Student's distribution.
        for (t, freedom, share) in [(6.314, 1, 0.05), (2.920, 2, 0.05), (2.353, 3, 0.05), (1.782, 12, 0.05), (3.930, 12, 0.001), (2.787, 25, 0.005), (0, 7, 0.5)] {
            #expect(abs(Student.tail(t, freedom: freedom) - share) < 2e-4 * max(1, share * 5), "\(t) with \(freedom): \(Student.tail(t, freedom: freedom))")
            if t > 0 { #expect(abs(Student.quantile(share, freedom: freedom) - t) < 0.02 * t, "\(share) with \(freedom)") }
        }
    }

    @Test("in weeks as usual hardly anything is found, also where customers come in clusters", arguments: [1.0, 4])
    func usual(cluster: Double) async throws {
        var random = Seeded(state: 11)
        var (runs, wrong) = (0, 0)
        for _ in 0..<60 {
            let topics = (0..<40).map { topic in
                ("t\(topic)", ["X5": (0..<14).map { _ in cluster * random.poisson(Double(10 + topic * 3) / cluster) }])
            }
            let found = try await unusual(Weeks(parts: Dictionary(uniqueKeysWithValues: topics), wholes: ["X5": Array(repeating: 3000, count: 14)]), by: [])
            #expect(found.cells == 40 && found.before == 13 && found.period == "2026-W14")
            (runs, wrong) = (runs + 1, wrong + (found.findings.isEmpty ? 0 : 1))
        }
        // 5 of 100 runs are meant to have one; the dispersion of few weeks is not known well.
        #expect(wrong <= runs / 4, "\(wrong) of \(runs)")
    }

    @Test("what comes up is found, among all and by product, and an earlier burst does not hide it")
    func burst() async throws {
        var random = Seeded(state: 5)
        func weeks(_ mean: Double) -> [Double] { (0..<14).map { _ in random.poisson(mean) } }
        var parts = Dictionary(uniqueKeysWithValues: (0..<20).map { ("t\($0)", ["X5": weeks(40), "X7": weeks(40)]) })
        parts["noise", default: [:]]["X5"] = weeks(60)
        parts["noise", default: [:]]["X7"] = weeks(60)
        parts["noise"]!["X7"]![4] = 250
        parts["noise"]!["X7"]![13] = 130
        let found = try await unusual(Weeks(parts: parts, wholes: ["X5": Array(repeating: 1500, count: 14), "X7": Array(repeating: 1500, count: 14)])).findings
        #expect(found.first?.values == ["noise", "X7"] && found.contains { $0.values == ["noise"] && $0.fields == ["topic"] }, "\(found.map(\.values))")
        let first = try #require(found.first)
        #expect(abs(first.expected - 60) < 12 && first.bound < 130 && first.customers == 130 && first.falseShare < 0.05)
    }

    @Test("a week with twice as much of everything is as usual, and a code that was never shown counts as just below what is shown")
    func wholes() async throws {
        let steady = Array(repeating: 50.0, count: 13)
        var source = Weeks(parts: ["a": ["X5": steady + [100]], "b": ["X5": Array(repeating: 4, count: 13) + [60]]], wholes: ["X5": Array(repeating: 500, count: 13) + [1000]])
        source.least = 10
        let found = try await unusual(source, by: [])
        // The least that is shown is 50: it may have been as many as that.
        #expect(found.cells == 2 && found.findings.isEmpty, "\(found)")
        source.parts["c"] = ["X5": Array(repeating: 10, count: 14)]
        #expect(try await unusual(source, by: []).findings.map(\.values) == [["b"]])
    }

    @Test("an average is compared with those of the weeks before, weighted by their customers")
    func averages() throws {
        let past = [(3.4, 90.0), (3.6, 110), (3.5, 100), (3.4, 100), (3.6, 100)].map { (average: $0.0, customers: $0.1) }
        let expected = try #require(AverageBaseline(periods: past).expectation(customers: 100))
        // 1752 / 500; the spread of one customer is 3.992 / 4.
        #expect(abs(expected.mean - 3.504) < 1e-9 && abs(expected.error - 0.109435) < 1e-5, "\(expected)")
        #expect(AverageBaseline(periods: Array(past.prefix(4))).expectation(customers: 100) == nil)
        #expect(AverageBaseline(periods: past.map { (average: 3, customers: $0.customers) }).expectation(customers: 100) == nil)
    }

    @Test("days are compared with the same day of earlier weeks, months with months, and each has its own questions")
    func units() {
        let days = ComparedPeriods(.day, before: 5, about: Self.day("2026-03-04"))
        #expect(days.name == "2026-03-04" && days.periods.first == Self.day("2026-01-28")..<Self.day("2026-01-29") && days.periods.count == 6)
        #expect(Unusual.questions(.init(.drop, of: "rating", by: []), over: days, where: nil, purpose: "insight").count == 6)
        let months = ComparedPeriods(.month, before: 12, endedBy: Self.day("2026-03-31"))
        #expect(months.name == "2026-02" && months.periods.first == Self.day("2025-02-01")..<Self.day("2025-03-01") && months.end == Self.day("2026-03-01"))
        #expect(ComparedPeriods(.month, before: 5, about: Self.day("2026-12-31")).name == "2026-12")
        let weeks = ComparedPeriods(.week, before: 5, endedBy: Self.day("2026-03-09"))
        #expect(
            weeks.name == "2026-W10" && weeks == ComparedPeriods(.week, before: 5, endedBy: Self.day("2026-03-15"))
                && weeks == ComparedPeriods(.week, before: 5, about: Self.day("2026-03-08")))
    }

    @Test("forecasts hold what comes in some 95 of 100 cases, of steady weeks and of weeks that wander", arguments: [0.0, 0.05])
    func forecast(step: Double) async throws {
        var random = Seeded(state: 17)
        let kinds = (0..<150).map { kind -> (String, [Double]) in
            var mean = Double(30 + kind * 2)
            return (
                "t\(kind)",
                (0..<28).map { _ in
                    mean *= 1 + step * Double.random(in: -1...1, using: &random)
                    return random.poisson(mean)
                }
            )
        }
        var source = Weeks(parts: Dictionary(uniqueKeysWithValues: kinds.map { ($0, ["X5": Array($1.prefix(26))]) }), wholes: ["X5": Array(repeating: 900, count: 26)])
        source.least = 10
        let past = ComparedPeriods(.week, before: 25, about: Self.day("2026-06-22"))
        let lines = try await Forecast(of: "topic", by: [], from: source, after: past, ahead: 2, purpose: "insight").lines
        #expect(lines.count == 151 && lines[0].fields.isEmpty && lines[0].periods.map(\.name) == ["2026-W27", "2026-W28"])
        #expect(lines[0].periods.allSatisfy { abs($0.expected - 900) < 1 && $0.upper - $0.lower < 1 })
        let held = lines.dropFirst().flatMap { line -> [Bool] in
            let truth = kinds.first { $0.0 == line.values[0] }!.1
            return line.periods.enumerated().map { $1.lower <= truth[26 + $0] && truth[26 + $0] <= $1.upper }
        }
        let share = Double(held.count { $0 }) / Double(held.count)
        #expect((0.91...0.985).contains(share), "\(share)")
        #expect(lines.allSatisfy { $0.periods[1].upper - $0.periods[1].lower >= $0.periods[0].upper - $0.periods[0].lower })
    }

    @Test("noise on figures is no burst")
    func noisy() async throws {
        var random = Seeded(state: 3)
        func noise() -> Double { (0..<12).map { _ in Double.random(in: 0..<1, using: &random) }.reduce(-6, +) * 30 }
        var wrong = 0
        for _ in 0..<40 {
            let parts = Dictionary(uniqueKeysWithValues: (0..<20).map { ("t\($0)", ["X5": (0..<14).map { _ in (100 + noise()).rounded() }]) })
            var source = Weeks(parts: parts, wholes: ["X5": Array(repeating: 2000, count: 14)])
            source.noise = 30
            if try await !unusual(source, by: []).findings.isEmpty { wrong += 1 }
        }
        #expect(wrong <= 6, "\(wrong) of 40")
    }
}
