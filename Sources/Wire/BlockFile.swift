#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that is read and written in blocks of one size; the last one may be shorter. Errors name the file.
package final class BlockFile {
    package enum Access {
        case reading
        /// Creates the file, with mode 0600, if it is missing.
        case writing
    }

    package let path: String
    package let blockSize: Int
    private let file: Int32
    private var piece: [UInt8]

    package init(_ path: String, blockSize: Int, _ access: Access) throws(FileFault) {
        file = access == .reading ? open(path, O_RDONLY | O_CLOEXEC) : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileFault(path, access == .reading ? .read : .write, errno) }
        (self.path, self.blockSize, piece) = (path, blockSize, Array(repeating: 0, count: blockSize))
    }

    deinit { close(file) }

    /// Length in bytes.
    package var length: Int {
        get throws(FileFault) {
            var about = stat()
            guard fstat(file, &about) == 0 else { throw FileFault(path, .read, errno) }
            return Int(about.st_size)
        }
    }

    /// A block, counted from 0; empty beyond the end.
    package func block(_ index: Int) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < blockSize {
            let count = pread(file, &piece, blockSize - bytes.count, off_t(index * blockSize + bytes.count))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault(path, .read, errno)
            }
            if count == blockSize { return piece }
            bytes += piece[..<count]
        }
        return bytes
    }

    package func write(_ bytes: [UInt8], at index: Int) throws(FileFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = pwrite(file, Array(rest), rest.count, off_t(index * blockSize + bytes.count - rest.count))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault(path, .write, errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Truncates the file to this many bytes.
    package func end(at length: Int) throws(FileFault) {
        guard ftruncate(file, off_t(length)) == 0 else { throw FileFault(path, .write, errno) }
    }

    package func flush() throws(FileFault) {
        guard fsync(file) == 0 else { throw FileFault(path, .write, errno) }
    }
}
