import Store

/// What a format changes in the schemas `vault` and `keystore` of the one before, as the tables' owner.
struct PostgresStep: Sendable {
    let data: String
    let keys: String
    /// What the tables of both are once it has been taken.
    let fingerprint: SchemaFingerprint

    /// What it changes in a database with these parts.
    func script(_ parts: ServerParts) -> String { (parts.hasData ? data : "") + "\n" + (parts.hasKeys ? keys : "") }

    func fingerprint(_ parts: ServerParts) -> SchemaFingerprint { fingerprint.only(parts) }
}

extension StoredFormat {
    var server: PostgresStep {
        switch self {
        case .first: .format1
        case .protections: .format2
        case .state: .format3
        case .agreements: .format4
        case .people: .format5
        case .mentions: .format6
        case .zones: .format7
        }
    }
}

extension SchemaFingerprint {
    /// Of a PostgreSQL database.
    init(server db: any Connection) throws {
        let sql = """
            SELECT n.nspname || '.' || c.relname || '(' || COALESCE((
                SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN '!' ELSE '' END, ', ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND NOT (c.relname = 'record' AND a.attname ~ '^[ag]_')), '') || ')'
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('vault', 'keystore') AND c.relkind IN ('r', 'p', 'v', 'i') AND c.relname <> 'migration'
            """
        self.init(lines: Set(try db.rows(sql) { $0.text(0) }))
    }

    /// That of the tables in these parts of a PostgreSQL database.
    func only(_ parts: ServerParts) -> SchemaFingerprint {
        SchemaFingerprint(lines: lines.filter { $0.hasPrefix("keystore.") ? parts.hasKeys : parts.hasData })
    }
}
