import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Times as rows show them")
struct ShownTimeTests {
    /// An analyst of a vault in a time zone, whose rows show a unit of time.
    private func analyst(_ times: String, zone: String = "Asia/Shanghai", _ moments: [String]) throws -> Session {
        let vault = try TestVault { name, text in
            switch name {
            case "roles.yaml":
                text.replacing("        times: month\n", with: times.isEmpty ? "" : "        times: \(times)\n").replacing("minimum_group: 5\n", with: "minimum_group: 1\n")
            case "schema.yaml": text.replacing("timezone: Asia/Shanghai", with: "timezone: \(zone)")
            default: text
            }
        }
        try vault.ingest(moments.enumerated().map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "P\($0)"], at: $1) })
        return try vault.session("analyst")
    }

    private func rows(_ session: Session, where filter: String? = nil, since: String? = nil, until: String? = nil) throws -> [String] {
        try session.page(
            Query(
                select: ["occurred_at", "product"], filter: try filter.map { try Condition(parsing: $0) }, since: since.map { Timestamp($0)! }, until: until.map { Timestamp($0)! },
                purpose: "insight")
        ).rows.map { "\($0[0]) \($0[1])" }.sorted()
    }

    private static let late = ["2026-03-04T23:30:00+08:00", "2026-03-05T00:30:00+08:00", "2026-03-08T23:59:59+08:00", "2026-03-09T00:00:00+08:00", "2026-04-01T00:00:00+08:00"]

    @Test(
        "an hour, a day (where nothing is said), a week or a month of the vault's time zone, or the moment",
        arguments: [
            ("hour", ["2026-03-04T23 P0", "2026-03-05T00 P1", "2026-03-08T23 P2", "2026-03-09T00 P3", "2026-04-01T00 P4"]),
            ("", ["2026-03-04 P0", "2026-03-05 P1", "2026-03-08 P2", "2026-03-09 P3", "2026-04-01 P4"]),
            ("week", ["2026-W10 P0", "2026-W10 P1", "2026-W10 P2", "2026-W11 P3", "2026-W14 P4"]),
            ("month", ["2026-03 P0", "2026-03 P1", "2026-03 P2", "2026-03 P3", "2026-04 P4"]),
            ("exact", ["2026-03-04T15:30:00Z P0", "2026-03-04T16:30:00Z P1", "2026-03-08T15:59:59Z P2", "2026-03-08T16:00:00Z P3", "2026-03-31T16:00:00Z P4"]),
        ])
    func units(times: String, shown: [String]) throws {
        #expect(try rows(analyst(times, Self.late)) == shown)
    }

    @Test(
        "comparisons are with what is shown",
        arguments: [
            ("", "occurred_at = 2026-03-04", [0]), ("", "occurred_at != 2026-03-04", [1, 2, 3, 4]), ("", "occurred_at >= 2026-03-05", [1, 2, 3, 4]),
            ("", "occurred_at > 2026-03-05", [2, 3, 4]), ("", "occurred_at <= 2026-03-05", [0, 1]), ("", "not occurred_at < 2026-03-05", [1, 2, 3, 4]),
            ("", "occurred_at in (2026-03-04, '2026-03-09')", [0, 3]), ("", "occurred_at not in (2026-03-04)", [1, 2, 3, 4]),
            ("", "occurred_at between 2026-03-05 and 2026-03-08", [1, 2]), ("", "occurred_at >= 2026-03-05T00:00:00+08:00", [1, 2, 3, 4]),
            ("week", "occurred_at = '2026-W10'", [0, 1, 2]), ("week", "occurred_at >= 2026-03-09", [3, 4]), ("month", "occurred_at = '2026-03'", [0, 1, 2, 3]),
            ("month", "occurred_at < 2026-04-01 and product != 'P1'", [0, 2, 3]), ("hour", "occurred_at = '2026-03-04T23'", [0]),
            ("hour", "occurred_at < 2026-03-05T00:00:00+08:00", [0]),
            ("exact", "occurred_at > 2026-03-08T15:59:59Z", [3, 4]),
        ])
    func comparisons(times: String, filter: String, found: [Int]) throws {
        #expect(try rows(analyst(times, Self.late), where: filter).map { Int($0.suffix(1))! }.sorted() == found)
    }

    @Test(
        "a time within the unit is refused, and says so without it",
        arguments: [
            ("", "occurred_at >= 2026-03-05T12:00:00+08:00", "days, such as 2026-03-04"), ("", "occurred_at = '2026-03-05T00:00:01+08:00'", "days, such as 2026-03-04"),
            ("week", "occurred_at >= 2026-03-05", "give a Monday"), ("month", "product = 'P1' or occurred_at < 2026-03-05", "the first day of a month"),
            ("hour", "occurred_at in (2026-03-05T00:30:00+08:00)", "whole hours"),
        ])
    func within(times: String, filter: String, advice: String) throws {
        let session = try analyst(times, Self.late)
        let error = #expect(throws: VaultError.self) { try rows(session, where: filter) }
        #expect(error.map { "\($0)".contains(advice) && !"\($0)".contains("03-05") } == true, "\(String(describing: error))")
    }

    @Test("windows begin and end with units, and days of figures are those of the zone")
    func windows() throws {
        let session = try analyst("day", Self.late)
        #expect(try rows(session, since: "2026-03-05", until: "2026-03-09").count == 2)
        #expect(throws: VaultError.self) { try rows(session, since: "2026-03-05T01:00:00Z") }
        let days = try session.aggregate(AggregateQuery(groupBy: [.time("occurred_at", .day)], measures: [.count, Measure("max(occurred_at)")!], purpose: "insight")).rows
        #expect(days.map { $0[0].description } == ["2026-03-04", "2026-03-05", "2026-03-08", "2026-03-09", "2026-04-01"] && days.allSatisfy { $0[0] == $0[2] })
        let months = try session.aggregate(AggregateQuery(groupBy: [.time("occurred_at", .month)], measures: [.count], since: Timestamp("2026-03-05"), purpose: "insight")).rows
        #expect(months == [[.text("2026-03"), .integer(3)], [.text("2026-04"), .integer(1)]])
    }

    @Test("a zone whose clocks change")
    func clocks() throws {
        // 2026-03-08 has 23 hours in New York, 2026-11-01 has 25.
        let moments = ["2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59Z"]
        let session = try analyst("day", zone: "America/New_York", moments)
        #expect(try rows(session) == ["2026-03-07 P0", "2026-03-08 P1", "2026-03-08 P2", "2026-03-09 P3", "2026-11-01 P4", "2026-11-01 P5"])
        #expect(try rows(session, where: "occurred_at = 2026-03-08").count == 2 && rows(session, where: "occurred_at = 2026-11-01").count == 2)
        let days = try session.aggregate(AggregateQuery(groupBy: [.time("occurred_at", .day)], measures: [.count], purpose: "insight")).rows
        #expect(days.map { "\($0[0]) \($0[1])" } == ["2026-03-07 1", "2026-03-08 2", "2026-03-09 1", "2026-11-01 2"])
    }

    @Test("what is about days goes to a later grant that gives figures only")
    func laterGrant() throws {
        let vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest((0..<200).map { line(id: "\($0)", customer: ["id": "C\($0)"], at: "2026-03-\(10 + $0 % 2)T12:00:00Z") })
        let analyst = try vault.session("analyst")
        let days = try analyst.aggregate(
            AggregateQuery(groupBy: [.time("occurred_at", .day)], measures: [.count], since: Timestamp("2026-03-01"), until: Timestamp("2026-04-01"), purpose: "insight"))
        #expect(days.noise == 10 && days.rows.count == 2)
        let months = try analyst.aggregate(AggregateQuery(groupBy: [.time("occurred_at", .month)], measures: [.count], since: Timestamp("2026-03-01"), purpose: "insight"))
        #expect(months.noise == nil && months.rows == [[.text("2026-03"), .integer(200)]])
    }
}
