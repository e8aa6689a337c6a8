import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("Fields that are classified later")
struct ReclassificationTests {
    private let purpose = "subject-request"

    /// A vault whose schema lacked fields when its records came, and the same as it is opened with them.
    private func grown(_ lines: [String]) throws -> (TestVault, Vault) {
        let vault = try TestVault()
        try vault.ingest(lines)
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        let text = try String(contentsOf: schema, encoding: .utf8)
        let fields = """
            fields:
              loyalty: {path: customer.loyalty, class: direct, normalize: id, index: true, resolve: 9, mask: {keep_last: 2}}
              diagnosis: {path: customer.diagnosis, class: sensitive}
              branch: {path: attributes.branch, class: plain}
              visits: {path: attributes.visits, class: plain, type: integer, bounds: {min: 0, max: 100}}

            """
        try text.replacing("\nfields:\n", with: "\n" + fields).write(to: schema, atomically: true, encoding: .utf8)
        let roles = vault.folder.appendingPathComponent("policies/roles.yaml")
        let granted = try String(contentsOf: roles, encoding: .utf8)
            .replacing("          product: reveal\n", with: "          product: reveal\n          branch: reveal\n          visits: reveal\n")
            .replacing("          customer_id: mask\n", with: "          customer_id: mask\n          loyalty: mask\n")
            .replacing("          wechat: reveal\n", with: "          wechat: reveal\n          loyalty: reveal\n          diagnosis: reveal\n")
        try granted.write(to: roles, atomically: true, encoding: .utf8)
        return (vault, try vault.reopened())
    }

    private func person(_ id: String, _ customer: [String: Any], _ attributes: [String: Any] = [:], text: String = "空调") throws -> String {
        let record: [String: Any] = ["id": id, "occurred_at": "2026-03-04T12:00:00Z", "channel": "web", "customer": customer, "attributes": attributes, "text": text]
        return String(decoding: try JSONSerialization.data(withJSONObject: record, options: [.sortedKeys]), as: UTF8.self)
    }

    @Test("values that were kept move to their fields: found, queried, redacted, copied; what fits none stays")
    func fill() throws {
        let lines = try [
            person("1", ["id": "C1", "loyalty": "LOY-77421", "diagnosis": "diabetes", "shoe": 43], ["branch": "Xidan", "visits": 7], text: "card LOY-77421 空调"),
            person("2", ["id": "C2"], ["branch": "13800138000", "visits": 700]), person("3", ["id": "C3"], ["product": "X5"]),
        ]
        let (vault, grown) = try grown(lines)
        func session(_ role: String) throws -> Session { try grown.session(token: vault.token(role)) }
        let (officer, analyst, job) = (try session("compliance"), try session("analyst"), try session("retention"))
        func found() throws -> Int { try officer.lookup(field: "loyalty", value: "loy-77421", purpose: purpose).subjects.count }
        #expect(try found() == 0)
        #expect(throws: VaultError.self) { try analyst.reclassify() }
        let report = try job.reclassify(batch: 1)
        #expect(report.done == 2 && report.fields == ["loyalty": 1, "diagnosis": 1, "branch": 2, "visits": 1])
        #expect(try found() == 1)
        let rows = try analyst.page(Query(select: ["branch", "visits", "text"], filter: Condition(parsing: "visits = 7"), purpose: "insight")).rows
        #expect(rows.count == 1 && rows[0][0] == .text("Xidan") && !rows[0][2].description.contains("LOY"))
        #expect(try analyst.page(Query(select: ["branch"], filter: Condition(parsing: "branch = '[PHONE]'"), purpose: "insight")).rows.count == 1)
        var copy = ""
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: purpose).subjects[0]
        _ = try officer.exportSubject(subject, purpose: purpose, reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(
            copy.contains(#""loyalty":"LOY-77421""#) && copy.contains(#""diagnosis":"diabetes""#) && copy.contains(#""customer.shoe":43"#) && !copy.contains(#""customer.loyalty""#)
        )
        // What is done is not done again, and the source's own lines are no change.
        #expect(try job.reclassify().done == 0)
        #expect(try vault.ingest(lines, by: session("ingest")).report.keptChanged == 0)
        let entries = try officer.auditEntries(AuditFilter(action: "reclassify"))
        #expect(entries.filter { $0.rows > 0 }.count == 2 && entries.compactMap { $0[.filled] }.contains("branch 1"))
        _ = try grown.session(token: vault.adminToken).verifyAudit()
    }

    @Test("what retention has removed does not come back in a field of the same kind")
    func purged() throws {
        let vault = try TestVault { name, text in
            name == "retention.yaml" ? "version: 1\nrules:\n  - {name: names, remove: [direct], after: 30d}\n" : text
        }
        try vault.ingest([person("1", ["id": "C1", "loyalty": "LOY-77421"])])
        _ = try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true, records: 10))
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        let text = try String(contentsOf: schema, encoding: .utf8)
        try text.replacing("\nfields:\n", with: "\nfields:\n  loyalty: {path: customer.loyalty, class: direct, normalize: id, index: true}\n")
            .write(to: schema, atomically: true, encoding: .utf8)
        let grown = try vault.reopened()
        #expect(try grown.session(token: vault.token("retention")).reclassify().done == 1)
        _ = try grown.session(token: vault.adminToken).verifyAudit(deep: 100)
        #expect(try grown.store.read { try $0.sealedRecords([1]) }.map { $0.purged & 1 } == [1])
    }
}
