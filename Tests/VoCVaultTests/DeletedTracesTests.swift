import Foundation
import GRDB
import RedactedAPI
import TestVaults
import Testing
import VaultAPI
import VoCVault

/// What has committed has succeeded, also while another process reads an older state and so keeps what was deleted in the
/// write-ahead log; emptying that is work that is left.
@Suite("Deleting while another process reads", .onFiles)
struct DeletedTracesTests {
    enum Operation: String, CaseIterable, CustomTestStringConvertible {
        case erase, retention, correct, auditKey, root, indexes
        var testDescription: String { rawValue }
    }

    private let vault: TestVault
    private let bodies: [Data]

    init() throws {
        vault = try TestVault()
        try vault.ingest((0..<3).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"], channel: "app", at: "2026-11-01") })
        bodies = try vault.column("SELECT body FROM sealed")
    }

    /// A snapshot that another connection holds while `body` runs.
    private func whileReading<R>(_ body: () throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let readers = try ["vault.db", "keystore.db"].map { try DatabaseQueue(path: vault.folder.appendingPathComponent("vault/\($0)").path, configuration: configuration) }
        for reader in readers { try reader.inDatabase { try $0.execute(sql: "BEGIN; SELECT COUNT(*) FROM sqlite_schema") } }
        defer { for reader in readers { try? reader.close() } }
        return try body()
    }

    private func run(_ operation: Operation, _ vault: Vault) throws -> Session {
        let session = try vault.session(token: self.vault.token(operation == .erase || operation == .correct ? "compliance" : operation == .retention ? "retention" : "administrator"))
        switch operation {
        case .erase, .correct:
            let subject = try session.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
            if operation == .erase {
                #expect(try session.eraseSubject(subject, purpose: "subject-request", reason: "asked").records == 1)
            } else {
                #expect(try session.correctSubject(subject, field: "phone", to: "13900139000", purpose: "subject-request", reason: "asked").records == 1)
            }
        case .retention: #expect(try session.retentionRun().customersErased == 3)
        case .auditKey: #expect(try session.rotateAuditKey() == vault.verifierKey)
        case .root: _ = try session.rotateRootKey()
        case .indexes: #expect(try session.rotateIndexKeys().customers == 3)
        }
        return session
    }

    /// Whether what the operation deleted lies in some file of the vault.
    private func hasTraces(_ operation: Operation) throws -> Bool {
        let gone = operation == .erase ? [bodies[1]] : bodies
        return try vault.files().contains { file in gone.contains { file.bytes.holds($0) } }
    }

    private var doctor: HealthFinding? {
        get throws { try vault.vault.session(token: vault.adminToken).examine().first { $0.check == "write-ahead log" } }
    }

    @Test("it succeeds at once with its numbers and says what is left; doctor shows it; the next command does it", arguments: Operation.allCases)
    func next(_ operation: Operation) throws {
        if operation == .retention { vault.clock.advance(days: 365 * 4) }
        let start = ContinuousClock.now
        try whileReading {
            // A process of its own, which ends before the reader does.
            let notices = try run(operation, vault.reopened()).notices
            #expect(notices.count == 1 && notices[0].contains("still lies in the write-ahead log"), "\(notices)")
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(try doctor?.state == .warning && doctor?.finding.contains("what was deleted still lies in it") == true)
            if operation == .erase || operation == .retention { #expect(try hasTraces(operation)) }
        }
        let session = try vault.reopened().session(token: vault.adminToken)
        #expect(session.notices.isEmpty)
        #expect(try doctor?.state == .ok)
        if operation == .erase || operation == .retention { #expect(try !hasTraces(operation)) }
        _ = try vault.administrator.verifyAudit()
    }

    @Test("a process that lives on does it by itself")
    func later() async throws {
        let session = try whileReading { try run(.erase, vault.vault) }
        #expect(session.notices.count == 1)
        for _ in 0..<100 where !session.notices.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        #expect(session.notices.isEmpty)
        #expect(try !hasTraces(.erase))
    }

    @Test("two that delete at once leave nothing to do")
    func atOnce() throws {
        let officer = try vault.session("compliance")
        let subjects = try (0..<3).map { try officer.lookup(field: "customer_id", value: "C\($0)", purpose: "subject-request").subjects[0] }
        let others = try [vault.vault, vault.reopened(), vault.reopened()]
        let token = try vault.token("compliance")
        DispatchQueue.concurrentPerform(iterations: 3) { number in
            #expect(throws: Never.self) {
                _ = try others[number].session(token: token).eraseSubject(subjects[number], purpose: "subject-request", reason: "asked")
            }
        }
        #expect(officer.notices.isEmpty && !FileManager.default.fileExists(atPath: vault.folder.appendingPathComponent("vault/traces").path))
    }
}
