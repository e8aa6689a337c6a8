/// Japanese: names, addresses, numbers and documents of Japan.
enum Japan {
    static let recognizers = PackRecognizers(
        cues: cues, values: values, ages: ages, regions: ["JP"], documents: documents,
        others: [{ JapaneseNames.detect(in: $0, into: &$1) }, { JapaneseAddresses.detect(in: $0, into: &$1) }, { plates(in: $0, into: &$1) }])

    /// Characters that Chinese has no use for, which tell a text of Han characters alone: 様, 〒, 県, 込, 働.
    static let marks = FoldedText.units(of: "様〒県込働")

    private static let cues = WordTable<Cues.Kind>(folding: [
        (.phone, "電話 電話番号 携帯 携帯番号 携帯電話 連絡先 番号 tel"), (.postcode, "郵便番号 〒"), (.birthDate, "生年月日 誕生日 生まれ"), (.passport, "パスポート パスポート番号 旅券 旅券番号"),
        (.driving, "免許証 免許証番号 運転免許証 運転免許証番号"), (.bankCard, "カード番号 クレジットカード カード"),
        (.account, "口座 口座番号 会員番号 お客様番号 顧客番号 会員id ユーザー名 ユーザーid アカウント 証券番号 記号番号"), (.nationalID, "保険証番号 被保険者番号 基礎年金番号 年金番号"),
        (.cardCode, "セキュリティコード 有効期限"), (.oneTimeCode, "認証コード 確認コード 暗証番号 認証番号"), (.password, "パスワード"),
        (.order, "注文番号 予約番号 受付番号 問い合わせ番号 お問い合わせ番号 伝票番号 管理番号 契約番号 整理番号 ご注文番号 ご予約番号"), (.tracking, "追跡番号 送り状番号 配送番号 荷物番号"), (.plate, "ナンバー 車両番号"),
    ])
    private static let values = ValueWords(
        links: PhraseList(folding: "番号 は が の を : ですが、 です 下4桁は 下四桁 昭和 平成 令和 大正 西暦 末尾 no."), months: PhraseList(folding: "_"), ordinals: PhraseList(folding: "_"),
        hasDatesBefore: true)
    private static let ages = AgeWords(suffixes: PhraseList(folding: "歳 才 さい"), persons: [], against: PhraseList(folding: "以上 以下 未満 から まで 児用 用 向け 対象"))

    private static let documents = [
        DocumentForm("national-id.jp", .identifier, "999999999999", alone: .groups([4, 4, 4], 0.7), cues: "マイナンバー 個人番号", holds: isMyNumber),
        DocumentForm("postcode.jp", .postcode, "9999999", cues: "〒 郵便番号"), DocumentForm("passport.jp", .passport, "AA9999999", cues: "パスポート 旅券"),
    ]

    /// The twelve digits of My Number: eleven weighted, what is missing to a multiple of eleven, 0 for ten and more.
    private static let isMyNumber: @Sendable ([UInt32]) -> Bool = { units in
        let digits = Checksums.values(units)
        let rest = Checksums.weighted(digits.dropLast(), [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
        return digits[11] == (rest <= 1 ? 0 : 11 - rest)
    }

    static func isHiragana(_ unit: UInt32) -> Bool { (0x3041...0x3096).contains(unit) }
    static func isKatakana(_ unit: UInt32) -> Bool { (0x30A1...0x30FA).contains(unit) || unit == 0x30FC }
    /// Han, or the mark that repeats one: 佐々木.
    static func isHan(_ unit: UInt32) -> Bool { FoldedText.isHan(unit) || unit == 0x3005 }

    /// 品川 300 あ 12-34: the office, the class, a kana, up to four digits.
    private static func plates(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount >= 3 else { return }
        for kana in text.units.indices where isHiragana(text.units[kana]) && place.isReadable(kana) {
            var index = kana - 1
            if index >= 0, text.units[index] == 0x20 { index -= 1 }
            let classEnd = index + 1
            while index >= 0, FoldedText.isDigit(text.units[index]), classEnd - index <= 3 { index -= 1 }
            guard (2...3).contains(classEnd - index - 1) else { continue }
            if index >= 0, text.units[index] == 0x20 { index -= 1 }
            let officeEnd = index + 1
            while index >= 0, isHan(text.units[index]), officeEnd - index <= 4 { index -= 1 }
            guard (1...4).contains(officeEnd - index - 1) else { continue }
            var end = kana + 1
            if end < text.count, text.units[end] == 0x20 { end += 1 }
            let number = end
            while end < text.count, end - number < 5, FoldedText.isDigit(text.units[end]) || [0x2D, 0xB7].contains(text.units[end]) { end += 1 }
            guard end > number, FoldedText.isDigit(text.units[end - 1]), place.isFree(end) else { continue }
            found.append(place.entity(.plate, index + 1..<end, 0.85, "plate.jp"))
        }
    }
}
