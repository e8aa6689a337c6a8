/// Crockford's base32 of 128 bits: 26 characters without I, L, O and U, upper case.
package enum Base32 {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    package static func encode(_ value: UInt128, prefix: String = "") -> String {
        let start = prefix.utf8.count
        return String(unsafeUninitializedCapacity: start + 26) { buffer in
            for (index, byte) in prefix.utf8.enumerated() { buffer[index] = byte }
            let alphabet = alphabet
            // 13 digits of 65 and 63 bits: 128-bit shifts are slow.
            var low = UInt64(truncatingIfNeeded: value)
            var high = UInt64(truncatingIfNeeded: value >> 65)
            buffer[start + 13] = alphabet[Int(low >> 60) | Int(truncatingIfNeeded: value >> 64 & 1) << 4]
            for index in stride(from: start + 25, to: start + 13, by: -1) {
                buffer[index] = alphabet[Int(low & 31)]
                low >>= 5
            }
            for index in stride(from: start + 12, through: start, by: -1) {
                buffer[index] = alphabet[Int(high & 31)]
                high >>= 5
            }
            return start + 26
        }
    }

    /// Nil when the text is no such number. Reads O as 0, and I and L as 1, in either case.
    package static func decode(_ text: some StringProtocol) -> UInt128? {
        guard text.utf8.count == 26, let first = text.utf8.first, first < 0x38 else { return nil }
        var value: UInt128 = 0
        for byte in text.utf8 {
            let upper = byte >= 97 ? byte & 0xDF : byte
            let letter: UInt8 = upper == 0x4F ? 0x30 : upper == 0x49 || upper == 0x4C ? 0x31 : upper
            guard let digit = alphabet.firstIndex(of: letter) else { return nil }
            value = value << 5 | UInt128(digit)
        }
        return value
    }
}
