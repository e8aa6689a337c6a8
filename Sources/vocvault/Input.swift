import Foundation
import VoCVault

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard input could not be read.
struct InputError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { "standard input cannot be read: \(code == EBADF ? "it is closed" : String(cString: strerror(code)))" }
}

/// Standard input, line by line. What follows a line is left for the next reader.
enum StandardInput {
    /// Longer lines cannot be values.
    private static let maximumLine = 1 << 20

    /// The next line, without its line end; nil at the end of input.
    static func line() throws -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw InputError(code: code)
            }
            if count == 0 { return bytes.isEmpty ? nil : text(bytes) }
            if byte == 0x0A { return text(bytes) }
            bytes.append(byte)
            guard bytes.count <= maximumLine else { throw VaultError.invalid("the line on standard input is longer than \(maximumLine >> 20) MiB") }
        }
    }

    private static func text(_ line: [UInt8]) -> String { String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self) }
}

/// Opens a file, or standard input for `-`.
func openInput(_ path: String) throws -> FileHandle {
    if path == "-" {
        // A closed standard input was reopened for writing.
        guard fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE != O_WRONLY else { throw InputError(code: EBADF) }
        return .standardInput
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
        throw VaultError.invalid("\(path) does not exist or cannot be read")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        throw VaultError.invalid("\(path) is a folder")
    }
    return handle
}

/// The contents of a small text file.
func readText(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
        throw VaultError.invalid("\(path) does not exist or cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
}
