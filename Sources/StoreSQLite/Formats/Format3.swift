extension SQLiteStep {
    static let format3 = SQLiteStep(
        data: "ALTER TABLE audit_head ADD COLUMN state BLOB; ALTER TABLE record ADD COLUMN mac BLOB;", keys: "ALTER TABLE erasure ADD COLUMN mac BLOB;",
        fingerprints: (.data3, .keys3))
}
