extension SQLiteStep {
    static let format6 = SQLiteStep(
        data: """
            -- Whom others' texts mention, as somebody decided: 1 the customer, 2 somebody else.
            CREATE TABLE mention (
                subject INTEGER NOT NULL, record INTEGER NOT NULL, decision INTEGER NOT NULL, decided_by TEXT NOT NULL, at INTEGER NOT NULL,
                PRIMARY KEY (subject, record)) WITHOUT ROWID;
            CREATE INDEX mention_record ON mention (record);
            """, keys: "",
        fingerprints: (.data6, .keys6))
}
