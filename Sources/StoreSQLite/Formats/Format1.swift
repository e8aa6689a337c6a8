extension SQLiteStep {
    static let format1 = SQLiteStep(
        data: """
            CREATE TABLE vault (vault_id BLOB NOT NULL, created_at INTEGER NOT NULL,
                last_record INTEGER NOT NULL DEFAULT 0,  -- its number: none is given out twice
                erasures_applied INTEGER NOT NULL DEFAULT 0, backed_up_at INTEGER,
                resealed_at INTEGER);                    -- when records last moved to other keys of their customers

            -- One row per customer; id comes from the key store and is never used again.
            CREATE TABLE subject (
                id INTEGER PRIMARY KEY,
                identified INTEGER NOT NULL DEFAULT 0,   -- has a customer id of the company's own
                entries BLOB NOT NULL DEFAULT x'',       -- its entries in blind_index (``IndexEntry``)
                hold TEXT,                               -- ground of a legal hold
                restriction TEXT,                        -- ground on which processing is restricted
                created_at INTEGER NOT NULL,
                erased_at INTEGER);

            -- What analysis may group and filter by; narrow, so that aggregates scan little.
            -- Columns for the schema's plain attributes are added as the policy names them.
            CREATE TABLE record (
                id INTEGER PRIMARY KEY,
                uid BLOB NOT NULL,                       -- HMAC of (source, id): the idempotency key
                subject INTEGER NOT NULL,
                source TEXT NOT NULL,
                channel TEXT NOT NULL,
                occurred_at INTEGER NOT NULL,            -- ms since 1970, UTC
                received_at INTEGER NOT NULL,
                redaction_version INTEGER NOT NULL,
                restricted INTEGER NOT NULL DEFAULT 0,   -- as its customer is: kept, but seen by no query
                purged INTEGER NOT NULL DEFAULT 0,       -- bit set of compartments retention removed
                key_version INTEGER NOT NULL DEFAULT 1); -- of the customer's key that seals it
            CREATE INDEX record_occurred ON record (occurred_at);

            -- The sealed compartments of a record, apart from what is scanned.
            CREATE TABLE sealed (record INTEGER PRIMARY KEY, subject INTEGER NOT NULL, body BLOB NOT NULL);

            -- What modules say about a record: topics, sentiment, and by which version it was coded.
            CREATE TABLE annotation (
                record INTEGER NOT NULL, subject INTEGER NOT NULL, module TEXT NOT NULL, label TEXT NOT NULL, score REAL NOT NULL,
                PRIMARY KEY (record, module, label)) WITHOUT ROWID;

            -- The fields of blind_index, each with the version of its key. Besides the current one there is another
            -- while an index under a new key is built, and while the former one is taken down.
            CREATE TABLE indexed_field (
                id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL,
                state TEXT NOT NULL,                     -- building, current, former
                built INTEGER NOT NULL DEFAULT 0,        -- last customer whose entries are in it
                records INTEGER NOT NULL DEFAULT 0,      -- last record that was there when building began
                UNIQUE (name, version));

            CREATE TABLE token (
                id TEXT PRIMARY KEY, principal TEXT NOT NULL, role TEXT NOT NULL, scope TEXT,
                hash BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL,
                expires_at INTEGER, revoked_at INTEGER);
            -- Requests that a client may send again without their being done again.
            CREATE TABLE idempotency (
                principal TEXT NOT NULL, key BLOB NOT NULL, digest BLOB NOT NULL, reply TEXT NOT NULL, at INTEGER NOT NULL,
                PRIMARY KEY (principal, key)) WITHOUT ROWID;
            CREATE TABLE usage (
                principal TEXT NOT NULL, day TEXT NOT NULL, quota TEXT NOT NULL, used INTEGER NOT NULL,
                PRIMARY KEY (principal, day, quota)) WITHOUT ROWID;

            -- What principals asked figures about, sealed: what differs from it by too few customers is refused.
            CREATE TABLE asked (
                principal TEXT NOT NULL, purpose TEXT NOT NULL, digest BLOB NOT NULL, query BLOB NOT NULL, day INTEGER NOT NULL,
                PRIMARY KEY (principal, purpose, digest)) WITHOUT ROWID;
            -- What principals have spent of their privacy budgets, in thousandths of epsilon.
            CREATE TABLE privacy_budget (
                principal TEXT NOT NULL, purpose TEXT NOT NULL, period INTEGER NOT NULL, spent INTEGER NOT NULL,
                PRIMARY KEY (principal, purpose, period)) WITHOUT ROWID;

            -- Requests of principals, by minute (scale 0) and by day (scale 1), for alert rules.
            CREATE TABLE activity (
                principal TEXT NOT NULL, scale INTEGER NOT NULL, slot INTEGER NOT NULL, action TEXT NOT NULL,
                denied INTEGER NOT NULL, times INTEGER NOT NULL, rows INTEGER NOT NULL,
                PRIMARY KEY (principal, scale, slot, action, denied)) WITHOUT ROWID;
            -- The last day on which a rule raised an alert about a principal.
            CREATE TABLE alert (
                principal TEXT NOT NULL, rule TEXT NOT NULL, day INTEGER NOT NULL,
                PRIMARY KEY (principal, rule)) WITHOUT ROWID;

            CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL);
            CREATE TABLE audit_head (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                size INTEGER NOT NULL, frontier BLOB NOT NULL, last_time INTEGER NOT NULL,
                changed_by INTEGER NOT NULL,             -- last entry after which queries may show something else
                checkpoint TEXT NOT NULL);

            -- What one principal asks for and another must grant.
            CREATE TABLE approval (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                principal TEXT NOT NULL, role TEXT NOT NULL, purpose TEXT NOT NULL,
                record INTEGER NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL,
                asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
                state TEXT NOT NULL, decided_by TEXT);

            -- Customers' requests, with the day by which they must be answered.
            CREATE TABLE subject_case (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                kind TEXT NOT NULL, subject INTEGER NOT NULL, status TEXT NOT NULL,
                opened_at INTEGER NOT NULL, due_at INTEGER NOT NULL, closed_at INTEGER, note TEXT NOT NULL);

            -- Improvements, from proposal to acceptance; what they say is sealed.
            CREATE TABLE task (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                state TEXT NOT NULL, owner TEXT NOT NULL, due_at INTEGER NOT NULL, body BLOB NOT NULL);

            -- The newest checkpoint of each other log that this vault has witnessed.
            CREATE TABLE witnessed (
                origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL);

            -- Subjects whose rows are gone and whose key must go next.
            CREATE TABLE pending_key_erasure (subject INTEGER PRIMARY KEY);
            -- Indexes whose keys come in random order: new entries gather in a small table and move on to a large one (``LookupIndex``).
            CREATE TABLE record_uid_recent (uid BLOB NOT NULL,
                PRIMARY KEY (uid)) WITHOUT ROWID;
            CREATE TABLE record_uid_settled (uid BLOB NOT NULL,
                PRIMARY KEY (uid)) WITHOUT ROWID;
            CREATE VIEW record_uid AS
                SELECT uid FROM record_uid_recent UNION ALL SELECT uid FROM record_uid_settled;
            CREATE TABLE subject_record_recent (subject INTEGER NOT NULL, record INTEGER NOT NULL,
                PRIMARY KEY (subject, record)) WITHOUT ROWID;
            CREATE TABLE subject_record_settled (subject INTEGER NOT NULL, record INTEGER NOT NULL,
                PRIMARY KEY (subject, record)) WITHOUT ROWID;
            CREATE VIEW subject_record AS
                SELECT subject, record FROM subject_record_recent UNION ALL SELECT subject, record FROM subject_record_settled;
            CREATE TABLE blind_index_recent (tag BLOB NOT NULL, field INTEGER NOT NULL, subject INTEGER NOT NULL,
                PRIMARY KEY (tag, field, subject)) WITHOUT ROWID;
            CREATE TABLE blind_index_settled (tag BLOB NOT NULL, field INTEGER NOT NULL, subject INTEGER NOT NULL,
                PRIMARY KEY (tag, field, subject)) WITHOUT ROWID;
            CREATE VIEW blind_index AS
                SELECT tag, field, subject FROM blind_index_recent UNION ALL SELECT tag, field, subject FROM blind_index_settled;
            """,
        keys: """
            -- since: how many subject keys had been made before it; rewrapped: how many keys moved to it.
            CREATE TABLE root_key (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, proof BLOB NOT NULL,
                created_at INTEGER NOT NULL, since INTEGER NOT NULL DEFAULT 0, rewrapped INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE data_key (
                kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
                root INTEGER NOT NULL REFERENCES root_key (number), wrapped BLOB NOT NULL, created_at INTEGER NOT NULL,
                PRIMARY KEY (kind, name, version));
            -- Signed statements of former signing keys of the audit log: which, and up to which size of the log.
            CREATE TABLE former_audit_key (version INTEGER PRIMARY KEY, note TEXT NOT NULL);
            -- One row per customer, and another while the records move to a new key.
            CREATE TABLE subject_key (
                subject INTEGER NOT NULL, version INTEGER NOT NULL,
                root INTEGER NOT NULL REFERENCES root_key (number), wrapped BLOB NOT NULL,
                PRIMARY KEY (subject, version)) WITHOUT ROWID;
            -- made: customers who got a key so far, and so the last number; version: of the keys that are made now.
            CREATE TABLE subject_key_state (one INTEGER PRIMARY KEY CHECK (one = 1), made INTEGER NOT NULL, version INTEGER NOT NULL);
            INSERT INTO subject_key_state VALUES (1, 0, 1);
            CREATE TABLE erasure (seq INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL,
                at INTEGER NOT NULL);
            """,
        fingerprints: (.data1, .keys1))
}
