import Hummingbird
import Pages
import VaultAPI
import VoCVault

extension Console {
    func cases(_ visit: Visit, message: String? = nil) async throws -> Response {
        let (purpose, closed) = (visit.purpose(for: .caseManage) ?? "none", visit.form["closed"] == "true")
        let cases = try await visit.perform(ListCases(purpose: purpose, closed: closed)).reply.cases
        return try visit.page(visit.words.cases, message: message.map { .init($0) }) { page in page.cases(cases, showsClosed: closed) }
    }

    @Sendable func openCase(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let kind = visit.form["kind"].flatMap(CaseKind.init(rawValue:)) else {
            throw Problem.invalid("'subject' and 'kind' are needed")
        }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"])
        let opened = try await visit.perform(OpenCase(kind: kind, subject: subject, purpose: purpose, note: note)).reply
        return .redirect(to: "/console/cases/\(opened.number)")
    }

    @Sendable func casePage(_ visit: Visit) async throws -> Response { try await casePage(visit, number: try Self.number(of: visit)) }

    func casePage(_ visit: Visit, number: Int64, message: ConsolePage.Message? = nil) async throws -> Response {
        let purpose = visit.purpose(for: .caseManage) ?? "none"
        guard let row = try await visit.perform(ListCases(purpose: purpose, closed: true)).reply.cases.first(where: { $0.id == number }) else { throw Problem.notFound }
        var holds: [SubjectHold]?
        if row.closed == nil, let purpose = visit.purpose(for: .subjectHold) {
            do {
                holds = try await visit.perform(ListHolds(subject: row.subject, purpose: purpose)).reply.holds
            } catch VaultError.notFound {
                // The customer is erased.
            }
        }
        let acts = acts(of: visit)
        return try visit.page("\(visit.words.name(of: row.kind)) #\(number)", message: message) { page in
            page.casePage(row, holds: holds, acts: acts, purposes: visit.session.policies.purposes.keys.sorted())
        }
    }

    @Sendable func closeCase(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let outcome = visit.form["outcome"].flatMap(CaseOutcome.init(rawValue:)) else { throw Problem.invalid("'outcome' is needed") }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"] ?? "")
        _ = try await visit.perform(CloseCase(number: number, outcome: outcome, purpose: purpose, note: note))
        return try await cases(visit, message: "\(visit.words.done): #\(number)")
    }

    @Sendable func askTask(_ visit: Visit) async throws -> Response {
        guard let number = visit.form["number"].flatMap({ Int64($0) }), let system = visit.form["system"] else { throw Problem.invalid("'number' and 'system' are needed") }
        let purpose = visit.purpose(for: .caseManage) ?? "none"
        let asked = try await visit.perform(AskCaseTask(number: number, purpose: purpose, system: system, note: visit.form["note"] ?? "")).reply
        return try await casePage(visit, number: number, message: .init("\(visit.words.done): #\(number).\(asked.task)"))
    }

    @Sendable func answerTask(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let task = visit.context.parameters.get("task").flatMap({ Int64($0) }), let outcome = visit.form["outcome"].flatMap(CaseTaskOutcome.init(rawValue:)) else {
            throw Problem.invalid("a task and its 'outcome' are needed")
        }
        let (purpose, note) = (visit.purpose(for: .caseManage) ?? "none", visit.form["note"] ?? "")
        _ = try await visit.perform(AnswerCaseTask(number: number, task: task, purpose: purpose, outcome: outcome, note: note))
        return try await casePage(visit, number: number, message: .init("\(visit.words.done): #\(number).\(task)"))
    }

    func approvals(_ visit: Visit, message: String? = nil) async throws -> Response {
        let approvals = try await visit.perform(ListApprovals()).reply.approvals
        return try visit.page(visit.words.approvals, message: message.map { .init($0) }) { page in page.approvals(approvals, for: visit.session.principal) }
    }

    @Sendable func decide(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        guard let decision = visit.form["decision"].flatMap(ApprovalDecision.init(rawValue:)) else { throw Problem.invalid("'decision' is needed") }
        _ = try await visit.perform(DecideApproval(number: number, decision: decision, reason: visit.form["reason"]))
        return try await approvals(visit, message: "\(visit.words.done): #\(number)")
    }
}
