import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// A disk was lost, and with it the newest key store: what is left is an older copy, and the journal beside the key file.
@Suite("What protects people survives the loss of the newest key store")
struct ProtectionJournalTests {
    private let vault: TestVault
    private let officer: Session
    private let (folder, keys): (String, String)
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault()
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        officer = try vault.session("compliance")
        try ingest(1...30)
    }

    private func ingest(_ numbers: ClosedRange<Int>) throws {
        try vault.ingest(numbers.map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X"], text: "第\($0)次") })
    }

    private func subject(_ id: String, _ session: Session? = nil) throws -> String? {
        try (session ?? officer).lookup(field: "customer_id", value: id, purpose: purpose).subjects.first
    }

    private func backup() throws {
        vault.clock.advance(minutes: 1)
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
    }

    private var journal: String { KeptHead(vault.location).journalPath }

    /// As after the loss of everything but the backup, the key file and what is beside it.
    private func restored(acceptsOlderKeys: Bool = false, elsewhere: Bool = true) throws -> (vault: Vault, report: RestoreReport) {
        var location = vault.location
        if elsewhere { location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path }
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        let report = try Vault.restore(from: folder, keyStore: keys, acceptsOlderKeys: acceptsOlderKeys, to: location, clock: clock)
        return (try Vault.open(at: location, clock: clock), report)
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("erasures, revocations, holds, restrictions and tombstones of after the copy are replayed")
    func replay() throws {
        let leaver = try vault.token("analyst", named: "leaver")
        let (compliance, loader) = (try vault.token("compliance"), try vault.token("ingest"))
        try backup()
        let id = try #require(try vault.administrator.tokens().first { $0.principal == "leaver" }).id
        try vault.administrator.revokeToken(id)
        _ = try officer.eraseSubject(#require(try subject("C1")), purpose: purpose, reason: "Art. 17")
        _ = try officer.holdSubject(#require(try subject("C2")), purpose: purpose, reason: "court")
        _ = try officer.restrictSubject(#require(try subject("C3")), purpose: purpose, reason: "contested")
        // Restricted and free again.
        _ = try officer.restrictSubject(#require(try subject("C4")), purpose: purpose, reason: "contested")
        _ = try officer.restrictSubject(#require(try subject("C4")), purpose: purpose, reason: "settled", lift: true)

        let (restored, report) = try restored()
        #expect(report.notes.contains { $0.contains("1 erasure") && $0.contains(journal) }, "\(report.notes)")
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try restored.session(token: leaver) }
        let again = try restored.session(token: compliance)
        #expect(try subject("C1", again) == nil)
        #expect(refusal { _ = try again.eraseSubject(#require(try subject("C2", again)), purpose: purpose, reason: "Art. 17") }.contains("hold"))
        #expect(try restored.store.read { try $0.restrictions().count } == 1)
        // The source's next export does not bring the erased customer back.
        let feed = [line(id: "1", customer: ["id": "C1"], attributes: ["product": "X"], text: "第1次")]
        let stored = try vault.ingest(feed, by: restored.session(token: loader)).report
        #expect(stored.stored == 0 && stored.erasedBefore == 1, "\(stored)")
        #expect(try again.verifyAudit().entries > report.entries)
    }

    @Test("a journal that cannot account for what came after the copy stops the restore, unless that is accepted")
    func gap() throws {
        let compliance = try vault.token("compliance")
        try backup()
        _ = try officer.eraseSubject(#require(try subject("C1")), purpose: purpose, reason: "Art. 17")
        // It begins anew where the key store is.
        try FileManager.default.removeItem(atPath: journal)
        vault.vault.keepJournal()
        try FileManager.default.moveItem(atPath: vault.location.home, toPath: vault.location.home + "-lost")
        let said = refusal { _ = try restored(elsewhere: false) }
        #expect(said.contains("begins 1 erasure and") && said.contains("--accept-older-keys"), "\(said)")
        // One whose lines were exchanged is no account of anything.
        let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
        try (lines + lines).joined(separator: "\n").appending("\n").write(toFile: journal, atomically: true, encoding: .utf8)
        #expect(refusal { _ = try restored(elsewhere: false) }.contains("cannot be read"))
        let accepted = try restored(acceptsOlderKeys: true, elsewhere: false).vault
        #expect(try subject("C1", accepted.session(token: compliance)) != nil)
    }

    @Test("a line that was not written whole is written again with the next change")
    func tornLine() throws {
        let compliance = try vault.token("compliance")
        try backup()
        _ = try officer.eraseSubject(#require(try subject("C1")), purpose: purpose, reason: "Art. 17")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: journal))
        bytes.removeLast(20)
        try bytes.write(to: URL(fileURLWithPath: journal))
        _ = try officer.eraseSubject(#require(try subject("C2")), purpose: purpose, reason: "Art. 17")
        let session = try restored().vault.session(token: compliance)
        #expect(try subject("C1", session) == nil && subject("C2", session) == nil && subject("C3", session) != nil)
    }

    @Test("facts about an erased customer are forgotten in the journal, too, and a restored vault begins one of its own")
    func forgotten() throws {
        try backup()
        _ = try officer.restrictSubject(#require(try subject("C1")), purpose: purpose, reason: "contested")
        _ = try officer.eraseSubject(#require(try subject("C1")), purpose: purpose, reason: "Art. 17")
        try FileManager.default.moveItem(atPath: vault.location.home, toPath: vault.location.home + "-lost")
        let before = try Data(contentsOf: URL(fileURLWithPath: journal))
        let (restored, report) = try restored(elsewhere: false)
        #expect(report.notes.contains { $0.contains("1 erasure") })
        #expect(try restored.store.read { try $0.restrictions().isEmpty })
        #expect(try Data(contentsOf: URL(fileURLWithPath: journal)).count < before.count)
    }

    @Test("files that are put back as they were, and accepted as the vault's, bring nobody back")
    func putBack() throws {
        let compliance = try vault.token("compliance")
        let copy = try vault.copyDatabase()
        _ = try officer.eraseSubject(#require(try subject("C1")), purpose: purpose, reason: "Art. 17")
        try vault.replaceDatabase(by: copy, at: vault.location.home)
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        #expect(throws: VaultError.self) { try Vault.open(at: vault.location, clock: clock) }
        _ = try Vault.acceptFork(at: vault.location, token: compliance, client: "test", reason: "restored by hand", clock: clock)
        let session = try Vault.open(at: vault.location, clock: clock).session(token: compliance)
        #expect(try subject("C1", session) == nil && subject("C2", session) != nil)
    }
}
