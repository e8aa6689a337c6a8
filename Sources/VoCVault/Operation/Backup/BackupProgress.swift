/// How far a backup, a check or a restore has come.
package enum BackupProgress: Sendable, Equatable {
    /// Another process is at work in the folder.
    case waiting(folder: String)
    /// The data is copied: so many of so many pages.
    case copying(Int, of: Int)
    /// The same of a database, whose rows are not counted before.
    case copyingRows(Int)
    /// Chunks are stored.
    case storing(Int, of: Int)
    /// The file is put together from its chunks.
    case assembling(Int, of: Int)
    /// What was put together is checked: pages, keys, the audit log.
    case checking(String)
}
