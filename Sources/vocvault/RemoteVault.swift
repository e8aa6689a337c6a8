import AuditLog
import Foundation
import Policy
import RedactedAPI
import VaultClient
import VoCVault

/// A vault behind a server.
struct RemoteVault: VaultOperations {
    let client: VaultClient

    private struct Done: Decodable, Sendable {
        var records: Int?
        var hold: Int64?
        var receipt: VaultClient.Receipt
        var notice: String?
    }

    /// What the server has to say is printed with each answer.
    var notices: [String] { [] }

    private func post(_ path: String, _ body: [String: Any?]) throws -> Done {
        let done = try post(path, body, as: Done.self)
        if let notice = done.notice { printError("note: \(notice)") }
        return done
    }

    private func post<R: Decodable & Sendable>(_ path: String, _ body: [String: Any?], as type: R.Type) throws -> R {
        let json = try JSONSerialization.data(withJSONObject: body.compactMapValues { $0 })
        return try waitFor { [client] in
            // Any is not Sendable; its bytes are.
            let body = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
            return try await client.post(path, body)
        }
    }

    private func get<R: Decodable & Sendable>(_ path: String, _ query: [(String, String?)] = [], as type: R.Type) throws -> R {
        try waitFor { [client] in try await client.get(path, query) }
    }

    private func text(_ path: String, _ query: [(String, String?)] = []) throws -> String {
        try waitFor { [client] in String(decoding: try await client.data("GET", path, query: query), as: UTF8.self) }
    }

    private func subject(_ pseudonym: String, _ act: String) -> String { "/v1/subjects/\(VaultClient.encoded(pseudonym))/\(act)" }

    // MARK: Data

    func page(_ query: Query) async throws -> Page { try await client.page(query) }
    func page(_ query: Query) throws -> Page { try waitFor { [client] in try await client.page(query) } }
    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable { try await client.aggregate(query) }
    func aggregate(_ query: AggregateQuery) throws -> AggregateTable { try waitFor { [client] in try await client.aggregate(query) } }
    func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int { try await client.annotate(annotations, purpose: purpose) }

    func reveal(record: String, field: String, purpose: String, reason: String, breakGlass: Bool, release: (String) throws -> Void) throws -> Int64 {
        let (value, receipt) = try waitFor { [client] in
            try await client.reveal(record: record, field: field, purpose: purpose, reason: reason, breakGlass: breakGlass)
        }
        try release(value)
        return receipt
    }

    func lookup(field: String, value: String, purpose: String?) throws -> (subjects: [String], receipt: Int64) {
        try waitFor { [client] in try await client.lookup(field: field, value: value, purpose: purpose) }
    }

    func ingest(
        _ input: FileHandle, format: InputFormat, source: String, timeZone: TimeZone?, batchSize: Int, onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) throws -> IngestReport {
        let upload = try waitFor { [client] in
            try await client.ingest(source: source, type: format == .csv ? "text/csv" : "application/x-ndjson", timeZone: timeZone?.identifier) {
                try input.read(upToCount: 256 << 10)
            }
        }
        for reject in upload.rejects { try onReject(Reject(line: reject.line, lines: reject.lines, reason: reject.reason)) }
        var report = IngestReport()
        (report.stored, report.duplicates, report.rejected, report.newCustomers) = (upload.stored, upload.duplicates, upload.rejected, upload.newCustomers)
        (report.erasedBefore, report.setAside) = (upload.erasedBefore, upload.setAside)
        progress(report)
        return report
    }

    // MARK: Subjects

    func exportArchive(_ pseudonym: String, purpose: String, reason: String?, release: (Data) throws -> Void) throws -> Int64 {
        let path = subject(pseudonym, "export")
        let archive = try waitFor { [client] in
            try await client.data("POST", path, body: ["purpose": purpose].merging(reason.map { ["reason": $0] } ?? [:]) { $1 })
        }
        try release(archive)
        // The reply has its receipt in headers only; the newest entry about this is the export's.
        return -1
    }

    func correctSubject(_ pseudonym: String, field: String, to value: String?, purpose: String, reason: String, dryRun: Bool) throws -> Correction {
        struct Reply: Decodable {
            struct Change: Decodable {
                struct Value: Decodable {
                    var value: String
                    var records: Int
                }
                var before: [Value]
                var after: String?
            }
            var records, others: Int
            var change: Change?
            var receipt: VaultClient.Receipt
        }
        let body: [String: Any?] = ["purpose": purpose, "reason": reason, "field": field, "value": value, "dry_run": dryRun ? true : nil]
        let done = try post(subject(pseudonym, "correct"), body, as: Reply.self)
        let change = done.change.map { MaskedChange(before: $0.before.map { (value: $0.value, records: $0.records) }, after: $0.after) }
        return Correction(records: done.records, others: done.others, receipt: done.receipt.entry, change: change)
    }

    func eraseSubject(_ pseudonym: String, purpose: String, reason: String, dryRun: Bool) throws -> (records: Int, receipt: Int64) {
        let done = try post(subject(pseudonym, "erase"), ["purpose": purpose, "reason": reason, "dry_run": dryRun ? true : nil])
        return (done.records ?? 0, done.receipt.entry)
    }

    func erasureCertificate(_ pseudonym: String, purpose: String) throws -> String { try text(subject(pseudonym, "certificate"), [("purpose", purpose)]) }

    func restrictSubject(_ pseudonym: String, purpose: String, reason: String, lift: Bool) throws -> (records: Int, receipt: Int64) {
        let done = try post(subject(pseudonym, "restrict"), ["purpose": purpose, "reason": reason, "lift": lift])
        return (done.records ?? 0, done.receipt.entry)
    }

    func holdSubject(_ pseudonym: String, purpose: String, reason: String, ends: Timestamp?) throws -> (hold: Int64, receipt: Int64) {
        let done = try post(subject(pseudonym, "hold"), ["purpose": purpose, "reason": reason, "ends": ends?.description])
        return (done.hold ?? 0, done.receipt.entry)
    }

    func releaseSubject(_ pseudonym: String, hold: Int64?, purpose: String, reason: String?) throws -> (hold: Int64, receipt: Int64) {
        let done = try post(subject(pseudonym, "release"), ["purpose": purpose, "reason": reason, "hold": hold])
        return (done.hold ?? 0, done.receipt.entry)
    }

    func holds(on pseudonym: String, purpose: String) throws -> [SubjectHold] {
        struct Reply: Decodable, Sendable {
            struct Hold: Decodable, Sendable {
                var number: Int64
                var ground, by, set: String
                var ends, released: String?
                var inForce: Bool
            }
            var holds: [Hold]
        }
        return try get(subject(pseudonym, "holds"), [("purpose", purpose)], as: Reply.self).holds.map { hold in
            SubjectHold(
                id: hold.number, ground: hold.ground, setBy: hold.by, set: try Self.time(hold.set), ends: try hold.ends.map(Self.time), released: try hold.released.map(Self.time),
                isInForce: hold.inForce)
        }
    }

    // MARK: Cases and approvals

    func openCase(_ kind: CaseKind, of pseudonym: String, purpose: String, note: String?) throws -> (id: Int64, due: Timestamp) {
        struct Reply: Decodable {
            var number: Int64
            var due: String
        }
        let reply = try post("/v1/cases", ["purpose": purpose, "subject": pseudonym, "kind": kind.rawValue, "note": note], as: Reply.self)
        return (reply.number, try Self.time(reply.due))
    }

    func closeCase(_ id: Int64, as outcome: CaseOutcome, purpose: String, note: String) throws -> Int64 {
        try post("/v1/cases/\(id)/close", ["purpose": purpose, "outcome": outcome.rawValue, "note": note]).receipt.entry
    }

    func cases(purpose: String, closed: Bool) throws -> [SubjectCase] {
        struct Reply: Decodable {
            struct Case: Decodable {
                var number: Int64
                var kind, subject, status, opened, due, note: String
                var closed: String?
                var overdue: Bool
            }
            var cases: [Case]
        }
        return try get("/v1/cases", [("purpose", purpose), ("closed", closed ? "true" : nil)], as: Reply.self).cases.map {
            SubjectCase(
                id: $0.number, kind: $0.kind, subject: $0.subject, status: $0.status, opened: try Self.time($0.opened), due: try Self.time($0.due),
                closed: try $0.closed.map(Self.time), isOverdue: $0.overdue, note: $0.note)
        }
    }

    func approvals() throws -> [Approval] {
        struct Reply: Decodable {
            struct Row: Decodable {
                var number: Int64
                var principal, role, purpose, record, field, reason, asked, expires, state: String
                var decidedBy: String?
            }
            var approvals: [Row]
        }
        return try get("/v1/approvals", as: Reply.self).approvals.map {
            Approval(
                id: $0.number, principal: $0.principal, role: $0.role, purpose: $0.purpose, record: $0.record, field: $0.field, reason: $0.reason,
                asked: try Self.time($0.asked), expires: try Self.time($0.expires), state: $0.state, decidedBy: $0.decidedBy)
        }
    }

    func decideApproval(_ id: Int64, grant: Bool, reason: String?) throws -> Int64 {
        try post("/v1/approvals/\(id)/decision", ["decision": grant ? "grant" : "deny", "reason": reason]).receipt.entry
    }

    // MARK: Improvement

    func proposeTask(title: String, about filter: Condition, owner: String, due: Timestamp, expected: String) throws -> (id: Int64, receipt: Int64) {
        struct Reply: Decodable {
            var number: Int64
            var receipt: VaultClient.Receipt
        }
        let reply = try post(
            "/v1/tasks",
            ["title": title, "where": filter.description, "owner": owner, "due": due.description, "expected": expected.isEmpty ? nil : expected], as: Reply.self)
        return (reply.number, reply.receipt.entry)
    }

    func takeTaskStep(_ step: ImprovementTask.Step, of id: Int64, note: String?) throws -> Int64 {
        try post("/v1/tasks/\(id)/\(step.isDecision ? "decision" : "progress")", ["step": step.rawValue, "note": note]).receipt.entry
    }

    func improvementTasks() throws -> [ImprovementTask] {
        struct Reply: Decodable {
            struct Event: Decodable {
                var step: ImprovementTask.Step
                var by, at, note: String
            }
            struct Row: Decodable {
                var number: Int64
                var state, title, `where`, owner, due, expected: String
                var events: [Event]
            }
            var tasks: [Row]
        }
        return try get("/v1/tasks", as: Reply.self).tasks.map { row in
            ImprovementTask(
                id: row.number, state: ImprovementTask.State(rawValue: row.state) ?? .rejected, title: row.title, filter: try Condition(parsing: row.where),
                owner: row.owner, due: try Self.time(row.due), expected: row.expected,
                events: try row.events.map { .init(step: $0.step, by: $0.by, at: try Self.time($0.at), note: $0.note) })
        }
    }

    // MARK: Operation

    func retentionForecast(consent: RetentionConsent) throws -> RetentionForecast {
        struct Reply: Decodable {
            struct Rule: Decodable {
                var rule, removes, before: String
                var due, held: Int
            }
            var rules: [Rule]
            var records, customersErased: Int
            var obstacle: String?
        }
        let query = [("confirm_clock", consent.clock ? "true" : nil), ("confirm", consent.records.map { String($0) })]
        let reply = try get("/v1/retention/plan", query, as: Reply.self)
        return RetentionForecast(
            rules: reply.rules.map { RetentionPlanRow(rule: $0.rule, removes: $0.removes, due: $0.due, held: $0.held, before: $0.before) },
            records: reply.records, customersErased: reply.customersErased, obstacle: reply.obstacle)
    }

    /// Asks again until nothing due is left or the time is up: the server works a few seconds a request.
    func retentionRun(batch: Int, seconds: Double?, consent: RetentionConsent, progress: (RetentionReport) -> Void) throws -> RetentionReport {
        struct Reply: Decodable {
            var records: [String: Int]
            var customersErased: Int
            var complete: Bool
            var notice: String?
        }
        let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
        var report = RetentionReport()
        report.isComplete = false
        repeat {
            let left = deadline.map { max(1, Int((($0 - .now) / .seconds(1)).rounded())) } ?? 10
            let body: [String: Any?] = [
                "batch": batch, "max_seconds": min(left, 60), "confirm_clock": consent.clock ? true : nil, "confirm": consent.records,
            ]
            let reply = try post("/v1/retention/run", body, as: Reply.self)
            report.done.merge(reply.records) { $0 + $1 }
            report.customersErased += reply.customersErased
            report.isComplete = reply.complete
            progress(report)
            if let notice = reply.notice { printError("note: \(notice)") }
        } while !report.isComplete && deadline.map { .now < $0 } ?? true
        return report
    }

    func explain(principal: String, action: Action, purpose: String, fields: [String]) throws -> [(role: String, decision: Decision)] {
        struct Reply: Decodable {
            struct Answer: Decodable {
                var role, rule: String
                var allowed: Bool
                var treatments: [String: String]
                var steps: [String]
            }
            var decisions: [Answer]
        }
        let body: [String: Any] = ["principal": principal, "action": action.rawValue, "purpose": purpose, "fields": fields]
        return try post("/v1/policies/explain", body, as: Reply.self).decisions.map { answer in
            (
                answer.role,
                Decision(
                    isAllowed: answer.allowed, treatments: answer.treatments.compactMapValues(Treatment.init(rawValue:)), rule: answer.rule,
                    steps: answer.steps)
            )
        }
    }

    func shownFields(purpose: String) throws -> Set<String> {
        struct Reply: Decodable {
            struct Grant: Decodable {
                var purposes, actions: [String]
                var fields: [String: String]
            }
            var grants: [Grant]
        }
        let grant = try get("/v1/me", as: Reply.self).grants.first { $0.actions.contains(Action.query.rawValue) && $0.purposes.contains(purpose) }
        return Set((grant?.fields ?? [:]).filter { Treatment(rawValue: $0.value) ?? .deny > .suppress }.keys)
    }

    func overview(days: Int) throws -> VaultOverview {
        struct Reply: Decodable {
            struct Day: Decodable {
                var day: String
                var allowed, denied: Int
            }
            struct Event: Decodable {
                var entry: Int64
                var time, principal, action, rule: String
            }
            var records, customers, auditEntries: Int64
            var days: [Day]
            var denials, alerts: [Event]
            var openCases, overdueCases, waitingApprovals, due: Int
            var verifiedAt: String?
            var verifiedEntries: Int64?
        }
        let reply = try get("/v1/overview", [("days", String(days))], as: Reply.self)
        func events(_ events: [Reply.Event]) -> [VaultOverview.Event] {
            events.map { .init(entry: $0.entry, time: $0.time, principal: $0.principal, action: $0.action, rule: $0.rule) }
        }
        return VaultOverview(
            records: reply.records, customers: reply.customers, days: reply.days.map { .init(day: $0.day, allowed: $0.allowed, denied: $0.denied) },
            denials: events(reply.denials), alerts: events(reply.alerts), openCases: reply.openCases, overdueCases: reply.overdueCases,
            waitingApprovals: reply.waitingApprovals, due: reply.due, keys: try keyStatus(),
            lastVerification: reply.verifiedAt.map { ($0, reply.verifiedEntries ?? 0) }, auditEntries: reply.auditEntries)
    }

    func keyVersions() throws -> [KeyVersion] {
        struct Reply: Decodable {
            struct Version: Decodable {
                var use, name, state: String
                var version, count: Int
            }
            var versions: [Version]
        }
        return try get("/v1/keys", as: Reply.self).versions.map {
            KeyVersion(use: $0.use, name: $0.name, version: $0.version, state: KeyVersion.State(rawValue: $0.state) ?? .former, count: $0.count)
        }
    }

    func keyStatus() throws -> [KeyStatus] {
        struct Reply: Decodable {
            struct Key: Decodable {
                var id, created: String
                var active, needsRotation: Bool
                var subjectKeys, dataKeys: Int
            }
            var keys: [Key]
        }
        return try get("/v1/keys", as: Reply.self).keys.map {
            KeyStatus(
                id: $0.id, isActive: $0.active, created: try Self.time($0.created), subjectKeys: $0.subjectKeys, dataKeys: $0.dataKeys,
                needsRotation: $0.needsRotation)
        }
    }

    func tokens() throws -> [TokenInfo] {
        struct Reply: Decodable {
            struct Row: Decodable {
                var id, principal, role, created: String
                var scope: [String]?
                var expires, revoked: String?
            }
            var tokens: [Row]
        }
        return try get("/v1/tokens", as: Reply.self).tokens.map {
            TokenInfo(
                id: $0.id, principal: $0.principal, role: $0.role, scope: $0.scope, created: try Self.time($0.created), expires: try $0.expires.map(Self.time),
                revoked: try $0.revoked.map(Self.time))
        }
    }

    /// The server issues a token before it is shown; one that then cannot be shown is revoked at once.
    func issueToken(
        principal: String, role: String, scope: [Action]?, days: Int?, show: (_ token: String, _ id: String) throws -> Void
    ) throws -> (token: String, id: String) {
        struct Reply: Decodable { var token, id: String }
        let body: [String: Any?] = ["principal": principal, "role": role, "scope": scope?.map(\.rawValue), "days": days]
        let reply = try post("/v1/tokens", body, as: Reply.self)
        do {
            try show(reply.token, reply.id)
        } catch {
            do {
                _ = try revokeToken(reply.id, reason: "it could not be shown", dryRun: false)
            } catch let refusal {
                printError("vocvault: token \(reply.id) could not be shown, nor be revoked: \(refusal)")
            }
            throw error
        }
        return (reply.token, reply.id)
    }

    func revokeToken(_ id: String, reason: String?, dryRun: Bool) throws -> (principal: String, role: String) {
        struct Reply: Decodable { var principal, role: String }
        let data = try waitFor { [client] in
            try await client.data("DELETE", "/v1/tokens/\(VaultClient.encoded(id))", query: [("reason", reason), ("dry_run", dryRun ? "true" : nil)])
        }
        let reply = try VaultClient.decoder.decode(Reply.self, from: data)
        return (reply.principal, reply.role)
    }

    func examine() throws -> [HealthFinding] {
        struct Reply: Decodable {
            struct Finding: Decodable { var check, state, kind, finding, advice: String }
            var findings: [Finding]
        }
        return try get("/v1/doctor", as: Reply.self).findings.map {
            HealthFinding(
                check: $0.check, state: .init(rawValue: $0.state) ?? .failure, kind: .init(rawValue: $0.kind) ?? .integrity, finding: $0.finding,
                advice: $0.advice)
        }
    }

    // MARK: Audit

    func auditEntries(_ filter: AuditFilter) throws -> [AuditEntry] {
        struct Reply: Decodable, Sendable { var entries: [AuditEntry] }
        let query: [(String, String?)] = [
            ("principal", filter.principal), ("role", filter.role), ("action", filter.action), ("purpose", filter.purpose),
            ("outcome", filter.outcome?.rawValue), ("target", filter.target), ("subject", filter.subject), ("record", filter.record),
            ("field", filter.field), ("reason", filter.reason), ("since", filter.since?.description), ("until", filter.until?.description),
            ("limit", String(min(max(filter.limit, 1), 10_000))),
        ]
        let data = try waitFor { [client] in try await client.data("GET", "/v1/audit/entries", query: query) }
        // Names inside an entry are the entry's own, such as new_customers, and stay as they are.
        return try JSONDecoder().decode(Reply.self, from: data).entries
    }

    func auditEntry(_ sequence: Int64) throws -> String { try text("/v1/audit/entries/\(sequence)") }

    func verifyAudit(against older: String?) throws -> AuditVerification {
        struct Reply: Decodable {
            var valid: Bool
            var entries: Int64?
            var verifierKey, checkpoint, problem: String?
        }
        let reply = try post("/v1/audit/verify", ["checkpoint": older], as: Reply.self)
        guard reply.valid, let entries = reply.entries else { throw VaultError.integrity(reply.problem ?? "the log is damaged") }
        return AuditVerification(entries: entries, checkpoint: reply.checkpoint ?? "", verifierKey: reply.verifierKey ?? "")
    }

    func proveAudit(_ sequence: Int64) throws -> String { try text("/v1/audit/entries/\(sequence)/proof") }
    /// The server checks the checkpoint's signature, against the log as it is now.
    func checkpointSize(_ note: String) throws -> Int64 {
        _ = try verifyAudit(against: note)
        guard let size = note.split(separator: "\n").dropFirst().first.flatMap({ Int64($0) }) else { throw VaultError.invalid("this is no checkpoint") }
        return size
    }

    func proveConsistency(from size: Int64) throws -> String { try text("/v1/audit/consistency", [("from", String(size))]) }
    func anchorAudit() throws -> String { try text("/v1/audit/checkpoint") }

    private static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else { throw VaultClientError.invalid("the server's answer has a time that is none") }
        return time
    }
}
