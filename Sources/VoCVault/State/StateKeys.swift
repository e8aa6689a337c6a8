import AuditLog
import Policy
import Store

/// The keys of the state: the one in force and, while it is being replaced, the one that follows.
struct StateKeys: Sendable {
    let keyring: Keyring
    let vaultID: UInt128
    /// Whether former keys count as well: a snapshot of before the key was replaced is signed as a whole.
    var isSnapshot = false

    /// Newest first.
    func keepers(now: Int64) throws -> [RowKeeper] {
        // The first is made when it is first needed.
        _ = try keyring.key(.state, now: now)
        return try (isSnapshot ? [.state, .formerState] : [Keyring.Use.state]).flatMap { use in
            try keyring.versions(use).map { version in
                try RowKeeper(key: keyring.key(use, version: version, now: now), version: version, suite: keyring.suite, vaultID: vaultID)
            }
        }
    }

    /// The one that the state beside the log's head is sealed under; the newest where none is.
    func keeperInForce(of store: VaultStore, now: Int64) throws -> RowKeeper {
        let keepers = try keepers(now: now)
        guard keepers.count > 1 else { return keepers[0] }
        return try store.read { reader in try keepers.first { try reader.isSealed(under: $0) } } ?? keepers[0]
    }

    /// Those that the key store has by now.
    var present: StateKeepers {
        StateKeepers { [weak keyring, vaultID, isSnapshot] in
            guard let keyring, (try? keyring.reload()) != nil, !keyring.versions(.state).isEmpty else { return [] }
            return (try? StateKeys(keyring: keyring, vaultID: vaultID, isSnapshot: isSnapshot).keepers(now: 0)) ?? []
        }
    }
}

extension Session {
    /// Replaces the key under which rows are vouched for, in one transaction. Processes that have the vault open go on with the new one.
    ///
    /// The new key is durable before anything is vouched for under it. A run that is killed before its transaction leaves it for the next run;
    /// after that, whoever opens the vault next finishes it. The former key stays for older snapshots, and vouches for nothing else.
    ///
    /// - Returns: the version of the key.
    /// - Throws: `StorageError.altered` if a table is not as the vault left it.
    package func rotateStateKey() throws -> Int {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            let keyring = vault.keyring
            try keyring.reload()
            let versions = keyring.versions(.state)
            if versions.count == 1 { _ = try keyring.addKey(.state, version: versions[0] + 1, now: vault.clock()) }
            let version = keyring.versions(.state)[0]
            let newest = try StateKeys(keyring: keyring, vaultID: store.vaultID).keepers(now: vault.clock())[0]
            _ = try commit(access) { writer in
                try writer.rekeyState(to: newest)
                // Nothing would vouch for them any more.
                try writer.forgetReplies(before: .max)
                return ((), access.entry(detail: [.rotation: "state", .version: String(version)]))
            }
            store.replaceStateKeeper(by: newest)
            try vault.finishStateRotation()
            return version
        }
    }
}

extension Vault {
    /// Retires the former key of the state once the newest one vouches for everything in the data.
    func finishStateRotation() throws {
        let now = clock()
        guard keyring.versions(.state).count > 1 else { return }
        let newest = try StateKeys(keyring: keyring, vaultID: store.vaultID).keepers(now: now)[0]
        guard try store.read({ try $0.isSealed(under: newest) }) else { return }
        try store.keys.revouchForErasures(under: newest)
        try keyring.retire(.state, as: .formerState, now: now)
    }
}
