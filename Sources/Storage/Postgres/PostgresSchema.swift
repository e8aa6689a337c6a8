/// The tables in PostgreSQL.
///
/// The first column of each table is what a distributed PostgreSQL would shard it by, and every unique constraint begins
/// with it, so that none crosses shards: customers' tables by customer, indexes by tag or key, what belongs to a
/// principal by principal; tables of a row or a few are copied to every node. Text is ordered by its bytes, as in SQLite.
enum PostgresSchema {
    /// Everything but taking away or changing what the audit log has, its owner's and nobody else's to do.
    ///
    /// - Parameter role: an identifier in quotes.
    static func grants(to role: String) -> String {
        """
        GRANT USAGE ON SCHEMA vault, keystore TO \(role);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vault, keystore TO \(role);
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA vault, keystore TO \(role);
        REVOKE ALL ON FUNCTION vault.add_record_column FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION vault.add_record_column TO \(role);
        REVOKE UPDATE, DELETE ON vault.audit FROM \(role);
        REVOKE DELETE ON vault.audit_head, vault.vault FROM \(role);
        """
    }

    /// The format of the vault in a database, whose tables are those of that format.
    static func checkedFormat(_ db: any Connection, name: String) throws -> Int {
        let number = Int(try db.integer("SELECT format FROM vault.vault") ?? 0)
        guard number <= StoredFormat.current else { throw StorageError.newerFormat(path: name) }
        guard let format = StoredFormat.all.first(where: { $0.number == number }) else {
            throw StorageError.damagedSchema(path: name, detail: "it has no format")
        }
        if let difference = try format.fingerprints.server.difference(from: SchemaFingerprint(server: db)) {
            throw StorageError.damagedSchema(path: name, detail: difference)
        }
        return number
    }
}

extension VaultStore {
    /// Takes a vault in a database to the present format, in one transaction, as the role that owns the tables.
    ///
    /// - Returns: the format that it had.
    public static func upgrade(_ owner: PostgresAddress) throws -> Int {
        let database = try PostgresDatabase(owner, schema: "vault", lock: dataLock)
        return try database.naming {
            try database.withWriter { connection in
                guard let connection = connection as? PostgresConnection else { return 0 }
                return try connection.transaction {
                    guard try connection.integer("SELECT 1 FROM pg_namespace WHERE nspname = 'vault'") != nil else { throw StorageError.notAVault(path: owner.name) }
                    let format = try PostgresSchema.checkedFormat(connection, name: owner.name)
                    for step in StoredFormat.all where step.number > format { try connection.run(script: step.server) }
                    // Those who could work with the tables can work with the new ones.
                    let roles = try connection.rows(
                        """
                        SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants
                        WHERE table_schema = 'vault' AND table_name = 'audit' AND privilege_type = 'INSERT' AND grantee <> current_user
                        """) { $0.text(0) }
                    for role in roles { try connection.run(script: PostgresSchema.grants(to: role)) }
                    try connection.run("UPDATE vault.vault SET format = ?", StoredFormat.current)
                    return format
                }
            }
        }
    }
}
