import AuditLog
import Foundation
import RedactedAPI
import Sealing
import Store
import StoreMove
import StorePostgres
import TestVaults
import Testing
@testable import VoCVault

/// A database that is rolled back, or replaced by a copy that lags behind, as after a failover to an asynchronous standby.
@Suite("Forks of the log")
struct LogForkTests {
    private let vault: TestVault
    private let compliance, analyst, loader: String

    init() throws {
        // The vault under test is opened anew, with a home and a kept head of its own.
        vault = try TestVault(keysApart: false)
        try vault.ingest((0..<12).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0 % 10)"], text: "第\($0)条") })
        (compliance, analyst, loader) = (try vault.token("compliance"), try vault.token("analyst"), try vault.token("ingest"))
        home = vault.folder.appendingPathComponent("other").path
        for folder in [home, vault.folder.path + "/heads", vault.folder.path + "/other-heads"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        if let database = vault.database {
            try VaultStore.setAddress(PostgresAddress("host=\(TestServer.folder!) dbname=\(database) user=vocvault"), in: URL(fileURLWithPath: home))
        } else {
            try vault.replaceDatabase(by: vault.copyDatabase(), at: home)
        }
    }

    private let home: String

    private var location: Vault.Location {
        var location = vault.location
        (location.home, location.head) = (home, vault.folder.appendingPathComponent("heads").path)
        return location
    }

    private var head: URL { URL(fileURLWithPath: KeptHead(location).path) }

    private func open() throws -> Vault { try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now }) }

    /// Copies the database of the vault under test.
    private func copy() throws -> String {
        if vault.database != nil { return try vault.copyDatabase() }
        let copy = vault.folder.appendingPathComponent("lagging-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: home) where name.hasSuffix(".db") {
            try FileManager.default.copyItem(atPath: "\(home)/\(name)", toPath: "\(copy)/\(name)")
        }
        return copy
    }

    /// Some entries; the vault is closed afterwards.
    private func work(_ count: Int, at place: Vault.Location? = nil) throws {
        let vault = try Vault.open(at: place ?? location, clock: { [clock = vault.clock] in clock.now })
        let session = try vault.session(token: compliance)
        for _ in 0..<count { _ = try session.auditEntries(AuditFilter(limit: 1)) }
        try vault.store.truncateLog()
    }

    private func entries() throws -> Int64 {
        try Vault.examineFork(at: location, token: compliance, client: "test").found.entries
    }

    private func expectFork(_ reason: LogFork.Reason, kept: Int64, found: Int64, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
        #expect(throws: VaultError.logForked(LogFork(reason, kept: kept, found: found)), sourceLocation: sourceLocation) { try body() }
    }

    @Test("an older copy of the database in the place of the newer one is refused at open, until an officer has decided")
    func rolledBack() throws {
        try work(3)
        let lagging = try copy()
        let before = try entries()
        try work(5)
        try vault.replaceDatabase(by: lagging, at: home)
        expectFork(.shorter, kept: before + 5, found: before) { _ = try open() }
        // Nobody decides without the right to, and nobody's attempt goes into the log.
        #expect(throws: VaultError.self) { try Vault.acceptFork(at: location, token: vault.adminToken, client: "test", reason: "because") }
        #expect(throws: VaultError.self) { try Vault.acceptFork(at: location, token: compliance, client: "test", reason: " ") }
        let report = try Vault.examineFork(at: location, token: compliance, client: "test")
        #expect(report.fork == LogFork(.shorter, kept: before + 5, found: before))
        #expect(report.kept?.entries == before + 5 && report.found.entries == before)
        #expect(report.missing.contains(5), "\(report.missing)")

        let (_, receipt) = try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "the standby lagged")
        #expect(receipt == before)
        let session = try open().session(token: compliance)
        let entry = try #require(try session.auditEntries(AuditFilter(action: "audit.fork")).first)
        #expect(entry.seq == before && entry.reason == "the standby lagged")
        #expect(entry.detail["kept_entries"] == String(before + 5) && entry.detail["kept_root"] == report.kept?.root)
        #expect(entry.detail["found_entries"] == String(before) && entry.detail["found_root"] == report.found.root)
        #expect(try session.verifyAudit().entries > before)
        #expect(throws: VaultError.self) { try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "again") }
    }

    @Test("a copy that went its own way is refused, whether it is shorter, as long, or longer", arguments: [2, 5, 9])
    func wentOn(_ count: Int) throws {
        try work(3)
        let lagging = try copy()
        let before = try entries()
        try work(5)
        let anchored = try open().session(token: compliance)
        let note = try anchored.anchorAudit()
        let kept = try anchored.checkpointSize(note)
        try vault.replaceDatabase(by: lagging, at: home)
        // By a process that does not know better.
        var elsewhere = location
        elsewhere.head = vault.folder.appendingPathComponent("other-heads").path
        try work(count, at: elsewhere)
        let found = before + Int64(count)
        expectFork(found < kept ? .shorter : .different, kept: kept, found: found) { _ = try open() }
        let report = try Vault.examineFork(at: location, token: compliance, client: "test")
        // The published copy shows where they part.
        #expect(report.missing == Int64(6)...6, "\(report)")
        #expect(report.publishedCopy == home + "/audit")

        let accepted = try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "decided").report
        let aside = try #require(accepted.publishedCopy)
        #expect(FileManager.default.fileExists(atPath: aside + "/checkpoint"))
        let session = try open().session(token: compliance)
        #expect(try session.verifyAudit().entries == found + 1)
        // What was kept elsewhere still shows what happened.
        #expect(throws: AuditError.self) { try session.verifyAudit(against: note) }
    }

    @Test("a running process refuses a log that is rolled back under it, shows nothing, and goes on once an officer has decided")
    func running() throws {
        let running = try open()
        let session = try running.session(token: compliance)
        let administrator = try running.session(token: vault.adminToken)
        _ = try session.auditEntries(AuditFilter(limit: 1))
        let old = try rememberHead()
        for _ in 0..<4 { _ = try session.auditEntries(AuditFilter(limit: 1)) }
        #expect(running.obstacles().isEmpty && !running.isForked)
        try rollBack(to: old)
        expectFork(.shorter, kept: old + 4, found: old) { _ = try session.auditEntries(AuditFilter(limit: 1)) }
        expectFork(.shorter, kept: old + 4, found: old) { _ = try administrator.anchorAudit() }
        #expect(running.isForked)
        #expect(running.obstacles().contains { $0.contains("audit fork") })
        #expect(try entries() == old)

        _ = try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "decided")
        #expect(try session.auditEntries(AuditFilter(limit: 1)).first?.action == "audit.fork")
        #expect(running.obstacles().isEmpty && !running.isForked)
        #expect(try session.verifyAudit().entries == old + 2)
    }

    /// Changes rows of the vault under test, past it.
    private func alter(_ sql: String) throws { _ = try vault.alter(sql, at: home) }

    private func rememberHead() throws -> Int64 {
        try vault.rememberLog(at: home)
        return try entries()
    }

    private func rollBack(to old: Int64) throws {
        try vault.rollBackLog(at: home)
        #expect(try entries() == old)
    }

    @Test("a page that was kept ready of a history that is void is not shown, though the numbers of its entries are given out anew")
    func voidPages() throws {
        let running = try open()
        let session = try running.session(token: analyst)
        let query = Query(select: ["text"], purpose: "insight")
        let old = try rememberHead()
        try vault.ingest([line(id: "later", customer: ["id": "C1"])], by: running.session(token: loader))
        for _ in 0..<3 { #expect(try session.page(query).rows.count == 13) }
        try rollBack(to: old)
        for table in ["record WHERE id", "sealed WHERE record"] { try alter("DELETE FROM \(table) = 13") }
        #expect(throws: VaultError.self) { try session.page(query) }
        _ = try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "decided")
        #expect(try session.page(query).rows.count == 12)
    }

    @Test("a connection that is made anew is looked at before it is used: a token that was revoked does not come back with a standby", .onServer)
    func reconnected() throws {
        let running = try open()
        let token = try vault.token("analyst", named: "leaver")
        let id = try #require(try vault.administrator.tokens().first { $0.principal == "leaver" }).id
        _ = try running.session(token: token)
        let lagging = try vault.copyDatabase()
        try vault.administrator.revokeToken(id)
        #expect(throws: VaultError.notSignedIn("the token was revoked")) { try running.session(token: token) }
        // As far as this process knows, that is.
        #expect(running.obstacles().isEmpty)
        try vault.replaceDatabase(by: lagging, at: home)
        let error = try #require(throws: VaultError.self) { try running.session(token: token) }
        guard case .logForked = error else { throw error }
    }

    @Test("so is a connection for keys: that of a customer who was erased does not come back with a standby, and no key is made there", .onServer)
    func reconnectedForKeys() throws {
        let running = try open()
        let session = try running.session(token: compliance)
        let lagging = try vault.copyDatabase()
        let customer = try #require(try session.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects.first)
        _ = try session.eraseSubject(customer, purpose: "subject-request", reason: "asked for")
        let erased = try running.store.keys.erasures(after: 0).subjects
        try vault.replaceDatabase(by: lagging, at: home)
        let refusals: [() throws -> Void] = [
            { _ = try running.store.keys.subjectKeys(erased) }, { _ = try running.store.keys.hasSubjectKeys(1...1) },
            { _ = try running.store.keys.addSubjectKeys(count: 1) { _, _ in WrappedKey(root: 1, bytes: [1]) } },
        ]
        for refusal in refusals {
            let error = try #require(throws: VaultError.self) { try refusal() }
            guard case .logForked(let fork) = error else { throw error }
            #expect(fork.reason == .shorter)
        }
    }

    @Test("a head that lags is no fork: the process ended before it was written, or others wrote")
    func lagging() throws {
        try work(2)
        let kept = try Data(contentsOf: head)
        try work(3)
        try kept.write(to: head)
        try work(1)
        // Two processes take turns.
        let (one, two) = (try open(), try open())
        for process in [one, two, one, one, two, one, two] { _ = try process.session(token: compliance).auditEntries(AuditFilter(limit: 1)) }
        #expect(try two.session(token: compliance).verifyAudit().entries > 12)
        let record = try #require(try KeptHead(location).read())
        #expect(try record.head.size == entries())
        let mode = try FileManager.default.attributesOfItem(atPath: head.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // It is a checkpoint, too.
        #expect(try one.session(token: compliance).verifyAudit(against: String(contentsOf: head, encoding: .utf8)).entries > 12)
    }

    @Test("one slot that was torn does no harm; with both the vault waits for an officer")
    func torn() throws {
        try work(2)
        try work(2)
        let head = self.head
        let whole = try Data(contentsOf: head)
        #expect(whole.count == 8192)
        for slot in [0, 4096] {
            var torn = whole
            torn.replaceSubrange(slot + 100..<slot + 400, with: Data(repeating: 0, count: 300))
            try torn.write(to: head)
            _ = try open()
        }
        try Data(repeating: 7, count: 8192).write(to: head)
        let found = try entries()
        expectFork(.damaged(path: head.path), kept: 0, found: 0) { _ = try open() }
        let report = try Vault.examineFork(at: location, token: compliance, client: "test")
        #expect(report.kept == nil && report.found.entries == found)
        _ = try Vault.acceptFork(at: location, token: compliance, client: "test", reason: "the disk was full")
        try work(1)
    }

    @Test("another vault's database in the place of this one's is refused")
    func foreign() throws {
        try work(1)
        let kept = try #require(try KeptHead(location).read()).head.size
        let other = try TestVault(keysApart: false)
        var place = other.location
        (place.home, place.head) = (home, location.head)
        if let database = other.database {
            try VaultStore.setAddress(PostgresAddress("host=\(TestServer.folder!) dbname=\(database) user=vocvault"), in: URL(fileURLWithPath: home))
        } else {
            try other.replaceDatabase(by: other.copyDatabase(), at: home)
        }
        let error = try #require(throws: VaultError.self) { try Vault.open(at: place) }
        guard case .logForked(let fork) = error else { throw error }
        #expect(fork.reason == .foreign && fork.kept == kept)
    }

    @Test("an entry that somebody adds to the database is not signed along with the next one")
    func forged() throws {
        let running = try open()
        let session = try running.session(token: compliance)
        _ = try session.auditEntries(AuditFilter(limit: 1))
        let head = try #require(running.trail.watch.known).head
        // A tree with one entry more, as anybody can compute it.
        var tree = head.tree
        tree.append(Array("{}".utf8), using: SHA256())
        let bytes = tree.frontierBytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try alter("INSERT INTO audit (seq, entry) VALUES (\(head.size), x'7b7d')")
        try alter("UPDATE audit_head SET size = size + 1, frontier = x'\(bytes)'")
        #expect(throws: StorageError.altered(what: "audit_head")) { try session.auditEntries(AuditFilter(limit: 1)) }
        #expect(throws: AuditError.self) { try session.verifyAudit() }
    }

    @Test("where heads cannot be kept nothing is written, and the doctor says when their place protects little")
    func places() throws {
        var nowhere = location
        nowhere.head = vault.folder.appendingPathComponent("missing").path
        let vault = try Vault.open(at: nowhere)
        let error = try #require(throws: VaultError.self) { try vault.session(token: compliance).verifyAudit() }
        guard case .keys(let message) = error else { throw error }
        #expect(message.contains("VOCVAULT_HEAD"))
        #expect(vault.obstacles().contains { $0.contains("missing/head-") })

        // Beside the key file, by the home's name; in the home where that cannot be.
        var usual = location
        usual.head = nil
        #expect(KeptHead(usual).path.hasPrefix(usual.keys + ".head-") && !KeptHead(usual).isAtHome)
        var moved = usual
        moved.home += "2"
        #expect(KeptHead(moved).path != KeptHead(usual).path)
        usual.keys = "/proc/self/keys"
        #expect(KeptHead(usual).path == usual.home + "/head" && KeptHead(usual).isAtHome)
        // That it cannot lie beside the key file is no failure.
        #expect(KeptHead(usual).failure == nil)
    }

    @Test("what a process left that ended while it made the file of the head is swept by the next")
    func leftovers() throws {
        var usual = location
        usual.head = nil
        let head = KeptHead(usual)
        let left = URL(fileURLWithPath: head.path).deletingLastPathComponent().path + "/.\(URL(fileURLWithPath: head.path).lastPathComponent)-new-3jgj4my6lola4"
        try Data("\n".utf8).write(to: URL(fileURLWithPath: left))
        _ = KeptHead(usual)
        #expect(!FileManager.default.fileExists(atPath: left) && FileManager.default.fileExists(atPath: head.path))
    }

    @Test("a restore replaces the kept head, and its entry names the one that was kept")
    func restored() throws {
        try work(1)
        let backup = vault.folder.appendingPathComponent("backup").path, keys = vault.folder.appendingPathComponent("backup-keys").path
        _ = try open().session(token: vault.adminToken).backup(to: backup, keysTo: keys)
        try work(4)
        // A restore that is tried elsewhere has a head of its own.
        var place = location
        place.home = vault.folder.appendingPathComponent("tried").path
        func restore(to place: Vault.Location) throws -> Session {
            let clock = vault.clock
            _ = try Vault.restore(from: backup, snapshot: nil, keyStore: keys + "/keystore.db", to: place, clock: { clock.now })
            return try Vault.open(at: place, clock: { clock.now }).session(token: compliance)
        }
        #expect(try restore(to: place).auditEntries(AuditFilter(action: "restore")).first?.detail["kept_entries"] == nil)
        try work(1)
        let kept = try #require(try KeptHead(location).read()).head
        try FileManager.default.moveItem(atPath: home, toPath: home + "-lost")
        let session = try restore(to: location)
        let entry = try #require(try session.auditEntries(AuditFilter(action: "restore")).first)
        #expect(entry.detail["kept_entries"] == String(kept.size))
        #expect(entry.detail["kept_root"] == Data(kept.root).base64EncodedString())
        #expect(try session.verifyAudit().entries > 5)
    }
}
