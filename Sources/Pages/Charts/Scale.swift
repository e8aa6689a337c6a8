/// Round steps of an axis.
enum Scale {
    /// Up to six values from 0 to at least `maximum`, at steps of 1, 2 or 5 times a power of ten.
    static func ticks(upTo maximum: Double) -> [Double] {
        guard maximum > 0 else { return [0, 1] }
        var power = 1.0
        while power * 10 <= maximum { power *= 10 }
        while power > maximum { power /= 10 }
        let step = [0.2, 0.5, 1, 2, 5].map { $0 * power }.first { maximum / $0 <= 5 } ?? power * 10
        let count = Int((maximum / step).rounded(.up))
        return (0...max(count, 1)).map { Double($0) * step }
    }

    /// In the way people write numbers: 12, 3.4, 1,200.
    static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 {
            var digits = String(Int64(abs(value)))
            var groups: [String] = []
            while digits.count > 3 {
                groups.insert(String(digits.suffix(3)), at: 0)
                digits.removeLast(3)
            }
            return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
        }
        return String((value * 100).rounded() / 100)
    }
}
