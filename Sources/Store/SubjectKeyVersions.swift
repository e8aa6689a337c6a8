/// Replacing subjects' keys by others.
extension KeyStore {
    /// How many subjects have a key of a version that is not followed by another, by version; and how many keys are
    /// followed by another and still there.
    package struct Versions: Sendable, Equatable {
        /// Of the keys that are made now.
        package var current: Int
        /// Subjects whose newest key is older than that.
        package var behind: Int
        /// Keys that another has followed.
        package var superseded: Int
    }

    /// How many keys there are of each version.
    package func subjectKeyCountsByVersion() throws -> [(version: Int, count: Int)] {
        try read { db in
            try db.rows("SELECT version, COUNT(*) FROM subject_key WHERE version > 0 GROUP BY version ORDER BY version DESC") { ($0.int(0), $0.int(1)) }
        }
    }

    package func subjectKeyVersions() throws -> Versions {
        try read { db in
            let sql = """
                SELECT (SELECT version FROM subject_key_state), COUNT(*), COUNT(DISTINCT subject),
                    COUNT(*) FILTER (WHERE version = (SELECT version FROM subject_key_state)) FROM subject_key WHERE version > 0
                """
            return try db.first(sql) { Versions(current: $0.int(0), behind: $0.int(2) - $0.int(3), superseded: $0.int(1) - $0.int(2)) }!
        }
    }

    /// Begins with a version of its own for all keys that are made from now on; returns it.
    package func beginSubjectKeyVersion() throws -> Int {
        try write { db in
            Int(try db.integer("UPDATE subject_key_state SET version = version + 1 RETURNING version")!)
        }
    }

    /// Gives up to `limit` subjects behind `subject` whose newest key is older than `version` one of that version as well.
    ///
    /// - Returns: the last of them and how many there were; nil when none was left.
    package func addSubjectKeys(
        version: Int, after subject: Int64, limit: Int, root: Int, wrap: (Int64) throws -> WrappedKey
    ) throws -> (last: Int64, count: Int)? {
        try write { db in
            let sql = "SELECT subject FROM subject_key WHERE subject > ? GROUP BY subject HAVING MAX(version) < ? ORDER BY subject LIMIT ?"
            let subjects = try db.rows(sql, subject, version, limit) { $0.integer(0) }
            let insert = try SubjectKeyInserter(db)
            for subject in subjects { try insert.insert(wrap(subject), of: subject) }
            try insert.finish()
            try db.run("UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", subjects.count, root)
            return subjects.last.map { ($0, subjects.count) }
        }
    }

    /// Destroys the keys that others of `version` have followed, once what notes need of them is kept; returns how many.
    package func retireSubjectKeys(before version: Int) throws -> Int {
        try write { db in
            try db.change(
                """
                DELETE FROM subject_key WHERE version > 0 AND version < ?
                AND EXISTS (SELECT 1 FROM subject_key n WHERE n.subject = subject_key.subject AND n.version >= ?)
                AND EXISTS (SELECT 1 FROM subject_key d WHERE d.subject = subject_key.subject AND d.version = -subject_key.version)
                """, version, version)
        }
    }
}
