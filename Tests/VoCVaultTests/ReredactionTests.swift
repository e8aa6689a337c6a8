import AuditLog
import Detection
import Foundation
import RedactedAPI
import TestVaults
import Testing

@testable import VoCVault

@Suite("Redacting stored texts anew")
struct ReredactionTests {
    private let vault: TestVault

    init() throws { vault = try TestVault() }

    /// Leaves records as an older detector would have.
    private func makeOld(_ records: some Sequence<Int64>) throws {
        let store = vault.vault.store
        for record in records {
            let body = try #require(try store.read { try $0.sealedRecord(record) }).body
            try store.write { try $0.replaceBody(of: record, with: body, redactionVersion: 0) }
        }
    }

    private func texts() throws -> [String] {
        try vault.session("analyst", named: UUID().uuidString).page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }.sorted()
    }

    @Test("records of an older detector are brought up to date in audited batches, and only those")
    func upToDate() throws {
        try vault.ingest((1...5).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "Zarblox"], text: "zarblox\($0 % 2)和zarblox,昵称qwertz9 来了", extra: ["customer": ["id": "C\($0)", "name": "Zarblox", "nick": "qwertz9"]]) })
        #expect(try texts().allSatisfy { $0.contains("和[NAME],昵称[ID]") })
        let job = try vault.session("retention")
        #expect(try job.reredact().done == 0)
        // As an older detector would have left three of them.
        try makeOld(1...3)
        var seen: [Int] = []
        let report = try job.reredact(batch: 2) { seen.append($0.done) }
        #expect(report.done == 3 && report.left == 0 && seen == [2, 3])
        // Known values hide again, those that the schema does not classify as well.
        #expect(try texts().allSatisfy { $0.contains("和[NAME],昵称[ID]") })
        #expect(try vault.alter("UPDATE record SET purged = purged WHERE redaction_version = \(Detector.version)") == 5)
        let entries = try vault.session("privacy-lead").auditEntries(AuditFilter(action: "reredact")).filter { $0.rows > 0 }
        #expect(entries.map(\.rows) == [1, 2] && entries[0].detail["detector"] == String(Detector.version))
        _ = try vault.administrator.verifyAudit()
        #expect(try job.reredact(all: true, batch: 2) == ReredactionReport(done: 5, left: 0))
        #expect(try texts().allSatisfy { $0.contains("和[NAME],昵称[ID]") })
        _ = try vault.administrator.verifyAudit()
        #expect(throws: VaultError.self) { try vault.session("analyst").reredact() }
    }

    @Test("what an older detector let through is not released, nor found, before the record is brought up to date")
    func release() throws {
        try vault.ingest((1...6).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "Zarblox"], text: "zarblox说qwertz坏了") })
        #expect(try texts() == Array(repeating: "[NAME]说qwertz坏了", count: 6))
        // A detector of today knows more; five were redacted by one of yesterday, and one by today's under other policies.
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        let policy = try String(contentsOf: schema, encoding: .utf8)
        try policy.replacing("always: []", with: "always: [qwertz]").write(to: schema, atomically: true, encoding: .utf8)
        try makeOld(2...6)
        let analyst = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now }).session(token: vault.token("analyst"))
        let page = try analyst.page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }
        #expect(page == Array(repeating: "[NAME]说[TERM]坏了", count: 6))
        func found(_ word: String) throws -> Int { try analyst.page(Query(select: ["record"], filter: .contains(field: "text", word), purpose: "insight")).rows.count }
        #expect(try found("qwertz") == 0 && found("[term]") == 6)
    }

    @Test("what was hidden stays so when the values that told are gone")
    func afterRetention() throws {
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "Zarblox"], text: "zarblox来了,电话13800138000", at: "2024-12-01T12:00:00+08:00")])
        _ = try vault.session("retention").retentionRun()
        try makeOld([1])
        #expect(try vault.session("retention").reredact().done == 1)
        #expect(try texts() == ["[NAME]来了,电话[PHONE]"])
    }
}
