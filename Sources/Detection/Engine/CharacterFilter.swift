/// A bit for each of 1,024 classes of characters, and of pairs: one may occur when the bit of its class is set.
struct CharacterFilter {
    private var characters = InlineArray<16, UInt64>(repeating: 0)
    private var pairs = InlineArray<16, UInt64>(repeating: 0)

    @inline(__always)
    private static func hash(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &* 0x9E37_79B1 ^ b &* 0x85EB_CA6B) >> 20 }

    @inline(__always)
    mutating func insert(_ unit: UInt32) { characters[Int(unit >> 6) & 15] |= 1 << UInt64(unit & 63) }

    @inline(__always)
    mutating func insert(_ a: UInt32, _ b: UInt32) {
        let hash = Self.hash(a, b)
        pairs[Int(hash >> 6) & 15] |= 1 << UInt64(hash & 63)
    }

    /// False only when the character does not occur.
    func mayContain(_ unit: UInt32) -> Bool { characters[Int(unit >> 6) & 15] & 1 << UInt64(unit & 63) != 0 }

    /// False only when the second character never follows the first with nothing but separators between.
    func mayContain(_ a: UInt32, _ b: UInt32) -> Bool {
        let hash = Self.hash(a, b)
        return pairs[Int(hash >> 6) & 15] & 1 << UInt64(hash & 63) != 0
    }
}
