import Detection

/// Finds the telephone numbers of a value: usually one, sometimes several, each in whatever way it is written.
struct PhoneReader: Sendable {
    private let plans = PhonePlans.shared
    let region: PhonePlans.Region

    private enum Sign: Equatable {
        case digit(UInt8)
        case plus
        /// A blank or a dash, which mean little.
        case gap
        case dash
        /// What stands between two numbers.
        case comma
        /// What stands before an extension.
        case extending
        /// Digits are missing here.
        case masked
    }

    /// Words before an extension; in the forms of NFKC, in lower case.
    private static let extensions = ["转接", "转", "轉", "分机", "分機", "内线", "extension", "ext", "x", "доб", "~", "#"].map(Array.init)
    /// Words between two numbers.
    private static let conjunctions = ["或者", "或", "和", "及", "与", "or", "and", "oder", "und"].map(Array.init)

    /// The numbers in `value`; empty: it identifies nobody.
    func numbers(in value: ArraySlice<UInt8>) -> [PhoneNumber] {
        if let number = plain(value) { return [number] }
        let text = Handles.text(value)
        let found = numbers(in: text)
        return found.isEmpty ? Self.respelt(text).map { numbers(in: $0) } ?? [] : found
    }

    private func numbers(in text: String) -> [PhoneNumber] {
        let signs = Self.signs(text)
        // In one piece first where the pieces are no numbers: 030/123456.
        let pieces = signs.split(separator: .comma).filter { $0.contains { if case .digit = $0 { true } else { false } } }
        let found = pieces.map { number($0) }
        if pieces.count > 1, found.contains(nil), let whole = number(signs.filter { $0 != .comma }[...]) { return [whole] }
        if pieces.count == 1, found[0] == nil { return blanks(pieces[0]) }
        var numbers: [PhoneNumber] = []
        for number in found.compactMap(\.self) where !numbers.contains(number) { numbers.append(number) }
        return numbers
    }

    private static let numerals: [Character: Character] = [
        "〇": "0", "零": "0", "一": "1", "幺": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
    ]

    /// What is no number as it is written: one in Chinese numerals, or with an exponent and all its digits (1.3621004713E10), which a program makes of a
    /// number, and a spreadsheet never shows. Nil: it is neither.
    private static func respelt(_ text: String) -> String? {
        if text.contains(where: { numerals[$0] != nil }) { return String(text.map { numerals[$0] ?? $0 }) }
        guard let match = text.wholeMatch(of: /(\d)\.(\d{8,14})[eE]\+?(\d{1,2})/), let power = Int(match.3), match.2.count <= power, power <= match.2.count + 2 else { return nil }
        return match.1 + match.2 + String(repeating: "0", count: power - match.2.count)
    }

    /// The usual case: nothing but digits, with a plus or blanks or dashes.
    private func plain(_ value: ArraySlice<UInt8>) -> PhoneNumber? {
        guard (7...24).contains(value.count) else { return nil }
        var digits: [UInt8] = []
        digits.reserveCapacity(value.count)
        var isInternational = false
        for byte in value {
            switch byte {
            case 0x30...0x39: digits.append(byte - 0x30)
            case 0x2B:
                guard digits.isEmpty, !isInternational else { return nil }
                isInternational = true
            case 0x20, 0x2D: continue
            default: return nil
            }
        }
        return plans.number(digits[...], isInternational: isInternational, in: region)
    }

    /// Numbers with nothing but blanks between them.
    private func blanks(_ signs: ArraySlice<Sign>) -> [PhoneNumber] {
        let words = signs.split(separator: .gap)
        guard words.count > 1 else { return [] }
        let numbers = words.map { number($0) }
        return numbers.contains(nil) ? [] : numbers.compactMap(\.self)
    }

    private func number(_ signs: ArraySlice<Sign>) -> PhoneNumber? {
        guard !signs.contains(.masked) else { return nil }
        if let mark = signs.firstIndex(of: .extending) {
            var number = number(signs[..<mark])
            number?.extending = Self.digits(signs[(mark + 1)...])
            return number
        }
        if let number = dialled(signs) { return number }
        // 010-65529988-8001
        guard let dash = signs.lastIndex(of: .dash), (2...7).contains(signs.endIndex - dash) else { return nil }
        var number = dialled(signs[..<dash])
        number?.extending = Self.digits(signs[dash...])
        return number
    }

    private static func digits(_ signs: ArraySlice<Sign>) -> String? {
        let text = signs.compactMap { if case .digit(let digit) = $0 { String(digit) } else { nil } }.joined()
        return text.isEmpty ? nil : text
    }

    private func dialled(_ signs: ArraySlice<Sign>) -> PhoneNumber? {
        var digits: [UInt8] = []
        for sign in signs { if case .digit(let digit) = sign { digits.append(digit) } }
        guard digits.count >= 7 else { return nil }
        let first = signs.first { if case .digit = $0 { true } else { $0 == .plus } }
        return plans.number(digits[...], isInternational: first == .plus, in: region)
    }

    private static func signs(_ text: String) -> [Sign] {
        let characters = Array(text.lowercased())
        var signs: [Sign] = []
        var index = 0
        func word(_ words: [[Character]]) -> Int? {
            words.first { characters[index...].starts(with: $0) }?.count
        }
        while index < characters.count {
            let character = characters[index]
            var length = 1
            if let digit = character.wholeNumberValue, digit < 10, character.unicodeScalars.first?.properties.numericType == .decimal {
                signs.append(.digit(UInt8(digit)))
            } else if "*•●∗✱×".contains(character) || characters[index...].starts(with: "xx") {
                // A sign of multiplication among digits stands for one that is hidden.
                signs.append(.masked)
            } else if let count = word(extensions), signs.count(where: { if case .digit = $0 { true } else { false } }) >= 5 {
                signs.append(.extending)
                length = count
            } else if let count = word(conjunctions) {
                signs.append(.comma)
                length = count
            } else if character == ".", let zeros = decimals(characters[(index + 1)...]) {
                length = 1 + zeros
            } else {
                switch character {
                case "+": signs.append(.plus)
                case "-", "‐", "‑", "–", "—", "−": signs.append(.dash)
                case "/", ",", ";", "、", "|", "&", "\n", "\r\n", "\r", "\t", "，", "；", "。": signs.append(.comma)
                default: signs.append(.gap)
                }
            }
            index += length
        }
        return collapsed(signs)
    }

    /// How many zeros a spreadsheet or a data frame has added behind a point: 13800138000.0; nil: none.
    private static func decimals(_ rest: ArraySlice<Character>) -> Int? {
        let zeros = rest.prefix { $0 == "0" }.count
        return (1...2).contains(zeros) && rest.dropFirst(zeros).first?.isNumber != true ? zeros : nil
    }

    /// Without gaps at the ends or beside other signs.
    private static func collapsed(_ signs: [Sign]) -> [Sign] {
        var result: [Sign] = []
        for sign in signs where sign != .gap || result.last.map({ if case .digit = $0 { true } else { false } }) == true { result.append(sign) }
        while result.last == .gap { result.removeLast() }
        return result
    }
}
