import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

/// A request that the policy has allowed.
struct Access: Sendable {
    let session: Session
    let action: Action
    let purpose: String
    let fields: [String]
    let grant: Grant
    let rule: String
    let request: String

    /// How the grant treats a field, whether or not this request names it.
    func treatment(_ field: String) -> Treatment { grant.fields[field] ?? .deny }

    /// The audit entry of this request. A reason that is about a customer belongs into ``entry(_:rule:target:rows:reason:about:detail:)``.
    func entry(
        _ outcome: AuditEntry.Outcome = .allowed, rule: String? = nil, target: String? = nil, rows: Int = 0,
        reason: String? = nil, detail: [AuditDetail: String] = [:]
    ) -> AuditEntry {
        var detail = detail
        if outcome == .allowed, let view = session.view { detail[.view] = view }
        return AuditEntry(
            principal: session.principal, token: session.credential, role: session.role, purpose: purpose, action: action.rawValue,
            outcome: outcome, rule: rule ?? self.rule, target: target, fields: fields, rows: Int64(rows),
            reason: reason.map(session.kept), request: request,
            client: session.client, software: Vault.software, detail: detail)
    }

    /// The same with a reason that ends with the customer whom it is about.
    func entry(
        _ outcome: AuditEntry.Outcome = .allowed, rule: String? = nil, target: String?, rows: Int = 0, reason: String?, about subject: Int64,
        detail: [AuditDetail: String] = [:]
    ) throws -> AuditEntry {
        var entry = entry(outcome, rule: rule, target: target, rows: rows, detail: detail)
        guard let reason else { return entry }
        entry[.sealedReason] = try CustomerNotes(session.vault).seal(session.kept(reason), about: subject, at: .entry(request: request)).text
        return entry
    }

    /// Counts `amount` against a daily quota inside the transaction of the access.
    ///
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the quota does not cover it.
    func useQuota(_ quota: String, _ amount: Int, in writer: StoreWriter) throws {
        guard let limit = grant.quotas[quota], amount > 0 else { return }
        let day = session.vault.localTime().day
        let used = try writer.usage(principal: session.principal, day: day, quota: quota)
        guard used + amount <= limit else {
            throw VaultError.denied(
                action: action.rawValue, rule: rule, hint: "the daily quota of \(limit) \(quota) is used up")
        }
        writer.addUsage(principal: session.principal, day: day, quota: quota, amount: amount)
    }
}

extension Session {
    /// Asks the policy. A denial is logged before it is thrown.
    ///
    /// - Parameter purpose: nil: the only purpose for which the role may do this.
    /// - Throws: ``VaultError/denied(action:rule:hint:)``; ``VaultError/invalid(_:)`` if nothing was denied because the request
    ///   names something that the policy does not have. That leaves no entry, like any other unreadable request.
    func authorize(_ action: Action, purpose: String?, fields: [String] = []) throws -> Access {
        switch access(action, purpose: purpose, fields: fields) {
        case .granted(let access): return access
        case .denied(let decision, let named, let request):
            let isInScope = scope?.contains(action) != false
            if isInScope, let slip = policy.slip(role: role, action: action, purpose: purpose, fields: fields) { throw VaultError.invalid(slip) }
            // Names that the policy does not know may contain anything, and stay out of the log.
            let known = fields.filter(policy.isKnownField)
            let entry = AuditEntry(
                principal: principal, token: credential, role: role, purpose: policy.purposes[named] == nil ? "unknown" : named,
                action: action.rawValue, outcome: .denied, rule: decision.rule, fields: known, request: request,
                client: client, software: Vault.software)
            try vault.log(entry)
            var hints = [decision.nearest ?? decision.steps.last].compactMap { $0 }
            if isInScope { hints += whoMay(action, purpose, known) }
            throw VaultError.denied(action: action.rawValue, rule: decision.rule, hint: hints.joined(separator: "; "))
        }
    }

    /// Whom to ask instead, for somebody who is denied something; nothing if the role itself may do it at another hour.
    private func whoMay(_ action: Action, _ purpose: String?, _ fields: [String]) -> [String] {
        let roles = policy.roles(allowing: action, purpose: purpose, fields: fields)
        let others = policy.roles(allowing: action, purpose: nil, fields: fields)
        if roles.contains(role) || others.contains(role) { return [] }
        if others.isEmpty { return ["no role may"] }
        return [roles.isEmpty ? "roles that may for another purpose: \(others.joined(separator: ", "))" : "roles that may: \(roles.joined(separator: ", "))"]
    }

    /// What the policy says.
    enum Answer {
        case granted(Access)
        case denied(Decision, purpose: String, request: String)

        var granted: Access? { if case .granted(let access) = self { access } else { nil } }
    }

    /// Asks the policy without logging; the caller does that.
    func access(_ action: Action, purpose: String?, fields: [String], times: TimePrecision? = nil) -> Answer {
        let time = vault.localTime()
        let request = request ?? Token.requestID()
        let purpose = purpose ?? policy.onlyPurpose(role: role, action: action) ?? "none"
        var asked = AccessRequest(role: role, action: action, purpose: purpose, fields: fields, weekday: time.weekday, minute: time.minute)
        asked.times = times
        let decision =
            scope?.contains(action) == false
            ? Decision(deniedBy: "token scope", because: "the token is not for \(action.rawValue)")
            : vault.decisions.decision(asked, of: policy)
        guard let grant = decision.grant else { return .denied(decision, purpose: purpose, request: request) }
        return .granted(
            Access(
                session: self, action: action, purpose: purpose, fields: fields, grant: grant, rule: decision.rule,
                request: request))
    }
}
