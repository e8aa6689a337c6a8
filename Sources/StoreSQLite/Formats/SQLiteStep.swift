import Store

/// What a format changes in the files of the one before.
struct SQLiteStep: Sendable {
    /// In `vault.db`.
    let data: String
    /// In `keystore.db`.
    let keys: String
    /// What the tables are once it has been taken.
    let fingerprints: (data: SchemaFingerprint, keys: SchemaFingerprint)

    func script(_ part: VaultPart) -> String { part == .data ? data : keys }

    func fingerprint(_ part: VaultPart) -> SchemaFingerprint { part == .data ? fingerprints.data : fingerprints.keys }
}

extension StoredFormat {
    var files: SQLiteStep {
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

    /// Its name in a file's history.
    var identifier: String { "v\(rawValue)" }
}

extension SchemaFingerprint {
    /// Of a file, read from a connection to it.
    init(file db: any Connection) throws {
        let sql = """
            SELECT m.type || ' ' || m.name || '(' || COALESCE((
                SELECT group_concat(c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN '!' ELSE '' END || CASE c.pk WHEN 0 THEN '' ELSE ' ' || c.pk END, ', ')
                FROM pragma_table_info(m.name) c WHERE NOT (m.name = 'record' AND c.name GLOB '[ag]_*')), m.tbl_name) || ')'
            FROM sqlite_schema m WHERE m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'grdb_%' AND m.type <> 'trigger'
            """
        self.init(lines: Set(try db.rows(sql) { $0.text(0) }))
    }
}
