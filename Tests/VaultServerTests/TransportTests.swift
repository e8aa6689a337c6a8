import AuditLog
import Foundation
import TestVaults
import Testing
import VoCVault

/// What a connection takes part in: the client's address, streams, bodies in pieces, and the log of requests. The rest of the API is tested in memory.
@Suite("The API over a connection")
struct TransportTests {
    @Test("what comes in by NDJSON goes out redacted, with a receipt that the log confirms")
    func roundTrip() async throws {
        try await withServer { server in
            let loader = try server.vault.token("ingest")
            let analyst = try server.vault.token("analyst")
            let stored = try await server.ingest(APITests.lines(20), token: loader)
            #expect(stored.status == 200)
            #expect(stored.text.contains(#""lines":[1,20],"status":"stored""#))

            let page = try await server.query(analyst, ["limit": 5, "where": "rating <= 3"])
            #expect(page.status == 200)
            let rows = try #require(page.json["rows"] as? [[Any]])
            #expect(rows.count == 5)
            #expect(!page.text.contains("欧阳") && !page.text.contains("13800138"))
            #expect(page.text.contains("[NAME]"))

            // The receipt's checkpoint covers the entry, and the entry tells of this query.
            let entry = try #require(page.headers.first(name: "Vault-Audit-Entry").flatMap { Int64($0) })
            let note = try #require(page.headers.first(name: "Vault-Audit-Checkpoint").flatMap { Data(base64Encoded: $0) })
            let officer = try server.vault.session("compliance")
            #expect(try officer.checkpointSize(String(decoding: note, as: UTF8.self)) > entry)
            let logged = try #require(AuditEntry(canonicalBytes: Array(officer.auditEntry(entry).utf8)))
            #expect(logged.action == "query" && logged.rows == 5 && logged.client == "127.0.0.1")
            #expect(logged.request == page.headers.first(name: "Vault-Request"))
            #expect((page.json["receipt"] as? [String: Any])?["entry"] as? Int64 == entry)
        }
    }

    @Test("pages by cursor give every row once; streams give the same rows as NDJSON and CSV")
    func paging() async throws {
        try await withServer { server in
            try server.vault.ingest(APITests.lines(57))
            let analyst = try server.vault.token("analyst")
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await server.query(analyst, ["limit": 10].merging(cursor.map { ["cursor": $0] } ?? [:]) { $1 })
                seen += try #require(page.json["rows"] as? [[Any]]).map { $0[0] as! String }
                cursor = page.json["next_cursor"] as? String
            } while cursor != nil
            #expect(seen.count == 57 && Set(seen).count == 57)

            let stream = try await server.query(analyst, headers: [("Accept", "application/x-ndjson")])
            let objects = stream.text.split(separator: "\n").map { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            #expect(objects.map { $0?["record"] as? String } == seen)
            let table = try await server.query(analyst, ["limit": 12], headers: [("Accept", "text/csv")])
            #expect(table.text.components(separatedBy: "\r\n").first == "record,rating,text")
            #expect(table.text.components(separatedBy: "\r\n").count == 14)
        }
    }

    @Test("health, measures and the log say how it goes, and nothing of what was asked")
    func observation() async throws {
        try await withServer { server in
            let loader = try server.vault.token("ingest")
            _ = try await server.ingest(APITests.lines(3), token: loader)
            let officer = try server.vault.token("compliance")
            _ = try await server.send("POST", "/v1/lookup", token: officer, json: ["field": "phone", "value": "13800138010", "purpose": "subject-request"])
            _ = try await server.send("GET", "/v1/audit/entries?reason=欧阳娜".addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed)!, token: officer)
            _ = try await server.send("GET", "/v1/13800138010", token: officer)
            #expect(try await server.send("GET", "/livez").status == 200)
            #expect(try await server.send("GET", "/readyz").status == 200)
            let measures = try await server.send("GET", "/metrics").text
            #expect(measures.contains(#"vocvault_http_requests_total{method="POST",route="/v1/lookup",status="200"} 1"#))
            #expect(measures.contains("vocvault_http_request_duration_seconds_count{route=\"/v1/records\"} 1"))
            #expect(measures.contains("vocvault_cases_overdue 0.0") && measures.contains("vocvault_links_waiting 0.0"))
            #expect(try await server.send("GET", "/metrics", headers: [("X-Forwarded-For", "10.0.0.1")]).status == 403)
            let log = server.log.text
            #expect(log.contains(#""route":"/v1/lookup""#) && log.contains(#""status":"200""#))
            for secret in ["13800138010", "欧阳", "vvt_", loader, officer] { #expect(!log.contains(secret) && !measures.contains(secret)) }
        }
    }
}
