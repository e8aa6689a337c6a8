/// What an input is packed in, by its first bytes.
package enum Packing: Sendable {
    case none, gzip, zstd, zip
    /// A ZIP that is a workbook.
    case workbook

    /// - Parameter beginning: the first bytes of a file; 64 of them are enough.
    package init(_ beginning: some Collection<UInt8>) throws(FormatError) {
        let bytes = Array(beginning.prefix(64))
        if bytes.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            let name = bytes.count > 30 ? String(decoding: bytes[30..<min(bytes.count, 30 + Int(bytes[26]) + Int(bytes[27]) << 8)], as: UTF8.self) : ""
            if name.hasPrefix("mimetype") { throw .convert("an OpenDocument file: save it as .xlsx or CSV") }
            self = ["[Content_Types].xml", "_rels/", "docProps/", "xl/"].contains { name.hasPrefix($0) } ? .workbook : .zip
        } else if bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            throw .files(0)
        } else if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw .convert("a workbook of Excel 97 to 2003, or one with a password: save it as .xlsx or CSV, without a password")
        } else if bytes.starts(with: Array("PAR1".utf8)) {
            throw .convert("a Parquet file: write it as CSV or JSON lines")
        } else {
            self = .none
        }
    }
}

/// Unpacks an input while it is read.
package enum Unpacking {
    /// How deep one packing may be in another, such as feed.csv.gz in a ZIP.
    private static let maximumDepth = 2
    /// How much one input may contain, and from what size on how much of it one packed byte may stand for. Text packs 3 to 20
    /// times, the most monotonous log some 100 times; what is beyond is made to exhaust whoever unpacks it.
    package struct Limits: Sendable {
        package var size = 64 << 30
        package var ratio = 400
        package var ratioCounts = 64 << 20

        package init() {}
    }

    /// The unpacked bytes of an input that is packed in any way, or not at all. What is a workbook stays one.
    package static func open(_ blocks: @escaping Blocks, limits: Limits = Limits()) throws -> (blocks: PeekedBlocks, isWorkbook: Bool) {
        var input = PeekedBlocks(blocks)
        for depth in 0... {
            let packing = try Packing(input.beginning { $0.count >= 64 })
            if packing == .none || packing == .workbook { return (input, packing == .workbook) }
            guard depth < maximumDepth else { throw tooDeep }
            input = PeekedBlocks(try unpack(input, packing, limits))
        }
        return (input, false)
    }

    private static var tooDeep: FormatError { .tooLarge("the input is packed more than \(maximumDepth) times over") }

    private static func unpack(_ input: PeekedBlocks, _ packing: Packing, _ limits: Limits) throws -> Blocks {
        let archive = try ArchiveReader(input.next, format: packing == .gzip ? .gzip : packing == .zstd ? .zstd : .zip)
        guard archive.layers <= maximumDepth else { throw tooDeep }
        guard try nextFile(archive, packing) else {
            if packing == .zip { throw FormatError.files(0) }
            return { nil }
        }
        var (size, isDone) = (0, false)
        return {
            guard !isDone else { return nil }
            let block = try archive.next()
            size += block.count
            guard size <= limits.size else { throw FormatError.tooLarge("the input has more than \(limits.size >> 30) GiB when unpacked") }
            guard size < limits.ratioCounts || size / max(1, archive.bytesRead) <= limits.ratio else {
                throw FormatError.tooLarge("the input is more than \(limits.ratio) times as large as it is packed")
            }
            if block.isEmpty {
                isDone = true
                if packing == .zip, try nextFile(archive, packing) { throw FormatError.files(2) }
            }
            return block
        }
    }

    /// Goes on to the next file that somebody put in; false at the end.
    private static func nextFile(_ archive: ArchiveReader, _ packing: Packing) throws -> Bool {
        // What macOS adds to a ZIP is nobody's.
        for _ in 0..<1000 {
            guard let name = try archive.nextEntry() else { return false }
            if packing != .zip || !(name.hasPrefix("__MACOSX/") || name.split(separator: "/").last?.hasPrefix(".") == true) { return true }
        }
        throw FormatError.files(1000)
    }
}
