/// What a PostgreSQL server makes of a commit that it has acknowledged.
public struct ServerDurability: Sendable, Equatable {
    /// Its settings of these names, as they are for the vault's sessions.
    public var fsync: Bool
    public var fullPageWrites: Bool
    public var synchronousCommit: String
    public var synchronousStandbyNames: String
    /// Standbys that are connected, or for which a slot is kept.
    public var standbys: Int

    public init(fsync: Bool, fullPageWrites: Bool, synchronousCommit: String, synchronousStandbyNames: String, standbys: Int) {
        (self.fsync, self.fullPageWrites, self.synchronousCommit) = (fsync, fullPageWrites, synchronousCommit)
        (self.synchronousStandbyNames, self.standbys) = (synchronousStandbyNames, standbys)
    }

    /// Whether a standby can take over that lacks what was acknowledged.
    public var isAsynchronous: Bool { standbys > 0 && (synchronousStandbyNames.isEmpty || !waits) }

    private var waits: Bool { !["off", "local"].contains(synchronousCommit) }

    /// Settings with which a crash loses what was acknowledged, each with what it does.
    public var faults: [String] {
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
    public func serverDurabilities() throws -> [ServerDurability] {
        let servers = [database, hasKeysApart ? keys.database : nil].compactMap { $0 as? PostgresDatabase }
        return try servers.map { try Self.durability(of: $0) }
    }

    /// The same of a server on which there need be no vault yet.
    public static func serverDurability(at address: PostgresAddress) throws -> ServerDurability {
        try durability(of: PostgresDatabase(address, schema: "public", lock: dataLock))
    }

    private static func durability(of server: PostgresDatabase) throws -> ServerDurability {
        // Of other roles' sessions an ordinary role sees that they are there. Who takes single tables in is no standby.
        let sql = """
            SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
                current_setting('synchronous_standby_names'), GREATEST(
                    (SELECT COUNT(*) FROM pg_stat_replication r WHERE NOT EXISTS (
                        SELECT 1 FROM pg_replication_slots l WHERE l.slot_type = 'logical' AND l.active_pid = r.pid)),
                    (SELECT COUNT(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary))
            """
        return try server.lookUp { db in
            try db.first(sql) { row in
                ServerDurability(
                    fsync: row.text(0) == "on", fullPageWrites: row.text(1) == "on", synchronousCommit: row.text(2),
                    synchronousStandbyNames: row.text(3), standbys: row.int(4))
            }!
        }
    }
}
