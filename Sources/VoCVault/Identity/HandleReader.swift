import Detection
import Foundation
import Policy
import Wire

/// How handles are brought to one form. An index has entries of one form only: it knows which (`index_form`), and values are compared in that
/// one until the index is rebuilt (`vocvault keys rotate --indexes`).
package enum HandleForm: Int, Sendable, CaseIterable {
    /// That of vaults before format 5: see ``Policy/Normalizer``.
    case first = 1
    /// Phones by their countries' plans, ids as they are written, several handles in one value.
    case second = 2

    package static var current: HandleForm { allCases.last! }
}

/// Finds the handles in a field's values: what identifies a customer, each in its one form.
struct HandleReader: Sendable {
    /// What is known of who has a handle.
    struct Reach: Sendable {
        /// Whether it is a landline: everybody who lives or works there has it.
        var isPlace = false
        var extending: String?
    }

    let normalizer: Normalizer
    let form: HandleForm
    private let phones: PhoneReader?

    /// - Parameter country: where numbers without a country code belong.
    init(_ normalizer: Normalizer, form: HandleForm = .current, country: String) {
        (self.normalizer, self.form) = (normalizer, form)
        phones = normalizer == .phone && form != .first ? PhonePlans.shared.region(country).map { PhoneReader(region: $0) } : nil
    }

    /// The handles in a value; none: it identifies nobody.
    func handles(_ value: ArraySlice<UInt8>) -> [[UInt8]] {
        var (buffer, result): ([UInt8], [[UInt8]]) = ([], [])
        _ = forEach(value, &buffer) { handle, _ in result.append(Array(handle)) }
        return result
    }

    func handles(_ value: String) -> [[UInt8]] { handles(Array(value.utf8)[...]) }

    /// Calls `body` with each handle, which stands in a buffer that is reused.
    ///
    /// - Returns: false if there was none.
    func forEach(_ value: ArraySlice<UInt8>, _ buffer: inout [UInt8], _ body: (ArraySlice<UInt8>, Reach) throws -> Void) rethrows -> Bool {
        if form == .first {
            guard normalizer.handle(value, into: &buffer) else { return false }
            try body(buffer[...], Reach())
            return true
        }
        switch normalizer {
        case .phone:
            let numbers = phones?.numbers(in: value) ?? []
            for number in numbers {
                buffer.removeAll(keepingCapacity: true)
                buffer.append(contentsOf: number.text.utf8)
                try body(buffer[...], Reach(isPlace: number.kind == .fixed, extending: number.extending))
            }
            return !numbers.isEmpty
        case .email:
            if let isSomebodys = EmailAddresses.plain(value, into: &buffer) {
                if isSomebodys { try body(buffer[...], Reach()) }
                return isSomebodys
            }
            let addresses = EmailAddresses.addresses(in: value)
            for address in addresses {
                buffer.removeAll(keepingCapacity: true)
                buffer.append(contentsOf: address.utf8)
                try body(buffer[...], Reach())
            }
            return !addresses.isEmpty
        case .id, .document, .name, .none:
            var isFound = false
            for part in Self.parts(of: value) where single(part, &buffer) {
                isFound = true
                try body(buffer[...], Reach())
            }
            return isFound
        }
    }

    /// The elements of a JSON list, or the value itself.
    private static func parts(of value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        guard value.first == 0x5B, value.last == 0x5D, let list = try? JSONSerialization.jsonObject(with: Data(value)) as? [Any] else { return [value] }
        return list.compactMap { ($0 as? String) ?? ($0 as? NSNumber)?.stringValue }.map { Array($0.utf8)[...] }
    }

    private func single(_ value: ArraySlice<UInt8>, _ buffer: inout [UInt8]) -> Bool {
        let clean = Handles.isPlain(value) ? value : Array(Handles.text(value).utf8)[...]
        switch normalizer {
        case .id: return Handles.id(clean, into: &buffer) && !Handles.isPlaceholder(clean)
        case .document: return normalizer.handle(clean, into: &buffer) && !Handles.isPlaceholder(clean) && Handles.isDocument(clean)
        case .phone, .email, .name, .none: return normalizer.handle(clean, into: &buffer)
        }
    }
}

extension PolicySet {
    /// Readers of a field's handles in every form, the present one first: what was kept of a customer in a former form is found by it alone.
    func readers(of field: FieldSchema) -> [HandleReader] { HandleForm.allCases.reversed().map { HandleReader(field.normalizer, form: $0, country: country) } }
}

/// What handles of all kinds have in common.
enum Handles {
    /// Whether a value has nothing but visible characters of ASCII and blanks.
    static func isPlain(_ value: ArraySlice<UInt8>) -> Bool { value.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    /// Whether a value has nothing but the usual Chinese characters, which have one form.
    private static func isPlainHan(_ value: ArraySlice<UInt8>) -> Bool {
        value.count % 3 == 0 && stride(from: value.startIndex, to: value.endIndex, by: 3).allSatisfy { isUsualHan(value, $0) }
    }

    /// Whether one of U+4E00 to U+9FFF begins at a place.
    private static func isUsualHan(_ value: ArraySlice<UInt8>, _ place: Int) -> Bool {
        (0xE5...0xE9).contains(value[place]) || value[place] == 0xE4 && place + 1 < value.endIndex && value[place + 1] >= 0xB8
    }

    /// A value in the forms of NFKC, without characters that nobody sees: zero-width ones, marks of direction, soft hyphens.
    static func text(_ value: ArraySlice<UInt8>) -> String {
        let text = String(decoding: value, as: UTF8.self)
        if isPlain(value) || isPlainHan(value) { return text }
        let compatible = text.precomposedStringWithCompatibilityMapping
        var result = String.UnicodeScalarView()
        for scalar in compatible.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .format: continue
            case .dashPunctuation: result.append("-")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// What people and programs write for nobody, besides what the first form knows; reduced to letters.
    private static let placeholders: Set<String> = [
        "keine", "keineangabe", "keineangaben", "ka", "unbekannt", "gast", "kunde", "aucun", "inconnu", "invite", "anonyme", "ninguno", "desconocido", "anonimo", "invitado",
        "nessuno", "sconosciuto", "nobody", "noone", "notamember", "nonmember", "nomember", "notregistered", "unregistered", "notloggedin", "walkin", "walkincustomer",
        "cashcustomer",
        "visitor", "admin", "administrator", "root", "system", "demo", "sample", "example", "placeholder", "name", "id", "phone", "email", "self", "other", "others",
        "objectobject",
        "infinity", "private", "confidential", "withheld", "unavailable", "notspecified", "unspecified", "unassigned", "novalue", "dbnull", "nullid", "userid", "customerid",
        "散客", "访客", "訪客", "游客", "遊客", "游客用户", "路人", "路人甲", "过路客", "過路客", "匿名客户", "匿名客戶", "匿名网友", "匿名網友", "匿名者",
        "匿名买家", "匿名買家", "普通用户", "新用户", "默认用户", "默認用戶", "系统用户", "手机用户", "手機用戶", "微信用户", "微信用戶", "支付宝用户", "抖音用户", "淘宝用户", "京东用户", "用户", "用戶", "顾客", "顧客",
        "客户", "客戶", "会员", "會員", "非会员", "非會員", "不是会员", "本人", "系统", "系統", "未登录", "未登入", "未登錄", "未注册", "未註冊", "未绑定", "未綁定", "未实名", "未认证", "无号码", "无电话", "无手机", "无手机号",
        "无邮箱", "没有电话", "没有邮箱", "没有手机", "不便透露", "不便提供", "暂无数据", "无数据", "待补充", "待定", "其他", "其它", "空值", "缺失", "缺省", "默认", "未登録", "会員登録なし", "ゲスト", "없음", "미등록", "비회원",
        "нет", "неизвестно", "аноним", "гость",
    ]

    /// Those in Latin letters.
    private static let latin = ShortWords(placeholders.filter { $0.utf8.first! < 0x80 })
    /// What the others begin with.
    private static let beginnings = ShortWords(placeholders.compactMap { $0.utf8.first! < 0x80 ? nil : String($0.prefix(1)) })

    static func isPlaceholder(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= 48, !value.contains(where: { $0 &- 48 < 10 }) else { return false }
        guard let wide = value.firstIndex(where: { $0 >= 0x80 }) else { return latin.containsLetters(of: value) || isPlaceholders(value) }
        // Chinese characters have one form: almost no value begins with one that a placeholder begins with.
        if isUsualHan(value, wide), !beginnings.contains(value[wide...].prefix(3)) { return false }
        return placeholders.contains(String(decoding: value, as: UTF8.self).lowercased().filter(\.isLetter))
    }

    /// Several placeholders, as a program joins them: "null null".
    private static func isPlaceholders(_ value: ArraySlice<UInt8>) -> Bool {
        let words = value.split { $0 == 0x20 || $0 == 0x2C || $0 == 0x3B || $0 == 0x2D || $0 == 0x5F || $0 == 0x7C }
        return words.count > 1 && words.allSatisfy { latin.containsLetters(of: $0) || Normalizer.none.isPlaceholder($0) }
    }

    /// A document's number: whatever has the last digits alone, or others hidden, is many people's.
    static func isDocument(_ value: ArraySlice<UInt8>) -> Bool {
        let letters = value.count { $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 26 }
        let digits = value.filter { $0 &- 48 < 10 }
        guard digits.count >= 3, letters >= 6 else { return false }
        // XXX-XX-1234, 110101XXXXXXXX4028; the check digit of a resident's number is one X.
        var run = 0
        for byte in value where byte != 0x20 && byte != 0x2D {
            run = byte | 0x20 == 0x78 ? run + 1 : 0
            if run == 3 { return false }
        }
        // A spreadsheet keeps fifteen digits.
        if letters == 18, digits.count == 18, digits.suffix(3).allSatisfy({ $0 == 48 }) { return isResident(digits) }
        return true
    }

    /// The check digit of GB 11643 (ISO 7064, MOD 11-2).
    private static func isResident(_ digits: [UInt8]) -> Bool {
        let sum = digits.dropLast().reduce(0) { ($0 + Int($1 - 48)) * 2 % 11 }
        return (sum + Int(digits[17] - 48)) % 11 == 1
    }

    /// An id as it is written, without blanks around it, in upper case: every other character counts. 1-01, 10-1 and 101 are three customers.
    static func id(_ value: ArraySlice<UInt8>, into result: inout [UInt8]) -> Bool {
        result.removeAll(keepingCapacity: true)
        var content = value.drop { $0 <= 0x20 }
        while let last = content.last, last <= 0x20 { content.removeLast() }
        // A spreadsheet's sign that what follows is text.
        if content.first == 0x27, content.count > 1 { content = content.dropFirst() }
        guard !content.isEmpty, content.count <= 256 else { return false }
        if content.allSatisfy({ $0 < 0x80 }) {
            for byte in content { result.append(byte &- 97 < 26 ? byte & 0xDF : byte) }
        } else {
            result.append(contentsOf: String(decoding: content, as: UTF8.self).uppercased().utf8)
        }
        return Normalizer.id.handles(content) && !isPattern(result)
    }

    /// 00000, -1, -999, 1111111, 12345678, 87654321, aaaa, test1
    private static func isPattern(_ id: [UInt8]) -> Bool {
        let core = id.filter { $0 &- 48 < 10 || $0 &- 65 < 26 || $0 >= 0x80 }
        if core.allSatisfy({ $0 &- 48 < 10 }) {
            if core.allSatisfy({ $0 == 48 }) || id.elementsEqual("-1".utf8) { return true }
            // What programs of statistics write for a value that is missing.
            if id.first == 0x2D, core.count >= 2, core.allSatisfy({ $0 == 57 }) { return true }
            return core.count >= 7 && core.allSatisfy { $0 == core[0] } || core.count >= 8 && Digits.areInOrder(core)
        }
        if core.count >= 3, core[0] &- 65 < 26, core.allSatisfy({ $0 == core[0] }) { return true }
        // A database's word for none.
        if id.elementsEqual("\\N".utf8) { return true }
        return core.starts(with: "TEST".utf8) && core.dropFirst(4).allSatisfy { $0 &- 48 < 10 }
    }
}

/// Digits of ASCII.
enum Digits {
    /// 123456789, 0123456, 987654321
    static func areInOrder(_ digits: some Collection<UInt8>) -> Bool {
        let pairs = zip(digits, digits.dropFirst())
        return pairs.allSatisfy { $1 &- 48 == ($0 &- 48 + 1) % 10 } || pairs.allSatisfy { $1 &- 48 == ($0 &- 48 + 9) % 10 }
    }
}
