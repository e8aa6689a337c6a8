extension PostgresStep {
    static let format6 = PostgresStep(
        data: """
            CREATE TABLE vault.mention (
                subject BIGINT NOT NULL, record BIGINT NOT NULL, decision BIGINT NOT NULL, decided_by TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
                PRIMARY KEY (subject, record));
            CREATE INDEX mention_record ON vault.mention (record);
            CREATE TABLE vault.changed (record BIGINT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL, at BIGINT NOT NULL);
            CREATE INDEX changed_seq ON vault.changed (seq);
            """, keys: "",
        fingerprint: .server6)
}
