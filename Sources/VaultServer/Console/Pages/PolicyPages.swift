import Foundation
import Hummingbird
import Policy
import VaultAPI

extension Console {
    @Sendable func policies(_ visit: Visit) async throws -> Response {
        let form = visit.form
        var decisions: [ExplainPolicy.Answer] = []
        if let principal = form["principal"], let action = form["action"], let purpose = form["purpose"] {
            let fields = (form["fields"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            decisions = try await visit.perform(ExplainPolicy(principal: principal, action: action, purpose: purpose, fields: fields)).reply.decisions
        } else {
            // The roles are shown to who may read the log; this leaves the entry.
            _ = try await visit.perform(ListAuditEntries(limit: 0))
        }
        return try visit.page(visit.words.policies) { page in page.policies(visit.session.policies, decisions: decisions, asked: form.asked) }
    }

    @Sendable func retention(_ visit: Visit) async throws -> Response {
        let forecast = try await visit.perform(RetentionPlan()).reply
        return try visit.page(visit.words.retention) { page in page.retention(forecast) }
    }
}
