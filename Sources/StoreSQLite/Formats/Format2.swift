extension SQLiteStep {
    static let format2 = SQLiteStep(
        data: """
            CREATE TABLE hold (
                id INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL, ground TEXT NOT NULL, set_by TEXT NOT NULL,
                set_at INTEGER NOT NULL,
                ends_at INTEGER,                         -- null: until it is released
                released_at INTEGER);
            CREATE INDEX hold_subject ON hold (subject);
            INSERT INTO hold (subject, ground, set_by, set_at) SELECT id, hold, 'unknown', created_at FROM subject WHERE hold IS NOT NULL ORDER BY id;
            ALTER TABLE subject DROP COLUMN hold;

            -- Keyed hashes of what was erased or purged: it is not taken in again before ends_at.
            CREATE TABLE tombstone (
                tag BLOB PRIMARY KEY, erased_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
                copied INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            CREATE INDEX tombstone_uncopied ON tombstone (copied) WHERE copied = 0;
            -- A body of null: what was kept is to be forgotten.
            CREATE TABLE pending_protection (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB);
            ALTER TABLE vault ADD COLUMN protections_applied INTEGER NOT NULL DEFAULT 0;
            """,
        keys: """
            CREATE TABLE protection (kind TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
            CREATE TABLE tombstone (tag BLOB PRIMARY KEY, erased_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE protection_state (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
            INSERT INTO protection_state VALUES (1, 0);
            """,
        fingerprints: (.data2, .keys2))
}
