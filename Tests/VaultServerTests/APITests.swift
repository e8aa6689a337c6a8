import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VaultServer
import VoCVault

@Suite("The HTTP API")
struct APITests {
    static func lines(_ count: Int) -> [String] {
        (0..<count).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "欧阳娜", "phone": "138001380\($0 + 10)"], text: "我是欧阳娜,电话138001380\($0 + 10),空调坏了") }
    }

    @Test("a condition whose literal is not of its field's type is 400, with the field and never the literal", arguments: [
        "rating <= 'two'", "not (rating <= 'two')", "product = 13800138000", "occurred_at >= 2026", "rating <= 99999999999999999999",
    ])
    func wrongConditions(text: String) async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines(3))
            let analyst = try server.vault.token("analyst")
            let replies = [
                try await server.query(analyst, ["where": text]), try await server.query(analyst, ["where": text], headers: [("Accept", "application/x-ndjson")]),
                try await server.send("POST", "/v1/aggregate", token: analyst, json: ["purpose": "insight", "measures": ["count"], "where": text]),
                try await server.send(
                    "POST", "/v1/tasks", token: analyst, json: ["title": "x", "where": text, "owner": "chen", "due": "2027-01-31"]),
            ]
            for reply in replies {
                #expect(reply.status == 400 && reply.json["type"] as? String == "urn:vocvault:invalid", "\(reply.text)")
                #expect(!reply.text.contains("two") && !reply.text.contains("13800138000"))
            }
        }
    }

    @Test("each line of an upload is accounted for, and the good ones are stored")
    func lineResults() async throws {
        try await withRouter { server in
            let loader = try server.vault.token("ingest")
            var lines = Self.lines(6)
            lines[2] = "{\"id\":"
            lines[4] = lines[0]
            let reply = try await server.ingest(lines, token: loader)
            let results = reply.text.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            #expect(results.map { $0["status"] as? String } == ["stored", "rejected", "stored", "duplicate", "stored", nil])
            #expect(results.map { $0["lines"] as? [Int] } == [[1, 2], nil, [4, 4], [5, 5], [6, 6], nil])
            #expect(results[1]["line"] as? Int == 3)
            let summary = try #require(results.last?["summary"] as? [String: Any])
            #expect(summary["stored"] as? Int == 4 && summary["duplicates"] as? Int == 1 && summary["rejected"] as? Int == 1)
            let csv = "id,occurred_at,channel,text\n1,2026-03-04T12:00:00Z,app,\"好,很好\"\n"
            let table = try await server.send(
                "POST", "/v1/records?source=csv", token: loader, body: Data(csv.utf8), headers: [("Content-Type", "text/csv")])
            #expect(table.text.contains(#""stored":1"#))
        }
    }

    @Test("an upload under the same key is not done again, and another body under it is refused")
    func idempotency() async throws {
        try await withRouter { server in
            let loader = try server.vault.token("ingest")
            let key = [("Idempotency-Key", "batch-1")]
            let first = try await server.ingest(Self.lines(5), token: loader, headers: key)
            let again = try await server.ingest(Self.lines(5), token: loader, headers: key)
            #expect(again.status == 200 && again.body == first.body)
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            let other = try await server.ingest(Self.lines(6), token: loader, headers: key)
            #expect(other.status == 422 && other.problem == "idempotency-key-reused")
            // The key is the principal's own.
            let second = try server.vault.token("ingest", named: "second")
            #expect(try await server.ingest(Self.lines(6), token: second, headers: key).status == 200)
            // The answer that was given again has its entry; one that somebody has changed is not given.
            let entries = try server.vault.session("compliance").auditEntries(.init(action: "ingest", limit: 50))
            #expect(entries.filter { $0.detail["replayed"] == "true" }.map(\.rows) == [0])
            #expect(try server.vault.alter("UPDATE idempotency SET reply = replace(reply, 'stored', 'lost')") > 0)
            #expect(try await server.ingest(Self.lines(5), token: loader, headers: key).problem == "idempotency-key-reused")
        }
    }

    @Test("what one sees of a record, reveals, looks up, exports and erases is what the engine gives")
    func subject() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines(3))
            let officer = try server.vault.token("compliance")
            let found = try await server.send(
                "POST", "/v1/lookup", token: officer, json: ["field": "phone", "value": "138 0013 8010", "purpose": "subject-request"])
            let subject = try #require((found.json["subjects"] as? [String])?.first)
            let rows = try await server.query(officer, ["purpose": "subject-request", "select": ["record"], "where": "subject = '\(subject)'"])
            let record = try #require((rows.json["rows"] as? [[String]])?.first?.first)
            let one = try await server.send("GET", "/v1/records/\(record)?purpose=subject-request&select=record,text", token: officer)
            #expect((one.json["rows"] as? [[String]])?.first?.first == record)
            #expect(try await server.send("GET", "/v1/records/r_0000?purpose=subject-request&select=record", token: officer).status == 404)
            let revealed = try await server.send(
                "POST", "/v1/records/\(record)/reveal", token: officer, json: ["field": "name", "purpose": "subject-request", "reason": "case 1"])
            #expect(revealed.json["value"] as? String == "欧阳娜")
            let waits = try await server.send(
                "POST", "/v1/records/\(record)/reveal", token: officer, json: ["field": "national_id", "purpose": "subject-request", "reason": "case 1"])
            #expect(waits.status == 403 || waits.status == 404)

            let opened = try await server.send(
                "POST", "/v1/cases", token: officer, json: ["purpose": "subject-request", "subject": subject, "kind": "erasure"])
            let number = try #require(opened.json["number"] as? Int)
            let copy = try await server.send("POST", "/v1/subjects/\(subject)/export", token: officer, json: ["purpose": "subject-request"])
            #expect(copy.body.prefix(2) == Data("PK".utf8))
            let searched = try #require(copy.headers.first(name: "Vault-Searched"))
            #expect(searched.contains(#""customers":1"#) && searched.contains(#""field":"customer_id""#) && !searched.contains("C1"))
            let held = try await server.send(
                "POST", "/v1/subjects/\(subject)/hold", token: officer, json: ["purpose": "subject-request", "reason": "court"])
            #expect(held.status == 200)
            let refused = try await server.send("POST", "/v1/subjects/\(subject)/erase", token: officer, json: ["purpose": "subject-request", "reason": "asked"])
            #expect(refused.status == 409 && refused.problem == "on-hold")
            _ = try await server.send("POST", "/v1/subjects/\(subject)/release", token: officer, json: ["purpose": "subject-request"])
            let erased = try await server.send("POST", "/v1/subjects/\(subject)/erase", token: officer, json: ["purpose": "subject-request", "reason": "asked"])
            #expect(erased.json["records"] as? Int == 1)
            let certificate = try await server.send("GET", "/v1/subjects/\(subject)/certificate?purpose=subject-request", token: officer)
            #expect(certificate.text.hasPrefix("VoC Vault erasure certificate"))
            let closed = try await server.send(
                "POST", "/v1/cases/\(number)/close", token: officer, json: ["purpose": "subject-request", "outcome": "answered", "note": "erased"])
            #expect(closed.status == 200)
            let cases = try await server.send("GET", "/v1/cases?purpose=subject-request&closed=true", token: officer)
            #expect((cases.json["cases"] as? [[String: Any]])?.first?["status"] as? String == "answered")
        }
    }

    @Test("the log is searched, shown, proven and verified; its files are those of tlog-tiles")
    func audit() async throws {
        try await withRouter { server in
            try server.vault.ingest(Self.lines(3))
            let officer = try server.vault.token("compliance")
            let analyst = try server.vault.token("analyst")
            _ = try await server.query(analyst)
            let entries = try await server.send("GET", "/v1/audit/entries?action=query&principal=analyst", token: officer)
            let entry = try #require((entries.json["entries"] as? [[String: Any]])?.first)
            let number = try #require(entry["seq"] as? Int)
            let shown = try await server.send("GET", "/v1/audit/entries/\(number)", token: officer)
            #expect(AuditEntry(canonicalBytes: Array(shown.body))?.seq == Int64(number))
            let proof = try await server.send("GET", "/v1/audit/entries/\(number)/proof", token: officer)
            #expect(proof.text.hasPrefix("c2sp.org/tlog-proof"))
            let note = try await server.send("GET", "/v1/audit/checkpoint", token: officer)
            let verified = try await server.send("POST", "/v1/audit/verify", token: officer, json: ["checkpoint": note.text])
            #expect(verified.json["valid"] as? Bool == true)
            let size = try #require(Int(note.text.split(separator: "\n")[1]))
            #expect(try await server.send("GET", "/v1/audit/consistency?from=\(size)", token: officer).status == 200)
            #expect(try await server.send("GET", "/v1/audit/consistency?from=\(size + 1_000)", token: officer).status == 409)
            // The checkpoint that a monitor fetches names the tiles that it needs.
            let published = try await server.send("GET", "/v1/audit/log/checkpoint", token: officer)
            let width = try #require(Int(published.text.split(separator: "\n")[1]))
            let tile = try await server.send("GET", "/v1/audit/log/tile/0/000.p/\(width)", token: officer)
            #expect(tile.body.count == width * 32)
            let forged = try await server.send("POST", "/v1/audit/verify", token: officer, json: ["checkpoint": note.text.replacingOccurrences(of: "\n\(size)\n", with: "\n\(size + 1)\n")])
            #expect(forged.json["valid"] as? Bool == false)
        }
    }

    @Test("what is operated: plan, run, keys, tokens, explanation, examination")
    func operation() async throws {
        try await withRouter { server in
            try server.vault.ingest([line(id: "1", customer: ["id": "C1"], at: "2020-01-01T12:00:00Z")])
            let (job, officer, admin) = (try server.vault.token("retention"), try server.vault.token("compliance"), server.vault.adminToken)
            let plan = try await server.send("GET", "/v1/retention/plan", token: job)
            #expect((plan.json["rules"] as? [[String: Any]])?.contains { $0["due"] as? Int == 1 } == true)
            let run = try await server.send("POST", "/v1/retention/run", token: job, json: [String: Any]())
            #expect(run.json["complete"] as? Bool == true && run.json["customers_erased"] as? Int == 1)
            #expect(try await server.send("POST", "/v1/retention/run", token: job, json: [String: Any]()).status == 200)
            let issued = try await server.send(
                "POST", "/v1/tokens", token: admin, json: ["principal": "lin", "role": "analyst", "scope": ["query"], "days": 7])
            let token = try #require(issued.json["token"] as? String)
            #expect(try await server.send("GET", "/v1/me", token: token).json["principal"] as? String == "lin")
            let id = try #require(issued.json["id"] as? String)
            #expect(try await server.send("DELETE", "/v1/tokens/\(id)", token: admin).status == 200)
            #expect(try await server.send("GET", "/v1/me", token: token).status == 401)
            let tokens = try await server.send("GET", "/v1/tokens", token: admin)
            #expect(tokens.text.contains(id) && !tokens.text.contains("vvt_"))
            let keys = try await server.send("GET", "/v1/keys", token: admin)
            #expect((keys.json["keys"] as? [[String: Any]])?.first?["active"] as? Bool == true)
            let explained = try await server.send(
                "POST", "/v1/policies/explain", token: officer, json: ["principal": "compliance", "action": "lookup", "purpose": "subject-request", "fields": ["phone"]])
            #expect((explained.json["decisions"] as? [[String: Any]])?.first?["allowed"] as? Bool == true)
            let health = try await server.send("GET", "/v1/doctor", token: admin)
            let checks = (health.json["findings"] as? [[String: Any]] ?? []).compactMap { $0["check"] as? String }
            #expect(Set(checks).isSuperset(of: ["files", "database", "audit log", "disk", "clock", "keys", "erasures", "backup", "retention", "cases", "tokens"]))
            #expect(!checks.contains("certificate"), "without TLS there is none")
            #expect(try await server.send("GET", "/v1/policies/check", token: admin).json["valid"] as? Bool == true)
            #expect(try await server.send("GET", "/v1/compliance/report", token: officer).text.contains("<html"))
        }
    }
}
