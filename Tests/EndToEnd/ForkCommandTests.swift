import Foundation
import TestVaults
import Testing

/// An older database that is put back in the place of the newer one, as an operator meets it.
@Suite("audit fork")
struct ForkCommandTests {
    @Test("every command refuses it with exit code 4 and says what to do; an officer decides, and the vault goes on")
    func decided() throws {
        let vault = try CommandLineVault()
        let home = vault.folder.appendingPathComponent("vault")
        let older = vault.folder.appendingPathComponent("older")
        try vault.write("feed.jsonl", (0..<6).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        try vault.succeed(["ingest", "feed.jsonl", "--source", "s"], as: "ingest")
        try FileManager.default.copyItem(at: home, to: older)
        #expect(try vault.succeed(["audit", "fork"], as: "compliance").contains("kept"))
        try vault.write("more.jsonl", (6..<9).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        try vault.succeed(["ingest", "more.jsonl", "--source", "s"], as: "ingest")
        let checkpoint = try vault.succeed(["audit", "anchor"], as: "compliance")
        for name in try FileManager.default.contentsOfDirectory(atPath: home.path) where name.hasPrefix("vault.db") {
            try FileManager.default.removeItem(at: home.appendingPathComponent(name))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: older.path) where name.hasPrefix("vault.db") {
            try FileManager.default.copyItem(at: older.appendingPathComponent(name), to: home.appendingPathComponent(name))
        }

        let query = ["query", "--purpose", "insight", "--select", "text"]
        for (arguments, role) in [(query, "analyst"), (["doctor"], "administrator"), (["audit", "verify"], "compliance"), (["serve", "--listen", "127.0.0.1:0"], "administrator")] {
            let refused = try vault.run(arguments, as: role)
            #expect(refused.status == 4 && refused.output.isEmpty, "\(arguments): \(refused)")
            #expect(refused.error.contains("were signed") && refused.error.contains("vocvault audit fork"), "\(refused.error)")
        }
        let shown = try vault.run(["audit", "fork", "--format", "json"], as: "compliance")
        let heads = try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
        #expect(shown.status == 4 && heads.map { $0["head"] as? String } == ["kept", "found"])
        let (kept, found) = (heads[0]["entries"] as? Int ?? 0, heads[1]["entries"] as? Int ?? 0)
        #expect(kept == found + 2 && shown.error.contains("2 entries are missing"), "\(shown.error)")

        #expect(try vault.run(["audit", "fork", "--accept"], as: "compliance").status == 2)
        #expect(try vault.run(["audit", "fork", "--accept", "--reason", "x"], as: "administrator").status == 3)
        #expect(try vault.run(query, as: "analyst").status == 4)
        let accepted = try vault.run(["audit", "fork", "--accept", "--reason", "the wrong file was put back"], as: "compliance")
        #expect(accepted.status == 0 && accepted.error.contains("entry \(found) records"), "\(accepted.error)")
        #expect(accepted.error.contains("audit-before-fork-\(kept)"))
        #expect(try vault.rows(query, as: "analyst").count == 6)
        try vault.succeed(["audit", "verify"], as: "compliance")
        try vault.succeed(["audit", "fork"], as: "compliance")
        // Who anchored the former head still sees that it is gone.
        try vault.write("kept", checkpoint.components(separatedBy: "\n"))
        #expect(try vault.run(["audit", "verify", "--checkpoint", "kept"], as: "compliance").status == 4)
        // What was lost comes in again.
        #expect(try vault.succeed(["ingest", "more.jsonl", "--source", "s"], as: "ingest").contains("3"))
    }
}
