/// Finds the shop of a chain where somebody fetches parcels, as Taiwan's shops write it: 7-11 鑫鼎门市.
///
/// What is said of a shop stays: it counts only where something is sent there or fetched.
enum PickupStoreDetector {
    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard text.hasHan, text.filter.mayContain(0x5E97) || text.filter.mayContain(0x95E8) else { return }
        for index in text.units.indices where initials.contains(text.units[index]) {
            guard let chain = chains.first(at: index, in: text) else { continue }
            var start = index + chain.count
            while start < text.count, text.units[start] == 0x20, start - index - chain.count < 2 { start += 1 }
            var end = start
            while end < text.count, end - start < 8, FoldedText.isHan(text.units[end]) {
                if end > start, let ending = endings.first(at: end, in: text) {
                    let range = index..<end + ending.count
                    if isFetched(range, in: text) { found.append(Entity(type: .address, bytes: text.bytes(range), score: 0.8, rule: "address.pickup", key: text.key(range))) }
                    break
                }
                end += 1
            }
        }
    }

    private static func isFetched(_ range: Range<Int>, in text: FoldedText) -> Bool {
        let before = max(0, range.lowerBound - 6)..<range.lowerBound
        return before.contains { sending.contains(text.units[$0]) } || fetching.begins(at: range.upperBound, in: text)
    }

    private static let chains = PhraseList(["7-eleven", "7-11", "711", "全家便利商店", "全家", "莱尔富", "ok超商", "统一超商", "小七"])
    private static let initials = UnitSet(chains.beginnings)
    private static let endings = PhraseList(["门市", "店"])
    private static let sending = UnitSet("到寄取送收领")
    private static let fetching = PhraseList(["取件", "取货", "领货", "领取", "取", "领"])
}
