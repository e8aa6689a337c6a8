import Foundation
import TestVaults
import Testing
import VoCVault

/// What cannot be undone, over HTTP and in the console.
@Suite("Reasons, dry runs and confirmations on a server")
struct CautionTests {
    private static let lines = (0..<6).map { number in
        line(id: "\(number)", customer: ["id": "C\(number / 3)", "phone": "1380013800\(number / 3)"], at: number % 3 == 0 ? "2020-01-01" : "2026-11-01")
    }

    private func subject(_ server: RunningServer, _ officer: String, _ id: String = "C1") async throws -> String {
        let found = try await server.send("POST", "/v1/lookup", token: officer, json: ["field": "customer_id", "value": id, "purpose": "subject-request"])
        return try #require((found.json["subjects"] as? [String])?.first)
    }

    @Test("an erasure needs a reason that says something; a dry run of it changes nothing")
    func erase() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines)
            let officer = try server.vault.token("compliance")
            let path = "/v1/subjects/\(try await subject(server, officer))/erase"
            for reason in [nil, "", "  "] as [String?] {
                for dryRun in [nil, true] as [Bool?] {
                    var json: [String: Any] = ["purpose": "subject-request"]
                    (json["reason"], json["dry_run"]) = (reason, dryRun)
                    let refused = try await server.send("POST", path, token: officer, json: json)
                    #expect(refused.status == 400 && refused.problem == "invalid")
                }
            }
            let because: [String: Any] = ["purpose": "subject-request", "reason": "asked"]
            let looked = try await server.send("POST", path, token: officer, json: because.merging(["dry_run": true]) { $1 })
            #expect(looked.status == 200 && looked.json["records"] as? Int == 3 && looked.json["receipt"] != nil)
            #expect(try await server.send("POST", path, token: officer, json: because).json["records"] as? Int == 3)
            #expect(try await server.send("POST", path, token: officer, json: because.merging(["dry_run": true]) { $1 }).status == 404)
        }
    }

    @Test("a correction is checked, and its dry run shows old and new masked")
    func correct() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines)
            let officer = try server.vault.token("compliance")
            let path = "/v1/subjects/\(try await subject(server, officer))/correct"
            func correct(_ value: String?, dryRun: Bool) async throws -> RunningServer.Reply {
                var json: [String: Any] = ["purpose": "subject-request", "reason": "case 1", "field": "phone", "dry_run": dryRun]
                json["value"] = value
                return try await server.send("POST", path, token: officer, json: json)
            }
            let wrong = try await correct("notaphone", dryRun: false)
            #expect(wrong.status == 400 && wrong.text.contains("phone must be a phone number") && !wrong.text.contains("notaphone"))
            let plan = try await correct("13900139007", dryRun: true)
            let change = try #require(plan.json["change"] as? [String: Any])
            #expect(plan.json["records"] as? Int == 3 && change["after"] as? String == "139****9007")
            let before = try #require((change["before"] as? [[String: Any]])?.first)
            #expect(before["value"] as? String == "138****8001" && before["records"] as? Int == 3)
            #expect(!plan.text.contains("13900139007") && !plan.text.contains("13800138001"))
            #expect(try await correct(nil, dryRun: true).text.contains("\"after\":null"))
            let done = try await correct("13900139007", dryRun: false)
            #expect(done.json["records"] as? Int == 3 && done.json["change"] == nil)
        }
    }

    @Test("a token's dry run says whose it is; the plan adds up; doctor's findings have kinds")
    func operation() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines)
            let (admin, retention) = (server.vault.adminToken, try server.vault.token("retention"))
            let (token, id, _) = try server.vault.administrator.issueToken(principal: "lin", role: "analyst", days: 2)
            let looked = try await server.send("DELETE", "/v1/tokens/\(id)?dry_run=true", token: admin)
            #expect(looked.json["principal"] as? String == "lin" && looked.json["role"] as? String == "analyst")
            #expect(try await server.send("GET", "/v1/me", token: token).status == 200)
            #expect(try await server.send("DELETE", "/v1/tokens/\(id)?reason=", token: admin).status == 400)
            #expect(try await server.send("DELETE", "/v1/tokens/\(id)?reason=left%20us", token: admin).status == 200)
            #expect(try await server.send("GET", "/v1/me", token: token).status == 401)
            #expect(try await server.send("DELETE", "/v1/tokens/\(id)?dry_run=true", token: admin).status == 409)

            let plan = try await server.send("GET", "/v1/retention/plan", token: retention)
            #expect(plan.json["records"] as? Int == 2 && plan.json["customers_erased"] as? Int == 0)
            #expect((plan.json["rules"] as? [[String: Any]])?.map { $0["due"] as? Int } == [0, 0, 2])
            let done = try await server.send("POST", "/v1/retention/run", token: retention, json: [:])
            #expect(done.json["records"] as? [String: Int] == ["everything": 2])

            let findings = try #require(try await server.send("GET", "/v1/doctor", token: admin).json["findings"] as? [[String: String]])
            #expect(findings.filter { $0["kind"] == "integrity" }.compactMap { $0["check"] } == ["database", "audit log"])
        }
    }

    @Test("the console erases only when the number of records has been typed, as it is then")
    func console() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines)
            let officer = try server.vault.token("compliance")
            let subject = try await subject(server, officer)
            let type = ("Content-Type", "application/x-www-form-urlencoded")
            let signedIn = try await server.send("POST", "/console/sign-in", body: Data("token=\(officer)".utf8), headers: [type])
            let cookie = try #require(signedIn.headers.first(name: "Set-Cookie")?.split(separator: ";").first.map(String.init))
            let page = try await server.send("GET", "/console/subjects", headers: [("Cookie", cookie)])
            let csrf = try #require(page.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#)?.1)
            func erase(_ more: String) async throws -> RunningServer.Reply {
                let form = "csrf=\(csrf)&act=erase&subject=\(subject)\(more)"
                return try await server.send("POST", "/console/subjects/act", body: Data(form.utf8), headers: [("Cookie", cookie), type])
            }
            #expect(try await erase("&reason=").status == 400)
            #expect(try await erase("&reason=&confirm=3").status == 400)
            let asked = try await erase("&reason=letter")
            #expect(
                asked.status == 200 && asked.text.contains("Confirm the erasure") && asked.text.contains("<b>3</b>") && asked.text.contains("value=\"letter\"")
                    && asked.text.contains("Searched: customer_id 1"))
            // Somebody else has written meanwhile.
            try server.vault.ingest([line(id: "late", customer: ["id": "C1"])])
            for wrong in ["3", "", "yes", "04"] {
                let again = try await erase("&reason=letter&confirm=\(wrong)")
                #expect(again.text.contains("<b>4</b>"))
            }
            #expect(try await self.subject(server, officer) == subject)
            let done = try await erase("&reason=letter&confirm=4")
            #expect(done.status == 200 && done.text.contains("Done: Erase"))
            let found = try await server.send("POST", "/v1/lookup", token: officer, json: ["field": "customer_id", "value": "C1", "purpose": "subject-request"])
            #expect((found.json["subjects"] as? [String])?.isEmpty == true)
        }
    }
}
