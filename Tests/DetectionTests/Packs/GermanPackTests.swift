import Detection
import Testing

@Suite("The pack of German")
struct GermanPackTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector(packs: [.de]).redact(text) == expected) }

    @Test(
        "names by title, introduction, kin, label and signature",
        arguments: [
            ("Frau Schröder-Lindemann aus der Buchhaltung meldet sich einfach nicht.", "Frau [NAME] aus der Buchhaltung meldet sich einfach nicht."),
            ("Ich heiße Yusuf Demir, bitte rufen Sie mich zurück.", "Ich heiße [NAME], bitte rufen Sie mich zurück."),
            ("Mein Mann Wolfgang hat schon zweimal angerufen und wartet immer noch.", "Mein Mann [NAME] hat schon zweimal angerufen und wartet immer noch."),
            ("Die Bestellung ist nicht angekommen. Name: Oestreich, Renate", "Die Bestellung ist nicht angekommen. Name: [NAME]"),
            ("Das Gerät ist schon wieder kaputt.\nViele Grüße\nTorsten Hübner", "Das Gerät ist schon wieder kaputt.\nViele Grüße\n[NAME]"),
        ])
    func names(text: String, expected: String) { expect(text, expected) }

    @Test(
        "nouns and forms of address are nobody's name",
        arguments: [
            "Sehr geehrte Damen und Herren, ich bitte um Rückerstattung des vollen Kaufpreises.", "Die Matratze ist viel zu weich und riecht nach Chemie.",
            "Ich bin Kunde seit vielen Jahren und sehr enttäuscht.", "Der Kundenservice war freundlich, aber die Lieferung kam zu spät.",
        ])
    func words(text: String) { expect(text, text) }

    @Test(
        "numbers as they are dialled, and none that are dates or prices",
        arguments: [
            ("Sie erreichen mich tagsüber unter 030 / 61 29 88 04 oder abends.", "Sie erreichen mich tagsüber unter [PHONE] oder abends."),
            ("Am 01.02.2024 um 15 Uhr war niemand da, obwohl es vereinbart war.", "Am 01.02.2024 um 15 Uhr war niemand da, obwohl es vereinbart war."),
            ("Der Preis ist von 0,99 auf 1299 Euro gestiegen, das ist eine Frechheit.", "Der Preis ist von 0,99 auf 1299 Euro gestiegen, das ist eine Frechheit."),
        ])
    func phones(text: String, expected: String) { expect(text, expected) }

    @Test(
        "documents by their check digits",
        arguments: [
            ("Meine Steuer-ID ist 86 095 742 719 und sonst habe ich nichts.", "Meine Steuer-ID ist [ID] und sonst habe ich nichts."),
            ("Meine Nummer dafür ist 86 095 742 718 und sonst habe ich nichts.", "Meine Nummer dafür ist 86 095 742 718 und sonst habe ich nichts."),
            ("Auf dem Ausweis steht L01X00T471 und sonst nichts davon.", "Auf dem Ausweis steht [ID] und sonst nichts davon."),
            ("Auf dem Gerät steht L01X00T472 und sonst nichts davon.", "Auf dem Gerät steht L01X00T472 und sonst nichts davon."),
            ("Für die Rente habe ich 15 070649 C 103 und nichts anderes bekommen.", "Für die Rente habe ich [SSN] und nichts anderes bekommen."),
            ("Mein Wagen HH-KR 2817 stand drei Tage lang in der Werkstatt.", "Mein Wagen [PLATE] stand drei Tage lang in der Werkstatt."),
        ])
    func documents(text: String, expected: String) { expect(text, expected) }

    @Test(
        "age, date of birth, town",
        arguments: [
            ("Ich bin 67 Jahre alt und komme mit der App nicht zurecht.", "Ich bin [AGE] und komme mit der App nicht zurecht."),
            ("Die Heizung ist 12 Jahre alt und funktioniert noch immer.", "Die Heizung ist 12 Jahre alt und funktioniert noch immer."),
            ("Ich bin am 2. November 1985 geboren und trotzdem lehnt das Portal mein Alter ab.", "Ich bin am [BIRTH_DATE] geboren und trotzdem lehnt das Portal mein Alter ab."),
            ("Wir wohnen jetzt in 83022 Rosenheim und warten noch immer.", "Wir wohnen jetzt in [ADDRESS] und warten noch immer."),
        ])
    func life(text: String, expected: String) { expect(text, expected) }

    @Test("without the pack the same sentence is withheld, and other languages are with it")
    func withheld() {
        let text = "Ich heiße Yusuf Demir, bitte rufen Sie mich zurück. Le colis est arrivé avec deux semaines de retard."
        #expect(Detector().redact(text) == "[TEXT:de] [TEXT:fr]")
        expect(text, "Ich heiße [NAME], bitte rufen Sie mich zurück. [TEXT:fr]")
    }

    @Test("English beside it is read as ever")
    func english() { expect("My name is John Smith. Die Lieferung kam zwei Wochen zu spät.", "My name is [NAME]. Die Lieferung kam zwei Wochen zu spät.") }
}
