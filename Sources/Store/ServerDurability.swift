/// What a server makes of a commit that it has acknowledged.
package struct ServerDurability: Sendable, Equatable {
    /// Its settings of these names, as they are for the vault's sessions.
    package var fsync: Bool
    package var fullPageWrites: Bool
    package var synchronousCommit: String
    package var synchronousStandbyNames: String
    /// Standbys that are connected, or for which a slot is kept.
    package var standbys: Int

    package init(fsync: Bool, fullPageWrites: Bool, synchronousCommit: String, synchronousStandbyNames: String, standbys: Int) {
        (self.fsync, self.fullPageWrites, self.synchronousCommit) = (fsync, fullPageWrites, synchronousCommit)
        (self.synchronousStandbyNames, self.standbys) = (synchronousStandbyNames, standbys)
    }

    /// Whether a standby can take over that lacks what was acknowledged.
    package var isAsynchronous: Bool { standbys > 0 && (synchronousStandbyNames.isEmpty || !waits) }

    private var waits: Bool { !["off", "local"].contains(synchronousCommit) }

    /// Settings with which a crash loses what was acknowledged, each with what it does.
    package var faults: [String] {
        var faults: [String] = []
        if !fsync { faults.append("fsync is off: a crash of the server's machine loses what was acknowledged, or the database") }
        if !fullPageWrites { faults.append("full_page_writes is off: a crash of the server's machine can leave torn pages") }
        if !waits { faults.append("synchronous_commit is \(synchronousCommit): \(synchronousCommit == "off" ? "a crash" : "a failover") loses what was acknowledged last") }
        return faults
    }
}

extension VaultStore {
    /// What the server makes of commits, and that of the keys where they have a database of their own; empty when the vault
    /// is in files.
    package func serverDurabilities() throws -> [ServerDurability] {
        try [database.durability(), hasKeysApart ? keys.database.durability() : nil].compactMap { $0 }
    }
}
