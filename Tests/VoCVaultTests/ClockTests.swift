import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
@testable import VoCVault

/// A clock that jumps ahead once must delete nothing, and must not spoil what comes after.
@Suite("A wrong clock")
struct ClockTests {
    private let vault: TestVault

    init() throws {
        vault = try TestVault()
        try vault.ingest((0..<5).map { line(id: "\($0)", customer: ["id": "C\($0)"], channel: "app", at: "2026-11-01") })
    }

    /// The vault as a new process sees it, with a session of a role.
    private func session(_ role: String) throws -> Session {
        let token = try vault.token(role)
        return try vault.reopened().session(token: token)
    }

    private func entries(_ filter: AuditFilter = AuditFilter(limit: 1000)) throws -> [AuditEntry] {
        try vault.session("privacy-lead").auditEntries(filter)
    }

    private func records() throws -> Int { try vault.session("analyst").page(Query(select: ["record"], purpose: "insight")).rows.count }

    private func expectDoubt(_ session: Session, _ words: String..., at line: Int = #line) {
        let location = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
        let error = #expect(throws: VaultError.self, sourceLocation: location) { try session.retentionRun() }
        guard case .needsConfirmation(let text) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: location)
            return
        }
        for word in words + ["--confirm-clock"] { #expect(text.contains(word), "\(text)", sourceLocation: location) }
    }

    @Test("a clock that was set ahead while the machine was up deletes nothing until somebody says that it is right")
    func jump() throws {
        vault.clock.set(days: 1100)
        expectDoubt(try session("retention"), "the machine's clock says 2029-", "by the time that the machine has been up it is about 2026-11-2")
        #expect(try records() == 5)
        // One that was running does not either.
        expectDoubt(try vault.session("retention"), "2029-")
        let report = try session("retention").retentionRun(consent: RetentionConsent(clock: true))
        #expect(report.customersErased == 5 && report.isComplete)
        let confirmed = try entries(AuditFilter(action: "retention.run")).filter { $0.detail["clock_confirmed"] != nil }
        #expect(confirmed.count == 1)
        let entry = try #require(confirmed.first)
        #expect(entry.detail["clock_confirmed"]?.hasPrefix("2029-") == true && entry.doubted?.hasPrefix("2029-") == true)
        #expect(entry.detail["doubt"]?.contains("the machine has been up") == true)
        // From then on nobody asks again.
        #expect(try session("retention").retentionRun().done.isEmpty)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("entries under such a clock have the right time and what the clock said; later ones are as if nothing had been")
    func jumpInLog() throws {
        let before = try #require(Timestamp(try entries()[0].time)).milliseconds
        vault.clock.set(days: 1100)
        vault.clock.advance(minutes: 10)
        _ = try records()
        let wrong = try #require(try entries(AuditFilter(action: "query")).first)
        #expect(Timestamp(wrong.time)!.milliseconds == before + 600_000)
        #expect(wrong.clock == nil && wrong.doubted?.hasPrefix("2029-") == true)
        vault.clock.set(days: -1100)
        vault.clock.advance(minutes: 10)
        _ = try records()
        let right = try #require(try entries(AuditFilter(action: "query")).first)
        #expect(Timestamp(right.time)!.milliseconds == before + 1_200_000 && right.clock == nil && right.doubted == nil)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("one wrong entry across a restart: the log's time is ahead from then on, entries and searches have the right one")
    func wrongEntry() throws {
        vault.clock.restart()
        vault.clock.set(days: 1100)
        _ = try session("analyst").page(Query(select: ["record"], purpose: "insight"))
        vault.clock.set(days: -1100)
        vault.clock.restart()
        vault.clock.advance(days: 1)
        let today = Timestamp(milliseconds: vault.clock.now)
        let reader = try session("privacy-lead")
        _ = try session("analyst").page(Query(select: ["record"], purpose: "insight"))
        let all = try reader.auditEntries(AuditFilter(limit: 1000))
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.time >= $1.time }, "the log's order runs backwards")
        let query = try #require(all.first { $0.action == "query" })
        #expect(query.time.hasPrefix("2029-") && query.clock == today.description && query.doubted == nil && query.moment == today.description)
        let tomorrow = Timestamp(milliseconds: vault.clock.now + 86_400_000)
        let found = try reader.auditEntries(AuditFilter(action: "query", since: today, until: tomorrow))
        #expect(found.map(\.seq) == [query.seq])
        #expect(try reader.auditEntries(AuditFilter(action: "query", since: tomorrow)).map(\.seq) == all.filter { $0.action == "query" && $0.clock == nil && $0.time.hasPrefix("2029") }.map(\.seq))
        let summary = try reader.auditSummary(since: today, until: tomorrow)
        #expect(summary.activities.contains { $0.action == "query" && $0.allowed == 1 })
        #expect(try reader.auditSummary(since: nil, until: today).activities.contains { $0.action == "ingest" })
        // The wrong entry does not make the clock be doubted for years, nor the right one be believed less.
        #expect(try session("retention").retentionRun().done.isEmpty)
        let clock = try #require(try vault.reopened().session(token: vault.adminToken).examine().first { $0.check == "clock" })
        #expect(clock.state == .warning && clock.finding.contains("ahead") && !clock.advice.isEmpty)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a command under a clock that is ahead does not make the next one believe it")
    func secondCommand() throws {
        vault.clock.restart()
        vault.clock.set(days: 1100)
        _ = try session("analyst").page(Query(select: ["record"], purpose: "insight"))
        expectDoubt(try session("retention"), "nothing tells whether the vault was idle or the clock was")
        vault.clock.advance(days: 1)
        expectDoubt(try session("retention"), "1101 days")
        // Nor does a new process that finds no mark.
        try FileManager.default.removeItem(at: vault.folder.appendingPathComponent("vault/clock"))
        #expect(try vault.session("analyst").page(Query(select: ["record"], purpose: "insight")).rows.count == 5)
    }

    @Test("a vault that was idle: while the machine is up it is told from a jump; after a restart it asks once; intake and reading go on")
    func idle() throws {
        vault.clock.advance(days: 800)
        #expect(try session("retention").retentionRun().done == ["identity": 5])
        vault.clock.advance(days: 60)
        vault.clock.restart()
        try vault.ingest([line(id: "new", customer: ["id": "N"], at: "2029-03-01")])
        expectDoubt(try session("retention"), "60 days before")
        let clock = try #require(try session("administrator").examine().first { $0.check == "clock" })
        #expect(clock.state == .warning && clock.advice.contains("--confirm-clock"))
        vault.clock.advance(days: 3)
        expectDoubt(try session("retention"), "63 days before")
        #expect(try session("retention").retentionRun(consent: RetentionConsent(clock: true)).isComplete)
        vault.clock.restart()
        vault.clock.advance(days: 6)
        #expect(try session("retention").retentionRun().isComplete, "a week is not too long")
    }

    @Test("a system that does not say how long it has been up: a week of silence is believed, more is not")
    func withoutUptime() throws {
        vault.clock.restart(tells: false)
        for _ in 0..<4 {
            vault.clock.advance(days: 5)
            #expect(try session("retention").retentionRun().done.isEmpty)
        }
        vault.clock.advance(days: 8)
        expectDoubt(try session("retention"), "8 days before")
        vault.clock.set(days: -40)
        expectDoubt(try session("retention"), "has seen", "already")
    }

    @Test("a time source that the policy names tells an idle vault from a jump, and stops one", arguments: [true, false])
    func source(uptime: Bool) throws {
        let file = vault.folder.appendingPathComponent("time")
        func print(_ days: Int) throws { try "\(vault.clock.now / 1000 + Int64(days) * 86_400)\n".write(to: file, atomically: true, encoding: .utf8) }
        try setPolicy("clock: {jump: 1d, idle: 7d, source: [cat, \(file.path)]}")
        vault.clock.restart(tells: uptime)
        vault.clock.advance(days: 90)
        try print(0)
        #expect(try session("retention").retentionRun().done.isEmpty, "idle")
        #expect(try session("administrator").examine().first { $0.check == "clock" }?.finding == "agrees with the time source")
        vault.clock.set(days: 900)
        try print(-900)
        expectDoubt(try session("retention"), "the time source says 2027-02-21")
        #expect(try session("administrator").examine().first { $0.check == "clock" }?.state == .failure)
        #expect(try records() == 5)
        // Silent, it is as if there were none.
        try FileManager.default.removeItem(at: file)
        if uptime { expectDoubt(try session("retention"), "the machine has been up") }
        vault.clock.set(days: -900)
        try print(0)
        #expect(try session("retention").retentionRun().done.isEmpty)
        try FileManager.default.removeItem(at: file)
        let clock = try #require(try session("administrator").examine().first { $0.check == "clock" })
        #expect(clock.state == .warning && clock.finding.contains("silent"))
    }

    private func setPolicy(_ clock: String) throws {
        let file = vault.folder.appendingPathComponent("policies/retention.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing("clock: {jump: 1d, idle: 7d}", with: clock).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test("a clock that is set while a run is under way stops it")
    func duringRun() throws {
        vault.clock.advance(days: 800)
        try vault.ingest([line(id: "late", customer: ["id": "L"], channel: "app", at: "2028-06-01")])
        var batches = 0
        let error = #expect(throws: Interrupted.self) {
            try session("retention").retentionRun(batch: 2) { _ in
                batches += 1
                if batches == 2 { vault.clock.set(days: 3000) }
            }
        }
        guard case VaultError.needsConfirmation? = error?.cause else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(batches == 2 && error?.done == "4 records were done before; the next run continues")
        vault.clock.set(days: -3000)
        #expect(try session("retention").retentionRun(batch: 2).done == ["identity": 1])
    }

    @Test("a clock that was set back revives nothing that has expired and hides no entry")
    func setBack() throws {
        let (token, _, _) = try vault.administrator.issueToken(principal: "lin", role: "analyst", days: 2)
        vault.clock.advance(days: 3)
        _ = try records()
        let now = Timestamp(milliseconds: vault.clock.now)
        for restarts in [false, true] {
            if restarts { vault.clock.restart() }
            vault.clock.set(days: restarts ? 0 : -365)
            let reopened = try vault.reopened()
            #expect(throws: VaultError.notSignedIn("the token has expired")) { try reopened.session(token: token) }
        }
        #expect(try entries(AuditFilter(action: "sign-in", since: Timestamp(milliseconds: now.milliseconds - 86_400_000))).count == 2)
    }

    @Test("a token that was issued under a clock that was ahead does not live for years; one without expiry, which is the first administrator's, lets in")
    func tokens() throws {
        vault.clock.restart()
        vault.clock.set(days: 1100)
        let wrong = try vault.reopened().session(token: vault.adminToken)
        let (limited, _, _) = try wrong.issueToken(principal: "lin", role: "analyst", days: 30)
        let (endless, _, _) = try wrong.issueToken(principal: "wu", role: "analyst", days: nil)
        vault.clock.set(days: -1100)
        let right = try vault.reopened()
        let error = #expect(throws: VaultError.self) { try right.session(token: limited) }
        #expect(String(describing: error).contains("a clock that was ahead"))
        #expect(throws: Never.self) { try right.session(token: endless) }
    }

    @Test("a grant that was given under a clock that was ahead does not hold for years")
    func approvals() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "A", "national_id": "11010519491231002X"], at: "2026-11-02")])
        let (officer, lead) = (try vault.token("compliance"), try vault.token("privacy-lead"))
        let record = try vault.session("compliance").page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
        func reveal() throws {
            _ = try vault.reopened().session(token: officer)
                .reveal(record: record, field: "national_id", purpose: "subject-request", reason: "asked") { _ in }
        }
        vault.clock.restart()
        vault.clock.set(days: 1100)
        #expect(throws: VaultError.needsApproval(1)) { try reveal() }
        _ = try vault.reopened().session(token: lead).decideApproval(1, grant: true, reason: nil)
        vault.clock.set(days: -1100)
        #expect(throws: VaultError.needsApproval(2)) { try reveal() }
        _ = try vault.reopened().session(token: lead).decideApproval(2, grant: true, reason: nil)
        #expect(throws: Never.self) { try reveal() }
    }

    @Test("what was done under a clock that was ahead raises no alert later, and keeps none from being raised")
    func alerts() throws {
        let watched = try TestVault(alerts: "version: 1\nrules: [{name: many, frequency: {count: 3, minutes: 10}, actions: [lookup]}]")
        let token = try watched.token("compliance")
        func lookUp(_ times: Int) throws {
            let officer = try watched.reopened().session(token: token)
            for _ in 0..<times { _ = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request") }
        }
        func alerts() throws -> Int { try watched.session("privacy-lead").auditEntries(AuditFilter(action: "alert")).count }
        func set(days: Int) {
            watched.clock.restart()
            watched.clock.set(days: days)
        }
        set(days: 1100)
        try lookUp(2)
        set(days: -1100)
        try lookUp(1)
        #expect(try alerts() == 0)
        set(days: 1100)
        try lookUp(1)
        #expect(try alerts() == 1)
        set(days: -1100)
        try lookUp(2)
        #expect(try alerts() == 2)
    }

    @Test("a backup of a time that has not come yet is no backup: doctor says so, and former keys stay")
    func backup() throws {
        vault.clock.restart()
        vault.clock.set(days: 1100)
        func backUp() throws {
            let admin = try vault.reopened().session(token: vault.adminToken)
            _ = try admin.backup(to: vault.folder.appendingPathComponent("snapshots").path, keysTo: vault.folder.appendingPathComponent("copies").path)
        }
        try backUp()
        vault.clock.set(days: -1100)
        let admin = try vault.reopened().session(token: vault.adminToken)
        #expect(try admin.resealRecords().kept == 5)
        let finding = try #require(try admin.examine().first { $0.check == "backup" })
        #expect(finding.state == .warning && finding.finding.contains("ahead"))
        vault.clock.advance(minutes: 1)
        try backUp()
        #expect(try vault.reopened().session(token: vault.adminToken).resealRecords().kept == 0)
    }

    @Test("a run beyond the policy's ceiling asks for the number")
    func ceiling() throws {
        let file = vault.folder.appendingPathComponent("policies/retention.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing("{records: 100000, percent: 20, smallest: 1000}", with: "{records: 100000, percent: 40, smallest: 2}")
            .write(to: file, atomically: true, encoding: .utf8)
        try vault.ingest((0..<5).map { line(id: "n\($0)", customer: ["id": "C\($0)"], channel: "app", at: "2026-11-20") })
        vault.clock.advance(days: 722)
        let retention = try session("retention")
        let error = #expect(throws: VaultError.self) { try retention.retentionRun() }
        #expect(String(describing: error).contains("5 of 10 records (50 %)") && String(describing: error).contains("vocvault retention run --confirm 5"))
        #expect(throws: VaultError.self) { try retention.retentionRun(consent: RetentionConsent(records: 4)) }
        #expect(try retention.retentionRun(consent: RetentionConsent(records: 5)).done == ["identity": 5])
        #expect(try retention.retentionRun().done.isEmpty)
        #expect(try entries(AuditFilter(action: "retention.run", outcome: .failed)).map(\.detail) == [["error": "not confirmed"], ["error": "not confirmed"]])
    }

    @Test("a run that finds more due than was confirmed stops, also below the ceiling")
    func confirmed() throws {
        vault.clock.advance(days: 722)
        let retention = try session("retention")
        let four = RetentionConsent(records: 4)
        let error = #expect(throws: VaultError.self) { try retention.retentionRun(consent: four) }
        #expect(String(describing: error).contains("5 records, and 4 were confirmed"))
        #expect(try retention.retentionForecast(consent: four).obstacle?.contains("--confirm 5") == true)
        #expect(try retention.retentionForecast().obstacle == nil)
        #expect(try records() == 5)
        #expect(try retention.retentionRun(consent: RetentionConsent(records: 5)).done == ["identity": 5])
    }

    @Test("what a run would do is told by the time that it would go by: the vault's, or the clock's once it is confirmed")
    func forecast() throws {
        vault.clock.set(days: 1100)
        let retention = try session("retention")
        let doubted = try retention.retentionForecast()
        #expect(doubted.records == 0 && doubted.obstacle?.contains("--confirm-clock") == true)
        let confirmed = try retention.retentionForecast(consent: RetentionConsent(clock: true))
        #expect(confirmed.records == 5 && confirmed.customersErased == 5 && confirmed.obstacle == nil)
        #expect(throws: VaultError.self) { try retention.retentionRun(consent: RetentionConsent(clock: true, records: doubted.records)) }
        #expect(try records() == 5)
    }

    @Test("records that claim to be of the year 1 or 9999 are rejected, each with its reason; the bounds are the policy's")
    func occurrence() throws {
        let times = ["0001-01-01", "1989-12-31T23:59:59Z", "9999-12-31", "2026-11-25", "1990-01-01T00:00:00Z", "2026-11-24T00:00:00+08:00"]
        let (report, rejects) = try vault.ingest(times.enumerated().map { line(id: "t\($0)", at: $1) })
        #expect(report.stored == 2)
        try #require(rejects.map(\.line) == [1, 2, 3, 4])
        #expect(rejects[0].reason == "occurred_at must be 1990-01-01 or later, as schema.yaml has it")
        #expect(rejects[2].reason.hasPrefix("occurred_at must be no later than 2026-11-24T") && !rejects[2].reason.contains("9999"))
        let wide = try TestVault(edit: { name, text in
            name == "schema.yaml" ? text.replacing("{earliest: 1990-01-01, latest_ahead: 1d}", with: "{earliest: 1900-01-01, latest_ahead: 1000d}") : text
        })
        #expect(try wide.ingest([line(id: "1", at: "1950-01-01"), line(id: "2", at: "2028-01-01"), line(id: "3", at: "1899-12-31")]).report.stored == 2)
    }
}
