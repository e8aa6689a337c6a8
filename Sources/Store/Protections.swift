/// A fact that protects people and that no restore may undo: kept beside the keys as well as among the data.
///
/// Facts go to the key store in two steps, as the two commit apart: first they wait among the data, in the transaction
/// that makes them true; once that is durable they are copied and no longer wait. A crash between leaves them waiting.
package struct ProtectionRow: Sendable, Equatable {
    /// What kind of fact it is, and about what: a later one takes the place of an earlier.
    package var kind: String
    package var key: String
    /// Sealed; nil: the fact is to be forgotten.
    package var body: [UInt8]?

    package init(kind: String, key: String, body: [UInt8]?) { (self.kind, self.key, self.body) = (kind, key, body) }
}

extension StoreReader {
    /// Up to where the key store's facts are known here.
    package func protectionsApplied() throws -> Int64 { try db.integer("SELECT protections_applied FROM vault")! }

    package func hasPendingProtections() throws -> Bool {
        try db.integer("SELECT 1 FROM pending_protection LIMIT 1") != nil || db.integer("SELECT 1 FROM tombstone WHERE copied = 0 LIMIT 1") != nil
    }

    /// Whether a change of this fact waits.
    package func hasPendingProtection(_ kind: String, _ key: String) throws -> Bool {
        try db.integer("SELECT 1 FROM pending_protection WHERE kind = ? AND key = ? LIMIT 1", kind, key) != nil
    }

    /// The last change of this fact, if one waits.
    package func pendingProtection(_ kind: String, _ key: String) throws -> ProtectionRow? {
        try db.rows("SELECT body FROM pending_protection WHERE kind = ? AND key = ? ORDER BY seq DESC LIMIT 1", kind, key) { row in
            ProtectionRow(kind: kind, key: key, body: row.isNull(0) ? nil : row.bytes(0))
        }.first
    }

    /// Facts that wait, oldest first, and the number of the last.
    fileprivate func pendingProtections() throws -> (rows: [ProtectionRow], last: Int64) {
        let rows = try db.rows("SELECT seq, kind, key, body FROM pending_protection ORDER BY seq") { row in
            (row.integer(0), ProtectionRow(kind: row.text(1), key: row.text(2), body: row.isNull(3) ? nil : row.bytes(3)))
        }
        return (rows.map(\.1), rows.last?.0 ?? 0)
    }
}

extension StoreWriter {
    /// Has a fact wait for the key store.
    package func protect(_ row: ProtectionRow) throws {
        try db.run("INSERT INTO pending_protection (kind, key, body) VALUES (?, ?, ?)", row.kind, row.key, row.body)
    }

    /// Notes that the facts of the key store up to `seq` are known here.
    package func setProtectionsApplied(_ seq: Int64) throws {
        try changingVault { try db.run("UPDATE vault SET protections_applied = ? WHERE protections_applied < ?", seq, seq) }
    }
}

extension VaultStore {
    private static let portion = 10_000

    /// Copies what waits into the key store. Safe to repeat, and beside other processes.
    ///
    /// - Returns: facts that the key store forgot.
    @discardableResult
    package func copyProtections() throws -> [ProtectionRow] {
        var forgotten: [ProtectionRow] = []
        while try read({ try $0.hasPendingProtections() }) {
            var (last, rows, tombstones) = (Int64(0), [ProtectionRow](), [Tombstone]())
            // Read while the key store's writer is held: nobody puts an older state after a newer one. What is read has
            // been committed, so that nothing is kept that did not come about.
            let (before, now) = try keys.keep {
                try read { reader in
                    let pending = try reader.pendingProtections()
                    (last, rows, tombstones) = (pending.last, pending.rows, try reader.uncopiedTombstones(limit: Self.portion))
                    return (rows, tombstones)
                }
            }
            try write(.reserve) { [last, tombstones] writer in
                try writer.db.run("DELETE FROM pending_protection WHERE seq <= ?", last)
                try writer.confirmTombstones(tombstones)
                // What was kept before and is not known here has to be replayed first.
                if try writer.reader.protectionsApplied() >= before { try writer.setProtectionsApplied(now) }
            }
            forgotten += rows.filter { $0.body == nil }
        }
        return forgotten
    }
}

extension KeyStore {
    /// The number of the fact that was kept last.
    package func lastProtection() throws -> Int64 { try database.read { try $0.integer("SELECT last FROM protection_state")! } }

    /// Facts that were kept after `seq`, oldest first.
    package func protections(after seq: Int64) throws -> [ProtectionRow] {
        try database.read { db in
            try db.rows("SELECT kind, key, body FROM protection WHERE seq > ? ORDER BY seq", seq) { row in
                ProtectionRow(kind: row.text(0), key: row.text(1), body: row.bytes(2))
            }
        }
    }

    /// Every fact of a kind.
    package func protections(_ kind: String) throws -> [ProtectionRow] {
        try database.read { db in
            try db.rows("SELECT kind, key, body FROM protection WHERE kind = ? ORDER BY seq, key", kind) { row in
                ProtectionRow(kind: row.text(0), key: row.text(1), body: row.bytes(2))
            }
        }
    }

    /// A fact that is kept; nil when it is not, or not any more.
    package func protection(_ kind: String, _ key: String) throws -> ProtectionRow? {
        try database.lookUp { db in
            try db.rows("SELECT kind, key, body FROM protection WHERE kind = ? AND key = ?", kind, key) { row in
                ProtectionRow(kind: row.text(0), key: row.text(1), body: row.bytes(2))
            }.first
        }
    }

    /// Tombstones that were kept after `seq`.
    package func tombstones(after seq: Int64) throws -> [Tombstone] {
        try database.read { db in
            try db.rows("SELECT tag, erased_at, ends_at FROM tombstone WHERE seq > ?", seq) {
                Tombstone(tag: $0.identifier(0), erasedAt: $0.integer(1), endsAt: $0.integer(2))
            }
        }
    }

    /// Keeps facts and tombstones that were kept elsewhere, durably.
    package func keep(_ rows: [ProtectionRow], _ tombstones: [Tombstone]) throws { _ = try keep { (rows, tombstones) } }

    /// Keeps facts and tombstones, durably; returns the numbers of the last fact before and now.
    fileprivate func keep(_ read: () throws -> ([ProtectionRow], [Tombstone])) throws -> (before: Int64, now: Int64) {
        let kept = try database.write(.reserve) { db in
            let (rows, tombstones) = try read()
            let before = try db.integer("SELECT last FROM protection_state")!
            let now = before + 1
            for row in rows {
                try db.run("DELETE FROM protection WHERE kind = ? AND key = ?", row.kind, row.key)
                guard let body = row.body else { continue }
                try db.run("INSERT INTO protection (kind, key, seq, body) VALUES (?, ?, ?, ?)", row.kind, row.key, now, body)
            }
            for stone in tombstones {
                try db.run("DELETE FROM tombstone WHERE tag = ?", stone.tag)
                try db.run("INSERT INTO tombstone (tag, erased_at, ends_at, seq) VALUES (?, ?, ?, ?)", stone.tag, stone.erasedAt, stone.endsAt, now)
            }
            try db.run("UPDATE protection_state SET last = ?", now)
            return (before, now)
        }
        raise(to: KeyStoreProgress(protections: kept.1))
        return kept
    }

    /// Removes tombstones that have come to their end; returns how many.
    package func removeTombstones(endedBy now: Int64) throws -> Int { try database.write(.reserve) { try $0.change("DELETE FROM tombstone WHERE ends_at <= ?", now) } }
}
