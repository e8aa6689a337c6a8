import HTTPTypes
import Hummingbird
import Policy
import RedactedAPI
import StrictJSON
import VoCVault

/// Retention, policies, keys, tokens and health.
enum OperationEndpoints {
    static let all = [whoami, plan, run, explain, check, keys, tokens, issueToken, revokeToken, examine, overview]

    static let whoami = Endpoint(
        method: .get, path: "/v1/me", id: "whoami", summary: "Who has signed in, and what the role may do.",
        reply: .json(
            .object([
                .required("principal", .text("")), .required("role", .text("")),
                .required(
                    "grants",
                    .array(
                        .object([
                            .required("name", .text("")), .required("purposes", .array(.text(""), count: 0...1000)),
                            .required("actions", .array(.text(""), count: 0...1000)), .required("fields", .map(.text(""))),
                        ]), count: 0...1000)),
            ]))
    ) { call in
        let grants = call.session.policies.roles[call.session.role]?.grants ?? []
        let body: JSON = [
            "principal": .string(call.session.principal), "role": .string(call.session.role),
            "grants": .array(
                grants.map { grant in
                    [
                        "name": .string(grant.name), "purposes": JSON(grant.purposes), "actions": JSON(grant.actions.map(\.rawValue).sorted()),
                        "fields": .object(grant.fields.mapValues { .string($0.rawValue) }),
                    ]
                }),
        ]
        return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    static let plan = Endpoint(
        method: .get, path: "/v1/retention/plan", id: "retentionPlan", summary: "How many records each rule of retention.yaml would touch.",
        action: "retention.plan",
        query: [.init(name: "confirm_clock", schema: confirmClock), .init(name: "confirm", schema: confirm)],
        reply: .json(
            .object([
                .required(
                    "rules",
                    .array(
                        .object([
                            .required("rule", .text("")), .required("removes", .text("")), .required("due", Fields.count), .required("held", Fields.count),
                            .required("before", .text("a day")),
                        ]), count: 0...1000)),
                .required("records", .integer(0...Int.max, about: "that would be changed or deleted, each counted once")),
                .required("customers_erased", .integer(0...Int.max, about: "who would have no record left")),
                .optional("obstacle", .text("why a run with the same confirmations would stop, and how to confirm that it is meant")),
                .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let consent = consent(call)
        let forecast = try await call.work(.long) { try $0.retentionForecast(consent: consent) }
        let rules = forecast.rules.map { row -> JSON in
            [
                "rule": .string(row.rule), "removes": .string(row.removes), "due": JSON(row.due), "held": JSON(row.held), "before": .string(row.before),
            ]
        }
        var members: [String: JSON] = [
            "rules": .array(rules), "records": JSON(forecast.records), "customers_erased": JSON(forecast.customersErased),
        ]
        if let obstacle = forecast.obstacle { members["obstacle"] = .string(obstacle) }
        return try await call.reply(members)
    }

    private static let confirmClock = Schema.boolean(about: "the server's clock is right, although a run doubted it")
    private static let confirm = Schema.integer(0...1_000_000_000, about: "take up to so many records, also beyond the policy's ceiling")

    private static func consent(_ call: Call) -> RetentionConsent {
        RetentionConsent(clock: call.flag("confirm_clock"), records: call.number("confirm"))
    }

    static let run = Endpoint(
        method: .post, path: "/v1/retention/run", id: "runRetention", summary: "Carries out the rules for some seconds; ask again until it is complete.",
        action: "retention.run",
        content: .json(
            .object([
                .optional("batch", .integer(1...100_000, about: "records a transaction")), .optional("max_seconds", .integer(1...60, about: "10 when not given")),
                .optional("confirm_clock", confirmClock), .optional("confirm", confirm),
            ])),
        reply: .json(
            .object([
                .required("records", .map(Fields.count)), .required("customers_erased", Fields.count), .required("complete", .boolean(about: "")), Fields.notice,
                .required("receipt", .reference("Receipt")),
            ])), statuses: [.conflict]
    ) { call in
        let (batch, seconds) = (call.number("batch") ?? 1000, Double(call.number("max_seconds") ?? 10))
        let consent = consent(call)
        let report = try await call.work(.rights) { session in
            let report = try session.retentionRun(batch: batch, seconds: seconds, consent: consent)
            // A run that found nothing to do has left no entry of its own; the plan that it saw is one.
            if session.lastReceipt == nil { _ = try session.retentionPlan() }
            return report
        }
        return try await call.replyOfDeletion([
            "records": .object(report.done.mapValues { JSON($0) }), "customers_erased": JSON(report.customersErased), "complete": .boolean(report.isComplete),
        ])
    }

    static let explain = Endpoint(
        method: .post, path: "/v1/policies/explain", id: "explainPolicy", summary: "What the policy decides about a principal's request, and by which rule.",
        action: "audit.read",
        content: .json(
            .object([
                .required("principal", .text("whose tokens to look at", 1...64)), .required("action", .choice(Action.allCases.map(\.rawValue))),
                .required("purpose", Fields.purpose), .optional("fields", .array(Fields.field, count: 0...100)),
            ])),
        reply: .json(
            .object([
                .required(
                    "decisions",
                    .array(
                        .object([
                            .required("role", .text("")), .required("allowed", .boolean(about: "")), .required("rule", .text("")),
                            .required("treatments", .map(.text(""))), .required("steps", .array(.text("", 0...2000), count: 0...1000)),
                        ]), count: 0...100)), .required("receipt", .reference("Receipt")),
            ])), statuses: [.notFound]
    ) { call in
        let (principal, purpose, fields) = (call.required("principal"), call.required("purpose"), call.texts("fields") ?? [])
        let action = Action(rawValue: call.required("action"))!
        let decisions = try await call.work { session in
            try session.explain(principal: principal, action: action, purpose: purpose, fields: fields).map { ($0.role, $0.decision) }
        }
        return try await call.reply([
            "decisions": .array(
                decisions.map { role, decision in
                    [
                        "role": .string(role), "allowed": .boolean(decision.isAllowed), "rule": .string(decision.rule),
                        "treatments": .object(decision.treatments.mapValues { .string($0.rawValue) }), "steps": JSON(decision.steps),
                    ]
                })
        ])
    }

    static let check = Endpoint(
        method: .get, path: "/v1/policies/check", id: "checkPolicies",
        summary: "Whether the policy files as they are now could be put in force, as SIGHUP does; each problem with file and line.", action: "doctor",
        reply: .json(
            .object([
                .required("valid", .boolean(about: "")), .required("problems", .array(.text("", 0...2000), count: 0...10_000)),
                .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let problems = try await call.work { try $0.checkPolicies() }
        return try await call.reply(["valid": .boolean(problems.isEmpty), "problems": JSON(problems)])
    }

    static let keys = Endpoint(
        method: .get, path: "/v1/keys", id: "keyStatus", summary: "Versions and counts of keys; never a key.", action: "keys.status",
        reply: .json(
            .object([
                .required(
                    "keys",
                    .array(
                        .object([
                            .required("id", .text("")), .required("active", .boolean(about: "")), .required("created", Fields.time),
                            .required("subject_keys", Fields.count), .required("data_keys", Fields.count), .required("needs_rotation", .boolean(about: "")),
                        ]), count: 0...1000)),
                .required(
                    "versions",
                    .array(
                        .object([
                            .required("use", .text("customer, index, pseudonym, …")), .required("name", .text("field or purpose; empty where there is none", 0...200)),
                            .required("version", Fields.count), .required("state", .text("current, coming or former")), .required("count", Fields.count),
                        ]), count: 0...10_000)), .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let (keys, versions) = try await call.work(.long) { (try $0.keyStatus(), try $0.keyVersions()) }
        return try await call.reply([
            "keys": .array(
                keys.map { key in
                    [
                        "id": .string(key.id), "active": .boolean(key.isActive), "created": JSON(key.created), "subject_keys": JSON(key.subjectKeys),
                        "data_keys": JSON(key.dataKeys), "needs_rotation": .boolean(key.needsRotation),
                    ]
                }),
            "versions": .array(
                versions.map {
                    [
                        "use": .string($0.use), "name": .string($0.name), "version": JSON($0.version), "state": .string($0.state.rawValue),
                        "count": JSON($0.count),
                    ]
                }),
        ])
    }

    static let tokens = Endpoint(
        method: .get, path: "/v1/tokens", id: "listTokens", summary: "Tokens, never their secrets.", action: "token.list",
        reply: .json(
            .object([
                .required(
                    "tokens",
                    .array(
                        .object([
                            .required("id", .text("")), .required("principal", .text("")), .required("role", .text("")),
                            .required("scope", .nullable(.array(.text(""), count: 0...100))), .required("created", Fields.time),
                            .required("expires", .nullable(Fields.time)), .required("revoked", .nullable(Fields.time)),
                        ]), count: 0...1_000_000)), .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let tokens = try await call.work { try $0.tokens() }
        return try await call.reply([
            "tokens": .array(
                tokens.map { token in
                    [
                        "id": .string(token.id), "principal": .string(token.principal), "role": .string(token.role),
                        "scope": token.scope.map { JSON($0) } ?? .null, "created": JSON(token.created), "expires": JSON(token.expires),
                        "revoked": JSON(token.revoked),
                    ]
                })
        ])
    }

    static let issueToken = Endpoint(
        method: .post, path: "/v1/tokens", id: "issueToken", summary: "Issues a token; the reply shows it this once.", action: "token.issue",
        content: .json(
            .object([
                .required("principal", .text("who will use it", 1...64)), .required("role", .text("a role of roles.yaml", 1...64)),
                .optional("scope", .array(.choice(Action.allCases.map(\.rawValue)), count: 1...50)), .optional("days", .integer(0...36_500, about: "lifetime")),
            ])),
        reply: .json(.object([.required("token", .text("")), .required("id", .text("")), .required("receipt", .reference("Receipt"))]))
    ) { call in
        let (principal, role, days) = (call.required("principal"), call.required("role"), call.number("days"))
        let scope = call.texts("scope")?.compactMap { Action(rawValue: $0) }
        let issued = try await call.work { try $0.issueToken(principal: principal, role: role, scope: scope, days: days) }
        return try await call.reply(["token": .string(issued.token), "id": .string(issued.id)])
    }

    static let revokeToken = Endpoint(
        method: .delete, path: "/v1/tokens/{id}", id: "revokeToken", summary: "Ends a token at once.", action: "token.revoke",
        variables: [.init(name: "id", schema: .text("as the list has it", 1...64), isRequired: true)],
        query: [
            .init(name: "reason", schema: Fields.reason),
            .init(name: "dry_run", schema: .boolean(about: "revokes nothing and says whose token it is")),
        ],
        reply: .json(
            .object([
                .required("principal", .text("")), .required("role", .text("")), .required("receipt", .reference("Receipt")),
            ])), statuses: [.notFound, .conflict]
    ) { call in
        let (id, reason, dryRun) = (call.required("id"), call.text("reason"), call.flag("dry_run"))
        let token = try await call.work { try $0.revokeToken(id, reason: reason, dryRun: dryRun) }
        return try await call.reply(["principal": .string(token.principal), "role": .string(token.role)])
    }

    static let examine = Endpoint(
        method: .get, path: "/v1/doctor", id: "examine", summary: "Health, integrity, permissions, disk, clock, key and backup age, and what to do.",
        action: "doctor",
        reply: .json(
            .object([
                .required(
                    "findings",
                    .array(
                        .object([
                            .required("check", .text("")), .required("state", .choice(["ok", "warning", "failure"])),
                            .required("kind", .choice(["integrity", "operation"])), .required("finding", .text("", 0...2000)),
                            .required("advice", .text("", 0...2000)),
                        ]), count: 0...1000)), .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let served = [call.server.certificates?.finding].compactMap { $0 }
        let findings = try await call.work(.long) { try $0.examine(beside: served) }
        return try await call.reply([
            "findings": .array(
                findings.map {
                    [
                        "check": .string($0.check), "state": .string($0.state.rawValue), "kind": .string($0.kind.rawValue),
                        "finding": .string($0.finding), "advice": .string($0.advice),
                    ]
                })
        ])
    }

    private static let event = Schema.object([
        .required("entry", Fields.count), .required("time", Fields.time), .required("principal", .text("", 0...1000)), .required("action", .text("")),
        .required("rule", .text("", 0...2000)),
    ])

    static let overview = Endpoint(
        method: .get, path: "/v1/overview", id: "overview", summary: "How the vault is used, in counts; its newest denials and alerts.", action: "doctor",
        query: [.init(name: "days", schema: .integer(1...366, about: "30 when not given"))],
        reply: .json(
            .object([
                .required("records", Fields.count), .required("customers", Fields.count),
                .required("days", .array(.object([.required("day", .text("")), .required("allowed", Fields.count), .required("denied", Fields.count)]), count: 0...366)),
                .required("denials", .array(event, count: 0...100)), .required("alerts", .array(event, count: 0...100)), .required("open_cases", Fields.count),
                .required("overdue_cases", Fields.count), .required("waiting_approvals", Fields.count), .required("due", Fields.count),
                .required("audit_entries", Fields.count), .required("verified_at", .nullable(Fields.time)), .required("verified_entries", .nullable(Fields.count)),
                .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let days = call.number("days") ?? 30
        let overview = try await call.work(.long) { try $0.overview(days: days) }
        func events(_ events: [VaultOverview.Event]) -> JSON {
            .array(
                events.map {
                    [
                        "entry": JSON($0.entry), "time": .string($0.time), "principal": .string($0.principal), "action": .string($0.action),
                        "rule": .string($0.rule),
                    ]
                })
        }
        return try await call.reply([
            "records": JSON(overview.records), "customers": JSON(overview.customers),
            "days": .array(overview.days.map { ["day": .string($0.day), "allowed": JSON($0.allowed), "denied": JSON($0.denied)] }),
            "denials": events(overview.denials), "alerts": events(overview.alerts), "open_cases": JSON(overview.openCases),
            "overdue_cases": JSON(overview.overdueCases), "waiting_approvals": JSON(overview.waitingApprovals), "due": JSON(overview.due),
            "audit_entries": JSON(overview.auditEntries), "verified_at": overview.lastVerification.map { .string($0.time) } ?? .null,
            "verified_entries": overview.lastVerification.map { .integer($0.entries) } ?? .null,
        ])
    }
}
