import Foundation
import Wire

/// Locks of the folders that a backup works in: either one backup, or any number of readers.
struct BackupLock {
    private static let name = "backup.lock"
    private let locks: [FileLock]
    /// When they were taken, by the clock of the first folder.
    let beginning: FileTime?

    /// - Parameters:
    ///   - waiting: called once, with the folder, if another process is working in it.
    /// - Throws: ``BackupError/busy(folder:)``.
    static func exclusive(_ folders: [String], patience: Duration, waiting: (String) -> Void) throws -> BackupLock {
        let locks = try take(folders, .exclusive, patience, waiting)
        try locks.first?.touch()
        return BackupLock(locks: locks, beginning: try FileTime(of: "\(folders[0])/\(name)"))
    }

    /// The same for readers. Nobody writes in a folder that has no lock and cannot get one.
    static func shared(_ folders: [String], patience: Duration, waiting: (String) -> Void) throws -> BackupLock {
        BackupLock(locks: try take(folders, .shared, patience, waiting), beginning: nil)
    }

    /// Whether a backup has ever worked in a folder.
    static func isThere(_ folder: String) -> Bool { access("\(folder)/\(name)", F_OK) == 0 }

    /// Whether a backup is working in a folder now.
    static func isBusy(_ folder: String) -> Bool {
        guard isThere(folder) else { return false }
        do {
            return try FileLock.attempt("\(folder)/\(name)", .shared) == nil
        } catch {
            return false
        }
    }

    private static func take(_ folders: [String], _ kind: FileLock.Kind, _ patience: Duration, _ waiting: (String) -> Void) throws -> [FileLock] {
        let end = ContinuousClock.now + patience
        var told = false
        return try folders.compactMap { folder in
            let file = "\(folder)/\(name)"
            while true {
                do throws(FileFault) {
                    if let lock = try FileLock.attempt(file, kind) { return lock }
                } catch {
                    guard kind == .shared, error.isMissing, access(folder, F_OK) == 0 else { throw error }
                    return nil
                }
                guard ContinuousClock.now < end else { throw BackupError.busy(folder: folder) }
                if !told { waiting(folder) }
                told = true
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }
}
