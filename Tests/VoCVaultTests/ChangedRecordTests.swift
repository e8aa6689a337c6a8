import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Records that their source changed")
struct ChangedRecordTests {
    private let purpose = "subject-request"

    private func vault(_ rule: String) throws -> TestVault {
        try TestVault(sources: true) { name, text in
            name == "sources.yaml"
                ? text.replacing(
                    "\nsources: {}",
                    with:
                        "\nsources:\n  test: {format: json, on_change: \(rule), id: id, occurred_at: occurred_at, channel: channel, text: text, fields: {customer.id: customer.id, customer.phone: customer.phone, customer.email: customer.email, attributes.rating: attributes.rating}}"
                ) : text
        }
    }

    private func rows(_ vault: TestVault, _ session: Session? = nil) throws -> [String] {
        try (session ?? vault.session("analyst")).page(Query(select: ["text", "rating"], purpose: "insight")).rows.map { "\($0[0]) \($0[1])" }.sorted()
    }

    private func found(_ value: String, _ field: String, _ vault: TestVault) throws -> Int {
        try vault.session("compliance").lookup(field: field, value: value, purpose: purpose).subjects.count
    }

    private let one = line(id: "up1", customer: ["id": "UP-1", "email": "old@example.com"], attributes: ["rating": 1], text: "第一版")
    private let two = line(id: "up1", customer: ["id": "UP-1", "phone": "13611112222"], attributes: ["rating": 5], text: "第二版")

    @Test("kept as it was, the run says so; an unchanged one is no change")
    func keep() throws {
        let vault = try TestVault()
        let first = try vault.ingest([one, two, one]).report
        #expect(first.stored == 1 && first.duplicates == 2 && first.keptChanged == 1 && first.replaced == 0)
        #expect(try rows(vault) == ["第一版 1"])
        let again = try vault.ingest([one]).report
        #expect(again.duplicates == 1 && again.keptChanged == 0)
        #expect(try vault.ingest([two]).report.keptChanged == 1)
        let entry = try #require(try vault.session("compliance").auditEntries(AuditFilter(action: "ingest")).first)
        #expect(entry[.changed] == "1" && entry[.replaced] == "0")
    }

    @Test("replaced: text, columns, indexes and labels are the new ones, and an old export does not bring back the old", arguments: ["replace", "version"])
    func replace(rule: String) throws {
        let vault = try vault(rule)
        #expect(try vault.ingest([one]).report.stored == 1)
        let coder = try vault.session("classification")
        let record = try coder.page(Query(select: ["record"], purpose: "insight")).rows[0][0].description
        _ = try coder.annotate([Annotation(record: record, module: "topic", labels: ["price": 1])], purpose: "insight")
        let changed = try vault.ingest([two]).report
        #expect(changed.stored == 0 && changed.duplicates == 0 && changed.replaced == 1 && changed.keptChanged == 0)
        #expect(try rows(vault) == ["第二版 5"])
        #expect(try found("13611112222", "phone", vault) == 1 && found("old@example.com", "email", vault) == 0 && found("UP-1", "customer_id", vault) == 1)
        #expect(try coder.page(Query(select: ["record", "topic"], purpose: "insight")).rows == [[.text(record), .null]])
        let old = try vault.ingest([one]).report
        #expect(old.replaced == 0 && old.keptChanged == 0 && old.duplicates == 1)
        #expect(try rows(vault) == ["第二版 5"])
        let entries = try vault.session("compliance").auditEntries(AuditFilter(principal: "vault", action: "subject.correct"))
        #expect(entries.count == 1 && entries[0][.replaced] == "1")
        var copy = ""
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "UP-1", purpose: purpose).subjects[0]
        _ = try officer.exportSubject(subject, purpose: purpose, reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("第二版") && copy.contains("第一版") == (rule == "version"))
        _ = try vault.administrator.verifyAudit()
        #expect(try vault.files().allSatisfy { !$0.bytes.holds(Data("第一版".utf8)) })
        _ = try officer.eraseSubject(subject, purpose: purpose, reason: "Art. 17")
        #expect(try vault.ingest([one, two]).report.erasedBefore == 2)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("several versions in one input end with the last")
    func several() throws {
        let vault = try vault("replace")
        let three = line(id: "up1", customer: ["id": "UP-1"], attributes: ["rating": 2], text: "第三版", at: "2026-03-05T00:00:00Z")
        let report = try vault.ingest([one, two, three]).report
        #expect(report.stored == 1 && report.replaced == 2)
        #expect(try rows(vault) == ["第三版 2"])
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a hold keeps what is replaced, a record does not go over to another customer, and what was corrected stays")
    func kept() throws {
        let vault = try vault("replace")
        try vault.ingest([one, line(id: "2", customer: ["id": "UP-2"], text: "另一个")])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "UP-1", purpose: purpose).subjects[0]
        let hold = try officer.holdSubject(subject, purpose: purpose, reason: "court").hold
        #expect(try vault.ingest([two]).report.keptChanged == 1)
        _ = try officer.releaseSubject(subject, hold: hold, purpose: purpose, reason: "closed")
        #expect(try vault.ingest([line(id: "up1", customer: ["id": "UP-2"], text: "第二版")]).report.keptChanged == 1)
        #expect(try vault.ingest([line(id: "up1", customer: ["id": "UP-9"], text: "第二版")]).report.keptChanged == 1)
        _ = try officer.correctSubject(subject, field: "email", to: "new@example.com", purpose: purpose, reason: "letter")
        let again = try vault.ingest([one]).report
        #expect(again.replaced == 0 && again.keptChanged == 0)
        #expect(try found("new@example.com", "email", vault) == 1 && found("old@example.com", "email", vault) == 0)
        _ = try vault.administrator.verifyAudit()
    }
}
