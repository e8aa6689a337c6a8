import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("Days of a time zone")
struct ZoneDayTests {
    private static func zone(_ name: String) throws -> AggregateRequest.ZoneOffsets {
        AggregateRequest.ZoneOffsets(try #require(TimeZone(identifier: name)), earliest: 946_684_800_000, now: 1_795_406_400_000)
    }

    private static func day(_ date: String) -> Int64 { Timestamp(date)!.milliseconds / 86_400_000 }

    @Test(
        "days have 23, 24 or 25 hours, or none",
        arguments: [
            ("Europe/Berlin", "2026-03-29", 23.0), ("Europe/Berlin", "2026-10-25", 25), ("America/New_York", "2026-03-08", 23), ("America/New_York", "2026-11-01", 25),
            ("Asia/Shanghai", "2026-03-29", 24), ("UTC", "2026-03-29", 24), ("Australia/Lord_Howe", "2026-04-05", 24.5), ("America/Sao_Paulo", "2018-11-04", 23),
            ("America/Sao_Paulo", "2018-02-17", 25), ("Pacific/Apia", "2011-12-30", 0), ("Asia/Beirut", "2026-03-29", 23),
        ])
    func lengths(name: String, date: String, hours: Double) throws {
        let (zone, day) = (try Self.zone(name), Self.day(date))
        #expect(Double(zone.start(of: day + 1) - zone.start(of: day)) / 3_600_000 == hours)
        let shown = try #require(TimeZone(identifier: name))
        guard hours > 0 else { return }
        // As the system's calendar has them.
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = shown
        let begins = calendar.startOfDay(for: Date(timeIntervalSince1970: Double(zone.start(of: day) + 3_600_000) / 1000))
        #expect(Int64(begins.timeIntervalSince1970 * 1000) == zone.start(of: day))
    }

    @Test(
        "every moment is in one day, from its start to that of the next, and days never go back",
        arguments: ["Asia/Shanghai", "Europe/London", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "Europe/Moscow", "Asia/Kathmandu", "UTC"])
    func moments(name: String) throws {
        let zone = try Self.zone(name)
        var last = Int64.min
        for time in stride(from: 946_684_800_000, to: 1_795_406_400_000, by: 1_777_777) as StrideTo<Int64> {
            let day = zone.day(of: time)
            guard day >= last, zone.start(of: day) <= time, time < zone.start(of: day + 1) else {
                Issue.record("\(Timestamp(milliseconds: time)) is in day \(day), after \(last)")
                return
            }
            last = day
        }
    }
}

@Suite("Figures without rows are about days of the vault's time zone")
struct ZoneFigureTests {
    /// Where noise is small, and a cell is shown from some customers on.
    private func vault(_ zone: String, budget: Int = 1000, _ moments: [(String, Int)]) throws -> TestVault {
        let vault = try TestVault { name, text in
            switch name {
            case "roles.yaml":
                text.replacing("deviation: 10", with: "deviation: 1").replacing("budget: 2,", with: "budget: 20,").replacing("budget: 170", with: "budget: \(budget)")
            case "schema.yaml": text.replacing("timezone: Asia/Shanghai", with: "timezone: \(zone)")
            default: text
            }
        }
        var number = 0
        try vault.ingest(
            moments.flatMap { moment, count in
                (0..<count).map { _ in
                    number += 1
                    return line(id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": "X5", "rating": 4], at: moment)
                }
            })
        return vault
    }

    private func counts(_ session: Session, by keys: [String] = [], since: String, until: String, where filter: String? = nil) throws -> [String: Int64] {
        let table = try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: [.count], filter: try filter.map { try Condition(parsing: $0) }, since: Timestamp(since)!,
                until: Timestamp(until)!, purpose: "insight"))
        return Dictionary(
            uniqueKeysWithValues: table.rows.map { row in
                let count: Int64 = if case .integer(let integer)? = row.last { integer } else { 0 }
                return (row.dropLast().map(\.description).joined(separator: "/"), count)
            })
    }

    private func isNear(_ figure: Int64?, _ exact: Int64) -> Bool { figure.map { abs($0 - exact) <= 6 } ?? false }

    /// Changes the vault's time zone, as somebody who edits schema.yaml does.
    private func move(_ vault: TestVault, from zone: String, to other: String) throws -> Vault {
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        try String(contentsOf: schema, encoding: .utf8).replacing("timezone: \(zone)", with: "timezone: \(other)").write(to: schema, atomically: true, encoding: .utf8)
        return try vault.vault.reloadingPolicies()
    }

    @Test("months, days and windows are those of the zone", arguments: ["reporting", "partner"])
    func months(role: String) throws {
        // The last half hour of March in Shanghai, and the first of April, which in UTC is March.
        let vault = try vault("Asia/Shanghai", [("2026-03-31T23:30:00+08:00", 80), ("2026-04-01T00:30:00+08:00", 200)])
        let session = try vault.session(role)
        func isNear(_ figure: Int64?, _ exact: Int64) -> Bool { role == "partner" ? figure.map { abs($0 - exact) <= 59 } ?? false : self.isNear(figure, exact) }
        let months = try counts(session, by: ["month(occurred_at)"], since: "2026-03-01", until: "2026-05-01")
        #expect(isNear(months["2026-04"], 200) && (role == "partner" || isNear(months["2026-03"], 80)), "\(months)")
        let days = try counts(session, by: ["day(occurred_at)"], since: "2026-03-30", until: "2026-04-03")
        #expect(isNear(days["2026-04-01"], 200) && (role == "partner" || isNear(days["2026-03-31"], 80)), "\(days)")
        #expect(try isNear(counts(session, since: "2026-04-01", until: "2026-04-02")[""], 200))
        #expect(try isNear(counts(session, since: "2026-04-01T00:00:00+08:00", until: "2026-05-01", where: "occurred_at >= 2026-04-01")[""], 200))
        #expect(throws: VaultError.self) { try counts(session, since: "2026-04-01T00:00:01+08:00", until: "2026-04-02") }
        #expect(throws: VaultError.self) { try counts(session, since: "2026-03-01", until: "2026-05-01", where: "occurred_at < 2026-03-31T17:00:00Z") }
    }

    @Test("days on which the clock changes are whole")
    func changes() throws {
        let vault = try vault(
            "America/New_York",
            [
                ("2026-03-07T23:59:59-05:00", 40), ("2026-03-08T00:00:00-05:00", 80), ("2026-03-08T23:59:59-04:00", 60), ("2026-03-09T00:00:00-04:00", 30),
                ("2026-10-31T23:59:59-04:00", 40), ("2026-11-01T00:00:00-04:00", 80), ("2026-11-01T23:59:59-05:00", 60), ("2026-11-02T00:00:00-05:00", 30),
            ])
        let reporting = try vault.session("reporting")
        #expect(try isNear(counts(reporting, since: "2026-03-08", until: "2026-03-09")[""], 140))
        #expect(try isNear(counts(reporting, since: "2026-11-01", until: "2026-11-02")[""], 140))
        let days = try counts(reporting, by: ["day(occurred_at)"], since: "2026-03-07", until: "2026-03-10")
        #expect(isNear(days["2026-03-07"], 40) && isNear(days["2026-03-08"], 140) && isNear(days["2026-03-09"], 30), "\(days)")
    }

    @Test("of a customer one record a day of the zone counts")
    func dailyBound() throws {
        let vault = try vault("Asia/Shanghai", [])
        // Before and after eight in the morning: one day, and two of UTC.
        let hours = ["07:30", "08:30"]
        try vault.ingest(
            (0..<200).flatMap { number in hours.map { line(id: "\(number) \($0)", customer: ["id": "C\(number)"], attributes: [:], at: "2026-03-09T\($0):00+08:00") } })
        #expect(try isNear(counts(vault.session("reporting"), since: "2026-03-09", until: "2026-03-10")[""], 200))
    }

    @Test("what was released about days of UTC is given again for nothing, as it was; another question is charged to all days that these touch")
    func formerDays() throws {
        let vault = try vault("UTC", budget: 4, [("2026-03-09T12:00:00Z", 100)])
        let (since, until) = ("2026-03-09", "2026-03-10")
        let before = try counts(vault.session("reporting"), since: since, until: until)
        let token = try vault.token("reporting")
        let moved = try move(vault, from: "UTC", to: "Asia/Shanghai").session(token: token)
        #expect(try counts(moved, since: since, until: until) == before)
        // The 9th in UTC ends with the morning of the 10th in Shanghai.
        for (day, left) in [("2026-03-08", 4.0), ("2026-03-09", 2), ("2026-03-10", 2), ("2026-03-11", 4)] {
            let next = Timestamp(milliseconds: Timestamp(day)!.milliseconds + 86_400_000)
            let plan = try moved.disclosurePlan(
                AggregateQuery(groupBy: [], measures: [.count], filter: Condition(parsing: "rating = 4"), since: Timestamp(day), until: next, purpose: "insight"))
            #expect(plan.periods.map(\.left) == [left] && plan.periods.map(\.cost) == [2], "\(day): \(plan.periods)")
        }
    }

    @Test("a change of the zone gives no second view of days for nothing: their budget covers both")
    func change() throws {
        let vault = try vault("Asia/Shanghai", budget: 4, [("2026-03-09T12:00:00+08:00", 100)])
        let token = try vault.token("reporting")
        let first = try vault.vault.session(token: token)
        for filter in ["rating = 4", "rating = 5"] { _ = try counts(first, since: "2026-03-09", until: "2026-03-10", where: filter) }
        let moved = try move(vault, from: "Asia/Shanghai", to: "America/New_York").session(token: token)
        // The 9th of March in Shanghai is from noon of the 8th to noon of the 9th in New York.
        for (day, next, isGiven) in [
            ("2026-03-07", "2026-03-08", true), ("2026-03-08", "2026-03-09", false), ("2026-03-09", "2026-03-10", false), ("2026-03-10", "2026-03-11", true),
        ] {
            #expect(((try? counts(moved, since: day, until: next, where: "rating = 4")) != nil) == isGiven, "\(day)")
        }
        // And back: what was released is given, and nothing else.
        let back = try move(vault, from: "America/New_York", to: "Asia/Shanghai").session(token: token)
        _ = try counts(back, since: "2026-03-09", until: "2026-03-10", where: "rating = 4")
        #expect(throws: VaultError.self) { try counts(back, since: "2026-03-09", until: "2026-03-10", where: "rating = 3") }
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a comparison is with the month before of the zone, also where its beginning is written as a moment")
    func comparison() throws {
        let vault = try vault("Asia/Shanghai", [("2026-01-30T12:00:00+08:00", 60), ("2026-02-28T23:30:00+08:00", 150), ("2026-03-01T00:30:00+08:00", 90)])
        for (since, until) in [("2026-03-01", "2026-04-01"), ("2026-03-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00")] {
            let table = try vault.session("reporting").aggregate(
                AggregateQuery(groupBy: [], measures: [.count], since: Timestamp(since)!, until: Timestamp(until)!, isCompared: true, purpose: "insight"))
            guard case .integer(let now)? = table.rows.first?[0], case .integer(let before)? = table.rows.first?[1] else {
                Issue.record("\(table.rows)")
                continue
            }
            #expect(isNear(now, 90) && isNear(before, 150), "\(table.rows)")
        }
    }
}
