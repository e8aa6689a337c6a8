extension SQLiteStep {
    static let format5 = SQLiteStep(
        data: """
            -- The form of the handles in an index; those without a row have the first.
            CREATE TABLE index_form (field INTEGER PRIMARY KEY, form INTEGER NOT NULL);
            -- Customers who are one person with another, the head. Whoever has no row is one alone, or a head.
            CREATE TABLE person (subject INTEGER PRIMARY KEY, head INTEGER NOT NULL, since INTEGER NOT NULL, joined_by TEXT NOT NULL);
            CREATE INDEX person_head ON person (head);
            -- What may be done about who is who, and what was decided.
            CREATE TABLE link (
                id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject INTEGER NOT NULL, other INTEGER NOT NULL, record INTEGER, field TEXT,
                doubt TEXT, asked_by TEXT NOT NULL, asked_at INTEGER NOT NULL, state TEXT NOT NULL, decided_by TEXT, decided_at INTEGER);
            CREATE INDEX link_subject ON link (subject, other);
            CREATE INDEX link_other ON link (other);
            -- The customers with whom records came that are others' now.
            CREATE TABLE moved (record INTEGER PRIMARY KEY, subject INTEGER NOT NULL);
            -- The head of the record's customer; null: the customer.
            ALTER TABLE record ADD COLUMN person INTEGER;
            """, keys: "", fingerprints: (.data5, .keys5))
}
