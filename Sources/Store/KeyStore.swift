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

    func read<R>(_ body: (any Connection) throws -> R) throws -> R { try database.read(body) }

    func write<R>(_ room: Room = .ordinary, _ body: (any Connection) throws -> R) throws -> R { try database.write(room, body) }

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
}
