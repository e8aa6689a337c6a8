import Foundation
import TestVaults
import Testing

@Suite("Who is who, on the command line")
struct LinkCommandTests {
    @Test("an erasure warns of others with the same handle and takes --yes; proposals are listed, and nobody accepts what they asked for")
    func links() throws {
        let vault = try CommandLineVault()
        try vault.write(
            "feed.jsonl",
            [line(id: "c1", customer: ["phone": "13611110002", "name": "赵甲"]), line(id: "c2", customer: ["phone": "+86 (0)136 1111 0002", "name": "钱乙"])])
        #expect(try vault.run(["ingest", "feed.jsonl", "--source", "hotline"], as: "ingest").status == 0)
        let found = try vault.run(["lookup", "--field", "phone", "--value", "-", "--format", "csv"], as: "compliance", input: "13611110002\n")
        let subjects = found.output.split(separator: "\r\n").dropFirst().map(String.init)
        try #require(subjects.count == 2)
        let about = ["--purpose", "subject-request", "--reason", "case 12"]
        let links = try vault.rows(["subject", "links", "list", "--purpose", "subject-request"], as: "compliance")
        #expect(links.map { $0["doubt"] as? String } == ["name"] && links.map { $0["asked_by"] as? String } == ["policy"])
        let merge = try vault.run(["subject", "merge"] + subjects + about, as: "compliance")
        #expect(merge.status == 0 && merge.output.hasPrefix("asked as link 2, which a second person decides; audit entry "), "\(merge)")
        let own = try vault.run(["subject", "links", "decide", "2", "accept"] + about, as: "compliance")
        #expect(own.status == 1 && own.error.contains("another person must agree"), "\(own)")
        let rejected = try vault.run(["subject", "links", "decide", "1", "reject"] + about, as: "compliance")
        #expect(rejected.status == 0 && rejected.output.hasPrefix("rejected; audit entry "), "\(rejected)")
        let refused = try vault.run(["subject", "erase", subjects[0]] + about, as: "compliance")
        #expect(refused.status != 0 && refused.error.contains("others have the customer's phone") && refused.error.contains("--yes"), "\(refused)")
        let erased = try vault.run(["subject", "erase", subjects[0], "--yes"] + about, as: "compliance")
        #expect(erased.status == 0 && erased.error.contains("1 other customers have the same phone"), "\(erased)")
        #expect(try vault.run(["audit", "verify"], as: "compliance").status == 0)
    }
}
