import Foundation

/// What a database's tables, indexes and views are, line by line, so that a difference can be named.
///
/// Columns that a policy adds to `record` (`a_…`, `g_…`) are left out.
struct SchemaFingerprint: Sendable, Equatable {
    /// `table record(id INTEGER! 1, …)`: `!` for columns that are never null, and the place in the primary key.
    let lines: Set<String>

    /// Of a file, read from a connection to it.
    init(file db: any Connection) throws {
        let sql = """
            SELECT m.type || ' ' || m.name || '(' || COALESCE((
                SELECT group_concat(c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN '!' ELSE '' END || CASE c.pk WHEN 0 THEN '' ELSE ' ' || c.pk END, ', ')
                FROM pragma_table_info(m.name) c WHERE NOT (m.name = 'record' AND c.name GLOB '[ag]_*')), m.tbl_name) || ')'
            FROM sqlite_schema m WHERE m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'grdb_%' AND m.type <> 'trigger'
            """
        lines = Set(try db.rows(sql) { $0.text(0) })
    }

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
        lines = Set(try db.rows(sql) { $0.text(0) })
    }

    private init(lines: Set<String>) { self.lines = lines }

    /// That of the tables in these parts of a PostgreSQL database.
    func only(_ parts: ServerParts) -> SchemaFingerprint {
        SchemaFingerprint(lines: lines.filter { $0.hasPrefix("keystore.") ? parts.hasKeys : parts.hasData })
    }

    init(_ text: String) { lines = Set(text.split(separator: "\n").map(String.init)) }

    /// What `other` lacks or has differently, in words; nil when it has all of this. What somebody has added is no matter.
    func difference(from other: SchemaFingerprint) -> String? {
        func name(_ line: String) -> Substring { line.prefix { $0 != "(" } }
        let (missing, odd) = (lines.subtracting(other.lines).sorted(), other.lines.subtracting(lines).sorted())
        guard let first = missing.first else { return nil }
        return odd.contains { name($0) == name(first) } ? "\(name(first)) has other columns than it must have" : "\(name(first)) is missing"
    }
}
