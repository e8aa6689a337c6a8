import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("What was erased does not come back with the next export")
struct TombstoneTests {
    private let purpose = "subject-request"

    private func subject(_ officer: Session, _ id: String) throws -> String? {
        try officer.lookup(field: "customer_id", value: id, purpose: purpose).subjects.first
    }

    private let export = [
        line(id: "1", customer: ["id": "C1", "phone": "13800138001"]), line(id: "2", customer: ["id": "C2"]),
        line(id: "3", customer: ["id": "C2"], at: "2022-03-04T12:00:00+08:00"),
    ]

    @Test("the same full export again brings neither an erased customer nor purged records back")
    func again() throws {
        let vault = try TestVault()
        try vault.ingest(export, source: "nightly")
        let officer = try vault.session("compliance")
        _ = try officer.eraseSubject(#require(try subject(officer, "C1")), purpose: purpose, reason: "Art. 17")
        #expect(try vault.session("retention").retentionRun().done == ["everything": 1])
        let second = try vault.ingest(export, source: "nightly").report
        #expect(second.stored == 0 && second.erasedBefore == 2 && second.duplicates == 1 && second.newCustomers == 0)
        #expect(try subject(officer, "C1") == nil)
        // Another source gives its records their own ids.
        #expect(try vault.ingest([export[0]], source: "other").report.stored == 1)
        _ = try officer.verifyAudit()
    }

    @Test("a batch that was read before the erasure does not bring the customer back either")
    func beside() throws {
        let vault = try TestVault()
        try vault.ingest(export, source: "nightly")
        let officer = try vault.session("compliance")
        let gone = try #require(try subject(officer, "C1"))
        let bytes = Array(export.joined(separator: "\n").utf8)
        var blocks = [bytes[...]]
        // The erasure comes when the input has been read.
        let report = try vault.session("ingest").ingest(
            format: .jsonl, source: "nightly",
            nextBlock: { [officer, purpose] in
                if blocks.isEmpty { _ = try? officer.eraseSubject(gone, purpose: purpose, reason: "Art. 17") }
                return blocks.isEmpty ? nil : blocks.removeFirst()
            }, onBatch: { _ in })
        #expect(report.stored == 0)
        #expect(try subject(officer, "C1") == nil)
        _ = try officer.verifyAudit()
    }

    @Test("identifiers in the policy stop what is older than the erasure, and nothing later")
    func identifiers() throws {
        let vault = try TestVault { name, text in name == "retention.yaml" ? text.replacing(/(?s)\ntombstones:.*/, with: "") + "\ntombstones: {keep: 1y, identifiers: [customer_id, phone]}\n" : text }
        try vault.ingest([export[0]], source: "nightly")
        let officer = try vault.session("compliance")
        _ = try officer.eraseSubject(#require(try subject(officer, "C1")), purpose: purpose, reason: "Art. 17")
        let older = line(id: "x1", customer: ["phone": "138-0013-8001"], at: "2026-05-01T10:00:00+08:00")
        let later = line(id: "x2", customer: ["phone": "13800138001"], at: "2026-11-24T10:00:00+08:00")
        vault.clock.advance(days: 2)
        let report = try vault.ingest([older, later, line(id: "x3", customer: ["phone": "13800138002"])], source: "other").report
        #expect(report.erasedBefore == 1 && report.stored == 2)
        #expect(try officer.lookup(field: "phone", value: "13800138001", purpose: purpose).subjects.count == 1)
    }

    @Test("a tombstone ends when the policy says so, and the certificate names its end and ground")
    func end() throws {
        let vault = try TestVault { name, text in name == "retention.yaml" ? text.replacing(/(?s)\ntombstones:.*/, with: "") + "\ntombstones: {keep: 30d, basis: \"our register, no. 7\"}\n" : text }
        try vault.ingest([export[0]], source: "nightly")
        let officer = try vault.session("compliance")
        let gone = try #require(try subject(officer, "C1"))
        _ = try officer.eraseSubject(gone, purpose: purpose, reason: "Art. 17")
        let certificate = try officer.erasureCertificate(gone, purpose: purpose)
        #expect(certificate.contains("tombstones: keyed hashes of the records' source ids, until 2026-12-23T04:00:00Z (our register, no. 7)"))
        vault.clock.advance(days: 29)
        let retention = try vault.session("retention")
        _ = try retention.retentionRun()
        #expect(try vault.ingest([export[0]], source: "nightly").report.erasedBefore == 1)
        vault.clock.advance(days: 2)
        _ = try retention.retentionRun()
        #expect(try vault.column("SELECT tag FROM tombstone").isEmpty)
        #expect(try vault.column("SELECT tag FROM tombstone", of: "keystore.db").isEmpty)
        #expect(try vault.ingest([export[0]], source: "nightly").report.stored == 1)
        _ = try officer.verifyAudit()
    }

    @Test("a tombstone is no hash that somebody without the key could compare with")
    func keyed() throws {
        let vault = try TestVault()
        let other = try TestVault()
        for vault in [vault, other] {
            try vault.ingest([export[0]], source: "nightly")
            let officer = try vault.session("compliance")
            _ = try officer.eraseSubject(#require(try subject(officer, "C1")), purpose: purpose, reason: "Art. 17")
        }
        let tags = try [vault, other].map { try $0.column("SELECT tag FROM tombstone") }
        #expect(tags.map(\.count) == [1, 1] && tags[0] != tags[1])
    }
}
