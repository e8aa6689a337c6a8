import Foundation
import TestVaults
import Testing

/// Every operation that the OpenAPI document has, asked for by every role.
@Suite("Every route, every role")
struct RoleTests {
    private struct Expectation {
        /// Roles that are let through.
        var roles: Set<String>
        /// What to send, with the query.
        var path: String?
        var json: [String: Any]?

        init(_ roles: Set<String>, _ path: String? = nil, _ json: [String: Any]? = nil) { (self.roles, self.path, self.json) = (roles, path, json) }
    }

    private static let everyone: Set<String> = [
        "analyst", "compliance", "privacy-lead", "retention", "administrator", "ingest", "agent", "classification", "reporting", "partner", "manager",
        "improver",
    ]

    /// By operation id. A route that is missing here fails the test.
    private static func expectations() -> [String: Expectation] {
        let request = "subject-request"
        let because: [String: Any] = ["purpose": request, "reason": "case 1"]
        let readers: Set<String> = ["compliance", "privacy-lead"]
        return [
            "ingestRecords": .init(["ingest"], "/v1/records?source=s"),
            "getRecord": .init(["analyst", "classification"], "/v1/records/r_000?purpose=insight&select=record,text"),
            "revealField": .init(["agent"], "/v1/records/r_000/reveal", ["field": "phone", "purpose": "follow-up", "reason": "call back"]),
            "lookup": .init(["compliance"], nil, ["field": "phone", "value": "13800138000", "purpose": request]),
            "annotate": .init(["classification"], nil, ["purpose": "insight", "annotations": [["record": "r_000", "module": "topic", "labels": ["a": 1]]]]),
            "query": .init(["analyst", "classification"], nil, ["purpose": "insight", "select": ["text"]]),
            "listChanges": .init(["analyst", "classification"], "/v1/changes?purpose=insight&select=record,text"),
            "aggregate": .init(["analyst", "classification", "reporting", "partner", "manager", "improver"], nil, ["purpose": "insight", "measures": ["count"], "group_by": ["channel"]]),
            "planDisclosure": .init(["analyst", "classification", "reporting", "partner", "manager", "improver"], "/v1/disclosure/plan", ["purpose": "insight", "group_by": ["channel"]]),
            "exportSubject": .init(["compliance"], "/v1/subjects/s_000/export", ["purpose": request]),
            "correctSubject": .init(["compliance"], "/v1/subjects/s_000/correct", because.merging(["field": "phone", "value": "1"]) { $1 }),
            "eraseSubject": .init(["compliance"], "/v1/subjects/s_000/erase", because),
            "erasureCertificate": .init(["compliance"], "/v1/subjects/s_000/certificate?purpose=\(request)"),
            "restrictSubject": .init(["compliance"], "/v1/subjects/s_000/restrict", because),
            "recordConsent": .init(["compliance"], "/v1/subjects/s_000/consents", because.merging(["about": "insight", "decision": "objected"]) { $1 }),
            "listConsents": .init(["compliance"], "/v1/subjects/s_000/consents?purpose=subject-request"),
            "listHolds": .init(["compliance"], "/v1/subjects/s_000/holds?purpose=subject-request"),
            "holdSubject": .init(["compliance"], "/v1/subjects/s_000/hold", because),
            "releaseSubject": .init(["compliance"], "/v1/subjects/s_000/release", because),
            "askLink": .init(["compliance"], nil, because.merging(["subject": "s_000", "other": "s_001", "kind": "join"]) { $1 }),
            "listLinks": .init(["compliance"], "/v1/links?purpose=\(request)"),
            "decideLink": .init(["compliance"], "/v1/links/1/decision", because.merging(["decision": "accept"]) { $1 }),
            "listMentions": .init(["compliance"], "/v1/subjects/s_000/mentions?purpose=\(request)"),
            "decideMention": .init(["compliance"], "/v1/subjects/s_000/mentions", because.merging(["record": "r_000", "decision": "theirs"]) { $1 }),
            "listManyNamed": .init(["compliance"], "/v1/links/many-named?purpose=\(request)"),
            "listCases": .init(["compliance"], "/v1/cases?purpose=\(request)"),
            "openCase": .init(["compliance"], nil, ["purpose": request, "subject": "s_000", "kind": "access"]),
            "closeCase": .init(["compliance"], "/v1/cases/1/close", ["purpose": request, "outcome": "answered", "note": "done"]),
            "askCaseTask": .init(["compliance"], "/v1/cases/1/tasks", ["purpose": request, "system": "crm", "note": "erase"]),
            "answerCaseTask": .init(["compliance"], "/v1/cases/1/tasks/1/answer", ["purpose": request, "outcome": "done", "note": "erased"]),
            "listApprovals": .init(["privacy-lead", "compliance", "agent"]),
            "decideApproval": .init(["privacy-lead"], "/v1/approvals/1/decision", ["decision": "grant"]),
            "listAuditEntries": .init(readers), "getAuditEntry": .init(readers, "/v1/audit/entries/0"),
            "readQuestion": .init(readers, "/v1/audit/entries/0/question"), "readReason": .init(readers, "/v1/audit/entries/0/reason"), "listPolicyVersions": .init(readers),
            "approveToken": .init(["administrator"], "/v1/tokens/t_none/approval", [:]),
            "proveAuditEntry": .init(readers, "/v1/audit/entries/0/proof"), "getAuditFile": .init(readers, "/v1/audit/log/checkpoint"),
            "anchorAudit": .init(readers.union(["administrator"])), "proveConsistency": .init(readers.union(["administrator"]), "/v1/audit/consistency?from=1"),
            "verifyAudit": .init(readers.union(["administrator"]), nil, [:]), "processingReport": .init(["compliance"]),
            "whoami": .init(everyone), "inbox": .init(everyone), "retentionPlan": .init(["compliance", "retention"]), "runRetention": .init(["retention"], nil, [:]),
            "explainPolicy": .init(readers, nil, ["principal": "admin", "action": "query", "purpose": "insight"]),
            "checkPolicies": .init(["administrator", "compliance"]), "keyStatus": .init(["administrator", "compliance"]),
            "overview": .init(["administrator", "compliance"]), "listTasks": .init(["analyst", "reporting", "manager", "improver"]),
            "proposeTask": .init(["analyst"], nil, ["title": "x", "where": "rating = 1", "owner": "x", "due": "2027-01-01T00:00:00Z"]),
            "decideTask": .init(["manager"], "/v1/tasks/99/decision", ["step": "approve"]), "progressTask": .init(["improver"], "/v1/tasks/99/progress", ["step": "start"]),
            "listTokens": .init(["administrator", "compliance"]), "evaluateAlerts": .init(["reporting", "manager", "improver"], nil, ["purpose": "insight"]), "issueToken": .init(["administrator"], nil, ["principal": "x", "role": "analyst"]),
            "revokeToken": .init(["administrator"], "/v1/tokens/t_none"), "examine": .init(["administrator", "compliance"]),
            "listRuns": .init(["administrator", "compliance"]),
        ]
    }

    @Test("who may do what is what the table says, for every operation and role; nobody signed in may do anything")
    func matrix() async throws {
        let vault = try TestVault()
        #expect(Set(vault.vault.policies.roles.keys) == Self.everyone, "a role is missing in this table")
        try vault.ingest((0..<20).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        let tokens = try Dictionary(uniqueKeysWithValues: Self.everyone.map { ($0, try vault.token($0)) })
        try await withRouter(vault: vault) { server in
            let document = try await server.send("GET", "/openapi.json").json
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            var found: Set<String> = []
            let expectations = Self.expectations()
            for (path, operations) in paths {
                for (method, operation) in operations {
                    let id = try #require(operation["operationId"] as? String)
                    found.insert(id)
                    let expected = try #require(expectations[id], "\(method) \(path) is not in the table")
                    func ask(_ token: String?) async throws -> RunningServer.Reply {
                        let isUpload = id == "ingestRecords"
                        return try await server.send(
                            method.uppercased(), expected.path ?? path, token: token, json: expected.json, body: isUpload ? Data("{}".utf8) : nil,
                            headers: isUpload ? [("Content-Type", "application/x-ndjson")] : [])
                    }
                    for (role, token) in tokens {
                        let reply = try await ask(token)
                        if expected.roles.contains(role) {
                            #expect(![401, 403].contains(reply.status) && reply.status < 500, "\(id) as \(role): \(reply.status) \(reply.text)")
                        } else {
                            #expect(reply.status == 403 && reply.problem == "denied", "\(id) as \(role): \(reply.status)")
                        }
                    }
                    #expect(try await ask(nil).status == 401, "\(id) without signing in")
                }
            }
            #expect(found == Set(expectations.keys), "the table has routes that are not there")
        }
    }

    @Test("a token's scope takes away, and never adds")
    func scope() async throws {
        try await withRouter { server in
            let vault = server.vault
            let narrow = try vault.administrator.issueToken(principal: "n", role: "compliance", scope: [.auditRead, .ingest], days: 1).token
            #expect(try await server.send("GET", "/v1/audit/entries", token: narrow).status == 200)
            #expect(try await server.send("GET", "/v1/keys", token: narrow).status == 403)
            #expect(try await server.ingest([line(id: "1")], token: narrow).status == 403)
            let entries = try vault.session("compliance").auditEntries(.init(principal: "n", outcome: .denied))
            #expect(entries.contains { $0.rule == "token scope" && $0.action == "keys.status" })
        }
    }
}
