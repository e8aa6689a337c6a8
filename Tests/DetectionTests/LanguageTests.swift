import Detection
import Testing

@Suite("Languages that no recogniser reads")
struct LanguageTests {
    @Test(
        "are withheld, with their code",
        arguments: [
            ("de", "Die Lieferung kam zwei Wochen zu spät und niemand hat sich gemeldet."), ("fr", "Le colis est arrivé avec deux semaines de retard et personne ne répond."),
            ("es", "El paquete llegó dos semanas tarde y nadie contesta al teléfono."), ("pt", "A encomenda chegou duas semanas atrasada e ninguém me responde."),
            ("it", "Il pacco è arrivato con due settimane di ritardo e nessuno risponde."), ("nl", "Het pakket kwam twee weken te laat en niemand neemt de telefoon op."),
            ("pl", "Paczka przyszła dwa tygodnie za późno i nikt nie odbiera telefonu."), ("tr", "Paket iki hafta geç geldi ve kimse telefona cevap vermiyor."),
            ("vi", "Gói hàng đến muộn hai tuần và không ai trả lời điện thoại."), ("id", "Paketnya datang terlambat dua minggu dan tidak ada yang menjawab telepon."),
            ("ja", "荷物が二週間も遅れて届きました。電話にも出てくれません。"), ("ko", "택배가 이 주나 늦게 왔고 전화도 받지 않아요."), ("ru", "Посылка пришла на две недели позже, никто не отвечает."),
            ("uk", "Посилка прийшла на два тижні пізніше, ніхто не відповідає, її загубили."), ("el", "Το δέμα ήρθε δύο εβδομάδες αργότερα και κανείς δεν απαντά."),
            ("ar", "وصل الطرد متأخرا أسبوعين ولا أحد يرد على الهاتف."),
            ("he", "החבילה הגיעה באיחור של שבועיים ואף אחד לא עונה."), ("hi", "पार्सल दो हफ्ते देर से आया और कोई फोन नहीं उठाता।"), ("th", "พัสดุมาช้าสองสัปดาห์และไม่มีใครรับโทรศัพท์"),
        ])
    func withheld(language: String, text: String) { #expect(Detector().redact(text) == "[TEXT:\(language)]") }

    @Test(
        "Chinese and English pass, however short, mixed or misspelled",
        arguments: [
            "好", "ok", "OK", "Thx!", "垃圾", "👍👍👍", "(｡･ω･｡)ﾉ♡", "(づ￣ ³￣)づ", "优の良品不错", "这家的カフェ不错", "sooo gooood", "lol wtf", "Café au lait was cold", "naïve résumé", "快递太慢了so slow",
            "用的是iPhone和MacBook",
            "ths is rly bad srvice", "wi-fi doesnt wrk", "Déjà vu again", "Pad Thai, Tom Yum, Bruschetta", "点了一份卡布奇诺", "係咁先啦,唔該晒", "客服一直說會處理", "hahahaha", "XXXX XXXX XXXX",
            "refund pls",
        ])
    func passes(text: String) { #expect(!Detector().entities(in: text).contains { $0.type == .foreign }) }

    @Test("only the sentence is withheld, and what follows in the same language with it")
    func sentences() {
        #expect(
            Detector().redact("The app is slow. Ich möchte mein Geld zurück haben. Es ist sehr schade. Thank you for your help.")
                == "The app is slow. [TEXT:de] Thank you for your help.")
        #expect(Detector().redact("东西很好。電話に出てくれません。谢谢") == "东西很好。[TEXT:ja]谢谢")
    }

    @Test("policy may let them pass; what the recognisers know is hidden all the same")
    func allowed() {
        let types = Detector(rules: [.foreign: TypeRule(threshold: 1)]).entities(in: "Ich habe schon dreimal unter 0151 23456789 angerufen und niemand meldet sich").map(\.type)
        #expect(types.contains(.phone) && !types.contains(.foreign))
        #expect(Detector(rules: [.foreign: TypeRule(threshold: 1)]).redact("это новые подарки") == "это новые подарки")
    }

    @Test("columns are never withheld")
    func columns() { #expect(Detector().forColumns.redact("Größe und Farbe der Schuhe") == "Größe und Farbe der Schuhe") }
}
