/// Tells a text's encoding by its bytes, as browsers do for pages that do not say.
///
/// What is well-formed UTF-8 is UTF-8: other encodings almost never look like it (RFC 3629, 3). Of the others, each pair of bytes
/// has a place in the code table, and writing uses some rows of it far more than others: GB 2312 and Big5 sort their characters by
/// frequency.
package enum EncodingDetector {
    /// - Parameter sample: from the beginning of the text or of a character; it may end within one.
    package static func detect(_ sample: ArraySlice<UInt8>) -> TextEncoding {
        if let marked = TextEncoding.mark(sample) { return marked.encoding }
        if let wide = wide(sample) { return wide }
        if isUTF8(sample) { return .utf8 }
        let bytes = Array(sample)
        // A few damaged characters do not make it another encoding: only their records are rejected.
        if shareOfUTF8(bytes) > 0.8 { return .utf8 }
        let scores: [(TextEncoding, Double)] = [
            (.gb18030, score(bytes, gb)), (.big5, score(bytes, big5)), (.shiftJIS, score(bytes, shiftJIS)), (.windows1252, western(bytes)),
        ]
        let best = scores.max { $0.1 < $1.1 }!
        // Damaged UTF-8 resembles nothing: its records are rejected one by one.
        return best.1 > 0.25 ? best.0 : .utf8
    }

    /// Whether a sample tells enough: many characters, or several that can hardly be anything but UTF-8.
    static func isEnough(_ sample: ArraySlice<UInt8>) -> Bool {
        var (other, leads) = (0, 0)
        for byte in sample where byte >= 0x80 {
            other += 1
            if byte >= 0xE1 && byte <= 0xF4 { leads += 1 }
        }
        return other >= 1024 || sample.count >= 64 << 10 || leads >= 2 && other >= 3 * 2 && isUTF8(sample) && other >= leads * 3
    }

    /// UTF-16 without a mark: half of the bytes of ASCII in it are zero.
    private static func wide(_ sample: ArraySlice<UInt8>) -> TextEncoding? {
        let head = Array(sample.prefix(4096))
        guard head.count >= 8 else { return nil }
        var zeros = [0, 0]
        for (index, byte) in head.enumerated() where byte == 0 { zeros[index & 1] += 1 }
        let few = head.count / 64
        // Chinese text has its line ends, digits and delimiters in ASCII.
        if zeros[1] > max(2, few), zeros[0] <= zeros[1] / 16 { return .utf16LittleEndian }
        if zeros[0] > max(2, few), zeros[1] <= zeros[0] / 16 { return .utf16BigEndian }
        return nil
    }

    /// Whether it is well formed but for a character that the sample cuts off.
    private static func isUTF8(_ sample: ArraySlice<UInt8>) -> Bool {
        (0...3).contains { cut in
            let tail = sample.suffix(cut)
            return (cut == 0 || tail.count == cut && tail.first! >= 0xC0 && tail.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 })
                && String(validating: sample.dropLast(cut), as: UTF8.self) != nil
        }
    }

    /// How much of what is not ASCII is well formed.
    private static func shareOfUTF8(_ bytes: [UInt8]) -> Double {
        var (good, all, index) = (0, 0, 0)
        while index < bytes.count {
            let lead = bytes[index]
            guard lead >= 0x80 else {
                index += 1
                continue
            }
            let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
            let isGood = length > 1 && index + length <= bytes.count && bytes[index + 1..<index + length].allSatisfy { $0 & 0xC0 == 0x80 }
            all += isGood ? length : 1
            good += isGood ? length : 0
            index += isGood ? length : 1
        }
        return all > 0 ? Double(good) / Double(all) : 1
    }

    /// What a byte from 0x80 begins: how many bytes it takes, and how likely it is.
    private typealias Reading = (_ first: UInt8, _ second: UInt8) -> (length: Int, weight: Double)

    private static func score(_ bytes: [UInt8], _ reading: Reading) -> Double {
        var (sum, count, index) = (0.0, 0.0, 0)
        while index < bytes.count {
            guard bytes[index] >= 0x80 else {
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { break }
            let (length, weight) = reading(bytes[index], bytes[index + 1])
            sum += weight * Double(length)
            count += Double(length)
            index += length
        }
        return count > 0 ? sum / count : 0
    }

    /// GB 2312, 3755 frequent characters in rows 16 to 55; what GBK and GB 18030 add is rare.
    private static func gb(_ first: UInt8, _ second: UInt8) -> (Int, Double) {
        switch (first, second) {
        case (0xB0...0xD7, 0xA1...0xFE), (0xA1, 0xA1...0xFE), (0xA3, 0xA1...0xFE): (2, 1)
        case (0xD8...0xF7, 0xA1...0xFE): (2, 0.3)
        case (0xA2, 0xA1...0xFE), (0xA6, 0xA1...0xFE): (2, 0.2)
        case (0x81...0xFE, 0x40...0x7E), (0x81...0xFE, 0x80...0xFE): (2, -0.2)
        case (0x81...0xFE, 0x30...0x39): (2, -0.1)
        default: (1, -3)
        }
    }

    /// Big5, 5401 frequent characters from A440 to C67E.
    private static func big5(_ first: UInt8, _ second: UInt8) -> (Int, Double) {
        guard (0x40...0x7E).contains(second) || (0xA1...0xFE).contains(second) else { return (1, -3) }
        return switch first {
        case 0xA4...0xC6: (2, 0.95)
        case 0xA1: (2, 0.95)
        case 0xA2, 0xA3: (2, 0.3)
        case 0xC9...0xF9: (2, 0.1)
        default: (2, -0.5)
        }
    }

    private static func shiftJIS(_ first: UInt8, _ second: UInt8) -> (Int, Double) {
        let isSecond = (0x40...0x7E).contains(second) || (0x80...0xFC).contains(second)
        return switch first {
        case 0x82 where (0x9F...0xF1).contains(second), 0x83 where (0x40...0x96).contains(second) && second != 0x7F: (2, 1)
        case 0x81, 0x82: isSecond ? (2, 0.8) : (1, -3)
        case 0x88...0x97: isSecond ? (2, 0.9) : (1, -3)
        case 0x83...0x87, 0x98...0x9F, 0xE0...0xEA: isSecond ? (2, 0.2) : (1, -3)
        // Half-width katakana.
        case 0xA1...0xDF: (1, 0)
        default: (1, -3)
        }
    }

    /// Letters with accents stand between letters without.
    private static func western(_ bytes: [UInt8]) -> Double {
        var (sum, count) = (0.0, 0.0)
        for (index, byte) in bytes.enumerated() where byte >= 0x80 {
            count += 1
            let before = index > 0 ? bytes[index - 1] : 0x20
            let after = index + 1 < bytes.count ? bytes[index + 1] : 0x20
            if [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte) { sum -= 3 } else if before < 0x80, after < 0x80 { sum += 0.95 } else { sum -= 0.5 }
        }
        return count > 0 ? sum / count : 0
    }
}
