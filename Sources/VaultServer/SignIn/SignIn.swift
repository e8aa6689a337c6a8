import Foundation
import Hummingbird
import Policy
import Sealing
import Store
import Synchronization
import VaultAPI
import VoCVault

/// What somebody presents to sign in.
enum Credential: Sendable, Equatable {
    /// SHA-256 of one of the vault's tokens: the token itself is not kept.
    case token(hash: [UInt8])
    /// A signed identity token.
    case identity(String)

    /// Reads what follows `Bearer `, or what was typed in the sign-in form; nil if it is neither kind.
    init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if text.hasPrefix("vvt_") {
            self = .token(hash: Token.hash(text))
        } else if text.utf8.count(where: { $0 == 0x2E }) == 2 {
            self = .identity(text)
        } else {
            return nil
        }
    }
}

/// Lets principals in, and limits the harm that guessing can do.
final class SignIn: Sendable {
    private let served: ServedVault
    private let identities = IdentityTokens()
    /// Failed attempts, by client: beyond the limit they are refused without an entry.
    private let failures: RateLimiter

    init(_ served: ServedVault, failures: Int) {
        self.served = served
        self.failures = RateLimiter(burst: failures, perSecond: 0.2)
    }

    /// - Throws: ``Problem``, 401 or 429.
    func session(_ credential: Credential?, client: String, request: String) async throws -> Session {
        let refusal: VaultError
        do {
            switch credential {
            case .token(let hash):
                let vault = try served.vault
                let look = { @Sendable in try vault.session(tokenHash: hash, client: client, request: request, logsRefusal: false) }
                // With data in files, handing this to a thread that may wait would take longer than doing it.
                return try await vault.signsInAtOnce ? look() : served.work(.signIn, for: client, look)
            case .identity(let token):
                let identity = try await identities.identity(token, trusting: served.vault.policies.issuers, under: served.vault.policies.tokens)
                // It is valid by the machine's clock, which somebody may have set back.
                guard try served.vault.isToCome(identity.expires) else { throw IdentityTokens.Refusal("the token has expired or is not valid yet") }
                return try served.vault.session(vouchedFor: identity.principal, by: identity.credential, role: identity.role, client: client, request: request)
            case nil: throw VaultError.notSignedIn("no token was given")
            }
        } catch StorageError.altered(let what) {
            let vault = try served.vault
            if failures.take(client) == nil { try await served.work(.short, for: client) { vault.noteAlteredSignIn(what, client: client, request: request) } }
            throw StorageError.altered(what: what)
        } catch let error as VaultError {
            refusal = error
        } catch let error as IdentityTokens.Refusal {
            refusal = .notSignedIn(error.reason)
        }
        guard case .notSignedIn(let reason) = refusal else { throw refusal }
        if let seconds = failures.take(client) { throw Problem(.rateLimited, "too many attempts to sign in failed", after: seconds) }
        let vault = try served.vault
        try await served.work(.short, for: client) { try vault.logRefusedSignIn(reason, client: client, request: request) }
        throw Problem(.notSignedIn, reason)
    }

    static func credential(of request: Request) -> Credential? {
        var given: String?
        for field in request.headers where field.name == .authorization {
            // Of two headers, a proxy might check one and this server the other.
            guard given == nil else { return nil }
            given = field.value
        }
        guard let given, given.utf8.prefix(7).lazy.map({ $0 | 0x20 }).elementsEqual("bearer ".utf8) else { return nil }
        return Credential(String(given.utf8.dropFirst(7)) ?? "")
    }
}
