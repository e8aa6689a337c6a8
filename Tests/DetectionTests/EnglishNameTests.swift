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
}
