import Foundation
import TestVaults
import Testing
import VaultAPI
import VaultServer

@Suite("The OpenAPI document")
struct SchemaTests {
    /// A role for all operations, so that what lies behind the policy is tried too.
    private static let everything = """

      everything-insight:
        description: For this test.
        grants:
          - name: see
            purposes: [insight]
            actions: [query, annotate]
            fields: {record: pseudonym, subject: pseudonym, channel: reveal, occurred_at: reveal, text: mask, product: reveal, rating: reveal, topic: reveal}
          - name: rights
            purposes: [subject-request]
            actions: [reveal, lookup, subject.export, subject.correct, subject.erase, subject.certificate, subject.restrict, subject.consent, subject.hold, subject.release, subject.link, case.manage]
            fields: {text: reveal, phone: reveal, name: reveal, customer_id: reveal, email: reveal}
          - name: operate
            purposes: [operation]
            actions: [ingest, retention.plan, retention.run, audit.read, audit.verify, compliance.report, token.issue, token.list, token.revoke, keys.status, doctor, approval.decide]
          - name: improve
            purposes: [insight]
            actions: [task.propose, task.work, task.decide, task.read]
            fields: {rating: reveal, product: reveal, topic: reveal}
    """

    @Test("schemathesis finds no 5xx and nothing that differs from the document")
    func schemathesis() async throws {
        let tool = TestVault.repository.appendingPathComponent(".build/tools/bin/st")
        try #require(FileManager.default.fileExists(atPath: tool.path), "run .ci/install-test-tools first, as 'make test' does")
        let vault = try TestVault { name, text in name == "roles.yaml" ? text + Self.everything : text }
        try vault.ingest((0..<40).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "138001380\($0 + 10)"]) })
        let token = try vault.token("everything-insight")
        let output = try await withServer(vault: vault, configure: { ($0.requestBurst, $0.failedSignIns) = (1_000_000, 1_000_000) }) { server in
            let subject = try await server.send(
                "POST", "/v1/lookup", token: token, json: ["field": "phone", "value": "13800138010", "purpose": "subject-request"])
            let settings = vault.folder.appendingPathComponent("schemathesis.toml")
            try Self.settings(subject: (subject.json["subjects"] as? [String])?.first ?? "").write(to: settings, atomically: true, encoding: .utf8)
            return try await run(
                tool,
                [
                    "--config-file", settings.path, "run", server.base + "/openapi.json", "-H", "Authorization: Bearer \(token)", "--max-examples", "25",
                    "--seed", "7", "--no-color", "--generation-database", "none",
                ])
        }
        #expect(output.status == 0, "\(output.text.suffix(6000))")
        // Each of them, with the one that takes in records as a stream.
        #expect(output.text.contains("Tested: \(Operations.all.count + 1)\n"), "\(output.text.suffix(2000))")
    }

    /// Where valid JSON is no valid request: expressions of the query language, notes with signatures, names of the policy's fields and purposes.
    private static func settings(subject: String) -> String {
        let expressions = ["POST /v1/query", "POST /v1/aggregate", "POST /v1/disclosure/plan", "POST /v1/lookup", "POST /v1/annotations", "POST /v1/records/{record}/reveal",
            "POST /v1/tokens", "POST /v1/subjects/{subject}/correct", "GET /v1/records/{record}", "GET /v1/changes", "POST /v1/records", "POST /v1/subjects/{subject}/restrict",
            "POST /v1/subjects/{subject}/release", "POST /v1/tasks", "POST /v1/tasks/{number}/decision", "POST /v1/tasks/{number}/progress", "GET /v1/cases", "POST /v1/cases", "GET /v1/links", "POST /v1/links", "GET /v1/links/many-named",
            "GET /v1/subjects/{subject}/mentions", "POST /v1/subjects/{subject}/mentions",
            "POST /v1/links/{number}/decision", "POST /v1/cases/{number}/tasks", "POST /v1/cases/{number}/tasks/{task}/answer", "GET /v1/subjects/{subject}/consents",
             "POST /v1/subjects/{subject}/consents",
            "POST /v1/cases/{number}/close", "POST /v1/policies/explain", "POST /v1/subjects/{subject}/erase", "POST /v1/subjects/{subject}/export",
            "POST /v1/subjects/{subject}/hold", "GET /v1/subjects/{subject}/holds", "GET /v1/subjects/{subject}/certificate", "GET /v1/audit/entries",
        ]
        return expressions.map { "[[operations]]\ninclude-name = \"\($0)\"\nchecks.positive_data_acceptance.enabled = false\n" }.joined(separator: "\n")
            + "\n[parameters]\n\"path.subject\" = \"\(subject)\"\n"
    }
}
