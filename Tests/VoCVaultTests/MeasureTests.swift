import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Measures: sum, top box, CSAT, NPS, median, percentiles, standard deviation")
struct MeasureTests {
    private static let measures = ["sum(rating)", "topbox(rating)", "csat(rating)", "nps(nps)"]

    /// Of `count` customers, ratings 1 to 5 in turn, and NPS answers 0 to 10 in turn; one in twelve gives none.
    private func vault(_ count: Int) throws -> TestVault {
        let vault = try TestVault()
        try vault.ingest(
            (0..<count).map { number in
                var attributes: [String: Any] = ["product": "X5", "rating": number % 5 + 1]
                if number % 12 < 11 { attributes["nps"] = number % 12 }
                return line(id: "\(number)", customer: ["id": "C\(number)"], attributes: attributes, at: "2026-03-09T12:00:00+08:00")
            })
        return vault
    }

    private func decimal(_ value: Value) -> Double {
        switch value {
        case .decimal(let decimal): decimal
        case .integer(let integer): Double(integer)
        default: .nan
        }
    }

    private func figures(_ session: Session, _ measures: [String], where filter: String? = nil) throws -> [Value] {
        try session.aggregate(
            AggregateQuery(
                groupBy: [], measures: measures.map { Measure($0)! }, filter: try filter.map { try Condition(parsing: $0) }, since: Timestamp("2026-03-01"),
                until: Timestamp("2026-04-01"), purpose: "insight")
        ).rows.first ?? []
    }

    @Test("they are right for who sees rows, of the values that are there")
    func exact() throws {
        let analyst = try vault(60).session("analyst")
        // Of 55 answers, 10 are 9 or 10, and 35 are 0 to 6.
        #expect(try figures(analyst, Self.measures) == [.integer(180), .decimal(20), .decimal(40), .decimal(-45.5)])
        #expect(try figures(analyst, ["nps(nps)", "count"], where: "nps >= 9") == [.decimal(100), .integer(10)])
        #expect(try figures(analyst, ["nps(nps)"], where: "nps is null") == [.null])
        for measure in ["nps(rating)", "csat(product)", "sum(product)"] {
            #expect(throws: VaultError.self, "\(measure)") { try figures(analyst, [measure]) }
        }
    }

    @Test("for who sees none they have noise, which is the same in other words, and are charged")
    func noisy() throws {
        let vault = try vault(1200)
        let reporting = try vault.session("reporting", named: "mei")
        let first = try figures(reporting, Self.measures)
        #expect(try figures(vault.session("manager"), Self.measures, where: "product = 'X5'") == first)
        let truth: [(Double, within: Double)] = [(3600, 240), (20, 4), (40, 4), (-45.5, 4)]
        for (value, expected) in zip(first, truth) { #expect(abs(decimal(value) - expected.0) < expected.within, "\(first)") }
        #expect(decimal(first[0]) != 3600 || decimal(first[1]) != 20 || decimal(first[2]) != 40)
        let entry = try #require(try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query")).first)
        // The number of customers, and four of two parts each, at 25/16 of a count's cost.
        #expect(entry.detail["charged"] == "13.504")
        #expect(throws: VaultError.self) { try figures(vault.session("partner"), ["nps(nps)"]) }
    }

    // MARK: Distributions

    /// Of `count` customers, minutes of waiting whose squares are spread evenly up to 10,000², and every tenth says nothing.
    private func waiting(_ count: Int) throws -> TestVault {
        let vault = try TestVault()
        try vault.ingest(
            (0..<count).map { number in
                var attributes: [String: Any] = ["product": number % 2 == 0 ? "X5" : "X7", "rating": [1, 4, 4, 5, 5, 5, 2, 3, 5, 4][number % 10]]
                if number % 10 < 9 { attributes["response_minutes"] = Int((Double(number) / Double(count)).squareRoot() * 10_000) }
                return line(id: "\(number)", customer: ["id": "C\(number)"], attributes: attributes, at: "2026-03-09T12:00:00+08:00")
            })
        return vault
    }

    private static let distribution = ["median(rating)", "percentile(response_minutes, 90)", "stddev(rating)", "stddev(response_minutes)", "percentile(response_minutes, 25)"]

    /// Of the values that ``waiting(_:)`` gives.
    private func expected(_ count: Int) -> [Double] {
        let ratings = (0..<count).map { Double([1, 4, 4, 5, 5, 5, 2, 3, 5, 4][$0 % 10]) }.sorted()
        let minutes = (0..<count).filter { $0 % 10 < 9 }.map { Double(Int((Double($0) / Double(count)).squareRoot() * 10_000)) }.sorted()
        func percentile(_ share: Double, _ values: [Double]) -> Double {
            let rank = share * Double(values.count - 1)
            let low = Int(rank)
            return values[low] + (values[min(low + 1, values.count - 1)] - values[low]) * (rank - Double(low))
        }
        func deviation(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        }
        return [percentile(0.5, ratings), percentile(0.9, minutes), deviation(ratings), deviation(minutes), percentile(0.25, minutes)]
    }

    @Test("median, percentiles and standard deviation are exact for who sees rows, whole and by group")
    func exactDistribution() throws {
        let vault = try waiting(200)
        let analyst = try vault.session("analyst")
        for (found, expected) in zip(try figures(analyst, Self.distribution), expected(200)) { #expect(abs(decimal(found) - expected) < 1e-5, "\(found) \(expected)") }
        let table = try analyst.aggregate(
            AggregateQuery(groupBy: [.field("product"), .time("occurred_at", .month)], measures: [.median("rating"), .count, .percentile("rating", 90)], purpose: "insight"))
        // Of even numbers, 1, 4, 5, 2, 5; of odd ones, 4, 5, 5, 3, 4.
        #expect(
            table.rows == [
                [.text("X5"), .text("2026-03"), .decimal(4), .integer(100), .decimal(5)], [.text("X7"), .text("2026-03"), .decimal(4), .integer(100), .decimal(5)],
            ])
        #expect(throws: VaultError.self) { try figures(analyst, ["median(product)"]) }
        #expect(throws: VaultError.self) { try figures(vault.session("partner"), ["median(rating)"]) }
    }

    @Test("a percentile that would be the value of a few customers is not shown to who may not see the extremes", arguments: [true, false])
    func fewOnASide(isProtected: Bool) throws {
        let vault = try TestVault { name, text in
            let text = TestVault.openRows(name, text)
            return name == "roles.yaml" && !isProtected
                ? text.replacing("        minimum_group: 5\n", with: "        minimum_group: 5\n        disclosure: {extremes: true}\n") : text
        }
        try vault.ingest(
            (0..<100).map { number in
                line(id: "\(number)", customer: ["id": "C\(number)"], attributes: ["response_minutes": number * 7], at: "2026-03-09T12:00:00+08:00")
            })
        let analyst = try vault.session("analyst")
        let shown = try figures(analyst, [1, 3, 5, 50, 95, 97, 99].map { "percentile(response_minutes, \($0))" }).map { $0 != .null }
        #expect(shown == (isProtected ? [false, false, true, true, true, false, false] : Array(repeating: true, count: 7)), "\(shown)")
        // Four of seven have given no more, and four no less.
        #expect(try figures(analyst, ["median(response_minutes)"], where: "response_minutes <= 42") == (isProtected ? [.null] : [.decimal(21)]))
    }

    @Test("without rows they have noise, one release tells all percentiles of a field, and they are right within what their noise allows")
    func noisyDistribution() throws {
        let vault = try waiting(3000)
        let reporting = try vault.session("reporting", named: "mei")
        let found = try figures(reporting, Self.distribution).map { decimal($0) }
        // The band of 8,192 to 12,287 minutes has no values above 10,000; and squares of wide bounds need much noise.
        let within = [0.01, 2000, 0.05, 2600, 700]
        for ((found, expected), within) in zip(zip(found, expected(3000)), within) { #expect(abs(found - expected) <= within, "\(found) \(expected)") }
        #expect(found != expected(3000))
        #expect(try figures(vault.session("manager"), Self.distribution, where: "product in ('X5', 'X7')").map { decimal($0) } == found)
        let officer = try vault.session("compliance")
        func charged() throws -> String? { try officer.auditEntries(.init(principal: "mei", action: "query")).first?.detail["charged"] }
        // The number of customers, two distributions, and two times three sums at 25/16 of a count's cost.
        #expect(try charged() == "12.378")
        _ = try figures(reporting, ["percentile(rating, 10)", "median(response_minutes)", "percentile(response_minutes, 99)"])
        #expect(try charged() == "0.0")
    }

    @Test("without rows, a distribution of too few answers is not shown, nor one that noise decides")
    func fewAnswers() throws {
        let vault = try TestVault()
        try vault.ingest(
            (0..<400).map { number in
                var attributes: [String: Any] = ["product": "X5", "nps": number % 11]
                if number < 3 { attributes["rating"] = 1 + number % 5 }
                return line(id: "\(number)", customer: ["id": "C\(number)"], attributes: attributes, at: "2026-03-09T12:00:00+08:00")
            })
        let found = try figures(vault.session("reporting"), ["count", "median(rating)", "stddev(rating)", "percentile(nps, 2)", "median(nps)"])
        #expect(found[0] != .null && found[1] == .null && found[2] == .null && found[3] == .null, "\(found)")
        #expect(found[4] != .null)
    }
}
