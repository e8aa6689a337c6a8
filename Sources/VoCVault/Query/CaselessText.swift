/// A text in which words are found regardless of case.
///
/// In most texts, Chinese ones among them, only ASCII letters have a case: those texts are folded and searched byte by byte. All
/// others are compared by Unicode's rules, with canonical equivalence and default case conversion (The Unicode Standard, 3.13).
struct CaselessText {
    private enum Form {
        case bytes([UInt8])
        case unicode(String)
    }

    private let form: Form

    init(_ text: String) {
        var text = text
        form = text.withUTF8 { utf8 in Self.folded(utf8.span).map { .bytes($0) } } ?? .unicode(text.lowercased())
    }

    /// - Parameter word: in lower case.
    func contains(_ word: CaselessText) -> Bool {
        switch (form, word.form) {
        case (.bytes(let text), .bytes(let word)): Self.contains(text.span, word.span)
        default: string.contains(word.string)
        }
    }

    private var string: String {
        switch form {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .unicode(let text): text
        }
    }

    private static func contains(_ text: Span<UInt8>, _ word: Span<UInt8>) -> Bool {
        guard word.count > 0 else { return true }
        guard word.count <= text.count else { return false }
        let first = word[0]
        for start in 0...text.count - word.count where text[start] == first {
            var length = 1
            while length < word.count, text[start + length] == word[length] { length += 1 }
            if length == word.count { return true }
        }
        return false
    }

    /// The bytes with ASCII letters in lower case; nil if another letter has a case, or a mark combines with what precedes it.
    private static func folded(_ bytes: Span<UInt8>) -> [UInt8]? {
        var folded: [UInt8] = []
        folded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x41...0x5A: folded.append(byte | 0x20)
            case ..<0x80: folded.append(byte)
            default:
                // A character of three bytes, or one that is not simple.
                guard index + 2 < bytes.count, isSimple(byte, bytes[index + 1], bytes[index + 2]) else { return nil }
                for offset in 0..<3 { folded.append(bytes[index + offset]) }
                index += 2
            }
            index += 1
        }
        return folded
    }

    /// Whether a character of three bytes has no case and combines with nothing: CJK, kana without voicing marks, common
    /// punctuation, and full-width signs other than letters.
    private static func isSimple(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch first {
        // U+2010 to U+203F without the joiners and marks of direction.
        case 0xE2: second == 0x80 && (0x90...0xA7).contains(third)
        // U+3000 to U+3FFF, without tone and voicing marks.
        case 0xE3: !(second == 0x80 && (0xAA...0xAF).contains(third)) && !(second == 0x82 && (0x99...0x9A).contains(third))
        case 0xE4...0xE9: true
        // U+FF00 to U+FF20, and the signs between and after the letters.
        case 0xEF: second == 0xBC && !(0xA1...0xBA).contains(third) && third >= 0x81
        default: false
        }
    }
}
