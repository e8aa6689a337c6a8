import Store
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Indexes of write-ahead logs that this process has opened beside SQLite.
///
/// They stay open until they are deleted. Locks of POSIX belong to a process and a file: closing any descriptor of the file takes
/// away those of SQLite as well, and the next process to come would truncate the index under everybody ("How To Corrupt An
/// SQLite Database File", 2.2).
final class LogIndexes: Sendable {
    static let shared = LogIndexes()

    private let descriptors = Mutex<[Int32]>([])

    /// Gives an index its blocks on the disk; where it has them, or there is no room, it stays as it is.
    func allocate(_ path: String, _ bytes: Int64) {
        descriptors.withLock { descriptors in
            descriptors.removeAll { descriptor in
                // Deleted by whoever had it open last: nobody has locks on it.
                guard Self.status(descriptor)?.st_nlink == 0 else { return false }
                close(descriptor)
                return true
            }
            var named = stat()
            guard stat(path, &named) == 0 else { return }
            let known = descriptors.first { Self.status($0).map { ($0.st_ino, $0.st_dev) == (named.st_ino, named.st_dev) } ?? false }
            let descriptor = known ?? open(path, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            if known == nil { descriptors.append(descriptor) }
            _ = posix_fallocate(descriptor, 0, off_t(bytes))
        }
    }

    private static func status(_ descriptor: Int32) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }
}
