import Hummingbird
import VaultAPI

extension Console {
    func cases(_ visit: Visit, message: String? = nil) async throws -> Response {
        let (purpose, closed) = (visit.purpose(for: .caseManage) ?? "none", visit.form["closed"] == "true")
        let cases = try await visit.perform(ListCases(purpose: purpose, closed: closed)).reply.cases
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

    @Sendable func openCase(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let kind = visit.form["kind"].flatMap(CaseKind.init(rawValue:)) else {
            throw Problem.invalid("'subject' and 'kind' are needed")
        }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"])
        let opened = try await visit.perform(OpenCase(kind: kind, subject: subject, purpose: purpose, note: note)).reply
        return try await cases(visit, message: "\(visit.word("done")): #\(opened.number), \(visit.word("deadline")) \(Self.short(opened.due.description))")
    }

    @Sendable func closeCase(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let outcome = visit.form["outcome"].flatMap(CaseOutcome.init(rawValue:)) else { throw Problem.invalid("'outcome' is needed") }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"] ?? "")
        _ = try await visit.perform(CloseCase(number: number, outcome: outcome, purpose: purpose, note: note))
        return try await cases(visit, message: "\(visit.word("done")): #\(number)")
    }

    func approvals(_ visit: Visit, message: String? = nil) async throws -> Response {
        let approvals = try await visit.perform(ListApprovals()).reply.approvals
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

    @Sendable func decide(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let decision = visit.form["decision"].flatMap(ApprovalDecision.init(rawValue:)) else { throw Problem.invalid("'decision' is needed") }
        _ = try await visit.perform(DecideApproval(number: number, decision: decision, reason: visit.form["reason"]))
        return try await approvals(visit, message: "\(visit.word("done")): #\(number)")
    }
}
