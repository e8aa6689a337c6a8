import Foundation
import RedactedAPI
import TestVaults
import Testing

@testable import VoCVault

@Suite("Units of time")
struct TimeUnitTests {
    /// At the edges of years, quarters, weeks and days of Shanghai, and anywhere.
    private static let moments: [Int64] = {
        let edges = [
            "2020-12-31T16:00:00Z", "2021-01-03T15:59:59Z", "2021-01-03T16:00:00Z", "2024-12-29T16:00:00Z", "2024-12-31T15:59:59Z", "2025-03-31T16:00:00Z", "2025-12-28T16:00:00Z",
            "2026-01-04T15:59:59Z", "2026-01-04T16:00:00Z", "2026-06-30T15:59:59Z",
        ].map { Timestamp($0)!.milliseconds }
        var state: UInt64 = 7
        return edges
            + (0..<200).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Timestamp("2020-01-01")!.milliseconds + Int64(state >> 16) % (6 * 365 * 86_400_000 + 86_400_000)
            }
    }()

    /// As Foundation's calendar has it.
    private static func name(_ unit: GroupKey.Unit, of moment: Int64) -> String {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(identifier: "Asia/Shanghai")!
        let date = Date(timeIntervalSince1970: Double(moment) / 1000)
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .weekday, .weekOfYear, .yearForWeekOfYear], from: date)
        func two(_ number: Int?) -> String { number! < 10 ? "0\(number!)" : "\(number!)" }
        let month = "\(parts.year!)-\(two(parts.month))"
        return switch unit {
        case .hour: "\(month)-\(two(parts.day))T\(two(parts.hour))"
        case .day: "\(month)-\(two(parts.day))"
        case .week: "\(parts.yearForWeekOfYear!)-W\(two(parts.weekOfYear))"
        case .month: month
        case .quarter: "\(parts.year!)-Q\((parts.month! + 2) / 3)"
        case .year: "\(parts.year!)"
        case .weekday: "\((parts.weekday! + 5) % 7 + 1)"
        }
    }

    @Test("groups are the units of the vault's time zone, named as the calendar has them", arguments: GroupKey.Unit.allCases)
    func groups(unit: GroupKey.Unit) throws {
        let vault = try TestVault { name, text in TestVault.openRows(name, text).replacing("minimum_group: 5", with: "minimum_group: 1") }
        let lines = Self.moments.enumerated().map { number, moment in line(id: "\(number)", customer: ["id": "C\(number)"], at: Timestamp(milliseconds: moment).description) }
        let report = try vault.ingest(lines).report
        #expect(report.stored == Self.moments.count)
        let table = try vault.session("analyst").aggregate(AggregateQuery(groupBy: [.time("occurred_at", unit)], measures: [.count], purpose: "insight"))
        let found = Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0].description, $0[1]) })
        let expected = Dictionary(grouping: Self.moments) { Self.name(unit, of: $0) }.mapValues { Value.integer(Int64($0.count)) }
        #expect(found == expected)
        #expect(table.rows.map { $0[0].description } == expected.keys.sorted())
    }

    @Test("a unit's name leads back to its first day")
    func names() {
        for day in Int64(10_000)..<22_000 {
            for unit in [GroupKey.Unit.day, .week, .month, .quarter, .year] {
                let first = unit.day(named: unit.name(of: day))
                guard let first, first <= day, unit.name(of: first) == unit.name(of: day), first == 10_000 || unit.name(of: first - 1) != unit.name(of: day) else {
                    Issue.record("\(unit) of day \(day): \(unit.name(of: day)) begins with \(first.map(String.init) ?? "none")")
                    return
                }
            }
        }
        for wrong in ["2026-W00", "2026-W54", "2026-Q5", "W10", "2026-10", "", "2026-Wx"] {
            #expect(GroupKey.Unit.week.day(named: wrong) == nil && GroupKey.Unit.quarter.day(named: wrong) == nil, "\(wrong)")
        }
    }

    @Test("a grant that shows coarser times tells no finer unit, and none that cuts its own")
    func coarse() throws {
        for (times, allowed) in [("week", ["week"]), ("month", ["month", "quarter", "year"]), ("day", ["day", "week", "month", "quarter", "year", "weekday"])] {
            let vault = try TestVault { name, text in
                guard name == "roles.yaml" else { return text }
                // The analyst's other grant gives figures with noise, which are about days.
                let open = TestVault.openRows(name, text)
                return open.replacing("        times: exact\n", with: "        times: \(times)\n")
            }
            let session = try vault.session("agent")
            for unit in GroupKey.Unit.allCases {
                let query = AggregateQuery(groupBy: [.time("occurred_at", unit)], measures: [.count], purpose: "follow-up")
                if allowed.contains(unit.rawValue) {
                    #expect(throws: Never.self, "\(times) \(unit)") { try session.aggregate(query) }
                } else {
                    #expect(throws: (any Error).self, "\(times) \(unit)") { try session.aggregate(query) }
                }
            }
        }
    }

    /// Some customers a day from 2 March 2026, a Monday, for 13 weeks.
    private func yearsOfCustomers() throws -> TestVault {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("deviation: 10", with: "deviation: 1").replacing("budget: 170", with: "budget: 1000") : text
        }
        let first = Timestamp("2026-03-02")!.milliseconds
        try vault.ingest(
            (0..<91 * 20).map { number in
                line(
                    id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": "X5", "rating": 4],
                    at: Timestamp(milliseconds: first + Int64(number / 20) * 86_400_000 + 3_600_000).description)
            })
        return vault
    }

    @Test("figures without rows by week, quarter and weekday are released, and given again; hours are not")
    func released() throws {
        let vault = try yearsOfCustomers()
        let session = try vault.session("reporting")
        func counts(_ unit: GroupKey.Unit, since: String = "2026-03-02", until: String? = "2026-06-01") throws -> [String: Double] {
            let table = try session.aggregate(
                AggregateQuery(groupBy: [.time("occurred_at", unit)], measures: [.count], since: Timestamp(since)!, until: until.map { Timestamp($0)! }, purpose: "insight"))
            return Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0].description, Double($0[1].description)!) })
        }
        let weeks = try counts(.week)
        #expect(weeks.keys.sorted() == (10...22).map { "2026-W\($0)" } && weeks.values.allSatisfy { abs($0 - 140) <= 6 }, "\(weeks)")
        #expect(try counts(.week) == weeks)
        let quarters = try counts(.quarter)
        #expect(quarters.keys.sorted() == ["2026-Q1", "2026-Q2"] && abs(quarters["2026-Q1"]! - 600) <= 12 && abs(quarters["2026-Q2"]! - 1220) <= 12, "\(quarters)")
        let weekdays = try counts(.weekday)
        #expect(weekdays.keys.sorted() == (1...7).map(String.init) && weekdays.values.allSatisfy { abs($0 - 260) <= 12 }, "\(weekdays)")
        // The running week of an open window waits until it is over.
        #expect(try counts(.week, since: "2026-05-20", until: nil).keys.max() == "2026-W22")
        #expect(throws: VaultError.self) { try counts(.hour) }
        #expect(throws: VaultError.self) {
            try session.aggregate(AggregateQuery(groupBy: [.time("occurred_at", .week)], measures: [.count], since: Timestamp("2026-03-02")!, inMonths: true, purpose: "insight"))
        }
    }

    @Test("weeks and quarters stand beside those before")
    func compared() throws {
        let vault = try TestVault { name, text in TestVault.openRows(name, text).replacing("minimum_group: 5", with: "minimum_group: 1") }
        try vault.ingest(
            [("2025-12-24", 1), ("2025-12-31", 2), ("2026-01-07", 3), ("2026-01-14", 4)].flatMap { day, count in
                (0..<count).map { line(id: "\(day)\($0)", customer: ["id": "\(day)\($0)"], at: "\(day)T12:00:00+08:00") }
            })
        func changes(_ unit: GroupKey.Unit, _ since: String, _ until: String) throws -> [[String]] {
            try vault.session("analyst").aggregate(
                AggregateQuery(
                    groupBy: [.time("occurred_at", unit)], measures: [.count], since: Timestamp(since)!, until: Timestamp(until)!, isCompared: true, purpose: "insight")
            ).rows.map { $0.prefix(4).map(\.description) }
        }
        #expect(try changes(.week, "2025-12-29", "2026-01-19") == [["2026-W01", "2", "1", "1"], ["2026-W02", "3", "2", "1"], ["2026-W03", "4", "3", "1"]])
        #expect(try changes(.quarter, "2026-01-01", "2026-04-01") == [["2026-Q1", "7", "3", "4"]])
    }
}
