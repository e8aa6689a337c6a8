/// Finds names of organisations by the words that end them; only where the policy asks for the type.
enum OrganisationDetector {
    private static let endings = PhraseList([
        "有限责任公司", "股份有限公司", "有限公司", "分公司", "集团公司", "集团", "公司", "银行", "支行", "医院", "大学", "学院", "中学", "小学", "幼儿园", "事务所", "研究院", "研究所", "派出所", "法院", "工厂",
    ])
    /// What stands before a name, not in it.
    private static let stops = UnitSet("我你他她它们的了在是到于从向给和与及或把被让叫找去来说家这那哪个该某贵各两几,。")
    private static let latin: Set<String> = ["inc", "ltd", "llc", "corp", "corporation", "gmbh", "plc", "co", "company", "bank", "university", "hospital"]

    static func detect(in text: FoldedText, into found: inout [Entity]) {
        var index = 0
        while index < text.count {
            if let range = chinese(endingFrom: index, text) {
                add(range, 0.7, "organisation.zh", text, &found)
                index = range.upperBound
            } else if text.isUpper(index), index == 0 || !FoldedText.isLetter(text.units[index - 1]), let range = english(from: index, text) {
                add(range, 0.7, "organisation.en", text, &found)
                index = range.upperBound
            } else {
                index += 1
            }
        }
    }

    private static func add(_ range: Range<Int>, _ score: Double, _ rule: String, _ text: FoldedText, _ found: inout [Entity]) {
        found.append(Entity(type: .organisation, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
    }

    private static func chinese(endingFrom start: Int, _ text: FoldedText) -> Range<Int>? {
        guard let ending = endings.first(at: start, in: text) else { return nil }
        var begin = start
        while begin > 0, start - begin < 14, FoldedText.isHan(text.units[begin - 1]), !stops.contains(text.units[begin - 1]) { begin -= 1 }
        guard start - begin >= 2 else { return nil }
        return begin..<start + ending.count
    }

    /// Capitalised words that one of the endings closes.
    private static func english(from start: Int, _ text: FoldedText) -> Range<Int>? {
        var index = start
        for word in 0..<6 {
            guard index < text.count, text.isUpper(index) else { return nil }
            let begin = index
            while index < text.count, FoldedText.isLetter(text.units[index]) || text.units[index] == 0x27 { index += 1 }
            if word > 0, latin.contains(text.string(begin..<index)) { return start..<index }
            guard index < text.count, text.units[index] == 0x20 || text.units[index] == 0x2C else { return nil }
            while index < text.count, text.units[index] == 0x20 || text.units[index] == 0x2C { index += 1 }
        }
        return nil
    }
}
