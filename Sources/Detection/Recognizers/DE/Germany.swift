/// German: names, numbers and documents of Germany, telephone numbers of Austria and Switzerland too.
enum Germany {
    static let recognizers = PackRecognizers(
        cues: cues, values: values, ages: ages, regions: ["DE", "AT", "CH"], documents: documents, names: names, streets: streets, others: [{ plates(in: $0, into: &$1) }])

    private static let cues = WordTable<Cues.Kind>(folding: [
        (.phone, "telefon telefonnummer tel handy handynummer mobil mobilnummer rufnummer rückruf festnetz durchwahl erreichbar erreichen nummer"), (.postcode, "plz postleitzahl"),
        (.birthDate, "geburtsdatum geboren geb geburtstag geburtsjahr"), (.passport, "reisepass reisepassnummer passnummer pass"), (.driving, "führerschein führerscheinnummer"),
        (.bankCard, "karte kartennummer kreditkarte kreditkartennummer ec-karte girokarte"),
        (
            .account,
            "konto kontonummer kundennummer kunden-nr kundennr mitgliedsnummer benutzername benutzer vertragsnummer zählernummer versichertennummer krankenversichertennummer"
        ),
        (.cardCode, "kartenprüfnummer prüfziffer"), (.oneTimeCode, "tan bestätigungscode abholcode sicherheitscode"), (.password, "passwort kennwort"),
        (
            .order,
            "bestellung bestellnummer auftrag auftragsnummer vorgangsnummer buchung buchungsnummer buchungscode ticketnummer schadennummer versicherungsnummer police reklamation aktenzeichen reservierungsnummer"
        ),
        (.tracking, "sendungsnummer sendung paketnummer sendungsverfolgung"), (.plate, "kennzeichen autokennzeichen"), (.nationalID, "steuernummer"),
    ])
    private static let values = ValueWords(
        links: PhraseList(
            folding: "nummer nr. nr ist ist_die ist_das lautet: lautet war die das der den unter am im mit meine mein unsere von auf endet_auf # ihre ist_folgende -nummer -nr. -nr"
        ),
        months: PhraseList(folding: "jan jän feb mär mrz apr mai jun jul aug sep okt nov dez"), ordinals: PhraseList(folding: "_"), hasDatesBefore: true)
    private static let ages = AgeWords(
        suffixes: PhraseList(folding: "_jahre_alt _jahre_jung -jährige -jähriger -jährigen _jährige _jähriger -jähr. j. _j."),
        persons: ["ich", "er ist", "sie ist", "sohn", "tochter", "mutter", "vater", "oma", "opa", "kind", "mann", "frau", "alter"], against: PhraseList(folding: "_garantie _alte"))

    // MARK: Documents

    private static let documents = [
        DocumentForm(
            "national-id.de-tax", .identifier, "99999999999", alone: .score(0.6),
            cues: "steuer-id steueridentifikationsnummer steuer-identifikationsnummer steuerid idnr id-nr steuerliche tin", holds: isTaxID),
        DocumentForm("national-id.de-card", .identifier, "a********9", alone: .score(0.8), cues: "personalausweis ausweis perso ausweisnummer", holds: isCard),
        DocumentForm("national-id.de-card", .identifier, "a********", cues: "personalausweis ausweis perso ausweisnummer", holds: isSerial),
        DocumentForm("passport.de", .passport, "a********", cues: "reisepass pass passnummer", holds: isSerial),
        DocumentForm("ssn.de", .socialSecurity, "99999999a999", alone: .score(0.9), cues: "sozialversicherungsnummer rentenversicherungsnummer sv-nummer rvnr", holds: isPension),
        DocumentForm("national-id.de-health", .identifier, "A999999999", cues: "versichertennummer krankenversichertennummer kvnr krankenkasse versichertenkarte"),
        DocumentForm("credit-code.de", .creditCode, "AA999999999", cues: "ust-id umsatzsteuer-id umsatzsteuer ust-idnr uid") { $0.starts(with: [0x64, 0x65]) },
    ]

    /// The tax office's number: one digit of the first ten stands there twice or three times, the others once; ISO 7064 MOD 11,10.
    private static let isTaxID: @Sendable ([UInt32]) -> Bool = { units in
        let digits = Checksums.values(units)
        guard digits[0] != 0 else { return false }
        let counts = Dictionary(digits.dropLast().map { ($0, 1) }, uniquingKeysWith: +).values
        guard counts.count(where: { $0 > 1 }) == 1, counts.allSatisfy({ $0 <= 3 }) else { return false }
        let product = digits.dropLast().reduce(10) { product, digit in
            let sum = (digit + product) % 10
            return (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10 == digits[10]
    }
    private static let serialLetters = UnitSet("cfghjklmnprtvwxyz")
    private static let isSerial: @Sendable ([UInt32]) -> Bool = { units in
        units.allSatisfy { FoldedText.isDigit($0) || serialLetters.contains($0) } && units.contains(where: FoldedText.isDigit)
    }
    /// The serial number of an identity card and its check digit (ICAO 9303).
    private static let isCard: @Sendable ([UInt32]) -> Bool = { units in
        guard isSerial(units) else { return false }
        let values = Checksums.values(units)
        return Checksums.weighted(values.dropLast(), [7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == values[9]
    }
    /// The pension insurance's number: area, date of birth, initial, serial and check digit (VKVV).
    private static let isPension: @Sendable ([UInt32]) -> Bool = { units in
        let day = Checksums.number(units[2..<4]) % 50
        guard (1...31).contains(day), (1...12).contains(Checksums.number(units[4..<6])) else { return false }
        let letter = Int(units[8]) - 96
        let digits = Checksums.values(units[..<8]) + [letter / 10, letter % 10] + Checksums.values(units[9...])
        let sum = zip(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).reduce(0) { $0 + $1.0 * $1.1 / 10 + $1.0 * $1.1 % 10 }
        return sum % 10 == digits[12]
    }

    /// M-AB 1234: the district, a hyphen, one or two letters, one to four digits, for electric and old cars a letter.
    private static func plates(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.filter.mayContain(0x2D) else { return }
        var index = 0
        while index < text.count {
            let start = text.next(.letter, from: index)
            index = text.end(of: .letter, from: start)
            guard (1...3).contains(index - start), index < text.count, text.units[index] == 0x2D, place.isReadable(start), place.isFree(start - 1) else { continue }
            let middle = text.end(of: .letter, from: index + 1)
            guard (1...2).contains(middle - index - 1), (start..<middle).allSatisfy({ text.units[$0] == 0x2D || text.isUpper($0) }), middle < text.count,
                [0x20, 0x2D].contains(text.units[middle])
            else {
                continue
            }
            var end = text.end(of: .digit, from: middle + 1)
            guard (1...4).contains(end - middle - 1), text.units[middle + 1] != 0x30 else { continue }
            if end < text.count, [0x65, 0x68].contains(text.units[end]), text.isUpper(end), place.isFree(end + 1) { end += 1 }
            if place.isFree(end) { found.append(place.entity(.plate, start..<end, 0.8, "plate.de")) }
        }
    }

    private static let streets = PackStreetWords(
        order: .nameFirst,
        beginnings: WordPhrases("am,im,an der,an den,auf der,auf dem,zum,zur,in der,in den,unter den,hinter der,vor dem,alte,alter,großer,große,kleine,obere,untere,neue,neuer"),
        suffixes: ["str", "strasse", "weg", "platz", "allee", "gasse", "ring", "ufer", "damm", "steig", "stieg", "chaussee", "pfad", "hof", "markt", "graben", "berg", "park"],
        needsTown: true)

    // MARK: Names

    private static let names = PackNameWords(
        titles: WordPhrases("herr,herrn,hr,frau,fr,fräulein,familie,fam,dr,prof,doktor,professor,dipl"),
        introductions: WordPhrases(
            "mein name ist,mein name,name ist,ich heiße,ich heisse,heiße ich,heisse ich,heißt,heisst,namens,auf den namen,unter dem namen,auf den name,es spricht,hier spricht,hier schreibt"
        ),
        beginnings: WordPhrases("ich bin,ich bin die,ich bin der,hier ist,gez,gezeichnet,von,mit,bei,an,für,danke an,dank an,durch"),
        labels: WordPhrases(
            "name,vorname,nachname,familienname,kunde,kundin,ansprechpartner,ansprechpartnerin,empfänger,empfängerin,absender,absenderin,besteller,bestellerin,kontoinhaber,karteninhaber,bearbeiter,bearbeiterin,unterschrift,patient,patientin,gast,mieter,mieterin,vertragspartner,versicherungsnehmer"
        ),
        kin: WordPhrases(
            "mann,frau,sohn,tochter,mutter,vater,bruder,schwester,oma,opa,enkel,enkelin,ehemann,ehefrau,partner,partnerin,freund,freundin,kollege,kollegin,kollegen,mitarbeiter,mitarbeiterin,mitarbeiters,berater,beraterin,verkäufer,verkäuferin,techniker,monteur,fahrer,nachbar,nachbarin,chef,chefin,onkel,tante,neffe,nichte,kellner,kellnerin,kunde,kundin,herrn"
        ),
        greetings: WordPhrases("hallo,liebe,lieber,hi,hey,moin,servus,guten tag,guten morgen,guten abend,danke,vielen dank,grüß gott,geehrte,geehrter"),
        closings: WordPhrases(
            "mit freundlichen grüßen,mit freundlichen grüssen,mit freundlichem gruß,freundliche grüße,freundlichen grüßen,viele grüße,liebe grüße,beste grüße,herzliche grüße,schöne grüße,mit besten grüßen,mfg,lg,vg,gruß,gruss,grüße,hochachtungsvoll,vielen dank,danke"
        ),
        others: WordPhrases(
            """
            damen,herren,herr,frau,kollegen,kollegin,kollege,team,zusammen,leute,kunden,kunde,kundin,service,kundenservice,kundendienst,support,alle,alles,mitte,ende,anfang,ober,nachbar,nachbarin,ihr,ihre,ihrem,ihren,sie,ihnen,ich,du,er,wir,mein,meine,das,die,der,den,dem,ein,eine,einen,es,und,oder,in,im,am,an,auf,mit,von,zu,für,wann,\
            warum,wieso,weshalb,wo,wer,was,wie,bitte,danke,leider,jetzt,heute,gestern,morgen,nun,hier,da,dort,nach,seit,aber,auch,so,ja,nein,nicht,kein,keine,guten,tag,abend,grüße,gruß,januar,februar,märz,april,mai,juni,juli,august,september,oktober,november,dezember,montag,dienstag,mittwoch,donnerstag,freitag,samstag,sonntag,\
            euro,uhr,jahr,jahre,ernst,wolf,mark,stein,berg,burg,wald,feld,bach,kaiser,könig,sommer,winter,herbst,frühling,rose,heide,linde,weg,art,grund,mal,ort,land,haus,hof,markt,platz,geld,ware,amazon,telefon,nummer,mobil,name,vorname,nachname,adresse,e-mail,rechnung,bestellung,deutschland,österreich,schweiz,kind,mann,\
            mutter,vater,sohn,tochter,bruder,schwester,als,wenn,weil,dass,bei,aus,um,bis,ob,doch,noch,nur,sehr,mehr,wegen,ohne,über,unter,vor,zwischen,sogar,sonst,bald,gut,super,toll,schade,hallo,liebe,lieber,hi,alter,engel,vogel,fuchs,hahn,hase,horn,kraft,lang,krank,sauer,tage,tagen,mac,herzlichen,glückwunsch,leere,liste
            """), hasCapitalNouns: true)
}
