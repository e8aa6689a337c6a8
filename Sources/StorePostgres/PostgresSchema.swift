import Store

/// The tables in PostgreSQL.
///
/// The first column of each table is what a distributed PostgreSQL would shard it by, and every unique constraint begins
/// with it, so that none crosses shards: customers' tables by customer, indexes by tag or key, what belongs to a
/// principal by principal; tables of a row or a few are copied to every node. Text is ordered by its bytes, as in SQLite.
package enum PostgresSchema {
    /// Everything but taking away or changing what the audit log has, its owner's and nobody else's to do.
    ///
    /// - Parameter role: an identifier in quotes.
    static func grants(to role: String, _ parts: ServerParts) -> String {
        let work = """
            GRANT USAGE ON SCHEMA \(parts.schemas) TO \(role);
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(parts.schemas) TO \(role);
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA \(parts.schemas) TO \(role);

            """
        guard parts.hasData else { return work }
        return work + """
            REVOKE ALL ON FUNCTION vault.add_record_column, vault.remove_entry_bodies FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION vault.add_record_column, vault.remove_entry_bodies TO \(role);
            REVOKE UPDATE, DELETE ON vault.audit FROM \(role);
            REVOKE DELETE ON vault.audit_head, vault.vault FROM \(role);
            """
    }

    /// What of a vault a database has; nil: nothing.
    package static func parts(of db: any Connection) throws -> ServerParts? {
        let found = Set(try db.rows("SELECT CAST(nspname AS TEXT) FROM pg_namespace WHERE nspname IN ('vault', 'keystore')") { $0.text(0) })
        return switch (found.contains("vault"), found.contains("keystore")) {
        case (true, true): .both
        case (true, false): .data
        case (false, true): .keys
        case (false, false): nil
        }
    }

    /// The format of what a database has of a vault, whose tables are those of that format. Where only keys lie no number says
    /// which it is: the tables do.
    static func checkedFormat(_ db: any Connection, _ parts: ServerParts, name: String) throws -> StoredFormat {
        let found = try SchemaFingerprint(server: db)
        if !parts.hasData {
            let known = StoredFormat.allCases.last { $0.server.fingerprint(parts).difference(from: found) == nil }
            guard let known else { throw StorageError.damagedSchema(path: name, detail: StoredFormat.current.server.fingerprint(parts).difference(from: found)!) }
            return known
        }
        let number = Int(try db.integer("SELECT format FROM vault.vault") ?? 0)
        guard number <= StoredFormat.current.rawValue else { throw StorageError.newerFormat(path: name) }
        guard let format = StoredFormat(rawValue: number) else {
            throw StorageError.damagedSchema(path: name, detail: "it has no format")
        }
        if let difference = format.server.fingerprint(parts).difference(from: found) { throw StorageError.damagedSchema(path: name, detail: difference) }
        return format
    }

    /// - Throws: what is odd when a database has other parts of a vault than it should.
    package static func require(_ parts: ServerParts, is wanted: ServerParts, database: String) throws {
        switch (wanted, parts) {
        case (.both, .both), (.data, .data), (.keys, .keys): return
        case (.both, .data): throw StorageError.keysApart(database: database)
        case (.data, .both): throw StorageError.keysTogether(database: database)
        default: throw StorageError.notAVault(path: database)
        }
    }

    /// Takes what a database has of a vault to the present format, in one transaction, as the role that owns the tables.
    ///
    /// - Returns: the format that it had.
    package static func upgrade(_ owner: PostgresAddress, _ wanted: ServerParts) throws -> StoredFormat {
        let database = try PostgresDatabase(owner, wanted.hasData ? .data : .keys)
        return try database.naming {
            try database.withOwner { connection in
                try connection.transaction {
                    guard let parts = try PostgresSchema.parts(of: connection) else { throw StorageError.notAVault(path: owner.name) }
                    try require(parts, is: wanted, database: owner.name)
                    let format = try checkedFormat(connection, parts, name: owner.name)
                    for step in StoredFormat.steps(after: format) { try connection.run(script: step.server.script(parts)) }
                    // Those who could work with the tables can work with the new ones.
                    let (schema, table) = parts.hasData ? ("vault", "audit") : ("keystore", "subject_key")
                    let roles = try connection.rows(
                        """
                        SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants
                        WHERE table_schema = ? AND table_name = ? AND privilege_type = 'INSERT' AND grantee <> current_user
                        """, schema, table) { $0.text(0) }
                    for role in roles { try connection.run(script: grants(to: role, parts)) }
                    if parts.hasData { try connection.run("UPDATE vault.vault SET format = ?", StoredFormat.current.rawValue) }
                    return format
                }
            }
        }
    }
}
