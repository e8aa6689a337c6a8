#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A lock (`flock(2)`) on a file or folder, held for the life of this object; the system releases it when the process ends.
package final class FileLock: Sendable {
    package enum Kind: Sendable {
        /// For any number of processes at the same time.
        case shared
        /// For a single process.
        case exclusive
    }

    private let path: String
    private let file: Int32

    private init(_ path: String, _ file: Int32) { (self.path, self.file) = (path, file) }

    deinit { close(file) }

    /// Waits for the lock for as long as necessary.
    package static func wait(for path: String, _ kind: Kind = .exclusive) throws(FileFault) -> FileLock {
        try take(path, kind, waits: true)!
    }

    /// Takes the lock; nil if another process has it.
    package static func attempt(_ path: String, _ kind: Kind = .exclusive) throws(FileFault) -> FileLock? {
        try take(path, kind, waits: false)
    }

    /// Marks the file as changed now, by the clock of its file system.
    package func touch() throws(FileFault) { guard futimens(file, nil) == 0 else { throw FileFault(path, .lock, errno) } }

    /// - Parameter path: a folder or a file. A missing file is created, with mode 0600, if possible. If the file was replaced
    ///   while its lock was waited for, the new file is locked.
    private static func take(_ path: String, _ kind: Kind, waits: Bool) throws(FileFault) -> FileLock? {
        while true {
            var file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            // A process with read access only can hold a lock, too.
            if file < 0, [EACCES, EROFS, EISDIR].contains(errno) { file = open(path, O_RDONLY | O_CLOEXEC) }
            guard file >= 0 else { throw FileFault(path, .lock, errno) }
            let lock = FileLock(path, file)
            let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | (waits ? 0 : LOCK_NB)
            while flock(file, operation) != 0 {
                if errno == EINTR { continue }
                if errno == EWOULDBLOCK { return nil }
                throw FileFault(path, .lock, errno)
            }
            var (held, named) = (stat(), stat())
            guard fstat(file, &held) == 0 else { throw FileFault(path, .lock, errno) }
            if stat(path, &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev { return lock }
        }
    }
}
