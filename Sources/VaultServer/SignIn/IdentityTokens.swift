import AsyncHTTPClient
import Foundation
import JWTKit
import NIOCore
import Policy
import Synchronization

/// Verifies signed identity tokens (JWT, RFC 7519, following RFC 8725) of the issuers that `principals.yaml` trusts.
///
/// Signatures are public-key signatures under a key of the issuer's set that `kid` names. Nothing in the token decides how it is
/// verified: `alg: none`, shared secrets and unknown keys fail.
actor IdentityTokens {
    /// Somebody whom an issuer vouches for.
    struct Identity: Sendable {
        var principal: String
        var role: String
        var expires: Date
    }

    /// Why a token was refused; safe to log.
    struct Refusal: Error {
        var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private struct KeySet {
        var keys: JWTKeyCollection
        var fetched: ContinuousClock.Instant
    }

    private var sets: [String: KeySet] = [:]
    /// How long after the last time an unknown key makes the keys be fetched again, at the earliest.
    private static let refreshAfter: Duration = .seconds(3600)
    private static let retryAfter: Duration = .seconds(30)

    /// The token's claims by name.
    private struct Claims: JWTPayload {
        var issuer: IssuerClaim
        var audience: AudienceClaim
        var expires: ExpirationClaim
        var notBefore: NotBeforeClaim?
        var all: [String: ClaimValue]

        private enum CodingKeys: String, CodingKey {
            case issuer = "iss"
            case audience = "aud"
            case expires = "exp"
            case notBefore = "nbf"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            issuer = try container.decode(IssuerClaim.self, forKey: .issuer)
            audience = try container.decode(AudienceClaim.self, forKey: .audience)
            expires = try container.decode(ExpirationClaim.self, forKey: .expires)
            notBefore = try container.decodeIfPresent(NotBeforeClaim.self, forKey: .notBefore)
            all = try decoder.singleValueContainer().decode([String: ClaimValue].self)
        }

        func encode(to encoder: any Encoder) throws { throw Refusal("the vault issues no identity tokens") }

        func verify(using algorithm: some JWTAlgorithm) throws {
            try expires.verifyNotExpired()
            try notBefore?.verifyNotBefore()
        }
    }

    /// A claim, as texts, which is what rules can use.
    private enum ClaimValue: Decodable, Sendable {
        case texts([String])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .texts([text])
            } else if let texts = try? container.decode([String].self) {
                self = .texts(texts)
            } else {
                self = .other
            }
        }

        var texts: [String] { if case .texts(let texts) = self { texts } else { [] } }
    }

    /// Identifies the token's bearer.
    ///
    /// - Throws: ``Refusal``.
    func identity(_ token: String, trusting issuers: [IdentityIssuer]) async throws -> Identity {
        guard let claimed: Claims = try? await JWTKeyCollection().unverified(token),
            let issuer = issuers.first(where: { $0.issuer == claimed.issuer.value })
        else { throw Refusal("the token is not from an issuer that principals.yaml trusts") }
        let claims = try await verified(token, by: issuer)
        guard claims.issuer.value == issuer.issuer else { throw Refusal("the token is another issuer's") }
        guard claims.audience.value.contains(issuer.audience) else { throw Refusal("the token is for another audience") }
        guard let principal = claims.all[issuer.principalClaim]?.texts.first, Self.isName(principal) else {
            throw Refusal("the token's claim '\(issuer.principalClaim)' names no principal of 1 to 64 letters, digits and . _ - @")
        }
        guard let rule = issuer.roles.first(where: { claims.all[$0.claim]?.texts.contains($0.value) == true }) else {
            throw Refusal("no rule of principals.yaml gives the token's bearer a role")
        }
        return Identity(principal: principal, role: rule.role, expires: claims.expires.value)
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 &- 48 < 10 || $0 &- 97 < 26 || $0 &- 65 < 26 || [0x2D, 0x2E, 0x5F, 0x40].contains($0) }
    }

    private func verified(_ token: String, by issuer: IdentityIssuer) async throws -> Claims {
        do {
            return try await keys(of: issuer, olderThan: Self.refreshAfter).verify(token)
        } catch let error as JWTError {
            if error.errorType == .claimVerificationFailure { throw Refusal("the token has expired or is not valid yet") }
            if error.errorType == .noKeyProvided, let claims: Claims = try? await keys(of: issuer, olderThan: Self.retryAfter).verify(token) {
                // The issuer may have new keys.
                return claims
            }
            throw Refusal("the token's signature is not the issuer's")
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal("the token's signature is not the issuer's")
        }
    }

    private func keys(of issuer: IdentityIssuer, olderThan age: Duration) async throws -> JWTKeyCollection {
        let known = sets[issuer.issuer]
        if let known, known.fetched.duration(to: .now) < age { return known.keys }
        do {
            let document: Data
            switch issuer.keys {
            case .file(let path): document = try Data(contentsOf: URL(fileURLWithPath: path))
            case .url(let url):
                let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
                guard response.status == .ok else { throw Refusal("") }
                document = Data(buffer: try await response.body.collect(upTo: 1 << 20))
            }
            let keys = JWTKeyCollection()
            try await keys.add(jwks: JSONDecoder().decode(JWKS.self, from: document))
            // A token that names no key or an unknown one is not checked against all keys.
            await keys.clearDefault()
            sets[issuer.issuer] = KeySet(keys: keys, fetched: .now)
            return keys
        } catch {
            // An issuer that is unreachable for a while must not lock everybody out.
            if let known { return known.keys }
            throw Refusal("the issuer's keys cannot be read")
        }
    }
}
