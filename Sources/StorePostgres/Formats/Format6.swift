extension PostgresStep {
    static let format6 = PostgresStep(
        data: """
            CREATE TABLE vault.mention (
                subject BIGINT NOT NULL, record BIGINT NOT NULL, decision BIGINT NOT NULL, decided_by TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
                PRIMARY KEY (subject, record));
            CREATE INDEX mention_record ON vault.mention (record);
            """, keys: "",
        fingerprint: .server6)
}
