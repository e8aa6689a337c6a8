import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization
import Wire

/// A signed-in principal at work. Every operation first asks the policy, and leaves an audit entry.
public struct Session: Sendable {
    let vault: Vault
    public let principal: String
    public let role: String
    /// Where it was opened from, for the audit log.
    public let client: String
    /// The only actions that its token allows; nil: all of the role's.
    let scope: Set<Action>?
    /// The same in all entries of one server request; nil: each operation has its own number.
    let request: String?
    /// What the principal signed in with, as entries name it: see ``AuditEntry/token``.
    let credential: String
    /// SHA-256 of its token; nil if another authority vouches for the principal.
    private let tokenHash: [UInt8]?
    /// Number of the last entry.
    private let last = LastReceipt()
    /// What somebody looks at, if this only fills a page of the console.
    private(set) var view: String?

    init(vault: Vault, principal: String, credential: String, role: String, client: String, scope: Set<Action>?, request: String?, tokenHash: [UInt8]? = nil) {
        (self.vault, self.principal, self.credential, self.role, self.client) = (vault, principal, credential, role, client)
        (self.scope, self.request, self.tokenHash) = (scope, request, tokenHash)
    }

    init(vault: Vault, token: TokenRow, hash: [UInt8], client: String, request: String?) {
        self.init(vault: vault, principal: token.principal, credential: token.id, role: token.role, client: client, scope: token.actions, request: request, tokenHash: hash)
    }

    /// - Throws: ``VaultError/notSignedIn(_:)`` if the token is no longer valid as of this transaction.
    func requireGoodToken(_ writer: StoreWriter) throws {
        guard let tokenHash, let obstacle = vault.obstacle(to: try writer.token(hash: tokenHash)) else { return }
        throw VaultError.notSignedIn(obstacle)
    }

    /// Number of the audit entry of this session's last operation; nil before the first.
    package var lastReceipt: Int64? { last.number.withLock { $0 } }

    /// The same session while it fills a page: its entries say so, and lists fold them.
    package func viewing(_ name: String) -> Session {
        var session = self
        session.view = name
        return session
    }

    var store: VaultStore { vault.store }
    var policy: PolicySet { vault.policy }
    /// The policy in force.
    public var policies: PolicySet { policy }

    /// What feedback can be about, with names; nil if there is no code frame. It contains no feedback.
    package var codeFrame: CodeFrameFile? { vault.codes.frame }
    /// As the policy has it.
    package var timeZone: TimeZone { vault.timeZone }
    /// The present time, as far as the vault knows it.
    package var now: Timestamp { Timestamp(milliseconds: vault.clock()) }

    /// What policy and token allow its principal to do.
    public var capabilities: Capabilities { policy.capabilities(of: role, scope: scope) }

    /// Pseudonyms under a purpose.
    func pseudonyms(_ purpose: String) throws -> Pseudonyms {
        try Pseudonyms(keys: vault.keyring.keys(.pseudonym(purpose: purpose), now: vault.clock()))
    }
}

private final class LastReceipt: Sendable {
    let number = Mutex<Int64?>(nil)
    /// Why the last finding has no entry.
    let obstacle = Mutex<StorageError?>(nil)
}

extension Session {
    /// Called before an operation, so that what it leaves is its own.
    func forgetReceipt() { last.number.withLock { $0 = nil } }

    /// Remembers the entry that an operation just wrote.
    package func noteReceipt(_ receipt: Int64) { last.number.withLock { $0 = receipt } }

    /// Like ``commit(_:_:_:)``, for an examination whose finding is reported even if nothing can be written, because the disk is
    /// full or read-only. This holds only on the vault's own machine: through a server, the examination fails.
    func commitIfPossible(_ access: Access, _ body: (StoreWriter) throws -> AuditEntry) throws {
        do {
            _ = try commit(access) { writer in ((), try body(writer)) }
        } catch let error as StorageError where error.isUnwritable && request == nil {
            last.obstacle.withLock { $0 = error }
        }
    }

    /// Notices for the people who work with the vault, besides the results.
    public var notices: [String] {
        var notices: [String] = []
        if let obstacle = last.obstacle.withLock({ $0 }) { notices.append("this is not in the audit log: \(obstacle)") }
        if vault.traces.isPending { notices.append(DeletedTraces.notice) }
        return notices
    }

    /// Why nothing is deleted on the word of the machine's clock; nil if nothing speaks against it.
    public var clockDoubt: String? { vault.time.reading(policy.clock).doubt }

    /// Whether the write-ahead log still contains what was deleted.
    package var hasTraces: Bool { vault.traces.isPending }
}
