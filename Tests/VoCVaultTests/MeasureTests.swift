import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Measures: sum, top box, CSAT, NPS")
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
        func decimal(_ value: Value) -> Double {
            switch value {
            case .decimal(let decimal): decimal
            case .integer(let integer): Double(integer)
            default: .nan
            }
        }
        let truth: [(Double, within: Double)] = [(3600, 240), (20, 4), (40, 4), (-45.5, 4)]
        for (value, expected) in zip(first, truth) { #expect(abs(decimal(value) - expected.0) < expected.within, "\(first)") }
        #expect(decimal(first[0]) != 3600 || decimal(first[1]) != 20 || decimal(first[2]) != 40)
        let entry = try #require(try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query")).first)
        // The number of customers, and four of two parts each, at 25/16 of a count's cost.
        #expect(entry.detail["charged"] == "13.504")
        #expect(throws: VaultError.self) { try figures(vault.session("partner"), ["nps(nps)"]) }
    }
}
