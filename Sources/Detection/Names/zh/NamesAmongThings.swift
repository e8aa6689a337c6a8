/// What speaks against a name: things that are called like somebody, reviews, words that a candidate cuts.
extension ChineseNameDetector {
    /// Removes candidates, and notes why.
    func dismiss(_ candidates: inout [Candidate], _ reason: String, where isDismissed: (Candidate) -> Bool) {
        if let notes { for candidate in candidates where isDismissed(candidate) { notes.add(entity(candidate), reason) } }
        candidates.removeAll(where: isDismissed)
    }

    static let departments = UnitSet("部处店组台站室")

    static let naming = PhraseList(["名字叫", "名字", "名叫", "叫做", "姓名", "联系人", "收件人", "收货人"])

    /// 陈女士陈晓梅: before the whole name a title is no part of one; 张名字叫: a word that announces a name is none either.
    func shortenTitled(_ candidates: inout [Candidate]) {
        for index in candidates.indices {
            let range = candidates[index].range
            // 售后部刘收: who receives it.
            if range.count == 2, text.units[range.upperBound - 1] == 0x6536, !isHan(range.upperBound), range.lowerBound > 0,
                Self.departments.contains(text.units[range.lowerBound - 1])
            {
                candidates[index].range = range.lowerBound..<range.lowerBound + 1
            }
            guard range.count >= 3, cues.at(range.lowerBound + 1, .title)?.units.upperBound == range.upperBound, range.upperBound < text.count,
                text.units[range.upperBound] == text.units[range.lowerBound],
                candidates.contains(where: { $0.range.lowerBound == range.upperBound && $0.range.count > 1 })
            else { continue }
            candidates[index].range = range.lowerBound..<range.lowerBound + 1
        }
        candidates.removeAll { candidate in
            candidate.range.dropFirst().contains { place in
                cues.at(place, .name).map { Self.naming.contains($0.units, in: text) } ?? false
            }
        }
    }

    /// Removes what only looks like somebody: brands, what a shop, a dish or a sight is called, oaths, and half of a longer word.
    func removeThings(_ candidates: inout [Candidate]) {
        let brands = Brands.ranges(in: text)
        dismiss(&candidates, "a brand, a shop, a dish, an oath, or words for kin") { candidate in
            let range = candidate.range
            if NotNames.isHouse(range, in: text) || brands.contains(where: { $0.overlaps(range) && $0.count > range.count }) { return true }
            if candidate.rule != "name.zh-announced",
                NotNames.isWord(range, in: text) || NotNames.isKin(range, in: text) || text.units[range.lowerBound] == 0x548C && NotNames.isKin(range.dropFirst(), in: text)
            {
                return true
            }
            guard Self.unannounced.contains(candidate.rule), !Self.speech.begins(at: range.upperBound, in: text) else { return false }
            return NotNames.isOffice(range, in: text) || brands.contains { $0.overlaps(range) } || NotNames.isThing(range, in: text) || isCut(range)
        }
    }

    /// Rules that find names where nothing announces them.
    static let unannounced: Set<String> = ["name.zh", "name.zh-tagger", "name.zh-transcribed", "name.zh-familiar", "name.zh-look"]

    /// 一[小觉]: the first character counts.
    func isCut(_ range: Range<Int>) -> Bool {
        range.lowerBound > 0 && NotNames.numerals.contains(text.units[range.lowerBound - 1]) && NotNames.measured.contains(text.units[range.lowerBound])
    }

    /// In a review a name without a cue needs more: dishes, shops and sights have names, too.
    func judge(_ candidates: inout [Candidate], isSure: Bool) {
        for index in candidates.indices where candidates[index].rule == "name.zh" || candidates[index].rule == "name.zh-tagger" {
            let isThing = Self.things.contains(text.units[candidates[index].range.upperBound - 1])
            candidates[index].gain -= isThing ? 15 : isSure ? 12 : candidates[index].rule == "name.zh" ? 7 : 6
            // 阿香, 阿田: shops are called so more often than people whom nothing announces.
            if candidates[index].range.count == 2, text.units[candidates[index].range.lowerBound] == 0x963F { candidates[index].gain -= 8 }
        }
        dismiss(&candidates, "in a review a name that nothing announces needs more evidence") { $0.gain <= 0 }
    }

    /// What dishes, places and shops end with.
    static let things = UnitSet("鸡鸭茶酱汤粥面饼堡菜饭虾蟹肉蛋卷串丸豆瓜果糕酒味牛陵园峡洞塔山峪寺庙祠阁楼馆坪堤路道苑庭店府居景城湖湾岛坊轩斋堂")

    /// How many words of a text judge a meal, a stay or a purchase, up to three; 0 for one alone in more than a short text. Such a text tells of
    /// dishes, shops and brands more often than of people, whom it calls by their role.
    var judgements: Int {
        var count = 0
        var index = text.next(.judgement, from: 0)
        while index < text.count, count < 3 {
            var end = index + 1
            if let word = Self.judging.first(at: index, in: text) {
                count += 1
                end = index + word.count
            }
            index = text.next(.judgement, from: end)
        }
        return count > 1 || text.count <= 24 ? count : 0
    }

    static let judging = PhraseList([
        "味道", "好吃", "难吃", "外卖", "送餐", "套餐", "口味", "菜品", "好喝", "分量", "份量", "米饭", "新鲜", "美味", "食材", "餐厅", "小吃", "差评", "好评", "环境", "酒店", "房间", "早餐", "入住", "宾馆", "大堂", "客房", "性价比",
        "价格", "便宜", "实惠", "质量", "卖家", "电池", "屏幕", "洗发水", "牌子", "正品",
        "好用", "不错", "满意", "推荐", "地铁站", "设施", "卫生", "装修", "隔音", "退房", "携程", "饿了么", "美团", "景区", "别墅", "服务员", "鸡", "牛肉", "汤", "辣", "菜", "饭", "粥", "饼", "虾", "奶茶", "咖啡", "花生",
    ])
}
