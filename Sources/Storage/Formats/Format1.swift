extension StoredFormat {
    /// The format of version 0.1.0.
    static let format1 = StoredFormat(
        number: 1,
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
        server: (
            data: """
                CREATE SCHEMA vault;
                SET search_path = vault;

                CREATE TABLE vault (
                    vault_id BYTEA PRIMARY KEY, format BIGINT NOT NULL, created_at BIGINT NOT NULL, last_record BIGINT NOT NULL DEFAULT 0,
                    erasures_applied BIGINT NOT NULL DEFAULT 0, backed_up_at BIGINT, resealed_at BIGINT);

                CREATE TABLE subject (
                    id BIGINT PRIMARY KEY, identified BIGINT NOT NULL DEFAULT 0, entries BYTEA NOT NULL DEFAULT '', hold TEXT, restriction TEXT,
                    created_at BIGINT NOT NULL, erased_at BIGINT);
                CREATE TABLE record (
                    subject BIGINT NOT NULL, id BIGINT NOT NULL, uid BYTEA NOT NULL, source TEXT COLLATE "C" NOT NULL, channel TEXT COLLATE "C" NOT NULL,
                    occurred_at BIGINT NOT NULL, received_at BIGINT NOT NULL, redaction_version BIGINT NOT NULL, restricted BIGINT NOT NULL DEFAULT 0,
                    purged BIGINT NOT NULL DEFAULT 0, key_version BIGINT NOT NULL DEFAULT 1,
                    PRIMARY KEY (subject, id));
                CREATE INDEX record_id ON record (id);
                CREATE INDEX record_occurred ON record (occurred_at);
                CREATE VIEW subject_record AS SELECT subject, id AS record FROM record;
                CREATE TABLE sealed (subject BIGINT NOT NULL, record BIGINT NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (subject, record));
                ALTER TABLE sealed ALTER COLUMN body SET STORAGE EXTERNAL;
                CREATE TABLE annotation (
                    subject BIGINT NOT NULL, record BIGINT NOT NULL, module TEXT COLLATE "C" NOT NULL, label TEXT COLLATE "C" NOT NULL,
                    score DOUBLE PRECISION NOT NULL, PRIMARY KEY (subject, record, module, label));
                CREATE TABLE pending_key_erasure (subject BIGINT PRIMARY KEY);

                CREATE TABLE record_uid (uid BYTEA PRIMARY KEY);
                CREATE TABLE blind_index (tag BYTEA NOT NULL, field BIGINT NOT NULL, subject BIGINT NOT NULL, PRIMARY KEY (tag, field, subject));
                CREATE TABLE indexed_field (
                    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL,
                    built BIGINT NOT NULL DEFAULT 0, records BIGINT NOT NULL DEFAULT 0);

                CREATE TABLE token (
                    id TEXT COLLATE "C" PRIMARY KEY, principal TEXT NOT NULL, role TEXT NOT NULL, scope TEXT, hash BYTEA NOT NULL, created_at BIGINT NOT NULL,
                    expires_at BIGINT, revoked_at BIGINT);
                CREATE INDEX token_hash ON token (hash);
                CREATE TABLE idempotency (
                    principal TEXT COLLATE "C" NOT NULL, key BYTEA NOT NULL, digest BYTEA NOT NULL, reply TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (principal, key));
                CREATE TABLE usage (
                    principal TEXT COLLATE "C" NOT NULL, day TEXT COLLATE "C" NOT NULL, quota TEXT COLLATE "C" NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (principal, day, quota));
                CREATE TABLE asked (
                    principal TEXT COLLATE "C" NOT NULL, purpose TEXT COLLATE "C" NOT NULL, digest BYTEA NOT NULL, query BYTEA NOT NULL, day BIGINT NOT NULL,
                    PRIMARY KEY (principal, purpose, digest));
                CREATE TABLE privacy_budget (
                    principal TEXT COLLATE "C" NOT NULL, purpose TEXT COLLATE "C" NOT NULL, period BIGINT NOT NULL, spent BIGINT NOT NULL, PRIMARY KEY (principal, purpose, period));
                CREATE TABLE activity (
                    principal TEXT COLLATE "C" NOT NULL, scale BIGINT NOT NULL, slot BIGINT NOT NULL, action TEXT COLLATE "C" NOT NULL, denied BIGINT NOT NULL, times BIGINT NOT NULL,
                    rows BIGINT NOT NULL, PRIMARY KEY (principal, scale, slot, action, denied));
                CREATE TABLE alert (principal TEXT COLLATE "C" NOT NULL, rule TEXT COLLATE "C" NOT NULL, day BIGINT NOT NULL, PRIMARY KEY (principal, rule));

                CREATE TABLE audit (seq BIGINT PRIMARY KEY, entry BYTEA NOT NULL);
                CREATE TABLE audit_head (
                    one BIGINT PRIMARY KEY CHECK (one = 1), size BIGINT NOT NULL, frontier BYTEA NOT NULL, last_time BIGINT NOT NULL,
                    changed_by BIGINT NOT NULL, checkpoint TEXT NOT NULL);
                CREATE TABLE approval (
                    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, principal TEXT NOT NULL, role TEXT NOT NULL, purpose TEXT NOT NULL,
                    record BIGINT NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL, asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
                    state TEXT NOT NULL, decided_by TEXT);
                CREATE TABLE subject_case (
                    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, kind TEXT NOT NULL, subject BIGINT NOT NULL, status TEXT NOT NULL,
                    opened_at BIGINT NOT NULL, due_at BIGINT NOT NULL, closed_at BIGINT, note TEXT NOT NULL);
                CREATE TABLE task (
                    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, due_at BIGINT NOT NULL, body BYTEA NOT NULL);
                CREATE TABLE witnessed (origin TEXT COLLATE "C" PRIMARY KEY, size BIGINT NOT NULL, root BYTEA NOT NULL, at BIGINT NOT NULL);

                -- Space of deleted rows is given back, and so overwritten, soon.
                ALTER TABLE sealed SET (autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0.01);

                -- What the schema of the policies adds; the only change of a table that the vault's own role can make.
                CREATE FUNCTION add_record_column(name TEXT, kind TEXT) RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
                BEGIN
                    IF name !~ '^[a-z_][a-z0-9_]{0,62}$' OR kind NOT IN ('TEXT', 'INTEGER', 'REAL') THEN
                        RAISE EXCEPTION 'no such column' USING ERRCODE = '22023';
                    END IF;
                    EXECUTE format(
                        'ALTER TABLE vault.record ADD COLUMN IF NOT EXISTS %I %s', name,
                        CASE kind WHEN 'TEXT' THEN 'TEXT COLLATE "C"' WHEN 'INTEGER' THEN 'BIGINT' ELSE 'DOUBLE PRECISION' END);
                    RETURN 1;
                END $$;
                """,
            keys: """
                CREATE SCHEMA keystore;
                CREATE TABLE keystore.root_key (
                    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, id TEXT NOT NULL, proof BYTEA NOT NULL, created_at BIGINT NOT NULL,
                    since BIGINT NOT NULL DEFAULT 0, rewrapped BIGINT NOT NULL DEFAULT 0);
                CREATE TABLE keystore.data_key (
                    kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
                    root BIGINT NOT NULL REFERENCES keystore.root_key (number), wrapped BYTEA NOT NULL, created_at BIGINT NOT NULL,
                    PRIMARY KEY (kind, name, version));
                CREATE TABLE keystore.former_audit_key (version BIGINT PRIMARY KEY, note TEXT NOT NULL);
                CREATE TABLE keystore.subject_key (
                    subject BIGINT NOT NULL, version BIGINT NOT NULL, root BIGINT NOT NULL REFERENCES keystore.root_key (number), wrapped BYTEA NOT NULL,
                    PRIMARY KEY (subject, version));
                CREATE TABLE keystore.subject_key_state (one BIGINT PRIMARY KEY CHECK (one = 1), made BIGINT NOT NULL, version BIGINT NOT NULL);
                INSERT INTO keystore.subject_key_state VALUES (1, 0, 1);
                CREATE TABLE keystore.erasure (seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, subject BIGINT NOT NULL, at BIGINT NOT NULL);

                -- Space of deleted rows is given back, and so overwritten, soon.
                ALTER TABLE keystore.subject_key SET (autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0.001);
                """),
        fingerprints: (.data1, .keys1, .server1))
}
