import AuditLog
import Foundation
import Pages
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VaultAPI
import VaultClient
import VoCVault

/// Every operation, here and through a server: the same replies, the same entries.
@Suite("The same operation leaves the same entries, here and by server")
struct BothWaysTests {
    /// Performs operations on a vault, and notes which.
    private final class Doer: Sendable {
        let vault: TestVault
        /// nil: here.
        private let server: String?
        private let done = Mutex<[String]>([])
        private let sessions = Mutex<[String: Session]>([:])
        private let clients = Mutex<[String: VaultClient]>([:])

        init(_ vault: TestVault, server: String? = nil) { (self.vault, self.server) = (vault, server) }

        var performed: Set<String> { Set(done.withLock { $0 }) }

        func session(_ role: String) throws -> Session {
            if role == "administrator" { return vault.administrator }
            if let known = sessions.withLock({ $0[role] }) { return known }
            let made = try vault.session(role)
            sessions.withLock { $0[role] = made }
            return made
        }

        private func client(_ role: String, _ server: String) throws -> VaultClient {
            if let known = clients.withLock({ $0[role] }) { return known }
            let made = try VaultClient(server: server, token: role == "administrator" ? vault.adminToken : vault.token(role))
            clients.withLock { $0[role] = made }
            return made
        }

        @discardableResult
        func perform<O: PerformedOperation>(_ operation: O, as role: String) async throws -> O.Reply {
            done.withLock { $0.append(O.id) }
            let answer: Receipted<O.Reply>
            if let server { answer = try await client(role, server).perform(operation) } else { answer = try session(role).perform(operation) }
            #expect((answer.receipt.entry != nil) == (O.action != nil), "\(O.id)")
            return answer.reply
        }
    }

    private static let purpose = "subject-request"
    private static let why = "case 12"

    /// Does everything once. Returns what was answered, without what is another in each vault.
    private func everything(_ doer: Doer) async throws -> [String] {
        var answers: [String] = []
        func note<T>(_ value: T) { answers.append("\(value)") }
        func subject(_ id: String) async throws -> String {
            try #require(try await doer.perform(LookUp(field: "customer_id", value: id, purpose: Self.purpose), as: "compliance").subjects.first)
        }
        // Rows.
        let page = try await doer.perform(
            QueryPage(purpose: "insight", select: ["record", "product", "rating", "occurred_at", "text"], where: try Condition(parsing: "rating <= 3"), limit: 5),
            as: "analyst")
        note(page.rows.map { $0.dropFirst().map(\.description) })
        note(page.nextCursor != nil)
        let record = page.rows[0][0].description
        let changes = try await doer.perform(ListChanges(purpose: "insight", select: ["record", "product", "text"]), as: "analyst")
        note(changes.rows.map { $0.dropFirst().map(\.description).joined() }.sorted())
        note((changes.changes, changes.gone, changes.more))
        note(try await doer.perform(ListChanges(purpose: "insight", select: ["record", "product", "text"], after: changes.cursor), as: "analyst").rows)
        note(try await doer.perform(ShowRecord(record: record, purpose: "insight", select: ["product", "text"]), as: "analyst").rows)
        let table = try await doer.perform(AggregateRows(purpose: "insight", groupBy: ["product"], measures: ["count"]), as: "analyst")
        note((table.columns, table.rows.map { $0.map(\.description) }, table.noise))
        let arranged = try await doer.perform(
            AggregateRows(
                purpose: "insight", groupBy: ["product"], measures: ["count", "median(rating)", "stddev(rating)"], since: Timestamp("2026-03-01"), until: Timestamp("2026-04-01"),
                having: "count > 0", orderBy: ["change(count) desc", "product"], compare: true), as: "analyst")
        // JSON does not tell 3 from 3.0.
        note((arranged.columns, arranged.rows.map { $0.map { $0.amount.map { "\($0)" } ?? $0.description } }))
        note(
            try await doer.perform(
                PlanDisclosure(purpose: "insight", groupBy: ["product"], measures: ["avg(rating)"], since: Timestamp("2026-01-01"), until: Timestamp("2026-03-01")), as: "reporting"
            ))
        // Nobody's whose consent is withdrawn below (3 stars), which takes labels away; which record is first depends on the vault's keys.
        let coded = try await doer.perform(
            QueryPage(purpose: "insight", select: ["record"], where: try Condition(parsing: "rating = 1"), limit: 1), as: "analyst"
        ).rows[0][0].description
        let aspect = Annotation(
            record: coded, module: "aspect", labels: ["product.noise.negative": 0.5], places: ["product.noise.negative": [0, 2]], mark: "0123456789abcdef")
        let annotations = [Annotation(record: coded, module: "topic", labels: ["product.noise": 0.5]), aspect]
        note(try await doer.perform(Annotate(purpose: "insight", annotations: annotations), as: "classification").records)
        let called = try await doer.perform(QueryPage(purpose: "follow-up", select: ["record"], where: try Condition(parsing: "rating <= 2"), limit: 1), as: "agent").rows[0][0]
            .description
        note(try await doer.perform(RevealField(record: called, field: "phone", purpose: "follow-up", reason: "call back"), as: "agent").value)
        // Customers.
        let (first, second) = (try await subject("C1"), try await subject("C2"))
        note(
            try await doer.perform(ExportSubject(subject: first, purpose: Self.purpose, reason: Self.why, sharersStay: true), as: "compliance").content.starts(
                with: Array("PK".utf8)))
        note(try await doer.perform(HoldSubject(subject: first, purpose: Self.purpose, reason: Self.why, ends: Timestamp("2030-01-01")), as: "compliance"))
        note(
            try await doer.perform(ListHolds(subject: first, purpose: Self.purpose), as: "compliance").holds.map {
                "\($0.id) \($0.ground) \(String(describing: $0.ends)) \($0.isInForce)"
            })
        note(try await doer.perform(ReleaseSubject(subject: first, purpose: Self.purpose, reason: Self.why), as: "compliance"))
        note(try await doer.perform(CorrectSubject(subject: first, field: "phone", value: "13900139000", purpose: Self.purpose, reason: Self.why, dryRun: true), as: "compliance"))
        note(
            try await doer.perform(
                CorrectSubject(subject: first, field: "phone", value: "13900139000", purpose: Self.purpose, reason: Self.why, sharersStay: true), as: "compliance"
            ).records)
        note(try await doer.perform(RestrictSubject(subject: second, purpose: Self.purpose, reason: Self.why, sharersStay: true), as: "compliance").records)
        note(try await doer.perform(RestrictSubject(subject: second, purpose: Self.purpose, reason: Self.why, lift: true), as: "compliance").records)
        note(
            try await doer.perform(
                RecordConsent(subject: second, purpose: Self.purpose, about: "insight", decision: .objected, version: "3", proof: "form 17", reason: Self.why), as: "compliance"))
        note(
            try await doer.perform(ListConsents(subject: second, purpose: Self.purpose), as: "compliance").consents.map {
                "\($0.about) \($0.decision) \($0.version ?? "") \($0.proof ?? "") \($0.by) \($0.counts)"
            })
        note(try await doer.perform(EraseSubject(subject: second, purpose: Self.purpose, reason: Self.why, dryRun: true), as: "compliance").records)
        note(try await doer.perform(EraseSubject(subject: second, purpose: Self.purpose, reason: Self.why, sharersStay: true), as: "compliance").records)
        note(try await doer.perform(CertifyErasure(subject: second, purpose: Self.purpose), as: "compliance").contains("tlog-proof"))
        await #expect(throws: (any Error).self) { try await doer.perform(EraseSubject(subject: second, purpose: Self.purpose, reason: Self.why), as: "compliance") }
        await #expect(throws: (any Error).self) { try await doer.perform(RestrictSubject(subject: first, purpose: Self.purpose, reason: Self.why), as: "compliance") }
        // Who is who.
        let third = try await subject("C3")
        let asked = try await doer.perform(AskLink(kind: .join, subject: first, other: third, purpose: Self.purpose, reason: Self.why), as: "compliance")
        note(asked.number)
        note(try await doer.perform(ListLinks(purpose: Self.purpose), as: "compliance").links.map { "\($0.number) \($0.kind) \($0.state) \(String(describing: $0.doubt))" })
        await #expect(throws: (any Error).self) {
            try await doer.perform(DecideLink(number: asked.number, decision: .accept, purpose: Self.purpose, reason: Self.why), as: "compliance")
        }
        note(try await doer.perform(DecideLink(number: asked.number, decision: .reject, purpose: Self.purpose, reason: Self.why), as: "compliance"))
        note(try await doer.perform(ListManyNamed(purpose: Self.purpose, names: 2), as: "compliance"))
        note(try await doer.perform(ListMentions(subject: first, purpose: Self.purpose, all: true), as: "compliance"))
        await #expect(throws: (any Error).self) {
            try await doer.perform(DecideMention(subject: first, record: "r_none", decision: .theirs, purpose: Self.purpose, reason: Self.why), as: "compliance")
        }
        // Cases, and what needs two.
        let opened = try await doer.perform(OpenCase(kind: .access, subject: first, purpose: Self.purpose, note: "letter"), as: "compliance")
        note(opened.number)
        let caseTask = try await doer.perform(AskCaseTask(number: opened.number, purpose: Self.purpose, system: "crm", note: "send what you have"), as: "compliance")
        note(caseTask.task)
        note(try await doer.perform(ListCases(purpose: Self.purpose), as: "compliance").cases.flatMap(\.tasks).map { "\($0.id) \($0.system) \($0.state) \($0.note)" })
        _ = try await doer.perform(AnswerCaseTask(number: opened.number, task: caseTask.task, purpose: Self.purpose, outcome: .done, note: "sent"), as: "compliance")
        note(try await doer.perform(ListCases(purpose: Self.purpose), as: "compliance").cases.map { "\($0.id) \($0.kind) \($0.status) \($0.isOverdue) \($0.note)" })
        try await doer.perform(CloseCase(number: opened.number, outcome: .answered, purpose: Self.purpose, note: "copy sent"), as: "compliance")
        let officers = try await doer.perform(QueryPage(purpose: Self.purpose, select: ["record"], limit: 1), as: "compliance").rows[0][0].description
        await #expect(throws: (any Error).self) {
            try await doer.perform(RevealField(record: officers, field: "national_id", purpose: Self.purpose, reason: Self.why), as: "compliance")
        }
        note(try await doer.perform(ShowInbox(), as: "privacy-lead").items.map { "\($0.kind) \($0.count) \($0.overdue) \($0.due == nil)" })
        note(try await doer.perform(ListApprovals(), as: "privacy-lead").approvals.map { "\($0.id) \($0.field) \($0.state) \($0.principal)" })
        try await doer.perform(DecideApproval(number: 1, decision: .grant, reason: "justified"), as: "privacy-lead")
        // Improvement. The owner of a task is somebody who can sign in.
        try await doer.perform(WhoAmI(), as: "improver")
        let task = try await doer.perform(
            ProposeTask(title: "quieter fan", where: try Condition(parsing: "topic = 'product.noise'"), owner: "improver", due: Timestamp("2027-01-01")!, expected: "half"),
            as: "analyst")
        note(task.number)
        note(try await doer.perform(DecideTask(number: task.number, step: .approve), as: "manager").state)
        note(try await doer.perform(ProgressTask(number: task.number, step: .start), as: "improver").state)
        note(try await doer.perform(ListTasks(), as: "manager").tasks.map { "\($0.id) \($0.state) \($0.title) \($0.filter) \($0.events.map(\.step))" })
        // Maintenance.
        note(try await doer.perform(RetentionPlan(), as: "compliance"))
        note(try await doer.perform(RunRetention(batch: 10), as: "retention").records)
        note(try await doer.perform(Examine(), as: "administrator").findings.isEmpty)
        note(try await doer.perform(EvaluateAlerts(purpose: "insight"), as: "reporting").rules)
        note(try await doer.perform(Overview(days: 3), as: "administrator").records)
        let intake = try await doer.perform(ListRuns(limit: 3), as: "administrator")
        note(intake.sources.map { "\($0.source) \($0.runs) \($0.counts)" })
        note(intake.runs.map { "\($0.kind) \($0.state) \($0.counts)" })
        // Policies, keys and tokens.
        note(try await doer.perform(WhoAmI(), as: "analyst").grants.map { "\($0.name) \($0.purposes) \($0.actions) \($0.fields.sorted { $0.key < $1.key })" })
        note(try await doer.perform(ExplainPolicy(principal: "analyst", action: "query", purpose: "insight", fields: ["text"]), as: "compliance").decisions)
        note(try await doer.perform(CheckPolicies(), as: "administrator"))
        note(try await doer.perform(ListPolicyVersions(), as: "compliance").versions.map { "\($0.number) \($0.isInForce) \($0.changes)" })
        note(try await doer.perform(ListKeys(), as: "administrator").versions.map { "\($0.use) \($0.name) \($0.version) \($0.state) \($0.count)" })
        let issued = try await doer.perform(IssueToken(principal: "zhao", role: "analyst", scope: ["query"], days: 3), as: "administrator")
        note(try await doer.perform(ListTokens(), as: "administrator").tokens.map { "\($0.principal) \($0.role) \(String(describing: $0.scope))" }.sorted())
        await #expect(throws: (any Error).self) { try await doer.perform(ApproveToken(id: issued.id), as: "administrator") }
        note(try await doer.perform(RevokeToken(id: issued.id, reason: "a test", dryRun: true), as: "administrator"))
        note(try await doer.perform(RevokeToken(id: issued.id, reason: "a test"), as: "administrator"))
        // The log.
        let found = try await doer.perform(ListAuditEntries(action: "subject.erase", outcome: .allowed, subject: second), as: "compliance").entries
        note(found.map { "\($0.action) \($0.outcome) \($0.rows) \(String(describing: $0.reason))" })
        let entry = try #require(found.first)
        note(try await doer.perform(GetAuditEntry(number: entry.seq), as: "compliance") == String(decoding: AuditEntry(entry).canonicalBytes, as: UTF8.self))
        let queries = try await doer.perform(ListAuditEntries(action: "query", outcome: .allowed, limit: 1), as: "compliance").entries
        note(try await doer.perform(ReadQuestion(number: try #require(queries.first).seq), as: "compliance").question)
        note(try await doer.perform(ReadReason(number: entry.seq), as: "compliance").reason)
        note(try await doer.perform(ProveAuditEntry(number: entry.seq), as: "compliance").contains("tlog-proof"))
        note(try await doer.perform(AnchorAudit(), as: "compliance").split(separator: "\n").count)
        note(try await doer.perform(ProveConsistency(from: 3), as: "compliance").hasPrefix("old 3"))
        await #expect(throws: (any Error).self) { try await doer.perform(ProveConsistency(from: 1_000_000), as: "compliance") }
        note(try await doer.perform(VerifyAudit(), as: "compliance").valid)
        note(try await doer.perform(ReadAuditFile(file: "checkpoint"), as: "compliance").content.isEmpty)
        note(try await doer.perform(ReportProcessing(), as: "compliance").contains("<html"))
        return answers
    }

    private func vault() throws -> TestVault {
        let vault = try TestVault()
        try vault.ingest(
            (1...30).map { number in
                line(
                    id: "\(number)", customer: ["id": "C\(number)", "phone": "1380013\(8000 + number)", "national_id": "11010519491231002X"],
                    attributes: ["product": "X5", "rating": number % 5 + 1], text: "第\(number)条", at: "2026-03-01T12:\(number + 10):00Z")
            } + [line(id: "old", customer: ["id": "Old"], at: "2019-01-01")])
        return vault
    }

    /// What an entry says, without names and numbers that each vault has its own of.
    private func entries(_ vault: TestVault) throws -> [String] {
        try vault.session("compliance", named: "reader").auditEntries(AuditFilter(limit: 10_000)).reversed().map { entry in
            """
            \(entry.action) \(entry.outcome) \(entry.principal) \(entry.role) \(entry.purpose) \(entry.rule) \(entry.fields) \(entry.rows) \
            \(entry.reason ?? "-") \(entry.target == nil) \(entry.detail.keys.sorted())
            """
        }
    }

    @Test("all operations")
    func walk() async throws {
        let (here, there) = (try vault(), try vault())
        let local = Doer(here)
        let answers = try await everything(local)
        let (remoteAnswers, performed) = try await withServer(vault: there) { server in
            let remote = Doer(there, server: server.base)
            return (try await everything(remote), remote.performed)
        }
        #expect(local.performed == Set(Operations.all.map { $0.id }) && performed == local.performed)
        for (a, b) in zip(answers, remoteAnswers) { #expect(a == b) }
        #expect(answers.count == remoteAnswers.count)
        let (left, right) = (try entries(here), try entries(there))
        for (a, b) in zip(left, right) { #expect(a == b) }
        #expect(left.count == right.count)
    }
}
