import Foundation
import Policy
import Testing

@Suite("Packs of codes")
struct FramePackTests {
    private func load(_ text: String) throws -> CodeFrameFile {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("frame-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try CodeFrameFile.load(path)
    }

    @Test("each pack loads without a warning, and says of each code all that a frame can say", arguments: FramePack.allCases)
    func packs(pack: FramePack) throws {
        let frame = try load("version: 1\nextends: [\(pack.rawValue)]\ncodes: []\n")
        #expect(frame.warnings.isEmpty && frame.codes.count >= 3)
        for code in frame.codes {
            let says = ![code.department, code.definition, code.chinese, code.english].contains("") && code.area != nil && code.journey != nil && code.need != nil
            #expect(says && !code.examples.isEmpty && !code.counterexamples.isEmpty, "\(pack.rawValue): \(code.id)")
            #expect(code.trade == (pack == .general ? nil : pack))
        }
    }

    @Test("a company's code names and owns the pack's code of the same id, and adds to its phrases; others can be left out")
    func extending() throws {
        let frame = try load(
            """
            version: 1
            extends: [general, restaurant]
            without: [food.look]
            codes:
              - {id: food.taste, zh: 味, en: Flavour, department: Chefs, phrases: [镬气]}
            """)
        let taste = try #require(frame.codes.first { $0.id == "food.taste" })
        #expect(taste.english == "Flavour" && taste.department == "Chefs" && taste.phrases.first == "镬气" && taste.phrases.contains("好吃"))
        #expect(taste.need == .performance && !taste.definition.isEmpty && taste.trade == nil)
        #expect(!frame.codes.contains { $0.id == "food.look" } && frame.codes.contains { $0.id == "price" && $0.trade == nil })
    }

    @Test("all packs together have each code once")
    func together() throws {
        let all = FramePack.allCases.map(\.rawValue).joined(separator: ", ")
        let frame = try load("version: 1\nextends: [\(all)]\ncodes: []\n")
        #expect(Set(frame.codes.map(\.id)).count == frame.codes.count && frame.codes.count > 60)
    }
}
