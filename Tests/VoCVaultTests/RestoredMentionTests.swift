import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("What an erasure took out of others' texts stays out of a restored vault")
struct RestoredMentionTests {
    private let vault: TestVault
    private let (officer, token, loader): (Session, String, String)
    private let (folder, keys): (String, String)
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault(sources: true) { name, text in
            guard name == "sources.yaml" else { return TestVault.openRows(name, text) }
            let fields =
                "id: id, occurred_at: occurred_at, channel: channel, text: text, fields: {customer.id: customer.id, customer.name: customer.name, customer.phone: customer.phone}"
            return text.replacing(
                "\nsources: {}", with: "\nsources:\n  replaced: {format: json, on_change: replace, \(fields)}\n  versions: {format: json, on_change: version, \(fields)}")
        }
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        (token, loader) = (try vault.token("compliance"), try vault.token("ingest"))
        officer = try vault.vault.session(token: token)
        try vault.ingest([
            line(id: "m1", customer: ["id": "M-1", "name": "王小明", "phone": "13611110009"], text: "空调坏了"),
            line(id: "z1", customer: ["id": "Z-1", "name": "赵大伟"], text: "很好用"),
        ])
    }

    private static let text = "我叫李丽,我的朋友叫王小明,他的电话是136 1111 0009,请联系小明"

    private func friend(_ text: String = text, _ id: String = "f1") -> String { line(id: id, customer: ["id": "F-1", "name": "李丽"], text: text) }

    /// - Returns: the snapshot's name.
    private func backup() throws -> String {
        vault.clock.advance(minutes: 1)
        return try vault.administrator.backup(to: folder, keysTo: keys).name
    }

    private func subject(_ id: String, _ session: Session) throws -> String {
        try #require(try session.lookup(field: "customer_id", value: id, purpose: purpose).subjects.first)
    }

    /// Erases a customer, whom every record means that may mention them.
    private func erase(_ id: String = "M-1") throws {
        let person = try subject(id, officer)
        for mention in try officer.perform(ListMentions(subject: person, purpose: purpose)).reply.mentions {
            _ = try officer.perform(DecideMention(subject: person, record: mention.record, decision: .theirs, purpose: purpose, reason: "read it"))
        }
        _ = try officer.perform(EraseSubject(subject: person, purpose: purpose, reason: "asked"))
    }

    /// What the friend's records say, oldest first; nil: the text was removed.
    private func said(_ session: Session) throws -> [String?] {
        let names = try session.pseudonyms(purpose)
        let records = try session.vault.store.read { reader in
            try reader.sealedRecords(of: names.number(.subject, of: subject("F-1", session))!).map { try names.name(.record, $0.id) }
        }
        return try records.map { record in
            var text: String?
            do {
                _ = try session.reveal(record: record, field: "text", purpose: purpose, reason: "case 12") { text = $0 }
            } catch VaultError.notFound(_) {}
            return text
        }
    }

    private func restored(_ snapshot: String, keyStore: String? = nil) throws -> Session {
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path
        let clock = { @Sendable [clock = vault.clock] in clock.now }
        _ = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keyStore ?? keys + "/keystore.db", to: location, clock: clock)
        return try Vault.open(at: location, clock: clock).session(token: token)
    }

    private func ingest(_ lines: [String], _ session: Session, source: String = "test") throws -> IngestReport {
        try vault.ingest(lines, source: source, by: session.vault.session(token: loader)).report
    }

    private func expectGone(_ text: String?, _ place: SourceLocation = #_sourceLocation) {
        #expect(text?.contains("李丽") == true && text?.contains("小明") == false && text?.contains("0009") == false, "\(text ?? "none")", sourceLocation: place)
    }

    /// What an entry by a restore says.
    private func entry(_ rule: String, _ session: Session) throws -> AuditEntry? {
        try session.vault.store.read { reader in
            var found: AuditEntry?
            try reader.forEachAuditEntryBackwards { _, bytes in
                if let entry = AuditEntry(canonicalBytes: bytes), entry.rule == rule { found = entry }
                return found == nil
            }
            return found
        }
    }

    @Test("a snapshot of before the erasure, and the source's next export")
    func older() throws {
        try vault.ingest([friend()])
        let snapshot = try backup()
        try erase()
        let left = try said(officer)
        expectGone(left[0])
        let again = try restored(snapshot)
        #expect(try said(again) == left)
        #expect(try entry("protections replayed", again)?[.mentions] == "1")
        let report = try ingest([friend()], again)
        #expect(report.stored == 0 && report.duplicates == 1 && report.keptChanged == 0, "\(report)")
        #expect(try said(again) == left)
        _ = try again.verifyAudit(deep: 100)
    }

    @Test("a copy of the key store of before the erasure: the journal knows of it")
    func journal() throws {
        try vault.ingest([friend()])
        let snapshot = try backup()
        try FileManager.default.copyItem(atPath: keys, toPath: keys + "-old")
        try erase()
        let again = try restored(snapshot, keyStore: keys + "-old/keystore.db")
        expectGone(try said(again)[0])
    }

    @Test("a snapshot from before the record came: the source brings the record, and not whom it mentions")
    func comesAgain() throws {
        let snapshot = try backup()
        try vault.ingest([friend()])
        try erase()
        let left = try said(officer)
        var again = try restored(snapshot)
        #expect(try ingest([friend("今天很好用", "f0"), friend()], again).stored == 2)
        #expect(try said(again) == ["今天很好用"] + left)
        #expect(try entry("protections of customers who came back after a restore", again)?[.mentions] == "1")
        _ = try again.verifyAudit(deep: 100)
        // The record has another number now, and a backup of this vault is restored as well.
        again = try Vault.open(at: again.vault.location, clock: { [clock = vault.clock] in clock.now }).session(token: token)
        #expect(try ingest([friend()], again).duplicates == 1)
        #expect(try said(again) == ["今天很好用"] + left)
    }

    @Test("two people who were taken out of one text one after the other")
    func two() throws {
        try vault.ingest([friend("我叫李丽,我和赵大伟一起买的,王小明的电话是136 1111 0009")])
        let (first, _) = (try backup(), try erase())
        let (second, _) = (try backup(), try erase("Z-1"))
        let left = try said(officer)
        expectGone(left[0])
        #expect(left[0]?.contains("大伟") == false)
        for snapshot in [first, second] { #expect(try said(restored(snapshot)) == left) }
    }

    @Test("what the record was before its source changed it is cut, too; a version that nobody has seen since is removed", arguments: ["versions", "replaced"])
    func changed(source: String) throws {
        try vault.ingest([friend("我叫李丽,王小明说136 1111 0009打不通")], source: source)
        let snapshot = try backup()
        let now = friend()
        #expect(try vault.ingest([now], source: source).report.replaced == 1)
        try erase()
        expectGone(try said(officer)[0])
        let again = try restored(snapshot)
        let text = try said(again)[0]
        if source == "versions" { expectGone(text) } else { #expect(text == nil) }
        // What the source said in between is known.
        #expect(try ingest([now], again, source: source).replaced == 0)
        #expect(try said(again)[0] == text)
        _ = try again.verifyAudit(deep: 100)
    }

    @Test("a fact ends with the tombstones, and nobody else's record is touched")
    func ends() throws {
        try vault.ingest([friend(), line(id: "o1", customer: ["id": "O-1"], text: "我叫王小明,还没有收到货")])
        let snapshot = try backup()
        let person = try subject("M-1", officer)
        let found = try officer.perform(ListMentions(subject: person, purpose: purpose)).reply.mentions
        _ = try officer.perform(DecideMention(subject: person, record: found[0].record, decision: .theirs, purpose: purpose, reason: "read it"))
        _ = try officer.perform(DecideMention(subject: person, record: found[1].record, decision: .another, purpose: purpose, reason: "read it"))
        _ = try officer.perform(EraseSubject(subject: person, purpose: purpose, reason: "asked"))
        let again = try restored(snapshot)
        expectGone(try said(again)[0])
        let rows = try again.page(Query(select: ["customer_id", "text"], purpose: purpose)).rows
        #expect(rows.count == 3)
        let store = vault.vault.store
        #expect(try store.keys.protections("mention").count == 1)
        vault.clock.advance(days: vault.vault.policy.tombstones.days + 1)
        try store.write { _ = try vault.vault.removeEndedTombstones(in: $0, at: vault.clock.now) }
        vault.vault.copyNewProtections()
        #expect(try store.keys.protections("mention").isEmpty)
    }
}
