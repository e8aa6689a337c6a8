import AuditLog
import Foundation
import RedactedAPI
import StoreConformance
import Synchronization
import TestVaults
import Testing
@testable import VoCVault

/// Requests that wait for the writer at the same time share a transaction; each must see what those before it did.
@Suite("Shared transactions")
struct SharedTransactionTests {
    /// Begins `bodies` one after the other while the writer is taken, and returns when all are done.
    private func queue(_ vault: TestVault, _ bodies: [@Sendable () throws -> Void]) throws {
        let (isTaken, mayEnd, threads) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), Threads())
        threads.begin {
            try vault.vault.store.write { _ in
                isTaken.signal()
                mayEnd.wait()
            }
        }
        isTaken.wait()
        for (index, body) in bodies.enumerated() {
            threads.begin(body)
            #expect(vault.vault.store.hasWaiting(index + 1))
        }
        mayEnd.signal()
        try threads.end()
    }

    @Test("a record that was sealed beside a customer's erasure is not sealed for the erased customer")
    func erasureBeforeIngest() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"], text: "第一台坏了")])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: nil).subjects[0]
        // Signing in would wait for the writer.
        let loader = try vault.session("ingest")
        try queue(vault, [
            { _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked") },
            { try vault.ingest([line(id: "2", customer: ["id": "C1"], text: "第二台很好")], by: loader) },
        ])
        let subjects = try officer.lookup(field: "customer_id", value: "C1", purpose: nil).subjects
        #expect(subjects.count == 1 && subjects != [subject])
        let page = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight"))
        #expect(page.rows == [[.text("第二台很好")]])
        #expect(try officer.verifyAudit().entries > 0)
    }

    @Test("entries of one transaction stand in the log in their order, however many they are")
    func manyEntries() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let compliance = try vault.session("compliance")
        let before = try compliance.verifyAudit().entries
        let engine = vault.vault
        try engine.store.write { writer in
            for number in 0..<300 {
                let entry = AuditEntry(
                    principal: "p", role: "analyst", purpose: "insight", action: "query", outcome: .allowed, rule: "r", rows: Int64(number),
                    request: "q_\(number)", software: "test")
                let stored = try engine.trail.append([entry], to: writer, now: engine.clock())
                // After the entry of the verification before.
                #expect(stored.map(\.seq) == [before + 1 + Int64(number)])
            }
        }
        let entries = try compliance.auditEntries(.init(principal: "p", limit: 1000)).sorted { $0.seq < $1.seq }
        #expect(entries.map(\.rows) == Array(0..<300))
        #expect(try compliance.verifyAudit().entries == before + 302)
    }
}
