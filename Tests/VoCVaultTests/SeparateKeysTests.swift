import Foundation
import RedactedAPI
import Store
import StoreMove
import StorePostgres
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// Keys in another database than the data, as where the two have different administrators, or standbys.
@Suite("Keys in a database of their own", .onServer)
struct SeparateKeysTests {
    private let vault: TestVault
    private let compliance: String

    init() throws {
        vault = try TestVault(keysApart: true)
        try vault.ingest((0..<8).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"], text: "第\($0)条") })
        compliance = try vault.token("compliance")
    }

    private var now: @Sendable () -> Int64 { { [clock = vault.clock] in clock.now } }

    private func open() throws -> Vault { try Vault.open(at: vault.location, clock: now) }

    private func pseudonym(_ customer: String, _ session: Session) throws -> String? {
        try session.lookup(field: "customer_id", value: customer, purpose: "subject-request").subjects.first
    }

    private func erase(_ customer: String, by session: Session) throws {
        _ = try session.eraseSubject(#require(try pseudonym(customer, session)), purpose: "subject-request", reason: "asked for")
    }

    private func schemas(_ database: String) throws -> String {
        try TestServer.run("SELECT nspname FROM pg_namespace WHERE nspname IN ('vault', 'keystore')", in: database).trimmingCharacters(in: .newlines)
    }

    /// Failures but that the tests' server does not flush.
    private func failures(_ vault: Vault) throws -> [HealthFinding] {
        try vault.session(token: self.vault.adminToken).examine().filter { $0.state == .failure && !$0.check.hasPrefix("server") }
    }

    @Test("each database has its own tables and nothing of the other's; all that a vault does works, and the examination names both servers")
    func apart() throws {
        #expect(try schemas(vault.database!) == "vault" && schemas(vault.keysDatabase!) == "keystore")
        let opened = try open()
        let session = try opened.session(token: compliance)
        try erase("C1", by: session)
        #expect(try pseudonym("C1", session) == nil && pseudonym("C2", session) != nil)
        #expect(try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows.count == 7)
        #expect(try session.verifyAudit().entries > 5)
        let findings = try opened.session(token: vault.adminToken).examine()
        #expect(findings.filter { $0.check.hasPrefix("server") }.map(\.check) == ["server", "server of the keys"])
        let failed = try failures(opened)
        #expect(failed == [])
    }

    @Test("keys that are gone, keys of nobody, and customers without one show as they do with keys beside the data")
    func compared() throws {
        let opened = try open()
        #expect(try opened.store.keys.addSubjectKeys(count: 3) { _, version in WrappedKey(root: 1, version: version, bytes: [1]) } == [9, 10, 11])
        #expect(try opened.store.read { try $0.subjectsOfKeysOnly() } == [9, 10, 11])
        #expect(try opened.store.removeUnusedKeys() == 3)
        #expect(try opened.store.read { try $0.recordCountWithoutKey() } == 0)
        try vault.alter("DELETE FROM subject_key WHERE subject IN (2, 5)", in: "keystore.db")
        #expect(try opened.store.read { try $0.recordCountWithoutKey() } == 2)
        #expect(try opened.store.read { try $0.counts(at: 0).withoutKey } == 2)
        #expect(throws: (any Error).self) { try opened.session(token: compliance).verifyAudit() }
        try vault.alter("UPDATE record SET key_version = 2 WHERE subject = 3")
        #expect(try opened.store.read { try $0.recordCountWithoutKey() } == 3)
    }

    @Test("a backup has both, and is restored into files")
    func backup() throws {
        let opened = try open()
        try erase("C4", by: opened.session(token: compliance))
        let (data, keys) = (vault.folder.path + "/backup", vault.folder.path + "/backup-keys")
        _ = try opened.session(token: vault.adminToken).backup(to: data, keysTo: keys)
        var place = vault.location
        place.home = vault.folder.path + "/restored"
        let clock = vault.clock
        _ = try Vault.restore(from: data, keyStore: keys, to: place, clock: { clock.now })
        let restored = try Vault.open(at: place, clock: { clock.now })
        #expect(try restored.session(token: compliance).verifyAudit().entries > 5)
        #expect(try pseudonym("C3", restored.session(token: compliance)) != nil)
        #expect(try pseudonym("C4", restored.session(token: compliance)) == nil)
    }

    @Test("another home joins only with the keys' database named, and neither takes the other's place")
    func joining() throws {
        func address(_ database: String) throws -> PostgresAddress { try PostgresAddress("host=\(TestServer.folder!) dbname=\(database) user=vocvault") }
        let (data, keys) = (try address(vault.database!), try address(vault.keysDatabase!))
        var place = vault.location
        place.home = vault.folder.path + "/another"
        #expect(throws: StorageError.keysApart(database: data.name)) { try Vault.join(data, at: place) }
        #expect(throws: StorageError.notAVault(path: keys.name)) { try Vault.join(keys, at: place) }
        #expect(throws: StorageError.notAVault(path: data.name)) { try Vault.join(data, keys: data, at: place) }
        let together = try TestVault(keysApart: false)
        let other = try address(together.database!)
        #expect(throws: StorageError.keysTogether(database: other.name)) { try Vault.join(other, keys: keys, at: place) }
        #expect(!FileManager.default.fileExists(atPath: place.home + "/postgres"))
        let joined = try Vault.join(data, keys: keys, at: place)
        #expect(try pseudonym("C2", joined.session(token: compliance)) != nil)
        // It is opened so from then on.
        #expect(try pseudonym("C2", Vault.open(at: place).session(token: compliance)) != nil)
    }

    @Test("a database that has keys already is no place for another vault's")
    func taken() throws {
        let made = try TestServer.database()
        let keys = KeysPlace(
            try PostgresAddress("host=\(TestServer.folder!) dbname=\(vault.keysDatabase!) user=vocvault"),
            owner: try PostgresAddress("host=\(TestServer.folder!) dbname=\(vault.keysDatabase!) user=voc_owner"))
        #expect(throws: StorageError.alreadyExists(path: "a vault, or the keys of one, in \(keys.owner.name)")) {
            try VaultStore.create(made.owner, role: "vocvault", keys: keys, vaultID: 8, at: 1)
        }
        #expect(try schemas(made.name) == "")
    }

    @Test("files move into two databases, and every row is compared")
    func moved() throws {
        let files = try TestVault(onFiles: true)
        try files.ingest((0..<50).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "第\($0)条") })
        let officer = try files.token("compliance")
        try erase("C7", by: files.vault.session(token: officer))
        let (data, keys) = (try TestServer.database(), try TestServer.database())
        let rows = try files.administrator.migrate(to: data.vault, owner: data.owner, keys: KeysPlace(keys.vault, owner: keys.owner)) { _ in }
        #expect(rows > 200)
        #expect(try schemas(data.name) == "vault" && schemas(keys.name) == "keystore")
        let opened = try Vault.open(at: files.location, clock: { [clock = files.clock] in clock.now })
        #expect(try opened.session(token: officer).verifyAudit().entries > 3)
        #expect(try pseudonym("C8", opened.session(token: officer)) != nil && pseudonym("C7", opened.session(token: officer)) == nil)
        #expect(try opened.store.keys.addSubjectKeys(count: 1) { _, version in WrappedKey(root: 1, version: version, bytes: [1]) } == [51])
    }

    @Test("data that a standby lost do not bring back who was erased: the keys know better, and the vault goes on once an officer has decided")
    func dataRolledBack() throws {
        let running = try open()
        let session = try running.session(token: compliance)
        let lagging = try vault.copyDatabase()
        try erase("C5", by: session)
        try vault.replaceDatabase(by: lagging, at: vault.location.home)
        let error = try #require(throws: VaultError.self) { try session.verifyAudit() }
        guard case .logForked = error else { throw error }
        let (report, _) = try Vault.acceptFork(at: vault.location, token: compliance, client: "test", reason: "the standby lagged", clock: now)
        #expect(report.fork?.reason == .shorter && !report.areKeysBehind)
        #expect(try pseudonym("C5", session) == nil)
        #expect(try session.verifyAudit().entries > 5)
        let found = try failures(running)
        #expect(found == [])
    }

    @Test("a restriction of a customer whom a standby lost waits in a running process as well, for the feed that brings the customer back")
    func protectionsOfLostCustomers() throws {
        let running = try open()
        let (session, loader) = (try running.session(token: compliance), try running.session(token: vault.token("ingest")))
        let feed = [line(id: "new", customer: ["id": "C90"], text: "新的")]
        let lagging = try vault.copyDatabase()
        try vault.ingest(feed, by: loader)
        _ = try session.restrictSubject(#require(try pseudonym("C90", session)), purpose: "subject-request", reason: "contested")
        try vault.replaceDatabase(by: lagging, at: vault.location.home)
        #expect(throws: VaultError.self) { try pseudonym("C90", session) }
        _ = try Vault.acceptFork(at: vault.location, token: compliance, client: "test", reason: "the standby lagged", clock: now)
        try vault.ingest(feed, by: loader)
        let back = try #require(try pseudonym("C90", session))
        #expect(throws: VaultError.conflict("the customer's data is restricted already")) {
            try session.restrictSubject(back, purpose: "subject-request", reason: "again")
        }
    }

    @Test("keys that a standby lost are refused, at once and by a running process; once it is decided, who was erased is erased again")
    func keysRolledBack() throws {
        let running = try open()
        let session = try running.session(token: compliance)
        let lagging = try vault.copyDatabase(ofKeys: true)
        try erase("C5", by: session)
        try vault.ingest([line(id: "later", customer: ["id": "later"])], by: running.session(token: vault.token("ingest")))
        let before = try vault.column("SELECT entry FROM audit").count
        try vault.replaceDatabase(by: lagging, at: vault.location.home, ofKeys: true)
        #expect(try TestServer.run("SELECT COUNT(*) FROM keystore.subject_key WHERE subject = 6", in: vault.keysDatabase!) == "1\n", "the erased customer is back")
        let refusal = StorageError.keysRolledBack(database: running.store.keys.database.name)
        #expect(throws: refusal) { try running.store.keys.subjectKeys([6]) }
        #expect(throws: refusal) { try running.store.keys.addSubjectKeys(count: 1) { _, _ in WrappedKey(root: 1, bytes: [1]) } }
        #expect(throws: refusal) { try open() }
        #expect(try vault.column("SELECT entry FROM audit").count == before)
        #expect(refusal.meaning == .integrity)

        #expect(try Vault.examineFork(at: vault.location, token: compliance, client: "test").areKeysBehind)
        let (report, _) = try Vault.acceptFork(at: vault.location, token: compliance, client: "test", reason: "the standby lagged", clock: now)
        #expect(report.areKeysBehind && report.fork == nil)
        #expect(try running.store.keys.subjectKeys([6]).isEmpty)
        let opened = try open()
        let entry = try #require(try opened.session(token: compliance).auditEntries(AuditFilter(action: "audit.fork")).first)
        #expect(entry.detail["keys_erased_again"] == "1")
        // No number is given out again, and nobody is missing but who got a key in the meantime.
        #expect(try opened.store.keys.addSubjectKeys(count: 1) { _, version in WrappedKey(root: 1, version: version, bytes: [1]) } == [10])
        #expect(try opened.store.read { try $0.recordCountWithoutKey() } == 1)
        #expect(!(try Vault.examineFork(at: vault.location, token: compliance, client: "test").areKeysBehind))
    }
}
