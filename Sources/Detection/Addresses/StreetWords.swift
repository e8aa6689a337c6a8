/// Words of addresses in Latin letters, without accents.
enum StreetWords {
    /// End the name of a street, in any case.
    static let endings = WordSet(
        """
        street st avenue ave road rd lane ln drive dr boulevard blvd court ct way place pl terrace square sq parkway pkwy highway hwy crescent close gardens grove circle cir trail row mews hill walk quay str utca
        u ut utja ter korut tn tee terrasse bulvar ulica cesta straat gasse platz allee plads plass gata gatan vej vejen veien vegen katu tie laan weg
        """)
    /// Rarer ones (USPS Publication 28, appendix C1): only as capitals.
    static let rareEndings = WordSet(
        """
        alley annex arcade bayou beach bend bluff bottom branch bridge brook burg bypass camp canyon cape causeway center centre cliff cliffs club common commons corner corners course crossroad curve
        cove creek crest crossing dale dam divide estate estates expressway extension extensions fall falls ferry field fields flat flats ford forest forge fork forks fort freeway garden gateway
        glen glens green greens groves harbor harbors haven heights hills hollow inlet island islands isle junction key keys knoll knolls lake lakes land landing light lights loaf lock broadway
        locks lodge loop mall manor manors meadow meadows mill mills mission motorway mount mountain mountains neck orchard oval overpass park parks pass passage path pike pine pines
        plain plains plaza point points port ports prairie radial ramp ranch rapid rapids rest ridge ridges river roads route rue run shoal shoals shore shores skyway spring springs
        spur squares station stravenue stream streets summit throughway trace track trafficway tunnel turnpike underpass union unions valley valleys via viaduct view views village
        villages ville vista walks wall ways well wells mansions court courts drives circles avenues lanes
        """)
    /// Begin it: rue de la Paix, Via Roma, ul. Polna.
    static let beginnings = WordSet(
        """
        rue via viale corso piazza calle avenida av avda rua travessa praca largo estrada ul ulica al aleja os plac jalan jl lorong rruga strada str bulevardul cours allee chemin impasse quai plaza paseo camino carrera
        ronda vicolo largo lieu cite chaussee boulevard avenue route place ulitsa prospekt odos leoforos c/ carretera nam namesti trg mg
        """)
    /// End it as part of the word: Hauptstraße, Magasinsgatan, Mellemvej.
    static let suffixes: [[UInt32]] = [
        "strasse", "strase", "straat", "gasse", "platz", "allee", "gatan", "gata", "gaten", "gade", "vagen", "vegen", "veien", "vejen", "vej", "katu", "kuja", "polku", "tie",
        "laan", "weg", "steeg", "plein", "kade", "gracht", "dreef", "hof",
        "stigen", "stien", "torg", "torget", "ova", "ska", "straeti", "braut", "gotu", "brucke", "utca", "kaari", "ranta", "tanav", "puiestee", "maantee", "terrasse", "bakken",
        "vangen",
    ].map { $0.unicodeScalars.map(\.value) }
    /// Of the Hungarian, Estonian and Nordic names, written small behind a capital.
    static let smallEndings = WordSet("utca u ut utja ter korut tn tee terrasse bulvar vej gade gata vag vei katu tanav")
    static let units = WordSet("apt apartment unit suite ste floor flat room rm box no")
    static let particles = WordSet("de la do da dos das del di van der den von of the al el le les du des st y i and bin ten ter het zum zur am")
    /// Begin something else in a block: Phone: …
    static let labels = WordSet(
        """
        phone tel telephone mobile cell fax email e-mail mail web website www policy account order invoice customer contact attn dob ssn date name my i we the please thanks thank regards it this that he she they is was
        desk office work home info url http https card expires credit if when what where how why can could would will have has on in at to from for and but or so then re subject sent cheers best
        """)
    static let states = WordSet(
        """
        al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu mp as fm mh pw aa ae ap on qc bc ab nsw vic qld
        """)
}
