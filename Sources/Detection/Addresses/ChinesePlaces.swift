/// Provinces, cities, counties and districts of China.
public enum ChinesePlaces {
    /// Province and city at the start of a Chinese address, as in 广东省深圳市 or 北京市.
    ///
    /// Only places that are known: what stands before one, or looks like one, may be somebody's name.
    public static func city(of address: String) -> String? {
        var units: [UInt32] = []
        units.reserveCapacity(longest)
        for scalar in address.unicodeScalars where scalar != " " && scalar != "\u{3000}" {
            guard (0x3400...0x9FFF).contains(scalar.value), units.count < longest else { break }
            units.append(scalar.value)
        }
        let province = units.first.flatMap { provinces[$0] }?.first { units.starts(with: $0.name) }
        let rest = units[(province?.name.count ?? 0)...]
        if let end = rest.firstIndex(of: 0x5E02), isKnown(rest[...end]) { return text(units[...end]) }
        return province.flatMap { $0.isWhole ? text($0.name[...]) : nil }
    }

    private static func text(_ units: ArraySlice<UInt32>) -> String { String(String.UnicodeScalarView(units.map { Unicode.Scalar($0)! })) }

    /// More than any province and city together.
    private static let longest = 24

    /// Provinces, autonomous and special administrative regions (GB/T 2260), whole and as addresses shorten them, by their first
    /// character, the longest first. Cities of that rank are found among the cities.
    private static let provinces: [UInt32: [(name: [UInt32], isWhole: Bool)]] = {
        let short = "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆"
        let regions = "内蒙古自治区 广西壮族自治区 西藏自治区 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区"
        let names = short.split(separator: " ").map(String.init)
        let whole = names.prefix(23).map { $0 + "省" } + regions.split(separator: " ").map(String.init)
        let all = (whole.map { ($0, true) } + names.map { ($0, false) }).map { (name: $0.unicodeScalars.map(\.value), isWhole: $1) }
        return Dictionary(grouping: all) { $0.name[0] }.mapValues { $0.sorted { $0.name.count > $1.name.count } }
    }()

    /// - Parameter name: scalars of a name in simplified characters, such as those of 深圳市 or 深圳.
    private static func isKnown(_ name: ArraySlice<UInt32>) -> Bool {
        // Long names are kept without their kind: 呼和浩特.
        Lexicon.shared.isPlace(name) || name.count > 4 && Lexicon.shared.isPlace(name.dropLast())
    }
}
