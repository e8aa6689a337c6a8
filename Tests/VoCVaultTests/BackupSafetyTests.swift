import AuditLog
import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

/// What goes wrong around backups: clocks, other vaults, other backups, processes that were killed, damage.
@Suite("Backups that go wrong")
struct BackupSafetyTests {
    private let vault: TestVault
    private let folder: String
    private let keys: String

    init() throws {
        vault = try TestVault()
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        try ingest(1...60)
    }

    private func ingest(_ numbers: ClosedRange<Int>, into vault: TestVault? = nil) throws {
        try (vault ?? self.vault).ingest(numbers.map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013\($0 + 1000)"], text: "空调又坏了,第\($0)次") })
    }

    @discardableResult
    private func backup(keep: Int? = nil, of vault: TestVault? = nil, keysTo keys: String? = nil, patience: Duration = .seconds(30)) throws -> BackupReport {
        let vault = vault ?? self.vault
        vault.clock.advance(minutes: 1)
        return try vault.administrator.backup(to: folder, keysTo: keys ?? self.keys, keep: keep, patience: patience)
    }

    private func place(of vault: TestVault) -> Vault.Location {
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path
        return location
    }

    /// Restores, and returns the snapshot's name and the restored vault's records.
    @discardableResult
    private func restore(_ snapshot: String? = nil, keyStore: String? = nil, of vault: TestVault? = nil) throws -> (name: String, records: Int, location: Vault.Location) {
        let vault = vault ?? self.vault
        let location = place(of: vault)
        let clock = vault.clock
        let report = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keyStore ?? keys, to: location, clock: { clock.now }, patience: .zero)
        let restored = try Vault.open(at: location, clock: { clock.now }).session(token: vault.adminToken)
        return (report.name, Int(try restored.overview().records), location)
    }

    private func findings(_ snapshot: String? = nil, keyStore: String? = nil) throws -> [String: SnapshotFinding] {
        var found: [String: SnapshotFinding] = [:]
        let clock = vault.clock
        try Vault.verifyBackup(folder, snapshot: snapshot, keyStore: keyStore, at: vault.location, clock: { clock.now }, patience: .zero) { found[$0.name] = $0 }
        return found
    }

    /// What is said when something does not come about; empty when it does.
    private func refusal<R>(_ body: () throws -> R) -> String {
        do {
            _ = try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func doctor() throws -> HealthFinding { try #require(try vault.administrator.examine().first { $0.check == "backup" }) }
    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder + "/snapshots").sorted() }
    private func all(_ folder: String) throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: folder) }

    // MARK: Order

    @Test("after a clock that was ahead the newest snapshot is the one whose log is the longest: it is kept, and restored")
    func clockAhead() throws {
        vault.clock.restart()
        vault.clock.set(days: 400)
        let ahead = try backup(keep: 1)
        vault.clock.set(days: -400)
        try ingest(61...80)
        let right = try backup(keep: 1)
        #expect(right.pruned == 1 && right.name < ahead.name)
        #expect(try names() == [right.name])
        #expect(right.notes.contains { $0.contains(ahead.name) && $0.contains("still to come") })
        let restored = try restore()
        #expect(restored.name == right.name && restored.records == 80)
        // Once more, beside one that is kept.
        vault.clock.restart()
        vault.clock.set(days: 400)
        _ = try backup()
        #expect(try doctor().state == .ok)
        vault.clock.set(days: -400)
        #expect(try doctor().state == .warning && doctor().finding.contains("ahead of the clock"))
        try ingest(81...90)
        let last = try backup(keep: 2)
        #expect(try names().contains(last.name) && !names().contains(right.name))
        #expect(try restore().name == last.name)
    }

    @Test("snapshots of a history that a restore gave up neither count nor go, and a restore asks which is meant")
    func twoHistories() throws {
        let first = try backup()
        try ingest(61...70)
        try backup()
        try ingest(71...80)
        let longest = try backup()
        // Back to the first, from where the vault goes on: for a while its log is shorter than those that were given up.
        let clock = vault.clock
        let location = try restore(first.name).location
        let again = try Vault.open(at: location, clock: { clock.now }).session(token: vault.adminToken)
        func next(keep: Int) throws -> BackupReport {
            clock.advance(minutes: 1)
            return try again.backup(to: folder, keysTo: keys, keep: keep)
        }
        let second = try next(keep: 1)
        let third = try next(keep: 1)
        #expect(second.pruned == 1 && third.pruned == 1 && third.notes.contains { $0.contains("2 snapshots of a history") })
        #expect(try names().count == 3 && names().contains(third.name) && names().contains(longest.name))
        let message = refusal { try restore() }
        #expect(message.contains("--snapshot") && message.contains(third.name), "\(message)")
        #expect(try restore(third.name).records == 60)
    }

    // MARK: Other vaults

    @Test("the snapshots of another vault in the same folder are not counted, not removed and not restored by mistake")
    func otherVault() throws {
        let other = try TestVault()
        try ingest(1...5, into: other)
        let otherKeys = other.folder.appendingPathComponent("other-keys").path
        let foreign = try backup(of: other, keysTo: otherKeys)
        let first = try backup(keep: 1)
        #expect(first.pruned == 0 && first.notes.contains { $0.contains("1 snapshot of 1 other vault") })
        try ingest(61...62)
        let second = try backup(keep: 1)
        #expect(second.pruned == 1)
        #expect(try names() == [foreign.name, second.name].sorted())
        #expect(try restore().records == 62)
        #expect(try restore(keyStore: otherKeys, of: other).records == 5)
        #expect(try findings()[foreign.name]?.state == .foreign)
        // Its key store keeps its place, too.
        let before = try Data(contentsOf: URL(fileURLWithPath: otherKeys + "/keystore.db"))
        #expect(throws: VaultError.self) { try backup(keysTo: otherKeys) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: otherKeys + "/keystore.db")) == before)
    }

    @Test("after the root key was replaced, a vault still knows the copy of its own key store")
    func ownKeyStore() throws {
        try backup()
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "new")
        let reopened = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now }).session(token: vault.adminToken)
        _ = try reopened.rotateRootKey()
        _ = try reopened.backup(to: folder, keysTo: keys)
        #expect(try restore().records == 60)
    }

    @Test("a manifest that cannot be read keeps nobody from backing up, does not count, and its chunks stay")
    func damagedManifest() throws {
        let first = try backup()
        try ingest(61...65)
        let second = try backup()
        let file = folder + "/snapshots/" + first.name
        let note = try String(contentsOfFile: file, encoding: .utf8)
        try Data("\(note.prefix(note.count / 2))".utf8).write(to: URL(fileURLWithPath: file))
        try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/snapshots/20990101T000000-999999"))
        let chunks = try all(folder + "/chunks").count
        try ingest(66...70)
        let third = try backup(keep: 1)
        #expect(third.pruned == 1)
        #expect(third.notes.count { $0.contains("does not count") } == 2 && third.notes.contains { $0.contains("chunks") })
        #expect(try names() == [first.name, third.name, "20990101T000000-999999"].sorted())
        #expect(try all(folder + "/chunks").count >= chunks)
        #expect(try restore().name == third.name)
        #expect(try findings().values.count { $0.state == .damaged } == 2)
        // Mended, it can be restored: nothing that it needs is gone.
        try Data(note.utf8).write(to: URL(fileURLWithPath: file))
        #expect(try restore(first.name).records == 60)
        #expect(second.name != third.name)
    }

    @Test("pruning leaves chunks that are younger than the backup's beginning, whoever stored them")
    func youngChunks() throws {
        try backup()
        let (old, young) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        for (hash, age) in [(old, -3600.0), (young, 3600.0)] {
            let part = folder + "/chunks/" + hash.prefix(2)
            try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: true)
            try Data("stray".utf8).write(to: URL(fileURLWithPath: part + "/" + hash))
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: age)], ofItemAtPath: part + "/" + hash)
        }
        try backup(keep: 1)
        let left = try all(folder + "/chunks").filter { $0.hasSuffix("aaaa") || $0.hasSuffix("bbbb") }
        #expect(left == ["bb/" + young])
        #expect(try restore().records == 60)
    }

    // MARK: Several at once

    @Test("two backups at once: one waits for the other, and every snapshot that is there can be restored")
    func together() throws {
        // All three meet while a fourth works in the folder.
        try backup()
        var other: BackupLock? = try BackupLock.exclusive([folder], patience: .zero) { _ in }
        let (waits, threads) = (DispatchSemaphore(value: 0), Threads())
        for number in 0..<3 {
            threads.begin { [self] in
                try ingest(100 + number * 10...105 + number * 10)
                _ = try vault.administrator.backup(to: folder, keysTo: keys, keep: 2) { progress in
                    if case .waiting = progress { waits.signal() }
                }
            }
        }
        for _ in 0..<3 { #expect(waits.wait(timeout: .now() + 120) == .success) }
        #expect(other != nil)
        other = nil
        try threads.end()
        #expect(try names().count == 2)
        for name in try names() { try restore(name) }
        #expect(try findings().values.allSatisfy { $0.state == .ok })
    }

    @Test("whoever has to wait too long is told so, and nothing is changed; readers do not wait for readers", arguments: [true, false])
    func busy(_ inKeyFolder: Bool) throws {
        let name = try backup().name
        let waited = Atomic(0)
        do {
            let lock = try BackupLock.shared([inKeyFolder ? keys : folder], patience: .zero) { _ in }
            defer { withExtendedLifetime(lock) {} }
            #expect(throws: BackupError.busy(folder: inKeyFolder ? keys : folder)) {
                try vault.administrator.backup(to: folder, keysTo: keys, patience: .milliseconds(150)) { progress in
                    if case .waiting = progress { waited.add(1, ordering: .relaxed) }
                }
            }
            #expect(waited.load(ordering: .relaxed) == 1)
            #expect(try names() == [name])
            try restore()
            #expect(try findings()[name]?.state == .ok)
        }
        let lock = try BackupLock.exclusive([inKeyFolder ? keys : folder], patience: .zero) { _ in }
        defer { withExtendedLifetime(lock) {} }
        #expect(throws: BackupError.busy(folder: inKeyFolder ? keys : folder)) { try restore() }
        #expect(throws: BackupError.busy(folder: inKeyFolder ? keys : folder)) { try findings() }
        let failed = try vault.session("privacy-lead").auditEntries(AuditFilter(action: "backup", outcome: .failed))
        #expect(failed.first?.detail["error"] == "another backup was at work")
    }

    // MARK: What was killed

    @Test("what a killed backup has left is reported by doctor and removed by the next, which brings back nobody")
    func leftovers() throws {
        try backup()
        let officer = try vault.session("compliance")
        let copy = keys + "/.keystore.db-q_x"
        let left = [
            copy, keys + "/.keystore.db-q_x-journal", folder + "/.vault.db-q_y", folder + "/.vault.db-q_y-wal", folder + "/chunks/.chunk",
            folder + "/snapshots/.20261123T000000-9",
        ]
        try FileManager.default.copyItem(atPath: keys + "/keystore.db", toPath: copy)
        for file in left.dropFirst() { try Data("left".utf8).write(to: URL(fileURLWithPath: file)) }
        let part = try #require(try FileManager.default.contentsOfDirectory(atPath: folder + "/chunks").first { $0.count == 2 })
        try Data("left".utf8).write(to: URL(fileURLWithPath: "\(folder)/chunks/\(part)/.\(part)12"))
        #expect(try doctor().state == .failure && doctor().finding.contains(copy) && doctor().advice.contains(folder))
        let subject = try officer.lookup(field: "customer_id", value: "C7", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        let report = try backup()
        #expect(report.notes.contains { $0.contains("2 items with the keys, 5 items with the snapshots") })
        #expect(try (all(folder) + all(keys)).allSatisfy { !$0.contains("/.") && !$0.hasPrefix(".") })
        #expect(try doctor().state == .ok)
        // A restore that was killed has left keys, too.
        let work = vault.folder.appendingPathComponent(".vault-restoring").path
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        #expect(try doctor().state == .failure && doctor().finding.contains(work))
        try FileManager.default.removeItem(atPath: work)
        try Data("left".utf8).write(to: vault.folder.appendingPathComponent(".keys-new-1a2b"))
        #expect(try doctor().state == .failure)
    }

    @Test("what is copied and checked can lie in a third folder, where leftovers are seen to as well")
    func scratch() throws {
        let scratch = vault.folder.appendingPathComponent("scratch").path
        func backup() throws -> BackupReport {
            try vault.administrator.backup(to: folder, keysTo: keys, scratch: scratch) { progress in
                guard case .checking = progress else { return }
                #expect((try? all(scratch))?.contains { $0.hasPrefix(".keystore.db-") } == true && (try? all(scratch))?.contains { $0.hasPrefix(".vault.db-") } == true)
                #expect((try? all(folder))?.contains { $0.hasPrefix(".vault.db-") } == false)
            }
        }
        let report = try backup()
        #expect(try all(scratch) == ["backup.lock"])
        for name in [".keystore.db-q_x", ".vault.db-q_x"] {
            try Data("left".utf8).write(to: URL(fileURLWithPath: scratch + "/" + name))
            #expect(try doctor().state == .failure && doctor().advice.contains("--scratch \(scratch)"))
        }
        _ = try backup()
        #expect(try all(scratch) == ["backup.lock"] && doctor().state == .ok)
        let clock = vault.clock
        var found: [SnapshotFinding] = []
        try Vault.verifyBackup(folder, scratch: scratch, at: vault.location, clock: { clock.now }) { found.append($0) }
        #expect(found.count == 2 && found.allSatisfy { $0.state == .ok } && found[0].name == report.name)
        #expect(throws: VaultError.self) { try vault.administrator.backup(to: folder, keysTo: keys, scratch: folder) }
    }

    @Test("a backup that fails leaves no copy of data or keys behind, and the former copy of the keys in its place")
    func failing() throws {
        let name = try backup().name
        let before = try Data(contentsOf: URL(fileURLWithPath: keys + "/keystore.db"))
        // A file where a folder of chunks must be.
        try FileManager.default.moveItem(atPath: folder + "/chunks", toPath: folder + "/chunks-away")
        try Data().write(to: URL(fileURLWithPath: folder + "/chunks"))
        try ingest(61...65)
        let message = refusal { try backup() }
        #expect(message.contains(folder) && !message.contains("NSCocoa"), "\(message)")
        #expect(try all(keys).sorted() == ["backup.lock", "keystore.db"] && names() == [name])
        #expect(try all(folder).allSatisfy { !$0.contains(".vault.db") })
        #expect(try Data(contentsOf: URL(fileURLWithPath: keys + "/keystore.db")) == before)
    }

    // MARK: Snapshots that could not be restored

    @Test("a backup that a restore would refuse does not succeed, and leaves the former one as the newest")
    func unrestorable() throws {
        let name = try backup().name
        let before = try Data(contentsOf: URL(fileURLWithPath: keys + "/keystore.db"))
        // A record is gone behind the log's back.
        try vault.alter("DELETE FROM sealed WHERE record = (SELECT MIN(record) FROM sealed)")
        let error = #expect(throws: BackupError.self) { try backup(keep: 1) }
        guard case .unrestorable(let reason, true) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(reason.contains("59") && "\(error!)".hasPrefix("the backup was not kept"))
        #expect(try names() == [name])
        #expect(try Data(contentsOf: URL(fileURLWithPath: keys + "/keystore.db")) == before)
        #expect(try restore().records == 60)
        let entries = try vault.session("privacy-lead").auditEntries(AuditFilter(action: "backup"))
        #expect(entries.map(\.outcome) == [.failed, .allowed])
    }

    @Test("a backup whose key store lacks a key, or has one that does not open, does not succeed")
    func missingKeys() throws {
        try vault.alter("UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key o WHERE o.subject = 2) WHERE subject = 1", in: "keystore.db")
        #expect(throws: BackupError.unrestorable(reason: "a customer's key does not unwrap: it was changed or moved", isDamage: true)) { try backup() }
        try vault.alter("DELETE FROM subject_key WHERE subject = 1", in: "keystore.db")
        let error = #expect(throws: BackupError.self) { try backup() }
        guard case .unrestorable(let reason, false) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(reason.contains("lacks the keys of 1 records"))
        #expect(try names().isEmpty && !FileManager.default.fileExists(atPath: keys + "/keystore.db"))
    }

    // MARK: Checking and restoring

    @Test("a check says of every snapshot whether it can be restored, and changes nothing")
    func verification() throws {
        let first = try backup()
        let early = vault.folder.appendingPathComponent("early").path
        try FileManager.default.copyItem(atPath: keys, toPath: early)
        try ingest(61...90)
        let second = try backup()
        try ingest(91...95)
        let third = try backup()
        let before = try all(folder).sorted()
        var found = try findings()
        #expect(found.count == 3 && found.values.allSatisfy { $0.state == .ok && $0.finding.isEmpty })
        #expect(found[first.name]!.entries < found[second.name]!.entries && found[third.name]!.time.hasPrefix("2026-11-23T"))
        #expect(try all(folder).sorted() == before && all(keys).sorted() == ["backup.lock", "keystore.db"])
        #expect(try findings(second.name).keys.map(\.self) == [second.name])
        // An earlier key store opens the earlier one only.
        found = try findings(keyStore: early + "/keystore.db")
        #expect(found[first.name]?.state == .ok && found[second.name]?.state == .withoutKeys && found[third.name]?.state == .withoutKeys)
        // A chunk that only the second needs, beside the first.
        func chunks(_ name: String) throws -> Set<Substring> {
            Set(try String(contentsOfFile: folder + "/snapshots/" + name, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("chunk ") }.map { $0.dropFirst(6) })
        }
        let only = try #require(try chunks(second.name).subtracting(chunks(first.name)).subtracting(chunks(third.name)).first)
        try Data("damage".utf8).write(to: URL(fileURLWithPath: "\(folder)/chunks/\(only.prefix(2))/\(only)"))
        found = try findings()
        #expect(found[second.name]?.state == .damaged && found[second.name]!.finding.contains(only.prefix(12)))
        #expect(found[first.name]?.state == .ok && found[third.name]?.state == .ok)
        vault.clock.advance(days: -1)
        #expect(try findings(third.name)[third.name]!.finding.contains("still to come"))
        #expect(throws: VaultError.notFound("the snapshot nothing")) { try findings("nothing") }
    }

    @Test("a restore takes the folder that the backup took, or the file, and says plainly what is wrong with another")
    func keyStores() throws {
        try backup()
        #expect(try restore(keyStore: keys).records == 60)
        #expect(try restore(keyStore: keys + "/keystore.db").records == 60)
        let other = try TestVault()
        try ingest(1...3, into: other)
        let otherFolder = other.folder.appendingPathComponent("b").path, otherKeys = other.folder.appendingPathComponent("k").path
        _ = try other.administrator.backup(to: otherFolder, keysTo: otherKeys)
        let empty = vault.folder.appendingPathComponent("empty").path, text = vault.folder.appendingPathComponent("text").path
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        try Data("no key store, only some text that is long enough to have a header".utf8).write(to: URL(fileURLWithPath: text))
        let dataFile = try restore().location.home + "/vault.db"
        for (path, words) in [
            (vault.folder.path + "/none", "does not exist"), (empty, "no keystore.db in"), (text, "is not a key store"), (dataFile, "is not a key store"),
            (otherKeys, "is not the key store of the vault whose snapshots are in"),
        ] {
            let message = refusal { try restore(keyStore: path) }
            #expect(message.contains(words) && message.contains(path), "\(message)")
        }
        #expect(throws: BackupError.noSnapshot(folder: empty, others: 0)) {
            try Vault.restore(from: empty, keyStore: keys, to: place(of: vault))
        }
    }
}
