extension StoreReader {
    /// Whether the vault's creation has not ended: it has no administrator yet, and nothing else.
    package var isUnfinished: Bool {
        get throws {
            guard try auditHead() == nil else { return false }
            return try db.integer("SELECT 1 FROM token LIMIT 1") == nil && db.integer("SELECT 1 FROM subject LIMIT 1") == nil
                && db.integer("SELECT 1 FROM record LIMIT 1") == nil
        }
    }
}
