import AuditLog
import Foundation
import Policy
import Sealing
import Store
import StoreMove

/// The files of a snapshot and of a key store, before they become a vault's home.
struct SnapshotFiles {
    var data: String
    var keys: String
}

extension Vault {
    /// Opens files that are not a vault's home yet. Files of an older format are upgraded.
    convenience init(_ files: SnapshotFiles, keyring: Keyring, at location: Location, policy: PolicySet, clock: (@Sendable () -> Int64)?) throws {
        try VaultStore.makeReady(restored: files.data, keys: files.keys)
        let store = try VaultStore.openFiles(data: files.data, keys: files.keys)
        // So that the clock is not compared with the time of the restore's own entry.
        let time = try VaultClock(home: location.home, clock, nil) { try store.read { try $0.lastEntryTime() } }
        try self.init(
            location: location, store: store, watch: LogWatch(nil), keyring: Keyring(keyring, inCopy: store.keys),
            publisher: AuditPublisher(home: location.home), traces: DeletedTraces(home: location.home, store: store), policy: policy, time: time,
            hasAccount: store.hasAccount(), isSnapshot: true)
    }

    /// What a snapshot must pass before it is restored, and before a backup reports success: pages, keys, and the whole audit
    /// log, which accounts for the rows. Customers who have been erased since are deleted again, and people's protections are
    /// applied.
    ///
    /// - Parameter note: the snapshot's manifest.
    /// - Throws: what is wrong.
    func checkSnapshot(against note: String, progress: (BackupProgress) -> Void) throws -> Checkpoint {
        progress(.checking("erasures and protections"))
        try finishErasures()
        try store.copyProtections()
        try replayProtections()
        try protectEverything()
        let checkpoint = try Checkpoint(verifying: note, keys: trail.logKeys)
        guard checkpoint.origin == trail.origin else { throw AuditError.wrongOrigin(checkpoint.origin) }
        progress(.checking("pages"))
        let damage = try store.condition().damage
        guard damage.isEmpty else { throw VaultError.integrity("the snapshot's pages are damaged: \(damage[0])") }
        progress(.checking("keys"))
        try checkKeys()
        progress(.checking("the audit log"))
        _ = try verifiedAudit(against: note, isPublished: false)
        return checkpoint
    }

    /// Whether every key that the snapshot needs exists and opens.
    private func checkKeys() throws {
        let (missing, indexes) = try store.read { (try $0.recordCountWithoutKey(), try $0.indexedFields(.current)) }
        let replaced = "it is older than the snapshot, or they were replaced since (keys rotate)"
        guard missing == 0 else { throw VaultError.keys("the key store lacks the keys of \(missing) records of this snapshot: \(replaced)") }
        for index in indexes {
            let versions = keyring.versions(.index(index.name))
            // The first one is made when it is first needed.
            guard versions.contains(index.version) || versions.isEmpty && index.version == 1 else {
                throw VaultError.keys("the key store lacks the key of the index of \(index.name): \(replaced)")
            }
        }
        try SubjectKeys(keyring: keyring, vaultID: store.vaultID).openAll(in: store.keys)
    }

    /// The checkpoints that the log does not continue: they belong to a history that a restore, or a database that was set back,
    /// abandoned.
    func checkpointsNotContinued(_ checkpoints: [Checkpoint]) throws -> [Checkpoint] {
        let wanted = Set(checkpoints.map(\.size))
        guard let last = wanted.max() else { return [] }
        let sha = SHA256()
        var (tree, roots) = (MerkleTree(), [Int64(0): MerkleTree().root(using: sha)])
        try store.read { reader in
            try reader.forEachAuditEntry { _, entry in
                tree.append(entry, using: sha)
                if wanted.contains(tree.size) { roots[tree.size] = tree.root(using: sha) }
                return tree.size < last
            }
        }
        return checkpoints.filter { roots[$0.size] != $0.root }
    }
}
