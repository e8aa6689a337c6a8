/// Finds postal addresses in Chinese: 广东省深圳市南山区科技园路1号3栋402室, and parts of one.
///
/// A clause is read from left to right for components: names of provinces, cities and counties, names that end as those of roads,
/// quarters and buildings do, and numbers with their word (88号, 3栋) or in the form of one (3-2-402). Components that stand close together
/// are an address when they say where somebody lives: a city or a road alone is not personal; a number in a road, or a house with
/// a room, is. What stands behind the last component, up to a mark, is most often a building or a company and goes with it.
struct ChineseAddressDetector {
    private let text: FoldedText
    private let cues: Cues
    private let lexicon = Lexicon.shared
    private var found: [Entity] = []

    private enum Kind {
        /// A province, city or county; whether it ends with its word (市, 区).
        case region(isWhole: Bool)
        case road
        case place
        /// A number with its word.
        case house
        /// A floor, a unit, a number without a word: says little alone.
        case number
    }

    private struct Component {
        var kind: Kind
        var range: Range<Int>
    }

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        // Without any of these characters there is no address.
        guard text.hasHan, anchors.contains(where: text.filter.mayContain) else { return }
        var detector = ChineseAddressDetector(text: text, cues: cues)
        var start = text.next(.clausePart, from: 0)
        while start < text.count {
            let end = text.end(of: .clausePart, from: start)
            if end - start >= 4 { detector.clause(start..<end) }
            start = text.next(.clausePart, from: end)
        }
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    private static let anchors = "号栋幢室座楼弄组路街村镇乡省市区县旗队道苑园城厦巷#-".unicodeScalars.map(\.value)
    /// What a number leads, the longest first.
    private static let numbered = PhraseList(["号楼", "号院", "号馆", "单元", "号", "栋", "幢", "室", "座", "弄", "层", "楼", "组", "户", "门", "队", "排", "舍", "铺", "巷", "#", "f", "区", "期", "街", "社"])
    static let named = PhraseList([
        "自治区", "自治州", "自治县", "开发区", "高新区", "工业园", "工业区", "科技园", "产业园", "创业园", "创意园", "软件园", "物流园", "商贸城", "国际城", "步行街", "居委会", "村委会", "大酒店",
        "村民小组", "村小组", "街道", "大道", "小区", "社区", "花园", "公寓", "大厦", "广场", "胡同", "新村", "家园", "中心", "大街", "公馆", "名苑", "雅苑", "山庄", "豪庭", "别墅", "校区", "市场", "大楼", "基地", "宿舍", "学院", "大学",
        "中学", "小学", "医院", "酒店", "宾馆", "商城", "超市", "菜场", "车站", "公司", "工厂", "仓库", "里弄", "新城", "屋邨", "苏木", "嘎查", "华庭", "名城", "嘉园", "佳苑", "一路", "东路", "西路", "南路", "北路", "中路",
        "省", "市", "区", "县", "旗", "镇", "乡", "村", "屯", "庄", "寨", "路", "街", "道", "巷", "里", "苑", "园", "城", "府", "湾", "院", "庭", "邨", "坊", "弄", "埠", "岗", "桥",
    ])
    private static let roads = UnitSet("路街道巷弄")
    private static let houses = UnitSet("号栋幢室座弄#舍")
    /// What no address has inside.
    private static let stops = UnitSet("我你他她它的了吗呢吧啊呀很这那哪您们不没有是就也还些谁么说嗯着过")
    /// What separates words in a sentence, but stands in names of places too: 首都花园, 开发大道, 回龙观.
    static let softStops = UnitSet("在到住寄送于请把与或及去从向给都问让来回找打被对按发址收看叫走离和跟给")
    /// Endings of bodies of one character that are words: 一路, 马路.
    private static let vague = PhraseList(["马路", "道路", "公路", "铁路", "网路", "电路", "一路", "思路", "线路", "出路", "套路", "城市", "超市", "上市", "地区", "小区", "社区", "市区", "山区", "学校", "味道", "知道", "渠道", "街道", "管道", "通道", "报道",
        "频道", "轨道", "农村", "乡村", "家里", "这里", "那里", "哪里", "店里", "心里", "手里", "公里", "夜里", "房里", "公园", "校园", "乐园", "花园", "医院", "法院", "学院", "电影院", "家庭", "政府", "全城", "商城", "京城", "长城", "县城", "进城", "同城", "市场", "中心"])

    static func isPart(_ unit: UInt32) -> Bool {
        if FoldedText.isHan(unit) { return !stops.contains(unit) }
        return FoldedText.isDigit(unit) || FoldedText.isLatin(unit) || [0x2D, 0x5F, 0x23, 0x20, 0x2E, 0xB7, 0x28, 0x29, 0x2F, 0x26].contains(unit)
    }

    // MARK: A clause

    private mutating func clause(_ clause: Range<Int>) {
        let components = components(in: clause)
        guard !components.isEmpty else { return }
        let isTalk = clause.contains { Self.talk.begins(at: $0, in: text) }
        var first = 0
        for index in 1...components.count {
            if index < components.count, isJoined(components[index - 1].range.upperBound..<components[index].range.lowerBound) { continue }
            address(components[first..<index], in: clause, isTalk)
            first = index
        }
    }

    /// Whether what stands between two components may be part of one address.
    private func isJoined(_ gap: Range<Int>) -> Bool { gap.count <= 8 && !gap.contains(where: isSoftStop) }

    /// Whether a character separates words here, in no word itself.
    private func isSoftStop(_ index: Int) -> Bool {
        guard text.traits[index].contains(.softStop) else { return false }
        func isWord(_ start: Int) -> Bool { start >= 0 && start + 2 <= text.count && (lexicon.word(text.units[start..<start + 2]).map { $0 < 14 } ?? false) }
        return !isWord(index - 1) && !isWord(index)
    }

    private mutating func address(_ parts: ArraySlice<Component>, in clause: Range<Int>, _ isTalk: Bool) {
        var (regions, whole, roads, places, houses, numbers) = (0, 0, 0, 0, 0, 0)
        for part in parts {
            switch part.kind {
            case .region(let isWhole):
                regions += 1
                if isWhole { whole += 1 }
            case .road: roads += 1
            case .place: places += 1
            case .house: houses += 1
            case .number: numbers += 1
            }
        }
        let range = parts.first!.range.lowerBound..<parts.last!.range.upperBound
        let names = regions + roads + places
        let hasCue = cues.before(range.lowerBound, within: 4) { $0 == .address } != nil
        // A message or a line that is nothing else.
        let isLine = range.lowerBound - clause.lowerBound <= 4 && (clause.lowerBound == 0 || Self.lineStarts.contains(text.units[clause.lowerBound - 1]))
            && (clause.upperBound == text.count || text.units[clause.upperBound] == 0x0A) && clause.upperBound - range.upperBound <= 16
        let isAddress =
            switch (houses, numbers) {
            case (1..., _): houses >= 1 && (roads + regions >= 1 || places >= 1 && (houses + numbers >= 2 || isLine || hasCue) || houses + numbers >= 3 || houses + numbers >= 2 && hasCue)
            case (0, 1...): !isTalk && (names >= 2 && (roads + whole >= 1) || hasCue && names >= 1 || isLine && (names >= 1 && numbers >= 2 || names >= 2) || numbers >= 3 && hasCue)
            default: !isTalk && (whole >= 2 && roads + places >= 1 && isLine || whole >= 2 && roads + places >= 2 || whole >= 3 && places >= 1 || hasCue && names >= 3 && roads + places >= 1 || isLine && whole >= 1 && roads + places >= 2)
            }
        let isDoor = isDoor(parts, after: clause)
        guard isAddress || isDoor else { return }
        let end = isDoor && !isAddress ? range.upperBound : tail(from: range.upperBound, in: clause, isLine: isLine)
        let entire = range.lowerBound..<end
        let score = min(0.98, 0.55 + 0.08 * Double(names + houses + numbers) + (hasCue ? 0.2 : 0))
        found.append(Entity(type: .address, bytes: text.bytes(entire), score: score, rule: hasCue ? "address.zh-cue" : "address.zh", key: text.key(entire)))
    }

    /// 锦绣华庭8-1-1502, 放3-2-402门口: building, unit and room behind an estate's name, or where something is left.
    private func isDoor(_ parts: ArraySlice<Component>, after clause: Range<Int>) -> Bool {
        guard let last = parts.last, case .number = last.kind, last.range.count(where: { Self.joints.contains(text.units[$0]) }) == 2,
            (4...8).contains(last.range.count { text.digits[$0] != 255 }), !last.range.contains(where: { isLatin($0) })
        else { return false }
        if parts.count > 1, case .place = parts[parts.index(before: parts.endIndex - 1)].kind { return true }
        let before = last.range.lowerBound - 1
        return Self.doors.begins(at: last.range.upperBound, in: text) || before >= clause.lowerBound && parts.count == 1 && [0x653E, 0x9001].contains(text.units[before])
    }

    private static let doors = PhraseList(["门口", "室", "家", "楼下", "房", "门前"])

    /// The end of the building, company or room behind the last component.
    private func tail(from end: Int, in clause: Range<Int>, isLine: Bool) -> Int {
        var index = end
        while index < clause.upperBound, !isSoftStop(index), index - end <= 16 {
            // In a sentence a word ends it; a line goes on to its end.
            if text.units[index] == 0x20, !isLine || isReceiver(index + 1) { break }
            if Self.closings.begins(at: index, in: text) { break }
            if !isLine, text.digits[index] != 255, isQuantity(index, in: clause) { break }
            if !isLine, FoldedText.isHan(text.units[index]), !Self.tails.contains(text.units[index]), !hasTail(after: index, in: clause) { break }
            index += 1
        }
        guard index - end <= 16 || isLine else { return end }
        while index > end, text.units[index - 1] == 0x20 { index -= 1 }
        return index
    }

    /// 邓雨桐收, 售后部刘收, or a name alone at the end of a line: whom it is for.
    private func isReceiver(_ start: Int) -> Bool {
        var end = start
        while end < text.count, FoldedText.isHan(text.units[end]) { end += 1 }
        guard (2...6).contains(end - start), !(start..<end).contains(where: { Self.tails.contains(text.units[$0]) && $0 != end - 1 }) || text.units[end - 1] == 0x6536 else { return false }
        return [0x6536, 0x8F6C, 0x542F].contains(text.units[end - 1]) || end - start <= 3 && lexicon.surname(text.units[start..<start + 1]).map { $0 < 8 } == true && !Self.tails.contains(text.units[end - 1])
    }

    /// Whether a number counts something: 27元.
    private func isQuantity(_ index: Int, in clause: Range<Int>) -> Bool {
        var end = index
        while end < clause.upperBound, text.digits[end] != 255 || text.units[end] == 0x2E { end += 1 }
        return Self.measures.begins(at: end, in: text)
    }

    /// Whether a building's or a room's end follows within eight characters.
    private func hasTail(after index: Int, in clause: Range<Int>) -> Bool {
        for place in index..<min(clause.upperBound, index + 8) {
            if isSoftStop(place) { return false }
            if Self.tails.contains(text.units[place]) || text.digits[place] != 255 { return true }
        }
        return false
    }

    /// What is said of a town, not where somebody lives in it.
    private static let talk = PhraseList(["申请", "程序", "方式", "资格", "办理", "说明", "通知", "公告", "作业", "服务", "提供", "补助", "规定", "计画", "计划", "一览", "活动", "条例", "法第", "解释", "开办", "如何", "多少", "预订", "预定", "鲜花", "包邮", "专用", "特价", "味道", "返回", "入住", "儿童", "比较"])
    /// What is said behind an address, and no part of it.
    private static let closings = PhraseList(["唔该", "冇人", "没人", "麻烦", "谢谢", "快递柜", "丰巢"])
    private static let tails = UnitSet("店厦楼城园苑场室库馆所部厂校院门口旁侧柜号铺座层")
    private static let lineStarts = UnitSet("\n:,。;")

    // MARK: Components

    private func components(in clause: Range<Int>) -> [Component] {
        var parts: [Component] = []
        /// Where the last component ended, or a word that is none of a place's.
        var free = clause.lowerBound
        let beginnings: CharacterTraits = [.numeral, .multiple, .region, .placeWord, .softStop, .blank]
        var index = text.next(beginnings, from: clause.lowerBound)
        while index < clause.upperBound {
            if let number = number(at: index, in: clause, after: parts.last) {
                parts.append(number)
                (index, free) = (number.range.upperBound, number.range.upperBound)
            } else if let end = region(at: index, in: clause) {
                parts.append(Component(kind: .region(isWhole: Self.wholes.contains(text.units[end - 1])), range: index..<end))
                (index, free) = (end, end)
            } else if let end = namedEnd(at: index, from: free) {
                // A name begins behind the last component, or a few characters before.
                let start = max(free, index - 6)
                let isFirst = parts.isEmpty || start > parts.last!.range.upperBound
                let kind: Kind = Self.wholes.contains(text.units[end - 1]) && end - index == 1 && index - start >= 1 ? .region(isWhole: true) : Self.roads.contains(text.units[end - 1]) ? .road : .place
                parts.append(Component(kind: kind, range: (isFirst ? begin(start, index) : start)..<end))
                (index, free) = (end, end)
            } else {
                // 回龙观 begins with one.
                let isInitial = index == clause.lowerBound && Self.initialStops.contains(text.units[index])
                if isSoftStop(index) && !isInitial || text.units[index] == 0x20 { free = index + 1 }
                index += 1
            }
            index = text.next(beginnings, from: index)
        }
        return parts
    }

    private static let initialStops = UnitSet("回打都发对")
    private static let wholes = UnitSet("省市区县旗镇乡")

    /// Where a name begins whose body ends at a place: behind a word of the language that ends inside.
    private func begin(_ start: Int, _ end: Int) -> Int {
        var begin = start
        for place in start..<end where isSoftStop(place) && !(place == start && Self.initialStops.contains(text.units[place])) { begin = place + 1 }
        return begin
    }

    /// 北京 or 北京市: the longest name that the list has.
    private func region(at index: Int, in clause: Range<Int>) -> Int? {
        guard text.traits[index].contains(.region) else { return nil }
        if let region = Self.autonomousRegions.first(at: index, in: text) { return index + region.count }
        for length in [4, 3, 2] where index + length <= clause.upperBound && lexicon.isPlace(text.units[index..<index + length]) {
            // 大学城中心: 城中 is a district's name, too.
            if text.units[index] == 0x57CE, index > clause.lowerBound, FoldedText.isHan(text.units[index - 1]), length == 2 { continue }
            let end = index + length
            // 金华市: with its word, though the list has none.
            return end < clause.upperBound && Self.wholes.contains(text.units[end]) ? end + 1 : end
        }
        return nil
    }

    static let autonomousRegions = PhraseList(["广西壮族自治区", "宁夏回族自治区", "新疆维吾尔自治区", "西藏自治区", "内蒙古自治区", "内蒙古", "香港特别行政区", "澳门特别行政区", "西藏", "新疆", "宁夏", "广西"])

    /// The end of a name whose last word begins at a place.
    private func namedEnd(at index: Int, from free: Int) -> Int? {
        guard index > free, text.traits[index].contains(.placeWord), FoldedText.isHan(text.units[index - 1]) || FoldedText.isDigit(text.units[index - 1]), let suffix = Self.named.first(at: index, in: text) else { return nil }
        let end = index + suffix.count
        // 路由器, 区别, 道理: the last character begins another word.
        if suffix.count == 1, end < text.count, FoldedText.isHan(text.units[end]), lexicon.word(text.units[index..<index + 2]).map({ $0 < 12 }) == true { return nil }
        if suffix.count == 1, Self.vague.last(before: end, in: text) != nil, index - free == 1 { return nil }
        return end
    }

    /// A number and its word: 88号, 12-3号, 甲3号, A座; 3-2-402; 402 behind a house.
    private func number(at index: Int, in clause: Range<Int>, after last: Component?) -> Component? {
        guard isNumber(index), index == clause.lowerBound || !isNumber(index - 1) || isLatin(index - 1) else { return nil }
        // 第709号 is a document's; 3月16日 a date.
        if index > clause.lowerBound, [0x7B2C, 0x6708, 0x5E74].contains(text.units[index - 1]) { return nil }
        var end = index
        var groups = 1
        var digits = 0
        while end < clause.upperBound {
            if isNumber(end) {
                digits += 1
                end += 1
            } else if isLatin(end), end - index < 8, end == index || digits > 0 {
                end += 1
            } else if end > index, Self.joints.contains(text.units[end]) {
                var next = end
                while next < clause.upperBound, Self.joints.contains(text.units[next]), next - end < 4 { next += 1 }
                guard next < clause.upperBound, isNumber(next) || isLatin(next), digits > 0 else { break }
                groups += 1
                end = next
            } else {
                break
            }
            if end - index > 24 { return nil }
        }
        guard digits > 0 || end - index == 1, digits <= 12 else { return nil }
        if let suffix = Self.numbered.first(at: end, in: text), end + suffix.count <= clause.upperBound {
            let after = end + suffix.count
            // 号码, 号线 and 门票 are other words.
            if after < text.count, suffix.count == 1, Self.otherWords.contains(text.units[after]), suffix == [0x53F7] || suffix == [0x95E8] { return nil }
            let isHouse = suffix.contains { Self.houses.contains($0) }
            if suffix == [0x95E8], after < text.count, text.units[after] == 0x53E3 { return groups == 3 ? Component(kind: .number, range: index..<end) : nil }
            if suffix == [0x533A] || suffix == [0x8857] || suffix == [0x66], last == nil { return nil }
            return Component(kind: isHouse ? .house : .number, range: index..<after)
        }
        guard digits > 0 else { return nil }
        // 3-2-402, and what follows a road or a house at once.
        let isEdge = end == clause.upperBound || !isLatin(end)
        let isClose = last.map { index - $0.range.upperBound <= 6 } ?? false
        let isBehind = last.map { $0.range.upperBound == index || index - $0.range.upperBound == 1 && [0x2D, 0x20].contains(text.units[index - 1]) } ?? false
        if isEdge, groups == 3, digits <= 10, isClose || last == nil { return Component(kind: .number, range: index..<end) }
        if isEdge, isBehind || isClose && groups == 2, digits <= 6, !Self.measures.begins(at: end, in: text) { return Component(kind: .number, range: index..<end) }
        return nil
    }

    private static let joints = UnitSet("-_#")
    private static let otherWords = UnitSet("码线门机票称")
    private static let measures = PhraseList(["元", "块", "点", "分", "年", "月", "日", "天", "次", "个", "米", "公里", "路", "%", "人", "份", "万", "折", "小时", "星", "件", "岁", "多", "款", "倍", "张", "亿"])

    private func isNumber(_ index: Int) -> Bool { text.digits[index] != 255 || [0x5341, 0x767E].contains(text.units[index]) }

    private func isLatin(_ index: Int) -> Bool { FoldedText.isLatin(text.units[index]) }
}
