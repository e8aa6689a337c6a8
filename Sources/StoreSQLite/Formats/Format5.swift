extension SQLiteStep {
    static let format5 = SQLiteStep(
        data: """
            -- What figures were released about periods of days (since 1970, UTC) took of the days' budgets.
            CREATE TABLE release (first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, cost INTEGER NOT NULL, PRIMARY KEY (first_day, last_day)) WITHOUT ROWID;
            -- The figures themselves, sealed.
            CREATE TABLE released (digest BLOB PRIMARY KEY NOT NULL, last_day INTEGER NOT NULL, figures BLOB NOT NULL);
            -- The last decision of each customer about each purpose: 1 given, 2 withdrawn, 3 objected.
            CREATE TABLE consent (
                subject INTEGER NOT NULL, purpose TEXT NOT NULL, decision INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (subject, purpose)) WITHOUT ROWID;
            CREATE INDEX consent_purpose ON consent (purpose, decision, subject);
            -- All of them. The note is sealed: which text was agreed to, and the proof.
            CREATE TABLE consent_event (
                id INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL, purpose TEXT NOT NULL, decision INTEGER NOT NULL, at INTEGER NOT NULL,
                recorded_at INTEGER NOT NULL, note TEXT NOT NULL);
            CREATE INDEX consent_event_subject ON consent_event (subject, purpose, at);
            -- What records were before their source changed them, sealed as notes are.
            CREATE TABLE former_record (
                id INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL, subject INTEGER NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL);
            CREATE INDEX former_record_record ON former_record (record);
            -- What others have to do for a customer's request.
            CREATE TABLE case_task (
                id INTEGER PRIMARY KEY AUTOINCREMENT, request INTEGER NOT NULL, subject INTEGER NOT NULL, system TEXT NOT NULL, state TEXT NOT NULL,
                asked_at INTEGER NOT NULL, answered_at INTEGER, note TEXT NOT NULL);
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
            """, keys: "",
        fingerprints: (.data5, .keys5))
}
