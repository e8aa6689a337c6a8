import Detection
import Policy

/// What a name says about whether two people with one handle are two.
///
/// Only what is surely a whole name tells people apart from others of the same script: a nickname, or a name that says less than the other, is
/// compatible with every other.
struct DistinctName: Equatable {
    enum Form: Equatable {
        /// A Chinese name with its family name.
        case chinese(full: String, family: String)
        /// Family name and title (王先生), as friends say it (小王), or the rest hidden (王*).
        case family(String)
        /// Two or more words of Latin letters, in alphabetical order.
        case latin(String)
        /// The first letters of such a name of two words, one of which has no more: A. Schmidt.
        case initials(String)
        /// One word behind a title: Mr Smith.
        case titled(String)
        /// A whole name in another script.
        case other(String)
    }

    /// How somebody is addressed: a couple shares a telephone and a family name.
    enum Address: String {
        case man = "m"
        case woman = "f"
    }

    let form: Form
    let address: Address?
    /// Other ways to write the same name in Latin letters.
    let spellings: [String]

    private init(_ form: Form, _ address: Address? = nil, spellings: [String] = []) { (self.form, self.address, self.spellings) = (form, address, spellings) }

    /// As it is written, and in simplified characters.
    private static func scripts(_ name: String) -> [String] {
        let simplified = Simplification.simplified(name)
        return simplified == name ? [name] : [name, simplified]
    }

    /// Nil: it tells nobody apart.
    init?(_ value: ArraySlice<UInt8>) {
        guard (2...120).contains(value.count), !Normalizer.name.isPlaceholder(value) else { return nil }
        if let form = Self.usual(value) {
            self.init(form)
            return
        }
        if Handles.isPlain(value) {
            guard !Handles.isPlaceholder(value), let name = LatinName(plain: value) else { return nil }
            self.init(name.form, name.address, spellings: name.spellings)
            return
        }
        let text = Handles.text(value).lowercased().filter { $0 != "·" }
        let scalars = text.unicodeScalars.filter { !Self.isBlank($0) }
        guard !scalars.isEmpty, !Handles.isPlaceholder(Array(text.utf8)[...]) else { return nil }
        if let (form, address) = Self.chinese(scalars.map(Character.init)) {
            self.init(form, address)
        } else if let name = LatinName(text) {
            self.init(name.form, name.address, spellings: name.spellings)
        } else if let name = ScriptName(Handles.text(value).lowercased()) {
            self.init(.other(name.text))
        } else {
            return nil
        }
    }

    /// What it is marked by: two people with marks of the same kind and none in common are two. A name that others write in a second way has a mark for each.
    var marks: [NameMark] {
        var marks: [NameMark]
        switch form {
        case .chinese(let full, let family):
            marks = Self.scripts(full).map { NameMark(kind: .chinese, text: $0) } + Self.scripts(family).map { NameMark(kind: .family, text: $0) }
        case .family(let family): marks = Self.scripts(family).map { NameMark(kind: .family, text: $0) }
        case .latin(let name):
            marks = ([name] + spellings).map { NameMark(kind: .latin, text: $0) }
            if let initials = LatinName.initials(of: name) { marks.append(NameMark(kind: .initials, text: initials)) }
        case .initials(let initials): marks = [NameMark(kind: .initials, text: initials)]
        case .titled(let word): marks = [NameMark(kind: .titled, text: word)]
        case .other(let name): marks = [NameMark(kind: .other, text: name)]
        }
        if let address { marks.append(NameMark(kind: .address, text: address.rawValue)) }
        return marks
    }

    /// The usual case: two to four Chinese characters without a title; nil for anything else.
    private static func usual(_ value: ArraySlice<UInt8>) -> Form? {
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

    private static let men: Set<String> = ["先生", "叔叔", "哥"]
    private static let women: Set<String> = ["女士", "小姐", "太太", "阿姨", "姐"]

    private static func chinese(_ characters: [Character]) -> (Form, Address?)? {
        let hidden = characters.drop { isHan($0) }
        if !hidden.isEmpty, hidden.allSatisfy({ "*＊某xX".contains($0) }), characters.count - hidden.count == 1 { return (.family(String(characters[0])), nil) }
        guard (2...6).contains(characters.count), characters.allSatisfy(isHan) else { return nil }
        for title in titles where characters.count > title.count && characters.suffix(title.count).elementsEqual(title) {
            let rest = characters.dropLast(title.count)
            let address: Address? = men.contains(String(title)) ? .man : women.contains(String(title)) ? .woman : nil
            // 李哥 is a title, 李明哥 perhaps a name.
            if rest.count == 1 || rest.count == 2 && compounds.contains(String(rest).utf8) { return (.family(String(rest)), address) }
            if title.count > 1 { return chinese(Array(rest)).map { ($0.0, address ?? $0.1) } }
        }
        guard characters.count <= 4, !characters.contains("某") else { return nil }
        let family = compounds.contains(String(characters.prefix(2)).utf8) ? 2 : 1
        return characters.count > family ? (.chinese(full: String(characters), family: String(characters.prefix(family))), nil) : nil
    }

    private static func isHan(_ character: Character) -> Bool { character.unicodeScalars.allSatisfy(isHan) }

    // Unicode's tables of properties are asked only where the answer is not plain.

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        (0x4E00...0x9FFF).contains(scalar.value) || scalar.value >= 0x80 && scalar.properties.isIdeographic
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { !(0x4E00...0x9FFF).contains(scalar.value) && scalar.properties.isWhitespace }
}

/// What a name marks its customer by at a handle: see ``HandleMark``.
struct NameMark {
    var kind: HandleMark.Kind
    var text: String
}
