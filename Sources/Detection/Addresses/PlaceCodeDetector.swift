/// Finds codes that stand for a place: a plus code (Open Location Code, 8 characters and more) and three words of what3words.
enum PlaceCodeDetector {
    static func detect(in text: FoldedText, into found: inout [Entity]) {
        if text.filter.mayContain(0x2B), text.digitCount > 1 {
            for index in text.units.indices where text.units[index] == 0x2B {
                guard let range = plusCode(around: index, in: text) else { continue }
                found.append(Entity(type: .location, bytes: text.bytes(range), score: 0.9, rule: "location.plus-code", key: text.key(range)))
            }
        }
        if text.filter.mayContain(0x2F), text.hasLatin {
            for index in text.units.indices where text.units[index] == 0x2F {
                guard let range = words(from: index, in: text) else { continue }
                found.append(Entity(type: .location, bytes: text.bytes(range), score: 0.9, rule: "location.what3words", key: text.key(range)))
            }
        }
    }

    private static let digits = UnitSet("23456789cfghjmpqrvwx")

    /// 8FVC9G8F+6W
    private static func plusCode(around plus: Int, in text: FoldedText) -> Range<Int>? {
        let start = plus - 8
        guard start >= 0, text.units[start..<plus].allSatisfy(digits.contains), start == 0 || !isAlphanumeric(text.units[start - 1]) else { return nil }
        var end = plus + 1
        while end < text.count, digits.contains(text.units[end]) { end += 1 }
        return (2...7).contains(end - plus - 1) && (end == text.count || !isAlphanumeric(text.units[end])) ? start..<end : nil
    }

    /// ///filled.count.soap
    private static func words(from start: Int, in text: FoldedText) -> Range<Int>? {
        guard start + 3 < text.count, text.units[start + 1] == 0x2F, text.units[start + 2] == 0x2F, start == 0 || text.units[start - 1] != 0x3A else { return nil }
        var end = start + 3
        for word in 0..<3 {
            if word > 0 {
                guard end < text.count, text.units[end] == 0x2E else { return nil }
                end += 1
            }
            let first = end
            while end < text.count, FoldedText.isLetter(text.units[end]) { end += 1 }
            guard end - first >= 3 else { return nil }
        }
        return start..<end
    }

    private static func isAlphanumeric(_ unit: UInt32) -> Bool { FoldedText.isLetter(unit) || FoldedText.isDigit(unit) }
}
