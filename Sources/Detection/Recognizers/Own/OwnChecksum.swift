/// Check digits that a deployment's identifiers may have, over their digits; neither letters in front of these nor what stands between them count.
public enum OwnChecksum: Sendable, Equatable {
    /// ISO/IEC 7812-1 annex B.
    case luhn
    /// ISO/IEC 7064 MOD 97-10; letters count 10 to 35, and the check digits come last.
    case mod97
    /// ISO/IEC 7064 MOD 11-2; X at the end is 10.
    case mod11_2
    /// ISO/IEC 7064 MOD 11,10.
    case mod11_10
    /// Verhoeff 1969, as India's Aadhaar has it.
    case verhoeff
    /// The sum of digits times weights is a multiple of the modulus; the check digit has a weight, too, and X is 10.
    case weighted([Int], modulus: Int)

    /// - Parameter units: folded characters of a match.
    func holds(for units: ArraySlice<UInt32>) -> Bool {
        var values = units.compactMap(Self.value)
        if self != .mod97 { values = Array(values.drop { $0 > 9 }) }
        guard values.count > 1 else { return false }
        switch self {
        case .luhn: return values.allSatisfy { $0 < 10 } && Checksums.luhn(values.map { UInt8($0) })
        case .mod97: return values.reduce(0) { ($0 * ($1 < 10 ? 10 : 100) + $1) % 97 } == 1
        case .mod11_2:
            guard let digits = Self.digitsWithX(values) else { return false }
            return (digits.dropLast().reduce(0) { ($0 + $1) * 2 % 11 } + digits[digits.count - 1]) % 11 == 1
        case .mod11_10:
            guard values.allSatisfy({ $0 < 10 }) else { return false }
            let rest = values.dropLast().reduce(10) { rest, digit in
                let sum = (rest + digit) % 10
                return (sum == 0 ? 10 : sum) * 2 % 11
            }
            return (rest + values[values.count - 1]) % 10 == 1
        case .verhoeff:
            guard values.allSatisfy({ $0 < 10 }) else { return false }
            return values.reversed().enumerated().reduce(0) { Self.product[$0][Self.permuted($1.element, $1.offset)] } == 0
        case .weighted(let weights, let modulus):
            guard let digits = Self.digitsWithX(values), digits.count == weights.count else { return false }
            return zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 } % modulus == 0
        }
    }

    private static func value(_ unit: UInt32) -> Int? {
        FoldedText.isDigit(unit) ? Int(unit - 48) : FoldedText.isLatin(unit) ? Int(unit - 97) + 10 : nil
    }

    /// Digits, where the last may be an X.
    private static func digitsWithX(_ values: [Int]) -> [Int]? {
        let x = 33
        guard values.dropLast().allSatisfy({ $0 < 10 }), values[values.count - 1] < 10 || values[values.count - 1] == x else { return nil }
        return values.map { $0 == x ? 10 : $0 }
    }

    /// Multiplication in the dihedral group of order ten.
    private static let product: [[Int]] = (0..<10).map { a in
        (0..<10).map { b in
            switch (a < 5, b < 5) {
            case (true, true): (a + b) % 5
            case (true, false): (a + b - 5) % 5 + 5
            case (false, true): (a - 5 - b + 5) % 5 + 5
            case (false, false): (a - b + 5) % 5
            }
        }
    }

    /// A digit at a place from the right.
    private static func permuted(_ digit: Int, _ place: Int) -> Int {
        let once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        return (0..<place % 8).reduce(digit) { result, _ in once[result] }
    }
}
