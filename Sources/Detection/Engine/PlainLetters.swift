/// Letters without their accents.
enum PlainLetters {
    /// Of U+00E0 to U+017F, and of U+1E00 to U+1EFF; `?` for none.
    private static let (latin, additional) = (
        Array(
            "aaaaaaaceeeeiiiidnooooo?ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiii?i??jjkk?llllll??llnnnnnn?nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz?".utf8),
        Array(
            "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy????s?aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????"
                .utf8)
    )

    @inline(__always)
    static func of(_ unit: UInt32) -> UInt32 {
        unit < 0xDF ? unit : accented(unit)
    }

    /// Greek, Cyrillic: what no letter of Latin looks like.
    static func isOfOtherAlphabet(_ unit: UInt32) -> Bool { (0x370...0x52F).contains(unit) }

    private static func accented(_ unit: UInt32) -> UInt32 {
        let letter: UInt8 =
            switch unit {
            case 0xDF: 0x73
            case 0xE0..<0x180: latin[Int(unit) - 0xE0]
            case 0x1E00..<0x1F00: additional[Int(unit) - 0x1E00]
            default: 0x3F
            }
        return letter == 0x3F ? unit : UInt32(letter)
    }
}
