extension SQLiteStep {
    static let format5 = SQLiteStep(
        data: """
            -- Which figures were released about which days (since 1970, UTC), and what that took of the days' budgets.
            CREATE TABLE release (digest BLOB PRIMARY KEY NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, cost INTEGER NOT NULL) WITHOUT ROWID;
            -- The figures themselves, sealed.
            CREATE TABLE released (digest BLOB PRIMARY KEY NOT NULL, last_day INTEGER NOT NULL, figures BLOB NOT NULL);
            """, keys: "",
        fingerprints: (.data5, .keys5))
}
