import AuditLog
import Foundation
import Policy
import Sealing
import Store

extension Vault {
    /// Signs a principal in by token.
    ///
    /// - Parameter client: the origin of the request, such as a network address.
    /// - Throws: ``VaultError/notSignedIn(_:)``; the audit log has the attempt.
    public func session(token: String, client: String = "local") throws -> Session {
        try session(tokenHash: Token.hash(token), client: client, request: nil)
    }

    /// The same for a caller that has only the token's SHA-256.
    ///
    /// - Parameters:
    ///   - request: number of a server's request, which its entries carry.
    ///   - logsRefusal: false if so many attempts fail that logging them would be the attack.
    package func session(tokenHash: [UInt8], client: String, request: String?, logsRefusal: Bool = true) throws -> Session {
        let row: TokenRow?
        do {
            row = try store.token(hash: tokenHash)
        } catch StorageError.altered(let what) {
            if logsRefusal { noteAlteredSignIn(what, client: client, request: request) }
            throw StorageError.altered(what: what)
        }
        if let obstacle = obstacle(to: row) {
            if logsRefusal { try logRefusedSignIn(obstacle, token: row, client: client, request: request) }
            throw VaultError.notSignedIn(obstacle)
        }
        tokens.note(row!, hash: tokenHash)
        return Session(vault: self, token: row!, hash: tokenHash, client: client, request: request)
    }

    /// A session of a token that was valid before, without checking it again; nil if none is remembered.
    package func presumedSession(tokenHash: [UInt8], client: String, request: String) -> PresumedSession? {
        PresumedSession(self, tokenHash: tokenHash, client: client, request: request)
    }

    /// Why a stored token signs nobody in; nil if it does.
    func obstacle(to row: TokenRow?) -> String? {
        let now = clock()
        return switch row {
        case nil: "the token is not known"
        case let row? where row.revokedAt != nil: "the token was revoked"
        case let row? where row.expiresAt.map { $0 <= now } ?? false: "the token has expired"
        case let row? where row.expiresAt != nil && row.createdAt > now + policy.clock.jump:
            "the token was issued under a clock that was ahead, so that it would expire too late"
        case let row? where row.approval?.state == .waiting: "the token waits until a second person agrees to it"
        case let row? where policy.roles[row.role]?.isNobodys != false: "the token's role is no longer in the policy"
        default: nil
        }
    }

    /// A session for somebody whom another authority identified, such as an OpenID provider. A role that the policy lacks is
    /// denied everything.
    /// - Parameter credential: the authority, and whom its token names.
    package func session(vouchedFor principal: String, by credential: String, role: String, client: String, request: String?) -> Session {
        Session(vault: self, principal: principal, credential: credential, role: role, client: client, scope: nil, request: request)
    }

    /// Logs an attempt to sign in.
    package func logRefusedSignIn(_ obstacle: String, client: String, request: String?) throws {
        try logRefusedSignIn(obstacle, token: nil, client: client, request: request)
    }

    private func logRefusedSignIn(_ obstacle: String, token row: TokenRow?, client: String, request: String?) throws {
        try log(refusedSignIn(obstacle, token: row, client: client, request: request))
    }

    func refusedSignIn(_ obstacle: String, token row: TokenRow?, client: String, request: String?) -> AuditEntry {
        AuditEntry(
            principal: row?.principal ?? "unknown", token: row?.id, role: row?.role ?? "none", purpose: "none", action: AuditEvent.vault(.signIn).name,
            outcome: .denied, rule: obstacle, target: row?.id, request: request ?? Token.requestID(), client: client,
            software: Self.software)
    }
}
