extension SQLiteStep {
    static let format7 = SQLiteStep(
        data: """
            -- What figures were released about periods of days of a time zone took of the days' budgets. What is in release is of UTC.
            CREATE TABLE charged (
                zone TEXT NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, cost INTEGER NOT NULL, PRIMARY KEY (zone, first_day, last_day)) WITHOUT ROWID;
            -- What came in from each source: a row for a run, or for all requests of a day.
            CREATE TABLE intake (
                id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, day INTEGER, began_at INTEGER NOT NULL, last_at INTEGER NOT NULL, state TEXT NOT NULL,
                stored INTEGER NOT NULL, replaced INTEGER NOT NULL, duplicates INTEGER NOT NULL, rejected INTEGER NOT NULL, erased_before INTEGER NOT NULL,
                latest INTEGER);
            CREATE INDEX intake_source ON intake (source, day);
            """, keys: "",
        fingerprints: (.data7, .keys7))
}
