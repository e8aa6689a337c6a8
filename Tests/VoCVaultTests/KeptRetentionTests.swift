import AuditLog
import Foundation
import GRDB
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("Retention of what is not a record")
struct KeptRetentionTests {
    private static let day: Int64 = 86_400_000

    private static func shortened(_ name: String, _ text: String) -> String {
        // Before the records go, with whom holds and cases would go.
        name == "retention.yaml" ? ["cases", "holds", "witnessed", "tasks"].reduce(text) { $0.replacing("\($1): 3y", with: "\($1): 500d") } : text
    }

    /// One row of each kind, all over today.
    private func fill(_ vault: TestVault) throws {
        let now = vault.clock.now
        let today = Int64(vault.vault.localTime().number)
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let token = try vault.administrator.issueToken(principal: "gone", role: "analyst", days: nil)
        _ = try vault.administrator.revokeToken(token.id)
        // What seals such rows is there.
        for use in [Keyring.Use.releases, .tasks] { _ = try vault.vault.keyring.key(use, now: now) }
        let subject = try #require(try vault.vault.store.read { try $0.subjects(after: 0, limit: 1).first })
        try vault.vault.store.write { writer in
            let number = try writer.addCase(CaseRow(kind: "access", subject: subject, status: "open", openedAt: now, dueAt: now, note: SealedNote("")))
            try writer.closeCase(number, status: "answered", note: SealedNote(""), at: now)
            _ = try writer.addCase(CaseRow(kind: "access", subject: subject, status: "open", openedAt: now, dueAt: now, note: SealedNote("")))
            _ = try writer.addApproval(
                ApprovalRow(principal: "p", role: "r", purpose: "insight", record: 1, field: "phone", reason: SealedNote(""), askedAt: now, expiresAt: now, state: .used))
            let hold = try writer.addHold(HoldRow(subject: subject, ground: SealedNote("court"), setBy: "p", setAt: now))
            try writer.releaseHold(hold, at: now)
            writer.addUsage(principal: "p", day: vault.vault.localTime().day, quota: "rows", amount: 3)
            try writer.spendBudget(principal: "p", purpose: "insight", period: today / 30, amount: 5)
            // As long as there can be records of the day: three years.
            try writer.charge(ReleasedPeriod(zone: "Asia/Shanghai", days: today - 731...today - 730, cost: 1000))
            try writer.keepReleased([2], digest: [1], lastDay: today - 730)
            _ = try writer.noteAlert(rule: "rule", principal: "p", day: today)
            try writer.keepReply("{}", principal: "p", key: [1], digest: [2], at: now)
            try writer.setWitnessed(origin: "other", size: 1, root: [3], at: now)
            for state in [ImprovementTask.State.rejected, .done] {
                let task = try writer.newTaskNumber()
                try writer.setTask(TaskRow(id: task, state: state.rawValue, owner: "p", dueAt: now, body: [4]))
            }
        }
        try vault.vault.protectEverything()
        _ = try vault.session("analyst").page(Query(select: ["record"], purpose: "insight"))
    }

    @Test("each kind goes once it is over for as long as retention.yaml says, in one entry; a plan says so before; verification agrees")
    func ends() throws {
        let vault = try TestVault(edit: Self.shortened)
        try fill(vault)
        let retention = try vault.session("retention")
        let consent = RetentionConsent(clock: true)
        var days = 0
        for (at, due) in [
            (1, ["replies"]), (29, []), (31, ["quotas"]), (364, []), (366, ["approvals", "figures", "tokens"]), (396, ["budgets", "questions"]),
            (399, []), (401, ["alerts", "runs"]), (499, []), (501, ["cases", "holds", "tasks", "witnessed"]), (502, []),
        ] as [(Int, [String])] {
            vault.clock.advance(days: at - days, minutes: days == 0 ? 1 : 0)
            days = at
            // Counts of each minute go after a day.
            let plan = try retention.retentionForecast(consent: consent).kept
            #expect(plan.count == KeptRows.allCases.count + 3)
            #expect(plan.filter { $0.due > 0 && $0.kind != "activity" }.map(\.kind).sorted() == due, "day \(at)")
            let before = try vault.administrator.verifyAudit().entries
            let report = try retention.retentionRun(consent: consent)
            #expect(report.ended.keys.filter { $0 != "activity" }.sorted() == due, "day \(at)")
            let entries = try vault.session("compliance").auditEntries(AuditFilter(action: "retention.run")).filter { $0.seq >= before }
            #expect(entries.compactMap { $0[.ended] == nil ? nil : $0[.kind] }.filter { $0 != "activity" }.sorted() == due.filter { $0 != "questions" }, "day \(at)")
            _ = try vault.administrator.verifyAudit()
        }
        // What is not over stays: the open case, the task that waits to be accepted.
        let (cases, tasks) = try vault.vault.store.read { (try $0.cases(closed: true).map(\.status), try $0.tasks().map(\.state)) }
        #expect(cases == ["open"] && tasks == ["done"])
        // And so does what a snapshot could bring back: a token without an end that was revoked.
        let kept = try ["revocation", "hold", "approval", "budget"].map { try vault.vault.store.keys.protections($0).count }
        #expect(kept == [1, 0, 0, 0])
        _ = try vault.reopened()
    }

    @Test("what the policy does not mention stays, and a clock that is doubted ends nothing")
    func stays() throws {
        let without = try TestVault { name, text in name == "retention.yaml" ? String(text.prefix(upTo: text.range(of: "\nkept:")!.lowerBound)) : text }
        try fill(without)
        without.clock.advance(days: 900)
        let report = try without.session("retention").retentionRun(consent: RetentionConsent(clock: true))
        #expect(report.ended.keys.sorted() == ["questions"])
        let vault = try TestVault(edit: Self.shortened)
        try fill(vault)
        vault.clock.set(days: 900)
        #expect(throws: VaultError.self) { try vault.session("retention").retentionRun() }
        let left = try vault.vault.store.read { try $0.count(.cases(before: .max)) }
        #expect(left == 1)
    }

    @Test("rows that somebody set back are not taken for old ones")
    func setBack() throws {
        let vault = try TestVault(edit: Self.shortened)
        try fill(vault)
        try vault.alter("UPDATE subject_case SET closed_at = 1 WHERE closed_at IS NOT NULL")
        #expect(throws: (any Error).self) { try vault.session("retention").retentionRun() }
        let left = try vault.vault.store.read { try $0.count(.cases(before: .max)) }
        #expect(left == 1)
    }

    @Test("a former policy goes; its files stay where a later one shares them")
    func policies() throws {
        let vault = try TestVault { name, text in name == "retention.yaml" ? text.replacing("policies: 6y", with: "policies: 30d") : text }
        let roles = vault.location.policies + "/roles.yaml"
        let text = try String(contentsOfFile: roles, encoding: .utf8)
        for content in [text + "\n# other\n", text, text + "\n# third\n"] {
            vault.clock.advance(days: 10)
            try content.write(toFile: roles, atomically: true, encoding: .utf8)
            _ = try vault.reopened()
        }
        // The fourth is in force since today; the third, which is the first again, was until then.
        vault.clock.advance(days: 25)
        let retention = try vault.reopened().session(token: vault.token("retention"))
        #expect(try retention.retentionRun(consent: RetentionConsent(clock: true)).ended["policies"] == 2)
        let officer = try vault.reopened().session(token: vault.token("compliance"))
        let left = try officer.policyHistory()
        #expect(left.map(\.number) == [4, 3] && left[0].changes == ["nothing for anybody; other words in roles.yaml"])
        _ = try vault.administrator.verifyAudit()
    }

    @Test("two runs at once end each kind once")
    func together() throws {
        for _ in 0..<5 {
            let vault = try TestVault(edit: Self.shortened)
            try fill(vault)
            vault.clock.advance(days: 600)
            let token = try vault.token("retention")
            let sessions = try (0..<2).map { _ in try vault.reopened().session(token: token) }
            let threads = Threads()
            for session in sessions { threads.begin { _ = try session.retentionRun(consent: RetentionConsent(clock: true)) } }
            try threads.end()
            let entries = try vault.session("compliance").auditEntries(AuditFilter(action: "retention.run"))
            #expect(entries.filter { $0[.questionsEnded] != nil }.count == 1)
            #expect(entries.filter { $0[.kind] == "cases" }.count == 1)
            _ = try vault.administrator.verifyAudit()
        }
    }

    @Test("every table has a rule, or a reason to have none", .onFiles)
    func tables() throws {
        let ruled: [KeptRows: [String]] = [
            .cases: ["subject_case", "case_task"], .approvals: ["approval"], .holds: ["hold"], .tokens: ["token", "token_approval"], .quotas: ["usage"],
            .budgets: ["privacy_budget"],
            .figures: ["charged", "release", "released", "asked"], .activity: ["activity"], .alerts: ["alert"], .replies: ["idempotency"], .witnessed: ["witnessed"],
            .tasks: ["task"],
            .policies: ["policy_version"], .changes: ["changed"], .outbox: ["outbox"], .runs: ["intake"],
        ]
        #expect(Set(ruled.keys) == Set(KeptRows.allCases))
        let indexes = ["record_uid", "subject_record", "blind_index"].flatMap { ["\($0)_recent", "\($0)_settled"] }
        let records =
            ["record", "sealed", "coded", "annotation", "subject", "restricted", "consent", "consent_event", "former_record", "person", "link", "moved", "mention", "subject_key"]
            + indexes
        let otherRules = ["tombstone", "data_key"]
        let reasons = [
            "audit": "what an entry says goes by 'log'; its hash proves all the rest", "audit_head": "its end", "vault": "one row", "indexed_field": "what the policy indexes now",
            "index_form": "a row for each",
            "verified": "a row for each kind", "known_root": "a row for each root key", "known_key": "the keys that are there", "pending_key_erasure": "until it is carried out",
            "pending_protection": "until it is copied",
            "protection": "goes with what it protects", "protection_state": "one row", "grdb_migrations": "the format", "root_key": "until it is retired",
            "former_audit_key": "by which old entries verify",
            "subject_key_state": "one row", "erasure": "numbers of customers who must not come back with a snapshot",
        ]
        let vault = try TestVault(onFiles: true)
        var tables: [String] = []
        for file in ["vault.db", "keystore.db"] {
            let queue = try DatabaseQueue(path: "\(vault.location.home)/\(file)")
            tables += try queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") }
        }
        let known = ruled.values.flatMap(\.self) + records + otherRules + reasons.keys
        #expect(Set(tables).subtracting(known).isEmpty && Set(known).subtracting(tables).isEmpty, "\(Set(tables).symmetricDifference(known).sorted())")
        // The policy that comes with the vault has them all.
        let shipped = try String(contentsOf: TestVault.repository.appendingPathComponent("policies/retention.yaml"), encoding: .utf8)
        for kind in KeptRows.allCases { #expect(shipped.contains("\n  \(kind.rawValue): ")) }
    }
}
