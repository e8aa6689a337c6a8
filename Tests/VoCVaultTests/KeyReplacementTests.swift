import AuditLog
import Foundation
import RedactedAPI
import Sealing
import Store
import Synchronization
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// Rotation of what lies under the root key.
@Suite("Replacing keys")
struct KeyReplacementTests {
    private let vault: TestVault

    init() throws {
        vault = try TestVault()
        try vault.ingest((1...40).map { customer($0) })
    }

    private func customer(_ number: Int, id: String? = nil) -> String {
        line(
            id: id ?? "\(number)", customer: ["id": "C\(number % 20)", "phone": "138001380\(number % 20 + 10)"], text: "空调又坏了,第\(number)次",
            at: "2026-03-04T12:\(10 + number % 50):00+08:00")
    }

    private func reopened() throws -> Vault { try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now }) }
    private func session(_ role: String) throws -> Session { try reopened().session(token: vault.token(role, named: "\(role)-\(UUID().uuidString.prefix(8))")) }

    private func column(_ sql: String, of file: String = "vault.db") throws -> [Data] {
        try vault.column(sql, of: file)
    }

    private func expectGone(_ values: [Data]) throws {
        #expect(!values.isEmpty)
        for file in try vault.files() {
            for value in values where file.bytes.holds(value) { Issue.record("\(file.name) still holds what was replaced") }
        }
    }

    private func texts(_ session: Session) throws -> [String] {
        let query = Query(select: ["customer_id", "text"], limit: 1000, purpose: "subject-request")
        return try session.page(query).rows.map { "\($0[0]) \($0[1])" }.sorted()
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    // MARK: What a rotation would do

    @Test("the forecast of replacing customers' keys has the numbers of what follows: without a backup, with one, and after one")
    func resealingForecast() throws {
        let admin = vault.administrator
        func run(retireNow: Bool = false, reason: String? = nil) throws -> ResealingReport {
            let forecast = try admin.resealingForecast(retireNow: retireNow)
            let done = try admin.resealRecords(batch: 7, retireNow: retireNow, reason: reason)
            #expect(forecast == done)
            return done
        }
        func backup() throws {
            vault.clock.advance(minutes: 1)
            _ = try admin.backup(to: vault.folder.appendingPathComponent("b").path, keysTo: vault.folder.appendingPathComponent("k").path)
            vault.clock.advance(minutes: 1)
        }
        #expect(try run() == ResealingReport(version: 2, customers: 20, records: 40, retired: 20, kept: 0))
        try backup()
        #expect(try run() == ResealingReport(version: 3, customers: 20, records: 40, retired: 0, kept: 20))
        #expect(try run().kept == 20)
        try backup()
        #expect(try run().retired == 20)
        #expect(try run(retireNow: true, reason: "a leak") == ResealingReport(version: 4, customers: 20, records: 40, retired: 20, kept: 0))
        let entries = try session("privacy-lead").auditEntries(AuditFilter(action: "keys.rotate"))
        #expect(entries.first?.reason == "a leak" && entries.contains { $0.reason == nil })
        #expect(throws: VaultError.invalid("a reason must be given")) { try admin.resealRecords(retireNow: true, reason: " ") }
        #expect(throws: VaultError.self) { try session("analyst").resealingForecast(retireNow: true) }
    }

    @Test("the forecast of moving to another root key has the numbers of the move, before the key is added and after")
    func rootForecast() throws {
        let before = try vault.administrator.rootRotationForecast(newRoot: true)
        #expect(before.subjectKeys == 20 && before.dataKeys > 3 && before.retired.count == 1)
        #expect(try vault.administrator.rootRotationForecast(newRoot: false) == RotationReport())
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "later")
        let admin = try reopened().session(token: vault.adminToken)
        let after = try admin.rootRotationForecast(newRoot: false)
        #expect(after == before)
        #expect(try admin.rotateRootKey(batch: 7) == after)
        #expect(try admin.reindexingForecast().fields == admin.rotateIndexKeys(batch: 7).fields)
    }

    // MARK: Customers' keys

    @Test("every customer gets a new key, every record is sealed under it, and nothing of before is left on disk")
    func resealing() throws {
        let officer = try session("compliance")
        let before = try texts(officer)
        let (keys, bodies) = (try column("SELECT wrapped FROM subject_key", of: "keystore.db"), try column("SELECT body FROM sealed"))
        let report = try vault.administrator.resealRecords(batch: 7)
        #expect(report == ResealingReport(version: 2, customers: 20, records: 40, retired: 20, kept: 0))
        #expect(try texts(officer) == before && before.count == 40 && before.allSatisfy { $0.contains("空调") })
        #expect(try texts(session("compliance")) == before)
        try expectGone(keys + bodies)
        let versions = try vault.administrator.keys().versions.filter { $0.use == "customer" }
        #expect(versions == [KeyVersion(use: "customer", name: "", version: 2, state: .current, count: 20)])
        _ = try vault.administrator.verifyAudit()
        // The next one begins anew; what is taken in between has the newest key.
        try vault.ingest([customer(99, id: "99")])
        #expect(try vault.administrator.resealRecords() == ResealingReport(version: 3, customers: 20, records: 41, retired: 20, kept: 0))
        #expect(try texts(officer).count == 41)
    }

    @Test("whoever reads, takes in or erases meanwhile notices nothing, and nothing is lost")
    func meanwhile() throws {
        struct Noticed: Error { var rows: [[Value]] }
        let officer = try session("compliance")
        let end = Flag()
        defer { end.set() }
        let pages = Atomic(0)
        let (reading, adding) = (Threads(), Threads())
        reading.begin {
            var query = Query(select: ["customer_id", "text"], limit: 1000, purpose: "subject-request")
            while !end.isSet {
                // A question of its own each time, so that no page is kept ready.
                query.until = Timestamp(milliseconds: 4_000_000_000_000 + Int64(pages.load(ordering: .relaxed)))
                let rows = try officer.page(query).rows
                guard rows.count >= 38, rows.allSatisfy({ $0[1].description.contains("空调") && $0[0] != .null }) else { throw Noticed(rows: rows) }
                pages.add(1, ordering: .relaxed)
            }
        }
        adding.begin { [self] in
            for number in 100..<110 { try vault.ingest((0..<5).map { customer($0, id: "\(number)-\($0)") }, source: "more") }
        }
        var erased = false
        let admin = try session("administrator")
        for _ in 0..<4 {
            _ = try admin.resealRecords(batch: 3) { report in
                guard !erased, report.records > 0 else { return }
                erased = true
                do {
                    let subject = try officer.lookup(field: "customer_id", value: "C19", purpose: nil).subjects[0]
                    _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
                } catch { Issue.record(error) }
            }
        }
        try adding.end()
        end.set()
        try reading.end()
        #expect(pages.load(ordering: .relaxed) > 0)
        let rows = try texts(officer)
        #expect(rows.count == 38 + 50 && rows.allSatisfy { $0.contains("空调") })
        #expect(try column("SELECT wrapped FROM subject_key WHERE version > 0", of: "keystore.db").count == 19)
        _ = try admin.verifyAudit()
    }

    @Test("a clock that was ahead at the last backup destroys no key that its snapshot needs")
    func clockAhead() throws {
        let (folder, keys) = (vault.folder.appendingPathComponent("b").path, vault.folder.appendingPathComponent("k").path)
        vault.clock.advance(days: 400)
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
        vault.clock.advance(days: -400)
        let report = try vault.administrator.resealRecords()
        #expect(report.records == 40 && report.retired == 0 && report.kept == 20)
        _ = try vault.administrator.backup(to: folder, keysTo: keys)
        #expect(try vault.administrator.resealRecords().retired == 20)
    }

    @Test("no former key is destroyed while a record does not open with the one that followed")
    func readBack() throws {
        #expect(throws: (any Error).self) {
            try vault.administrator.resealRecords { report in
                guard report.records == 40 else { return }
                _ = try? vault.alter("UPDATE sealed SET body = (SELECT body FROM sealed o WHERE o.record = 2) WHERE record = 1")
            }
        }
        #expect(try column("SELECT wrapped FROM subject_key", of: "keystore.db").count == 40)
    }

    @Test("a former key is kept until a backup that needs none of them was taken, and a snapshot without its keys is refused")
    func backups() throws {
        let (folder, keys) = (vault.folder.appendingPathComponent("b").path, vault.folder.appendingPathComponent("k").path)
        func backup() throws -> String {
            vault.clock.advance(minutes: 1)
            defer { vault.clock.advance(minutes: 1) }
            return try vault.administrator.backup(to: folder, keysTo: keys).name
        }
        func restore(_ name: String) throws -> Vault {
            var location = vault.location
            location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path
            // The key store as it is now, which may be newer than the backup's copy of it.
            let keys = location.home + "-keys"
            try vault.vault.store.copyKeys(to: keys)
            _ = try Vault.restore(from: folder, snapshot: name, keyStore: keys, to: location, clock: { [clock = vault.clock] in clock.now })
            return try Vault.open(at: location)
        }
        let old = try backup()
        let report = try vault.administrator.resealRecords()
        #expect(report.records == 40 && report.retired == 0 && report.kept == 20)
        #expect(try vault.administrator.examine().first { $0.check == "keys" }?.state == .warning)
        _ = try restore(old)
        // Without a backup since, a further run changes nothing.
        let again = try vault.administrator.resealRecords()
        #expect(again == ResealingReport(version: 2, customers: 0, records: 0, retired: 0, kept: 20))
        let new = try backup()
        let third = try vault.administrator.resealRecords()
        #expect(third == ResealingReport(version: 2, customers: 0, records: 0, retired: 20, kept: 0))
        _ = try restore(new)
        #expect { try restore(old) } throws: { "\($0)".contains("replaced since") }
        #expect(try vault.administrator.resealRecords(retireNow: true).retired == 20)
    }

    // MARK: Pseudonyms

    @Test("a purpose gets other pseudonyms, those of before are still found, and other purposes keep theirs")
    func pseudonyms() throws {
        let query = Query(select: ["record", "subject"], limit: 1000, purpose: "insight")
        let agents = Query(select: ["record"], limit: 1000, purpose: "follow-up")
        let (before, others) = (try session("analyst").page(query).rows, try session("agent").page(agents).rows)
        #expect(try vault.administrator.rotatePseudonyms(purpose: "insight") == 2)
        let after = try session("analyst").page(query).rows
        #expect(Set(after.flatMap { $0 }).isDisjoint(with: before.flatMap { $0 }) && after.count == before.count)
        #expect(try Set(session("agent").page(agents).rows.map { $0[0] }) == Set(others.map { $0[0] }))
        for rows in [before, after] {
            let condition = try Condition(parsing: "record = '\(rows[3][0])'")
            let found = try session("analyst").page(Query(select: ["record"], filter: condition, purpose: "insight")).rows
            #expect(found.count == 1 && after.contains { $0[0] == found[0][0] })
        }
        #expect(throws: VaultError.self) { try vault.administrator.rotatePseudonyms(purpose: "nothing") }
        let versions = try vault.administrator.keys().versions.filter { $0.use == "pseudonym" && $0.name == "insight" }
        #expect(versions.map(\.version) == [2, 1] && versions.map(\.state) == [.current, .former])
    }

    // MARK: The audit log's key

    @Test("the log goes on under a new key that the former one vouches for, and the former one signs nothing beyond")
    func auditKey() throws {
        let stale = try reopened()
        let old = vault.vault.verifierKey
        let anchored = try vault.vault.checkpoint()
        let signer = vault.vault.trail.signingKey
        let seeds = try column("SELECT wrapped FROM data_key WHERE kind = 'audit-signing'", of: "keystore.db")
        let new = try vault.administrator.rotateAuditKey()
        #expect(new != old && vault.vault.verifierKey == new)
        try expectGone(seeds)
        _ = try vault.administrator.verifyAudit()
        // The entry names both, and the checkpoint that covers it has both signatures.
        let entries = try session("compliance").auditEntries(AuditFilter(action: "keys.rotate"))
        #expect(entries.contains { $0.detail == ["audit_key": new, "former_audit_key": old] })
        // Another process takes the new key up by itself.
        _ = try stale.session(token: vault.adminToken).tokens()
        #expect(stale.verifierKey == new)
        let later = try reopened()
        _ = try later.session(token: vault.adminToken).verifyAudit()
        _ = try later.verifiedAudit(against: anchored)
        // Whoever stole the former key cannot go on with the log.
        var forged = try Checkpoint(verifying: later.checkpoint(), keys: later.trail.logKeys)
        #expect(forged.size > 0)
        let note = try forged.signed(by: signer)
        #expect(throws: AuditError.badSignature) { try Checkpoint(verifying: note, keys: later.trail.logKeys) }
        // What it signed while it was in use is still good.
        forged.size = 3
        #expect(try Checkpoint(verifying: forged.signed(by: signer), keys: later.trail.logKeys).size == 3)
        let third = try later.session(token: vault.adminToken).rotateAuditKey()
        #expect(third != new)
        _ = try reopened().verifiedAudit(against: anchored)
    }

    @Test("both signatures stand under the checkpoint between two keys")
    func transition() throws {
        let (old, new) = (try Ed25519.SigningKey(seed: .random(count: 32)), try Ed25519.SigningKey(seed: .random(count: 32)))
        let checkpoint = Checkpoint(origin: "log", size: 7, root: [UInt8](repeating: 1, count: 32))
        let note = try checkpoint.signed(by: [old, new])
        for key in [old, new] { #expect(try Checkpoint(verifying: note, publicKey: key.publicKey) == checkpoint) }
        #expect(!Checkpoint.hasUnknownSigner(note, keys: [LogKey(publicKey: old.publicKey), LogKey(publicKey: new.publicKey)]))
        #expect(Checkpoint.hasUnknownSigner(note, keys: [LogKey(publicKey: old.publicKey)]))
        #expect(throws: AuditError.badSignature) { try Checkpoint(verifying: note, keys: [LogKey(publicKey: old.publicKey, lastSize: 6)]) }
    }

    // MARK: Index keys

    @Test("the indexes are built anew beside those in use; what comes in or is corrected meanwhile is found afterwards")
    func indexes() throws {
        let tags = try column("SELECT tag FROM blind_index")
        let stale = try reopened().session(token: vault.token("compliance", named: "stale"))
        func find(_ field: String, _ value: String, _ session: Session) throws -> Int {
            try session.lookup(field: field, value: value, purpose: nil).subjects.count
        }
        var calls = 0
        let officer = try session("compliance")
        let report = try vault.administrator.rotateIndexKeys(batch: 6) { _ in
            calls += 1
            do {
                #expect(try find("customer_id", "C7", officer) == 1)
                try vault.ingest([customer(200 + calls, id: "new-\(calls)"), line(id: "other-\(calls)", customer: ["id": "D\(calls)"])])
                if calls == 3 {
                    let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: nil).subjects[0]
                    _ = try officer.correctSubject(subject, field: "phone", to: "13911112222", purpose: "subject-request", reason: "asked")
                }
            } catch { Issue.record(error) }
        }
        #expect(report.fields.contains("phone") && report.fields.contains("customer_id") && calls >= 4)
        let after = try session("compliance")
        for number in 0..<20 { #expect(try find("customer_id", "C\(number)", after) == 1) }
        for number in 1...calls { #expect(try find("customer_id", "D\(number)", after) == 1) }
        #expect(try find("phone", "13911112222", after) == 1)
        #expect(try find("phone", "13800138029", after) == 1)
        // Customers are recognised as before.
        let customers = try column("SELECT entries FROM subject").count
        let input = Mutex(Array(customer(5, id: "last").utf8))
        let stored = try session("ingest").ingest(format: .jsonl, source: "test") { input.withLock { all in defer { all = [] }; return all[...] } } onBatch: { _ in }
        #expect(stored.stored == 1)
        #expect(try column("SELECT entries FROM subject").count == customers)
        try expectGone(tags)
        // A process that knows only the former keys says so instead of finding nothing.
        #expect(throws: VaultError.self) { try find("customer_id", "C7", stale) }
        #expect(throws: VaultError.self) { try vault.ingest([customer(1, id: "stale")]) }
        #expect(try vault.administrator.keys().versions.filter { $0.use == "index" }.allSatisfy { $0.version == 2 && $0.state == .current })
        _ = try vault.administrator.verifyAudit()
    }

    @Test("all of it needs the right to it")
    func denied() throws {
        let officer = try vault.session("compliance")
        #expect(throws: VaultError.self) { try officer.resealRecords() }
        #expect(throws: VaultError.self) { try officer.rotateIndexKeys() }
        #expect(throws: VaultError.self) { try officer.rotateAuditKey() }
        #expect(throws: VaultError.self) { try officer.rotatePseudonyms(purpose: "insight") }
    }
}
