import Detection
import Testing

@Suite("Names of the deployment's things")
struct ThingTests {
    private let detector = Detector(things: ["王守信", "Emma Watson"])

    @Test(
        "stay where nothing says that they are a person's",
        arguments: ["我喝王守信", "王守信的味道一般", "The Emma Watson lamp broke after a week", "the emma-watson lamp broke after a week"])
    func stay(text: String) {
        #expect(detector.redact(text) == text)
        #expect(Detector().redact("我喝王守信") == "我喝[NAME]" && Detector().redact("The Emma Watson lamp broke after a week") == "The [NAME] lamp broke after a week")
    }

    @Test(
        "are hidden behind a cue, before a title, and where the record's customer is called so",
        arguments: [("我叫王守信", "我叫[NAME]"), ("王守信先生来电投诉", "[NAME]先生来电投诉"), ("My name is Emma Watson.", "My name is [NAME]."), ("Mrs Emma Watson called", "Mrs [NAME] called")])
    func hidden(text: String, expected: String) { #expect(detector.redact(text) == expected) }

    @Test("are hidden where the record knows them")
    func known() { #expect(detector.redact("我喝王守信", known: [KnownValue(type: .person, text: "王守信", spelling: .name)]) == "我喝[NAME]") }

    @Test("other names beside them are hidden as ever, and an explanation says why they stay")
    func others() {
        #expect(detector.redact("刘建国喝王守信") == "[NAME]喝王守信")
        let bytes = Array("我喝王守信".utf8)
        #expect(detector.explanation(of: bytes.span).dismissed.contains { $0.reason.contains("redaction.things") })
    }

    @Test("a changed list is another edition; none is the version's own")
    func editions() {
        #expect(Detector(things: ["a"]).edition != Detector(things: ["b"]).edition && Detector(things: ["a"]).edition != Detector(never: ["a"]).edition)
        #expect(Detector(things: ["a"]).edition != Detector.version && Detector(packs: [.de]).edition != Detector(packs: [.fr]).edition)
    }
}
