/// What notes about customers stay sealed under when the customers' keys have been replaced: entries of the log are never sealed again.
///
/// The key for notes follows from a version of the customer's key. When that is destroyed because another has followed, what follows
/// from it is kept in its place, under the version's negative number. It goes with the customer's other keys.
extension KeyStore {
    /// The key that notes of a version of a customer's key need: that version itself, or what was kept in its place; nil when
    /// neither is there, as after an erasure.
    package func noteKey(of subject: Int64, version: Int) throws -> WrappedKey? {
        try database.lookUp { db in
            let sql = "SELECT root, version, wrapped FROM subject_key WHERE subject = ? AND version IN (?, ?) ORDER BY version DESC LIMIT 1"
            return try db.first(sql, subject, version, -version) { WrappedKey(root: $0.int(0), version: $0.int(1), bytes: $0.bytes(2)) }
        }
    }

    /// Keeps, for up to `limit` keys that one of `version` or later has followed, what notes need of them.
    ///
    /// - Parameters:
    ///   - root: number of the root key that wraps what is kept.
    ///   - derive: given a customer and a key, what is to be kept.
    /// - Returns: how many there were.
    package func keepNoteKeys(before version: Int, limit: Int, root: Int, derive: (Int64, WrappedKey) throws -> WrappedKey) throws -> Int {
        try database.write { db in
            let sql = """
                SELECT subject, version, root, wrapped FROM subject_key k WHERE version > 0 AND version < ?
                AND EXISTS (SELECT 1 FROM subject_key n WHERE n.subject = k.subject AND n.version >= ?)
                AND NOT EXISTS (SELECT 1 FROM subject_key d WHERE d.subject = k.subject AND d.version = -k.version)
                ORDER BY subject, version LIMIT ?
                """
            let keys = try db.rows(sql, version, version, limit) { row in
                (row.integer(0), WrappedKey(root: row.int(2), version: row.int(1), bytes: row.bytes(3)))
            }
            let insert = try SubjectKeyInserter(db)
            for (subject, key) in keys { try insert.insert(derive(subject, key), of: subject) }
            try insert.finish()
            try db.run("UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", keys.count, root)
            return keys.count
        }
    }

    /// Whether a customer has any key.
    package func hasKey(of subject: Int64) throws -> Bool { try hasSubjectKeys(subject...subject) }
}
