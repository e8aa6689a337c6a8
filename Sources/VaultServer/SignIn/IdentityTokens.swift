import AsyncHTTPClient
import Foundation
import NIOCore
import Policy
import VoCVault

/// Verifies signed identity tokens (JWT, RFC 7519, following RFC 8725) of the issuers that `principals.yaml` trusts.
///
/// Signatures are public-key signatures under a key of the issuer's set that `kid` names. Nothing in the token decides how it is
/// verified: `alg: none`, shared secrets and unknown keys fail.
actor IdentityTokens {
    /// Somebody whom an issuer vouches for.
    struct Identity: Sendable {
        var principal: String
        /// The issuer, and whom the token is about there.
        var credential: String
        var role: String
        var expires: Date
    }

    /// Why a token was refused; safe to log.
    struct Refusal: Error {
        var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private struct Fetched {
        var keys: KeySet
        var at: ContinuousClock.Instant
    }

    private var sets: [String: Fetched] = [:]
    /// Keys are fetched anew this long after the last time, at the earliest when an unknown one comes up.
    private static let refreshAfter: Duration = .seconds(3600)
    private static let retryAfter: Duration = .seconds(30)

    /// Who the token's bearer is.
    ///
    /// - Throws: ``Refusal``.
    func identity(_ token: String, trusting issuers: [IdentityIssuer], under policy: TokenPolicy) async throws -> Identity {
        guard let token = SignedToken(token), let issuer = issuers.first(where: { $0.issuer == token.claims["iss"]?.string }) else {
            throw Refusal("the token is not a signed one from an issuer that principals.yaml trusts")
        }
        guard try await isSigned(token, by: issuer) else { throw Refusal("the token's signature is not the issuer's") }
        let now = Date().timeIntervalSince1970
        let begins = token.claims["nbf"] == nil ? now : token.time("nbf") ?? .infinity
        guard let expires = token.time("exp"), expires > now, begins <= now else { throw Refusal("the token has expired or is not valid yet") }
        if let hours = policy.identityHours, expires > now + Double(hours) * 3600 {
            throw Refusal("the token is valid for longer than \(hours) hours, which principals.yaml does not allow")
        }
        guard token.texts("aud").contains(issuer.audience) else { throw Refusal("the token is for another audience") }
        // A list could name several, and which of them acts is not for the token's bearer to choose.
        guard let name = token.claims[issuer.principalClaim]?.string, case let principal = "\(name)@\(issuer.name)", PrincipalName.isOne(principal) else {
            let room = 64 - issuer.name.utf8.count - 1
            throw Refusal("the token's claim '\(issuer.principalClaim)' names no principal of 1 to \(room) letters, digits and . _ - @")
        }
        guard !PrincipalName.isReserved(name) else { throw Refusal("the token's claim '\(issuer.principalClaim)' is a name that the vault keeps for itself") }
        guard let rule = issuer.roles.first(where: { token.texts($0.claim).contains($0.value) }) else {
            throw Refusal("no rule of principals.yaml gives the token's bearer a role")
        }
        let subject = token.claims["sub"]?.string ?? name
        return Identity(
            principal: principal, credential: String("\(issuer.issuer) \(subject)".prefix(200)), role: rule.role, expires: Date(timeIntervalSince1970: expires))
    }

    private func isSigned(_ token: SignedToken, by issuer: IdentityIssuer) async throws -> Bool {
        let known = try await keys(of: issuer, olderThan: Self.refreshAfter)
        if known.has(token.key) { return known.verifies(token) }
        // The issuer may have new keys.
        return try await keys(of: issuer, olderThan: Self.retryAfter).verifies(token)
    }

    private func keys(of issuer: IdentityIssuer, olderThan age: Duration) async throws -> KeySet {
        let known = sets[issuer.issuer]
        if let known, known.at.duration(to: .now) < age { return known.keys }
        do {
            let keys = try KeySet(await document(of: issuer))
            sets[issuer.issuer] = Fetched(keys: keys, at: .now)
            return keys
        } catch {
            // An issuer that is unreachable for a while must not lock everybody out.
            if let known { return known.keys }
            throw Refusal("the issuer's keys cannot be read")
        }
    }

    private func document(of issuer: IdentityIssuer) async throws -> [UInt8] {
        switch issuer.keys {
        case .file(let path): return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        case .url(let url):
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
            guard response.status == .ok else { throw Refusal("the issuer's keys cannot be read") }
            return Array(buffer: try await response.body.collect(upTo: 1 << 20))
        }
    }
}
