extension SQLiteStep {
    static let format5 = SQLiteStep(
        data: """
            -- Which figures were released about which days (since 1970, UTC), and what that took of the days' budgets.
            CREATE TABLE release (digest BLOB PRIMARY KEY NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, cost INTEGER NOT NULL) WITHOUT ROWID;
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
            """, keys: "",
        fingerprints: (.data5, .keys5))
}
