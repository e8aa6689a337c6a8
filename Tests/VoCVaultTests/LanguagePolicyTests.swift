import Detection
import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing

@testable import VoCVault

@Suite("Languages in schema.yaml")
struct LanguagePolicyTests {
    private func turnOn(_ languages: String, in vault: TestVault) throws {
        let schema = vault.folder.appendingPathComponent("policies/schema.yaml")
        try String(contentsOf: schema, encoding: .utf8).replacing("\n  languages: []", with: "\n  languages: \(languages)").write(to: schema, atomically: true, encoding: .utf8)
    }

    @Test("a text that was withheld is redacted anew once its language is read, and withheld again when it is not")
    func turnedOn() throws {
        let vault = try TestVault()
        try vault.ingest((1...2).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "Ich heiße Yusuf Demir und warte seit drei Wochen auf meine Bestellung.") })
        func texts(_ opened: Vault) throws -> [String] {
            try opened.session(token: vault.token("analyst")).page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }
        }
        #expect(try texts(vault.vault) == ["[TEXT:de]", "[TEXT:de]"])
        try turnOn("[de]", in: vault)
        let opened = try Vault.open(at: vault.location, clock: { [clock = vault.clock] in clock.now })
        #expect(try texts(opened) == Array(repeating: "Ich heiße [NAME] und warte seit drei Wochen auf meine Bestellung.", count: 2))
        #expect(try opened.session(token: vault.token("retention")).reredact() == ReredactionReport(done: 2, left: 0))
        #expect(try opened.session(token: vault.token("retention")).reredact().done == 0)
    }

    @Test(
        "what is no pack is named by file and line",
        arguments: [
            ("[de, pt]", "there is no pack for the language 'pt', only for de, es, fr, ja, ko"), ("[zh]", "Chinese and English are read in any case"),
            ("[de, fr, de]", "'de' appears twice in languages"),
        ])
    func refused(languages: String, message: String) throws {
        let vault = try TestVault()
        try turnOn(languages, in: vault)
        let error = #expect(throws: PolicyError.self) { try PolicyCheck.detector(PolicySet.load(from: vault.location.policies)) }
        let problems = error?.problems ?? []
        #expect(problems.count == 1 && problems[0].message.contains(message) && problems[0].file.hasSuffix("schema.yaml") && problems[0].line > 100, "\(problems)")
    }

    @Test("a changed list is told when policies are compared")
    func compared() throws {
        let vault = try TestVault()
        let old = try PolicySet.load(from: vault.location.policies)
        try turnOn("[fr, de]", in: vault)
        let lines = try PolicyDifference(from: old, to: PolicySet.load(from: vault.location.policies)).lines
        #expect(lines.contains { $0.contains("languages that are read beside Chinese and English") && $0.contains("de fr") }, "\(lines)")
    }
}
