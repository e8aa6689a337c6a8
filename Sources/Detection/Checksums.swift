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
        let region = d[0] * 10 + d[1]
        guard (11...15).contains(region) || (21...23).contains(region) || (31...37).contains(region)
            || (41...46).contains(region) || (50...54).contains(region) || (61...65).contains(region)
            || [71, 81, 82, 83, 91].contains(region)
        else { return false }
        let year = d[6] * 1000 + d[7] * 100 + d[8] * 10 + d[9]
        let month = d[10] * 10 + d[11]
        let day = d[12] * 10 + d[13]
        guard (1880...2099).contains(year), (1...12).contains(month), (1...31).contains(day) else { return false }
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(weights, d).reduce(0) { $0 + $1.0 * $1.1 }
        return (12 - sum % 11) % 11 == d[17]
    }
}
