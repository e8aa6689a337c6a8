import Detection
import Testing

@Suite("Names in Latin letters")
struct EnglishNameTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "names in no list, with accents, in small letters",
        arguments: [
            ("I spoke with Andrés Muñoz yesterday", "I spoke with [NAME] yesterday"), ("My name is Łukasz Wrona", "My name is [NAME]"),
            ("my name is lakshmi venkatesan and the kettle leaks", "my name is [NAME] and the kettle leaks"),
            ("the surname is okonkwo", "the surname is [NAME]"), ("Thanks to Priyanka for the quick fix", "Thanks to [NAME] for the quick fix"),
            ("Wang Xiaoming called", "[NAME] called"), ("我英文名叫Kevin", "我英文名叫[NAME]"), ("Tony老师剪得好", "[NAME]老师剪得好"),
            ("Senator Nakamura spoke", "[NAME] spoke"),
        ])
    func found(text: String, expected: String) { expect(text, expected) }

    @Test(
        "places, months, brands and small words stay",
        arguments: [
            "Please call me back about the loan", "They called back twice", "Flew from Denver to Charlotte in August", "I called Verizon and then Delta", "Dear Apple Support",
            "My iPhone from Apple", "a very good name. However the food was cold",
            "this is Amazing", "I'm Disappointed", "A company called Acme", "the risotto and the Panna Cotta",
        ])
    func notFound(text: String) { expect(text, text) }

    @Test(
        "tags, particles, signatures and forms of address",
        arguments: [
            ("great set by #JaneMcAllister tonight", "great set by [NAME] tonight"), ("#BlackFriday deals", "#BlackFriday deals"),
            ("I met Omar bin Khalid Al-Farsi there", "I met [NAME] there"),
            ("Mr van den Bosch still has it", "Mr [NAME] still has it"), ("Cheers,\nIsobel", "Cheers,\n[NAME]"),
            ("Please sort this out soon. Marguerite Thwaite", "Please sort this out soon. [NAME]"),
            ("Oluwaṣẹ́un Adébáyọ̀ called", "[NAME] called"),
        ])
    func parts(text: String, expected: String) { expect(text, expected) }

    @Test(
        "towns of two words, small letters of other alphabets, words in full width and brands among Chinese stay",
        arguments: ["Hong Kong to New York was late", "we paid the Company twice", "我买的ｆｌｏｗｅｒｓ到了", "这个mizuno手套不错"])
    func notPersons(text: String) { expect(text, text) }
}
