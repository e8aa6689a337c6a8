/// Mobiles of other countries, which no plan of one country tells apart.
enum NationalMobiles {
    /// Mobiles of other countries in the groups that people write there.
    static func rule(_ d: [UInt8], _ sizes: [Int], _ hasComma: Bool) -> (rule: String, score: Double)? {
        guard !hasComma else { return nil }
        switch sizes {
        case [2, 2, 2, 2, 2] where d[0] == 0 && d[1] != 0: return ("phone.fr", 0.85)
        case [3, 4, 4] where d[0] == 0 && d[1] == 1 && d[2] <= 1: return ("phone.kr", 0.85)
        case [5, 6] where d[0] == 0 && d[1] == 7: return ("phone.uk", 0.85)
        case [3, 3, 4] where d[0] == 0 && d[1] == 8: return ("phone.ie", 0.7)
        case [5, 5] where d[0] >= 7: return ("phone.in", 0.6)
        case [4, 7] where d[0] == 0 && d[1] == 1 && (5...7).contains(d[2]): return ("phone.de", 0.7)
        case [4, 8] where d[0] == 0 && d[1] == 1 && (5...7).contains(d[2]): return ("phone.de", 0.7)
        case [5, 3, 3] where d[0] == 0 && d[1] == 7: return ("phone.uk", 0.85)
        case [4, 3, 3] where d[0] == 0 && d[1] >= 4: return ("phone.au", 0.7)
        case [4, 2, 2, 2] where d[0] == 0 && d[1] == 4: return ("phone.be", 0.7)
        default: return nil
        }
    }
}
