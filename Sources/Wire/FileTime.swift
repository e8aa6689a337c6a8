#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// When a file was last changed, by the clock of its file system.
package struct FileTime: Comparable {
    private let seconds: Int
    private let nanoseconds: Int

    package init(of path: String) throws(FileFault) {
        var about = stat()
        guard stat(path, &about) == 0 else { throw FileFault(path, .read, errno) }
        (seconds, nanoseconds) = (about.st_mtim.tv_sec, about.st_mtim.tv_nsec)
    }

    package static func < (a: FileTime, b: FileTime) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
}
