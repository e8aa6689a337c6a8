import Store

extension PostgresDatabase {
    package func durability() throws -> ServerDurability? { try serverDurability() }

    package func serverDurability() throws -> ServerDurability {
        // Of other roles' sessions an ordinary role sees that they are there. Who takes single tables in is no standby.
        let sql = """
            SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
                current_setting('synchronous_standby_names'), GREATEST(
                    (SELECT COUNT(*) FROM pg_stat_replication r WHERE NOT EXISTS (
                        SELECT 1 FROM pg_replication_slots l WHERE l.slot_type = 'logical' AND l.active_pid = r.pid)),
                    (SELECT COUNT(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary))
            """
        return try lookUp { db in
            try db.first(sql) { row in
                ServerDurability(
                    fsync: row.text(0) == "on", fullPageWrites: row.text(1) == "on", synchronousCommit: row.text(2),
                    synchronousStandbyNames: row.text(3), standbys: row.int(4))
            }!
        }
    }
}
