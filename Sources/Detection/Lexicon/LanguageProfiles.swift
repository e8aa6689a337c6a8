/// How much likelier three letters are in languages with Latin letters than in English, a blank before and behind a word (Cavnar, Trenkle
/// 1994, "N-Gram-Based Text Categorization"; here with the sum of logarithms).
struct LanguageProfiles: Sendable {
    static let shared = LanguageProfiles()

    /// Steps that are one unit of the natural logarithm.
    static let scale: Int32 = 8

    /// ISO 639-1, in the order of the lanes.
    let languages: [String]
    private var keys: [UInt64]
    private var rows: [SIMD32<Int8>]
    private let mask: Int

    private init() {
        let lines = DetectionData.languages.split(separator: "\n")
        languages = lines[0].split(separator: " ").map(String.init)
        var bits = 4
        while 1 << bits < lines.count * 2 { bits += 1 }
        mask = (1 << bits) - 1
        keys = Array(repeating: 0, count: 1 << bits)
        rows = Array(repeating: SIMD32(repeating: 0), count: 1 << bits)
        for line in lines.dropFirst() {
            let scalars = line.unicodeScalars.map(\.value)
            let key = Self.key(scalars[0], scalars[1], scalars[2])
            var slot = Self.slot(key) & mask
            while keys[slot] != 0 { slot = (slot + 1) & mask }
            keys[slot] = key
            for lane in languages.indices { rows[slot][lane] = Int8(Int(scalars[3 + lane]) - 79) }
        }
    }

    private static func key(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> UInt64 { UInt64(a) << 42 | UInt64(b) << 21 | UInt64(c) }

    private static func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40) }

    /// Of three letters, a lane for each language; zeros for what is rare everywhere.
    func row(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> SIMD32<Int8> {
        let key = Self.key(a, b, c)
        var slot = Self.slot(key) & mask
        while keys[slot] != 0 {
            if keys[slot] == key { return rows[slot] }
            slot = (slot + 1) & mask
        }
        return SIMD32(repeating: 0)
    }
}
