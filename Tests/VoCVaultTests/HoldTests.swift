import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Legal holds")
struct HoldTests {
    private let vault: TestVault
    private let officer: Session
    private let subject: String
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault()
        // One of 2022 is due for removal under the default policy.
        try vault.ingest([
            line(id: "1", customer: ["id": "C1", "phone": "13800138001"]), line(id: "2", customer: ["id": "C1"], at: "2022-03-04T12:00:00+08:00"),
        ])
        officer = try vault.session("compliance")
        subject = try officer.lookup(field: "customer_id", value: "C1", purpose: purpose).subjects[0]
    }

    private func hold(_ ground: String, ends: Timestamp? = nil) throws -> Int64 {
        try officer.holdSubject(subject, purpose: purpose, reason: ground, ends: ends).hold
    }

    private var isErasable: Bool {
        get throws {
            do {
                _ = try officer.eraseSubject(subject, purpose: purpose, reason: "asked")
                return true
            } catch VaultError.onHold {
                return false
            }
        }
    }

    @Test("the end of one hold leaves another in force")
    func two() throws {
        let (first, second) = (try hold("court case"), try hold("tax audit"))
        #expect(first != second)
        #expect(throws: VaultError.invalid("the customer is under holds \(first), \(second); say which one ends")) {
            try officer.releaseSubject(subject, purpose: purpose, reason: "closed")
        }
        #expect(try officer.releaseSubject(subject, hold: first, purpose: purpose, reason: "closed").hold == first)
        #expect(throws: VaultError.onHold(ground: "tax audit")) { try officer.eraseSubject(subject, purpose: purpose, reason: "asked") }
        #expect(throws: VaultError.onHold(ground: "tax audit")) {
            try officer.correctSubject(subject, field: "phone", to: "13900139000", purpose: purpose, reason: "letter")
        }
        #expect(try vault.session("retention").retentionPlan().first { $0.removes == "record" }?.held == 1)
        #expect(throws: VaultError.notFound("a hold \(first) in force on this customer")) {
            try officer.releaseSubject(subject, hold: first, purpose: purpose, reason: "again")
        }
        #expect(try officer.releaseSubject(subject, purpose: purpose, reason: "closed").hold == second)
        #expect(throws: VaultError.conflict("the customer is not on hold")) { try officer.releaseSubject(subject, purpose: purpose, reason: "again") }
        #expect(try officer.holds(on: subject, purpose: purpose).map(\.isInForce) == [false, false])
        #expect(try isErasable)
        _ = try officer.verifyAudit()
    }

    @Test("a hold with an end keeps the customer's data until then, from retention as well")
    func end() throws {
        _ = try hold("claim", ends: Timestamp(milliseconds: vault.clock.now + 10 * 86_400_000))
        #expect(throws: VaultError.conflict("a hold cannot end in the past")) { try hold("late", ends: Timestamp(milliseconds: vault.clock.now - 1)) }
        let retention = try vault.session("retention")
        #expect(try retention.retentionRun().done.isEmpty)
        #expect(try !isErasable)
        vault.clock.advance(days: 11)
        #expect(try officer.holds(on: subject, purpose: purpose).map(\.isInForce) == [false])
        #expect(try retention.retentionRun().done == ["everything": 1])
        #expect(try isErasable)
        _ = try officer.verifyAudit()
    }

    @Test("customers on hold are counted once")
    func counted() throws {
        _ = try (hold("a"), hold("b"))
        #expect(try officer.processingReport(since: nil, until: nil).holdings.customersOnHold == 1)
    }
}
