import Foundation
import Policy

/// What a name says about whether two people with one handle are two.
///
/// Only what is surely a whole name tells people apart from others of the same script: a nickname, an initial, or a name that says less than
/// the other is compatible with every other.
enum DistinctName: Equatable {
    /// A Chinese name with its family name.
    case chinese(full: String, family: String)
    /// Family name and title (王先生), as friends say it (小王), or the rest hidden (王*).
    case family(String)
    /// Two or more words of Latin letters, in alphabetical order.
    case latin(String)

    /// Nil: it tells nobody apart.
    init?(_ value: ArraySlice<UInt8>) {
        guard (2...120).contains(value.count), !Normalizer.name.isPlaceholder(value) else { return nil }
        if let name = Self.usual(value) {
            self = name
            return
        }
        if Handles.isPlain(value) {
            guard !Handles.isPlaceholder(value), let name = Self.plain(value) else { return nil }
            self = .latin(name)
            return
        }
        let text = Handles.text(value).lowercased().filter { $0 != "·" }
        let scalars = text.unicodeScalars.filter { !Self.isBlank($0) }
        guard !scalars.isEmpty, !Handles.isPlaceholder(Array(text.utf8)[...]) else { return nil }
        if let name = Self.chinese(scalars.map(Character.init)) {
            self = name
        } else if let name = Self.latin(text) {
            self = .latin(name)
        } else {
            return nil
        }
    }

    /// What it is marked by: two people with marks of the same kind and none in common are two.
    var marks: [NameMark] {
        switch self {
        case .chinese(let full, let family): [NameMark(kind: .chinese, text: full), NameMark(kind: .family, text: family)]
        case .family(let family): [NameMark(kind: .family, text: family)]
        case .latin(let name): [NameMark(kind: .latin, text: name)]
        }
    }

    /// The usual case: two to four Chinese characters without a title; nil for anything else.
    private static func usual(_ value: ArraySlice<UInt8>) -> DistinctName? {
        guard [6, 9, 12].contains(value.count) else { return nil }
        for place in stride(from: value.startIndex, to: value.endIndex, by: 3) where !(0xE4...0xE9).contains(value[place]) || somebody.contains(value[place..<place + 3]) {
            return nil
        }
        guard !endings.contains(value.suffix(6)), !endings.contains(value.suffix(3)), !Handles.isPlaceholder(value) else { return nil }
        if value.count == 6, familiar.contains(value.prefix(3)) { return .family(String(decoding: value.suffix(3), as: UTF8.self)) }
        let family = compounds.contains(value.prefix(6)) ? 6 : 3
        guard value.count > family else { return nil }
        return .chinese(full: String(decoding: value, as: UTF8.self), family: String(decoding: value.prefix(family), as: UTF8.self))
    }

    /// 小赵, 老王, 阿强: before a surname, or what is no whole name.
    private static let familiar = ShortWords(["小", "老", "阿"])
    /// 王某: the rest is hidden.
    private static let somebody = ShortWords(["某"])
    private static let endings = ShortWords(titles.map { String($0) })
    private static let titles = [
        "先生", "女士", "小姐", "太太", "老师", "老師", "师傅", "師傅", "经理", "經理", "阿姨", "叔叔", "同学", "同學", "医生", "醫生", "总", "總", "哥", "姐",
    ].map(Array.init)
    private static let compounds = ShortWords([
        "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "慕容", "令狐", "司徒", "东方", "東方", "夏侯", "端木", "长孙", "長孫", "宇文", "南宫", "南宮", "独孤", "獨孤",
    ])

    private static func chinese(_ characters: [Character]) -> DistinctName? {
        let hidden = characters.drop { isHan($0) }
        if !hidden.isEmpty, hidden.allSatisfy({ "*＊某xX".contains($0) }), characters.count - hidden.count == 1 { return .family(String(characters[0])) }
        guard (2...6).contains(characters.count), characters.allSatisfy(isHan) else { return nil }
        for title in titles where characters.count > title.count && characters.suffix(title.count).elementsEqual(title) {
            let rest = characters.dropLast(title.count)
            // 李哥 is a title, 李明哥 perhaps a name.
            if rest.count == 1 || rest.count == 2 && compounds.contains(String(rest).utf8) { return .family(String(rest)) }
            if title.count > 1 { return chinese(Array(rest)) }
        }
        guard characters.count <= 4, !characters.contains("某") else { return nil }
        let family = compounds.contains(String(characters.prefix(2)).utf8) ? 2 : 1
        return characters.count > family ? .chinese(full: String(characters), family: String(characters.prefix(family))) : nil
    }

    private static func isHan(_ character: Character) -> Bool { character.unicodeScalars.allSatisfy(isHan) }

    // Unicode's tables of properties are asked only where the answer is not plain.

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        (0x4E00...0x9FFF).contains(scalar.value) || scalar.value >= 0x80 && scalar.properties.isIdeographic
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { !(0x4E00...0x9FFF).contains(scalar.value) && scalar.properties.isWhitespace }

    // MARK: Latin letters

    private static let latinTitles = ShortWords(["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "jr", "sr"])
    private static let wordCount = 2...5

    private static func latin(_ text: String) -> String? {
        let plain = text.folding(options: .diacriticInsensitive, locale: nil)
        let words = plain.split { !$0.isLetter && $0 != "'" && $0 != "-" }.filter { !latinTitles.contains($0.utf8) }
        guard wordCount.contains(words.count), words.allSatisfy({ $0.utf8.count > 1 && $0.utf8.allSatisfy { $0 &- 97 < 26 || $0 == 0x27 || $0 == 0x2D } }),
            plain.allSatisfy({ $0.isLetter || $0.isWhitespace || ".,'-".contains($0) })
        else { return nil }
        return words.sorted().joined(separator: " ")
    }

    /// The same of visible ASCII.
    private static func plain(_ value: ArraySlice<UInt8>) -> String? {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        func isKept() -> Bool {
            guard !word.isEmpty, !latinTitles.contains(word) else { return true }
            words.append(word)
            return word.count > 1
        }
        for byte in value {
            let letter = byte &- 65 < 26 ? byte | 0x20 : byte
            switch letter {
            case 97...122, 0x27, 0x2D: word.append(letter)
            case 0x20, 0x2C, 0x2E:
                guard isKept() else { return nil }
                word.removeAll(keepingCapacity: true)
            default: return nil
            }
        }
        guard isKept(), wordCount.contains(words.count) else { return nil }
        words.sort { $0.lexicographicallyPrecedes($1) }
        return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
    }
}

/// What a name marks its customer by at a handle: see ``HandleMark``.
struct NameMark {
    var kind: HandleMark.Kind
    var text: String
}
