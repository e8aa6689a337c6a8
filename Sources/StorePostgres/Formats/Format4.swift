extension PostgresStep {
    static let format4 = PostgresStep(
        data: """
            CREATE TABLE vault.token_approval (token TEXT COLLATE "C" PRIMARY KEY, state TEXT NOT NULL, issued_by TEXT COLLATE "C" NOT NULL, decided_by TEXT COLLATE "C");
            CREATE TABLE vault.restricted (subject BIGINT PRIMARY KEY);
            CREATE TABLE vault.known_key (kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, PRIMARY KEY (kind, name));
            CREATE TABLE vault.coded (subject BIGINT NOT NULL, record BIGINT NOT NULL, codes BYTEA NOT NULL, PRIMARY KEY (subject, record));
            ALTER TABLE vault.coded ALTER COLUMN codes SET STORAGE EXTERNAL;
            ALTER TABLE vault.coded SET (autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0.01);
            ALTER TABLE vault.record ADD COLUMN unattributed BIGINT;
            CREATE TABLE vault.policy_version (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, digest BYTEA NOT NULL, files BYTEA NOT NULL);
            CREATE TABLE vault.verified (kind TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL, percent BIGINT NOT NULL);
            CREATE TABLE vault.known_root (id TEXT COLLATE "C" PRIMARY KEY, since BIGINT NOT NULL, rewrapped BIGINT NOT NULL);
            """, keys: "",
        fingerprint: .server4)
}
