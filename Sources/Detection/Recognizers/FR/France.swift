/// French: names, numbers and documents of France, telephone numbers of Belgium and Switzerland too.
enum France {
    static let recognizers = PackRecognizers(
        cues: cues, values: values, ages: ages, regions: ["FR", "BE", "CH"], documents: documents, names: names, streets: streets, others: [])

    private static let cues = WordTable<Cues.Kind>(folding: [
        (.phone, "téléphone tél tel portable mobile numéro rappeler rappelez-moi joindre joignable fixe ligne appeler"), (.postcode, "code_postal cp"),
        (.birthDate, "né_le née_le né(e)_le date_de_naissance naissance anniversaire né née"), (.passport, "passeport passeport_numéro"), (.driving, "permis permis_de_conduire"),
        (.bankCard, "carte carte_bancaire carte_bleue numéro_de_carte cb"),
        (
            .account,
            "compte numéro_de_compte client_numéro numéro_client numéro_de_client identifiant adhérent numéro_d'adhérent abonné numéro_d'abonné contrat numéro_de_contrat allocataire rib"
        ),
        (.cardCode, "cryptogramme code_de_sécurité"), (.oneTimeCode, "code_de_retrait code_de_confirmation code_sms code_de_vérification"), (.password, "mot_de_passe mdp"),
        (.order, "commande numéro_de_commande réservation numéro_de_réservation dossier numéro_de_dossier référence facture sinistre ticket billet"),
        (.tracking, "colis suivi numéro_de_suivi numéro_de_colis"),
        (.plate, "immatriculation plaque immatriculé immatriculée"),
    ])
    private static let values = ValueWords(
        links: PhraseList(folding: "numéro n° nº no. est est_le c'est le la les l' au du de mon ma notre sur : numero suivant le_numéro se_terminant_par finissant_par #"),
        months: PhraseList(folding: "janv févr mars avr mai juin juil août sept oct nov déc jan fév fev aout dec"), ordinals: PhraseList(folding: "er de"))
    private static let ages = AgeWords(
        suffixes: PhraseList(folding: "_ans"),
        persons: ["j'ai", "j\u{2019}ai", "il a ", "elle a ", "âgé", "fils", "fille", "mère", "père", "mari", "femme", "enfant", "qui a ", "dame de", "homme de", "femme de"],
        against: PhraseList(folding: "_de_garantie _d'ancienneté _que _et_plus _de_fidélité"))

    // MARK: Documents

    private static let documents = [
        DocumentForm("ssn.fr", .socialSecurity, "999999*99999999", alone: .score(0.9), cues: "sécurité_sociale sécu nir insee vitale", holds: isInsured),
        DocumentForm("ssn.fr", .socialSecurity, "999999*999999", cues: "sécurité_sociale sécu nir insee vitale") { (1...8).contains(Checksums.number($0[..<1])) },
        DocumentForm("national-id.fr-tax", .identifier, "9999999999999", cues: "fiscal spi impôts") { Checksums.number($0[..<10]) % 511 == Checksums.number($0[10...]) },
        DocumentForm("national-id.fr-card", .identifier, "999999999999", cues: "carte_d'identité carte_nationale cni identité"),
        DocumentForm("national-id.fr-card", .identifier, "*********", cues: "carte_d'identité carte_nationale cni") { $0.count(where: FoldedText.isDigit) >= 3 },
        DocumentForm("credit-code.fr", .creditCode, "99999999999999", cues: "siret") { units in Checksums.luhn(units.map { UInt8($0 - 48) }) },
        DocumentForm("plate.fr", .plate, "AA999AA", alone: .groups([2, 3, 2], 0.8), cues: "immatriculation immatriculé immatriculée plaque"),
    ]

    /// The number of INSEE's register: sex, year and month of birth, département (2A and 2B in Corsica), commune, order; 97 less the rest is its key.
    private static let isInsured: @Sendable ([UInt32]) -> Bool = { units in
        var digits = Array(units[..<13])
        var isCorsican = 0
        if !FoldedText.isDigit(digits[6]) {
            guard digits[5] == 0x32, digits[6] == 0x61 || digits[6] == 0x62 else { return false }
            isCorsican = digits[6] == 0x61 ? 1 : 2
            digits[6] = 0x30
        }
        guard [1, 2, 3, 4, 7, 8].contains(Checksums.number(digits[..<1])) else { return false }
        // 2A counts as 19, 2B as 18.
        let number = Checksums.number(digits) - isCorsican * 1_000_000
        return 97 - number % 97 == Checksums.number(units[13...])
    }

    private static let streets = PackStreetWords(
        order: .numberFirst,
        beginnings: WordPhrases("rue,avenue,av,boulevard,bd,place,allée,allées,impasse,chemin,quai,cours,route,square,passage,résidence,villa,cité,lotissement,faubourg"),
        suffixes: [], needsTown: false)

    // MARK: Names

    private static let names = PackNameWords(
        titles: WordPhrases("m,mr,mme,mmes,mlle,monsieur,madame,mademoiselle,messieurs,dr,docteur,pr,professeur,maître,me"),
        introductions: WordPhrases(
            "je m'appelle,m'appelle,s'appelle,s'appellent,mon nom est,mon nom c'est,nommé,nommée,au nom de,à nom de,de la part de,moi c'est,signé,c'est de la part de"),
        beginnings: WordPhrases("je suis,ici,c'est,par,avec,à,chez,pour,merci à,et,de"),
        labels: WordPhrases(
            "nom,prénom,nom de famille,nom et prénom,client,cliente,destinataire,expéditeur,titulaire,contact,signataire,patient,patiente,bénéficiaire,interlocuteur,interlocutrice,locataire,assuré,assurée,abonné,abonnée"
        ),
        kin: WordPhrases(
            "mari,femme,fils,fille,mère,père,frère,sœur,soeur,ami,amie,collègue,épouse,époux,compagne,compagnon,conjoint,conjointe,voisin,voisine,conseiller,conseillère,vendeur,vendeuse,technicien,technicienne,livreur,chauffeur,maman,papa,mamie,papi,tante,oncle,cousin,cousine,neveu,nièce,serveur,serveuse,gérant,gérante,réceptionniste"
        ),
        greetings: WordPhrases("bonjour,bonsoir,salut,cher,chère,chers,chères,coucou,merci,à l'attention de"),
        closings: WordPhrases(
            "cordialement,bien cordialement,sincères salutations,salutations,salutations distinguées,bien à vous,amicalement,à bientôt,bonne journée,bonne soirée,cdlt,respectueusement,merci d'avance,merci,bisous,sentiments distingués"
        ),
        others: WordPhrases(
            """
            le,la,les,un,une,des,du,de,et,ou,je,tu,il,elle,nous,vous,ils,elles,mon,ma,mes,ce,cette,ces,c'est,j'ai,on,à,au,aux,en,dans,par,pour,sur,avec,sans,mais,donc,or,ni,car,ne,pas,plus,très,bien,oui,non,merci,bonjour,bonsoir,salut,cordialement,monsieur,madame,mademoiselle,messieurs,mesdames,directeur,directrice,service,\
            client,clients,équipe,amazon,facture,commande,colis,janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre,lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche,noël,pâques,paris,france,internet,wifi,quand,comment,pourquoi,où,qui,que,quoi,après,avant,depuis,aucun,aucune,tout,tous,\
            toute,toutes,bref,votre,vos,notre,nos,leur,leurs,son,sa,ses,si,super,parfait,adresse,tél,téléphone,nom,prénom,mail,email,or,rose,marine,ange,juste,constant,aimé,claire,violette,prudence,désiré,parfaite,lin,flora,air,orange,free,carrefour,max,maxi,mac
            """), hasCapitalNouns: false)
}
