#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What went wrong with a file, as a sentence for the person who runs the program. Names the file, never its contents.
package struct FileFault: Error, Equatable {
    /// What was attempted.
    package enum Step: Sendable {
        case read, write, create, remove, makeFolder, list, lock
        /// The file is in place, but may not survive a power failure.
        case flushFolder
    }

    package var path: String
    package var step: Step
    /// An `errno`.
    package var code: Int32

    package init(_ path: String, _ step: Step, _ code: Int32) { (self.path, self.step, self.code) = (path, step, code) }

    package var isMissing: Bool { code == ENOENT }
    /// Whether the disk or quota was full.
    package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
    /// Whether writing was not permitted.
    package var isReadOnly: Bool { [EROFS, EACCES, EPERM].contains(code) }
}

extension FileFault: CustomStringConvertible {
    package var description: String {
        switch step {
        case .create where code == EEXIST: "\(path) exists already; it is never overwritten"
        case .write where code == ENOENT, .create where code == ENOENT: "\(path) cannot be written: its folder does not exist"
        case .read, .list: "\(path) cannot be read: \(reason)"
        case .write: "\(path) cannot be written: \(reason)"
        case .create: "\(path) cannot be created: \(reason)"
        case .remove: "\(path) cannot be removed: \(reason)"
        case .makeFolder: "the folder \(path) cannot be made: \(reason)"
        case .lock: "\(path) cannot be locked: \(reason)"
        case .flushFolder: "\(path) is in its place, but may not outlast a power failure: its folder cannot be flushed (\(reason))"
        }
    }

    private var reason: String {
        switch code {
        case ENOSPC: "the disk is full"
        case EDQUOT: "the disk quota is used up"
        case EACCES, EPERM: "permission denied"
        case EROFS: "the disk is mounted read-only"
        case EIO: "the disk reports an error"
        case ENOENT: "it does not exist"
        case EEXIST: "it exists already"
        case EISDIR: "it is a folder"
        case ENOTDIR: "a part of its path is not a folder"
        case EMFILE, ENFILE: "too many files are open"
        case ENOLCK, ENOTSUP: "its file system has no locks"
        default: "error \(code) of the system"
        }
    }
}
