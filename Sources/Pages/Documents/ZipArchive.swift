import Foundation

/// A ZIP archive of stored, uncompressed files with UTF-8 names (PKWARE APPNOTE.TXT 6.3.10).
///
/// No library for it is at hand; this form needs forty lines. Files are below 4 GiB each and together.
public struct ZipArchive {
    private var body = Data()
    private var directory = Data()
    private var count: UInt16 = 0
    private let time: (date: UInt16, time: UInt16)

    /// - Parameter date: of every file, UTC.
    public init(date: Date) {
        let parts = Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: date)
        let year = max(parts.year ?? 1980, 1980) - 1980
        time = (
            UInt16(year << 9 | (parts.month ?? 1) << 5 | (parts.day ?? 1)),
            UInt16((parts.hour ?? 0) << 11 | (parts.minute ?? 0) << 5 | (parts.second ?? 0) / 2)
        )
    }

    public mutating func add(_ name: String, _ contents: Data) {
        var common = Data()
        // Version 2.0; names are UTF-8 (bit 11); stored.
        for value in [20, 1 << 11, 0, time.time, time.date] as [UInt16] { common.append(littleEndian: value) }
        common.append(littleEndian: CRC32.checksum(contents))
        for _ in 0..<2 { common.append(littleEndian: UInt32(contents.count)) }
        common.append(littleEndian: UInt16(name.utf8.count))
        common.append(littleEndian: 0 as UInt16)

        directory.append(littleEndian: 0x0201_4B50 as UInt32)
        // Made on Unix, so that the mode below counts.
        directory.append(littleEndian: 3 << 8 | 20 as UInt16)
        directory += common
        for value in [0, 0, 0] as [UInt16] { directory.append(littleEndian: value) }
        directory.append(littleEndian: 0o100600 << 16 as UInt32)
        directory.append(littleEndian: UInt32(body.count))
        directory += Data(name.utf8)

        body.append(littleEndian: 0x0403_4B50 as UInt32)
        body += common
        body += Data(name.utf8)
        body += contents
        count += 1
    }

    public var data: Data {
        var end = Data()
        end.append(littleEndian: 0x0605_4B50 as UInt32)
        for value in [0, 0, count, count] { end.append(littleEndian: value) }
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(body.count))
        end.append(littleEndian: 0 as UInt16)
        return body + directory + end
    }
}

/// The cyclic redundancy check of ISO 3309, as ZIP uses it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func checksum(_ data: Data) -> UInt32 {
        ~data.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
