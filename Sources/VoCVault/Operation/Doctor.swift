import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import StoreMove
import VaultAPI

extension Session {
    /// Examines the vault: files, integrity, audit log, keys, disk, clock and pending work.
    package func examine() throws -> [HealthFinding] { try examine(beside: []) }

    /// - Parameter others: findings of the server, if there is one.
    package func examine(beside others: [HealthFinding]) throws -> [HealthFinding] {
        let access = try authorize(.doctor, purpose: nil)
        return try logged(access) {
            let (own, isWhole) = try vault.examine()
            let findings = own + others
            let worst = findings.map(\.state).max() ?? .ok
            try commitIfPossible(access) { writer in
                if isWhole { try vault.noteVerified(nil, in: writer) }
                return access.entry(rows: findings.count { $0.state != .ok }, detail: [.state: worst.rawValue])
            }
            return findings
        }
    }
}

extension Vault {
    /// - Returns: the findings, and whether log and tables are whole.
    fileprivate func examine() throws -> ([HealthFinding], isWhole: Bool) {
        let condition = try store.condition()
        let log = try examineLog()
        let findings = try [
            examineFiles(), pages(condition), log, examineVerification(isWhole: log.state == .ok), examineHead(), examineDisk(condition), writeAheadLog(condition), examineClock(), examineKeys(), examineIndexes(),
            erasures(condition), examineProtections(), examineBackup(), examineRetention(), examineCases(), examineTokens(), examineSources(), examineOutbox(),
        ] + [examineHooks()].compactMap(\.self) + examineServers()
        return (findings, log.state == .ok)
    }

    func finding(
        _ check: String, _ finding: String, _ state: HealthFinding.State = .ok, _ advice: String = "", kind: HealthFinding.Kind = .operation
    ) -> HealthFinding {
        HealthFinding(check: check, state: state, kind: kind, finding: finding, advice: advice)
    }

    /// Files that others can read, and policies that others can write.
    private func examineFiles() -> HealthFinding {
        func mode(_ path: String) -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        }
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: location.home)) ?? []).map { "\(location.home)/\($0)" }
        let open = ([location.keys] + (mode(location.home) & 0o077 == 0 ? [] : files + [location.home])).filter { mode($0) & 0o077 != 0 }
        if let first = open.first {
            return finding("files", "\(open.count) can be read by others, such as \(first)", .failure, "chmod -R go= \(location.home) \(location.keys)")
        }
        let policies = ((try? FileManager.default.contentsOfDirectory(atPath: location.policies)) ?? []).map { "\(location.policies)/\($0)" }
        if let writable = (policies + [location.policies]).first(where: { mode($0) & 0o022 != 0 }) {
            return finding("files", "\(writable) can be changed by others", .failure, "chmod -R go-w \(location.policies)")
        }
        return finding("files", "the vault and its keys are the owner's alone")
    }

    private func pages(_ condition: StoreCondition) -> HealthFinding {
        if !store.isInFiles, let left = VaultStore.leftFiles(in: URL(fileURLWithPath: location.home, isDirectory: true)).first {
            return finding("database", "\(left) from before the move still holds customers' keys", .failure, "delete it: customers erased from now on are not erased there")
        }
        if condition.damage.isEmpty, let copy = UpgradeCopy.all(in: location.home).first {
            let text = "\(copy) from before an upgrade still holds customers' keys"
            return finding("database", text, .warning, "delete it once you have seen that all is well: customers erased from now on are not erased there")
        }
        guard let first = condition.damage.first else { return finding("database", "every page is sound", kind: .integrity) }
        return finding("database", first, .failure, "stop writing and restore a backup beside this key store", kind: .integrity)
    }

    private func examineLog() throws -> HealthFinding {
        do {
            let result = try verifiedAudit(against: nil)
            return finding("audit log", "\(result.entries) entries verified", kind: .integrity)
        } catch let error as StorageError where error.meaning != .integrity {
            // A log that cannot be read just now may still be intact.
            throw error
        } catch let error where Self.tellsOfChange(error) {
            let advice = "keep the files as they are and compare with anchored checkpoints"
            return finding("audit log", "\(error)", .failure, advice, kind: .integrity)
        } catch {
            return finding("audit log", "not verified: \(error)", .failure, "fix that, then run vocvault audit verify")
        }
    }

    /// Whether an error means that stored bytes differ from what the vault wrote, and not only that they could not be read.
    private static func tellsOfChange(_ error: any Error) -> Bool {
        switch error {
        case is AuditError, VaultError.integrity, StorageError.corrupt, StorageError.differs: true
        default: false
        }
    }

    /// Whether the head of the log is kept where it would show that the database was rolled back.
    private func examineHead() -> HealthFinding {
        guard let kept = trail.watch.kept, let size = trail.watch.known?.head.size else { return finding("log head", "nothing is kept", .failure, "open the vault again") }
        let advice = "set VOCVAULT_HEAD to a folder that the vault can write and the database's administrator cannot"
        if let failure = kept.failure { return finding("log head", "it cannot be kept: \(failure)", .failure, advice) }
        if let failure = trail.watch.journal?.failure { return finding("log head", "what protects people cannot be kept beside it: \(failure)", .failure, advice) }
        let text = "of \(size) entries, kept in \(kept.path)"
        if kept.isAtHome, store.isInFiles { return finding("log head", "\(text), where anyone who can change the database can change it too", .warning, advice) }
        return finding("log head", text)
    }

    private func examineDisk(_ condition: StoreCondition) -> HealthFinding {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: location.home)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return finding("disk", "the free space cannot be read", .warning, "look at the mount of \(location.home)")
        }
        let text = "\(free >> 20) MiB free, the vault has \(condition.dataBytes >> 20) MiB"
        // A checkpoint of the database and a retention run need room for what they rewrite.
        if free < 256 << 20 { return finding("disk", text, .failure, "free or add space before anything else is ingested") }
        if free < max(1 << 30, condition.dataBytes / 5) { return finding("disk", text, .warning, "plan for more space") }
        return finding("disk", text)
    }

    private func writeAheadLog(_ condition: StoreCondition) -> HealthFinding {
        let text = "\(condition.logBytes >> 20) MiB"
        if traces.isPending {
            return finding(
                "write-ahead log", "\(text); what was deleted still lies in it, because a process is reading an older state", .warning,
                "end long queries, exports and backups; the next command empties it")
        }
        if condition.logBytes < 512 << 20 { return finding("write-ahead log", text) }
        return finding("write-ahead log", text, .warning, "a reader holds an old snapshot: end long queries and exports")
    }

    private func examineKeys() throws -> HealthFinding {
        let keys = try keyState()
        guard let active = keys.first(where: \.isActive) else { return finding("keys", "no root key is active", .failure, "check \(location.keys)") }
        let days = (clock() - active.created.milliseconds) / 86_400_000
        let text = "root key \(active.id) is \(days) days old"
        if active.needsRotation { return finding("keys", "\(text) and near its limit of wraps", .failure, "add a root key to the key file and make it active") }
        let versions = try store.keys.subjectKeyVersions()
        if versions.superseded > 0 || versions.behind > 0 {
            let advice = "vocvault keys rotate --reseal, after a backup"
            return finding("keys", "\(versions.superseded) former keys of customers are still there, \(versions.behind) customers wait for a new one", .warning, advice)
        }
        // Why a hold waits for a customer whom a restore has lost is sealed under the customer's former key.
        let waiting = try findAbsentProtections().subjects
        let unused = store.isReadOnly ? 0 : try store.read { try $0.subjectsOfKeysOnly().count { !waiting.contains($0) } }
        if unused > 0, try store.removeUnusedKeys(keeping: waiting) > 0 { return finding("keys", "\(unused) unused keys prepared for new customers were removed") }
        let unreadable = try store.read { try $0.recordCountWithoutKey() }
        if unreadable > 0 { return finding("keys", "\(unreadable) records cannot be opened: their key is gone", .failure, "restore the newest key store", kind: .integrity) }
        if days > 365 { return finding("keys", text, .warning, "add a root key to the key file and make it active") }
        return finding("keys", text)
    }

    /// Whether the indexes have handles in their present form.
    private func examineIndexes() throws -> HealthFinding {
        let behind = try store.read { try $0.indexedFields(.current) }.filter { $0.form < HandleForm.current.rawValue && policy.field($0.name) != nil }.map(\.name)
        if behind.isEmpty { return finding("indexes", "handles are in their present form") }
        let text = "\(behind.joined(separator: ", ")): handles are compared in a former form, which takes some people for others and misses some"
        return finding("indexes", text, .warning, "vocvault keys rotate --indexes, after a backup")
    }

    private func erasures(_ condition: StoreCondition) -> HealthFinding {
        if condition.pendingErasures == 0 { return finding("erasures", "all carried out") }
        return finding("erasures", "\(condition.pendingErasures) customers' keys are still to be destroyed", .failure, "open the vault with write access to the key store")
    }

    private func examineProtections() throws -> HealthFinding {
        let waiting = try findAbsentProtections()
        if waiting.count > 0 {
            let known = waiting.facts.values.reduce(0) { $0 + $1.count }
            return finding(
                "protections", "\(waiting.count) holds and restrictions wait for customers who were lost with a restore or a failover", .warning,
                known == waiting.count
                    ? "ingest the feeds again: each goes to its customer with their first record"
                    : "ingest the feeds again; \(waiting.count - known) are of customers without any identifier: set them again; audit list shows the reasons")
        }
        if try store.read({ try $0.hasPendingProtections() }) { return finding("protections", "some wait to be copied beside the keys", .warning, "open the vault with write access to the key store") }
        return finding("protections", "holds, revocations, restrictions and tombstones are kept beside the keys as well")
    }

    private func examineRetention() throws -> HealthFinding {
        let due = try retentionForecast().records
        if due == 0 { return finding("retention", "nothing is due") }
        return finding("retention", "\(due) records are due", .warning, "vocvault retention run")
    }

    private func examineCases() throws -> HealthFinding {
        let now = clock()
        let open = try store.read { try $0.cases(closed: false) }
        let overdue = open.count { $0.dueAt < now }
        let text = "\(open.count) open, \(overdue) overdue"
        return overdue == 0 ? finding("cases", text) : finding("cases", text, .failure, "vocvault case list")
    }

    private func examineTokens() throws -> HealthFinding {
        let now = clock()
        let living = try store.read { try $0.tokens() }.filter { $0.revokedAt == nil && $0.expiresAt.map { $0 > now } ?? true }
        let orphans = living.count { policy.roles[$0.role] == nil }
        if orphans > 0 { return finding("tokens", "\(orphans) have a role that the policy no longer has", .warning, "vocvault token revoke ID") }
        let alone = living.count { $0.approval?.state == .bootstrap }
        if alone > 0, Set(living.filter(mayIssueTokens).map(\.principal)).count > 1 {
            return finding("tokens", "\(alone) were issued by one person alone, before a second could agree", .warning, "vocvault token list; issue them anew and revoke the former ones")
        }
        let endless = living.count { $0.expiresAt == nil }
        let text = "\(living.count) living, \(endless) without expiry"
        // The first administrator's token does not expire.
        return endless <= 1 ? finding("tokens", text) : finding("tokens", text, .warning, "issue them with --expires")
    }
}
