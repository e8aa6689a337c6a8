import CFormats

/// Bytes at any place of a file.
package protocol RandomAccess: AnyObject {
    var size: Int { get }
    /// Bytes from a position: at most `count`, none at the end.
    func bytes(at position: Int, count: Int) throws -> [UInt8]
}

/// A file that arrived whole.
package final class BytesInMemory: RandomAccess {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var size: Int { bytes.count }

    package func bytes(at position: Int, count: Int) -> [UInt8] {
        Array(bytes[min(position, bytes.count)..<min(position + count, bytes.count)])
    }
}

/// Opens what is packed with libarchive, of which only the named formats are switched on.
final class ArchiveReader {
    enum Format {
        case gzip, zstd
        /// As it comes, and with its directory at the end.
        case zip, seekableZip
    }

    /// What libarchive calls back for.
    private final class Input {
        let next: Blocks
        let file: (any RandomAccess)?
        var position = 0
        /// libarchive reads a block until it asks for the next one.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        private var rest: ArraySlice<UInt8> = []
        var failure: (any Error)?
        private(set) var bytesRead = 0

        init(next: @escaping Blocks, file: (any RandomAccess)?) { (self.next, self.file) = (next, file) }

        deinit { buffer.deallocate() }

        /// The number of bytes in the buffer; -1 for a failure.
        func fill() -> Int {
            do {
                if let file {
                    rest = try file.bytes(at: position, count: buffer.count)[...]
                    position += rest.count
                } else if rest.isEmpty {
                    rest = try next() ?? []
                }
            } catch {
                failure = error
                return -1
            }
            let count = min(rest.count, buffer.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            bytesRead += count
            return count
        }
    }

    private let handle: OpaquePointer
    private let input: Input
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private let what: String

    convenience init(_ blocks: @escaping Blocks, format: Format) throws { try self.init(format, Input(next: blocks, file: nil)) }

    convenience init(zip file: any RandomAccess) throws { try self.init(.seekableZip, Input(next: { nil }, file: file)) }

    private init(_ format: Format, _ input: Input) throws {
        guard let handle = archive_read_new() else { throw FormatError.damaged("the file") }
        (self.handle, self.input) = (handle, input)
        switch format {
        case .gzip:
            what = "the gzip file"
            archive_read_support_filter_gzip(handle)
            archive_read_support_format_raw(handle)
        case .zstd:
            what = "the zstd file"
            archive_read_support_filter_zstd(handle)
            archive_read_support_format_raw(handle)
        case .zip:
            what = "the ZIP"
            archive_read_support_format_zip_streamable(handle)
        case .seekableZip:
            what = "the workbook"
            archive_read_support_format_zip_seekable(handle)
            archive_read_set_seek_callback(handle) { _, data, offset, whence in
                let input = Unmanaged<Input>.fromOpaque(data!).takeUnretainedValue()
                let base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? input.position : input.file!.size
                input.position = max(0, base + Int(offset))
                return Int64(input.position)
            }
            archive_read_set_skip_callback(handle) { _, data, count in
                let input = Unmanaged<Input>.fromOpaque(data!).takeUnretainedValue()
                let skipped = min(max(0, Int(count)), input.file!.size - min(input.position, input.file!.size))
                input.position += skipped
                return Int64(skipped)
            }
        }
        archive_read_set_read_callback(handle) { _, data, block in
            let input = Unmanaged<Input>.fromOpaque(data!).takeUnretainedValue()
            block!.pointee = UnsafeRawPointer(input.buffer.baseAddress)
            return input.fill()
        }
        archive_read_set_callback_data(handle, Unmanaged.passUnretained(input).toOpaque())
        let result = archive_read_open1(handle)
        // Everything is set by now, so that throwing frees the handle in deinit.
        if result < ARCHIVE_WARN { throw input.failure ?? FormatError.damaged(what) }
    }

    deinit { archive_read_free(handle) }

    /// How many times over it is packed: libarchive looks into what it unpacks.
    var layers: Int { max(0, Int(archive_filter_count(handle)) - 1) }

    /// Compressed bytes read so far.
    var bytesRead: Int { input.bytesRead }

    /// The name of the next file in it; nil at the end. Folders are left out.
    func nextEntry() throws -> String? {
        while true {
            var entry: OpaquePointer?
            let result = archive_read_next_header(handle, &entry)
            if let failure = input.failure { throw failure }
            if result == ARCHIVE_EOF { return nil }
            guard result >= ARCHIVE_WARN, let entry else { throw FormatError.damaged(what) }
            if archive_entry_is_encrypted(entry) != 0 { throw FormatError.encrypted }
            let name = (archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)).map { String(cString: $0) } ?? ""
            if archive_entry_filetype(entry) & 0o170000 != 0o040000, !name.hasSuffix("/") { return name }
        }
    }

    /// The next bytes of the file; none at its end.
    func next() throws -> ArraySlice<UInt8> {
        let count = archive_read_data(handle, &buffer, buffer.count)
        if let failure = input.failure { throw failure }
        guard count >= 0 else { throw FormatError.damaged(what) }
        return buffer[..<count]
    }
}
