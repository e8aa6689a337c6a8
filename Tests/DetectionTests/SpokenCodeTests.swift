import Detection
import Testing

@Suite("What is spelled")
struct SpokenCodeTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "letters, number words and NATO words",
        arguments: [
            ("account number double four two nine seven one", "account number [ACCOUNT]"), ("post code is lima sierra six two bravo tango", "post code is [POSTCODE]"),
            ("order number is k d four four nine two", "order number is [ORDER_NO]"),
            ("it is spelled m a r q u e z", "it is spelled [NAME]"), ("kilo oscar whiskey", "[NAME]"), ("s for sugar a for apple m for mother", "[NAME]"),
            ("born on the second of may nineteen seventy one", "born on the [BIRTH_DATE]"),
            ("i live at twenty one acacia avenue", "i live at [ADDRESS]"),
        ])
    func found(text: String, expected: String) { expect(text, expected) }

    @Test(
        "a few letters or words of the alphabet are none",
        arguments: ["plan a b c", "an echo in the hotel", "order number of items", "account of the day", "one for all a for effort"])
    func notFound(text: String) { expect(text, text) }
}
