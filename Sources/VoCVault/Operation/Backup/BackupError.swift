/// Why a backup, or work with one, failed.
package enum BackupError: Error, Equatable {
    /// Another process was working in the folder all the time.
    case busy(folder: String)
    /// The snapshot was taken but not kept, because a restore would refuse it.
    case unrestorable(reason: String, isDamage: Bool)
    /// The folder has no snapshot that this key store belongs to.
    case noSnapshot(folder: String, others: Int)
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .busy(let folder): "another backup, restore or check is still at work in \(folder); try again when it has finished"
        case .unrestorable(let reason, _): "the backup was not kept, as it could not be restored: \(reason)"
        case .noSnapshot(let folder, 0): "\(folder) has no snapshots"
        case .noSnapshot(let folder, let others): "\(folder) has no snapshot of this vault that verifies, of \(others) there; 'vocvault backup verify' says more"
        }
    }
}
