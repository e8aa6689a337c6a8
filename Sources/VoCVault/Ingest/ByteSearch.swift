/// Search through eight bytes at a time: a byte of a word is zero where a subtraction of one reaches its top bit (Mycroft's
/// test; Warren 2012, "Hacker's Delight", §6–1). A borrow can make the byte above a hit look like one; the lowest hit is exact.
extension [UInt8] {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The first position from `start` to before `end` of a byte, which must be below 0x80.
    func firstPlace(ofASCII byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
        let (pattern, end) = (Self.ones &* UInt64(byte), end ?? count)
        let place = firstPlace(from: start, to: end) { word in
            let other = word ^ pattern
            return (other &- Self.ones) & ~other & Self.tops
        } or: { $0 == byte }
        return place < end ? place : nil
    }

    /// The first position before `end` of a byte that a JSON string must escape, or that is not ASCII; otherwise `end`.
    @inline(__always)
    func firstSpecialPlace(from start: Int, to end: Int) -> Int {
        firstPlace(from: start, to: end) { word in
            let (quote, backslash) = (word ^ Self.ones &* 0x22, word ^ Self.ones &* 0x5C)
            return ((quote &- Self.ones) | (backslash &- Self.ones) | (word &- Self.ones &* 0x20) | word) & Self.tops
        } or: { $0 < 0x20 || $0 >= 0x80 || $0 == 0x22 || $0 == 0x5C }
    }

    /// The first position before `end` of a byte that is not ASCII; otherwise `end`.
    func firstWidePlace(from start: Int, to end: Int) -> Int { firstPlace(from: start, to: end) { $0 & Self.tops } or: { $0 >= 0x80 } }

    /// The first position of one of four bytes, which must be below 0x80; otherwise the count.
    func firstPlace(ofASCII a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, from start: Int) -> Int {
        let patterns = (Self.ones &* UInt64(a), Self.ones &* UInt64(b), Self.ones &* UInt64(c), Self.ones &* UInt64(d))
        return firstPlace(from: start, to: count) { word in
            let (first, second, third, fourth) = (word ^ patterns.0, word ^ patterns.1, word ^ patterns.2, word ^ patterns.3)
            return ((first &- Self.ones) & ~first | (second &- Self.ones) & ~second | (third &- Self.ones) & ~third | (fourth &- Self.ones) & ~fourth) & Self.tops
        } or: { $0 == a || $0 == b || $0 == c || $0 == d }
    }

    /// - Parameters:
    ///   - hits: sets the top bit of a word's lowest byte that is searched for.
    ///   - isHit: the same for a single byte.
    @inline(__always)
    private func firstPlace(from start: Int, to end: Int, _ hits: (UInt64) -> UInt64, or isHit: (UInt8) -> Bool) -> Int {
        let bytes = span.bytes
        var index = start
        while index + 8 <= end {
            let found = hits(UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))
            guard found == 0 else { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end, !isHit(self[index]) { index += 1 }
        return index
    }
}
