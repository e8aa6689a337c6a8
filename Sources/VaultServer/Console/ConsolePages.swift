import AuditLog
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Policy
import RedactedAPI
import Reporting
import StrictJSON
import VaultAPI
import VoCVault

extension Console {
    func addPages(to router: Router<VaultContext>) {
        on(router, .get, "/console", overview)
        on(router, .get, "/console/audit", audit)
        on(router, .get, "/console/audit/{number}", entry)
        on(router, .get, "/console/audit/{number}/proof", proof)
        on(router, .post, "/console/audit/verify", verify)
        on(router, .get, "/console/subjects") { try subjects($0) }
        on(router, .post, "/console/subjects/find", findSubject)
        on(router, .post, "/console/subjects/act", act)
        on(router, .get, "/console/cases") { try await cases($0) }
        on(router, .post, "/console/cases", openCase)
        on(router, .post, "/console/cases/{number}/close", closeCase)
        on(router, .get, "/console/approvals") { try await approvals($0) }
        on(router, .post, "/console/approvals/{number}", decide)
        on(router, .get, "/console/policies", policies)
        on(router, .get, "/console/retention", retention)
        on(router, .get, "/console/query") { try queryPage($0, [:]) }
        on(router, .post, "/console/query", query)
        on(router, .post, "/console/query.csv", queryCSV)
    }

    // MARK: Overview

    @Sendable private func overview(_ visit: Visit) async throws -> Response {
        guard visit.may(.doctor) else {
            // Whoever has no overview begins where they work.
            if visit.may(.query) { return Self.redirect("/console/query") }
            if visit.may(.auditRead) { return Self.redirect("/console/audit") }
            return try visit.page("overview", title: visit.word("overview"))
        }
        let found = try await visit.work(.long) { try $0.overview() }
        let chart = SVG.lines(
            visit.word("accesses"), steps: found.days.map { String($0.day.suffix(5)) },
            series: [
                (visit.word("allowed"), found.days.map { Double($0.allowed) }), (visit.word("denied"), found.days.map { Double($0.denied) }),
            ])
        func events(_ events: [VaultOverview.Event]) -> [[String: Any]] {
            events.map { ["entry": $0.entry, "time": Self.short($0.time), "principal": $0.principal, "action": $0.action, "rule": $0.rule] }
        }
        var members: [String: Any] = [
            "records": found.records, "customers": found.customers, "openCases": found.openCases, "waiting": found.waitingApprovals, "due": found.due,
            "auditEntries": found.auditEntries, "chart": chart, "days": found.days.map { ["day": $0.day, "allowed": $0.allowed, "denied": $0.denied] },
            "alerts": events(found.alerts), "hasAlerts": !found.alerts.isEmpty, "denials": events(found.denials), "hasDenials": !found.denials.isEmpty,
            "keys": found.keys.map { key -> [String: Any] in
                [
                    "id": key.id, "state": visit.word(key.isActive ? "active" : "retired"), "created": Self.short(key.created.description),
                    "subjects": key.subjectKeys, "own": key.dataKeys, "rotate": Self.present(key.needsRotation ? visit.word("needsRotation") : ""),
                ]
            },
        ]
        if found.overdueCases > 0 { members["overdue"] = found.overdueCases }
        if let last = found.verifiedAt { members["verified"] = Self.short(last) }
        return try visit.page("overview", title: visit.word("overview"), ["overview": members])
    }

    /// A text that counts as absent for a template when it is empty.
    private static func present(_ text: String) -> Any { text.isEmpty ? false : text }

    /// A time to the minute.
    private static func short(_ time: String) -> String { String(time.prefix(16)).replacing("T", with: " ") }

    // MARK: Audit

    @Sendable private func audit(_ visit: Visit) async throws -> Response { try await auditPage(visit) }

    private func auditPage(_ visit: Visit, message: String? = nil, isBad: Bool = false) async throws -> Response {
        let form = visit.form
        let filter = AuditFilter(
            principal: form["principal"], action: form["action"], purpose: form["purpose"],
            outcome: form["outcome"].flatMap(AuditEntry.Outcome.init(rawValue:)), target: form["target"], subject: form["subject"], field: form["field"],
            reason: form["reason"], since: try form.time("since"), until: try form.time("until"), limit: 200)
        let entries = try await visit.work(.long) { try $0.auditEntries(filter) }
        let names = [
            ("principal", "principal", ""), ("action", "action", ""), ("purpose", "purpose", ""), ("subject", "subjectPseudonym", ""),
            ("target", "target", ""), ("field", "field", ""), ("reason", "reason", ""), ("since", "since", "date"), ("until", "until", "date"),
        ]
        let members: [String: Any] = [
            "inputs": names.map { ["id": $0.0, "name": visit.word($0.1), "value": form[$0.0] ?? "", "type": Self.present($0.2)] as [String: Any] },
            "outcomes": ["allowed", "denied", "failed"].map { ["id": $0, "name": visit.word($0), "chosen": form["outcome"] == $0] as [String: Any] },
            "canVerify": visit.may(.auditVerify), "count": entries.count,
            "entries": entries.map { entry -> [String: Any] in
                [
                    "seq": entry.seq, "time": Self.short(entry.moment), "principal": entry.principal, "role": entry.role, "action": entry.action,
                    "outcome": visit.word(entry.outcome.rawValue), "tone": entry.outcome == .allowed ? "" : "bad", "purpose": entry.purpose,
                    "target": entry.target ?? "", "fields": entry.fields.joined(separator: ", "), "rows": entry.rows, "reason": entry.reason ?? "",
                ]
            },
        ]
        return try visit.page("audit", title: visit.word("audit"), members, message: message, isBad: isBad)
    }

    private static func number(of visit: Visit) throws -> Int64 {
        guard let number = visit.context.parameters.get("number").flatMap({ Int64($0) }), number >= 0 else { throw Problem.notFound }
        return number
    }

    @Sendable private func entry(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let text = try await visit.work { try $0.auditEntry(number) }
        let members = try JSON(parsing: Array(text.utf8)).object ?? [:]
        let rows = members.sorted { $0.key < $1.key }.map { name, value in
            ["name": name, "value": value.string ?? String(decoding: value.bytes, as: UTF8.self)]
        }
        return try visit.page("entry", title: "\(visit.word("entry")) \(number)", ["number": number, "members": rows])
    }

    @Sendable private func proof(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let proof = try await visit.work(.long) { try $0.proveAudit(number) }
        return Self.download(Data(proof.utf8), "text/plain; charset=utf-8", "entry-\(number).tlog-proof")
    }

    @Sendable private func verify(_ visit: Visit) async throws -> Response {
        do {
            let result = try await visit.work(.long) { try $0.verifyAudit() }
            return try await auditPage(visit, message: "\(visit.word("verified")): \(result.entries) \(visit.word("auditEntries"))")
        } catch let error as AuditError {
            return try await auditPage(visit, message: "\(visit.word("damaged")): \(error)", isBad: true)
        }
    }

    private static func download(_ data: Data, _ type: String, _ name: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    // MARK: Subjects

    private static let acts: [(id: String, word: String, action: Action)] = [
        ("export", "export", .subjectExport), ("hold", "hold", .subjectHold), ("release", "release", .subjectRelease),
        ("restrict", "restrict", .subjectRestrict), ("lift", "lift", .subjectRestrict), ("erase", "erase", .subjectErase),
        ("certificate", "certificate", .subjectCertificate),
    ]

    private func subjects(_ visit: Visit, _ more: [String: Any] = [:], message: String? = nil) throws -> Response {
        var members: [String: Any] = [
            "indexed": visit.session.policies.fields.filter(\.indexed).map(\.name),
            "acts": Self.acts.filter { visit.may($0.action) }.map { ["id": $0.id, "name": visit.word($0.word)] },
        ]
        members.merge(more) { $1 }
        return try visit.page("subjects", title: visit.word("subjects"), members, message: message)
    }

    @Sendable private func findSubject(_ visit: Visit) async throws -> Response {
        guard let field = visit.form["field"], let value = visit.form["value"] else { throw Problem.invalid("'field' and 'value' are needed") }
        let purpose = visit.purpose(for: .subjectExport)
        let found = try await visit.work { try $0.lookup(field: field, value: value, purpose: purpose).subjects }
        return try subjects(visit, ["searched": true, "found": found, "subject": found.first ?? ""])
    }

    @Sendable private func act(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let act = visit.form["act"], let wanted = Self.acts.first(where: { $0.id == act }) else {
            throw Problem.invalid("'subject' and 'act' are needed")
        }
        let reason = visit.form["reason"] ?? ""
        let purpose = visit.purpose(for: wanted.action) ?? "none"
        let hold = visit.form["hold"].flatMap { Int64($0) }
        switch wanted.id {
        case "export":
            let archive = try await visit.work(.rights) { session in
                var archive = Data()
                _ = try session.exportSubject(subject, purpose: purpose, reason: reason) { copy in
                    archive = try SubjectDocument.archive(copy, policy: session.policies, date: Date())
                }
                return archive
            }
            return Self.download(archive, "application/zip", "copy.zip")
        case "certificate":
            let text = try await visit.work(.rights) { try $0.erasureCertificate(subject, purpose: purpose) }
            return Self.download(Data(text.utf8), "text/plain; charset=utf-8", "erasure.txt")
        default:
            if wanted.id == "erase", let question = try await confirmation(visit, subject, purpose, reason) { return question }
            try await visit.work(.rights) { session in
                switch wanted.id {
                case "hold": _ = try session.holdSubject(subject, purpose: purpose, reason: reason)
                case "release": _ = try session.releaseSubject(subject, hold: hold, purpose: purpose, reason: reason)
                case "erase": _ = try session.eraseSubject(subject, purpose: purpose, reason: reason)
                default: _ = try session.restrictSubject(subject, purpose: purpose, reason: reason, lift: wanted.id == "lift")
                }
            }
            let receipt = visit.session.lastReceipt.map { " \($0)" } ?? ""
            return try subjects(visit, ["subject": subject], message: "\(visit.word("done")): \(visit.word(wanted.word)). \(visit.word("receipt"))\(receipt)")
        }
    }

    /// Asks for the number of records that go, as they are now; nil when it was typed.
    private func confirmation(_ visit: Visit, _ subject: String, _ purpose: String, _ reason: String) async throws -> Response? {
        let records = try await visit.work(.rights) { try $0.eraseSubject(subject, purpose: purpose, reason: reason, dryRun: true).records }
        let typed = visit.form["confirm"]?.trimmingCharacters(in: .whitespaces)
        if typed == String(records) { return nil }
        return try visit.page(
            "confirm-erasure", title: visit.word("confirmErasure"), ["subject": subject, "reason": reason, "goes": records],
            message: typed == nil ? nil : visit.word("notConfirmed"), isBad: true)
    }

    // MARK: Cases and approvals

    private func cases(_ visit: Visit, message: String? = nil) async throws -> Response {
        let (purpose, closed) = (visit.purpose(for: .caseManage) ?? "none", visit.form["closed"] == "true")
        let cases = try await visit.work { try $0.cases(purpose: purpose, closed: closed) }
        let members: [String: Any] = [
            "toggle": closed ? "false" : "true", "count": cases.count, "kinds": CaseKind.allCases.map(\.rawValue),
            "cases": cases.map { row -> [String: Any] in
                [
                    "number": row.id, "kind": row.kind, "subject": row.subject, "status": row.status, "opened": Self.short(row.opened.description),
                    "due": Self.short(row.due.description), "overdue": Self.present(row.isOverdue ? visit.word("overdue") : ""), "note": row.note,
                    "isOpen": row.closed == nil,
                ]
            },
        ]
        return try visit.page("cases", title: visit.word("cases"), members, message: message)
    }

    @Sendable private func openCase(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let kind = visit.form["kind"].flatMap(CaseKind.init(rawValue:)) else {
            throw Problem.invalid("'subject' and 'kind' are needed")
        }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"])
        let opened = try await visit.work { try $0.openCase(kind, of: subject, purpose: purpose, note: note) }
        return try await cases(visit, message: "\(visit.word("done")): #\(opened.id), \(visit.word("deadline")) \(Self.short(opened.due.description))")
    }

    @Sendable private func closeCase(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let outcome = visit.form["outcome"].flatMap(CaseOutcome.init(rawValue:)) else { throw Problem.invalid("'outcome' is needed") }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"] ?? "")
        _ = try await visit.work { try $0.closeCase(number, as: outcome, purpose: purpose, note: note) }
        return try await cases(visit, message: "\(visit.word("done")): #\(number)")
    }

    private func approvals(_ visit: Visit, message: String? = nil) async throws -> Response {
        let approvals = try await visit.work { try $0.approvals() }
        let members: [String: Any] = [
            "count": approvals.count,
            "approvals": approvals.map { row -> [String: Any] in
                [
                    "number": row.id, "who": row.principal, "inRole": row.role, "purpose": row.purpose, "record": row.record, "field": row.field,
                    "reason": row.reason, "asked": Self.short(row.asked.description), "state": row.state, "by": Self.present(row.decidedBy ?? ""),
                    "isPending": row.state == "pending" && row.principal != visit.session.principal,
                ]
            },
        ]
        return try visit.page("approvals", title: visit.word("approvals"), members, message: message)
    }

    @Sendable private func decide(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let decision = visit.form["decision"], ["grant", "deny"].contains(decision) else { throw Problem.invalid("'decision' is needed") }
        let reason = visit.form["reason"]
        _ = try await visit.work { try $0.decideApproval(number, grant: decision == "grant", reason: reason) }
        return try await approvals(visit, message: "\(visit.word("done")): #\(number)")
    }

    // MARK: Policies and retention

    @Sendable private func policies(_ visit: Visit) async throws -> Response {
        let form = visit.form
        var decisions: [[String: Any]] = []
        if let principal = form["principal"], let action = form["action"].flatMap(Action.init(rawValue:)), let purpose = form["purpose"] {
            let fields = (form["fields"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            let found = try await visit.work { session in
                try session.explain(principal: principal, action: action, purpose: purpose, fields: fields).map { ($0.role, $0.decision) }
            }
            decisions = found.map { role, decision in
                [
                    "decidedRole": role, "answer": visit.word(decision.isAllowed ? "allowed" : "denied"), "tone": decision.isAllowed ? "good" : "bad",
                    "rule": decision.rule, "steps": decision.steps, "hasTreatments": !decision.treatments.isEmpty,
                    "treatments": decision.treatments.sorted { $0.key < $1.key }.map { ["field": $0.key, "treatment": $0.value.rawValue] },
                ]
            }
        } else {
            // The roles are shown to who may read the log; this leaves the entry.
            _ = try await visit.work { try $0.auditEntries(.init(limit: 0)) }
        }
        let policy = visit.session.policies
        let members: [String: Any] = [
            "asked": ["principal": form["principal"] ?? "", "fields": form["fields"] ?? ""], "decisions": decisions,
            "actions": Action.allCases.map { ["id": $0.rawValue, "chosen": form["action"] == $0.rawValue] as [String: Any] },
            "purposes": policy.purposes.keys.sorted().map { ["id": $0, "chosen": form["purpose"] == $0] as [String: Any] },
            "grants": policy.roles.values.sorted { $0.name < $1.name }.flatMap { role in
                role.grants.map { grant in
                    [
                        "grantOf": "\(role.name) / \(grant.name)", "for": grant.purposes.joined(separator: ", "),
                        "may": grant.actions.map(\.rawValue).sorted().joined(separator: ", "),
                        "shows": grant.fields.filter { $0.value != .deny }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" }
                            .joined(separator: ", "),
                    ]
                }
            },
        ]
        return try visit.page("policies", title: visit.word("policies"), members)
    }

    @Sendable private func retention(_ visit: Visit) async throws -> Response {
        let forecast = try await visit.work(.long) { try $0.retentionForecast() }
        let rules = forecast.rules.map { ["rule": $0.rule, "removes": $0.removes, "before": $0.before, "due": $0.due, "held": $0.held] as [String: Any] }
        return try visit.page("retention", title: visit.word("retention"), ["rules": rules, "all": forecast.records, "erased": forecast.customersErased])
    }

    // MARK: Query

    /// For which purposes the role may query, and what it is shown for the one that was chosen, or the first.
    private func queryable(_ visit: Visit) -> (purposes: [String], fields: [(name: String, treatment: Treatment)]) {
        let capabilities = visit.session.capabilities
        let purposes = capabilities.purposes(for: .query)
        let chosen = visit.form["purpose"].flatMap { purposes.contains($0) ? $0 : nil } ?? purposes.first
        let fields = chosen.map { capabilities.fields(for: .query, purpose: $0) } ?? [:]
        return (purposes, fields.filter { $0.value > .suppress }.map { ($0.key, $0.value) }.sorted { $0.name < $1.name })
    }

    private func queryPage(_ visit: Visit, _ more: [String: Any]) throws -> Response {
        let (purposes, fields) = queryable(visit)
        let form = visit.form
        let isFirst = visit.request.method == .get
        let usual: Set<String> = ["record", "occurred_at", "channel", "product", "rating", "text"]
        let chosen = isFirst ? usual : Set(form.all("select"))
        let groups = fields.filter { ![.mask, .pseudonym].contains($0.treatment) && $0.name != "occurred_at" }.map(\.name)
            + (fields.contains { $0.name == "occurred_at" } ? ["day(occurred_at)", "month(occurred_at)", "year(occurred_at)"] : [])
        var members: [String: Any] = [
            "purposes": purposes.map { ["id": $0, "chosen": form["purpose"] == $0] as [String: Any] },
            "fields": fields.map { ["id": $0.name, "treatment": $0.treatment.rawValue, "chosen": chosen.contains($0.name)] as [String: Any] },
            "groups": groups.map { ["id": $0, "chosen": form["group"] == $0] as [String: Any] },
            "asked": [
                "since": form["since"] ?? "", "until": form["until"] ?? "", "limit": form["limit"] ?? "50", "where": isFirst ? "" : form["where"] ?? "",
            ],
        ]
        members.merge(more) { $1 }
        return try visit.page("query", title: visit.word("query"), members)
    }

    private func asked(_ visit: Visit) throws -> Query {
        let form = visit.form
        guard let purpose = form["purpose"] else { throw Problem.invalid("'purpose' is needed") }
        return Query(
            select: form.all("select"), filter: try form["where"].map { try Condition(parsing: $0) }, since: try form.time("since"),
            until: try form.time("until"), limit: form["limit"].flatMap { Int($0) }.map { min(max($0, 1), 1000) } ?? 50, purpose: purpose)
    }

    private func figures(_ visit: Visit, by group: String) async throws -> AggregateTable {
        let query = try asked(visit)
        let aggregate = AggregateQuery(
            groupBy: [GroupKey(group)], measures: [.count], filter: query.filter, since: query.since, until: query.until, purpose: query.purpose)
        return try await visit.work(.long) { try $0.aggregate(aggregate) }
    }

    @Sendable private func query(_ visit: Visit) async throws -> Response {
        func table(_ columns: [String], _ rows: [[Value]], _ receipt: Int64, _ more: [String: Any]) throws -> Response {
            var members: [String: Any] = [
                "hasResult": true, "columns": columns, "count": rows.count, "receipt": receipt,
                "rows": rows.map { ["cells": $0.map(\.description)] as [String: Any] },
            ]
            members.merge(more) { $1 }
            return try queryPage(visit, members)
        }
        guard let group = visit.form["group"] else {
            let query = try asked(visit)
            let page = try await visit.work(query.work) { try $0.page(query) }
            return try table(page.columns, page.rows, page.receipt, ["more": page.nextCursor != nil])
        }
        let figures = try await figures(visit, by: group)
        let bars = figures.rows.map { row -> (String, [Double]) in
            guard case .integer(let count) = row[1] else { return (row[0].description, [0]) }
            return (row[0].description, [Double(count)])
        }
        let chart = SVG.bars(visit.word("chart"), parts: [visit.word("count")], rows: bars, note: { String(Int(bars[$0].1[0])) })
        return try table(
            figures.columns, figures.rows, figures.receipt,
            ["chart": bars.isEmpty ? "" : chart, "suppressed": Self.present(figures.suppressedGroups > 0 ? String(figures.suppressedGroups) : "")])
    }

    @Sendable private func queryCSV(_ visit: Visit) async throws -> Response {
        var bytes: [UInt8]
        if let group = visit.form["group"] {
            let figures = try await figures(visit, by: group)
            bytes = RowStream.Format.csv.bytes(figures.columns, figures.rows, isFirst: true)
        } else {
            let query = try asked(visit)
            let page = try await visit.work(query.work) { try $0.page(query) }
            bytes = RowStream.Format.csv.bytes(page.columns, page.rows, isFirst: true)
        }
        // With a byte order mark spreadsheets read Chinese rightly.
        bytes = [0xEF, 0xBB, 0xBF] + bytes
        return Self.download(Data(bytes), "text/csv; charset=utf-8", "query.csv")
    }
}
