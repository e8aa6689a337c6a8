import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Keys of customers who never came")
struct UnusedKeyTests {
    private let vault: TestVault

    init() throws {
        vault = try TestVault()
        try vault.ingest((1...5).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
    }

    private var keys: Int { get throws { try vault.column("SELECT wrapped FROM subject_key", of: "keystore.db").count } }

    private struct Stop: Error {}

    @Test("go with a batch that is not stored")
    func failed() throws {
        let loader = try vault.token("ingest", named: "loader")
        let session = try vault.vault.session(token: loader)
        let lines = (1...300).map { line(id: "n\($0)", customer: ["id": "N\($0)"]) }.joined(separator: "\n")
        var blocks = [Array(lines.utf8)[...]]
        let admin = vault.administrator
        // The token ends while the batch is sealed.
        #expect(throws: VaultError.notSignedIn("the token was revoked")) {
            try session.ingest(
                format: .jsonl, source: "test",
                nextBlock: {
                    if blocks.isEmpty { _ = try? admin.revokeToken(admin.tokens().first { $0.principal == "loader" }!.id) }
                    return blocks.isEmpty ? nil : blocks.removeFirst()
                }, onBatch: { _ in })
        }
        #expect(try keys == 5)
    }

    @Test("that a killed process left are removed by doctor, and no others")
    func swept() throws {
        try vault.alter("INSERT INTO subject_key (subject, version, root, wrapped) SELECT subject + 1000, version, root, wrapped FROM subject_key", in: "keystore.db")
        #expect(try keys == 10)
        #expect(try vault.administrator.examine().first { $0.check == "keys" }?.finding == "5 unused keys prepared for new customers were removed")
        #expect(try keys == 5)
        #expect(try vault.administrator.examine().first { $0.check == "keys" }?.state == .ok)
    }

    @Test("a batch whose keys were swept before it was stored makes others", .onFiles)
    func redone() throws {
        let loader = try vault.session("ingest")
        let doctor = vault.administrator
        func block(_ range: ClosedRange<Int>) -> ArraySlice<UInt8> {
            Array((range.map { line(id: "n\($0)", customer: ["id": "N\($0)"]) }.joined(separator: "\n") + "\n").utf8)[...]
        }
        var blocks = [block(1...64), block(65...128), block(129...192)]
        var swept = 0
        let report = try loader.ingest(
            format: .jsonl, source: "test", batchSize: 64, nextBlock: { blocks.isEmpty ? nil : blocks.removeFirst() },
            onBatch: { batch in
                // Once the next batch has its keys.
                for _ in 0..<500 where try batch.report.stored == 64 && keys == 69 { Thread.sleep(forTimeInterval: 0.01) }
                swept += try doctor.examine().count { $0.finding.hasSuffix("were removed") }
            })
        #expect(report.stored == 192)
        #expect(swept > 0)
        let analyst = try vault.session("analyst")
        #expect(try analyst.page(Query(select: ["text"], limit: 1000, purpose: "insight")).rows.count == 197)
        _ = try vault.session("compliance").verifyAudit()
        #expect(try keys == 197)
    }
}
