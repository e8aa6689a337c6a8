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
        let text = Handles.text(value).lowercased().filter { $0 != "·" }
        let scalars = text.unicodeScalars.filter { !$0.properties.isWhitespace }
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
    var marks: [(kind: HandleMark.Kind, text: String)] {
        switch self {
        case .chinese(let full, let family): [(.chinese, full), (.family, family)]
        case .family(let family): [(.family, family)]
        case .latin(let name): [(.latin, name)]
        }
    }

    /// The usual case: two to four Chinese characters without a title; nil for anything else.
    private static func usual(_ value: ArraySlice<UInt8>) -> DistinctName? {
        guard [6, 9, 12].contains(value.count) else { return nil }
        for (index, byte) in value.enumerated() where index % 3 == 0 && !(0xE4...0xE9).contains(byte) { return nil }
        let (two, one) = (String(decoding: value.suffix(6), as: UTF8.self), String(decoding: value.suffix(3), as: UTF8.self))
        let full = String(decoding: value, as: UTF8.self)
        guard !endings.contains(two), !endings.contains(one), !full.contains("某"), !Handles.isPlaceholder(full) else { return nil }
        if value.count == 6, familiar.contains(full[full.startIndex]) { return .family(one) }
        let family = compounds.contains(String(decoding: value.prefix(6), as: UTF8.self)) ? 6 : 3
        return value.count > family ? .chinese(full: full, family: String(decoding: value.prefix(family), as: UTF8.self)) : nil
    }

    /// 小赵, 老王, 阿强: before a surname, or what is no whole name.
    private static let familiar: Set<Character> = ["小", "老", "阿"]
    private static let endings = Set(titles.map { String($0) })
    private static let titles = [
        "先生", "女士", "小姐", "太太", "老师", "老師", "师傅", "師傅", "经理", "經理", "阿姨", "叔叔", "同学", "同學", "医生", "醫生", "总", "總", "哥", "姐",
    ].map(Array.init)
    private static let compounds: Set<String> = [
        "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "慕容", "令狐", "司徒", "东方", "東方", "夏侯", "端木", "长孙", "長孫", "宇文", "南宫", "南宮", "独孤", "獨孤",
    ]

    private static func chinese(_ characters: [Character]) -> DistinctName? {
        let hidden = characters.drop { isHan($0) }
        if !hidden.isEmpty, hidden.allSatisfy({ "*＊某xX".contains($0) }), characters.count - hidden.count == 1 { return .family(String(characters[0])) }
        guard (2...6).contains(characters.count), characters.allSatisfy(isHan) else { return nil }
        for title in titles where characters.count > title.count && characters.suffix(title.count).elementsEqual(title) {
            let rest = characters.dropLast(title.count)
            // 李哥 is a title, 李明哥 perhaps a name.
            if rest.count == 1 || rest.count == 2 && compounds.contains(String(rest)) { return .family(String(rest)) }
            if title.count > 1 { return chinese(Array(rest)) }
        }
        guard characters.count <= 4, !characters.contains("某") else { return nil }
        let family = compounds.contains(String(characters.prefix(2))) ? 2 : 1
        return characters.count > family ? .chinese(full: String(characters), family: String(characters.prefix(family))) : nil
    }

    private static func isHan(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.isIdeographic }
    }

    private static let latinTitles: Set<Substring> = ["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "jr", "sr"]

    private static func latin(_ text: String) -> String? {
        let plain = text.folding(options: .diacriticInsensitive, locale: nil)
        let words = plain.split { !$0.isLetter && $0 != "'" && $0 != "-" }.filter { !latinTitles.contains($0) }
        guard (2...5).contains(words.count), words.allSatisfy({ $0.utf8.count > 1 && $0.utf8.allSatisfy { $0 &- 97 < 26 || $0 == 0x27 || $0 == 0x2D } }),
            plain.allSatisfy({ $0.isLetter || $0.isWhitespace || ".,'-".contains($0) })
        else { return nil }
        return words.sorted().joined(separator: " ")
    }
}
