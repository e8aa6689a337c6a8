import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VoCVault

/// Pairs of operations on one customer at the same moment, each by an instance of the vault of its own, as two processes have
/// it. Whatever the order, the log and the database agree, and nothing happens to a customer after the erasure.
@Suite("Two operations at once")
struct InterleavingTests {
    /// Rounds of a pair: a sample here, all in `make faults`.
    private static let rounds = ProcessInfo.processInfo.environment["INTERLEAVINGS"].flatMap { Int($0) } ?? 5
    private static let purpose = "subject-request"

    enum Operation: String, CaseIterable, Sendable {
        case erase, hold, release, restrict, lift, correct, reveal, export, lookup, openCase, retention, ingest, approve, use
    }

    static let pairs = Operation.allCases.enumerated().flatMap { index, first in Operation.allCases[index...].map { (first, $0) } }

    /// Sessions of one instance.
    private struct Hands: Sendable {
        let officer, retention, loader, lead: Session

        init(_ vault: Vault, _ tokens: [String: String]) throws {
            officer = try vault.session(token: tokens["compliance"]!)
            retention = try vault.session(token: tokens["retention"]!)
            loader = try vault.session(token: tokens["ingest"]!)
            lead = try vault.session(token: tokens["privacy-lead"]!)
        }
    }

    private struct Customer: Sendable {
        let name: String
        let subject: String
        let record: String
        let approval: Int64
        /// Of the hold that is to be released.
        let hold: Int64
    }

    /// Number of the operation's entry; nil when it did not come about.
    private static func run(_ operation: Operation, on customer: Customer, _ hands: Hands, _ vault: TestVault) throws -> Int64? {
        let (officer, subject) = (hands.officer, customer.subject)
        do {
            switch operation {
            case .erase: return try officer.eraseSubject(subject, purpose: purpose, reason: "asked").receipt
            case .hold: return try officer.holdSubject(subject, purpose: purpose, reason: "court").receipt
            case .release: return try officer.releaseSubject(subject, hold: customer.hold, purpose: purpose, reason: "closed").receipt
            case .restrict: return try officer.restrictSubject(subject, purpose: purpose, reason: "contested").receipt
            case .lift: return try officer.restrictSubject(subject, purpose: purpose, reason: "settled", lift: true).receipt
            case .correct: return try officer.correctSubject(subject, field: "phone", to: "13900139000", purpose: purpose, reason: "letter").receipt
            case .reveal: return try officer.reveal(record: customer.record, field: "phone", purpose: purpose, reason: "case") { _ in }
            case .export: return try officer.exportSubject(subject, purpose: purpose, reason: nil) { _ in }
            case .lookup:
                let found = try officer.lookup(field: "customer_id", value: customer.name, purpose: purpose)
                return found.subjects.isEmpty ? nil : found.receipt
            case .openCase: return try officer.openCase(.access, of: subject, purpose: purpose, note: nil).id > 0 ? officer.lastReceipt : nil
            case .retention:
                _ = try hands.retention.retentionRun(batch: 1)
                return nil
            case .ingest:
                try vault.ingest([line(id: "\(customer.name)-new", customer: ["id": customer.name])], by: hands.loader)
                return nil
            case .approve: return try hands.lead.decideApproval(customer.approval, grant: true, reason: nil)
            case .use: return try officer.reveal(record: customer.record, field: "national_id", purpose: purpose, reason: "case") { _ in }
            }
        } catch VaultError.notFound, VaultError.onHold, VaultError.conflict, VaultError.needsApproval, VaultError.denied {
            return nil
        }
    }

    @Test("the log and the database agree, and nothing follows an erasure")
    func pairs() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing(/quotas: \{[^}]*\}/) { $0.0.replacing(/[0-9]+/, with: "1000000") } : text
        }
        var tokens: [String: String] = [:]
        for role in ["compliance", "retention", "ingest", "privacy-lead"] { tokens[role] = try vault.token(role) }
        let clock = vault.clock
        let hands = try [Hands(vault.vault, tokens), Hands(Vault.open(at: vault.location, clock: { clock.now }), tokens)]
        for (first, second) in Self.pairs {
            for round in 0..<Self.rounds {
                let customer = try prepare("\(first)-\(second)-\(round)", for: [first, second], vault, hands[0])
                let entries = Mutex<[Operation: [Int64]]>([:])
                let failures = Mutex<[String]>([])
                DispatchQueue.concurrentPerform(iterations: 2) { turn in
                    let operation = turn == 0 ? first : second
                    do {
                        guard let entry = try Self.run(operation, on: customer, hands[turn], vault) else { return }
                        entries.withLock { $0[operation, default: []].append(entry) }
                    } catch {
                        failures.withLock { $0.append("\(operation): \(error)") }
                    }
                }
                #expect(failures.withLock { $0 } == [], "\(first) with \(second)")
                check(entries.withLock { $0 }, first, second)
            }
            let officer = hands[0].officer
            #expect(throws: Never.self, "\(first) with \(second)") { try officer.verifyAudit() }
        }
    }

    @Test("a figure whose entry follows an erasure does not count who was erased")
    func figures() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing(/quotas: \{[^}]*\}/) { $0.0.replacing(/[0-9]+/, with: "1000000") } : text
        }
        let customers = (0..<(20 + Self.rounds * 4)).map { "C-\($0)" }
        try vault.ingest(customers.map { line(id: $0, customer: ["id": $0]) })
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        let count = AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")
        var left = customers.count
        for name in customers.dropFirst(20) {
            let subject = try officer.lookup(field: "customer_id", value: name, purpose: Self.purpose).subjects[0]
            let erasure = Mutex<Int64>(0)
            let figures = Mutex<[(rows: Value, receipt: Int64)]>([])
            DispatchQueue.concurrentPerform(iterations: 2) { turn in
                if turn == 0 {
                    let receipt = (try? officer.eraseSubject(subject, purpose: Self.purpose, reason: "asked").receipt) ?? -1
                    erasure.withLock { $0 = receipt }
                } else {
                    while erasure.withLock({ $0 }) == 0 {
                        if let table = try? analyst.aggregate(count) { figures.withLock { $0.append((table.rows[0][0], table.receipt)) } }
                    }
                }
            }
            let erased = erasure.withLock { $0 }
            try #require(erased > 0)
            left -= 1
            for figure in figures.withLock({ $0 }) { #expect(figure.rows == .integer(Int64(figure.receipt < erased ? left + 1 : left))) }
        }
    }

    private func check(_ entries: [Operation: [Int64]], _ first: Operation, _ second: Operation) {
        if let erasures = entries[.erase] {
            #expect(erasures.count == 1, "erased twice")
            // A case may be about somebody who is gone; a grant is one's decision.
            for (operation, others) in entries where ![.erase, .approve].contains(operation) {
                #expect(others.allSatisfy { $0 < erasures[0] }, "\(operation) after the erasure")
            }
            #expect(entries[.hold] == nil, "erased under a hold")
        }
        for operation in [Operation.use, .approve, .release, .restrict, .lift] { #expect(entries[operation]?.count ?? 0 <= 1, "\(operation) twice") }
    }

    /// A customer with an old record, which retention removes, and what the operations need.
    private func prepare(_ name: String, for operations: [Operation], _ vault: TestVault, _ hands: Hands) throws -> Customer {
        let values = ["id": name, "phone": "13800138001", "national_id": "110101199003074514"]
        let time = operations.contains(.retention) ? "2022-03-04T12:00:00+08:00" : "2026-03-04T12:00:00+08:00"
        try vault.ingest([line(id: name, customer: values, at: time)], by: hands.loader)
        let officer = hands.officer
        let subject = try officer.lookup(field: "customer_id", value: name, purpose: Self.purpose).subjects[0]
        var (record, approval) = ("", Int64(0))
        if !Set(operations).isDisjoint(with: [.reveal, .approve, .use]) {
            record = try officer.page(Query(select: ["record", "subject"], limit: 1000, purpose: Self.purpose)).rows.first { $0[1].description == subject }![0].description
        }
        if !Set(operations).isDisjoint(with: [.approve, .use]) {
            do {
                _ = try officer.reveal(record: record, field: "national_id", purpose: Self.purpose, reason: "case") { _ in }
            } catch VaultError.needsApproval(let number) {
                approval = number
            }
            if !operations.contains(.approve) { _ = try hands.lead.decideApproval(approval, grant: true, reason: nil) }
        }
        let hold = try operations.contains(.release) ? officer.holdSubject(subject, purpose: Self.purpose, reason: "court").hold : 0
        if operations.contains(.lift) { _ = try officer.restrictSubject(subject, purpose: Self.purpose, reason: "contested") }
        return Customer(name: name, subject: subject, record: record, approval: approval, hold: hold)
    }
}
