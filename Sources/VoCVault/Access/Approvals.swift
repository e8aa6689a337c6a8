import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import VaultAPI

/// What a principal wants to see of a record.
struct ApprovalWish {
    var record: Int64
    /// The record's customer.
    var subject: Int64
    var field: String
    var reason: String
    var breakGlass: Bool
}

enum ApprovalOutcome {
    case notNeeded
    /// Approved: by whom, and the request's number.
    case granted(Int64, by: String)
    /// Without approval: the request's number.
    case brokenGlass(Int64)
    case waits(Int64)

    /// As the audit entry shows it.
    var text: String? {
        switch self {
        case .notNeeded: nil
        case .granted(let id, let principal): "\(id) by \(principal)"
        case .brokenGlass(let id): "\(id) by break-glass"
        case .waits(let id): "\(id) pending"
        }
    }

    var waitsFor: Int64? {
        if case .waits(let id) = self { id } else { nil }
    }
}

extension Session {
    private static let hour: Int64 = 3_600_000
    /// How long a request waits.
    private static let pendingLife = 24 * hour
    /// How long a grant can be used. It can be used once.
    private static let grantLife = 8 * hour
    /// How long breaking the glass counts for the same record and field.
    private static let breakGlassLife = hour / 4
    private static let breakGlassName = "break-glass"

    /// Finds, uses or requests the approval that a field needs, inside the transaction of the reveal.
    func approve(_ wish: ApprovalWish, _ access: Access, in writer: StoreWriter) throws -> ApprovalOutcome {
        guard policy.field(wish.field)?.approval ?? 1 > 1 else { return .notNeeded }
        let now = vault.clock()
        let own = try writer.reader.approvals(at: now).filter {
            // What was requested or granted while a clock was ahead would be valid for too long.
            $0.expiresAt <= now + ($0.state == .granted ? Self.grantLife : Self.pendingLife) && $0.principal == principal && $0.purpose == access.purpose && $0.record == wish.record && $0.field == wish.field
        }
        if let grant = own.first(where: { $0.state == .granted }) {
            if grant.decidedBy != Self.breakGlassName {
                try writer.setApproval(grant.id, .used, by: grant.decidedBy, expiresAt: grant.expiresAt)
                try vault.protect(.usedApproval(id: grant.id, principal: grant.principal, askedAt: grant.askedAt), in: writer)
            }
            return .granted(grant.id, by: grant.decidedBy ?? "unknown")
        }
        var row = ApprovalRow(
            principal: principal, role: role, purpose: access.purpose, record: wish.record, field: wish.field,
            reason: try CustomerNotes(vault).seal(kept(wish.reason), about: wish.subject, at: .approval(askedAt: now)), askedAt: now, expiresAt: now + Self.pendingLife, state: .pending)
        if wish.breakGlass {
            (row.state, row.decidedBy, row.expiresAt) = (.granted, Self.breakGlassName, now + Self.breakGlassLife)
            let id = try writer.addApproval(row)
            return .brokenGlass(id)
        }
        if let pending = own.first(where: { $0.state == .pending }) { return .waits(pending.id) }
        return .waits(try writer.addApproval(row))
    }

    /// Alerts about an outcome.
    func alerts(about outcome: ApprovalOutcome, _ access: Access, field: String) -> [AuditEntry] {
        guard case .brokenGlass(let id) = outcome else { return [] }
        return [
            AuditEntry(
                principal: principal, token: credential, role: role, purpose: access.purpose, action: AuditEvent.vault(.alert).name, outcome: .allowed, rule: Self.breakGlassName,
                request: access.request, client: client, software: Vault.software, detail: [.field: field, .approval: String(id)])
        ]
    }

    /// Requests that have not expired, oldest first: all of them for those who decide; for others who may reveal, their own.
    package func approvals() throws -> [Approval] {
        if !capabilities.may(.approvalDecide), let purpose = capabilities.purposes(for: .reveal).first {
            let access = try authorize(.reveal, purpose: purpose)
            let shown = try logged(access) { try approvals { $0.principal == principal } }
            _ = try commit(access) { _ in
                var entry = access.entry(rows: shown.count)
                // Nothing was revealed.
                entry.action = AuditEvent.vault(.ownApprovals).name
                return ((), entry)
            }
            return shown
        }
        let access = try authorize(.approvalDecide, purpose: nil)
        let shown = try logged(access) { try approvals { _ in true } }
        _ = try commit(access) { _ in ((), access.entry(rows: shown.count)) }
        return shown
    }

    private func approvals(_ isWanted: (ApprovalRow) -> Bool) throws -> [Approval] {
        let notes = try CustomerNotes(vault)
        return try store.read { try $0.approvals(at: vault.clock()) }.filter(isWanted).map { row in
            Approval(
                id: row.id, principal: row.principal, role: row.role, purpose: row.purpose,
                record: try pseudonyms(row.purpose).name(.record, row.record), field: row.field, reason: notes.open(row.reason, at: .approval(askedAt: row.askedAt)).shown,
                asked: Timestamp(milliseconds: row.askedAt), expires: Timestamp(milliseconds: row.expiresAt),
                state: row.state.rawValue, decidedBy: row.decidedBy)
        }
    }

    /// Approves or denies another principal's request.
    package func decideApproval(_ id: Int64, grant: Bool, reason: String?) throws -> Int64 {
        let access = try authorize(.approvalDecide, purpose: nil)
        return try logged(access) {
            try commit(access) { writer in
                let now = vault.clock()
                guard let row = try writer.reader.approvals(at: now).first(where: { $0.id == id && $0.state == .pending }) else {
                    throw VaultError.notFound("a waiting request \(id)")
                }
                guard row.principal != principal else {
                    throw VaultError.denied(
                        action: Action.approvalDecide.rawValue, rule: "separation of duties", hint: "one's own request is another's to decide")
                }
                try writer.setApproval(id, grant ? .granted : .denied, by: principal, expiresAt: now + Self.grantLife)
                let target = try pseudonyms(row.purpose).name(.record, row.record)
                let detail: [AuditDetail: String] = [
                    .approval: String(id), .decision: grant ? "granted" : "denied", .for: row.principal,
                    .forPurpose: row.purpose, .field: row.field,
                ]
                // The record may be gone; what was asked tells whose it was.
                let asked = try CustomerNotes(vault).origin(of: row.reason, at: .approval(askedAt: row.askedAt))?.subject
                let subject = try asked ?? writer.reader.sealedRecord(row.record)?.subject ?? CustomerNotes.nobody
                let reason = try cleaned(reason, about: subject, writer.reader)
                return ((), try access.entry(target: target, rows: 1, reason: reason, about: subject, detail: detail))
            }.receipt
        }
    }
}
