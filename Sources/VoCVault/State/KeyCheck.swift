import AuditLog
import Policy
import Sealing
import Store

extension Vault {
    /// How often what was read of data and key store, which change apart, is read anew before it counts as a difference.
    private static let attempts = 3

    /// Holds the key store against the data: it is as far as they tell, has every key and every fact that they need, each opens, and it
    /// has no key of anybody who was erased.
    ///
    /// - Throws: ``AuditError/alteredTables(_:)``.
    func verifyKeys() throws {
        guard try !store.keysAreBehind() else { throw AuditError.alteredTables(["subject_key_state", "erasure", "protection_state"]) }
        guard try !store.rootCountsAreBehind() else { throw AuditError.alteredTables(["root_key"]) }
        // In this order: a key is there before what was made with it.
        let (known, needed) = try store.read { (try $0.knownKeys(), try neededKeys($0)) }
        try keyring.reload()
        let held = Set(try store.keys.dataKeys().map { KeyName(kind: $0.kind, name: $0.name) })
        let missing = needed.contains { use, version in version.map { !keyring.versions(use).contains($0) } ?? keyring.versions(use).isEmpty }
        guard known.isSubset(of: held), !missing else { throw AuditError.alteredTables(["data_key"]) }
        do {
            try SubjectKeys(keyring: keyring, vaultID: store.vaultID).openAll(in: store.keys) { try requireLiving($0) }
        } catch VaultError.integrity {
            throw AuditError.alteredTables(["subject_key"])
        }
        try requireSame("protection") { try lacksProtection() }
        try requireSame("tombstone") { try store.tombstonesDiffer(at: clock()) }
    }

    private func requireSame(_ table: String, _ differs: () throws -> Bool) throws {
        for attempt in 1...Self.attempts {
            do {
                guard try differs() else { return }
            } catch VaultError.integrity {
                throw AuditError.alteredTables([table])
            }
            if attempt == Self.attempts { throw AuditError.alteredTables([table]) }
        }
    }

    /// Keys of the vault's own that something was made with, each with its version if that is known.
    private func neededKeys(_ reader: StoreReader) throws -> [(use: Keyring.Use, version: Int?)] {
        let uses: [(use: Keyring.Use, table: StateTable)] = [(.recordID, .record), (.releases, .released), (.tasks, .task), (.tombstone, .tombstone)]
        let own = try uses.filter { try reader.hasRows($0.table) }.map { ($0.use, nil as Int?) }
        let indexes = try reader.indexedFields(.current).filter { try reader.hasEntries(ofField: $0.number) }
        return own + indexes.map { (.index($0.name), $0.version) }
    }

    /// - Throws: ``AuditError/alteredTables(_:)`` if any of these customers, who have keys, was erased.
    private func requireLiving(_ subjects: [Int64]) throws {
        let erased = try store.read { try $0.erased(among: subjects) }
        // Who was erased just now had a key when it was read.
        for subject in erased where try store.keys.hasKey(of: subject) {
            if try store.read({ try $0.pendingKeyErasures() }).contains(subject) { continue }
            guard try !store.keys.hasKey(of: subject) else { throw AuditError.alteredTables(["subject_key"]) }
        }
    }

    /// Whether a fact that protects people, and waits no longer, is not beside the keys as it is among the data.
    ///
    /// - Throws: ``VaultError/integrity(_:)`` for one that somebody else wrote.
    private func lacksProtection() throws -> Bool {
        let expected = try store.read { reader in try facts(reader).filter { try !reader.hasPendingProtection($0.kind.rawValue, $0.key) } }
        for fact in expected {
            guard let row = try store.keys.protection(fact.kind.rawValue, fact.key) else { return true }
            guard try open(row).covers(fact) else { return true }
        }
        return false
    }
}

extension Protection {
    /// What it protects, without why: the same words may have been sealed more than once.
    private var withoutWords: Protection {
        let none = SealedNote("")
        return switch self {
        case .hold(let id, let subject, _, let setBy, let setAt, let endsAt, let releasedAt, _):
            .hold(id: id, subject: subject, ground: none, setBy: setBy, setAt: setAt, endsAt: endsAt, releasedAt: releasedAt, identifier: nil)
        case .restriction(let subject, _, _): .restriction(subject: subject, ground: none, identifier: nil)
        case .consent(let subject, let purpose, let decision, let at, let recordedAt, _, _):
            .consent(subject: subject, purpose: purpose, decision: decision, at: at, recordedAt: recordedAt, note: none, identifier: nil)
        case .revocation, .usedApproval, .spentBudget, .mention: self
        }
    }
}

extension Protection {
    /// Whether it says the same, or more of what only grows.
    fileprivate func covers(_ other: Protection) -> Bool {
        switch (self, other) {
        case (.hold, .hold), (.restriction, .restriction), (.consent, .consent): withoutWords == other.withoutWords
        case (.spentBudget(_, _, _, let spent), .spentBudget(_, _, _, let spent2)): kind == other.kind && key == other.key && spent >= spent2
        default: self == other
        }
    }
}
