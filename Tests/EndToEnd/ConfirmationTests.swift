import Foundation
import TestVaults
import Testing

/// What cannot be undone, on a terminal and off it.
@Suite("Commands that ask first")
struct ConfirmationTests {
    private let vault: CommandLineVault

    init() throws {
        vault = try CommandLineVault()
        let records = (0..<12).map { number in
            line(
                id: "\(number)", customer: ["id": "C\(number / 3)", "phone": "1380013800\(number / 3)"],
                at: ["2020-01-01", "2025-06-01", "2026-11-01"][number % 3] + "T12:00:00+08:00")
        }
        try vault.write("feed.jsonl", records)
        try vault.succeed(["ingest", "feed.jsonl"], as: "ingest")
    }

    private func subject(_ id: String) throws -> String {
        let found = try vault.run(["lookup", "--field", "customer_id", "--value", "-", "--format", "csv"], as: "compliance", input: id + "\n")
        return String(try #require(found.output.split(separator: "\r\n").last))
    }

    private func about(_ id: String) throws -> [String] { [try subject(id), "--purpose", "subject-request", "--reason", "case 1"] }

    @Test("an erasure shows how many records go and wants that number; anything else changes nothing")
    func erase() throws {
        let erase = try ["subject", "erase"] + about("C1")
        for answer in ["2", "yes", "", "33"] {
            let refused = try vault.onTerminal(erase, as: "compliance", typing: [answer])
            #expect(refused.status == 1 && refused.output.contains("would erase the customer with 3 records") && refused.output.contains("nothing was changed"), "\(refused)")
        }
        #expect(try vault.run(erase + ["--dry-run"], as: "compliance").output == "would erase the customer with 3 records\n")
        #expect(try subject("C1").hasPrefix("s_"))
        let done = try vault.onTerminal(erase, as: "compliance", typing: ["3"])
        #expect(done.status == 0 && done.output.contains("erased the customer with 3 records"), "\(done)")
        // Neither where nobody sits there, nor with --yes.
        let (second, third) = (try ["subject", "erase"] + about("C2"), try ["subject", "erase"] + about("C3"))
        let quiet = try vault.onTerminal(second + ["--yes"], as: "compliance", typing: [])
        #expect(quiet.status == 0 && !quiet.output.contains("Type"), "\(quiet)")
        let script = try vault.run(third, as: "compliance")
        #expect(script.status == 0 && script.error.hasPrefix("searched: "), "\(script)")
        let log = try vault.rows(["audit", "list", "--action", "subject.erase"], as: "compliance")
        #expect(log.count == 3 && log.allSatisfy { $0["reason"] as? String == "[erased]" })
        try vault.succeed(["audit", "verify"], as: "compliance")
    }

    @Test("an erasure without a reason is refused, on a terminal and off it")
    func reason() throws {
        let target = [try subject("C1"), "--purpose", "subject-request"]
        for more in [[], ["--reason", ""], ["--reason", "  "]] {
            let refused = try vault.run(["subject", "erase"] + target + more, as: "compliance")
            #expect(refused.status == 2 && refused.error.contains("--reason"), "\(refused)")
        }
        #expect(try vault.onTerminal(["subject", "erase"] + target, as: "compliance", typing: ["3"]).status == 2)
        #expect(try subject("C1").hasPrefix("s_"))
        let rotate = try vault.run(["keys", "rotate", "--reseal", "--retire-now"], as: "administrator")
        #expect(rotate.status == 2 && rotate.error.contains("--reason"))
    }

    @Test("a correction shows old and new masked, never plain, and refuses what is no such value")
    func correct() throws {
        let correct = try ["subject", "correct", "--field", "phone"] + about("C1")
        let wrong = try vault.run(correct, as: "compliance", input: "notaphone\n")
        #expect(wrong.status == 2 && wrong.error.contains("phone must be a phone number") && !wrong.error.contains("notaphone"))
        let plan = try vault.run(correct + ["--dry-run"], as: "compliance", input: "13900139007\n")
        #expect(plan.output == "would correct 3 records\n  phone 138****8001 in 3 records\n  becomes 139****9007\n")
        let script = "printf '13900139007\\n' | $V subject correct --field phone \(try about("C1").map { "'\($0)'" }.joined(separator: " "))"
        let done = try vault.shell(script, as: "compliance")
        #expect(done.status == 0 && done.output.hasPrefix("corrected 3 records"), "\(done)")
        let asked = try vault.onTerminal(correct, as: "compliance", typing: ["13900139008", "3"])
        #expect(asked.status == 0 && asked.output.contains("139****9007") && asked.output.contains("139****9008"), "\(asked)")
        #expect(!asked.output.contains("13900139007"))
    }

    @Test("a retention run announces what it then does, rule by rule, and is not asked for in a job")
    func retention() throws {
        let plan = try vault.run(["retention", "run", "--dry-run"], as: "retention").output.split(separator: "\n")
        #expect(plan == ["everything: 4 records", "hotline-identity: 4 records", "0 customers would be erased; 8 records would be changed or deleted"])
        let refused = try vault.onTerminal(["retention", "run"], as: "retention", typing: ["4"])
        #expect(refused.status == 1 && refused.output.contains("everything: 4 records"))
        let shown = try vault.run(["retention", "plan", "--format", "csv"], as: "retention")
        #expect(shown.output.contains(",4,0\r\n") && shown.error == "8 records are due; 0 customers would be erased\n")
        let done = try vault.run(["retention", "run", "--batch", "3"], as: "retention")
        #expect(done.output == "everything: 4 records\nhotline-identity: 4 records\n0 customers erased; nothing due is left\n")
        #expect(try vault.run(["retention", "run", "--dry-run"], as: "retention").output.hasPrefix("0 customers would be erased; 0 records"))
    }

    @Test("a retention run beyond the ceiling stops before it asks, whatever --yes says, and takes what --confirm names", arguments: [false, true])
    func ceiling(remote: Bool) throws {
        let file = vault.folder.appendingPathComponent("policies/retention.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing("{records: 100000, percent: 20, smallest: 1000}", with: "{records: 100000, percent: 20, smallest: 2}")
            .write(to: file, atomically: true, encoding: .utf8)
        let server = try remote ? ServedCommandLine(vault) : nil
        let run = (server.map { ["--server", $0.address] } ?? []) + ["retention", "run"]
        let said = "the run would take 8 of 12 records (66 %), which is beyond the ceiling of retention.yaml: see 'vocvault retention plan', "
            + "then confirm the number with 'vocvault retention run --confirm 8'"
        let looked = try vault.run(run + ["--dry-run"], as: "retention")
        #expect(looked.status == 0 && looked.output.hasSuffix("8 records would be changed or deleted\nit would stop: \(said)\n"), "\(looked)")
        for options in [[], ["--yes"]] {
            let onTerminal = try vault.onTerminal(run + options, as: "retention", typing: ["8"])
            #expect(onTerminal.status == 1 && onTerminal.output.contains(said) && !onTerminal.output.contains("Type"), "\(onTerminal)")
            let job = try vault.run(run + options, as: "retention")
            #expect(job.status == 1 && job.output.isEmpty && job.error == "vocvault: \(said)\n", "\(job)")
        }
        let fewer = try vault.run(run + ["--confirm", "7", "--yes"], as: "retention")
        #expect(fewer.status == 1 && fewer.error.contains("8 records, and 7 were confirmed"), "\(fewer)")
        #expect(!(try vault.run(run + ["--dry-run", "--confirm", "8"], as: "retention").output.contains("stop")))
        // Who has given the number is not asked for it again.
        let done = try vault.onTerminal(run + ["--confirm", "8"], as: "retention", typing: [])
        #expect(done.status == 0 && done.output.contains("everything: 4 records") && !done.output.contains("Type"), "\(done)")
    }

    @Test("a revocation shows whose token it is, wants its id once more, and asks why")
    func revoke() throws {
        let id = try #require(try vault.rows(["token", "list"], as: "administrator").first { $0["principal"] as? String == "agent" }?["id"] as? String)
        let looked = try vault.run(["token", "revoke", id, "--dry-run"], as: "administrator")
        #expect(looked.status == 0 && looked.output.contains("the token of agent as agent"))
        for typed in [["leaver", "agent"], ["", ""], ["leaver", ""]] {
            #expect(try vault.onTerminal(["token", "revoke", id], as: "administrator", typing: typed).status == 1)
        }
        #expect(try vault.run(["query", "--purpose", "follow-up", "--select", "record"], as: "agent").status == 0)
        let done = try vault.onTerminal(["token", "revoke", id], as: "administrator", typing: ["leaver", id])
        #expect(done.status == 0 && done.output.contains("revoked \(id)"), "\(done)")
        #expect(try vault.run(["query", "--purpose", "follow-up", "--select", "record"], as: "agent").status == 3)
        #expect(try vault.rows(["audit", "list", "--action", "token.revoke"], as: "compliance").last?["reason"] as? String == "leaver")
        // A script goes on as before.
        let other = try #require(try vault.rows(["token", "list"], as: "administrator").first { $0["principal"] as? String == "ingest" }?["id"] as? String)
        #expect(try vault.run(["token", "revoke", other], as: "administrator").output == "revoked \(other)\n")
    }

    @Test("replacing keys says what it would destroy and asks for that number; a dry run changes nothing, not even the key file")
    func rotate() throws {
        let keys = vault.folder.appendingPathComponent("keys")
        let before = try Data(contentsOf: keys)
        let plan = try vault.run(["keys", "rotate", "--new-root", "--reseal", "--indexes", "--audit", "--pseudonyms", "insight", "--dry-run"], as: "administrator")
        #expect(plan.status == 0 && plan.output.contains("would move 4 customers' keys"), "\(plan)")
        #expect(plan.output.contains("would seal 12 records anew under keys of version 2, and destroy 4 former keys"))
        #expect(plan.output.contains("would rebuild the indexes of") && plan.output.contains("would give insight new pseudonyms"))
        #expect(try Data(contentsOf: keys) == before)
        #expect(try vault.run(["keys", "rotate", "--new-root", "--dry-run"], as: "analyst").status == 3)
        let reseal = ["keys", "rotate", "--reseal", "--retire-now", "--reason", "a leak"]
        let refused = try vault.onTerminal(reseal, as: "administrator", typing: ["12"])
        #expect(refused.status == 1 && refused.output.contains("destroy 4 former keys"), "\(refused)")
        #expect(try vault.rows(["keys", "status", "--versions"], as: "administrator").allSatisfy { $0["version"] as? Int == 1 })
        let done = try vault.onTerminal(reseal, as: "administrator", typing: ["4"])
        #expect(done.status == 0 && done.output.contains("destroyed 4 former keys"), "\(done)")
        // Nothing is destroyed: nothing is asked.
        let root = try vault.onTerminal(["keys", "rotate", "--new-root"], as: "administrator", typing: [])
        #expect(root.status == 0 && root.output.contains("moved 4 customers' keys"), "\(root)")
    }

    @Test("on a server the same is asked, shown and done")
    func remote() throws {
        let server = try ServedCommandLine(vault)
        let there = ["--server", server.address]
        let erase = try there + ["subject", "erase"] + about("C1")
        #expect(try vault.run(erase + ["--dry-run"], as: "compliance").output == "would erase the customer with 3 records\n")
        #expect(try vault.onTerminal(erase, as: "compliance", typing: ["4"]).status == 1)
        #expect(try vault.onTerminal(erase, as: "compliance", typing: ["3"]).status == 0)
        let correct = try there + ["subject", "correct", "--field", "phone", "--dry-run"] + about("C2")
        #expect(try vault.run(correct, as: "compliance", input: "13900139007\n").output == "would correct 3 records\n  phone 138****8002 in 3 records\n  becomes 139****9007\n")
        #expect(try vault.run(correct, as: "compliance", input: "x\n").status == 2)
        let run = there + ["retention", "run"]
        let plan = try vault.run(run + ["--dry-run"], as: "retention").output.split(separator: "\n")
        #expect(plan.prefix(2) == ["everything: 3 records", "hotline-identity: 3 records"])
        #expect(try vault.run(run, as: "retention").output.split(separator: "\n").prefix(2) == plan.prefix(2))
        let id = try #require(try vault.rows(["token", "list"], as: "administrator").first { $0["principal"] as? String == "agent" }?["id"] as? String)
        #expect(try vault.run(there + ["token", "revoke", id, "--dry-run"], as: "administrator").output.contains("the token of agent as agent"))
        #expect(try vault.run(there + ["token", "revoke", id, "--reason", "leaver"], as: "administrator").status == 0)
        // Doctor's kinds decide its exit code there as here.
        #expect(try vault.run(there + ["doctor"], as: "administrator").status == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: vault.folder.appendingPathComponent("policies").path)
        for way in [there, []] { #expect(try vault.run(way + ["doctor"], as: "administrator").status == 1) }
    }
}
