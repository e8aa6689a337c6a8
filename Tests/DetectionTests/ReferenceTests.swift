import Detection
import Testing

@Suite("Reference numbers, documents, cards, plates")
struct ReferenceTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "numbers of bookings, cases, claims and members behind their word",
        arguments: [
            ("confirmation code R4TX9Q please", "confirmation code [ORDER_NO] please"), ("PNR C7WZ2P", "PNR [ORDER_NO]"),
            ("my case number is 7730125", "my case number is [ORDER_NO]"),
            ("claim # abq882301", "claim # [ORDER_NO]"), ("policy number KD-4471-20", "policy number [ORDER_NO]"), ("MRN 88213045", "MRN [ORDER_NO]"),
            ("confirmation of the date", "confirmation of the date"), ("in that case please call", "in that case please call"), ("my claim is simple", "my claim is simple"),
        ])
    func references(text: String, expected: String) { expect(text, expected) }

    @Test(
        "documents in other spellings",
        arguments: [
            ("my IBAN is GB82-WEST-1234-5698-7654-32 please", "my IBAN is [IBAN] please"), ("my ssn is 078.05.1120", "my ssn is [SSN]"),
            ("social security 078051120", "social security [SSN]"), ("NI number AB 12 34 56 C", "NI number [NINO]"),
            ("统编04595257", "统编[CREDIT_CODE]"), ("居留证号AB12345678", "居留证号[REGIONAL_ID]"), ("my Aadhaar is 2345 6789 0124", "my Aadhaar is [ID]"), ("统编如何申请", "统编如何申请"),
        ])
    func documents(text: String, expected: String) { expect(text, expected) }

    @Test(
        "cards of the second Mastercard series, masked ones and the last four digits",
        arguments: [
            ("paid with 2223003122003222 today", "paid with [BANK_CARD] today"), ("visa ending 4471 was declined", "visa ending [BANK_CARD] was declined"),
            ("card 5105 10XX XXXX 5100 please", "card [BANK_CARD] please"),
            ("2223003122003223 items", "2223003122003223 items"),
        ])
    func cards(text: String, expected: String) { expect(text, expected) }

    @Test(
        "plates behind their word",
        arguments: [
            ("my reg is LM07 KXT, blue", "my reg is [PLATE], blue"), ("license plate 4KDR922 was", "license plate [PLATE] was"), ("车号RBT-2071", "车号[PLATE]"),
            ("registration was easy", "registration was easy"),
        ])
    func plates(text: String, expected: String) { expect(text, expected) }

    @Test(
        "postcodes have a form of their own",
        arguments: [
            ("to LS6 2BT please", "to [POSTCODE] please"), ("near V6B 1A1", "near [POSTCODE]"), ("zip 94107-1234", "zip [POSTCODE]"), ("iPhone 7 PM", "iPhone 7 PM"),
            ("A4 2 pages", "A4 2 pages"),
        ])
    func postcodes(text: String, expected: String) { expect(text, expected) }

    @Test(
        "rows of numbers, prices and versions are none of them",
        arguments: [
            "Scores 1 3 8 4 4 5 2 3 5 5 4", "we paid 33,549,000 1,589,000 in all", "4.4 15.1 87.0 0.6 22.1 11 on the chart", "latencies 250 300 1000 ms",
        ])
    func rows(text: String) { expect(text, text) }
}
