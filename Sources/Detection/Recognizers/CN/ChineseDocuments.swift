/// Numbers of documents of the PRC.
extension Checksums {
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

    /// GB 32100-2015: eighteen characters without I, O, S, V, Z, weighted mod 31.
    static func creditCode(_ units: ArraySlice<UInt32>) -> Bool {
        let alphabet = Array("0123456789abcdefghjklmnpqrtuwxy".unicodeScalars.map(\.value))
        let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
        let values = units.compactMap { alphabet.firstIndex(of: $0) }
        guard values.count == 18 else { return false }
        let sum = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
        return (31 - sum % 31) % 31 == values[17]
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
