import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Backup and restore")
struct BackupTests {
    private let vault: TestVault
    private let folder: String
    private let keys: String

    init() throws {
        vault = try TestVault()
        folder = vault.folder.appendingPathComponent("backup").path
        keys = vault.folder.appendingPathComponent("backup-keys").path
        try vault.ingest((1...400).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013\($0 + 1000)"], text: "空调又坏了,第\($0)次") })
    }

    /// The key stores to restore with: the newest copy, and the vault's own where that is a file.
    private var keyStores: [String] {
        [keys + "/keystore.db"] + (vault.database == nil ? [vault.folder.appendingPathComponent("vault/keystore.db").path] : [])
    }

    @discardableResult
    private func backup(keep: Int? = nil) throws -> BackupReport {
        vault.clock.advance(minutes: 1)
        return try vault.administrator.backup(to: folder, keysTo: keys, keep: keep)
    }

    /// Restores into a new home and signs the administrator in there.
    private func restored(_ snapshot: String? = nil, keyStore: String? = nil) throws -> (admin: Session, location: Vault.Location) {
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored-\(UUID().uuidString)").path
        _ = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keyStore ?? keys + "/keystore.db", to: location, clock: { [clock = vault.clock] in clock.now })
        return (try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now }).session(token: vault.adminToken), location)
    }

    private func records(_ location: Vault.Location, _ admin: Session) throws -> [String] {
        let token = try admin.issueToken(principal: "a", role: "compliance", days: nil).token
        let officer = try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now }).session(token: token)
        return try officer.page(Query(select: ["customer_id", "text"], limit: 1000, purpose: "subject-request")).rows.map { $0[1].description }
    }

    @Test("a snapshot is restored as it was, a later one adds only what changed")
    func roundTrip() throws {
        try vault.ingest(TestVault.feed(3000).map(\.json), source: "feed")
        let first = try backup()
        #expect(first.newChunks == first.chunks && first.chunks >= 4)
        try vault.ingest([line(id: "401", customer: ["id": "C401"], text: "后来的", at: "2026-11-20T12:00:00+08:00")])
        let second = try backup()
        #expect(second.newChunks < second.chunks / 2, "\(second)")
        let (admin, location) = try restored(first.name)
        #expect(try count(location, admin) == 3400)
        _ = try admin.verifyAudit()
        let entries = try Vault.open(at: location).session(token: admin.issueToken(principal: "w", role: "privacy-lead", days: nil).token).auditEntries(AuditFilter(action: "restore"))
        #expect(entries.count == 1)
        let (later, place) = try restored()
        #expect(try records(place, later).contains("后来的"))
        // Damage to what lies there spoils no later snapshot.
        let chunks = try FileManager.default.subpathsOfDirectory(atPath: folder + "/chunks").filter { $0.count > 60 }
        try FileManager.default.removeItem(atPath: folder + "/chunks/" + chunks[0])
        try Data("damage".utf8).write(to: URL(fileURLWithPath: folder + "/chunks/" + chunks[1]))
        let third = try backup()
        _ = try restored(third.name)
        #expect(try vault.administrator.examine().first { $0.check == "backup" }?.state == .ok)
        vault.clock.advance(days: 31)
        #expect(try vault.administrator.examine().first { $0.check == "backup" }?.state == .failure)
    }

    @Test("an erased customer stays erased after an older snapshot is restored")
    func erasure() throws {
        let before = try backup()
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C7", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        try backup()
        for store in keyStores {
            let (admin, location) = try restored(before.name, keyStore: store)
            let texts = try records(location, admin)
            #expect(texts.count == 399 && !texts.contains("空调又坏了,第7次"))
            _ = try admin.verifyAudit()
        }
    }

    @Test("nothing of a snapshot is readable, nor does it hold a key")
    func sealed() throws {
        try backup()
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(files.count > 4)
        for name in files {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            for value in ["13800131007", "空调又坏了", vault.adminToken] where data.holds(Data(value.utf8)) { Issue.record("\(name) holds a readable value") }
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0)
        }
        #expect(!files.contains { $0.contains("keystore") })
    }

    @Test("a backup that was changed in any part is refused, and nothing appears at the vault's home")
    func tampering() throws {
        let report = try backup()
        let other = try TestVault()
        try other.ingest([line(id: "1", customer: ["id": "C1"])])
        let (otherFolder, otherKeys) = (other.folder.appendingPathComponent("b").path, other.folder.appendingPathComponent("k").path)
        let foreign = try other.administrator.backup(to: otherFolder, keysTo: otherKeys)
        let manifest = folder + "/snapshots/" + report.name
        let note = try String(contentsOfFile: manifest, encoding: .utf8)
        let chunks = try FileManager.default.subpathsOfDirectory(atPath: folder + "/chunks").filter { $0.count > 60 }.map { folder + "/chunks/" + $0 }
        let lines = note.components(separatedBy: "\n")
        let bytes = try #require(lines.first { $0.hasPrefix("bytes ") })

        let attacks: [(String, () throws -> Void)] = [
            ("a flipped byte of a chunk", {
                var data = try Data(contentsOf: URL(fileURLWithPath: chunks[1]))
                data[100] ^= 1
                try data.write(to: URL(fileURLWithPath: chunks[1]))
            }),
            ("a chunk that is gone", { try FileManager.default.removeItem(atPath: chunks[0]) }),
            ("two chunks swapped in the manifest", {
                var changed = lines
                let first = try #require(changed.firstIndex { $0.hasPrefix("chunk ") })
                changed.swapAt(first, first + 1)
                try changed.joined(separator: "\n").write(toFile: manifest, atomically: true, encoding: .utf8)
            }),
            ("another size in the manifest", { try note.replacing(bytes, with: "bytes 4096").write(toFile: manifest, atomically: true, encoding: .utf8) }),
            ("another time in the manifest", { try note.replacing("time 2026", with: "time 2027").write(toFile: manifest, atomically: true, encoding: .utf8) }),
            ("a manifest without signature", { try note.components(separatedBy: "\n\n")[0].appending("\n\n").write(toFile: manifest, atomically: true, encoding: .utf8) }),
            ("another vault's manifest", {
                try FileManager.default.removeItem(atPath: manifest)
                try FileManager.default.copyItem(atPath: otherFolder + "/snapshots/" + foreign.name, toPath: manifest)
            }),
        ]
        for (what, attack) in attacks {
            let saved = folder + "-saved"
            try FileManager.default.copyItem(atPath: folder, toPath: saved)
            try attack()
            var location = vault.location
            location.home = vault.folder.appendingPathComponent("attacked").path
            #expect(throws: (any Error).self, "\(what) went unseen") {
                try Vault.restore(from: folder, snapshot: report.name, keyStore: keys + "/keystore.db", to: location)
            }
            #expect(!FileManager.default.fileExists(atPath: location.home))
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.moveItem(atPath: saved, toPath: folder)
        }
        // The key store of another vault, and one from before customers came.
        #expect(throws: (any Error).self) { try restored(keyStore: otherKeys + "/keystore.db") }
        // An existing home is never overwritten.
        #expect(throws: VaultError.invalid("\(vault.location.home) exists; a restore never overwrites")) {
            try Vault.restore(from: folder, snapshot: nil, keyStore: keys + "/keystore.db", to: vault.location)
        }
        _ = try restored()
    }

    @Test("a key store that is older than the snapshot is refused: customers would be lost")
    func olderKeys() throws {
        try backup()
        let old = vault.folder.appendingPathComponent("old-keys").path
        try FileManager.default.copyItem(atPath: keys + "/keystore.db", toPath: old)
        try vault.ingest([line(id: "500", customer: ["id": "C500"])])
        try backup()
        #expect(throws: (any Error).self) { try restored(keyStore: old) }
        _ = try restored()
    }

    @Test("snapshots are taken while an ingest writes, each consistent in itself; old ones go when asked")
    func concurrent() throws {
        let records = TestVault.feed(6000, seed: 9).map(\.json)
        let done = DispatchSemaphore(value: 0)
        let vault = vault
        Thread.detachNewThread {
            _ = try? vault.ingest(records, source: "feed")
            done.signal()
        }
        var names: [String] = []
        for _ in 0..<4 { names.append(try backup().name) }
        done.wait()
        for name in Set(names) {
            let (admin, _) = try restored(name)
            _ = try admin.verifyAudit()
        }
        let report = try backup(keep: 2)
        #expect(report.pruned == Set(names).count - 1)
        let (admin, location) = try restored()
        #expect(try admin.verifyAudit().entries > 0)
        #expect(try records.count + 400 == self.count(location, admin))
        #expect(throws: VaultError.self) { try restored(names[0]) }
    }

    private func count(_ location: Vault.Location, _ admin: Session) throws -> Int {
        let token = try admin.issueToken(principal: "b", role: "analyst", days: nil).token
        let analyst = try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now }).session(token: token)
        guard case .integer(let count) = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")).rows[0][0] else { return 0 }
        return Int(count)
    }
}
