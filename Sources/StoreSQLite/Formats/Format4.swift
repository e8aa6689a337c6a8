extension SQLiteStep {
    static let format4 = SQLiteStep(
        data: """
            -- Tokens of before, and of roles that need nobody's agreement, have no row.
            CREATE TABLE token_approval (token TEXT PRIMARY KEY, state TEXT NOT NULL, issued_by TEXT NOT NULL, decided_by TEXT) WITHOUT ROWID;
            -- What subject.restriction says, in so few rows that they can be read whole.
            CREATE TABLE restricted (subject INTEGER PRIMARY KEY);
            -- The vault's own keys that were ever made: one that is missing is not made anew.
            CREATE TABLE known_key (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
            -- The sealed codes of records that have some: labels of modules, and coarser forms of fields. They stood in annotation and in
            -- columns g_… of record, which are empty from this format on.
            CREATE TABLE coded (record INTEGER PRIMARY KEY, subject INTEGER NOT NULL, codes BLOB NOT NULL);
            -- 1: nothing says whose it is, so that it counts for no customer.
            ALTER TABLE record ADD COLUMN unattributed INTEGER;
            -- The policy files, each time that they were others than before.
            CREATE TABLE policy_version (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, digest BLOB NOT NULL, files BLOB NOT NULL);
            -- When the vault was last verified (full, deep, sample), and how much of the records was opened.
            CREATE TABLE verified (kind TEXT PRIMARY KEY, at INTEGER NOT NULL, percent INTEGER NOT NULL) WITHOUT ROWID;
            -- What counts the root keys' wraps, as verification last found it beside the keys.
            CREATE TABLE known_root (id TEXT PRIMARY KEY, since INTEGER NOT NULL, rewrapped INTEGER NOT NULL) WITHOUT ROWID;
            """, keys: "",
        fingerprints: (.data4, .keys3))
}
