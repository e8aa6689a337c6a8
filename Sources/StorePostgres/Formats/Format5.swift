extension PostgresStep {
    static let format5 = PostgresStep(
        data: """
            -- What becomes of the log's entries at their end: 0x00 and the leaf hash of RFC 9162. A log from which somebody else took bodies does not
            -- verify.
            CREATE FUNCTION vault.remove_entry_bodies(first BIGINT, bound BIGINT) RETURNS BIGINT LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
                WITH removed AS (
                    UPDATE vault.audit SET entry = '\\x00'::BYTEA || sha256('\\x00'::BYTEA || entry)
                    WHERE seq >= first AND seq < bound AND get_byte(entry, 0) <> 0 RETURNING 1)
                SELECT COUNT(*) FROM removed
            $$;
            -- Space of removed bodies is given back, and so overwritten, soon.
            ALTER TABLE vault.audit SET (autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0.01);
            CREATE TABLE vault.release (digest BYTEA PRIMARY KEY, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL, cost BIGINT NOT NULL);
            CREATE TABLE vault.released (digest BYTEA PRIMARY KEY, last_day BIGINT NOT NULL, figures BYTEA NOT NULL);
            """, keys: "",
        fingerprint: .server5)
}
