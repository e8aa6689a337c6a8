import RedactedAPI
import Sealing
import Store
import Synchronization

/// A session of a token that was valid when it was last looked up.
///
/// Whether it still is, is checked in the transaction that records the access, together with all others in it. So it may be used
/// only for operations that leave an entry before anything leaves the vault.
package struct PresumedSession: Sendable {
    private let session: Session

    package var principal: String { session.principal }

    init?(_ vault: Vault, tokenHash hash: [UInt8], client: String, request: String) {
        guard let row = vault.tokens.row(hash), vault.obstacle(to: row) == nil else { return nil }
        session = Session(vault: vault, token: row, hash: hash, client: client, request: request)
    }

    /// ``Session/knownPage(_:)`` if the token is still valid; nil otherwise.
    package func knownPage(_ query: Query) async throws -> ShownPage? { try await session.knownPage(query) }
}

/// Tokens that have signed somebody in, with what they were then.
final class KnownTokens: Sendable {
    /// By the beginning of their hash: half of a SHA-256 distinguishes tokens just as well.
    private let rows = Mutex<[UInt128: TokenRow]>([:])
    private static let capacity = 1000

    func row(_ hash: [UInt8]) -> TokenRow? { rows.withLock { $0[UInt128(bigEndianBytes: hash.span)] } }

    func note(_ row: TokenRow, hash: [UInt8]) {
        rows.withLock { rows in
            if rows.count >= Self.capacity { rows.removeAll() }
            rows[UInt128(bigEndianBytes: hash.span)] = row
        }
    }
}
