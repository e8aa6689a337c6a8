import Foundation
import RedactedAPI
import Store
import StoreMove
import SyntheticFeed
import TestVaults
import Testing
import VaultAPI
import VoCVault
import Wire

@Suite("Moving to PostgreSQL", .onServer)
struct MigrationTests {
    /// What people see of a vault.
    private struct View: Equatable {
        var page: [[String]]
        var figures: [[String]]
        var revealed: String
        var found: [String]
        var tokens: Int
        var cases: Int
    }

    private func view(_ vault: Vault, _ tokens: [String: String], phone: String) throws -> View {
        let analyst = try vault.session(token: tokens["analyst"]!)
        let page = try analyst.page(Query(select: ["record", "subject", "text", "product", "rating", "occurred_at"], limit: 500, purpose: "insight")).rows
        let figures = try analyst.aggregate(AggregateQuery(groupBy: [.field("channel"), .time("occurred_at", .month)], measures: [.count], purpose: "insight"))
        let agent = try vault.session(token: tokens["agent"]!)
        let record = try agent.page(Query(select: ["record"], filter: .contains(field: "text", "空调"), limit: 1, purpose: "follow-up")).rows[0][0].description
        var revealed = ""
        _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "a look") { revealed = "\($0)" }
        let compliance = try vault.session(token: tokens["compliance"]!)
        let admin = try vault.session(token: tokens["administrator"]!)
        return View(
            page: page.map { $0.map(\.description) }, figures: figures.rows.map { $0.map(\.description) }, revealed: revealed,
            found: try compliance.lookup(field: "phone", value: phone, purpose: nil).subjects, tokens: try admin.tokens().count,
            cases: try compliance.cases(purpose: "subject-request", closed: true).count)
    }

    @Test("all that people see is the same afterwards, the log goes on, and nobody can write to the files any more")
    func same() throws {
        let vault = try TestVault(onFiles: true)
        let records = TestVault.feed(700)
        try vault.ingest(records.map(\.json))
        var tokens = ["administrator": vault.adminToken]
        for role in ["analyst", "agent", "compliance", "ingest"] { tokens[role] = try vault.token(role) }
        let compliance = try vault.vault.session(token: tokens["compliance"]!)
        let gone = try compliance.lookup(field: "phone", value: records[3].customer.phone, purpose: nil).subjects[0]
        _ = try compliance.eraseSubject(gone, purpose: "subject-request", reason: "asked")
        let held = try compliance.lookup(field: "phone", value: records[9].customer.phone, purpose: nil).subjects[0]
        _ = try compliance.holdSubject(held, purpose: "subject-request", reason: "case")
        let before = try view(vault.vault, tokens, phone: records[20].customer.phone)
        let (name, address, owner) = try TestServer.database()

        // A look is no change: what of it is counted goes with it.
        #expect(throws: VaultError.self) { try vault.vault.session(token: tokens["analyst"]!).migrate(to: address, owner: owner) { _ in } }
        // Looking at it first makes nothing there, and each look is an entry that moves as well.
        let forecast = try vault.administrator.migrationForecast(to: address, owner: owner)
        #expect(try vault.administrator.migrationForecast(to: address, owner: owner) == forecast + 1)
        #expect(try TestServer.run("SELECT COUNT(*) FROM pg_namespace WHERE nspname IN ('vault', 'keystore')", in: name) == "0\n")
        var steps: [MigrationProgress.Step] = []
        let moved = try vault.administrator.migrate(to: address, owner: owner) { if steps.last != $0.step { steps.append($0.step) } }
        #expect(moved > 700 * 3 && steps == [.copying, .comparing] && (forecast..<forecast + 10).contains(moved))
        #expect(throws: StorageError.self) { try vault.administrator.issueToken(principal: "x", role: "analyst", days: nil) }

        let now = vault.clock.now
        let opened = try Vault.open(at: vault.location) { now }
        let after = try view(opened, tokens, phone: records[20].customer.phone)
        #expect(after.page == before.page && after.figures == before.figures)
        #expect(after.revealed == before.revealed && after.found == before.found)
        #expect(after.tokens == before.tokens && after.cases == before.cases)
        #expect(try opened.session(token: tokens["compliance"]!).lookup(field: "phone", value: records[3].customer.phone, purpose: nil).subjects == [])
        #expect(try opened.session(token: tokens["compliance"]!).verifyAudit().entries > 10)
        // The tests' server does not flush, which is a failure of its own.
        func failures() throws -> [HealthFinding] {
            try opened.session(token: vault.adminToken).examine().filter { $0.state == .failure && $0.check != "server" }
        }
        // That the files are still there is to be seen to, and no tampering.
        let found = try failures()
        #expect(found.map(\.check) == ["database"] && found[0].kind == .operation, "files that were left are no finding, or taken for damage")
        for file in VaultStore.leftFiles(in: URL(fileURLWithPath: vault.location.home)) { try FileManager.default.removeItem(atPath: file) }
        #expect(try failures().isEmpty)
        // Numbers go on where they stopped.
        let file = vault.folder.appendingPathComponent("more")
        try Data(line(id: "new", customer: ["id": "new"]).utf8).write(to: file)
        let report = try opened.session(token: tokens["ingest"]!).ingest(
            FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "test", onReject: { _ in }, progress: { _ in })
        #expect(report.stored == 1)
        #expect(try TestServer.run("SELECT COUNT(*) FROM vault.record WHERE id = (SELECT last_record FROM vault.vault)", in: name) == "1\n")
        #expect(throws: StorageError.notFiles(database: address.name)) {
            try opened.session(token: vault.adminToken).migrate(to: address, owner: owner) { _ in }
        }
    }

    @Test("what is not the same is noticed; the vault stays in its files, and the next attempt mends it")
    func differing() throws {
        let vault = try TestVault(onFiles: true)
        try vault.ingest(TestVault.feed(300).map(\.json))
        let (name, address, owner) = try TestServer.database()
        var isFirst = true
        #expect(throws: StorageError.differs(table: "vault.sealed")) {
            try vault.administrator.migrate(to: address, owner: owner) { progress in
                guard progress.step == .comparing, isFirst else { return }
                isFirst = false
                _ = try? TestServer.run("UPDATE vault.sealed SET body = 'x' WHERE record = 7", in: name)
            }
        }
        #expect(!isFirst)
        #expect(throws: StorageError.isMoving(database: address.name)) { try VaultStore.requireVault(at: address) }
        try vault.ingest([line(id: "meanwhile")])
        #expect(try vault.administrator.migrate(to: address, owner: owner) { _ in } > 300)
        #expect(try TestServer.run("SELECT COUNT(*) FROM vault.record", in: name) == "301\n")
    }

    @Test("a move that ends between the closing of the files and the note where the data are is finished by the next, whoever tried to write meanwhile")
    func unfinished() throws {
        let vault = try TestVault(onFiles: true)
        try vault.ingest(TestVault.feed(200).map(\.json))
        let (name, address, owner) = try TestServer.database()
        let loader = try vault.token("ingest")
        // Nothing can be written in its place.
        let note = vault.folder.appendingPathComponent("vault/postgres")
        try FileManager.default.createDirectory(at: note, withIntermediateDirectories: false)
        #expect(throws: FileFault(note.path, .write, EISDIR)) { try vault.administrator.migrate(to: address, owner: owner) { _ in } }
        try FileManager.default.removeItem(at: note)
        let now = vault.clock.now
        let reopened = try Vault.open(at: vault.location) { now }
        let admin = try reopened.session(token: vault.adminToken)
        #expect(throws: StorageError.moved(path: vault.location.home + "/vault.db")) { try admin.issueToken(principal: "x", role: "analyst", days: nil) }
        // It makes a key for the new customer before it comes to that.
        #expect(throws: StorageError.moved(path: vault.location.home + "/vault.db")) {
            try vault.ingest([line(id: "late", customer: ["id": "NEW"])], by: reopened.session(token: loader))
        }
        #expect(try admin.migrate(to: address, owner: owner) { _ in } > 200)
        #expect(try Vault.open(at: vault.location) { now }.session(token: vault.adminToken).verifyAudit().entries > 3)
        #expect(try TestServer.run("SELECT COUNT(*) FROM vault.record", in: name) == "200\n")
    }

    @Test("snapshots go on across the move, are put together into files, and these move into another database")
    func snapshots() throws {
        let vault = try TestVault(onFiles: true)
        let records = TestVault.feed(3000)
        try vault.ingest(records.map(\.json))
        var tokens = ["administrator": vault.adminToken]
        for role in ["analyst", "agent", "compliance", "ingest"] { tokens[role] = try vault.token(role) }
        let (folder, keys) = (vault.folder.appendingPathComponent("b").path, vault.folder.appendingPathComponent("k").path)
        let first = try vault.administrator.backup(to: folder, keysTo: keys)
        let (name, address, owner) = try TestServer.database()
        _ = try vault.administrator.migrate(to: address, owner: owner) { _ in }

        let clock = vault.clock
        let moved = try Vault.open(at: vault.location) { clock.now }
        let compliance = try moved.session(token: tokens["compliance"]!)
        let gone = try compliance.lookup(field: "phone", value: records[3].customer.phone, purpose: nil).subjects[0]
        _ = try compliance.eraseSubject(gone, purpose: "subject-request", reason: "asked")
        let held = try compliance.lookup(field: "phone", value: records[9].customer.phone, purpose: nil).subjects[0]
        let number = try compliance.openCase(.access, of: held, purpose: "subject-request", note: "asked").id
        // A number is never given out twice, not even one that no row has.
        try TestServer.run("SELECT nextval(pg_get_serial_sequence('vault.subject_case', 'id'))", in: name)
        let before = try view(moved, tokens, phone: records[20].customer.phone)
        clock.advance(minutes: 1)
        // Indexes are settled in it.
        let second = try moved.session(token: vault.adminToken).backup(to: folder, keysTo: keys)
        #expect(second.newChunks < second.chunks * 3 / 4 && first.chunks > 40, "\(first), \(second)")
        clock.advance(minutes: 1)
        let third = try moved.session(token: vault.adminToken).backup(to: folder, keysTo: keys)
        #expect(third.newChunks < 5, "\(third)")

        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored").path
        _ = try Vault.restore(from: folder, snapshot: nil, keyStore: keys + "/keystore.db", to: location) { clock.now }
        let restored = try Vault.open(at: location) { clock.now }
        #expect(try view(restored, tokens, phone: records[20].customer.phone) == before)
        #expect(try restored.session(token: tokens["compliance"]!).openCase(.access, of: held, purpose: "subject-request", note: "asked").id == number + 2)

        let (_, other, otherOwner) = try TestServer.database()
        _ = try restored.session(token: vault.adminToken).migrate(to: other, owner: otherOwner) { _ in }
        let again = try Vault.open(at: location) { clock.now }
        #expect(try again.session(token: tokens["compliance"]!).lookup(field: "phone", value: records[3].customer.phone, purpose: nil).subjects == [])
        #expect(try again.session(token: tokens["compliance"]!).verifyAudit().entries > 10)
    }

    @Test("another vault's database is left alone")
    func foreign() throws {
        let (one, two) = (try TestVault(onFiles: true), try TestVault(onFiles: true))
        let (_, address, owner) = try TestServer.database()
        _ = try one.administrator.migrate(to: address, owner: owner) { _ in }
        #expect(throws: StorageError.alreadyExists(path: "another vault in \(owner.name)")) { try two.administrator.migrate(to: address, owner: owner) { _ in } }
        #expect(try two.vault.session(token: two.adminToken).examine().allSatisfy { $0.state != .failure })
    }
}
