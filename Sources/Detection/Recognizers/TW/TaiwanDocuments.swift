/// Taiwan's identity card.
extension Checksums {
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
}
