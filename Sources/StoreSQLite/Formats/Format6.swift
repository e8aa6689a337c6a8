extension SQLiteStep {
    static let format6 = SQLiteStep(
        data: """
            -- Whom others' texts mention, as somebody decided: 1 the customer, 2 somebody else.
            CREATE TABLE mention (
                subject INTEGER NOT NULL, record INTEGER NOT NULL, decision INTEGER NOT NULL, decided_by TEXT NOT NULL, at INTEGER NOT NULL,
                PRIMARY KEY (subject, record)) WITHOUT ROWID;
            CREATE INDEX mention_record ON mention (record);
            -- The last change of each record, for those who follow; record 0: somebody does, and what was before seq is forgotten.
            CREATE TABLE changed (record INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX changed_seq ON changed (seq);
            -- What endpoints are to be told; a row goes once it was taken.
            CREATE TABLE outbox (
                id INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL, subject INTEGER, body TEXT NOT NULL,
                at INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, failure TEXT);
            CREATE INDEX outbox_stream ON outbox (endpoint, stream, id);
            CREATE INDEX outbox_next ON outbox (endpoint, next_at);
            """, keys: "",
        fingerprints: (.data6, .keys6))
}
