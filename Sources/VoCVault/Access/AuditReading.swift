import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage

/// Which audit entries are wanted; nil members do not restrict.
public struct AuditFilter: Sendable {
    public var principal: String?
    public var action: String?
    public var purpose: String?
    public var outcome: AuditEntry.Outcome?
    public var target: String?
    public var field: String?
    public var since: Timestamp?
    public var until: Timestamp?
    /// The newest so many.
    public var limit: Int

    public init(
        principal: String? = nil, action: String? = nil, purpose: String? = nil, outcome: AuditEntry.Outcome? = nil,
        target: String? = nil, field: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int = 100
    ) {
        (self.principal, self.action, self.purpose, self.outcome) = (principal, action, purpose, outcome)
        (self.target, self.field, self.since, self.until, self.limit) = (target, field, since, until, limit)
    }

    func matches(_ entry: AuditEntry) -> Bool {
        if let principal, entry.principal != principal { return false }
        if let action, entry.action != action { return false }
        if let purpose, entry.purpose != purpose { return false }
        if let outcome, entry.outcome != outcome { return false }
        if let target, entry.target != target, entry.detail["subject"] != target,
            entry.detail["subjects"]?.split(separator: ",").contains(where: { $0 == target }) != true
        { return false }
        if let field, !entry.fields.contains(field) { return false }
        guard since != nil || until != nil else { return true }
        guard let time = Timestamp(entry.time) else { return false }
        return since.map { time >= $0 } ?? true && until.map { time < $0 } ?? true
    }
}

/// What a verification found in order.
public struct AuditVerification: Sendable, Equatable {
    public var entries: Int64
    /// The signed note of this size: keep it outside the vault to detect a roll-back later.
    public var checkpoint: String
    public var verifierKey: String
}

extension Session {
    /// Entries, newest first. Reading the log is itself in the log.
    public func auditEntries(_ filter: AuditFilter) throws -> [AuditEntry] {
        let access = try authorize(.auditRead, purpose: nil)
        var entries: [AuditEntry] = []
        try store.read { reader in
            try reader.forEachAuditEntryBackwards { _, bytes in
                guard entries.count < filter.limit else { return false }
                if let entry = AuditEntry(canonicalBytes: bytes), filter.matches(entry) { entries.append(entry) }
                return true
            }
        }
        _ = try commit(access) { _ in ((), access.entry(rows: entries.count)) }
        return entries
    }

    /// The canonical bytes of one entry.
    public func auditEntry(_ sequence: Int64) throws -> String {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            var found: String?
            try store.read { reader in
                try reader.forEachAuditEntry(from: sequence) { number, bytes in
                    if number == sequence { found = String(decoding: bytes, as: UTF8.self) }
                    return false
                }
            }
            guard let found else { throw VaultError.notFound("audit entry \(sequence)") }
            _ = try commit(access) { _ in ((), access.entry(target: String(sequence), rows: 1)) }
            return found
        }
    }

    /// Recomputes the whole log against its signed checkpoint and, when given, an older one that
    /// was kept elsewhere.
    ///
    /// - Throws: `AuditError` naming what is wrong.
    public func verifyAudit(against older: String? = nil) throws -> AuditVerification {
        let access = try authorize(.auditVerify, purpose: nil)
        let result: AuditVerification
        do {
            result = try vault.verifiedAudit(against: older)
        } catch let error as AuditError {
            // The log may be beyond repair; that it was found so is worth an attempt at an entry.
            _ = try? commit(access) { _ in ((), access.entry(.failed, detail: ["error": "\(error)"])) }
            throw error
        }
        _ = try commit(access) { _ in ((), access.entry(rows: Int(result.entries))) }
        return result
    }
}

extension Vault {
    func verifiedAudit(against older: String?) throws -> AuditVerification {
        let publicKey = trail.signingKey.publicKey
        let kept = try older.map { note in try Checkpoint(verifying: note, publicKey: publicKey) }
        let published = try publisher.tiles.checkpoint().map { note in try Checkpoint(verifying: note, publicKey: publicKey) }
        return try store.read { reader in
            guard let head = try reader.auditHead() else { throw AuditError.noLog }
            let checkpoint = try Checkpoint(verifying: head.checkpoint, publicKey: publicKey)
            guard checkpoint.origin == trail.origin else { throw AuditError.wrongOrigin(checkpoint.origin) }
            guard checkpoint.size == head.size else {
                throw AuditError.truncated(size: checkpoint.size, checkpoint: head.size)
            }
            var verifier = try AuditVerifier(
                checkpoint: checkpoint, older: [kept, published].compactMap { $0 },
                published: published.map { publisher.tiles.reader(size: $0.size) })
            if published == nil, head.size >= TileFolder.width { throw AuditError.publicationMissing }
            var account = AuditAccount()
            var last: [UInt8] = []
            try reader.forEachAuditEntry { sequence, entry in
                try verifier.add(sequence: sequence, entry)
                account.add(entry)
                last = entry
                return true
            }
            let tree = try verifier.finish()
            let time = AuditEntry(canonicalBytes: last).flatMap { Timestamp($0.time)?.milliseconds }
            guard tree.frontierBytes == head.frontier, time.map({ $0 / 1000 == head.lastTime / 1000 }) == true else {
                throw AuditError.damagedHead
            }
            try account.check(reader.counts())
            return AuditVerification(entries: checkpoint.size, checkpoint: head.checkpoint, verifierKey: verifierKey)
        }
    }

    static func day(_ milliseconds: Int64) -> Substring { Timestamp(milliseconds: milliseconds).description.prefix(10) }
}
