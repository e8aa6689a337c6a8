import Classification
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Places of aspects")
struct AspectPlaceTests {
    private static let frame = CodeFrame(codes: [
        .init(id: "taste", chinese: "", english: "", department: "", isUrgent: false, phrases: ["味道"]),
        .init(id: "wait", chinese: "", english: "", department: "", isUrgent: false, phrases: ["等了"]),
    ])
    private let classifier = Classifier(frame: frame)

    private func vault(_ text: String) throws -> TestVault {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text }
        try vault.ingest([line(id: "1", customer: ["id": "C1"], text: text)])
        return vault
    }

    private func rows(_ vault: TestVault, role: String = "analyst") throws -> [[Value]] {
        try vault.session(role).page(Query(select: ["text", "aspect", "aspect_places"], purpose: "insight")).rows
    }

    @Test("they are the clauses that speak of the aspect, in the text as rows show it")
    func shown() async throws {
        let vault = try vault("我叫欧阳娜娜,电话13912345678。味道很好,但是等了两小时,味道真的好")
        _ = try await classifier.run(on: vault.session("classification"), purpose: "insight")
        let row = try #require(rows(vault).first)
        let (text, places) = (Array(row[0].description.unicodeScalars), row[2].description)
        #expect(row[1] == .text("taste.positive wait.negative"))
        let words = places.split(separator: "; ").map { place -> String in
            let parts = place.split(separator: " ")
            return parts[0] + ":"
                + parts.dropFirst().map { range in
                    let ends = range.split(separator: "-").map { Int($0)! }
                    return String(String.UnicodeScalarView(text[ends[0]..<ends[1]]))
                }.joined(separator: "|")
        }
        #expect(words == ["taste.positive:味道很好,|味道真的好", "wait.negative:但是等了两小时,"])
    }

    @Test("a text that is redacted again hides them and is coded again")
    func redactedAgain() async throws {
        let vault = try vault("味道很好,但是等了两小时")
        let coder = try vault.session("classification")
        #expect(try await classifier.run(on: coder, purpose: "insight").coded == 1)
        #expect(try rows(vault)[0][2] != .null)
        #expect(try vault.session("retention").reredact(all: true).done == 1)
        #expect(try rows(vault)[0][2] == .null)
        // Topics stay until then; no second run is needed for those that were not redacted again.
        #expect(try await classifier.run(on: coder, purpose: "insight").coded == 1)
        #expect(try rows(vault)[0][2] != .null)
        #expect(try await classifier.run(on: coder, purpose: "insight").coded == 0)
    }

    @Test("places of another text than the record has are not shown, and none that are no places are taken")
    func others() throws {
        let vault = try vault("味道很好,但是等了两小时")
        let coder = try vault.session("classification")
        let row = try coder.page(Query(select: ["record", "text"], purpose: "insight")).rows[0]
        let (record, text) = (row[0].description, row[1].description)
        func annotate(_ places: [String: [Int]], mark: String?, module: String = "aspect", label: String = "taste.positive") throws {
            _ = try coder.annotate([Annotation(record: record, module: module, labels: [label: 1], places: places, mark: mark)], purpose: "insight")
        }
        try annotate(["taste.positive": [0, 4]], mark: Annotation.mark(of: text + "!"))
        #expect(try rows(vault)[0][2] == .null)
        try annotate(["taste.positive": [0, 400]], mark: Annotation.mark(of: text))
        #expect(try rows(vault)[0][2] == .null)
        try annotate(["taste.positive": [0, 4]], mark: Annotation.mark(of: text))
        #expect(try rows(vault)[0][2] == .text("taste.positive 0-4"))
        for (places, mark) in [
            ([0], Annotation.mark(of: text)), ([4, 0], Annotation.mark(of: text)), ([0, 4, 2, 6], Annotation.mark(of: text)), ([0, 4], nil), ([0, 4], "our customer 1234"),
        ] {
            #expect(throws: VaultError.self) { try annotate(["taste.positive": places], mark: mark) }
        }
        #expect(throws: VaultError.self) { try annotate(["wait.negative": [0, 4]], mark: Annotation.mark(of: text)) }
        #expect(throws: VaultError.self) { try annotate(["taste": [0, 4]], mark: Annotation.mark(of: text), module: "topic", label: "taste") }
        // New aspects replace the places of the former ones.
        _ = try coder.annotate([Annotation(record: record, module: "aspect", labels: ["taste.positive": 1])], purpose: "insight")
        #expect(try rows(vault)[0][2] == .null)
    }

    @Test("only rows that show the text show them; no condition and no figure is about them")
    func rights() async throws {
        let vault = try vault("味道很好,但是等了两小时")
        _ = try await classifier.run(on: vault.session("classification"), purpose: "insight")
        let analyst = try vault.session("analyst")
        #expect(throws: VaultError.self) { try rows(vault, role: "reporting") }
        #expect(throws: VaultError.self) {
            try analyst.aggregate(AggregateQuery(groupBy: [.field("aspect_places")], measures: [.count], purpose: "insight"))
        }
        #expect(throws: VaultError.self) {
            try analyst.page(Query(select: ["aspect"], filter: try Condition(parsing: "aspect_places = 'taste.positive 0-4'"), purpose: "insight"))
        }
    }
}
