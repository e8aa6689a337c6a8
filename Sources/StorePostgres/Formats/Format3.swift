extension PostgresStep {
    static let format3 = PostgresStep(data: "ALTER TABLE vault.audit_head ADD COLUMN state BYTEA;", keys: "", fingerprint: .server3)
}
