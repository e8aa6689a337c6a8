import Foundation

/// A name in Latin letters, in either order, with or without titles.
struct LatinName {
    let form: DistinctName.Form
    let address: DistinctName.Address?
    /// Other ways to write it.
    private(set) var spellings: [String] = []

    private static let men = ShortWords(["mr", "sir"])
    private static let women = ShortWords(["mrs", "ms", "miss", "madam"])
    private static let titles = ShortWords(["dr", "prof", "jr", "sr"])
    private static let wordCount = 2...5
    private static let umlauts: [Character: String] = ["ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"]

    /// A name with letters beyond ASCII, in small letters; marks on them do not count.
    init?(_ text: String) {
        guard let words = Self.words(text), let found = LatinName(words) else { return nil }
        self = found
        // Müller, Mueller
        let spelt = String(text.precomposedStringWithCanonicalMapping.map { Self.umlauts[$0].map(Array.init) ?? [$0] }.joined())
        if spelt != text, let words = Self.words(spelt), case .latin(let name)? = LatinName(words)?.form { spellings.append(name) }
    }

    private static func words(_ text: String) -> [[UInt8]]? {
        let plain = text.folding(options: .diacriticInsensitive, locale: nil)
        guard plain.allSatisfy({ $0.isLetter || $0.isWhitespace || ".,'-".contains($0) }) else { return nil }
        let words = plain.split { !$0.isLetter && $0 != "'" && $0 != "-" }.map { Array($0.utf8) }
        return words.allSatisfy({ $0.allSatisfy { $0 &- 97 < 26 || $0 == 0x27 || $0 == 0x2D } }) ? words : nil
    }

    /// The same of visible ASCII.
    init?(plain value: ArraySlice<UInt8>) {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(word) }
            word.removeAll(keepingCapacity: true)
        }
        for byte in value {
            let letter = byte &- 65 < 26 ? byte | 0x20 : byte
            switch letter {
            case 97...122, 0x27, 0x2D: word.append(letter)
            case 0x20, 0x2C, 0x2E: end()
            default: return nil
            }
        }
        end()
        self.init(words)
    }

    private init?(_ all: [[UInt8]]) {
        var (words, address, isTitled): ([[UInt8]], DistinctName.Address?, Bool) = ([], nil, false)
        for word in all {
            if Self.men.contains(word) {
                address = .man
            } else if Self.women.contains(word) {
                address = .woman
            } else if !Self.titles.contains(word) {
                words.append(word)
                continue
            }
            isTitled = true
        }
        self.address = address
        let short = words.count { $0.count == 1 }
        if words.count == 1, isTitled, short == 0 {
            form = .titled(String(decoding: words[0], as: UTF8.self))
            return
        }
        guard Self.wordCount.contains(words.count) else { return nil }
        if short == 0 {
            form = .latin(Self.joined(words))
            // Garcia-Lopez, Garcia Lopez
            let parts = words.flatMap { $0.split(separator: 0x2D).map(Array.init) }
            if parts.count > words.count { spellings = [Self.joined(parts)] }
        } else {
            // With more initials, nobody knows which of them the other form has left out.
            guard words.count == 2, short == 1 else { return nil }
            form = .initials(Self.initials(of: words))
        }
    }

    private static func joined(_ words: [[UInt8]]) -> String {
        String(decoding: Array(words.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [0x20])), as: UTF8.self)
    }

    /// The first letters of a whole name of two words: who writes one of them with its initial is not somebody else.
    static func initials(of name: String) -> String? {
        let words = name.utf8.split(separator: 0x20)
        return words.count == 2 ? initials(of: words) : nil
    }

    private static func initials(of words: [some Collection<UInt8>]) -> String { String(decoding: words.compactMap(\.first).sorted(), as: UTF8.self) }
}
