/// Encodings of text that tools export.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    /// A superset of GBK and GB 2312.
    case gb18030
    case big5
    case shiftJIS = "shift-jis"
    case windows1252 = "windows-1252"

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// - Parameter name: as tools, people and media types write it.
    package init(name: String) throws(FormatError) {
        let key = name.lowercased().filter { $0.isLetter || $0.isNumber }
        switch key {
        case "utf8", "usascii", "ascii", "utf8sig", "utf8bom": self = .utf8
        case "utf16le", "utf16", "unicode", "ucs2": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        case "gb18030", "gbk", "gb2312", "cp936", "windows936", "xgbk", "euccn", "ansi936": self = .gb18030
        case "big5", "big5hkscs", "cp950", "windows950": self = .big5
        case "shiftjis", "sjis", "cp932", "windows31j", "ms932", "xsjis": self = .shiftJIS
        case "windows1252", "cp1252", "latin1", "iso88591", "l1": self = .windows1252
        default: throw .encoding(name)
        }
    }

    /// Its name for iconv.
    var iconvName: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian: "UTF-16LE"
        case .utf16BigEndian: "UTF-16BE"
        case .gb18030: "GB18030"
        case .big5: "BIG5-HKSCS"
        case .shiftJIS: "CP932"
        case .windows1252: "CP1252"
        }
    }

    /// By the mark at the beginning of a text, and the mark's length; nil if there is none.
    static func mark(_ bytes: some Collection<UInt8>) -> (encoding: TextEncoding, length: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }
}
