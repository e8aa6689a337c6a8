/// Finds e-mail addresses, URLs and IPv6 addresses: words with a form of their own, each from its anchor.
enum AddressFormDetector {
    /// What the forms are found by.
    static let anchors = "@:/w".unicodeScalars.map(\.value)

    static func detect(in text: FoldedText, into found: inout [Entity]) {
        SpelledEmail.detect(in: text, into: &found)
        guard text.filter.mayContain(0x40) || text.filter.mayContain(0x3A) || text.filter.mayContain(0x77, 0x77) || text.filter.mayContain(0x2F) else { return }
        var index = text.next(.addressForm, from: 0)
        while index < text.count {
            defer { index = text.next(.addressForm, from: index) }
            switch text.units[index] {
            case 0x40:  // @
                if let range = email(at: index, in: text) {
                    found.append(entity(.email, range, 1, "email", text))
                    index = range.upperBound
                    continue
                }
            case 0x3A:  // :
                if let range = url(at: index, in: text) {
                    found.append(entity(.url, range, 1, "url.scheme", text))
                    index = range.upperBound
                    continue
                }
                if let range = ipv6(at: index, in: text) {
                    found.append(entity(.ipAddress, range, 0.9, "ip.v6", text))
                    index = range.upperBound
                    continue
                }
            case 0x2F:  // instagram.com/name
                if let range = path(at: index, in: text) {
                    found.append(entity(.url, range, 0.8, "url.path", text))
                    index = range.upperBound
                    continue
                }
            case 0x77:  // www.
                if let range = www(at: index, in: text) {
                    found.append(entity(.url, range, 0.9, "url.www", text))
                    index = range.upperBound
                    continue
                }
            default: break
            }
            index += 1
        }
    }

    private static func entity(
        _ type: EntityType, _ range: Range<Int>, _ score: Double, _ rule: String, _ text: FoldedText
    ) -> Entity {
        Entity(type: type, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range))
    }

    /// Local part to the left of the @, domain with at least one dot to the right (RFC 5321 lengths).
    private static func email(at anchor: Int, in text: FoldedText) -> Range<Int>? {
        var start = anchor
        while start > 0, anchor - start < 64, isLocal(text.units[start - 1]) { start -= 1 }
        while start < anchor, text.units[start] == 0x2E { start += 1 }
        guard start < anchor else { return nil }
        guard let end = domainEnd(from: anchor + 1, in: text) else { return nil }
        return start..<end
    }

    private static func isLocal(_ unit: UInt32) -> Bool {
        FoldedText.isLetter(unit) || FoldedText.isDigit(unit) || [0x2E, 0x5F, 0x25, 0x2B, 0x2D].contains(unit)
    }

    /// Where a dotted domain ends whose last label has two letters or more.
    private static func domainEnd(from start: Int, in text: FoldedText) -> Int? {
        var index = start
        var lastDot: Int?
        var accepted: Int?
        while index < text.count, index - start < 255 {
            let unit = text.units[index]
            if unit == 0x2E {
                lastDot = index
            } else if !(FoldedText.isLetter(unit) || FoldedText.isDigit(unit) || unit == 0x2D) {
                break
            }
            index += 1
            if let lastDot, index - lastDot >= 3, FoldedText.isLetter(text.units[index - 1]) { accepted = index }
        }
        return accepted
    }

    private static func url(at colon: Int, in text: FoldedText) -> Range<Int>? {
        guard colon + 3 < text.count, text.units[colon + 1] == 0x2F, text.units[colon + 2] == 0x2F else { return nil }
        var start = colon
        while start > 0, colon - start < 12, FoldedText.isLatin(text.units[start - 1]) { start -= 1 }
        guard colon - start >= 2 else { return nil }
        let end = urlEnd(from: colon + 3, in: text)
        return end > colon + 3 ? start..<end : nil
    }

    /// A domain with a common ending before a slash.
    private static func path(at slash: Int, in text: FoldedText) -> Range<Int>? {
        guard slash + 1 < text.count, slash >= 4, domains.last(before: slash, in: text) != nil else { return nil }
        var start = slash
        while start > 0, slash - start < 60, FoldedText.isLatin(text.units[start - 1]) || FoldedText.isDigit(text.units[start - 1]) || [0x2D, 0x2E].contains(text.units[start - 1]) { start -= 1 }
        guard start < slash, FoldedText.isLatin(text.units[start]) else { return nil }
        return start..<urlEnd(from: slash, in: text)
    }

    private static let domains = PhraseList([".com", ".cn", ".net", ".org", ".co", ".io", ".me", ".tv", ".ly", ".uk", ".de", ".hk", ".tw"])

    private static func www(at index: Int, in text: FoldedText) -> Range<Int>? {
        guard index + 4 < text.count, text.units[index + 1] == 0x77, text.units[index + 2] == 0x77,
            text.units[index + 3] == 0x2E, index == 0 || !FoldedText.isLatin(text.units[index - 1]),
            domainEnd(from: index, in: text) != nil
        else { return nil }
        return index..<urlEnd(from: index, in: text)
    }

    /// ASCII without spaces, less closing punctuation.
    private static func urlEnd(from start: Int, in text: FoldedText) -> Int {
        var end = start
        while end < text.count, (0x21...0x7E).contains(text.units[end]), ![0x22, 0x3C, 0x3E].contains(text.units[end]) { end += 1 }
        while end > start, [0x2E, 0x2C, 0x21, 0x3F, 0x3B, 0x3A, 0x29, 0x27].contains(text.units[end - 1]) { end -= 1 }
        return end
    }

    /// RFC 4291 §2.2: eight groups of hex digits, or fewer around one `::`.
    private static func ipv6(at colon: Int, in text: FoldedText) -> Range<Int>? {
        func isHex(_ unit: UInt32) -> Bool { FoldedText.isDigit(unit) || unit &- 97 < 6 }
        var start = colon
        while start > 0, colon - start < 4, isHex(text.units[start - 1]) { start -= 1 }
        if start > 0, isHex(text.units[start - 1]) || FoldedText.isLetter(text.units[start - 1]) || text.units[start - 1] == 0x3A { return nil }
        var end = start
        while end < text.count, end - start < 45, isHex(text.units[end]) || text.units[end] == 0x3A { end += 1 }
        while end > start, text.units[end - 1] == 0x3A, end - 2 < start || text.units[end - 2] != 0x3A { end -= 1 }
        guard end > start, end == text.count || !FoldedText.isLetter(text.units[end]) else { return nil }
        let groups = text.units[start..<end].split(separator: 0x3A, omittingEmptySubsequences: false)
        let empty = groups.filter(\.isEmpty).count
        if empty > 0, !zip(text.units[start..<end], text.units[start + 1..<end]).contains(where: { $0 == 0x3A && $1 == 0x3A }) { return nil }
        let filled = groups.count - empty
        guard groups.allSatisfy({ $0.count <= 4 }), filled >= 2 else { return nil }
        // `::` leaves one empty group inside, two at an edge. A clock time has neither.
        return (filled == 8 && empty == 0) || ((1...2).contains(empty) && filled < 8) ? start..<end : nil
    }
}
