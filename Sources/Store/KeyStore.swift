import Synchronization

/// A key wrapped under a root key.
package struct WrappedKey: Sendable, Equatable {
    /// Number of the root key in ``KeyStore/rootKeys()``.
    package var root: Int
    /// Which of the keys that followed one another this is.
    package var version: Int
    package var bytes: ArraySlice<UInt8>

    package init(root: Int, version: Int = 1, bytes: [UInt8]) { self.init(root: root, version: version, bytes: bytes[...]) }

    package init(root: Int, version: Int, bytes: ArraySlice<UInt8>) { (self.root, self.version, self.bytes) = (root, version, bytes) }
}

/// The wrapped keys and the log of erased subjects.
package final class KeyStore: Sendable {
    package let database: any Database
    /// As far as this process has seen it.
    private let progress = Mutex(KeyStoreProgress())
    /// Vouches for the log of erasures; nil: nobody does.
    let state = Mutex<StateWatch?>(nil)

    /// A root key that has wrapped something here.
    package struct RootKeyRow: Sendable {
        package var number: Int
        package var id: String
        /// A known value sealed under the root key: tells a wrong key from damage.
        package var proof: [UInt8]
        package var createdAt: Int64
        /// How many keys it has wrapped, those that are gone included.
        package var wraps: Int64
    }

    /// An index, pseudonym, signing or other key of the vault's own.
    package struct DataKeyRow: Sendable {
        package var kind: String
        package var name: String
        package var version: Int
        package var wrapped: WrappedKey
        package var createdAt: Int64

        package init(kind: String, name: String, version: Int, wrapped: WrappedKey, createdAt: Int64) {
            (self.kind, self.name, self.version) = (kind, name, version)
            (self.wrapped, self.createdAt) = (wrapped, createdAt)
        }
    }

    package init(_ database: any Database) { self.database = database }

    func isAhead(of found: KeyStoreProgress) -> Bool { progress.withLock { found.isBehind($0) } }

    func raise(to found: KeyStoreProgress) { progress.withLock { $0.rise(to: found) } }

    /// What was seen is void: the key store was rolled back, and somebody has decided that it counts.
    func forget() { progress.withLock { $0 = KeyStoreProgress() } }

    /// Empties the write-ahead log, so that no byte of erased keys stays in it.
    package func truncateLog(patience: Duration = .seconds(1)) throws { try database.withRoom(.reserve) { try database.truncateLog(patience: patience) } }

    fileprivate func read<R>(_ body: (any Connection) throws -> R) throws -> R { try database.read(body) }

    private func write<R>(_ room: Room = .ordinary, _ body: (any Connection) throws -> R) throws -> R { try database.write(room, body) }

    package func rootKeys() throws -> [RootKeyRow] {
        try read { db in
            let sql = """
                SELECT number, id, proof, created_at, rewrapped - since
                    + COALESCE((SELECT MIN(since) FROM root_key next WHERE next.number > r.number),
                        (SELECT made FROM subject_key_state))
                FROM root_key r ORDER BY number
                """
            return try db.rows(sql) {
                RootKeyRow(number: $0.int(0), id: $0.text(1), proof: $0.bytes(2), createdAt: $0.integer(3), wraps: $0.integer(4))
            }
        }
    }

    /// Records a root key, unless another process has done so already; returns its number.
    package func addRootKey(id: String, proof: [UInt8], at now: Int64) throws -> Int {
        try write { db in
            if let number = try db.integer("SELECT number FROM root_key WHERE id = ?", id) { return Int(number) }
            let sql = "INSERT INTO root_key (id, proof, created_at, since) VALUES (?, ?, ?, (SELECT made FROM subject_key_state)) RETURNING number"
            return Int(try db.integer(sql, id, proof, now)!)
        }
    }

    package func dataKeys() throws -> [DataKeyRow] {
        try read { try Self.dataKeys($0) }
    }

    /// The same of a key store that no vault has open.
    package static func dataKeys(_ db: any Connection) throws -> [DataKeyRow] {
        let sql = "SELECT kind, name, version, root, wrapped, created_at FROM data_key ORDER BY kind, name, version"
        return try db.rows(sql) {
            DataKeyRow(
                kind: $0.text(0), name: $0.text(1), version: $0.int(2), wrapped: WrappedKey(root: $0.int(3), bytes: $0.bytes(4)),
                createdAt: $0.integer(5))
        }
    }

    /// Keeps `key` unless one of the same kind, name and version is there; returns whichever is kept.
    package func addDataKey(_ key: DataKeyRow) throws -> DataKeyRow {
        try write { db in
            let added = try db.change(
                "INSERT INTO data_key (kind, name, version, root, wrapped, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                key.kind, key.name, key.version, key.wrapped.root, key.wrapped.bytes, key.createdAt)
            guard added == 0 else { return key }
            let sql = "SELECT root, wrapped, created_at FROM data_key WHERE kind = ? AND name = ? AND version = ?"
            return try db.first(sql, key.kind, key.name, key.version) { row in
                var kept = key
                kept.wrapped = WrappedKey(root: row.int(0), bytes: row.bytes(1))
                kept.createdAt = row.integer(2)
                return kept
            }!
        }
    }

    /// Destroys a key of the vault's own.
    ///
    /// - Parameter note: kept in its place, of a key that has signed the audit log.
    package func removeDataKey(kind: String, name: String, version: Int, leaving note: String? = nil) throws {
        try write { db in
            try db.run("DELETE FROM data_key WHERE kind = ? AND name = ? AND version = ?", kind, name, version)
            if let note {
                try db.run("INSERT INTO former_audit_key (version, note) VALUES (?, ?) ON CONFLICT (version) DO UPDATE SET note = excluded.note", version, note)
            }
        }
    }

    /// What was left in place of keys that have signed the audit log, the newest first.
    package func formerAuditKeys() throws -> [String] {
        try read { try $0.rows("SELECT note FROM former_audit_key ORDER BY version DESC") { $0.text(0) } }
    }

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

    /// Destroys subjects' keys and notes it in the log of erasures. Safe to repeat.
    package func eraseSubjectKeys(_ subjects: [Int64], at now: Int64) throws {
        let last = try write(.reserve) { db in
            var last: Int64 = 0
            let keeper = state.withLock { $0 }?.keeper
            for subject in subjects {
                if try db.change("DELETE FROM subject_key WHERE subject = ?", subject) > 0 {
                    let mac = try keeper.map { try Self.mac(subject, now, $0) }
                    last = try db.integer("INSERT INTO erasure (subject, at, mac) VALUES (?, ?, ?) RETURNING seq", subject, now, mac)!
                }
            }
            return last
        }
        raise(to: KeyStoreProgress(erasures: last))
    }

    /// Erased subjects whose log entry comes after `sequence`, and the log's end.
    package func erasures(after sequence: Int64) throws -> (subjects: [Int64], last: Int64) {
        try read { db in
            guard state.withLock({ $0 }) != nil else {
                let rows = try db.rows("SELECT seq, subject FROM erasure WHERE seq > ? ORDER BY seq", sequence) { ($0.integer(0), $0.integer(1)) }
                return (rows.map(\.1), rows.last?.0 ?? sequence)
            }
            let rows = try db.rows("SELECT seq, subject, at, mac FROM erasure WHERE seq > ? ORDER BY seq", sequence) { row in
                guard try isGenuine(row.bytes(3), row.integer(1), row.integer(2)) else { throw StorageError.altered(what: "erasure") }
                return (row.integer(0), row.integer(1))
            }
            return (rows.map(\.1), rows.last?.0 ?? sequence)
        }
    }

    /// Whether a key that the vault has, or had a moment ago, vouches for an entry of the log of erasures.
    func isGenuine(_ mac: [UInt8], _ subject: Int64, _ at: Int64) throws -> Bool {
        guard let state = state.withLock({ $0 }) else { return false }
        return try state.isVouchedFor { try mac == Self.mac(subject, at, $0) }
    }

    /// What vouches for an entry of the log of erasures: 16 bytes.
    static func mac(_ subject: Int64, _ at: Int64, _ keeper: any StateKeeper) throws -> [UInt8] {
        var bytes = RowBytes(24)
        bytes.add(subject)
        bytes.add(at)
        return Array(try keeper.element(of: bytes.bytes).prefix(16))
    }

    /// Vouches for the log of erasures under another key; safe to repeat.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if an entry is somebody else's.
    package func revouchForErasures(under keeper: any StateKeeper) throws {
        try write { db in
            let rows = try db.rows("SELECT seq, subject, at, mac FROM erasure") { (seq: $0.integer(0), subject: $0.integer(1), at: $0.integer(2), mac: $0.bytes(3)) }
            for row in rows {
                guard try isGenuine(row.mac, row.subject, row.at) else { throw StorageError.altered(what: "erasure") }
                try db.run("UPDATE erasure SET mac = ? WHERE seq = ?", try KeyStore.mac(row.subject, row.at, keeper), row.seq)
            }
        }
    }

    /// Vouches for the entries of a vault of an earlier format, which was verified before.
    func vouchForErasures(_ keeper: any StateKeeper) throws {
        try write { db in
            for (seq, subject, at) in try db.rows("SELECT seq, subject, at FROM erasure WHERE mac IS NULL", read: { ($0.integer(0), $0.integer(1), $0.integer(2)) }) {
                try db.run("UPDATE erasure SET mac = ? WHERE seq = ?", try Self.mac(subject, at, keeper), seq)
            }
        }
    }

    /// How many subject keys each root key wraps.
    package func subjectKeyCounts() throws -> [Int: Int] {
        try read { db in
            let rows = try db.rows("SELECT root, COUNT(*) FROM subject_key GROUP BY root") { ($0.int(0), $0.int(1)) }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }
}

extension KeyStore {
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

    /// Moves the vault's own keys to `root`; returns how many.
    package func rewrapDataKeys(to root: Int, rewrap: (DataKeyRow) throws -> WrappedKey) throws -> Int {
        let others = try dataKeys().filter { $0.wrapped.root != root }
        try write { db in
            for row in others {
                let key = try rewrap(row)
                try db.run(
                    "UPDATE data_key SET root = ?, wrapped = ? WHERE kind = ? AND name = ? AND version = ?", key.root, key.bytes, row.kind, row.name,
                    row.version)
            }
            try db.run("UPDATE root_key SET rewrapped = rewrapped + ? WHERE number = ?", others.count, root)
        }
        return others.count
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

    /// Forgets root keys but `active` that wrap nothing any more; returns their ids.
    package func retireRootKeys(except active: Int) throws -> [String] {
        try write { db in
            let sql = """
                DELETE FROM root_key WHERE number <> ? AND number NOT IN (SELECT root FROM subject_key)
                AND number NOT IN (SELECT root FROM data_key) RETURNING id
                """
            return try db.rows(sql, active) { $0.text(0) }
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
