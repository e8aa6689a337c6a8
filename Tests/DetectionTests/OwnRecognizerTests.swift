import Testing

@testable import Detection

@Suite("Recognizers of a deployment's own")
struct OwnRecognizerTests {
    private func redact(_ text: String, _ recognizers: Recognizer..., rules: [EntityType: TypeRule] = [:], never: [String] = []) -> String {
        Detector(rules: rules, never: never, own: recognizers).redact(text)
    }

    @Test(
        "checksums by name, against published numbers",
        arguments: [
            (OwnChecksum.luhn, "79927398713", true), (.luhn, "79927398710", false), (.luhn, "VC12345674", true), (.luhn, "VC12345675", false), (.mod97, "79444", true),
            (.mod97, "79445", false),
            // ORCID, a resident identity card, ISO 7064's own example, Aadhaar's scheme, an NHS number.
            (.mod11_2, "0000-0002-1825-0097", true), (.mod11_2, "0000-0002-1694-233X", true), (.mod11_2, "0000-0002-1825-0096", false), (.mod11_2, "11010519491231002X", true),
            (.mod11_10, "07945", true), (.mod11_10, "07946", false), (.verhoeff, "2363", true), (.verhoeff, "2364", false), (.verhoeff, "2633", false),
            (.weighted([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], modulus: 11), "943 476 5919", true), (.weighted([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], modulus: 11), "943 476 5918", false),
            (.weighted([1, 1], modulus: 10), "123", false), (.luhn, "0", false),
        ])
    func checksums(checksum: OwnChecksum, number: String, holds: Bool) {
        #expect(checksum.holds(for: FoldedText.units(of: number)[...]) == holds)
    }

    @Test("cues, words against it, and how far away they stand")
    func cues() throws {
        let needed = try Recognizer(name: "LOYALTY_NO", pattern: "\\d{6}", cues: ["会员", "ref"], against: ["型号"], reach: 4)
        #expect(redact("会员卡号123456", needed) == "会员卡号[LOYALTY_NO]" && redact("123456是我的会员号", needed) == "[LOYALTY_NO]是我的会员号")
        #expect(redact("会员,那天我说过的123456", needed) == "会员,那天我说过的123456" && redact("数量123456", needed) == "数量123456")
        #expect(redact("会员型号123456", needed) == "会员型号123456" && redact("prefer 123456", needed) == "prefer 123456" && redact("ref 123456", needed) == "ref [LOYALTY_NO]")
        let helpful = try Recognizer(name: "LOYALTY_NO", pattern: "VC\\d{6}", cues: ["会员"], score: 0.9, scoreAlone: 0.6)
        #expect(redact("VC123456", helpful) == "[LOYALTY_NO]")
    }

    @Test("its results are replaced and numbered as all others, may stay by word, and one recognizer does not speak for another")
    func replaced() throws {
        let shelf = try Recognizer(name: "SHELF", pattern: "S\\d{3}"), locker = try Recognizer(name: "LOCKER", pattern: "L\\d{5}", replacement: .mask(keepLast: 2))
        #expect(redact("S123, S456, s123; L12345", shelf, locker) == "[SHELF_1], [SHELF_2], [SHELF_1]; ****45")
        #expect(redact("S123 S456", shelf, never: ["S123"]) == "S123 [SHELF]")
        #expect(Detector(own: [shelf]).entities(in: "in S123").map(\.name) == ["SHELF"])
        // A longer value of a type that the vault knows wins, and nothing of either stays.
        let part = try Recognizer(name: "PART", pattern: "138 0013")
        #expect(redact("电话138 0013 8000", part) == "电话[PHONE]")
    }

    @Test("each configuration is an edition of its own, the default one the version's")
    func editions() throws {
        let shelf = try Recognizer(name: "SHELF", pattern: "S\\d{3}"), other = try Recognizer(name: "SHELF", pattern: "S\\d{4}")
        let detectors = [
            Detector(), Detector(own: [shelf]), Detector(own: [other]), Detector(always: ["qwertz"]), Detector(never: ["qwertz"]),
            Detector(rules: [.health: TypeRule(threshold: 1)]),
        ]
        #expect(detectors[0].edition == Detector.version && Set(detectors.map(\.edition)).count == detectors.count)
        #expect(detectors.allSatisfy { DetectorEdition.version($0.edition) == Detector.version && $0.edition > 0 })
        #expect(Detector(never: ["a", "b"]).edition == Detector(never: ["b", "a"]).edition)
    }
}
