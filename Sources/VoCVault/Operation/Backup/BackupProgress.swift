/// Progress of a backup, check or restore.
package enum BackupProgress: Sendable, Equatable {
    /// Another process is working in the folder.
    case waiting(folder: String)
    /// Copying the data: so many of so many pages.
    case copying(Int, of: Int)
    /// Copying from a database, whose rows are not counted beforehand.
    case copyingRows(Int)
    /// Storing chunks.
    case storing(Int, of: Int)
    /// Assembling the file from its chunks.
    case assembling(Int, of: Int)
    /// Checking the assembled files: pages, keys, the audit log.
    case checking(String)
}
