extension PostgresStep {
    static let format7 = PostgresStep(
        data: """
            CREATE TABLE vault.charged (
                zone TEXT COLLATE "C" NOT NULL, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL, cost BIGINT NOT NULL, PRIMARY KEY (zone, first_day, last_day));
            """, keys: "",
        fingerprint: .server7)
}
