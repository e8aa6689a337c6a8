import Formats
import Foundation

/// Formats that an input may be said to have.
package enum InputFormat: String, Sendable, CaseIterable {
    case jsonl, csv, tsv, json, xlsx
}

/// What is said about an input; what is not said is told by the input itself.
package struct InputOptions: Sendable {
    package var format: InputFormat?
    package var encoding: TextEncoding?
    /// A preset of `sources.yaml`.
    package var preset: String?
    /// The place of the list in a JSON text.
    package var list: String?
    /// The name of a workbook's sheet.
    package var sheet: String?
    /// The zone of times without an offset; default: the source's, or the vault's.
    package var timeZone: TimeZone?
    /// Values for every record, by path.
    package var constants: [String: String] = [:]
    /// Columns whose values together are a record's id; `all` for all columns.
    package var idFrom: [String] = []
    /// Whether rejects come with what was rejected.
    package var keepsRejected = false

    package init(format: InputFormat? = nil, timeZone: TimeZone? = nil) { (self.format, self.timeZone) = (format, timeZone) }

    /// An encoding by a name that people and media types use; nil for one that is not known.
    package static func encoding(named name: String) -> TextEncoding? { try? TextEncoding(name: name) }

    package var encodingName: String? { encoding?.rawValue }

    /// Whether it says how records are made.
    var overridesRule: Bool { !constants.isEmpty || !idFrom.isEmpty }
}

/// Where an input comes from.
package struct InputSource {
    var blocks: Blocks
    /// If it can be read at any place.
    var file: (any RandomAccess)?
    /// Whether its next bytes are there within a time; nil if they always are.
    var isReady: ((Duration) -> Bool)?

    package init(isReady: ((Duration) -> Bool)? = nil, _ blocks: @escaping Blocks) { (self.blocks, self.isReady) = (blocks, isReady) }

    /// A file or pipe.
    package init(_ input: FileHandle) {
        let file = FileBlocks(input)
        blocks = { try file.next() }
        self.file = FileAccess(input)
        guard self.file == nil else { return }
        isReady = { time in
            var waited = pollfd(fd: input.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = max(0, time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
            return poll(&waited, 1, Int32(clamping: milliseconds)) != 0
        }
    }
}

/// A file on disk.
final class FileAccess: RandomAccess {
    private let input: FileHandle
    let size: Int

    /// - Returns: nil for a pipe.
    init?(_ input: FileHandle) {
        var status = stat()
        guard fstat(input.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        (self.input, size) = (input, Int(status.st_size))
    }

    func bytes(at position: Int, count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        while true {
            let read = pread(input.fileDescriptor, &buffer, count, off_t(position))
            if read >= 0 { return Array(buffer.prefix(read)) }
            let code = errno
            guard code == EINTR else { throw VaultError.invalid("the input cannot be read: \(String(cString: strerror(code)))") }
        }
    }
}
