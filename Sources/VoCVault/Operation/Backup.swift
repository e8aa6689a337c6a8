import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage

/// What a backup has done.
public struct BackupReport: Sendable, Equatable {
    /// Name of the snapshot.
    public var name: String
    /// Chunks that were new, of all that the snapshot has.
    public var newChunks: Int
    public var chunks: Int
    /// Older snapshots that were removed.
    public var pruned: Int
}

extension Session {
    /// Takes a consistent, signed, incremental snapshot of the data while the vault works, and a copy of the key
    /// store apart from it.
    ///
    /// Only the newest copy of the key store is kept: an older one would hold the keys of customers who were erased
    /// since. What older snapshots hold of them stays unreadable.
    ///
    /// A vault in a database is written into files as it is at one moment; they are what a snapshot holds either way.
    ///
    /// - Parameters:
    ///   - folder: takes the snapshots.
    ///   - keyFolder: takes `keystore.db`; should lie on another medium.
    ///   - keep: removes all but so many of the newest snapshots; nil: none.
    public func backup(to folder: String, keysTo keyFolder: String, keep: Int? = nil) throws -> BackupReport {
        let access = try authorize(.backup, purpose: nil)
        return try logged(access) {
            guard keep.map({ $0 > 0 }) ?? true else { throw VaultError.invalid("at least 1 snapshot must be kept") }
            let work = URL(fileURLWithPath: folder, isDirectory: true)
            let keys = URL(fileURLWithPath: keyFolder, isDirectory: true)
            guard work.standardizedFileURL != keys.standardizedFileURL else {
                throw VaultError.invalid("the key store's copy must lie in a folder of its own")
            }
            for folder in [work, keys] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            let copy = work.appendingPathComponent(".vault.db-\(Token.requestID())")
            defer { try? FileManager.default.removeItem(at: copy) }
            let newKeys = keys.appendingPathComponent(".keystore.db-\(Token.requestID())")
            defer { try? FileManager.default.removeItem(at: newKeys) }
            let target = BackupFolder(folder)
            if !store.isInFiles { layGround(for: copy, from: target) }
            let began = vault.clock()
            try store.snapshot(data: copy.path, keys: newKeys.path)

            guard let note = try VaultStore.auditCheckpoint(inCopy: copy.path) else { throw AuditError.noLog }
            let checkpoint = try Checkpoint(verifying: note, keys: vault.trail.logKeys)
            let time = Timestamp(milliseconds: vault.clock()).description
            let name = String(time.filter { $0.isNumber || $0 == "T" }.prefix(15)) + "-\(checkpoint.size)"
            let (new, all) = try target.add(copy, name: name, time: time, checkpoint: checkpoint) { body in
                try Checkpoint.note(body, signedBy: vault.trail.signingKey, named: vault.trail.origin)
            }
            guard rename(newKeys.path, keys.appendingPathComponent("keystore.db").path) == 0 else {
                throw VaultError.invalid("\(keyFolder)/keystore.db cannot be written")
            }
            let pruned = try keep.map { try target.prune(keeping: $0) } ?? 0
            let report = BackupReport(name: name, newChunks: new, chunks: all, pruned: pruned)
            try commitIfPossible(access) { writer in
                try writer.setBackedUp(at: began)
                let detail = ["snapshot": name, "new_chunks": String(new), "chunks": String(all), "pruned": String(pruned)]
                return access.entry(detail: detail)
            }
            return report
        }
    }

    /// Puts the newest snapshot of this vault together, when there is one that is whole: the next one then shares all
    /// chunks with it in which nothing has changed.
    private func layGround(for copy: URL, from backups: BackupFolder) {
        let notes = ((try? backups.names()) ?? []).reversed().lazy.compactMap { try? backups.note($0) }
        guard let note = notes.first(where: { (try? Checkpoint(verifying: $0, keys: vault.trail.logKeys)) != nil }) else { return }
        do {
            try backups.assemble(BackupFolder.manifest(note), into: copy)
        } catch {
            try? FileManager.default.removeItem(at: copy)
        }
    }
}

extension Vault {
    /// Puts a vault together from a snapshot and a key store, into a home that must not exist yet.
    ///
    /// Everything is verified before anything appears: signature, chunks, pages, the whole audit log. Customers who
    /// were erased since the snapshot, as the key store's log of erasures says, are deleted from it again.
    ///
    /// - Parameters:
    ///   - snapshot: its name; nil: the newest.
    ///   - keyStore: the newest `keystore.db` there is: that of the lost vault, or its copy.
    /// - Returns: the snapshot's name and how many entries its log has.
    public static func restore(
        from folder: String, snapshot: String?, keyStore: String, to location: Location, clock: (@Sendable () -> Int64)? = nil
    ) throws -> (name: String, entries: Int64) {
        guard !FileManager.default.fileExists(atPath: location.home) else {
            throw VaultError.invalid("\(location.home) exists; a restore never overwrites")
        }
        guard FileManager.default.fileExists(atPath: keyStore) else { throw VaultError.invalid("\(keyStore) does not exist") }
        let backups = BackupFolder(folder)
        guard let name = try snapshot ?? backups.names().last else { throw VaultError.notFound("a snapshot in \(folder)") }
        let note = try backups.note(name)
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        let work = home.deletingLastPathComponent().appendingPathComponent(".\(home.lastPathComponent)-restoring")
        try? FileManager.default.removeItem(at: work)
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: work) }
        try backups.assemble(BackupFolder.manifest(note), into: work.appendingPathComponent(VaultStore.dataFile))
        try KeyStore.copy(keyStore, to: work.appendingPathComponent(VaultStore.keyFile).path)

        var place = location
        place.home = work.path
        let entries = try verified(place, note, clock)
        guard rename(work.path, home.path) == 0 else { throw VaultError.invalid("\(location.home) cannot be created") }
        return (name, entries)
    }

    /// Opens what was put together, checks it against the manifest, and notes the restore in its log.
    private static func verified(_ place: Location, _ note: String, _ clock: (@Sendable () -> Int64)?) throws -> Int64 {
        let vault = try open(at: place, clock: clock)
        let checkpoint = try Checkpoint(verifying: note, keys: vault.trail.logKeys)
        let damage = try vault.store.condition().damage
        guard damage.isEmpty else { throw VaultError.integrity("the snapshot's pages are damaged: \(damage[0])") }
        guard try vault.store.read({ try $0.recordCountWithoutKey() }) == 0 else {
            throw VaultError.integrity("the key store lacks keys of this snapshot's customers: they were replaced since (keys rotate --reseal)")
        }
        _ = try vault.publisher.publish(vault)
        _ = try vault.verifiedAudit(against: note)
        try vault.log(
            AuditEntry(
                principal: "vault", role: "none", purpose: "none", action: "restore", outcome: .allowed, rule: "restore", request: Token.requestID(),
                software: software, detail: ["entries": String(checkpoint.size)]))
        _ = try vault.publisher.publish(vault)
        try vault.store.truncateLog()
        return checkpoint.size
    }
}
