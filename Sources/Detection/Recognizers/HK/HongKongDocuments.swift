/// Hong Kong's identity card.
extension Checksums {
    /// Hong Kong: one or two letters, six digits, check character, mod 11.
    static func hongKongID(_ units: [UInt32], letters: Int) -> Bool {
        var values = letters == 1 ? [36] : []
        values += units.prefix(letters).map { Int($0 - 97) + 10 }
        values += units[letters..<letters + 6].compactMap(digit)
        let last = units[letters + 6]
        guard values.count == 8, let check = last == 0x61 ? 10 : digit(last) else { return false }
        let sum = zip(values, (2...9).reversed()).reduce(0) { $0 + $1.0 * $1.1 } + check
        return sum % 11 == 0
    }
}
