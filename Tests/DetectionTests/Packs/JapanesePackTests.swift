import Detection
import Testing

@Suite("The pack of Japanese")
struct JapanesePackTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector(packs: [.ja]).redact(text) == expected) }

    @Test(
        "names before titles, behind labels, and as people say their own",
        arguments: [
            ("担当の鈴木さんはとても丁寧でした。", "担当の[NAME]さんはとても丁寧でした。"), ("佐々木様からお返事をいただきました。", "[NAME]様からお返事をいただきました。"),
            ("受付のマリアさんがとても親切でした。", "受付の[NAME]さんがとても親切でした。"), ("私は高橋健太です。誰も出てくれません。", "私は[NAME]です。誰も出てくれません。"),
            ("先週注文しました山本と申します。", "先週注文しました[NAME]と申します。"), ("お名前:田中 太郎、返金を希望します。", "お名前:[NAME]、返金を希望します。"),
            ("中村美咲が受け取る予定でした。", "[NAME]が受け取る予定でした。"),
        ])
    func names(text: String, expected: String) { expect(text, expected) }

    @Test(
        "customers, staff and everybody are nobody's name",
        arguments: [
            "お客様の声を聞いていただけるとのことなので書きます。", "店員さんの態度が悪く、もう行きません。", "皆さんに勧められましたが、仕様が違いました。", "私は学生です。使いにくいです。",
            "担当者様にお伝えください。", "たくさん買いました。様子を見ます。",
        ])
    func words(text: String) { expect(text, text) }

    @Test(
        "addresses, and none where only a town is named",
        arguments: [
            ("住所は東京都港区六本木6-10-1ですが、届きません。", "住所は[ADDRESS]ですが、届きません。"), ("配達先は大阪市北区梅田三丁目1番3号に変更してください。", "配達先は[ADDRESS]に変更してください。"),
            ("横浜市に住んでいますが、3日もかかりました。", "横浜市に住んでいますが、3日もかかりました。"),
        ])
    func addresses(text: String, expected: String) { expect(text, expected) }

    @Test(
        "numbers and documents",
        arguments: [
            ("折り返しは03-5281-7746までお願いします。", "折り返しは[PHONE]までお願いします。"), ("マイナンバーは1234 5678 9018です。", "マイナンバーは[ID]です。"),
            ("型番は1234 5678 9019です。", "型番は1234 5678 9019です。"), ("私の車は品川 300 あ 12-34です。", "私の車は[PLATE]です。"), ("〒231-0023の地域です。遅いです。", "〒[POSTCODE]の地域です。遅いです。"),
        ])
    func numbers(text: String, expected: String) { expect(text, expected) }

    @Test(
        "ages and dates of birth",
        arguments: [
            ("母は78歳で、使い方が分かりません。", "母は[AGE]で、使い方が分かりません。"), ("この玩具は3歳以上が対象です。", "この玩具は3歳以上が対象です。"),
            ("生年月日は1985年3月12日です。", "生年月日は[BIRTH_DATE]です。"),
        ])
    func life(text: String, expected: String) { expect(text, expected) }

    @Test("Chinese is read as ever")
    func chinese() {
        for text in ["我叫王小明,电话13800138000,东西很好", "客服李娜态度很好", "一样的款式,样式多样"] { #expect(Detector(packs: [.ja]).redact(text) == Detector().redact(text)) }
    }
}
