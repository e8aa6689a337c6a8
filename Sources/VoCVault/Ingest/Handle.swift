import Foundation
import Policy

/// A handle identifies a customer: an id, a phone number, an e-mail address. A value in such a field that identifies nobody would
/// make one customer of strangers, whom one request would then copy or erase together.
extension Normalizer {
    /// A handle's normal form, under which it is indexed; nil if the value identifies nobody.
    ///
    /// Nobody is identified by placeholders (无, N/A, 00000000000), by numbers that a spreadsheet has rounded (1.38E+10), by
    /// masked values (138****8000), and by values that do not look like a phone number or an e-mail address at all.
    func handle(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        return handle(value, into: &result) ? result : nil
    }

    func handle(_ value: String) -> String? { handle(Array(value.utf8)[...]).map { String(decoding: $0, as: UTF8.self) } }

    /// The same, into a buffer that is reused; false if the value identifies nobody.
    func handle(_ value: ArraySlice<UInt8>, into result: inout [UInt8]) -> Bool {
        let traits = Handle.Traits(value)
        let value = self == .phone && traits.contains(.point) ? Handle.withoutDecimals(value) : value
        return normalize(value, into: &result) && !Handle.isMasked(value, traits) && !Handle.isPlaceholder(value, traits)
            && (self == .none || self == .name || !Handle.isRounded(value, traits)) && Handle.hasShape(result, written: value, self)
    }

    /// Whether a value, which is no phone and no address, identifies somebody: it is no placeholder, masked, nor rounded.
    func handles(_ value: ArraySlice<UInt8>) -> Bool {
        let traits = Handle.Traits(value)
        return !Handle.isMasked(value, traits) && !Handle.isPlaceholder(value, traits) && !Handle.isRounded(value, traits)
    }

    /// Whether a value of this kind says that there is none.
    func isPlaceholder(_ value: ArraySlice<UInt8>) -> Bool { Handle.isPlaceholder(value, Handle.Traits(value)) }
}

private enum Handle {
    /// What people and programs write into a field that must not be empty, reduced to letters and digits.
    private static let placeholders: Set<String> = [
        "无", "無", "没有", "沒有", "空", "空白", "暂无", "暫無", "不详", "不詳", "未知", "不知道", "不清楚", "不明", "未填", "未填写", "未填寫",
        "未提供", "未留", "未登记", "未登記", "保密", "匿名", "匿名用户", "匿名用戶", "匿名顾客", "不方便", "不方便透露", "拒绝", "拒绝提供", "拒絕提供",
        "不愿透露", "不願透露", "测试", "測試", "同上", "なし", "없음", "null", "nil", "none", "na", "nan", "nas", "no", "not", "undefined",
        "unknown", "unkown", "anonymous", "anon", "anonym", "test", "testing", "tests", "deleted", "removed", "redacted", "hidden", "blank", "empty", "missing",
        "notprovided", "notavailable", "notapplicable", "notgiven", "notset", "notknown", "novalue", "nodata", "noname", "noemail", "nophone",
        "tbd", "tba", "todo", "ref", "value", "error", "x", "xx", "xxx", "xxxx", "xxxxx", "guest", "user", "customer", "default", "dummy",
        "false", "true",
    ]
    private static let longest = 16
    /// Before a domain of the same name they are no mailbox: none@none.com, test@test.com.
    private static let invented: Set<String> = [
        "a", "aa", "aaa", "abc", "asd", "asdf", "b", "q", "qwe", "qwerty", "email", "mail", "fake", "xyz", "111", "123", "1234", "12345", "123456",
        "qq", "126", "163", "sina", "gmail", "yahoo", "outlook", "hotmail", "domain", "example", "sample",
    ]
    /// Nobody's mailboxes at any domain.
    private static let nobodysMailboxes: Set<String> = [
        "none", "null", "nil", "unknown", "undefined", "anonymous", "noemail", "nomail", "no-email", "test", "noreply", "no-reply", "donotreply", "do-not-reply",
        "user", "username", "email", "name", "your", "yourname", "your.name", "youremail", "your.email", "yourmail", "my.email", "myemail", "firstname.lastname", "first.last",
        "example", "someone", "somebody", "nobody", "mailer-daemon", "postmaster", "unsubscribe", "bounce", "bounces", "deleted", "test123",
    ]
    /// E.164 has at most 15 digits; a number without its area code has 7.
    private static let phoneDigits = 7...15
    /// This many digits that are all alike, or ascend one by one, are not a number that was given to somebody.
    private static let patternedID = 8

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    /// Properties of a value's bytes, from one pass, which answer most questions.
    struct Traits: OptionSet {
        let rawValue: UInt8

        static let digit = Traits(rawValue: 1)
        static let star = Traits(rawValue: 2)
        static let at = Traits(rawValue: 4)
        static let point = Traits(rawValue: 8)
        static let exponent = Traits(rawValue: 16)
        static let wide = Traits(rawValue: 32)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ value: ArraySlice<UInt8>) {
            var traits: Traits = []
            for byte in value {
                switch byte {
                case 0x30...0x39: traits.insert(.digit)
                case 0x2A: traits.insert(.star)
                case 0x40: traits.insert(.at)
                case 0x2E: traits.insert(.point)
                case 0x45, 0x65: traits.insert(.exponent)
                case 0x80...: traits.insert(.wide)
                default: break
                }
            }
            self = traits
        }
    }

    static func isMasked(_ value: ArraySlice<UInt8>, _ traits: Traits) -> Bool {
        if traits.contains(.star) { return true }
        return traits.contains(.wide) && String(decoding: value, as: UTF8.self).unicodeScalars.contains { "＊•●∗✱×".unicodeScalars.contains($0) }
    }

    /// Placeholders have no digits. A value of nothing but signs is one as well.
    static func isPlaceholder(_ value: ArraySlice<UInt8>, _ traits: Traits) -> Bool {
        guard value.count <= 4 * longest, traits.isDisjoint(with: [.digit, .at]) else { return false }
        guard traits.contains(.wide) else { return packed(value).map { $0 == 0 || latin.contains($0) } ?? false }
        guard mayBePlaceholder(value) else { return false }
        let text = String(decoding: value, as: UTF8.self).precomposedStringWithCompatibilityMapping.lowercased()
        return placeholders.contains(String(text.filter { $0.isLetter || $0.isNumber })) || !text.contains { $0.isLetter || $0.isNumber }
    }

    /// The placeholders in Latin letters.
    private static let latin = Set(placeholders.compactMap { $0.utf8.first! < 0x80 ? packed(Array($0.utf8)[...]) : nil })

    /// The letters of an ASCII text in lower case; nil if there are more than any placeholder has.
    private static func packed(_ value: ArraySlice<UInt8>) -> UInt128? {
        var (key, count): (UInt128, Int) = (0, 0)
        for byte in value where (byte | 0x20) &- 97 < 26 {
            count += 1
            guard count < longest else { return nil }
            key = key << 8 | UInt128(byte | 0x20)
        }
        return key
    }

    /// Judged by the first character beyond ASCII: almost no name or address is one.
    private static func mayBePlaceholder(_ value: ArraySlice<UInt8>) -> Bool {
        let first = value.drop { $0 < 0x80 }
        // Full-width forms have many spellings.
        return first.first == 0xEF || beginnings.contains(beginning(of: first))
    }

    private static func beginning(of text: some Sequence<UInt8>) -> UInt32 { text.prefix(3).reduce(0) { $0 << 8 | UInt32($1) } }

    private static let beginnings = Set(
        (placeholders.filter { $0.utf8.first! >= 0x80 } + ["•", "—", "–", "…", "。", "、", "？"]).map { beginning(of: $0.utf8) })

    /// A number that a spreadsheet has written with an exponent: the missing digits need not have been equal.
    static func isRounded(_ value: ArraySlice<UInt8>, _ traits: Traits) -> Bool {
        guard traits.isSuperset(of: [.digit, .exponent]), let exponent = value.firstIndex(where: { $0 | 0x20 == 0x65 }), value.count <= 32 else { return false }
        let (mantissa, power) = (value[..<exponent].drop { $0 <= 0x20 }, value[(exponent + 1)...])
        let digits = power.first == 0x2B || power.first == 0x2D ? power.dropFirst() : power
        guard !digits.isEmpty, digits.allSatisfy({ isDigit($0) || $0 <= 0x20 }), mantissa.first.map(isDigit) == true else { return false }
        // An id can be 1E5; with a point or a sign it is a number.
        return mantissa.allSatisfy { isDigit($0) || $0 == 0x2E } && (mantissa.contains(0x2E) || digits.count < power.count)
    }

    /// The original of a number that a program has turned into a decimal: 13800138000.0.
    static func withoutDecimals(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let point = value.lastIndex(of: 0x2E), point > value.startIndex, point + 1 < value.endIndex, value[(point + 1)...].allSatisfy({ $0 == 0x30 }),
            value[..<point].allSatisfy({ isDigit($0) || $0 == 0x2B || $0 == 0x20 })
        else { return value }
        return value[..<point]
    }

    /// - Parameter normal: the value's normal form.
    static func hasShape(_ normal: [UInt8], written value: ArraySlice<UInt8>, _ kind: Normalizer) -> Bool {
        switch kind {
        case .none, .name: true
        case .phone: isPhone(normal, value)
        case .email: isEmail(normal)
        case .id, .document: isID(normal, value)
        }
    }

    private static func isPhone(_ normal: [UInt8], _ value: ArraySlice<UInt8>) -> Bool {
        // 138xxxx8000
        guard !value.containsRun(of: 3, where: { $0 | 0x20 == 0x78 }) else { return false }
        let digits = normal.drop { $0 == 0x2B }
        let national = digits.starts(with: [0x38, 0x36]) && digits.count > 9 ? digits.dropFirst(2) : digits
        return phoneDigits.contains(digits.count) && !isRepeated(national) && !isSequence(national)
    }

    private static func isID(_ normal: [UInt8], _ value: ArraySlice<UInt8>) -> Bool {
        guard normal.allSatisfy(isDigit) else { return true }
        // The usual word of a program for "none".
        if value.elementsEqual("-1".utf8) { return false }
        return !normal.allSatisfy { $0 == 0x30 } && (normal.count < patternedID || !isRepeated(normal[...]) && !isSequence(normal[...]))
    }

    /// Something, one @, and a name of two or more parts.
    private static func isEmail(_ normal: [UInt8]) -> Bool {
        guard let at = normal.firstIndex(of: 0x40), at > 0 else { return false }
        let domain = normal[(at + 1)...]
        guard !domain.contains(0x40), let point = domain.firstIndex(of: 0x2E), point > domain.startIndex, point + 1 < domain.endIndex else { return false }
        guard at <= longest else { return true }
        let mailbox = String(decoding: normal[..<at], as: UTF8.self)
        let isInvented = normal[..<at].elementsEqual(domain[..<point]) && (placeholders.contains(mailbox) || invented.contains(mailbox))
        return !isInvented && !nobodysMailboxes.contains(mailbox)
    }

    private static func isRepeated(_ digits: ArraySlice<UInt8>) -> Bool { digits.allSatisfy { $0 == digits.first } }

    private static func isSequence(_ digits: ArraySlice<UInt8>) -> Bool { Digits.areInOrder(digits) }
}

extension ArraySlice<UInt8> {
    fileprivate func containsRun(of length: Int, where isMember: (UInt8) -> Bool) -> Bool {
        var run = 0
        for byte in self {
            run = isMember(byte) ? run + 1 : 0
            if run == length { return true }
        }
        return false
    }
}
