import AuditLog
import Foundation
import Storage

/// What an upgrade of the stored format has done.
public struct UpgradeReport: Sendable, Equatable {
    /// The format that the vault had, and the one that it has now.
    public var from: Int
    public var to: Int
    /// Entries of the audit log, which verifies.
    public var entries: Int64
}

extension Vault {
    /// Takes a vault that nobody has open to this program's format, verifies it, and notes it in its log.
    ///
    /// Each file, or the database, moves in one transaction: an upgrade that was interrupted is repeated.
    ///
    /// - Parameters:
    ///   - owner: the address of the role that owns the tables, where the vault is in a PostgreSQL database.
    ///   - keysOwner: the same of the keys, where these have a database of their own.
    /// - Returns: nil when there was nothing to do.
    public static func upgrade(
        at location: Location, owner: PostgresAddress?, keysOwner: PostgresAddress? = nil, clock: (@Sendable () -> Int64)? = nil
    ) throws -> UpgradeReport? {
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        guard let from = try VaultStore.upgrade(in: home, owner: owner, keys: keysOwner) else { return nil }
        let vault = try open(at: location, clock: clock)
        try vault.protectEverything()
        let entries = try vault.verifiedAudit(against: nil).entries
        try vault.log(
            AuditEntry(
                principal: "vault", role: "none", purpose: "none", action: "upgrade", outcome: .allowed, rule: "upgrade", request: Token.requestID(),
                software: software, detail: ["from_format": String(from), "to_format": String(VaultStore.format)]))
        return UpgradeReport(from: from, to: VaultStore.format, entries: entries + 1)
    }
}
