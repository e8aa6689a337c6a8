import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import Wire

/// What a backup has done.
package struct BackupReport: Sendable, Equatable {
    /// Name of the snapshot.
    package var name: String
    /// Chunks that were new, of all that the snapshot has.
    package var newChunks: Int
    package var chunks: Int
    /// Older snapshots that were removed.
    package var pruned: Int
    /// What whoever runs the vault should know.
    package var notes: [String] = []
}

extension Session {
    /// Takes a consistent, signed, incremental snapshot of the data while the vault works, and a copy of the key
    /// store apart from it.
    ///
    /// The snapshot exists, and the copy of the key store has the place of the former one, only after both were read back
    /// and checked as ``Vault/restore(from:snapshot:keyStore:to:clock:patience:progress:)`` does.
    ///
    /// Only the newest copy of the key store is kept: an older one would hold the keys of customers who were erased
    /// since. What older snapshots hold of them stays unreadable.
    ///
    /// A vault in a database is written into files as it is at one moment; they are what a snapshot holds either way.
    ///
    /// - Parameters:
    ///   - folder: takes the snapshots. It may hold those of other vaults, which are never counted or removed.
    ///   - keyFolder: takes `keystore.db`; should lie on another medium.
    ///   - scratch: takes a copy of the data, and for the check one of the keys, for the while; nil: each is made beside where
    ///     it goes, which network file systems may not allow.
    ///   - keep: removes all but so many of the newest snapshots of this vault; nil: none.
    ///   - patience: how long another backup into the same folders is waited for.
    /// - Throws: ``BackupError`` when another backup is at work, or the snapshot could not be restored.
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
