import Foundation
import Sealing

/// Reads a file or pipe block by block into the same memory.
final class FileBlocks {
    private let input: FileHandle
    private var block = [UInt8](repeating: 0, count: 1 << 20)

    init(_ input: FileHandle) { self.input = input }

    deinit { wipe(&block) }

    /// The next bytes, none at the end. They must be released before more are requested.
    func next() throws -> ArraySlice<UInt8> {
        while true {
            let count = read(input.fileDescriptor, &block, block.count)
            if count >= 0 { return block[..<count] }
            let code = errno
            guard code == EINTR else { throw VaultError.invalid("the input cannot be read: \(String(cString: strerror(code)))") }
        }
    }
}
