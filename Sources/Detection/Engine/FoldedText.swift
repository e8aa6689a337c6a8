/// A text as the detectors see it: one unit per visible character, widths and scripts of digits
/// folded, upper case lowered, traditional characters simplified, letters that only look Latin made so, invisible characters dropped, each unit with its place in the source.
final class FoldedText: Sendable {
    /// Folded Unicode scalars.
    let units: [UInt32]
    /// The digit that each unit stands for, or 255.
    let digits: [UInt8]
    /// How many units are digits.
    let digitCount: Int
    /// What each unit is, and what may begin there.
    let traits: [CharacterTraits]
    /// The traits of all units together.
    private let all: CharacterTraits
    /// Which characters occur, and which pairs with nothing but separators between, as a Bloom filter: a pattern with a character that is
    /// not in it cannot be in the text.
    let filter: CharacterFilter
    /// Where each unit's scalar begins in the source, in bytes, and in the low three bits its length.
    private let places: [UInt32]

    /// Decodes UTF-8 in one pass; ill-formed bytes become U+FFFD, one unit a byte.
    init(_ text: Span<UInt8>) {
        let count = text.count
        // Written by index and cut at the end: appending would check the capacity for each unit.
        var unitArray = [UInt32](repeating: 0, count: count)
        var digitArray = [UInt8](repeating: 255, count: count)
        var placeArray = [UInt32](repeating: 0, count: count)
        var traitArray = [CharacterTraits](repeating: [], count: count)
        var units = unitArray.mutableSpan
        var digits = digitArray.mutableSpan
        var places = placeArray.mutableSpan
        var traits = traitArray.mutableSpan
        var filter = CharacterFilter()
        var before: UInt32 = 0
        let (hanTable, traitTable) = (Simplification.table, CharacterTraits.table)
        var (all, last): (CharacterTraits, CharacterTraits) = ([], [])
        var digitCount = 0
        var used = 0
        var index = 0
        while index < count {
            let lead = text[index]
            var unit: UInt32
            var length = 1
            var isUpper = false
            if lead < 0x80 {
                isUpper = lead &- 65 < 26
                unit = UInt32(isUpper ? lead | 0x20 : lead)
            } else {
                (unit, length) = Self.decode(text, at: index)
                if Simplification.range.contains(unit) {
                    unit = UInt32(hanTable[Int(unit - Simplification.range.lowerBound)])
                } else {
                    guard let folded = Self.fold(unit) else {
                        index += length
                        continue
                    }
                    isUpper = folded != unit && Self.isLetter(folded) && !Self.isSmall(unit)
                    unit = folded
                }
            }
            units[used] = unit
            places[used] = UInt32(truncatingIfNeeded: index) << 3 | UInt32(truncatingIfNeeded: length)
            filter.insert(unit)
            var trait = CharacterTraits(of: unit, traitTable)
            if isUpper { trait.insert(.upper) }
            all.formUnion(trait)
            if trait.contains(.latin), last.contains(.latin) { trait.subtract(.wordBeginnings) }
            traits[used] = trait
            last = trait
            if !trait.contains(.separator) {
                filter.insert(before, unit)
                before = unit
            }
            if trait.contains(.numeral), let digit = Self.digit(unit) {
                digits[used] = digit
                digitCount += 1
            }
            used += 1
            index += length
        }
        // Where the text ends, behind the last unit.
        if used < count { places[used] = UInt32(truncatingIfNeeded: index) << 3 }
        if filter.mayContain(0x5E7A), filter.mayContain(0x6D1E) || filter.mayContain(0x62D0) || filter.mayContain(0x52FE) {
            digitCount += Self.readRadioDigits(units, used, &digits, &traits)
        }
        unitArray.removeLast(count - used)
        digitArray.removeLast(count - used)
        traitArray.removeLast(count - used)
        (self.units, self.digits, self.places, self.traits) = (unitArray, digitArray, placeArray, traitArray)
        (self.filter, self.digitCount, self.all) = (filter, digitCount, all)
    }

    /// Whether any unit has one of some traits.
    func contains(_ wanted: CharacterTraits) -> Bool { !all.isDisjoint(with: wanted) }

    var hasHan: Bool { contains(.han) }
    var hasLatin: Bool { contains(.latin) }
    var hasOtherScript: Bool { contains(.otherScript) }

    /// 洞, 拐 and 勾 are 0, 7 and 9 beside other digits where somebody says 幺 for 1.
    ///
    /// - Returns: how many there are.
    private static func readRadioDigits(
        _ units: borrowing MutableSpan<UInt32>, _ used: Int, _ digits: inout MutableSpan<UInt8>, _ traits: inout MutableSpan<CharacterTraits>
    ) -> Int {
        var count = 0
        for index in 1..<max(1, used) where digits[index - 1] != 255 && digits[index] == 255 {
            let digit: UInt8? =
                switch units[index] {
                case 0x6D1E: 0
                case 0x62D0: 7
                case 0x52FE: 9
                default: nil
                }
            guard let digit else { continue }
            digits[index] = digit
            traits[index].insert(.numeral)
            count += 1
        }
        return count
    }

    /// The folded characters of a short text alone.
    static func units(of text: Span<UInt8>) -> [UInt32] {
        var units: [UInt32] = []
        units.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let (scalar, length) = decode(text, at: index)
            if let folded = fold(scalar) { units.append(folded) }
            index += length
        }
        return units
    }

    static func units(of text: String) -> [UInt32] {
        let bytes = Array(text.utf8)
        return units(of: bytes.span)
    }

    var count: Int { units.count }

    /// Whether a unit was an upper-case letter.
    func isUpper(_ index: Int) -> Bool { traits[index].contains(.upper) }

    /// A range of units as text.
    func string(_ range: Range<Int>) -> String { Self.string(units[range]) }

    private static func string(_ units: some Sequence<UInt32>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(48)
        for unit in units {
            if unit < 0x80 {
                bytes.append(UInt8(unit))
            } else {
                bytes.append(contentsOf: UTF8.encode(Unicode.Scalar(unit) ?? "\u{FFFD}")!)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Source bytes of a range of units; an accent that is a character of its own belongs to the letter before.
    func bytes(_ range: Range<Int>) -> Range<Int> {
        let last = places[range.upperBound - 1]
        let isAccented = range.upperBound < places.count && Self.isLetter(units[range.upperBound - 1])
        return Int(places[range.lowerBound] >> 3)..<(isAccented ? Int(places[range.upperBound] >> 3) : Int(last >> 3 + last & 7))
    }

    /// The folded characters of a range, as a key for equality.
    func key(_ range: Range<Int>) -> String { Self.string(units[range].lazy.filter { !Self.isSeparator($0) }) }

    /// The scalar at a place, and how many bytes it takes.
    @inline(__always)
    static func decode(_ text: Span<UInt8>, at index: Int) -> (UInt32, Int) {
        let lead = UInt32(text[index])
        if lead < 0x80 { return (lead, 1) }
        // Han and kana, most of what is not ASCII: none of them can be written in fewer bytes, nor is a surrogate.
        if lead &- 0xE3 < 0xED - 0xE3, index + 3 <= text.count {
            let (second, third) = (UInt32(text[index + 1]), UInt32(text[index + 2]))
            guard second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            return ((lead & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F, 3)
        }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
        guard length > 1, lead < 0xF5, index + length <= text.count else { return (0xFFFD, 1) }
        var scalar = lead & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = UInt32(text[index + offset])
            guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            scalar = scalar << 6 | byte & 0x3F
        }
        return (scalar, length)
    }

    /// Nil for characters that are not seen.
    static func fold(_ scalar: UInt32) -> UInt32? {
        // Han and kana first: most of Chinese text.
        if Simplification.range.contains(scalar) { return Simplification.of(scalar) }
        if (0x3040...0x33FF).contains(scalar) { return scalar == 0x30FB ? 0xB7 : scalar }
        if scalar < 0x80 { return scalar &- 65 < 26 ? scalar | 0x20 : scalar }
        switch scalar {
        case 0x00AD, 0x0300...0x036F, 0x034F, 0x061C, 0x180B...0x180E, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x206F, 0x20E3, 0xFE00...0xFE0F, 0xFEFF, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            return nil
        case 0x00A0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
            return 0x20
        case 0xFF01...0xFF5E:
            let ascii = scalar - 0xFEE0
            return ascii &- 65 < 26 ? ascii | 0x20 : ascii
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63:
            return 0x2D
        case 0x00B7, 0x2022, 0x2027, 0x30FB, 0xFF65:
            return 0xB7
        case 0x3002, 0xFF61:
            return 0x3002
        case 0x1D7CE...0x1D7FF:
            return 48 + (scalar - 0x1D7CE) % 10
        case 0x0660...0x0669: return scalar - 0x0660 + 48
        case 0x06F0...0x06F9: return scalar - 0x06F0 + 48
        case 0x0966...0x096F: return scalar - 0x0966 + 48
        case 0x2460...0x2468: return scalar - 0x2460 + 49
        case 0x2474...0x247C: return scalar - 0x2474 + 49
        case 0x2488...0x2490: return scalar - 0x2488 + 49
        case 0x2776...0x277E: return scalar - 0x2776 + 49
        case 0x2780...0x2788: return scalar - 0x2780 + 49
        case 0x278A...0x2792: return scalar - 0x278A + 49
        case 0x24EA: return 48
        case 0x2070: return 48
        case 0x00B9: return 49
        case 0x00B2, 0x00B3: return scalar - 0xB2 + 50
        case 0x2074...0x2079: return scalar - 0x2074 + 52
        case 0x2080...0x2089: return scalar - 0x2080 + 48
        case 0x24B6...0x24CF: return scalar - 0x24B6 + 97
        case 0x24D0...0x24E9: return scalar - 0x24D0 + 97
        case 0x1D400...0x1D6A3: return 97 + (scalar - 0x1D400) % 52 % 26
        case 0x00C0...0x00DE where scalar != 0xD7: return scalar + 32
        case 0x0100...0x017F: return lowerExtended(scalar)
        // Latin Extended Additional, Vietnamese most of all: pairs, the capital at the even place.
        case 0x1E00...0x1E95, 0x1EA0...0x1EFF: return scalar | 1
        case 0x0370...0x052F: return lookalike(scalar)
        default: return scalar
        }
    }

    /// Letters of Latin Extended-A stand in pairs, the capital first: at even places, and between ĸ and ŉ and from Ź on at odd ones.
    private static func lowerExtended(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x0130: 0x69
        case 0x0178: 0xFF
        case 0x0138, 0x0149, 0x017F: scalar
        case 0x0139...0x0148, 0x0179...0x017E: scalar + scalar % 2
        default: scalar | 1
        }
    }

    /// Greek and Cyrillic letters that look Latin become what they look like (Unicode TR 39, confusables);
    /// the others are lowered.
    private static func lookalike(_ scalar: UInt32) -> UInt32 {
        var lower = scalar
        if (0x0391...0x03A9).contains(scalar) || (0x0410...0x042F).contains(scalar) { lower += 32 }
        if (0x0400...0x040F).contains(scalar) { lower += 80 }
        return lookalikes[lower] ?? lower
    }

    /// Whether a character that folding changes was a small letter all the same: in full width, in a circle, bold, or of another alphabet.
    private static func isSmall(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xFF41...0xFF5A, 0x24D0...0x24E9, 0x3AC...0x3CE, 0x430...0x45F: true
        case 0x1D400...0x1D6A3: (scalar - 0x1D400) % 52 >= 26
        default: false
        }
    }

    private static let lookalikes: [UInt32: UInt32] = {
        let pairs = "аaеeоoрpсcхxуyкkмmтtвbнhіiѕsјjԁdԛqԝwһhαaοoρpνvιiκkτtυuχxεeηnγy".unicodeScalars.map(\.value)
        return Dictionary(uniqueKeysWithValues: stride(from: 0, to: pairs.count, by: 2).map { (pairs[$0], pairs[$0 + 1]) })
    }()

    static func isDigit(_ unit: UInt32) -> Bool { unit &- 48 < 10 }

    static func isLatin(_ unit: UInt32) -> Bool { unit &- 97 < 26 }

    /// A letter of an alphabet, not Han.
    static func isLetter(_ unit: UInt32) -> Bool {
        isLatin(unit) || (0xC0...0x24F).contains(unit) || (0x370...0x52F).contains(unit) || (0x1E00...0x1EFF).contains(unit)
    }

    static func isHan(_ unit: UInt32) -> Bool {
        (0x4E00...0x9FFF).contains(unit) || (0x3400...0x4DBF).contains(unit) || (0x20000...0x323AF).contains(unit)
    }

    /// What people put between the groups of a number or the parts of a name.
    static func isSeparator(_ unit: UInt32) -> Bool {
        switch unit {
        case 0x20, 0x09, 0x0A, 0x0D, 0x2D, 0x2E, 0x28, 0x29, 0x2C, 0x2F, 0x5F, 0xB7, 0x3001, 0x7E: true
        default: false
        }
    }

    /// The digit that a character stands for, Chinese numerals included.
    static func digit(_ unit: UInt32) -> UInt8? {
        if isDigit(unit) { return UInt8(unit - 48) }
        guard unit >= 0x3007, unit <= 0x96F6 else { return nil }
        return switch unit {
        case 0x3007, 0x96F6: 0  // 〇 零
        case 0x4E00, 0x5E7A, 0x58F9: 1  // 一 幺 壹
        case 0x4E8C, 0x4E24, 0x8D30, 0x8CB3: 2  // 二 两 贰 貳
        case 0x4E09, 0x53C1, 0x53C3: 3  // 三 叁 參
        case 0x56DB, 0x8086: 4  // 四 肆
        case 0x4E94, 0x4F0D: 5  // 五 伍
        case 0x516D, 0x9646, 0x9678: 6  // 六 陆 陸
        case 0x4E03, 0x67D2: 7  // 七 柒
        case 0x516B, 0x634C: 8  // 八 捌
        case 0x4E5D, 0x7396: 9  // 九 玖
        default: nil
        }
    }
}
