import Classification
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// A vault with a module whose labels people give, and sixty texts.
@Suite("Labels that are asked for")
struct LessonsTests {
    private static func declared(_ name: String, _ text: String) -> String {
        let text = TestVault.openRows(name, text)
        switch name {
        case "schema.yaml": return text.replacing("modules:\n  follow_up", with: "modules:\n  taught: {labels: [locker, parking, none], several: true}\n  follow_up")
        case "roles.yaml": return text.replacing("          coding: reveal\n", with: "          coding: reveal\n          taught: reveal\n")
        default: return text
        }
    }

    private let vault: TestVault
    private let coder: Session
    /// Pseudonyms of records by text.
    private let records: [String: String]

    init() throws {
        vault = try TestVault(edit: Self.declared)
        var lines: [String] = []
        for number in 0..<20 {
            lines.append(line(id: "l\(number)", customer: ["id": "L\(number)"], text: "柜子的取件码收不到,第\(number + 31)次了"))
            lines.append(line(id: "p\(number)", customer: ["id": "P\(number)"], text: "停车场的道闸打不开,堵了\(number + 31)分钟"))
            lines.append(line(id: "m\(number)", customer: ["id": "M\(number)"], text: number == 0 ? "停车场旁边的柜子道闸一样打不开,取件码也没有" : "味道不错,老板人很好,\(number + 31)块"))
        }
        try vault.ingest(lines)
        coder = try vault.session("classification")
        records = Dictionary(
            try coder.page(Query(select: ["record", "text"], purpose: "insight")).rows.map { ($0[1].description, $0[0].description) }, uniquingKeysWith: { first, _ in first })
    }

    private func label(_ count: Int) throws {
        let all = records.keys.sorted()
        func some(_ word: String, _ label: String) -> [Annotation] {
            all.filter { $0.hasPrefix(word) }.prefix(count).map { Annotation(record: records[$0]!, module: "taught", labels: [label: 1]) }
        }
        _ = try coder.annotate(some("柜子", "locker") + some("停车场的", "parking") + some("味道", "none"), purpose: "insight")
    }

    private func questions(_ limit: Int) async throws -> [Lessons.Question] {
        try await Lessons(of: "taught", from: coder, purpose: "insight").questions(from: coder, limit: limit)
    }

    @Test("at first texts that differ are asked for, none twice in nearly the same words")
    func first() async throws {
        let asked = try await questions(4)
        #expect(asked.count == 4 && asked.allSatisfy { $0.guesses.isEmpty && records[$0.text] == $0.record })
        #expect(Set(asked.prefix(3).map { $0.text.prefix(3) }).count == 3, "\(asked.map(\.text))")
        #expect(try await questions(50).count < 30)
        #expect(try await questions(4) == asked)
    }

    @Test("once there are labels, the text between two of them is asked for first, with what the model makes of it; labelled ones are not")
    func doubtful() async throws {
        try label(8)
        let asked = try await questions(3)
        #expect(asked.first?.text.hasPrefix("停车场旁边") == true && Set(asked.first?.guesses.prefix(2) ?? []) == ["locker", "parking"], "\(asked)")
        let lessons = try await Lessons(of: "taught", from: coder, purpose: "insight")
        #expect(lessons.examples.count == 24)
        let model = try #require(lessons.model())
        #expect(model.scores("取件码收不到")["locker"]! > 0.5 && model.scores("道闸打不开")["parking"]! > 0.5 && model.scores("老板人很好")["locker"]! < 0.5)
    }

    @Test("erasing a customer takes their text out of what is learned next, as if it had never been labelled")
    func erasure() async throws {
        try label(8)
        let before = try await Lessons(of: "taught", from: coder, purpose: "insight")
        let text = try #require(before.examples.first { $0.labels == ["locker"] }?.text)
        let officer = try vault.session("compliance")
        let number = try #require(Int(text.filter(\.isNumber))) - 31
        let subject = try #require(try officer.lookup(field: "customer_id", value: "L\(number)", purpose: "subject-request").subjects.first)
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        let after = try await Lessons(of: "taught", from: coder, purpose: "insight")
        let without = before.examples.filter { $0.text != text }
        #expect(after.examples.count == 23 && after.model() == LinearModel(training: without) && after.model() != before.model())
    }
}
