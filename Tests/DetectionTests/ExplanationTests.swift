import Detection
import Foundation
import Testing

@Suite("Rules and explanations")
struct ExplanationTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "Sources/Detection")

    @Test("every rule of the sources is listed once, with its type, and no other")
    func listed() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        let texts = try files.filter { $0.pathExtension == "swift" && $0.lastPathComponent != "DetectionRule.swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
        let types = Set(EntityType.specialCategories.filter { $0 != .minor }.map { "special.\($0.rawValue.lowercased())" })
        let known = DetectionRule.all.map(\.id)
        let pattern = /"([a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*)"/
        let written = Set(texts.flatMap { $0.matches(of: pattern).map { String($0.output.1) } }).filter { !$0.hasSuffix(".txt") && !$0.hasSuffix(".weights") }
        #expect(Set(known).count == known.count)
        #expect(written.union(types).subtracting(known).isEmpty, "not listed: \(written.union(types).subtracting(known).sorted())")
        let whole = texts.joined()
        #expect(
            known.allSatisfy { types.contains($0) || whole.contains("\"\($0)\"") },
            "listed, and nowhere used: \(known.filter { !types.contains($0) && !whole.contains("\"\($0)\"") })")
    }

    @Test(
        "what was considered and stays has a reason",
        arguments: [
            ("适合三岁以下", "AGE", "scores 0.4, below 0.5"), ("周六福的戒指掉色", "NAME", "reads rather as words"), ("黄太极也不过如此", "NAME", "a brand"),
        ])
    func reasons(text: String, type: String, reason: String) {
        let bytes = Array(text.utf8)
        let (found, dismissed) = Detector().explanation(of: bytes.span)
        #expect(dismissed.contains { $0.entity.name == type && $0.reason.contains(reason) }, "\(dismissed)")
        #expect(found == Detector().entities(in: text))
    }

    @Test("words that are never redacted say so")
    func never() {
        let bytes = Array("我喝王守信".utf8)
        let (found, dismissed) = Detector(never: ["王守信"]).explanation(of: bytes.span)
        #expect(found.isEmpty && dismissed.contains { $0.reason == "redaction.never keeps it" })
    }
}
