/// The wrapped keys of subjects.
extension KeyStore {
    /// Stores keys for new subjects, durably, before any record is sealed under them.
    ///
    /// - Parameter wrap: given a subject's id and the version that its key gets, the wrapped key.
    /// - Returns: the ids, ascending; an id is never given out twice, not even after a restore.
    package func addSubjectKeys(count: Int, wrap: (Int64, Int) throws -> WrappedKey) throws -> [Int64] {
        guard count > 0 else { return [] }
        let made = try write { db in
            let (last, version) = try db.first("SELECT made, version FROM subject_key_state") { ($0.integer(0), $0.int(1)) }!
            let insert = try SubjectKeyInserter(db)
            let identifiers = (1...Int64(count)).map { last + $0 }
            for subject in identifiers { try insert.insert(wrap(subject, version), of: subject) }
            try insert.finish()
            try db.run("UPDATE subject_key_state SET made = ?", last + Int64(count))
            return identifiers
        }
        raise(to: KeyStoreProgress(made: made[made.count - 1]))
        return made
    }

    /// The newest key of a subject, or nil when it was erased.
    package func subjectKey(_ subject: Int64) throws -> WrappedKey? { try subjectKeys([subject])[subject] }

    /// How many subject keys each root key wraps.
    package func subjectKeyCounts() throws -> [Int: Int] {
        try read { db in
            let rows = try db.rows("SELECT root, COUNT(*) FROM subject_key GROUP BY root") { ($0.int(0), $0.int(1)) }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }

    /// Moves up to `limit` subject keys from other root keys to `root`; returns how many.
    ///
    /// - Parameter rewrap: given a subject and its wrapped key, the key wrapped under `root`.
    package func rewrapSubjectKeys(to root: Int, limit: Int, rewrap: (Int64, WrappedKey) throws -> WrappedKey) throws -> Int {
        try write { db in
            let sql = "SELECT subject, version, root, wrapped FROM subject_key WHERE root <> ? ORDER BY subject, version LIMIT ?"
            let rows = try db.rows(sql, root, limit) { row in
                (row.integer(0), WrappedKey(root: row.int(2), version: row.int(1), bytes: row.bytes(3)))
            }
            for (subject, wrapped) in rows {
                let key = try rewrap(subject, wrapped)
                try db.run("UPDATE subject_key SET root = ?, wrapped = ? WHERE subject = ? AND version = ?", key.root, key.bytes, subject, key.version)
            }
            try db.run("UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", rows.count, root)
            return rows.count
        }
    }

    /// Up to `limit` subject keys behind one, as they are stored.
    package func subjectKeys(after last: (subject: Int64, version: Int), limit: Int) throws -> [(subject: Int64, key: WrappedKey)] {
        try read { db in
            let sql = """
                SELECT subject, version, root, wrapped FROM subject_key WHERE (subject, version) > (?, ?)
                ORDER BY subject, version LIMIT ?
                """
            return try db.rows(sql, last.subject, last.version, limit) { row in
                (row.integer(0), WrappedKey(root: row.int(2), version: row.int(1), bytes: row.bytes(3)))
            }
        }
    }

    /// The newest wrapped keys of several subjects; erased ones are absent.
    package func subjectKeys(_ subjects: [Int64]) throws -> [Int64: WrappedKey] {
        guard !subjects.isEmpty else { return [:] }
        return try read { db in
            var keys: [Int64: WrappedKey] = [:]
            keys.reserveCapacity(subjects.count)
            try db.forEachRow("subject, root, version, wrapped", from: "subject_key", by: ["subject"], .integers(subjects)) { row in
                let (subject, version) = (row.integer(0), row.int(2))
                // Those of notes are below 0.
                guard version > 0 else { return }
                if let newer = keys[subject], newer.version > version { return }
                keys[subject] = WrappedKey(root: row.int(1), version: version, bytes: row.bytes(3))
            }
            return keys
        }
    }
}

/// Inserts wrapped keys of subjects; prepared once for a batch.
struct SubjectKeyInserter {
    private let inserter: any BulkInserter

    init(_ db: any Connection) throws {
        inserter = try db.inserter(
            into: "subject_key",
            [BulkColumn("subject", .integer), BulkColumn("version", .integer), BulkColumn("root", .integer), BulkColumn("wrapped", .bytes)],
            ignoringPresent: false)
    }

    func insert(_ key: WrappedKey, of subject: Int64) throws {
        inserter.add(subject)
        inserter.add(Int64(key.version))
        inserter.add(Int64(key.root))
        inserter.add(key.bytes)
        try inserter.endRow()
    }

    func finish() throws { try inserter.finish() }
}
