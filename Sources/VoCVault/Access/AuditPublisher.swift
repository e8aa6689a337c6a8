import AuditLog
import Foundation
import Store
import Synchronization
import Wire

/// Keeps the files under `audit/` in the vault's home up to date with the log.
///
/// Entries are durable in the database. They are published whenever another tile is full, and before anything is proven, verified
/// or anchored.
final class AuditPublisher: Sendable {
    let tiles: TileFolder
    private let lockFile: URL
    /// The size that is certainly published, and when it was.
    private let published = Mutex<(size: Int64, time: ContinuousClock.Instant?)>((0, nil))
    /// The shortest interval between publications under load: each one writes the last tiles and the checkpoint.
    private static let pause = Duration.seconds(1)
    private let isPublishing = Atomic(false)

    init(home: String) {
        let folder = URL(fileURLWithPath: home, isDirectory: true).appendingPathComponent("audit")
        tiles = TileFolder(folder)
        lockFile = URL(fileURLWithPath: home, isDirectory: true).appendingPathComponent("audit.lock")
    }

    /// Publishes if it is due, unless another thread is publishing: requests do not wait for each other's publications.
    func publishIfDue(size: Int64, vault: Vault) throws {
        guard isDue(size: size), isPublishing.exchange(true, ordering: .acquiring) == false
        else { return }
        defer { isPublishing.store(false, ordering: .releasing) }
        _ = try publish(vault)
    }

    /// Whether this home has ever completed a publication. Of several homes that share a database, each begins with its own first
    /// entry, after a full tile; and the first publication may have been cut short.
    var hasPublished: Bool { (try? FileManager.default.attributesOfItem(atPath: lockFile.path)[.size] as? Int).map { $0 > 0 } ?? false }

    /// Notes in the lock file that there is a published log. If that fails, the next publication notes it.
    func notePublished() {
        guard !hasPublished, let file = FileHandle(forWritingAtPath: lockFile.path) else { return }
        try? file.write(contentsOf: Data("published\n".utf8))
        try? file.synchronize()
    }

    /// Whether there is a published log once nobody is publishing: a log that was missed at first may just be being written.
    func isPublishedByNow() throws -> Bool { try withLock { try tiles.checkpoint() != nil } }

    /// Whether there are new entries for at least one tile, and the last publication was a while ago.
    func isDue(size: Int64) -> Bool {
        published.withLock { published in
            size / TileFolder.width > published.size / TileFolder.width && published.time.map { .now - $0 >= Self.pause } ?? true
        }
    }

    /// Publishes everything and returns the checkpoint. A log that is published late must not look like one that was removed; a
    /// full disk has room reserved for it.
    ///
    /// - Throws: `AuditError` if the log is not what was signed.
    func publish(_ vault: Vault) throws -> (checkpoint: Checkpoint, note: String) {
        try vault.store.withReserve { try publishOnce(vault) }
    }

    private func publishOnce(_ vault: Vault) throws -> (checkpoint: Checkpoint, note: String) {
        try withLock {
            return try vault.store.read { reader in
                guard let head = try reader.auditHead() else { throw AuditError.noLog }
                let checkpoint = try Checkpoint(verifying: head.checkpoint, keys: vault.trail.logKeys)
                guard checkpoint.origin == vault.trail.origin else { throw AuditError.wrongOrigin(checkpoint.origin) }
                var before: Int64 = 0
                if let note = try tiles.checkpoint() {
                    let old = try Checkpoint(verifying: note, keys: vault.trail.logKeys)
                    guard old.origin == checkpoint.origin else { throw AuditError.foreignPublication }
                    guard old.size <= checkpoint.size else {
                        throw AuditError.truncated(size: checkpoint.size, checkpoint: old.size)
                    }
                    before = old.size
                }
                try tiles.publish(checkpoint, note: head.checkpoint, after: before) { first, take in
                    try reader.forEachAuditEntry(from: first) { _, entry in
                        try take(entry)
                        return true
                    }
                }
                published.withLock { $0 = (checkpoint.size, .now) }
                notePublished()
                return (checkpoint, head.checkpoint)
            }
        }
    }

    /// Removes the published bundles of entries whose bodies were removed.
    ///
    /// - Parameter end: all before are of this kind.
    func removeBundles(before end: Int64) throws {
        try withLock {
            guard try tiles.checkpoint() != nil else { return }
            try tiles.removeBundles(before: end / TileFolder.width * TileFolder.width)
        }
    }

    /// Moves the published files to a folder beside them, because they contain entries that the database no longer has.
    ///
    /// - Returns: the folder; nil if nothing is published.
    func setAside() throws -> String? {
        try withLock {
            guard let note = try tiles.checkpoint() else { return nil }
            let size = note.split(separator: "\n").dropFirst().first ?? "0"
            let home = lockFile.deletingLastPathComponent()
            let aside = home.appendingPathComponent("audit-before-fork-\(size)-\(Token.requestID())")
            try FileManager.default.moveItem(at: home.appendingPathComponent("audit"), to: aside)
            published.withLock { $0 = (0, nil) }
            return aside.path
        }
    }

    /// One publisher at a time, across processes.
    private func withLock<R>(_ body: () throws -> R) throws -> R {
        let lock = try FileLock.wait(for: lockFile.path)
        return try withExtendedLifetime(lock, body)
    }
}
