/// A text in the form in which phrases are compared: small letters, simplified characters, half-width forms.
///
/// It has as many scalars as the text, so places in one are places in the other. What redaction put in, such as `[NAME_1]`, is
/// ``placeholder`` throughout, which no phrase has.
struct FoldedText: Sendable {
    let scalars: [UInt32]

    static let placeholder: UInt32 = 0xFFFC

    init(_ text: String) {
        var scalars = text.unicodeScalars.map { Self.fold($0.value) }
        var opening: Int?
        for (place, scalar) in scalars.enumerated() {
            if scalar == 0x5B {
                opening = place
            } else if scalar == 0x5D, let start = opening {
                for hidden in start...place { scalars[hidden] = Self.placeholder }
                opening = nil
            } else if opening != nil, !Self.isWord(scalar), scalar != 0x5F {
                opening = nil
            }
        }
        self.scalars = scalars
    }

    /// Letters and digits of scripts that part words with blanks.
    static func isWord(_ scalar: UInt32) -> Bool {
        scalar &- 0x61 < 26 || scalar &- 0x30 < 10 || (0xC0...0x24F).contains(scalar)
    }

    static func isHan(_ scalar: UInt32) -> Bool { (0x3400...0x9FFF).contains(scalar) }

    /// Whether more of it is Chinese than not, a character counting as much as three letters.
    var isChinese: Bool {
        var (han, letters) = (0, 0)
        for scalar in scalars {
            if Self.isHan(scalar) { han += 1 } else if scalar &- 0x61 < 26 { letters += 1 }
        }
        return han * 3 >= letters
    }

    private static func fold(_ scalar: UInt32) -> UInt32 { scalar < 0x10000 ? UInt32(table[Int(scalar)]) : scalar }

    private static let table: [UInt16] = {
        var table = (0...UInt16.max).map { $0 }
        for letter in 0x41...0x5A { table[letter] = UInt16(letter + 32) }
        for letter in 0xC0...0xDE where letter != 0xD7 { table[letter] = UInt16(letter + 32) }
        for form in 0xFF01...0xFF5E {
            let narrow = form - 0xFEE0
            table[form] = UInt16((0x41...0x5A).contains(narrow) ? narrow + 32 : narrow)
        }
        table[0x3000] = 0x20
        table[0x2019] = 0x27
        let pairs = AnalysisData.simplified.unicodeScalars.filter { $0.value > 0x20 }.map(\.value)
        for place in stride(from: 0, to: pairs.count - 1, by: 2) where pairs[place] < 0x10000 && pairs[place + 1] < 0x10000 {
            table[Int(pairs[place])] = UInt16(pairs[place + 1])
        }
        return table
    }()
}
