import Detection
import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing

@testable import VoCVault

@Suite("Recognizers in schema.yaml")
struct OwnRecognizerTests {
    private static let loyalty = "recognizers: {LOYALTY_NO: {pattern: 'VC\\d{8}', cues: [会员], examples: [\"会员卡VC12345678\"], counterexamples: [\"型号VC12345678\"]}}"

    private static func vault(_ recognizers: String) throws -> TestVault {
        try TestVault { name, text in name == "schema.yaml" ? text.replacing("\n  recognizers: {}", with: "\n  " + recognizers) : text }
    }

    private func texts(_ session: Session) throws -> [String] {
        try session.page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }.sorted()
    }

    @Test("its type is redacted in texts that come in, and found in searches by its placeholder only")
    func ingested() throws {
        let vault = try Self.vault(Self.loyalty)
        try vault.ingest((1...6).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "会员卡VC12345678积分没到") } + [line(id: "7", customer: ["id": "C7"], text: "型号VC12345678坏了")])
        let analyst = try vault.session("analyst")
        #expect(try texts(analyst) == Array(repeating: "会员卡[LOYALTY_NO]积分没到", count: 6) + ["型号VC12345678坏了"])
        func found(_ word: String) throws -> Int { try analyst.page(Query(select: ["record"], filter: .contains(field: "text", word), purpose: "insight")).rows.count }
        #expect(try found("[loyalty_no]") == 6)
    }

    @Test("a changed configuration makes stored texts stale: they are shown as the new one redacts them, and 'reredact' stores that")
    func stale() throws {
        let vault = try Self.vault("recognizers: {}")
        try vault.ingest((1...3).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "会员卡VC1234567\($0)积分没到") })
        #expect(try texts(vault.session("analyst")).allSatisfy { $0.contains("VC1234567") })
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        try String(contentsOf: schema, encoding: .utf8).replacing("\n  recognizers: {}", with: "\n  " + Self.loyalty).write(to: schema, atomically: true, encoding: .utf8)
        let opened = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now })
        #expect(try texts(opened.session(token: vault.token("analyst"))) == Array(repeating: "会员卡[LOYALTY_NO]积分没到", count: 3))
        let job = try opened.session(token: vault.token("retention"))
        #expect(try job.reredact() == ReredactionReport(done: 3, left: 0))
        #expect(try job.reredact().done == 0)
        #expect(try vault.alter("UPDATE record SET purged = purged WHERE redaction_version = \(opened.detector.edition)") == 3)
        #expect(opened.detector.edition != Detector.version)
        _ = try vault.administrator.verifyAudit()
    }

    @Test(
        "what cannot be used, or does not do what its examples say, is named by file, line and recognizer, and no example is repeated",
        arguments: [
            ("A1: {pattern: 'VC(\\d', examples: [VC1]}", "the pattern of recognizer 'A1' cannot be used: '(' at character 3 is not closed"),
            ("A1: {pattern: 'VC\\d', examples: [secret]}", "example 1 of recognizer 'A1' is not found: nothing in it has the pattern"),
            ("A1: {pattern: '\\d{4}', checksum: luhn, cues: [card], examples: [\"card 1234\"]}", "with a right checksum, a cue within 12 characters"),
            ("A1: {pattern: 'VC\\d', examples: [VC1], counterexamples: [x, VC2]}", "counterexample 2 of recognizer 'A1' is found"),
            ("PHONE: {pattern: 'VC\\d', examples: [VC1]}", "has the name of a type that the vault finds itself"), ("OWN: {pattern: 'VC\\d', examples: [VC1]}", "finds itself"),
        ])
    func refused(recognizer: String, message: String) throws {
        let vault = try TestVault()
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        let text = try String(contentsOf: schema, encoding: .utf8).replacing("\n  recognizers: {}", with: "\n  recognizers:\n    \(recognizer)")
        try text.write(to: schema, atomically: true, encoding: .utf8)
        let number = try #require(text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("    " + recognizer.prefix(4)) }) + 1
        let error = #expect(throws: PolicyError.self) { try PolicyCheck.detector(PolicySet.load(from: vault.location.policies)) }
        let problems = error?.problems ?? []
        #expect(problems.count == 1 && problems[0].message.contains(message) && problems[0].line == number && problems[0].file.hasSuffix("schema.yaml"), "\(problems)")
        #expect(!problems.contains { $0.message.contains("secret") || $0.message.contains("1234") })
        #expect(throws: PolicyError.self) { try Vault.open(at: vault.location) }
    }
}
