/// Finds Chinese postal addresses, and parts of them: 广东省深圳市南山区科技园路1号3栋402室.
///
/// From each numbered component (88号, 3栋, 402室), the search goes left over components with the endings of addresses, and over
/// names of provinces, cities and counties. A city or a road alone is not personal; a number in a road, or a house with a room,
/// is.
struct ChineseAddressDetector {
    private let text: FoldedText
    private let cues: Cues
    private let lexicon = Lexicon.shared

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        // An address has at least one of these characters.
        guard anchors.contains(where: text.filter.mayContain) else { return }
        let detector = ChineseAddressDetector(text: text, cues: cues)
        var index = 0
        while index < text.count {
            if let match = detector.match(at: index) {
                found.append(
                    Entity(type: .address, bytes: text.bytes(match.range), score: match.score, rule: match.rule, key: text.key(match.range)))
                index = match.range.upperBound
            } else {
                index += 1
            }
        }
    }

    /// Endings of components that begin with a number.
    private static let anchors = "号栋幢室座楼弄组".unicodeScalars.map(\.value)
    private static let numbered = PhraseList(["号楼", "号院", "号", "栋", "幢", "单元", "室", "座", "弄", "层", "楼", "组", "户", "门", "队"])
    /// Endings of components that begin with a name, longest first.
    private static let named = PhraseList([
        "自治区", "自治州", "自治县", "开发区", "高新区", "工业园", "科技园", "产业园", "街道", "大道", "小区", "社区", "花园", "公寓", "大厦", "广场", "胡同", "新村", "家园",
        "中心", "大街", "公馆", "国际", "名苑", "雅苑", "山庄", "豪庭", "省", "市", "区", "县", "旗", "镇", "乡", "村", "屯", "庄", "路", "街", "道", "巷", "里", "苑", "园", "城", "府", "湾", "院", "庭", "期",
    ])
    /// Endings of numbered components that identify a house; a floor says little.
    private static let houses = UnitSet("号弄座栋幢院室")
    private static let roads = UnitSet("路街道巷弄里")
    /// Characters that no place name contains.
    private static let stops = UnitSet("我你他她它的了在是到住寄送于请把与或及去从向给也都就还没有不说问让您们这那哪个些很吗呢吧来回找打被对按发址收")

    /// Starts at the first numbered component from the left and includes what precedes it.
    private func match(at index: Int) -> (range: Range<Int>, score: Double, rule: String)? {
        guard isNumber(index), index == 0 || !isNumber(index - 1) else { return nil }
        guard var end = numberedEnd(from: index) else { return nil }
        let firstUnit = text.units[end - 1]
        var components = 1
        // 3栋2单元402室, 3-2-402
        while end < text.count {
            var next = end
            while next < text.count, next - end < 2, [0x20, 0x2D].contains(text.units[next]) { next += 1 }
            if next < text.count, isNumber(next) {
                if let further = numberedEnd(from: next) {
                    end = further
                    components += 1
                    continue
                }
                // A room without its ending: 3栋402.
                let digits = numberEnd(next)
                if (2...5).contains(digits - next), components > 0, isEdge(digits), [0x680B, 0x5E62, 0x5143, 0x5EA7, 0x697C, 0x53F7].contains(text.units[end - 1]), next == end || text.units[end] == 0x2D {
                    end = digits
                    components += 1
                }
            }
            // 88号阳光花园3栋: a named component between numbered ones.
            if let middle = namedBetween(end) {
                end = middle
                components += 1
                continue
            }
            break
        }
        let (start, names, hasRoad, hasRegion) = walkLeft(from: index)
        let hasCue = cues.before(start, within: 4) { $0 == .address } != nil
        let isNumberedHouse = Self.houses.contains(firstUnit) || text.units[index..<end].contains(0x53F7)
        switch (names, components) {
        case (0, let parts): guard parts >= 3 || (parts >= 2 && hasCue) else { return nil }
        case (1, 1): guard hasCue || ((hasRoad || hasRegion) && isNumberedHouse) else { return nil }
        default: break
        }
        let score = min(0.98, 0.55 + 0.1 * Double(names + components) + (hasCue ? 0.2 : 0))
        return (start..<end, score, hasCue ? "address.zh-cue" : "address.zh")
    }

    private func isNumber(_ index: Int) -> Bool {
        text.digits[index] != 255 || text.units[index] == 0x5341 || (FoldedText.isLatin(text.units[index]) && index + 1 < text.count && [0x680B, 0x5E62, 0x5EA7, 0x533A].contains(text.units[index + 1]))
    }

    private func numberEnd(_ start: Int) -> Int {
        var end = start
        while end < text.count, end - start < 6, isNumber(end) { end += 1 }
        return end
    }

    /// Where a numbered component ends: 88号, 12-3号, 甲3号.
    private func numberedEnd(from start: Int) -> Int? {
        var end = numberEnd(start)
        if end < text.count, [0x2D, 0x4E4B].contains(text.units[end]), end + 1 < text.count, isNumber(end + 1) { end = numberEnd(end + 1) }
        guard let suffix = Self.numbered.first(at: end, in: text) else { return nil }
        // 3号 of a month, 5层包装 and 2楼 alone say little, so the caller counts. 号码 and 号线 are other words.
        let after = end + suffix.count
        if suffix == [0x53F7], after < text.count, [0x7801, 0x7EBF, 0x95E8, 0x673A].contains(text.units[after]) { return nil }
        return after
    }

    private func isEdge(_ index: Int) -> Bool { index == text.count || (text.digits[index] == 255 && !FoldedText.isLatin(text.units[index])) }

    /// A named component of up to eight characters, directly followed by a numbered one.
    private func namedBetween(_ start: Int) -> Int? {
        var index = start
        while index < text.count, index - start <= 8, FoldedText.isHan(text.units[index]), !Self.stops.contains(text.units[index]) {
            if index > start + 1, isNumber(index) { break }
            index += 1
        }
        guard index > start + 1, index < text.count, isNumber(index), Self.named.last(before: index, in: text, where: { index - $0.count >= start }) != nil else { return nil }
        return numberedEnd(from: index)
    }

    /// Named components to the left of a number.
    private func walkLeft(from number: Int) -> (start: Int, names: Int, hasRoad: Bool, hasRegion: Bool) {
        var start = number
        var names = 0
        var hasRoad = false
        var hasRegion = false
        // 路甲3号
        if start > 0, [0x7532, 0x4E59, 0x4E19].contains(text.units[start - 1]) { start -= 1 }
        while start > 0, names < 9 {
            var end = start
            if names > 0, text.units[end - 1] == 0x20 { end -= 1 }
            guard end > 0, let (begin, isRoad, isRegion) = component(endingAt: end) ?? (names > 0 ? regionBeyond(end) : nil) else { break }
            hasRoad = hasRoad || isRoad
            hasRegion = hasRegion || isRegion
            names += 1
            start = begin
        }
        if names == 0 { start = number }
        return (start, names, hasRoad, hasRegion)
    }

    private static let autonomousRegions = PhraseList(["广西壮族自治区", "宁夏回族自治区", "新疆维吾尔自治区", "西藏自治区", "内蒙古自治区", "内蒙古", "香港特别行政区", "澳门特别行政区"])

    /// A province, city or county that ends up to three characters further left. Between them is a name without an ending, such
    /// as that of a neighbourhood.
    private func regionBeyond(_ end: Int) -> (begin: Int, isRoad: Bool, isRegion: Bool)? {
        for gap in 1...3 where end - gap >= 2 {
            guard FoldedText.isHan(text.units[end - gap]), !Self.stops.contains(text.units[end - gap]) else { return nil }
            if "省市区县".unicodeScalars.contains(where: { $0.value == text.units[end - gap - 1] }), let region = component(endingAt: end - gap) { return region }
        }
        return nil
    }

    private func component(endingAt end: Int) -> (begin: Int, isRoad: Bool, isRegion: Bool)? {
        if let region = Self.autonomousRegions.last(before: end, in: text) { return (end - region.count, false, true) }
        // 北京 or 北京市: the longest name in the list.
        for length in [4, 3, 2] where end >= length && lexicon.isPlace(text.units[end - length..<end]) {
            return (end - length, false, true)
        }
        guard let suffix = Self.named.last(before: end, in: text, where: { end >= $0.count + 1 }) else { return nil }
        let body = end - suffix.count
        var begin = body
        let limit = Self.roads.contains(suffix.last!) ? 5 : 6
        while begin > 0, body - begin < limit, FoldedText.isHan(text.units[begin - 1]) || text.digits[begin - 1] != 255, !Self.stops.contains(text.units[begin - 1]) {
            // A place name to the left is a component of its own.
            if body - begin >= 1, [2, 3, 4].contains(where: { begin >= $0 && lexicon.isPlace(text.units[begin - $0..<begin]) }) { break }
            // So is anything that ends like one.
            if body - begin >= 1, "省市区县镇乡村".unicodeScalars.contains(where: { $0.value == text.units[begin - 1] }) { break }
            begin -= 1
        }
        guard body - begin >= 1 else { return nil }
        return (begin, Self.roads.contains(suffix.last!), "省市区县旗镇乡".unicodeScalars.contains { $0.value == suffix.last! })
    }
}
