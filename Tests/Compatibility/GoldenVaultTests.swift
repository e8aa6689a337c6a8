import AuditLog
import Foundation
import GRDB
import RedactedAPI
import Store
import StoreMove
import StorePostgres
import TestVaults
import Testing

@testable import VoCVault

/// A vault of each format, as it was when the format was new (``make-golden`` made each, once): they are opened, upgraded where they
/// are of an earlier format, and verified for ever.
@Suite("Golden vaults")
struct GoldenVaultTests {
    static let formats = Array(1...VaultStore.format)
    static let earlier = formats.dropLast()

    /// A copy of a golden vault, to work on.
    private struct Copy {
        let folder: URL
        let expected: [String: String]
        var location: Vault.Location

        init(format: Int) throws {
            let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("format\(format)")
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("golden-\(UUID().uuidString)")
            try FileManager.default.copyItem(at: golden, to: folder)
            // git keeps no such modes.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.appendingPathComponent("keys").path)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.appendingPathComponent("home").path)
            let lines = try String(contentsOf: folder.appendingPathComponent("expected"), encoding: .utf8).split(separator: "\n")
            expected = Dictionary(uniqueKeysWithValues: lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts[1])
            })
            location = Vault.Location(
                home: folder.appendingPathComponent("home").path, keys: folder.appendingPathComponent("keys").path,
                policies: folder.appendingPathComponent("policies").path)
        }

        subscript(_ name: String) -> String { expected[name] ?? "missing from expected: \(name)" }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    /// What the maker of the golden vault did must all still hold.
    private func check(_ vault: Vault, _ copy: Copy) throws {
        let purpose = "subject-request"
        let compliance = try vault.session(token: copy["compliance"])
        let anchor = try String(contentsOf: copy.folder.appendingPathComponent("anchor"), encoding: .utf8)
        #expect(try compliance.verifyAudit(against: anchor).entries > 50)
        let (held, restricted, corrected) = (copy["held"], copy["restricted"], copy["corrected"])
        #expect(try compliance.holds(on: held, purpose: purpose).map(\.ground) == ["court case 17/2026"])
        #expect(throws: VaultError.onHold(ground: "court case 17/2026")) { try compliance.eraseSubject(held, purpose: purpose, reason: "x") }
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try vault.session(token: copy["revoked"]) }
        #expect(throws: VaultError.conflict("the customer's data is restricted already")) {
            try compliance.restrictSubject(restricted, purpose: purpose, reason: "again")
        }
        #expect(try compliance.lookup(field: "phone", value: "13900139004", purpose: purpose).subjects == [corrected])
        #expect(try compliance.lookup(field: "customer_id", value: "G-ERASED", purpose: purpose).subjects.isEmpty)
        #expect(try compliance.cases(purpose: purpose, closed: true).map(\.status).sorted() == ["answered", "open"])
        var copied = 0
        _ = try compliance.exportSubject(corrected, purpose: purpose, reason: nil) { copied = $0.records.count }
        #expect(copied == 1)
        // What is sealed for the vault's own use is still read: the task, and, before the answer, the question that was asked.
        let analyst = try vault.session(token: vault.session(token: copy["admin"]).issueToken(principal: "golden-analyst", role: "analyst", days: 1).token)
        #expect(try analyst.improvementTasks().map(\.title) == ["faster delivery"])
        // What an earlier format kept readable is sealed, and still counted.
        #expect(try vault.store.read { try $0.formerCodes(after: .min, limit: 1) }.isEmpty)
        let coded = try analyst.page(Query(select: ["topic", "birth_date", "address"], purpose: "insight")).rows
        #expect((0..<3).allSatisfy { column in coded.contains { $0[column] != .null } })
        let asked = try Condition(parsing: "rating <= 3")
        #expect(try !analyst.aggregate(AggregateQuery(groupBy: [.field("channel")], measures: [.count], filter: asked, purpose: "insight")).rows.isEmpty)
        if copy.expected["agreed"] != nil {
            _ = try vault.session(token: copy["agreed"])
            #expect(throws: VaultError.notSignedIn("the token waits until a second person agrees to it")) { try vault.session(token: copy["waiting"]) }
        }
        if let mention = copy.expected["mention"] {
            let mentions = try compliance.mentions(of: held, purpose: purpose, all: true)
            #expect(mentions.map(\.record) == [mention] && mentions.allSatisfy { $0.decision == .theirs })
        }
        guard copy.expected["cursor"] != nil else { return }
        let query = Query(select: ["record", "product"], filter: try Condition(parsing: "product = 'X5'"), limit: 2, cursor: copy["cursor"], purpose: "insight")
        #expect(try analyst.page(query).rows.count == 2)
    }

    @Test("files of each earlier format are refused with what to do, upgraded, and work", .onFiles, arguments: earlier)
    func files(_ format: Int) throws {
        let copy = try Copy(format: format)
        defer { copy.remove() }
        #expect(throws: StorageError.olderFormat(path: copy.location.home + "/keystore.db", format: format)) { try Vault.open(at: copy.location) }
        let report = try #require(try Vault.upgrade(at: copy.location, owner: nil))
        #expect(report.from == format && report.to == VaultStore.format)
        #expect(try Vault.upgrade(at: copy.location, owner: nil) == nil)
        let vault = try Vault.open(at: copy.location)
        try check(vault, copy)
        #expect(try upgrades(vault, copy).count == 1)
        try checkNotes(vault)
        // The files as they were are there to go back to, and doctor says that they must not stay.
        let kept = try #require(report.copy)
        let formats = try VaultStore.formats(in: URL(fileURLWithPath: kept))
        #expect(formats.data == format && formats.keys == format)
        let findings = try vault.session(token: copy["admin"]).examine()
        #expect(findings.allSatisfy { $0.state != .failure } && findings.contains { $0.state == .warning && $0.finding.hasPrefix(kept) })
        try FileManager.default.removeItem(atPath: kept)
        #expect(try vault.session(token: copy["admin"]).examine().allSatisfy { !$0.finding.contains("before-format") })
        // Handles are compared in their former form until the indexes are built anew.
        let phone = "+86 (0)139 0013 9004"
        let isFormer = format < StoredFormat.people.rawValue
        #expect(findings.contains { $0.check == "indexes" && $0.state == (isFormer ? .warning : .ok) })
        #expect(try vault.session(token: copy["compliance"]).lookup(field: "phone", value: phone, purpose: "subject-request").subjects.isEmpty == isFormer)
        _ = try vault.session(token: copy["admin"]).rotateIndexKeys()
        let renewed = try Vault.open(at: copy.location)
        #expect(try renewed.session(token: copy["compliance"]).lookup(field: "phone", value: phone, purpose: "subject-request").subjects == [copy["corrected"]])
        #expect(try renewed.session(token: copy["admin"]).examine().contains { $0.check == "indexes" && $0.state == .ok })
        _ = try renewed.session(token: copy["compliance"]).verifyAudit(deep: 100)
    }

    /// What earlier formats kept as it was written is sealed under the customers' keys, among the data and beside the keys.
    private func checkNotes(_ vault: Vault) throws {
        let notes = try CustomerNotes(vault)
        let (holds, restrictions, cases) = try vault.store.read { (try $0.holds(), try $0.restrictions(), try $0.cases(closed: true)) }
        #expect(!holds.isEmpty && restrictions.count == 1 && cases.count == 2)
        for row in holds { #expect(notes.origin(of: row.ground, at: .hold(setAt: row.setAt))?.subject == row.subject) }
        #expect(restrictions.map { notes.open($0.ground, at: .restriction) } == [.text("accuracy contested")])
        let kept = try vault.store.keys.protections("hold").map(vault.open) + vault.store.keys.protections("restriction").map(vault.open)
        #expect(kept.count == holds.count + 1)
        for fact in kept {
            switch fact {
            case .hold(_, let subject, let ground, _, let setAt, _, _, _): #expect(notes.origin(of: ground, at: .hold(setAt: setAt))?.subject == subject)
            case .restriction(let subject, let ground, _): #expect(notes.origin(of: ground, at: .restriction)?.subject == subject)
            case .consent, .revocation, .usedApproval, .spentBudget, .mention: Issue.record("another fact")
            }
        }
        // One is about the customer who is erased.
        #expect(Set(cases.map { notes.open($0.note, at: .subjectCase(openedAt: $0.openedAt)) }.map(\.shown)) == ["letter of 4 March", "[erased]"])
    }

    /// The entries that upgrades have left in the log.
    private func upgrades(_ vault: Vault, _ copy: Copy) throws -> [AuditEntry] {
        try vault.session(token: copy["compliance"]).auditEntries(AuditFilter(action: "upgrade", limit: 10))
    }

    @Test("labels of records that are gone do not stay readable; only what nothing identifies counts for nobody afterwards", .onFiles, arguments: [1, 2])
    func leftovers(_ format: Int) throws {
        let copy = try Copy(format: format)
        defer { copy.remove() }
        let file = try DatabaseQueue(path: copy.location.home + "/vault.db")
        try file.write { try $0.execute(sql: "INSERT INTO annotation VALUES (999999, 999999, 'topic', 'product.noise', 1)") }
        _ = try Vault.upgrade(at: copy.location, owner: nil)
        let (labels, unmarked, marked) = try file.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM annotation"),
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM record r JOIN subject s ON s.id = r.subject WHERE length(s.entries) = 0 AND s.identified = 0 AND r.unattributed IS NULL"),
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM record r JOIN subject s ON s.id = r.subject WHERE s.identified = 1 AND r.unattributed = 1")
            )
        }
        #expect(labels == 0 && unmarked == 0 && marked == 0)
    }

    @Test("what does not verify is not upgraded, and stays as it was", .onFiles, arguments: earlier)
    func unsound(_ format: Int) throws {
        let copy = try Copy(format: format)
        defer { copy.remove() }
        let tiles = URL(fileURLWithPath: copy.location.home).appendingPathComponent("audit/tile/0")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: tiles.appendingPathComponent("000.p").path).max { Int($0)! < Int($1)! })
        let tile = tiles.appendingPathComponent("000.p/\(name)")
        var bytes = try Data(contentsOf: tile)
        bytes[100] ^= 1
        try bytes.write(to: tile)
        #expect(throws: AuditError.damagedTile(level: 0, index: 0)) { try Vault.upgrade(at: copy.location, owner: nil) }
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.location.home)
        #expect(try VaultStore.formats(in: URL(fileURLWithPath: copy.location.home)).oldest == format)
        #expect(!names.contains { $0.contains("before-format") || $0 == "upgrade" })
        bytes[100] ^= 1
        try bytes.write(to: tile)
        let roles = URL(fileURLWithPath: copy.location.policies).appendingPathComponent("roles.yaml")
        let policy = try Data(contentsOf: roles)
        try (policy + Data("\nnonsense: 1\n".utf8)).write(to: roles)
        #expect(throws: (any Error).self) { try Vault.upgrade(at: copy.location, owner: nil) }
        #expect(try VaultStore.formats(in: URL(fileURLWithPath: copy.location.home)).oldest == format)
        try policy.write(to: roles)
        #expect(try Vault.upgrade(at: copy.location, owner: nil, isBackedUp: true)?.copy == nil)
    }

    @Test("an upgrade that was killed before its entry is finished by the next, and nothing opens until then", .onFiles, arguments: earlier)
    func unrecorded(_ format: Int) throws {
        let copy = try Copy(format: format)
        defer { copy.remove() }
        let home = URL(fileURLWithPath: copy.location.home)
        try Data("vocvault upgrade v1\nfrom \(format)\n".utf8).write(to: home.appendingPathComponent("upgrade"))
        #expect(try VaultStore.upgrade(in: home, owner: nil) == format)
        #expect(throws: VaultError.conflict("the upgrade of this vault did not end: run 'vocvault upgrade' again")) { try Vault.open(at: copy.location) }
        #expect(try Vault.upgrade(at: copy.location, owner: nil)?.from == format)
        let vault = try Vault.open(at: copy.location)
        try check(vault, copy)
        #expect(try upgrades(vault, copy).map(\.detail) == [["from_format": String(format), "to_format": String(VaultStore.format)]])
    }

    @Test("an upgrade that was killed between the files is finished by the next", .onFiles, arguments: earlier)
    func interrupted(_ format: Int) throws {
        let copy = try Copy(format: format)
        defer { copy.remove() }
        // The key store has moved, the data have not.
        let other = try Copy(format: format)
        defer { other.remove() }
        _ = try Vault.upgrade(at: other.location, owner: nil)
        try FileManager.default.removeItem(atPath: copy.location.home + "/keystore.db")
        try FileManager.default.copyItem(atPath: other.location.home + "/keystore.db", toPath: copy.location.home + "/keystore.db")
        #expect(throws: StorageError.olderFormat(path: copy.location.home + "/vault.db", format: format)) { try Vault.open(at: copy.location) }
        #expect(try Vault.upgrade(at: copy.location, owner: nil)?.from == format)
        try check(Vault.open(at: copy.location), copy)
    }

    @Test("files of the present format open as they are, and work", .onFiles)
    func files() throws {
        let copy = try Copy(format: VaultStore.format)
        defer { copy.remove() }
        #expect(try Vault.upgrade(at: copy.location, owner: nil) == nil)
        let vault = try Vault.open(at: copy.location)
        try check(vault, copy)
        #expect(try vault.session(token: copy["admin"]).examine().allSatisfy { $0.state != .failure })
        // It was erased before: neither its record nor, from another source, another one of the customer comes back.
        let feed = copy.folder.appendingPathComponent("again.jsonl")
        try Data("""
            {"id":"g3","occurred_at":"2026-03-06T12:37:39+08:00","channel":"app","customer":{"id":"G-ERASED"},"text":"请删除我的数据"}
            {"id":"g6","occurred_at":"2026-03-08T12:37:39+08:00","channel":"store","customer":{"id":"G-SM4"},"text":"国密"}

            """.utf8).write(to: feed)
        let report = try vault.session(token: copy["ingest"]).ingest(FileHandle(forReadingFrom: feed), format: .jsonl, source: "golden", onReject: { _ in }, progress: { _ in })
        #expect(report.stored == 0 && report.duplicates == 1 && report.erasedBefore == 1)
    }

    @Test("a snapshot of each format is restored", .onFiles, arguments: formats)
    func snapshot(_ format: Int) throws {
        var copy = try Copy(format: format)
        defer { copy.remove() }
        copy.location.home = copy.folder.appendingPathComponent("restored").path
        let backup = copy.folder.appendingPathComponent("backup")
        _ = try Vault.restore(
            from: backup.appendingPathComponent("snapshots-folder").path, snapshot: nil,
            keyStore: backup.appendingPathComponent("keys-folder/keystore.db").path, to: copy.location)
        let vault = try Vault.open(at: copy.location)
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try vault.session(token: copy["revoked"]) }
        #expect(try vault.session(token: copy["compliance"]).verifyAudit().entries > 50)
    }

    /// A golden vault whose data are in a database of their own.
    private func onServer(_ format: Int) throws -> (copy: Copy, address: PostgresAddress, owner: PostgresAddress) {
        var copy = try Copy(format: format)
        let (name, address, owner) = try TestServer.database()
        try TestServer.run(file: copy.folder.appendingPathComponent("postgres.sql").path, in: name)
        copy.location.home = copy.folder.appendingPathComponent("home-postgres").path
        try VaultStore.setAddress(address, in: URL(fileURLWithPath: copy.location.home))
        return (copy, address, owner)
    }

    @Test("a database of each earlier format is refused with what to do, upgraded by its owner, and works", .onServer, arguments: earlier)
    func server(_ format: Int) throws {
        let (copy, address, owner) = try onServer(format)
        defer { copy.remove() }
        #expect(throws: StorageError.olderFormat(path: address.name, format: format)) { try Vault.open(at: copy.location) }
        #expect(throws: StorageError.needsOwner(ofKeys: false)) { try Vault.upgrade(at: copy.location, owner: nil) }
        let later: @Sendable () -> Int64 = { 4_000_000_000_000 }
        #expect(throws: VaultError.self) { try Vault.upgrade(at: copy.location, owner: owner, clock: later) }
        #expect(try VaultStore.formats(in: URL(fileURLWithPath: copy.location.home)).oldest == format)
        #expect(try Vault.upgrade(at: copy.location, owner: owner, isBackedUp: true)?.from == format)
        try check(Vault.open(at: copy.location), copy)
    }

    @Test("keys in a database of their own are upgraded by its owner, and what was interrupted between the two goes on", .onServer, arguments: earlier)
    func keysApart(_ format: Int) throws {
        let (copy, address, owner) = try onServer(format)
        defer { copy.remove() }
        let (name, keys, keysOwner) = try TestServer.database()
        try TestServer.run(file: copy.folder.appendingPathComponent("postgres.sql").path, in: name)
        try TestServer.run("DROP SCHEMA vault CASCADE", in: name)
        try TestServer.run("DROP SCHEMA keystore CASCADE", in: String(address.name.split(separator: "/").last!))
        let home = URL(fileURLWithPath: copy.location.home)
        try VaultStore.setAddress(address, keys: keys, in: home)
        #expect(throws: StorageError.needsOwner(ofKeys: true)) { try Vault.upgrade(at: copy.location, owner: owner) }
        // The data's owner is mistaken for another: the keys have moved by then.
        #expect(throws: (any Error).self) { try Vault.upgrade(at: copy.location, owner: keysOwner, keysOwner: keysOwner, isBackedUp: true) }
        #expect(try VaultStore.formats(in: home).isMixed)
        #expect(throws: VaultError.self) { try Vault.open(at: copy.location) }
        #expect(try Vault.upgrade(at: copy.location, owner: owner, keysOwner: keysOwner, isBackedUp: true)?.from == format)
        let vault = try Vault.open(at: copy.location)
        try check(vault, copy)
        #expect(try upgrades(vault, copy).count == 1)
    }

    @Test("a database of the present format opens as it is, and works", .onServer)
    func server() throws {
        let (copy, _, owner) = try onServer(VaultStore.format)
        defer { copy.remove() }
        #expect(try Vault.upgrade(at: copy.location, owner: owner) == nil)
        try check(Vault.open(at: copy.location), copy)
    }
}
