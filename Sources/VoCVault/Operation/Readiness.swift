import AuditLog
import Foundation
import Store

extension Vault {
    /// A signed checkpoint that covers an entry whose number a caller has received.
    package func checkpoint(covering entry: Int64 = -1) throws -> String {
        if entry >= 0, let note = trail.checkpoint(covering: entry) { return note }
        guard let head = try store.read({ try $0.auditHead() }) else { throw AuditError.noLog }
        return head.checkpoint
    }

    /// The same if this process has it in memory: nothing is read, and nobody waits.
    package func knownCheckpoint(covering entry: Int64) -> String? { trail.checkpoint(covering: entry) }

    /// Whether looking up a token takes microseconds and may be done in place: with data in files, not over a network.
    package var signsInAtOnce: Bool { store.isInFiles }

    /// Whether the log was found, at the last look, not to continue the one that was signed.
    package var isForked: Bool { trail.watch.isForked }

    /// What keeps the vault from serving, in a few words each; empty if nothing does. Checks only keys, disk and the log's end,
    /// and does not report mere consequences of an unavailable database.
    package func obstacles() -> [String] {
        var found: [String] = []
        do {
            found = try [logObstacle(), keyObstacle()].compactMap { $0 }
        } catch let error as StorageError {
            found.append(error.cause)
        } catch VaultError.logForked(let fork) {
            found.append("audit: \(fork)")
        } catch {
            found.append("keys: the key store is damaged or lacks a key")
        }
        return found + diskObstacles()
    }

    private func logObstacle() throws -> String? {
        do {
            try store.checkLog()
            let note = try checkpoint()
            if Checkpoint.hasUnknownSigner(note, keys: trail.logKeys) { try trail.reloadKeys() }
            let checkpoint = try Checkpoint(verifying: note, keys: trail.logKeys)
            return checkpoint.origin == trail.origin ? nil : "audit: the log is another vault's"
        } catch let error as AuditError {
            return error == .noLog ? "audit: the log is gone" : "audit: the log's end is not signed by this vault"
        }
    }

    private func keyObstacle() throws -> String? {
        try keyState().contains(where: \.isActive) ? nil : "keys: the active root key is not in the key store"
    }

    private func diskObstacles() -> [String] {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: location.home)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else { return ["disk: the vault's folder cannot be read"] }
        var found: [String] = []
        if free < 64 << 20 { found.append("disk: less than 64 MiB free") }
        if let kept = trail.watch.kept, let failure = kept.failure { found.append("audit: the log's head cannot be kept: \(failure)") }
        if access(location.home, W_OK) != 0 { found.append("disk: the vault's folder cannot be written") }
        return found
    }
}
