import Foundation
import TestVaults
import Testing

@Suite("Codes from what customers write, on the command line")
struct DiscoverCommandTests {
    @Test("a proposal is shown, rejected or accepted under another name; then texts are coded by it, with the places that say so")
    func discover() throws {
        let vault = try CommandLineVault()
        try vault.issueToken("classification")
        let file = try vault.write("in.jsonl", (0..<6).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "碧螺春茶艺表演取消了") })
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        let list = ["classify", "discover"]
        let proposals = try vault.rows(list, as: "analyst")
        let term = try #require(proposals.first?["term"] as? String)
        #expect(proposals.first?["customers"] as? Int == 6 && (proposals.first?["samples"] as? String)?.contains("碧螺春") == true, "\(proposals)")
        #expect(try vault.rows(list + ["--least", "7"], as: "analyst").isEmpty)
        #expect(try vault.run(list, as: "agent").status == 3)

        let words = proposals.flatMap { [$0["term"] as? String ?? ""] + ($0["words"] as? String ?? "").components(separatedBy: ", ").filter { !$0.isEmpty } }
        let frame = vault.folder.appendingPathComponent("policies/codeframe.yaml")
        let before = try String(contentsOf: frame, encoding: .utf8)
        #expect(try vault.run(list + ["reject"] + words).status == 0)
        #expect(try vault.rows(list, as: "analyst").allSatisfy { $0["term"] as? String != term })
        let accept = list + ["accept", "茶艺", "--zh", "茶艺表演", "--en", "Tea ceremony", "--department", "Events"]
        #expect(try vault.run(accept + ["--id", "No such"]).status == 2)
        #expect(try vault.run(accept + ["--id", "event.tea"]).output == "event.tea is in ./policies/codeframe.yaml\n")
        #expect(try vault.run(accept + ["--id", "event.tea"]).status == 2)
        let after = try String(contentsOf: frame, encoding: .utf8)
        #expect(after.split(separator: "\n").filter { !$0.contains("event.tea") && !$0.hasPrefix("rejected:") } == before.split(separator: "\n"))
        #expect(try vault.run(["policy", "check"]).status == 0)
        #expect(try vault.run(["classify"], as: "classification").output == "coded 6 records, 6 with a topic\n")
        let row = try #require(vault.rows(["query", "--purpose", "insight", "--select", "topic,aspect,aspect_places,relevance", "--limit", "1"], as: "analyst").first)
        #expect(row["topic"] as? String == "event.tea" && row["relevance"] as? String == "relevant", "\(row)")
        #expect((row["aspect_places"] as? String)?.hasPrefix("event.tea.") == true && (row["aspect_places"] as? String)?.hasSuffix(" 0-10") == true, "\(row)")
        #expect(try vault.rows(list, as: "analyst").isEmpty)
    }
}
