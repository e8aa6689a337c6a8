extension PostgresStep {
    static let format5 = PostgresStep(
        data: """
            CREATE TABLE vault.release (digest BYTEA PRIMARY KEY, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL, cost BIGINT NOT NULL);
            CREATE TABLE vault.released (digest BYTEA PRIMARY KEY, last_day BIGINT NOT NULL, figures BYTEA NOT NULL);
            """, keys: "",
        fingerprint: .server5)
}
