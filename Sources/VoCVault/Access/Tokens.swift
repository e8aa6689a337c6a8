import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI

extension Session {
    /// Issues a token. It is not stored and cannot be shown again.
    ///
    /// A token of a role that reveals, decides or administers works only once somebody else has agreed (``approveToken(_:reason:)``), unless
    /// there is nobody else who could: then it works at once, and the log says that one person alone issued it.
    ///
    /// - Parameters:
    ///   - scope: the only actions that it allows; nil: all of the role's.
    ///   - days: lifetime; nil: the longest that the policy allows.
    ///   - show: shows the token to the person it is for. The token is valid only afterwards, so that no token exists that nobody
    ///     has seen, whenever the process ends. If showing fails, none is issued, and the log says why.
    /// - Throws: ``VaultError/conflict(_:)`` if the principal has tokens of another role and the policy wants one.
    package func issueToken(
        principal name: String, role roleName: String, scope: [Action]? = nil, days: Int? = nil, show: (_ token: String, _ id: String) throws -> Void = { _, _ in }
    ) throws -> (token: String, id: String, agreement: TokenAgreement?) {
        let access = try authorize(.tokenIssue, purpose: nil)
        return try logged(access) {
            guard policy.roles[roleName]?.isNobodys == false else {
                throw VaultError.invalid("no role '\(roleName)' in roles.yaml\(suggestion(for: roleName, among: policy.roles.values.filter { !$0.isNobodys }.map(\.name)))")
            }
            try Vault.requireGoodName(name)
            guard scope?.isEmpty != true else { throw VaultError.invalid("a scope names at least one action") }
            let longest = policy.tokens.days
            if let days, let longest, days > longest { throw VaultError.invalid("a token is valid for \(longest) days at most (principals.yaml)") }
            let now = vault.clock()
            let expiry = (days ?? longest).map { now + Int64($0) * 86_400_000 }
            let (token, row, hash) = try Token.issue(
                principal: name, role: roleName, scope: scope?.map(\.rawValue).joined(separator: ","), expiresAt: expiry, now: now)
            // Nothing is shown that could not be issued.
            try store.read { try requireIssuable(row, $0) }
            do {
                try show(token, row.id)
            } catch {
                let detail: [AuditDetail: String] = [.for: name, .role: roleName, .error: "the token could not be shown and was not issued"]
                _ = try? commit(access) { _ in ((), access.entry(.failed, target: row.id, detail: detail)) }
                throw error
            }
            let approval = try commit(access) { writer -> (TokenApproval?, AuditEntry) in
                try requireIssuable(row, writer.reader)
                // As of now, also if it is run again.
                var row = row
                row.approval = try self.approval(of: row, writer.reader)
                try writer.addToken(row, hash: hash)
                var detail: [AuditDetail: String] = [.for: name, .role: roleName]
                detail[.scope] = row.scope
                detail[.approval] = row.approval?.state.rawValue
                return (row.approval, access.entry(target: row.id, detail: detail))
            }.0
            return (token, row.id, approval?.state.agreement)
        }
    }

    /// - Throws: ``VaultError/invalid(_:)`` or ``VaultError/conflict(_:)`` for a token that the principal must not get.
    private func requireIssuable(_ row: TokenRow, _ reader: StoreReader) throws {
        let tokens = try reader.tokens()
        if let other = tokens.first(where: { PrincipalName.areAlike($0.principal, row.principal) }) {
            throw VaultError.invalid("the name looks like '\(other.principal)', which is another principal's: in the log nobody could tell them apart")
        }
        guard policy.tokens.oneRole, let other = tokens.first(where: { $0.principal == row.principal && $0.role != row.role && vault.lives($0) }) else { return }
        throw VaultError.conflict(
            "\(row.principal) has a token of the role '\(other.role)' (\(other.id)), and one principal has one role (principals.yaml): revoke it first, or choose another name")
    }

    /// Whether somebody else has to agree to a token; nil if its role is one that needs nobody.
    private func approval(of row: TokenRow, _ reader: StoreReader) throws -> TokenApproval? {
        guard policy.tokens.secondPerson, policy.capabilities(of: row.role, scope: row.actions).actions.contains(where: \.takesTwo) else { return nil }
        let others = try reader.tokens().contains { $0.principal != principal && vault.mayIssueTokens($0) }
        return TokenApproval(state: others ? .waiting : .bootstrap, issuedBy: principal)
    }

    /// Agrees to a token that another principal has issued: from now on it works.
    ///
    /// - Parameter reason: without personal data.
    /// - Returns: whose token it is.
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` to whoever has issued it; ``VaultError/conflict(_:)`` if it waits for nobody.
    @discardableResult
    package func approveToken(_ id: String, reason: String? = nil) throws -> (principal: String, role: String) {
        let access = try authorize(.tokenIssue, purpose: nil)
        return try logged(access, target: id) {
            if let reason { try requireReason(reason) }
            return try commit(access) { writer in
                guard let row = try writer.reader.token(id: id) else { throw VaultError.notFound("the token") }
                guard row.revokedAt == nil, let approval = row.approval, approval.state == .waiting else {
                    throw VaultError.conflict("the token is not waiting for anyone's agreement")
                }
                guard approval.issuedBy != principal else {
                    throw VaultError.denied(action: Action.tokenIssue.rawValue, rule: "a second person must agree", hint: "you have issued this token yourself")
                }
                _ = try writer.approveToken(id: id, by: principal)
                let detail: [AuditDetail: String] = [.for: row.principal, .role: row.role, .approval: TokenApproval.State.granted.rawValue]
                return ((principal: row.principal, role: row.role), access.entry(target: id, reason: reason, detail: detail))
            }.0
        }
    }

    package func tokens() throws -> [TokenInfo] {
        let access = try authorize(.tokenList, purpose: nil)
        let rows = try logged(access) { try store.read { try $0.tokens() } }
        _ = try commit(access) { _ in ((), access.entry(rows: rows.count)) }
        return rows.map {
            TokenInfo(
                id: $0.id, principal: $0.principal, role: $0.role, scope: $0.scope?.split(separator: ",").map(String.init),
                created: Timestamp(milliseconds: $0.createdAt),
                expires: $0.expiresAt.map(Timestamp.init(milliseconds:)),
                revoked: $0.revokedAt.map(Timestamp.init(milliseconds:)), agreement: $0.approval?.state.agreement, issuedBy: $0.approval?.issuedBy,
                decidedBy: $0.approval?.decidedBy)
        }
    }

    /// Revokes a token immediately.
    ///
    /// - Parameters:
    ///   - reason: why, without personal data; nil: no reason is given.
    ///   - dryRun: revokes nothing.
    /// - Returns: whose token it is.
    @discardableResult
    package func revokeToken(_ id: String, reason: String? = nil, dryRun: Bool = false) throws -> (principal: String, role: String) {
        let access = try authorize(.tokenRevoke, purpose: nil)
        return try logged(access) {
            if let reason { try requireReason(reason) }
            return try commit(access, dryRun: dryRun) { writer in
                guard let row = try writer.reader.token(id: id) else { throw VaultError.notFound("the token") }
                let now = vault.clock()
                guard try writer.revokeToken(id: id, at: now) else { throw VaultError.conflict("the token was revoked already") }
                try vault.protect(.revocation(token: id, at: now), in: writer)
                return ((principal: row.principal, role: row.role), access.entry(target: id, reason: reason))
            }.0
        }
    }
}

extension Session {
    /// Notes that somebody signs another out of the console, which is theirs to do who revoke tokens.
    package func noteEndedSession(of other: String) throws {
        let access = try authorize(.tokenRevoke, purpose: nil)
        _ = try commit(access) { _ in ((), access.entry(target: "console session", detail: [.for: other])) }
    }
}

extension Vault {
    /// Whether a token can still be used, once everybody has agreed to it.
    func lives(_ row: TokenRow) -> Bool {
        let now = clock()
        return row.revokedAt == nil && row.expiresAt.map { $0 > now } ?? true
    }

    /// Whether a token lets its bearer issue others, and agree to them.
    func mayIssueTokens(_ row: TokenRow) -> Bool {
        obstacle(to: row) == nil && policy.capabilities(of: row.role, scope: row.actions).may(.tokenIssue)
    }
}

extension TokenRow {
    /// The only actions that it allows; nil: all of the role's.
    var actions: Set<Action>? { scope.map { Set($0.split(separator: ",").compactMap { Action(rawValue: String($0)) }) } }
}

extension TokenApproval.State {
    var agreement: TokenAgreement {
        switch self {
        case .waiting: .waiting
        case .granted: .granted
        case .bootstrap: .bootstrap
        }
    }
}
