/// Check digits of identity and card numbers.
enum Checksums {
    /// ISO/IEC 7812-1 annex B (Luhn) over digit values.
    static func luhn(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (index % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}

extension Checksums {
    static func digit(_ unit: UInt32) -> Int? { FoldedText.isDigit(unit) ? Int(unit - 48) : nil }

    /// ISO 3779 with the check digit of 49 CFR 565 at the ninth place; I, O and Q do not occur.
    static func vin(_ units: ArraySlice<UInt32>) -> Bool {
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        let letters: [Character: Int] = [
            "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "j": 1, "k": 2, "l": 3, "m": 4, "n": 5, "p": 7, "r": 9, "s": 2,
            "t": 3, "u": 4, "v": 5, "w": 6, "x": 7, "y": 8, "z": 9,
        ]
        var sum = 0
        let list = Array(units)
        for (index, unit) in list.enumerated() {
            guard let value = digit(unit) ?? Unicode.Scalar(unit).flatMap({ letters[Character($0)] }) else { return false }
            sum += value * weights[index]
        }
        let check: UInt32 = sum % 11 == 10 ? 0x78 : UInt32(48 + sum % 11)
        return list[8] == check
    }

    /// ISO 13616 with ISO 7064 MOD 97-10.
    static func iban(_ units: [UInt32]) -> Bool {
        guard ibanLength(units) == units.count else { return false }
        var rest = 0
        for unit in units[4...] + units[..<4] {
            if let value = digit(unit) { rest = (rest * 10 + value) % 97 } else { rest = (rest * 100 + Int(unit - 97) + 10) % 97 }
        }
        return rest == 1
    }

    /// How long an IBAN of the country is whose two letters lead.
    static func ibanLength(_ units: some Collection<UInt32>) -> Int? {
        ibanLengths[units.prefix(2).reduce(0) { $0 << 8 | $1 }]
    }

    private static let ibanLengths: [UInt32: Int] = {
        let lengths: [String: Int] = [
            "gb": 22, "de": 22, "fr": 27, "es": 24, "it": 27, "nl": 18, "be": 16, "ch": 21, "at": 20, "pt": 25, "ie": 22, "lu": 20, "dk": 18,
            "no": 15, "se": 24, "fi": 18, "pl": 28, "cz": 24, "hu": 28, "ro": 24, "bg": 22, "gr": 27, "hr": 21, "si": 19, "sk": 24, "ee": 20,
            "lv": 21, "lt": 20, "mt": 31, "cy": 28, "is": 26, "li": 21, "mc": 27, "sm": 27, "tr": 26, "sa": 24, "ae": 23, "il": 23, "qa": 29,
            "kw": 30, "bh": 22, "pk": 24, "ua": 29, "rs": 22, "ge": 22, "kz": 20, "br": 29,
        ]
        return Dictionary(uniqueKeysWithValues: lengths.map { ($0.key.unicodeScalars.reduce(0) { $0 << 8 | $1.value }, $0.value) })
    }()
}
