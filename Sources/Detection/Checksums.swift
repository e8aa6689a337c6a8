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

    /// GB 11643-1999: 17 digits, check character (10 stands for X), plausible region and birth date.
    static func residentID(_ digits: some RandomAccessCollection<UInt8>) -> Bool {
        let d = digits.map(Int.init)
        guard d.count == 18 else { return false }
        guard isRegion(d[0] * 10 + d[1]) else { return false }
        let year = d[6] * 1000 + d[7] * 100 + d[8] * 10 + d[9]
        let month = d[10] * 10 + d[11]
        let day = d[12] * 10 + d[13]
        guard (1880...2099).contains(year), (1...12).contains(month), (1...31).contains(day) else { return false }
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(weights, d).reduce(0) { $0 + $1.0 * $1.1 }
        return (12 - sum % 11) % 11 == d[17]
    }
}

extension Checksums {
    private static func digit(_ unit: UInt32) -> Int? { FoldedText.isDigit(unit) ? Int(unit - 48) : nil }

    /// GB 32100-2015: eighteen characters without I, O, S, V, Z, weighted mod 31.
    static func creditCode(_ units: ArraySlice<UInt32>) -> Bool {
        let alphabet = Array("0123456789abcdefghjklmnpqrtuwxy".unicodeScalars.map(\.value))
        let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
        let values = units.compactMap { alphabet.firstIndex(of: $0) }
        guard values.count == 18 else { return false }
        let sum = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
        return (31 - sum % 31) % 31 == values[17]
    }

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

    /// Taiwan: letter of the region, sex, serial, check digit.
    static func taiwanID(_ units: ArraySlice<UInt32>) -> Bool {
        let regions = "abcdefghjklmnpqrstuvxywzio".unicodeScalars.map(\.value)
        let list = Array(units)
        guard list.count == 10, let region = regions.firstIndex(of: list[0]).map({ $0 + 10 }), [1, 2, 8, 9].contains(digit(list[1]) ?? 0) else { return false }
        let digits = [region / 10, region % 10] + list.dropFirst().compactMap(digit)
        guard digits.count == 11 else { return false }
        let weights = [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]
        return zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 10 == 0
    }

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

    /// The form before 1999: fifteen digits with a two-digit year, no check digit; region and birth date plausible.
    static func oldResidentID(_ digits: some RandomAccessCollection<UInt8>) -> Bool {
        let d = digits.map(Int.init)
        guard d.count == 15, isRegion(d[0] * 10 + d[1]) else { return false }
        return (1...12).contains(d[8] * 10 + d[9]) && (1...31).contains(d[10] * 10 + d[11])
    }

    /// First two digits of GB/T 2260.
    static func isRegion(_ code: Int) -> Bool {
        (11...15).contains(code) || (21...23).contains(code) || (31...37).contains(code) || (41...46).contains(code)
            || (50...54).contains(code) || (61...65).contains(code) || [71, 81, 82, 83, 91].contains(code)
    }
}
