import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("What queries asked for")
struct QuestionTests {
    private let vault: TestVault
    private let officer, analyst: Session

    init() throws {
        vault = try TestVault()
        try vault.ingest((0..<12).map { line(id: "\($0)", customer: ["id": "C\($0)", "birth_date": "1990-05-17"], text: "空调又坏了") })
        (officer, analyst) = (try vault.session("compliance"), try vault.session("analyst"))
    }

    private func last(_ outcome: AuditEntry.Outcome = .allowed) throws -> AuditEntry {
        try #require(try officer.auditEntries(AuditFilter(action: "query", outcome: outcome, limit: 1)).first)
    }

    @Test("an officer reads what was asked; values of personal fields and search words are tags")
    func read() throws {
        let filter = try Condition(parsing: "rating <= 3 and birth_date = '30-39' and text contains '空调'")
        _ = try analyst.page(Query(select: ["record", "rating"], filter: filter, since: Timestamp("2026-01-01"), limit: 5, purpose: "insight"))
        let entry = try last()
        let question = try officer.auditQuestion(entry.seq)
        #expect(question.contains("\"select\":[\"record\",\"rating\"]") && question.contains("rating <= 3") && question.contains("\"limit\":5"))
        #expect(question.contains("2026-01-01") && question.contains("birth_date = 'tag:") && question.contains("text contains 'tag:"))
        #expect(!question.contains("30-39") && !question.contains("空调"))
        // Nor does the entry say it.
        let text = String(decoding: entry.canonicalBytes, as: UTF8.self)
        #expect(!text.contains("rating <= 3") && !text.contains("30-39"))
        #expect(try officer.auditEntries(AuditFilter(action: "audit.read", limit: 1)).first?.detail["listed"] != nil)
        let figures = AggregateQuery(groupBy: [.field("channel"), .time("occurred_at", .month)], measures: [.count, .average("rating")], purpose: "insight")
        _ = try analyst.aggregate(figures)
        let asked = try officer.auditQuestion(try last().seq)
        #expect(asked == "{\"group_by\":[\"channel\",\"month(occurred_at)\"],\"measures\":[\"count\",\"avg(rating)\"]}")
        // What of an answer was shown is a part of the question.
        _ = try analyst.aggregate(
            AggregateQuery(
                groupBy: [.field("birth_date")], measures: [.count], having: Condition(parsingColumns: "count > 3 and birth_date = '30-39'"), order: [FigureOrder("count desc")],
                purpose: "insight"))
        let shown = try officer.auditQuestion(try last().seq)
        #expect(shown.contains("\"order_by\":[\"count desc\"]") && shown.contains("count > 3 and birth_date = 'tag:") && !shown.contains("30-39"), "\(shown)")
    }

    @Test("equal questions have one digest, others another; what is known already is asked for, too")
    func digests() throws {
        var digests: [String] = []
        for filter in ["rating <= 3", "rating <= 3", "rating <= 2"] {
            _ = try analyst.page(Query(select: ["record"], filter: try Condition(parsing: filter), purpose: "insight"))
            digests.append(try #require(try last()[.questionDigest]))
        }
        #expect(digests[0] == digests[1] && digests[1] != digests[2])
        #expect(digests.allSatisfy { $0.count == 16 })
    }

    @Test("a refused question is kept as well")
    func refused() throws {
        #expect(throws: VaultError.self) { try analyst.page(Query(select: ["record"], filter: try Condition(parsing: "record contains 'x'"), purpose: "insight")) }
        #expect(try officer.auditQuestion(try last(.failed).seq).contains("record contains 'tag:"))
    }

    @Test("a question that is too long for an entry is answered, and its condition's length is kept")
    func long() throws {
        let filter = Condition.isIn(field: "product", (0..<5000).map { .text("product number \($0)") })
        _ = try analyst.page(Query(select: ["record"], filter: filter, purpose: "insight"))
        let question = try officer.auditQuestion(try last().seq)
        #expect(question == "{\"select\":[\"record\"],\"where_bytes\":\(filter.description.utf8.count)}")
    }

    @Test("nobody else reads it, and no other entry has it")
    func denied() throws {
        _ = try analyst.page(Query(select: ["record"], purpose: "insight"))
        let number = try last().seq
        #expect(throws: VaultError.self) { try analyst.auditQuestion(number) }
        #expect(throws: VaultError.notFound("a question in audit entry 0")) { try officer.auditQuestion(0) }
        // It opens with its principal and month alone.
        var entry = try last()
        entry.principal = "compliance"
        #expect(throws: VaultError.integrity("the question of entry \(number) does not open")) { try vault.vault.questions.question(of: entry, in: vault.vault) }
    }

    @Test("a process reads what another was asked, and nothing once another has destroyed the key")
    func processes() throws {
        let other = try vault.reopened()
        _ = try other.session(token: vault.token("analyst", named: "mei")).page(Query(select: ["record"], purpose: "insight"))
        let number = try last().seq
        _ = try officer.auditQuestion(number)
        vault.clock.advance(days: 410)
        _ = try vault.reopened().session(token: vault.token("retention")).retentionRun(consent: RetentionConsent(clock: true))
        #expect(throws: VaultError.self) { try officer.auditQuestion(number) }
    }

    @Test("retention destroys the key of a month that is over for long enough; the log and the vault stay whole")
    func ends() throws {
        _ = try analyst.page(Query(select: ["record"], purpose: "insight"))
        let number = try last().seq
        let month = vault.vault.keyring.monthsWithQuestions
        #expect(month.count == 1)
        vault.clock.advance(days: 364)
        let retention = try vault.session("retention")
        _ = try retention.retentionRun(consent: RetentionConsent(clock: true))
        _ = try officer.auditQuestion(number)
        vault.clock.advance(days: 40)
        _ = try retention.retentionRun(consent: RetentionConsent(clock: true))
        #expect(throws: VaultError.notFound("a question that can still be read (retention has destroyed the key of \(month[0]))")) { try officer.auditQuestion(number) }
        #expect(try officer.auditEntries(AuditFilter(action: "retention.run")).contains { $0[.questionsEnded] == month[0] })
        _ = try officer.verifyAudit()
        let reopened = try vault.reopened()
        #expect(!reopened.keyring.monthsWithQuestions.contains(month[0]))
        _ = try reopened.session(token: vault.token("analyst", named: "later")).page(Query(select: ["record"], purpose: "insight"))
        _ = try reopened.verifiedAudit(against: nil)
    }
}
