extension SQLiteStep {
    static let format7 = SQLiteStep(
        data: """
            -- What figures were released about periods of days of a time zone took of the days' budgets. What is in release is of UTC.
            CREATE TABLE charged (
                zone TEXT NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, cost INTEGER NOT NULL, PRIMARY KEY (zone, first_day, last_day)) WITHOUT ROWID;
            """, keys: "",
        fingerprints: (.data7, .keys7))
}
