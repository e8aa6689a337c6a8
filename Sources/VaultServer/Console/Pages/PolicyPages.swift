import Foundation
import Hummingbird
import Policy
import VaultAPI

extension Console {
    @Sendable func policies(_ visit: Visit) async throws -> Response {
        let form = visit.form
        var decisions: [[String: Any]] = []
        if let principal = form["principal"], let action = form["action"], let purpose = form["purpose"] {
            let fields = (form["fields"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            let question = ExplainPolicy(principal: principal, action: action, purpose: purpose, fields: fields)
            decisions = try await visit.perform(question).reply.decisions.map { answer in
                [
                    "decidedRole": answer.role, "answer": visit.word(answer.allowed ? "allowed" : "denied"), "tone": answer.allowed ? "good" : "bad",
                    "rule": answer.rule, "steps": answer.steps, "hasTreatments": !answer.treatments.isEmpty,
                    "treatments": answer.treatments.sorted { $0.key < $1.key }.map { ["field": $0.key, "treatment": $0.value] },
                ]
            }
        } else {
            // The roles are shown to who may read the log; this leaves the entry.
            _ = try await visit.perform(ListAuditEntries(limit: 0))
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

    @Sendable func retention(_ visit: Visit) async throws -> Response {
        let forecast = try await visit.perform(RetentionPlan()).reply
        let rules = forecast.rules.map { ["rule": $0.rule, "removes": $0.removes, "before": $0.before, "due": $0.due, "held": $0.held] as [String: Any] }
        return try visit.page("retention", title: visit.word("retention"), ["rules": rules, "all": forecast.records, "erased": forecast.customersErased])
    }
}
