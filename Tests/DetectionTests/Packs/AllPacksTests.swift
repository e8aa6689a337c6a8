import Detection
import Testing

@Suite("All packs together")
struct AllPacksTests {
    private let detector = Detector(packs: Set(LanguagePack.allCases))

    @Test(
        "long runs of every trigger, and of sentences of many languages, are read to their end",
        arguments: [
            "Herr Müller ", "ich heiße Hans. ", "M. Dupont, ", "Hola Juan, ", "12 ", "012 ", "030 61 ", "calle Mayor 1, ", "12 rue Foch, ", "80331 München ", "AB-12-", "田中様", "は",
            "田中 ", "東京都1-", "市", "私は", "김철수님 ",
            "저는 ", "강남구 테헤란로 1 ", "1가", "3歳", "3 Jahre alt ", "Die Lieferung kam zu spät. Посылка пришла поздно. ", "Le colis est en retard. Die Ware ist kaputt. ", "DE-",
            "geboren ", "1.1.", "生まれ",
        ])
    func longTriggers(unit: String) {
        let bytes = Array((String(repeating: unit, count: 200_000 / unit.utf8.count) + "\nCall me at 13800138000").utf8)
        let redacted = String(decoding: detector.redact(bytes[...]), as: UTF8.self)
        #expect(!redacted.contains("13800138000"))
    }

    @Test("each language in one text is read by its own pack")
    func mixed() {
        let text =
            "Ich heiße Yusuf Demir und warte auf meine Bestellung. Je m'appelle Aurélie Deschamps et je n'ai rien reçu. 担当の鈴木さんはとても丁寧でした。이민호 상담사님이 정말 친절하게 설명해 주셨어요. Посылка пришла поздно."
        #expect(
            detector.redact(text)
                == "Ich heiße [NAME_1] und warte auf meine Bestellung. Je m'appelle [NAME_2] et je n'ai rien reçu. 担当の[NAME_3]さんはとても丁寧でした。[NAME_4] 상담사님이 정말 친절하게 설명해 주셨어요. [TEXT:ru]"
        )
    }

    @Test("texts of Chinese and English alone are read as without them, and short values of columns are left alone")
    func others() {
        for text in [
            "我叫王小明,电话13800138000,东西很好", "My name is John Smith and the delivery was two weeks late, call me at 415-555-0132", "京A12345的车主李娜说她三十五岁",
            "Dear Emma, thanks for your help yesterday.", "Zhang Wei发的微信说李建国退货了", "iPhone ist gut,客服王小明说的",
        ] {
            #expect(detector.redact(text) == Detector().redact(text))
        }
        #expect(detector.forColumns.redact("Herrenschuhe Größe 43") == "Herrenschuhe Größe 43" && detector.forColumns.redact("東京都") == "東京都")
    }
}
