import Sealing
import Synchronization
import VaultAPI
import VoCVault

/// Requests with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). The same request again gets the same answer
/// without being performed again; another one with the same key is refused.
final class IdempotentRequests: Sendable {
    private let underWay = Mutex<Set<String>>([])

    static let mismatch = Problem(.keyReused, "the Idempotency-Key was used for another body")

    /// Refuses a second request with the key while `body` runs.
    func exclusively<R>(_ key: String, of session: Session, _ body: () async throws -> R) async throws -> R {
        let name = "\(session.principal) \(key)"
        guard underWay.withLock({ $0.insert(name).inserted }) else {
            throw Problem(.underWay, "an earlier request with this Idempotency-Key has not ended")
        }
        defer { _ = underWay.withLock { $0.remove(name) } }
        return try await body()
    }
}
