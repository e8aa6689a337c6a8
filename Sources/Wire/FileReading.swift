#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads whole files and folders; errors name the file.
package enum FileReading {
    /// The bytes of a file.
    package static func bytes(of path: String) throws(FileFault) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileFault(path, .read, errno) }
        defer { close(file) }
        var about = stat()
        guard fstat(file, &about) == 0 else { throw FileFault(path, .read, errno) }
        var (bytes, piece): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: 1 << 16))
        bytes.reserveCapacity(max(Int(about.st_size), 0))
        while true {
            let count = read(file, &piece, piece.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault(path, .read, errno)
            }
            bytes += piece[..<count]
        }
        return bytes
    }

    /// The names in a folder, in no particular order.
    package static func names(in folder: String) throws(FileFault) -> [String] {
        guard let list = opendir(folder) else { throw FileFault(folder, .list, errno) }
        defer { closedir(list) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(list) else {
                guard errno == 0 else { throw FileFault(folder, .list, errno) }
                return names
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}
