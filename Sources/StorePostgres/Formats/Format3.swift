extension PostgresStep {
    static let format3 = PostgresStep(
        data: "ALTER TABLE vault.audit_head ADD COLUMN state BYTEA; ALTER TABLE vault.record ADD COLUMN mac BYTEA;", keys: "ALTER TABLE keystore.erasure ADD COLUMN mac BYTEA;",
        fingerprint: .server3)
}
