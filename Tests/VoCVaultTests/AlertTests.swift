import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Alerts")
struct AlertTests {
    /// A vault with one rule, a record, and a compliance officer whose use is watched.
    private struct Watched {
        let vault: TestVault
        let officer: Session
        let reader: Session

        init(_ rules: String, records: Int = 1) throws {
            vault = try TestVault(alerts: "version: 1\n" + rules)
            try vault.ingest((1...records).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0 % 10)"]) })
            officer = try vault.session("compliance", named: "chen")
            reader = try vault.session("privacy-lead", named: "wu")
        }

        func lookUp(_ value: String = "C1") throws { _ = try officer.lookup(field: "customer_id", value: value, purpose: "subject-request") }

        func page(_ rows: Int) throws { _ = try officer.page(Query(select: ["record"], limit: rows, purpose: "subject-request")) }

        func alerts() throws -> [AuditEntry] { try reader.auditEntries(AuditFilter(principal: "chen", action: "alert")) }
    }

    @Test("many lookups within minutes raise one alert a day; the same number spread out raises none")
    func enumeration() throws {
        let watched = try Watched("rules: [{name: enumeration, frequency: {count: 5, minutes: 10}, actions: [lookup]}]")
        for _ in 0..<20 {
            try watched.lookUp()
            watched.vault.clock.advance(minutes: 3)
        }
        #expect(try watched.alerts().isEmpty)
        for number in 0..<10 { try watched.lookUp("C\(number)") }
        let alert = try #require(try watched.alerts().first)
        #expect(try watched.alerts().count == 1)
        #expect(alert.rule == "enumeration (alerts.yaml:2)" && alert.role == "compliance" && alert.client == "local")
        #expect(alert.detail == ["requests": "5", "minutes": "10", "action": "lookup"])
        // The alert stands behind the entry that set it off, and says so.
        let cause = try #require(try watched.reader.auditEntries(AuditFilter(action: "lookup")).first { $0.seq == alert.seq - 1 })
        #expect(cause.request == alert.request && alert.target == cause.target)
        watched.vault.clock.advance(days: 1)
        for number in 0..<10 { try watched.lookUp("C\(number)") }
        #expect(try watched.alerts().count == 2)
        _ = try watched.vault.administrator.verifyAudit()
    }

    @Test("more rows in a day than the principal's own past days make usual")
    func volume() throws {
        let watched = try Watched("rules: [{name: volume, volume: {factor: 3, minimum: 20, days: 7}, actions: [query]}]", records: 60)
        for _ in 0..<5 {
            try watched.page(10)
            watched.vault.clock.advance(days: 1)
        }
        // Three times as much as usual is not yet more than that.
        try watched.page(30)
        #expect(try watched.alerts().isEmpty)
        try watched.page(1)
        #expect(try watched.alerts().map(\.detail) == [["rows": "31", "usual": "10", "action": "query"]])
        // Who has no past is measured by the minimum.
        let newcomer = try watched.vault.session("compliance", named: "li")
        _ = try newcomer.page(Query(select: ["record"], limit: 20, purpose: "subject-request"))
        #expect(try watched.reader.auditEntries(AuditFilter(principal: "li", action: "alert")).count == 1)
    }

    @Test("requests outside office hours, in the policy's time zone")
    func outOfHours() throws {
        let watched = try Watched("""
            office_hours: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
            rules: [{name: late, out_of_hours: true, actions: [lookup]}]
            """)
        try watched.lookUp()
        watched.vault.clock.advance(minutes: 5 * 60 + 59)
        try watched.lookUp()
        #expect(try watched.alerts().isEmpty)
        watched.vault.clock.advance(minutes: 1)
        try watched.page(1)
        #expect(try watched.alerts().isEmpty)
        try watched.lookUp()
        #expect(try watched.alerts().count == 1)
        // From Monday 18:00 to Saturday noon.
        watched.vault.clock.advance(days: 4, minutes: 18 * 60)
        try watched.lookUp()
        #expect(try watched.alerts().count == 2)
        let summary = try watched.reader.auditSummary(since: nil, until: nil)
        #expect(summary.activities.first { $0.principal == "chen" && $0.action == "lookup" }?.outOfHours == 2)
    }

    @Test("a principal who comes back after a long time; a new one is none")
    func dormant() throws {
        let watched = try Watched("rules: [{name: dormant, dormant: {days: 60}}]")
        try watched.lookUp()
        watched.vault.clock.advance(days: 59)
        try watched.lookUp()
        #expect(try watched.alerts().isEmpty)
        watched.vault.clock.advance(days: 60)
        try watched.lookUp()
        try watched.lookUp()
        #expect(try watched.alerts().map { $0.detail["days"] } == ["60"])
    }

    @Test("denials count where only they are wanted, those of unknown tokens too, and roles can be left out")
    func denials() throws {
        let watched = try Watched("""
            rules:
              - {name: denials, frequency: {count: 3, minutes: 10}, outcome: denied, except_roles: [agent]}
            """)
        let agent = try watched.vault.session("agent")
        for _ in 0..<4 {
            try watched.lookUp()
            #expect(throws: VaultError.self) { try agent.tokens() }
            #expect(throws: VaultError.self) { try watched.officer.page(Query(select: ["record"], purpose: "insight")) }
            #expect(throws: VaultError.self) { try watched.vault.vault.session(token: "vv_wrong") }
        }
        #expect(try watched.alerts().count == 1)
        let all = try watched.reader.auditEntries(AuditFilter(action: "alert"))
        #expect(Set(all.map(\.principal)) == ["chen", "unknown"])
    }

    @Test("look-ups and queries that find nothing count where only they are wanted, and are no requests more")
    func empty() throws {
        let watched = try Watched("""
            rules:
              - {name: guessing, frequency: {count: 3, minutes: 10}, outcome: empty}
              - {name: many, frequency: {count: 9, minutes: 10}}
            """)
        for number in 0..<4 { try watched.lookUp(number < 2 ? "C\(number + 50)" : "C1") }
        _ = try watched.officer.page(Query(select: ["record"], filter: .compare(field: "channel", .equal, .text("nowhere")), purpose: "subject-request"))
        #expect(try watched.alerts().map(\.rule) == ["guessing (alerts.yaml:3)"])
        // Five requests, three of them counted twice.
        for _ in 0..<3 { try watched.lookUp() }
        #expect(try watched.alerts().count == 1)
        try watched.lookUp()
        #expect(try watched.alerts().map(\.rule) == ["many (alerts.yaml:4)", "guessing (alerts.yaml:3)"])
        _ = try watched.vault.administrator.verifyAudit()
    }

    @Test("answers from which something is left out raise an alert, and those who ask cannot tell by their receipts")
    func suppressed() throws {
        let vault = try TestVault(alerts: "version: 1\nrules: [{name: probing, frequency: {count: 3, minutes: 10}, outcome: suppressed}]")
        try vault.ingest((1...12).map { line(id: "\($0)", customer: ["id": "C\($0)"], channel: $0 > 10 ? "app" : "hotline") })
        let (analyst, officer) = (try vault.session("analyst", named: "lin"), try vault.session("privacy-lead", named: "wu"))
        func alerts() throws -> [AuditEntry] { try officer.auditEntries(AuditFilter(action: "alert")) }
        func ask(_ key: String) throws -> Int64 {
            try analyst.aggregate(AggregateQuery(groupBy: [.field(key)], measures: [.count], purpose: "insight")).receipt
        }
        let first = try ask("channel")
        for number in 1...4 {
            vault.clock.advance(minutes: 1)
            #expect(try ask("channel") == first + Int64(number))
        }
        // A token that signs nobody in does not lure the alert out.
        #expect(throws: VaultError.self) { try vault.vault.session(token: "vv_wrong") }
        #expect(try ask("channel") == first + 6)
        _ = try alerts()
        let alert = try #require(try alerts().first)
        #expect(try alerts().count == 1 && alert.principal == "lin" && alert.role == "analyst" && alert.rule == "probing (alerts.yaml:2)")
        #expect(alert.detail == ["action": "query"] && alert.seq == first + 8)
        // Once a day.
        for _ in 0..<4 { _ = try ask("channel") }
        #expect(try alerts().count == 1)
        vault.clock.advance(days: 1)
        for _ in 0..<4 { _ = try ask("channel") }
        _ = try alerts()
        #expect(try alerts().count == 2)
        // What was left out of nothing does not count.
        vault.clock.advance(days: 1)
        for _ in 0..<4 { _ = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")) }
        _ = try alerts()
        #expect(try alerts().count == 2)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("searching for words of too few customers is an answer from which something is left out, also from memory")
    func rareWords() throws {
        let vault = try TestVault(alerts: "version: 1\nrules: [{name: probing, frequency: {count: 3, minutes: 10}, outcome: suppressed}]")
        try vault.ingest((1...12).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: $0 == 1 ? "the unicorn is broken" : "the door is broken") })
        let (analyst, officer) = (try vault.session("analyst", named: "lin"), try vault.session("privacy-lead", named: "wu"))
        func search(_ word: String) throws {
            _ = try analyst.page(Query(select: ["record"], filter: .contains(field: "text", word), purpose: "insight"))
        }
        for _ in 0..<3 { try search("door") }
        _ = try officer.auditEntries(AuditFilter())
        #expect(try officer.auditEntries(AuditFilter(action: "alert")).isEmpty)
        for _ in 0..<3 { try search("unicorn") }
        _ = try officer.auditEntries(AuditFilter())
        #expect(try officer.auditEntries(AuditFilter(action: "alert")).map(\.principal) == ["lin"])
    }

    @Test("the command gets the alert as JSON, and no token; one that cannot be started is in the log")
    func command() throws {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("alert-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let watched = try Watched("""
            command: [sh, -c, "cat > \(output).part; env | cut -d = -f 1 >> \(output).part; mv \(output).part \(output)"]
            rules: [{name: any, frequency: {count: 1, minutes: 1}, actions: [lookup]}]
            """)
        try watched.lookUp()
        let limit = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: output), Date() < limit { usleep(20_000) }
        let text = try String(contentsOfFile: output, encoding: .utf8)
        var alert = try #require(try watched.alerts().first)
        // What commits its transaction to the state is made after it.
        alert.state = nil
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first == String(decoding: alert.canonicalBytes, as: UTF8.self))
        // This process has more. What the shell adds for its children is its own.
        let own = Set(ProcessInfo.processInfo.environment.keys).subtracting(["PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_"])
        #expect(!own.isEmpty && own.isDisjoint(with: lines.dropFirst()))
        #expect(lines.contains("PATH"))

        let broken = try Watched("""
            command: [/nonexistent/program]
            rules: [{name: any, frequency: {count: 1, minutes: 1}, actions: [lookup]}]
            """)
        try broken.lookUp()
        let entries = try broken.reader.auditEntries(AuditFilter(action: "alert"))
        #expect(entries.map(\.outcome) == [.failed, .allowed])
        _ = try broken.vault.administrator.verifyAudit()
    }
}
