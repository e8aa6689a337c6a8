import AuditLog
import Foundation
import Storage

extension Vault {
    /// A signed checkpoint that covers an entry whose number a caller has been given.
    package func checkpoint(covering entry: Int64 = -1) throws -> String {
        if entry >= 0, let note = trail.checkpoint(covering: entry) { return note }
        guard let head = try store.read({ try $0.auditHead() }) else { throw AuditError.noLog }
        return head.checkpoint
    }

    /// Whether the log was found not to continue the one that was signed when it was looked at last.
    package var isForked: Bool { trail.watch.isForked }

    /// What keeps the vault from serving, in a few words each; empty when it can. Looks at keys, disk and the log's end only.
    package func obstacles() -> [String] {
        var found: [String] = []
        do {
            try store.checkLog()
            let note = try checkpoint()
            if Checkpoint.hasUnknownSigner(note, keys: trail.logKeys) { try trail.reloadKeys() }
            let checkpoint = try Checkpoint(verifying: note, keys: trail.logKeys)
            if checkpoint.origin != trail.origin { found.append("audit: the log is another vault's") }
        } catch VaultError.logForked(let fork) {
            found.append("audit: \(fork)")
        } catch {
            found.append("audit: the log's end cannot be read or is not signed by this vault")
        }
        if (try? keyState().contains(where: \.isActive)) != true { found.append("keys: the active root key is not in the key store") }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: location.home)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        if free < 64 << 20 { found.append("disk: less than 64 MiB free") }
        if let kept = trail.watch.kept, let failure = kept.failure { found.append("audit: the log's head cannot be kept in \(kept.path): \(failure)") }
        if access(location.home, W_OK) != 0 { found.append("disk: the vault's folder cannot be written") }
        return found
    }
}
