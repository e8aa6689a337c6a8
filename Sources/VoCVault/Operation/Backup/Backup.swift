import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import Wire

/// Result of a backup.
package struct BackupReport: Sendable, Equatable {
    /// Name of the snapshot.
    package var name: String
    /// How many of the snapshot's chunks were new.
    package var newChunks: Int
    package var chunks: Int
    /// Older snapshots that were removed.
    package var pruned: Int
    /// Notices for whoever runs the vault.
    package var notes: [String] = []
}

extension Session {
    /// Takes a consistent, signed, incremental snapshot of the data while the vault is in use, and a separate copy of the key
    /// store.
    ///
    /// The snapshot exists, and the copy of the key store replaces the former one, only after both have been read back and
    /// checked as ``Vault/restore(from:snapshot:keyStore:to:clock:patience:progress:)`` does.
    ///
    /// Only the newest copy of the key store is kept: an older one would contain the keys of customers who have been erased
    /// since. What older snapshots have of them stays unreadable.
    ///
    /// A vault in a database is written to files as it is at one moment: every snapshot contains files.
    ///
    /// - Parameters:
    ///   - folder: receives the snapshots. It may contain those of other vaults, which are never counted or removed.
    ///   - keyFolder: receives `keystore.db`; it should be on another medium.
    ///   - scratch: for a temporary copy of the data and, during the check, one of the keys; nil: each is made beside its
    ///     destination, which network file systems may not allow.
    ///   - keep: how many of this vault's newest snapshots to keep; nil: all.
    ///   - patience: how long to wait for another backup into the same folders.
    /// - Throws: ``BackupError`` if another backup is working, or the snapshot could not be restored.
    package func backup(
        to folder: String, keysTo keyFolder: String, scratch: String? = nil, keep: Int? = nil, patience: Duration = Vault.backupPatience,
        progress: @escaping (BackupProgress) -> Void = { _ in }
    ) throws -> BackupReport {
        let access = try authorize(.backup, purpose: nil)
        return try logged(access) {
            guard keep.map({ $0 > 0 }) ?? true else { throw VaultError.invalid("at least 1 snapshot must be kept") }
            let began = vault.clock()
            do {
                return try BackupRun(vault, to: folder, keysTo: keyFolder, scratch: scratch, progress: progress).take(keep: keep, patience: patience) { report in
                    try commitIfPossible(access) { writer in
                        try writer.setBackedUp(at: began)
                        let detail: [AuditDetail: String] = [
                            .snapshot: report.name, .newChunks: String(report.newChunks), .chunks: String(report.chunks), .pruned: String(report.pruned),
                        ]
                        return access.entry(detail: detail)
                    }
                }
            } catch let error as BackupError {
                let reason = if case .busy = error { "another backup was at work" } else { "the snapshot could not be restored" }
                try vault.log(access.entry(.failed, detail: [.error: reason]))
                throw error
            }
        }
    }
}
