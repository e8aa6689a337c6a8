/// Finds `@handle`, in any script, where it is no e-mail address.
enum MentionDetector {
    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard text.filter.mayContain(0x40) else { return }
        var index = 0
        while index < text.count {
            guard text.units[index] == 0x40, index == 0 || !isBeforeMail(text.units[index - 1]), let end = end(from: index + 1, in: text) else {
                index += 1
                continue
            }
            let range = index..<end
            found.append(Entity(type: .social, bytes: text.bytes(range), score: 0.6, rule: "social.mention", key: text.key(range)))
            index = end
        }
    }

    private static func isBeforeMail(_ unit: UInt32) -> Bool { FoldedText.isLatin(unit) || FoldedText.isDigit(unit) || unit == 0x2E }

    private static func end(from start: Int, in text: FoldedText) -> Int? {
        var end = start
        var (letters, han) = (0, 0)
        while end < text.count, end - start < 30 {
            let unit = text.units[end]
            if FoldedText.isHan(unit) || (0x3040...0x30FF).contains(unit) {
                han += 1
                guard han <= 15 else { break }
            } else if FoldedText.isLetter(unit) {
                letters += 1
            } else if !(FoldedText.isDigit(unit) || unit == 0x5F || unit == 0x2D && end > start) {
                break
            }
            end += 1
        }
        while end > start, text.units[end - 1] == 0x2D { end -= 1 }
        guard letters + han > 0 else { return nil }
        // "@5pm" is a time, "@home" may be one's handle.
        if FoldedText.isDigit(text.units[start]), letters <= 2, end - start <= 4 { return nil }
        return end
    }
}
