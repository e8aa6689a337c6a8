/// What is left of something erased: a keyed hash by which it is recognised when it comes again.
package struct Tombstone: Sendable, Hashable {
    package var tag: UInt128
    /// Milliseconds since 1970.
    package var erasedAt: Int64
    /// When it goes itself.
    package var endsAt: Int64

    package init(tag: UInt128, erasedAt: Int64, endsAt: Int64) { (self.tag, self.erasedAt, self.endsAt) = (tag, erasedAt, endsAt) }

    fileprivate init(_ row: any Row) { self.init(tag: row.identifier(0), erasedAt: row.integer(1), endsAt: row.integer(2)) }
}

extension StoreReader {
    package func hasTombstones() throws -> Bool { try db.integer("SELECT 1 FROM tombstone LIMIT 1") != nil }

    /// Whether any has come to its end.
    package func hasTombstones(endedBy now: Int64) throws -> Bool { try db.integer("SELECT 1 FROM tombstone WHERE ends_at <= ? LIMIT 1", now) != nil }

    package func tombstoneCount(endedBy now: Int64) throws -> Int { Int(try db.integer("SELECT COUNT(*) FROM tombstone WHERE ends_at <= ?", now)!) }

    package func tombstoneCount() throws -> Int { Int(try db.integer("SELECT COUNT(*) FROM tombstone")!) }

    /// When what has these tags was erased.
    package func tombstones(among tags: [UInt128]) throws -> [UInt128: Int64] {
        var found: [UInt128: Int64] = [:]
        try db.forEachRow("tag, erased_at", from: "tombstone", by: ["tag"], .identifiers(tags)) { found[$0.identifier(0)] = $0.integer(1) }
        return found
    }

    /// Tombstones that the key store does not have yet.
    package func uncopiedTombstones(limit: Int) throws -> [Tombstone] {
        try db.rows("SELECT tag, erased_at, ends_at FROM tombstone WHERE copied = 0 LIMIT ?", limit) { Tombstone($0) }
    }
}

extension StoreWriter {
    /// Adds tombstones; one that is there is renewed.
    ///
    /// - Parameter copied: whether the key store has them already.
    package func addTombstones(_ tombstones: [Tombstone], copied: Bool = false) throws {
        let add = try db.statement(
            """
            INSERT INTO tombstone (tag, erased_at, ends_at, copied) VALUES (?, ?, ?, ?)
            ON CONFLICT (tag) DO UPDATE SET erased_at = excluded.erased_at, ends_at = excluded.ends_at, copied = excluded.copied
            WHERE tombstone.erased_at < excluded.erased_at OR tombstone.ends_at < excluded.ends_at
            """)
        for stone in tombstones {
            try changing(.tombstone, where: "tag = ?", stone.tag) {
                add.bind([stone.tag, stone.erasedAt, stone.endsAt, copied])
                try add.run()
            }
        }
    }

    /// Notes that the key store has them as they are.
    func confirmTombstones(_ tombstones: [Tombstone]) throws {
        let confirm = try db.statement("UPDATE tombstone SET copied = 1 WHERE tag = ? AND erased_at = ? AND ends_at = ?")
        for stone in tombstones {
            try changing(.tombstone, where: "tag = ?", stone.tag) {
                confirm.bind([stone.tag, stone.erasedAt, stone.endsAt])
                try confirm.run()
            }
        }
    }

    /// Removes those that have come to their end; returns how many.
    package func removeTombstones(endedBy now: Int64) throws -> Int {
        try changing(.tombstone, where: "ends_at <= ?", now) { try db.change("DELETE FROM tombstone WHERE ends_at <= ?", now) }
    }
}

extension VaultStore {
    /// Whether the key store's tombstones are others than those that the data say it has, as far as they have not come to their end.
    ///
    /// - Returns: false also while some wait, or are being copied.
    package func tombstonesDiffer(at now: Int64) throws -> Bool {
        guard let keeper = state.keeper else { return false }
        func sum(_ db: any Connection) throws -> StateSum {
            var sum = StateSum.zero
            let query = try db.statement("SELECT tag, erased_at, ends_at FROM tombstone WHERE ends_at > ?")
            query.bind(1, now)
            try query.forEachRow(isLarge: true) { row in
                var bytes = RowBytes(25)
                bytes.add(row.identifier(0))
                bytes.add(row.integer(1))
                bytes.add(row.integer(2))
                sum += StateSum(of: try keeper.element(of: bytes.bytes))
                return true
            }
            return sum
        }
        let last = try keys.lastProtection()
        guard let copied = try read({ try $0.uncopiedTombstones(limit: 1).isEmpty ? sum($0.db) : nil }) else { return false }
        let kept = try keys.database.read(sum)
        // What was copied while the key store was read tells nothing.
        return try kept != copied && keys.lastProtection() == last
    }
}
