import Foundation
import GRDB

/// A key wrapped under a root key.
public struct WrappedKey: Sendable, Equatable {
    /// Number of the root key in ``KeyStore/rootKeys()``.
    public var root: Int
    /// Which of the keys that followed one another this is.
    public var version: Int
    public var bytes: ArraySlice<UInt8>

    public init(root: Int, version: Int = 1, bytes: [UInt8]) { self.init(root: root, version: version, bytes: bytes[...]) }

    init(root: Int, version: Int, bytes: ArraySlice<UInt8>) { (self.root, self.version, self.bytes) = (root, version, bytes) }
}

/// `keystore.db`: the wrapped keys and the log of erased subjects.
public final class KeyStore: Sendable {
    let pool: DatabasePool
    let path: String

    /// A root key that has wrapped something here.
    public struct RootKeyRow: Sendable {
        public var number: Int
        public var id: String
        /// A known value sealed under the root key: tells a wrong key from damage.
        public var proof: [UInt8]
        public var createdAt: Int64
        /// How many keys it has wrapped, those that are gone included.
        public var wraps: Int64
    }

    /// An index, pseudonym, signing or other key of the vault's own.
    public struct DataKeyRow: Sendable {
        public var kind: String
        public var name: String
        public var version: Int
        public var wrapped: WrappedKey
        public var createdAt: Int64

        public init(kind: String, name: String, version: Int, wrapped: WrappedKey, createdAt: Int64) {
            (self.kind, self.name, self.version) = (kind, name, version)
            (self.wrapped, self.createdAt) = (wrapped, createdAt)
        }
    }

    init(path: String, creating: Bool) throws {
        self.path = path
        var configuration = Configuration()
        configuration.label = "keystore"
        configuration.busyMode = .timeout(15)
        configuration.prepareDatabase { try Schema.applyPragmas(to: $0, cacheKiB: 4 << 10) }
        pool = try StorageError.naming(path) { try DatabasePool(path: path, configuration: configuration) }
        try StorageError.naming(path) {
            if creating {
                try Schema.keyMigrator.migrate(pool)
                try pool.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
            } else {
                try Schema.check(pool, path: path, migrator: Schema.keyMigrator)
            }
        }
    }

    fileprivate func read<R>(_ body: (Database) throws -> R) throws -> R {
        try StorageError.naming(path) { try pool.read(body) }
    }

    private func write<R>(_ body: (Database) throws -> R) throws -> R {
        try StorageError.naming(path) { try pool.write(body) }
    }

    public func rootKeys() throws -> [RootKeyRow] {
        try read { db in
            let sql = """
                SELECT number, id, proof, created_at, rewrapped - since
                    + IFNULL((SELECT MIN(since) FROM root_key next WHERE next.number > r.number),
                        (SELECT made FROM subject_key_state))
                FROM root_key r ORDER BY number
                """
            return try Row.fetchAll(db, sql: sql).map {
                RootKeyRow(number: $0[0], id: $0[1], proof: [UInt8]($0[2] as Data), createdAt: $0[3], wraps: $0[4])
            }
        }
    }

    /// Records a root key and returns its number.
    public func addRootKey(id: String, proof: [UInt8], at now: Int64) throws -> Int {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO root_key (id, proof, created_at, since)
                    VALUES (?, ?, ?, (SELECT made FROM subject_key_state))
                    """,
                arguments: [id, Data(proof), now])
            return Int(db.lastInsertedRowID)
        }
    }

    public func dataKeys() throws -> [DataKeyRow] {
        try read { db in
            let sql = "SELECT kind, name, version, root, wrapped, created_at FROM data_key ORDER BY kind, name, version"
            return try Row.fetchAll(db, sql: sql).map {
                DataKeyRow(
                    kind: $0[0], name: $0[1], version: $0[2],
                    wrapped: WrappedKey(root: $0[3], bytes: [UInt8]($0[4] as Data)), createdAt: $0[5])
            }
        }
    }

    /// Keeps `key` unless one of the same kind, name and version is there; returns whichever is kept.
    public func addDataKey(_ key: DataKeyRow) throws -> DataKeyRow {
        try write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO data_key (kind, name, version, root, wrapped, created_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key.kind, key.name, key.version, key.wrapped.root, Data(key.wrapped.bytes), key.createdAt,
                ])
            guard db.changesCount == 0 else { return key }
            let row = try Row.fetchOne(
                db, sql: "SELECT root, wrapped, created_at FROM data_key WHERE kind = ? AND name = ? AND version = ?",
                arguments: [key.kind, key.name, key.version])!
            var kept = key
            kept.wrapped = WrappedKey(root: row[0], bytes: [UInt8](row[1] as Data))
            kept.createdAt = row[2]
            return kept
        }
    }

    /// Destroys a key of the vault's own.
    ///
    /// - Parameter note: kept in its place, of a key that has signed the audit log.
    public func removeDataKey(kind: String, name: String, version: Int, leaving note: String? = nil) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM data_key WHERE kind = ? AND name = ? AND version = ?", arguments: [kind, name, version])
            if let note { try db.execute(sql: "INSERT OR REPLACE INTO former_audit_key (version, note) VALUES (?, ?)", arguments: [version, note]) }
        }
    }

    /// What was left in place of keys that have signed the audit log, the newest first.
    public func formerAuditKeys() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT note FROM former_audit_key ORDER BY version DESC") }
    }

    /// Stores keys for new subjects, durably, before any record is sealed under them.
    ///
    /// - Parameter wrap: given a subject's id and the version that its key gets, the wrapped key.
    /// - Returns: the ids, ascending; an id is never given out twice, not even after a restore.
    public func addSubjectKeys(count: Int, wrap: (Int64, Int) throws -> WrappedKey) throws -> [Int64] {
        guard count > 0 else { return [] }
        return try write { db in
            let state = try Row.fetchOne(db, sql: "SELECT made, version FROM subject_key_state")!
            let (last, version): (Int64, Int) = (state[0], state[1])
            let insert = try SubjectKeyInserter(db)
            let identifiers = (1...Int64(count)).map { last + $0 }
            for subject in identifiers { try insert.insert(wrap(subject, version), of: subject) }
            try db.execute(sql: "UPDATE subject_key_state SET made = ?", arguments: [last + Int64(count)])
            return identifiers
        }
    }

    /// The newest key of a subject, or nil when it was erased.
    public func subjectKey(_ subject: Int64) throws -> WrappedKey? { try subjectKeys([subject])[subject] }

    /// Destroys subjects' keys and notes it in the log of erasures. Safe to repeat.
    public func eraseSubjectKeys(_ subjects: [Int64], at now: Int64) throws {
        try write { db in
            for subject in subjects {
                try db.execute(sql: "DELETE FROM subject_key WHERE subject = ?", arguments: [subject])
                if db.changesCount > 0 {
                    try db.execute(sql: "INSERT INTO erasure (subject, at) VALUES (?, ?)", arguments: [subject, now])
                }
            }
        }
    }

    /// Erased subjects whose log entry comes after `sequence`, and the log's end.
    public func erasures(after sequence: Int64) throws -> (subjects: [Int64], last: Int64) {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT seq, subject FROM erasure WHERE seq > ? ORDER BY seq", arguments: [sequence])
            return (rows.map { $0[1] }, rows.last.map { $0[0] } ?? sequence)
        }
    }

    /// How many subject keys each root key wraps.
    public func subjectKeyCounts() throws -> [Int: Int] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT root, COUNT(*) FROM subject_key GROUP BY root")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }


    func truncateLog() throws {
        try StorageError.naming(path) {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate, on: "main") }
        }
    }
}

extension KeyStore {
    /// Moves up to `limit` subject keys from other root keys to `root`; returns how many.
    ///
    /// - Parameter rewrap: given a subject and its wrapped key, the key wrapped under `root`.
    public func rewrapSubjectKeys(to root: Int, limit: Int, rewrap: (Int64, WrappedKey) throws -> WrappedKey) throws -> Int {
        try write { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT subject, version, root, wrapped FROM subject_key WHERE root <> ? ORDER BY subject, version LIMIT ?",
                arguments: [root, limit])
            for row in rows {
                let key = try rewrap(row[0], WrappedKey(root: row[2], version: row[1], bytes: [UInt8](row[3] as Data)))
                try db.execute(
                    sql: "UPDATE subject_key SET root = ?, wrapped = ? WHERE subject = ? AND version = ?",
                    arguments: [key.root, Data(key.bytes), row[0] as Int64, key.version])
            }
            try db.execute(sql: "UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", arguments: [rows.count, root])
            return rows.count
        }
    }

    /// Moves the vault's own keys to `root`; returns how many.
    public func rewrapDataKeys(to root: Int, rewrap: (DataKeyRow) throws -> WrappedKey) throws -> Int {
        let others = try dataKeys().filter { $0.wrapped.root != root }
        try write { db in
            for row in others {
                let key = try rewrap(row)
                try db.execute(
                    sql: "UPDATE data_key SET root = ?, wrapped = ? WHERE kind = ? AND name = ? AND version = ?",
                    arguments: [key.root, Data(key.bytes), row.kind, row.name, row.version])
            }
            try db.execute(sql: "UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", arguments: [others.count, root])
        }
        return others.count
    }

    /// Forgets root keys but `active` that wrap nothing any more; returns their ids.
    public func retireRootKeys(except active: Int) throws -> [String] {
        try write { db in
            let sql = """
                DELETE FROM root_key WHERE number <> ? AND number NOT IN (SELECT root FROM subject_key)
                AND number NOT IN (SELECT root FROM data_key) RETURNING id
                """
            return try String.fetchAll(db, sql: sql, arguments: [active])
        }
    }

    /// The newest wrapped keys of several subjects; erased ones are absent.
    public func subjectKeys(_ subjects: [Int64]) throws -> [Int64: WrappedKey] {
        guard !subjects.isEmpty else { return [:] }
        return try read { db in
            let select = try RowWriter(db, "SELECT root, version, wrapped FROM subject_key WHERE subject = ? ORDER BY version DESC LIMIT 1")
            var keys: [Int64: WrappedKey] = [:]
            keys.reserveCapacity(subjects.count)
            for subject in subjects {
                select.bind(1, subject)
                try select.forEachRow { row in
                    keys[subject] = WrappedKey(root: Int(row.integer(0)), version: Int(row.integer(1)), bytes: row.bytes(2))
                    return false
                }
            }
            return keys
        }
    }
}

/// Inserts wrapped keys of subjects; prepared once for a batch.
private struct SubjectKeyInserter {
    private let statement: RowWriter

    init(_ db: Database) throws {
        statement = try RowWriter(db, "INSERT INTO subject_key (subject, version, root, wrapped) VALUES (?, ?, ?, ?)")
    }

    func insert(_ key: WrappedKey, of subject: Int64) throws {
        statement.bind(1, subject)
        statement.bind(2, Int64(key.version))
        statement.bind(3, Int64(key.root))
        statement.bind(4, key.bytes)
        try statement.run()
    }
}

/// Replacing subjects' keys by others.
extension KeyStore {
    /// How many subjects have a key of a version that is not followed by another, by version; and how many keys are
    /// followed by another and still there.
    public struct Versions: Sendable, Equatable {
        /// Of the keys that are made now.
        public var current: Int
        /// Subjects whose newest key is older than that.
        public var behind: Int
        /// Keys that another has followed.
        public var superseded: Int
    }

    /// How many keys there are of each version.
    public func subjectKeyCountsByVersion() throws -> [(version: Int, count: Int)] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT version, COUNT(*) FROM subject_key GROUP BY version ORDER BY version DESC").map { ($0[0], $0[1]) }
        }
    }

    public func subjectKeyVersions() throws -> Versions {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: """
                    SELECT (SELECT version FROM subject_key_state), COUNT(*), COUNT(DISTINCT subject),
                        IFNULL(SUM(version = (SELECT version FROM subject_key_state)), 0) FROM subject_key
                    """)!
            return Versions(current: row[0], behind: row[2] - row[3], superseded: row[1] - row[2])
        }
    }

    /// Begins with a version of its own for all keys that are made from now on; returns it.
    public func beginSubjectKeyVersion() throws -> Int {
        try write { db in
            try db.execute(sql: "UPDATE subject_key_state SET version = version + 1")
            return try Int.fetchOne(db, sql: "SELECT version FROM subject_key_state")!
        }
    }

    /// Gives up to `limit` subjects behind `subject` whose newest key is older than `version` one of that version as well.
    ///
    /// - Returns: the last of them and how many there were; nil when none was left.
    public func addSubjectKeys(
        version: Int, after subject: Int64, limit: Int, root: Int, wrap: (Int64) throws -> WrappedKey
    ) throws -> (last: Int64, count: Int)? {
        try write { db in
            let subjects = try Int64.fetchAll(
                db, sql: "SELECT subject FROM subject_key WHERE subject > ? GROUP BY subject HAVING MAX(version) < ? ORDER BY subject LIMIT ?",
                arguments: [subject, version, limit])
            let insert = try SubjectKeyInserter(db)
            for subject in subjects { try insert.insert(wrap(subject), of: subject) }
            try db.execute(sql: "UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", arguments: [subjects.count, root])
            return subjects.last.map { ($0, subjects.count) }
        }
    }

    /// Destroys the keys that others of `version` have followed; returns how many.
    public func retireSubjectKeys(before version: Int) throws -> Int {
        try write { db in
            try db.execute(sql: """
                DELETE FROM subject_key WHERE version < :version
                AND EXISTS (SELECT 1 FROM subject_key n WHERE n.subject = subject_key.subject AND n.version >= :version)
                """, arguments: ["version": version])
            return db.changesCount
        }
    }
}
