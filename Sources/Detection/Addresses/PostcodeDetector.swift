/// Finds postcodes whose form is their own: SW1A 1AA (United Kingdom), K1A 0B1 (Canada), in capitals.
enum PostcodeDetector {
    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard text.hasLatin, text.contains(.digit) else { return }
        var index = 0
        while true {
            // The blank before digit, letter, letter (or digit, letter, digit).
            index = text.next(.digit, from: index + 1) - 1
            guard index + 3 < text.count else { return }
            guard text.units[index] == 0x20, index >= 2, text.isUpper(index + 2), index + 4 == text.count || !isWord(text, index + 4)
            else {
                index += 1
                continue
            }
            var start = index
            while start > 0, index - start < 5, isWord(text, start - 1) { start -= 1 }
            let outward = start..<index
            if isBritish(outward, text) && text.isUpper(index + 3) || isCanadian(outward, text) && FoldedText.isDigit(text.units[index + 3]) {
                let range = start..<index + 4
                if let address = address(before: start, text) {
                    let whole = address..<index + 4
                    found.append(Entity(type: .address, bytes: text.bytes(whole), score: 0.8, rule: "address.en-postcode", key: text.key(whole)))
                }
                found.append(Entity(type: .postcode, bytes: text.bytes(range), score: 0.8, rule: "postcode.form", key: text.key(range)))
            }
            index += 4
        }
    }

    /// The Old Rectory, Church Lane, Little Wenham, CO7 6PY: where capitals with two commas or more before a postcode begin.
    private static func address(before end: Int, _ text: FoldedText) -> Int? {
        var (start, commas, words) = (end, 0, 0)
        var index = end
        while index > 0, end - index < 120 {
            var place = index
            while place > 0, [0x20, 0x2C].contains(text.units[place - 1]) {
                if text.units[place - 1] == 0x2C { commas += 1 }
                place -= 1
            }
            var first = place
            while first > 0, isWord(text, first - 1) || [0x27, 0x2D].contains(text.units[first - 1]) { first -= 1 }
            guard first < place, place < index, text.isUpper(first) || FoldedText.isDigit(text.units[first]), !(place - first == 1 && text.units[first] == 0x69) else { break }
            (start, index, words) = (first, first, words + 1)
        }
        return commas >= 2 && words >= 3 ? start : nil
    }

    private static func isWord(_ text: FoldedText, _ index: Int) -> Bool { FoldedText.isLetter(text.units[index]) || FoldedText.isDigit(text.units[index]) }

    /// One or two letters, a digit, and perhaps another digit or letter.
    private static func isBritish(_ range: Range<Int>, _ text: FoldedText) -> Bool {
        let letters = range.prefix { text.isUpper($0) }.count
        guard (1...2).contains(letters), (letters + 1...letters + 2).contains(range.count), FoldedText.isDigit(text.units[range.lowerBound + letters]) else { return false }
        return range.allSatisfy { text.isUpper($0) || FoldedText.isDigit(text.units[$0]) }
    }

    private static func isCanadian(_ range: Range<Int>, _ text: FoldedText) -> Bool {
        range.count == 3 && text.isUpper(range.lowerBound) && FoldedText.isDigit(text.units[range.lowerBound + 1]) && text.isUpper(range.lowerBound + 2)
    }
}
