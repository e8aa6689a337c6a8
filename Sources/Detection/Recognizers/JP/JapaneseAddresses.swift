/// Finds postal addresses of Japan: 東京都港区六本木6-10-1, 大阪市北区梅田三丁目1番3号 コーポ中村 203号室.
enum JapaneseAddresses {
    static func detect(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount > 0 else { return }
        var index = 0
        while index < text.count {
            guard place.isReadable(index), let start = start(at: index, in: text), let end = end(from: start, in: text), end > index else {
                index += 1
                continue
            }
            found.append(place.entity(.address, start..<end, 0.85, "address.ja"))
            index = end
        }
    }

    /// Where an address begins that has a prefecture at a place, or the word of a town, ward or district.
    private static func start(at index: Int, in text: FoldedText) -> Int? {
        if prefectures.begins(at: index, in: text) { return index }
        guard levels.contains(text.units[index]) else { return nil }
        var start = index
        while start > 0, index - start < 5, Japan.isHan(text.units[start - 1]) || Japan.isKatakana(text.units[start - 1]) { start -= 1 }
        if start == index, let kana = kanaTowns.last(before: index, in: text) { start -= kana.count }
        // 市, 区, 町 behind one character at least; 都市, 地区 are none.
        return index - start >= 1 && !notTowns.contains(start..<index + 1, in: text) ? start : nil
    }

    /// The end of the last number, room or floor, if a number of a block or house is among them.
    private static func end(from start: Int, in text: FoldedText) -> Int? {
        var index = start
        var last: Int?
        var isHouse = false
        var sinceNumber = 0
        while index < text.count, index - start < 60, sinceNumber <= 16 {
            let unit = text.units[index]
            if FoldedText.isDigit(unit) || text.digits[index] != 255 && words.begins(at: index + 1, in: text) {
                let first = index
                while index < text.count, FoldedText.isDigit(text.units[index]) || text.digits[index] != 255 || isHyphen(at: index, in: text) { index += 1 }
                // 3日, 500円, 20分 end it before.
                if last == nil || index < text.count, counters.begins(at: index, in: text) { break }
                if let word = words.first(at: index, in: text) {
                    index += word.count
                    isHouse = true
                } else if (first..<index).contains(where: { !FoldedText.isDigit(text.units[$0]) }) {
                    isHouse = true
                }
                last = index
                sinceNumber = 0
                continue
            }
            guard
                Japan.isHan(unit) || Japan.isKatakana(unit) || unit == 0x306E || FoldedText.isLatin(unit) && last != nil || unit == 0x20 && index > start
                    || kanaTowns.begins(at: index, in: text)
            else { break }
            if let town = kanaTowns.first(at: index, in: text) {
                index += town.count
                continue
            }
            if last != nil { sinceNumber += 1 }
            index += 1
        }
        guard let last, isHouse else { return nil }
        return last
    }

    private static func isHyphen(at index: Int, in text: FoldedText) -> Bool {
        [0x2D, 0x30FC, 0x306E].contains(text.units[index]) && index + 1 < text.count && FoldedText.isDigit(text.units[index + 1])
    }

    private static let levels = UnitSet(FoldedText.units(of: "市区郡町村"))
    private static let words = PhraseList(folding: "丁目 番地の 番地 番 号室 号 階 室 棟 f")
    private static let counters = PhraseList(folding: "年 月 日 時 分 円 個 回 人 名 件 本 枚 万 千 % 歳 才 つ 週間 か月 ヶ月")
    private static let kanaTowns = PhraseList(folding: "さいたま つくば いわき ひたちなか うるま つがる みなとみらい たつの かほく みどり さくら あきる野 ふじみ野 おいらせ むつ えびの あわら いちき")
    private static let notTowns = PhraseList(folding: "都市 地区 区 市 町 村 地方都市 特区 大都市 同市 当市 各市 下町 港町 農村 全市 市区 中区町")
    private static let prefectures = PhraseList(
        folding: """
            北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 \
            福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
            """)
}
