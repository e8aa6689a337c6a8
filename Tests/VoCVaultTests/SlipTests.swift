import AuditLog
import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Slips: names that the policy does not have")
struct SlipTests {
    private static let denials = """
        version: 1
        rules:
          - {name: denials, frequency: {count: 2, minutes: 10}, outcome: denied}
        """

    private func vault() throws -> TestVault {
        let vault = try TestVault(alerts: Self.denials)
        try vault.ingest((0..<3).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"]) })
        return vault
    }

    private func message(_ body: () throws -> Any) -> String {
        do {
            _ = try body()
            return "done"
        } catch VaultError.invalid(let message) { return message } catch { return "other: \(error)" }
    }

    private func page(_ session: Session, _ select: String = "product", _ filter: String? = nil, purpose: String = "insight") throws -> Page {
        try session.page(Query(select: [select], filter: filter.map { try Condition(parsing: $0) }, purpose: purpose))
    }

    @Test("a misspelt name is bad input wherever it stands, with the nearest that was meant, and no denial")
    func everywhere() throws {
        let vault = try vault()
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance", named: "officer"))
        let due = Timestamp("2027-01-31T00:00:00Z")!
        func figures(_ group: String, _ measure: Measure, purpose: String = "insight") throws -> AggregateTable {
            try analyst.aggregate(AggregateQuery(groupBy: [GroupKey(group)], measures: [measure], purpose: purpose))
        }
        let rating = "there is no field 'ratin' (did you mean 'rating'?)"
        let insight = "there is no purpose 'insihgt' (did you mean 'insight'?)"
        #expect(message { try page(analyst, "ratin") } == rating)
        #expect(message { try page(analyst, "product", "ratin <= 2") } == rating)
        #expect(message { try figures("ratin", .count) } == rating)
        #expect(message { try figures("product", .average("ratin")) } == rating)
        #expect(message { try figures("month(ocurred_at)", .count) } == "there is no field 'ocurred_at' (did you mean 'occurred_at'?)")
        #expect(message { try figures("fortnight(occurred_at)", .count) } == "'fortnight' is no unit of time: there are hour, day, week, month, quarter, year, weekday")
        #expect(message { try figures("mounth(occurred_at)", .count) }.hasSuffix("(did you mean 'month'?)"))
        #expect(message { try page(analyst, purpose: "insihgt") } == insight)
        #expect(message { try figures("product", .count, purpose: "insihgt") } == insight)
        #expect(message { try analyst.proposeTask(title: "x", about: Condition(parsing: "ratin = 1"), owner: "analyst", due: due, expected: "") } == rating)
        #expect(
            message { try officer.reveal(record: "r_0", field: "phnoe", purpose: "subject-request", reason: "x") { _ in } } == "there is no field 'phnoe' (did you mean 'phone'?)")
        #expect(message { try officer.lookup(field: "phnoe", value: "1", purpose: nil) } == "there is no field 'phnoe' (did you mean 'phone'?)")
        #expect(
            message { try officer.correctSubject("s_0", field: "adress", to: "x", purpose: "subject-request", reason: "x") }
                == "there is no field 'adress' (did you mean 'address'?)")
        #expect(message { try officer.page(Query(select: ["phone"], purpose: "subject-reqest")) } == "there is no purpose 'subject-reqest' (did you mean 'subject-request'?)")
        #expect(message { try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5, fields: ["regoin"]) } == "there is no field 'regoin' (did you mean 'region'?)")
        #expect(message { try officer.explain(principal: "analyst", action: .query, purpose: "insihgt", fields: []) } == insight)
        #expect(message { try officer.explain(principal: "analyst", action: .query, purpose: "insight", fields: ["phnoe"]) } == "there is no field 'phnoe' (did you mean 'phone'?)")
        #expect(
            message { try officer.explain(principal: "analist", action: .query, purpose: "insight", fields: []) } == "there is no principal 'analist' (did you mean 'analyst'?)")
        #expect(message { try vault.administrator.issueToken(principal: "x", role: "analist", days: 1) }.contains("(did you mean 'analyst'?)"))
        // So many slips are no attack.
        let entries = try vault.session("privacy-lead").auditEntries(AuditFilter(limit: 1000))
        #expect(entries.allSatisfy { $0.outcome != .denied && $0.action != "alert" })
    }

    @Test("a field that is there and denied stays a denial, which is logged and names the roles that may")
    func denied() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst")
        for (select, roles) in [("phone", "agent, compliance"), ("email", "compliance"), ("gender", "")] {
            let error = #expect(throws: VaultError.self) { try page(analyst, select) }
            guard case .denied("query", _, let hint) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(hint.contains("it denies field \(select)") && hint.hasSuffix(roles.isEmpty ? "no role may" : "roles that may for another purpose: \(roles)"), "\(hint)")
        }
        let error = #expect(throws: VaultError.self) { try analyst.takeTaskStep(.approve, of: 1, note: nil) }
        #expect("\(error!)".contains("role 'analyst'") && "\(error!)".contains("may not task.decide") && "\(error!)".hasSuffix("roles that may: manager"), "\(error!)")
        let reveal = #expect(throws: VaultError.self) { try analyst.reveal(record: "r_0", field: "phone", purpose: "follow-up", reason: "x") { _ in } }
        #expect("\(reveal!)".hasSuffix("roles that may: agent"), "\(reveal!)")
        let entries = try vault.session("compliance").auditEntries(AuditFilter(principal: "analyst", outcome: .denied))
        #expect(entries.map(\.action) == ["reveal", "task.decide", "query", "query", "query"] && entries[0].fields == ["phone"])
        #expect(try vault.session("compliance").auditEntries(AuditFilter(action: "alert")).count == 1)
    }

    @Test("nothing is suggested that the role would be denied, and what is hardly a name is not repeated")
    func discreet() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst")
        #expect(message { try page(analyst, "phnoe") } == "there is no field 'phnoe'")
        #expect(message { try page(analyst, "13800138000") } == "there is no field of that name")
        #expect(message { try page(analyst, "我叫欧阳娜,\n电话") } == "there is no field of that name")
        #expect(message { try page(analyst, purpose: "subject-reqest") } == "there is no purpose 'subject-reqest'")
        // Who may not do it at all is denied, whatever else is misspelt.
        #expect(message { try page(try vault.session("ingest"), "ratin") }.hasPrefix("other: query is denied"))
        let token = try vault.administrator.issueToken(principal: "narrow", role: "analyst", scope: [.taskRead], days: 1).token
        #expect(message { try page(try vault.vault.session(token: token), "ratin") }.hasPrefix("other: query is denied (token scope)"))
    }

    @Test("a role with several purposes for something is asked for one")
    func purposes() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml"
                ? text.replacing("purposes: [compliance]\n        actions: [approval.decide", with: "purposes: [compliance, operation]\n        actions: [approval.decide") : text
        }
        #expect(message { try vault.session("privacy-lead").approvals() } == "name a purpose: compliance or operation")
    }

    @Test("a code that the frame lacks is bad input in a condition and a task")
    func codes() throws {
        let vault = try vault()
        try FileManager.default.copyItem(
            at: TestVault.repository.appendingPathComponent("policies/codeframe.yaml"), to: vault.folder.appendingPathComponent("policies/codeframe.yaml"))
        let analyst = try vault.session("analyst")
        let slip = "there is no code 'product.nois' (did you mean 'product.noise'?)"
        for condition in ["topic = 'product.nois'", "not (topic in ('delivery', 'product.nois'))", "rating > 1 or topic = 'product.nois'"] {
            #expect(message { try page(analyst, "product", condition) } == slip)
        }
        #expect(
            message { try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: Condition(parsing: "topic = 'product.nois'"), purpose: "insight")) } == slip)
        #expect(message { try page(analyst, "product", "urgency = 'urgent.safty'") } == "there is no code 'urgent.safty' (did you mean 'urgent.safety'?)")
        #expect(message { try page(analyst, "product", "aspect = 'product.nois.negative'") } == slip)
        #expect(try page(analyst, "product", "topic = 'product.noise' or aspect = 'product.noise.negative'").rows.isEmpty)
        let due = Timestamp("2027-01-31T00:00:00Z")!
        #expect(message { try analyst.proposeTask(title: "x", about: Condition(parsing: "topic = 'product.nois'"), owner: "analyst", due: due, expected: "") } == slip)
    }

    @Test("a task's owner is somebody who can sign in")
    func owners() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst")
        _ = try vault.session("improver", named: "chen")
        let (gone, id, _) = try vault.administrator.issueToken(principal: "gone", role: "improver", days: nil)
        #expect(!gone.isEmpty)
        try vault.administrator.revokeToken(id)
        func propose(_ owner: String) throws -> Int64 {
            try analyst.proposeTask(title: "x", about: try Condition(parsing: "rating = 1"), owner: owner, due: Timestamp("2027-01-31T00:00:00Z")!, expected: "").id
        }
        #expect(message { try propose("chne") } == "there is no principal 'chne' (did you mean 'chen'?)")
        #expect(message { try propose("gone") } == "there is no principal 'gone'")
        #expect(try propose("chen") == 1)
        #expect(try analyst.improvementTasks().count == 1)
    }

    @Test("a search of the log for a name that neither policy nor log has is bad input; one that only the log has finds it")
    func log() throws {
        let vault = try vault()
        let officer = try vault.session("compliance")
        #expect(throws: VaultError.self) { try vault.vault.session(token: "vvt_none") }
        for (filter, slip) in [
            (AuditFilter(role: "analist"), "there is no role 'analist' (did you mean 'analyst'?)"),
            (AuditFilter(action: "reveel"), "there is no action 'reveel' (did you mean 'reveal'?)"),
            (AuditFilter(purpose: "insihgt"), "there is no purpose 'insihgt' (did you mean 'insight'?)"),
            (AuditFilter(field: "phnoe"), "there is no field 'phnoe' (did you mean 'phone'?)"),
            (AuditFilter(principal: "complianc"), "there is no principal 'complianc' (did you mean 'compliance'?)"),
            (
                AuditFilter(since: Timestamp("2026-03-02T00:00:00Z"), until: Timestamp("2026-03-01T00:00:00Z")),
                "the period ends, 2026-03-01T00:00:00Z, before it begins, 2026-03-02T00:00:00Z"
            ),
        ] {
            #expect(message { try officer.auditEntries(filter) } == slip)
            #expect(message { try officer.exportAudit(filter) { _ in Issue.record("given out") } } == slip)
        }
        #expect(try officer.auditEntries(AuditFilter(role: "none")).map(\.action) == ["sign-in"])
        #expect(try officer.auditEntries(AuditFilter(action: "subject.erase.plan")).isEmpty)
        #expect(try officer.auditEntries(AuditFilter(role: "partner", field: "phone")).isEmpty)
    }

    @Test("a period that ends before it begins is bad input")
    func periods() throws {
        let vault = try vault()
        let (since, until) = (Timestamp("2026-11-01T00:00:00Z"), Timestamp("2026-10-01T00:00:00Z"))
        let slip = "the period ends, 2026-10-01T00:00:00Z, before it begins, 2026-11-01T00:00:00Z"
        let analyst = try vault.session("analyst")
        #expect(message { try analyst.page(Query(select: ["product"], since: since, until: until, purpose: "insight")) } == slip)
        #expect(message { try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], since: since, until: until, purpose: "insight")) } == slip)
        #expect(message { try vault.session("compliance").auditSummary(since: since, until: until) } == slip)
        #expect(try analyst.page(Query(select: ["product"], since: since, until: since, purpose: "insight")).rows.isEmpty)
    }
}
