import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Modules of one's own")
struct ModuleTests {
    /// With two modules, which analyst and coder see.
    private static func declared(_ name: String, _ text: String) -> String {
        let text = TestVault.openRows(name, text)
        switch name {
        case "schema.yaml":
            return text.replacing(
                "modules:\n  follow_up", with: "modules:\n  leaving: {labels: [high, medium, low]}\n  reasons: {labels: [price, wait, staff], several: true}\n  follow_up")
        case "roles.yaml": return text.replacing("          coding: reveal\n", with: "          coding: reveal\n          leaving: reveal\n          reasons: reveal\n")
        default: return text
        }
    }

    private let vault: TestVault
    private let coder: Session
    private let records: [String]

    init() throws {
        vault = try TestVault(edit: Self.declared)
        try vault.ingest((1...12).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        coder = try vault.session("classification")
        records = try coder.page(Query(select: ["record"], purpose: "insight")).rows.map { $0[0].description }
    }

    private func say(_ module: String, _ labels: [String: Double]) throws {
        _ = try coder.annotate([Annotation(record: records[0], module: module, labels: labels)], purpose: "insight")
    }

    private func refusal(_ module: String, _ labels: [String: Double]) -> String {
        do {
            try say(module, labels)
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test("what a module says is a field: shown, compared, grouped, in the customer's copy; its new labels take the place of the old")
    func fields() throws {
        try say("leaving", ["high": 0.9])
        try say("leaving", ["low": 0.4])
        try say("reasons", ["price": 1, "wait": 0.5])
        let rows = try coder.page(Query(select: ["record", "leaving", "reasons"], filter: Condition(parsing: "leaving = 'low'"), purpose: "insight")).rows
        #expect(rows == [[.text(records[0]), .text("low"), .text("price wait")]])
        #expect(try coder.page(Query(select: ["record"], filter: Condition(parsing: "reasons in ('wait')"), purpose: "insight")).rows.count == 1)
        #expect(try coder.page(Query(select: ["record"], filter: Condition(parsing: "leaving is null"), purpose: "insight")).rows.count == 11)
        _ = try coder.annotate(records.map { Annotation(record: $0, module: "leaving", labels: ["medium": 1]) }, purpose: "insight")
        let table = try coder.aggregate(AggregateQuery(groupBy: [.field("leaving")], measures: [.count], purpose: "insight"))
        #expect(table.rows.map { $0[0] } == [.text("medium")])
        let officer = try vault.session("compliance")
        var copy = ""
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("leaving") && copy.contains("medium") && !copy.contains("m_leaving"))
        _ = try vault.administrator.verifyAudit()
    }

    @Test("an unknown module or label is bad input: position, member and nearest name are told, and nothing of the request is stored")
    func slips() throws {
        #expect(refusal("leavin", ["high": 1]) == "'annotations[0].module': there is no module 'leavin' (did you mean 'leaving'?)")
        #expect(refusal("leaving", ["hgh": 1]) == "'annotations[0].labels': there is no label 'hgh' (did you mean 'high'?), and module 'leaving' has high, medium, low")
        #expect(refusal("leaving", ["high": 1, "low": 1]) == "'annotations[0].labels': a record has one label of module 'leaving'")
        #expect(refusal("leaving", ["high": 1.5]) == "'annotations[0].labels': a score is a number from 0 to 1")
        #expect(refusal("sentiment", ["positiv": 1]).contains("did you mean 'positive'?"))
        #expect(refusal("sentiment", ["positive": 1, "negative": 1]).contains("one label"))
        #expect(refusal("emotion", ["angry": 1]).contains("has anger, "))
        #expect(refusal("aspect", ["taste.positiv": 1]).contains("did you mean 'positive'?"))
        #expect(refusal("aspect", ["taste": 1]).contains("ends in .negative"))
        #expect(refusal("topic", Dictionary(uniqueKeysWithValues: (0...50).map { ("t\($0)", 1) })) == "'annotations[0].labels': a record has 50 labels of module 'topic' at most")
        let good = Annotation(record: records[1], module: "leaving", labels: ["high": 1])
        #expect { try coder.annotate([good, Annotation(record: records[2], module: "leaving", labels: ["hgh": 1])], purpose: "insight") } throws: {
            "\($0)".hasPrefix("'annotations[1].labels'")
        }
        #expect(try coder.page(Query(select: ["record"], filter: .isNull(field: "leaving"), purpose: "insight")).rows.count == 12)
        #expect { try coder.page(Query(select: ["record"], filter: Condition(parsing: "leaving = 'hihg'"), purpose: "insight")) } throws: {
            "\($0)".contains("did you mean 'high'?")
        }
        // What a label may not be is never repeated.
        #expect(!refusal("leaving", ["13800138000": 1]).contains("138"))
    }

    @Test("topics, reasons to hurry and aspects are of the code frame, where there is one")
    func frame() throws {
        let path = vault.location.policies + "/codeframe.yaml"
        try "version: 1\ncodes:\n  - {id: price, zh: 价格, en: Price, phrases: [贵]}\n".write(toFile: path, atomically: true, encoding: .utf8)
        let coder = try vault.reopened().session(token: vault.token("classification", named: "coder"))
        func say(_ module: String, _ label: String) throws { _ = try coder.annotate([Annotation(record: records[0], module: module, labels: [label: 1])], purpose: "insight") }
        for (module, label) in [("topic", "pric"), ("urgency", "pric"), ("aspect", "pric.positive")] {
            #expect { try say(module, label) } throws: { "\($0)".contains("there is no code 'pric' (did you mean 'price'?)") }
        }
        try say("topic", "price")
        try say("aspect", "price.negative")
    }
}
