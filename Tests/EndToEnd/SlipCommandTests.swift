import Foundation
import TestVaults
import Testing

@Suite("Slips on the command line")
struct SlipCommandTests {
    @Test("a misspelt name ends with exit code 2 and the nearest name, a denied field with 3")
    func codes() throws {
        let vault = try CommandLineVault()
        func run(_ line: String, as role: String, input: String = "") throws -> CommandLineVault.Result {
            try vault.run(line.split(separator: " ").map { String($0.replacing("~", with: " ")) }, as: role, input: input)
        }
        for (line, role, name) in [
            ("query --purpose insight --select ratin", "analyst", "rating"), ("query --purpose insight --where ratin~<=~2", "analyst", "rating"),
            ("query --purpose insight --group-by ratin", "analyst", "rating"), ("query --purpose insight --where topic~=~'product.nois'", "analyst", "product.noise"),
            ("query --purpose insihgt --select rating", "analyst", "insight"), ("reveal r_0 --field phnoe --purpose follow-up --reason x", "agent", "phone"),
            ("lookup --field phnoe --value -", "compliance", "phone"), ("audit list --action reveel", "compliance", "reveal"),
            ("audit list --role analist", "compliance", "analyst"),
            ("policy explain --role analist --action query --purpose insight", "compliance", "analyst"),
            ("policy explain --role analyst --action qurey --purpose insight", "compliance", "query"),
            ("policy explain --role analyst --action query --purpose insight --field phnoe", "compliance", "phone"),
            ("token issue --principal x --role analist", "administrator", "analyst"), ("token issue --principal x --role analyst --scope qurey", "administrator", "query"),
            ("task propose --title x --code product.nois --owner analyst --due 2035-01-31", "analyst", "product.noise"),
        ] {
            let result = try run(line, as: role, input: "1\n")
            #expect(result.status == 2 && result.error.contains("did you mean '\(name)'?") && result.output.isEmpty, "\(line): \(result.status) \(result.error)")
        }
        for line in ["query --purpose insight --since 2026-11-01 --until 2026-10-01", "task propose --title x --code delivery --owner nobody --due 2035-01-31"] {
            #expect(try run(line, as: "analyst").status == 2, "\(line)")
        }
        let denied = try run("query --purpose insight --select phone", as: "analyst")
        #expect(denied.status == 3 && denied.error.contains("roles that may for another purpose: agent, compliance"), "\(denied.error)")
        let entries = try vault.rows(["audit", "list", "--outcome", "denied"], as: "compliance")
        #expect(entries.count == 1)
    }

    @Test("blanks around a token are taken off, and a token with some inside is named without being shown")
    func tokens() throws {
        let vault = try CommandLineVault()
        let token = try #require(vault.tokens["analyst"])
        let line = ["query", "--purpose", "insight"]
        #expect(try vault.run(line, environment: ["VOCVAULT_TOKEN": " \(token)\r\n"]).status == 0)
        for inside in ["\(token) \(token)", "\"\(token)\"", String(token.prefix(10)) + "\r\n" + token.dropFirst(10)] {
            let result = try vault.run(line, environment: ["VOCVAULT_TOKEN": inside])
            #expect(result.status == 2 && result.error.contains("VOCVAULT_TOKEN is malformed") && !result.error.contains(token.dropFirst(10)), "\(result.error)")
        }
    }

    @Test("a token comes from a file that only its owner can read, or from systemd's credentials")
    func tokenFiles() throws {
        let vault = try CommandLineVault()
        let token = try #require(vault.tokens["analyst"])
        let file = vault.folder.appendingPathComponent("analyst.token")
        try vault.write("analyst.token", [token])
        let line = ["query", "--purpose", "insight"]
        func run(_ environment: [String: String]) throws -> CommandLineVault.Result { try vault.run(line, environment: ["VOCVAULT_TOKEN": ""].merging(environment) { $1 }) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        let open = try run(["VOCVAULT_TOKEN_FILE": file.path])
        #expect(open.status == 3 && open.error.contains("chmod 600 \(file.path)") && !open.error.contains(token), "\(open)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try run(["VOCVAULT_TOKEN_FILE": file.path]).status == 0)
        #expect(try run(["VOCVAULT_TOKEN_FILE": file.path, "VOCVAULT_TOKEN": "vvt_other"]).status == 3)
        let credentials = vault.folder.appendingPathComponent("credentials")
        try FileManager.default.createDirectory(at: credentials, withIntermediateDirectories: false)
        try vault.write("credentials/vocvault-token", [token])
        #expect(try run(["CREDENTIALS_DIRECTORY": credentials.path]).status == 0)
        for missing in [["VOCVAULT_TOKEN_FILE": file.path + "-none"], [:]] { #expect(try run(missing).status == 3) }
    }

    @Test("a condition's mistake is named with the word that was meant, and shown in its place without the values")
    func conditions() throws {
        let vault = try CommandLineVault()
        for (condition, meant, shown) in [
            ("rating == 3", "'==' is written '='", "  rating == ·\n         ^"),
            ("rating = 3 && channel = 'app'", "write 'and'", "  rating = · && channel = '···'\n             ^"),
            ("text like 'Smith'", "did you mean 'contains'?", "  text like '·····'\n       ^"),
            ("rating = 3 adn channel = 'app'", "did you mean 'and'?", "  rating = · adn channel = '···'\n             ^"),
            ("channel = Smith", "which stands in quotes", "  channel = ·····\n            ^"), ("channel is 'app'", "to compare, write '='", "  channel is '···'\n             ^"),
            ("channel in ('a', Smith", "which stands in quotes", "  channel in ('·', ·····\n                   ^"),
            ("channel = ‘app’", "straight quotes", "            ^"),
        ] {
            let result = try vault.run(["query", "--purpose", "insight", "--where", condition], as: "analyst")
            #expect(result.status == 2 && result.error.contains(meant) && result.error.contains(shown) && !result.error.contains("Smith"), "\(condition): \(result.error)")
        }
    }

    @Test("status says what waits for whom, and leaves no entry")
    func status() throws {
        let vault = try CommandLineVault()
        try vault.issueToken("manager")
        try vault.write("feed.jsonl", [line(id: "c1", customer: ["id": "C-1", "phone": "13611110002"])])
        #expect(try vault.run(["ingest", "feed.jsonl", "--source", "hotline"], as: "ingest").status == 0)
        let subject = try vault.run(["lookup", "--field", "customer_id", "--value", "-", "--format", "csv"], as: "compliance", input: "C-1\n").output.split(separator: "\r\n")[1]
        let opened = try vault.run(["case", "open", "--kind", "access", String(subject), "--purpose", "subject-request", "--note", "letter"], as: "compliance")
        #expect(opened.status == 0, "\(opened)")
        let count = try vault.rows(["audit", "list", "--limit", "1000"], as: "compliance").count
        let rows = try vault.rows(["status"], as: "compliance")
        let open = try #require(rows.first { $0["command"] as? String == "vocvault case list" })
        #expect(open["count"] as? Int == 1 && open["overdue"] as? Int == 0 && open["due"] is String && rows.allSatisfy { $0["command"] as? String != "vocvault task list" })
        #expect(try vault.rows(["status"], as: "manager").map { $0["waiting"] as? String } == ["improvements that were proposed", "improvements that were carried out"])
        #expect(try vault.run(["status"], as: "ingest").output.hasPrefix("nothing waits for ingest"))
        // Listing them left one.
        #expect(try vault.rows(["audit", "list", "--limit", "1000"], as: "compliance").count == count + 1)
    }

    @Test("policy check warns with exit code 0, and one mistake is one line with exit code 2")
    func policyCheck() throws {
        let vault = try CommandLineVault(initialized: false, isShipped: true)
        let file = vault.folder.appendingPathComponent("policies/schema.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(try vault.run(["policy", "check"]).output.hasSuffix(": no problem found\n"))
        try text.replacing("    编号: id", with: "    编号: attributes.nothing").write(to: file, atomically: true, encoding: .utf8)
        let warned = try vault.run(["policy", "check"])
        #expect(warned.status == 0 && warned.output.hasPrefix("warning: ./policies/schema.yaml:") && warned.output.hasSuffix("no problem, 1 warning\n"), "\(warned.output)")
        try text.replacing("\n  email: ", with: "\n\temail: ").write(to: file, atomically: true, encoding: .utf8)
        let refused = try vault.run(["policy", "check"])
        #expect(refused.status == 2 && refused.output.isEmpty && refused.error.split(separator: "\n").count == 1, "\(refused.error)")
        // A condition is checked where it stands, by type.
        let roles = vault.folder.appendingPathComponent("policies/roles.yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let grants = try String(contentsOf: roles, encoding: .utf8)
        try grants.replacing("        page: 1000\n", with: "        page: 1000\n        rows: \"rating <= 'two'\"\n").write(to: roles, atomically: true, encoding: .utf8)
        let line = grants.prefix(upTo: grants.range(of: "        page: 1000\n")!.upperBound).count { $0 == "\n" } + 1
        let typed = try vault.run(["policy", "check"])
        #expect(typed.status == 2 && typed.error.contains("roles.yaml:\(line): ") && typed.error.contains("'rating' is a whole number"), "\(typed.error)")
    }
}
