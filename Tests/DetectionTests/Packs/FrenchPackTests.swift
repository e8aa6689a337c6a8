import Detection
import Testing

@Suite("The pack of French")
struct FrenchPackTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector(packs: [.fr]).redact(text) == expected) }

    @Test(
        "names by title, introduction, kin, greeting and signature",
        arguments: [
            ("Mme Rousseau-Petit m'avait pourtant promis un remboursement.", "Mme [NAME] m'avait pourtant promis un remboursement."),
            ("Merci à M. Lefebvre pour sa patience avec nous.", "Merci à M. [NAME] pour sa patience avec nous."),
            ("Je m'appelle Aurélie Deschamps et je n'ai rien reçu.", "Je m'appelle [NAME] et je n'ai rien reçu."),
            ("Mon mari Thierry a déjà appelé trois fois sans résultat.", "Mon mari [NAME] a déjà appelé trois fois sans résultat."),
            ("Le colis n'est pas arrivé.\nCordialement,\nJean-Baptiste Garnier", "Le colis n'est pas arrivé.\nCordialement,\n[NAME]"),
        ])
    func names(text: String, expected: String) { expect(text, expected) }

    @Test(
        "what is said to nobody in particular stays",
        arguments: [
            "Madame, Monsieur, je demande le remboursement intégral de mon achat.", "Livraison rapide, emballage soigné, je recommande sans hésiter.",
            "Depuis la dernière mise à jour, l'application plante à chaque ouverture.",
        ])
    func words(text: String) { expect(text, text) }

    @Test(
        "numbers and documents",
        arguments: [
            ("Mon numéro fixe est le 01.44.52.78.90, merci de rappeler.", "Mon numéro fixe est le [PHONE], merci de rappeler."),
            ("Le livreur devait passer le 01.02.2024 et il n'est jamais venu.", "Le livreur devait passer le 01.02.2024 et il n'est jamais venu."),
            ("Je vous donne donc 1 84 12 76 451 089 46 comme demandé.", "Je vous donne donc [SSN] comme demandé."),
            ("Je vous donne donc 1 84 12 2A 451 089 33 comme demandé.", "Je vous donne donc [SSN] comme demandé."),
            ("Je vous donne donc 1 84 12 76 451 089 47 comme demandé.", "Je vous donne donc 1 84 12 76 451 089 47 comme demandé."),
            ("Le mécanicien a gardé ma voiture GH-482-KL pendant une semaine.", "Le mécanicien a gardé ma voiture [PLATE] pendant une semaine."),
        ])
    func numbers(text: String, expected: String) { expect(text, expected) }

    @Test(
        "ages of people, not of things; dates of birth",
        arguments: [
            ("J'ai 72 ans et votre application est illisible.", "J'ai [AGE] et votre application est illisible."),
            ("Avec une garantie de 5 ans je pensais être tranquille.", "Avec une garantie de 5 ans je pensais être tranquille."),
            ("Je suis née le 14 mars 1979 et le site refuse ma date.", "Je suis née le [BIRTH_DATE] et le site refuse ma date."),
        ])
    func life(text: String, expected: String) { expect(text, expected) }
}
