// Which records have changed, so that whoever follows the vault need not read everything again.
//
// A record has one row, of its last change; `seq` grows with every change. The row of record 0 says that somebody follows, and up to which `seq`
// changes were forgotten: without it, none is noted.

/// How far changes go.
package struct ChangeRange: Sendable, Equatable {
    /// Those up to here are no longer known.
    package var forgotten: Int64
    package var last: Int64
}

extension StoreReader {
    /// nil: nobody follows.
    package func changeRange() throws -> ChangeRange? {
        guard let forgotten = try db.integer("SELECT seq FROM changed WHERE record = 0") else { return nil }
        return ChangeRange(forgotten: forgotten, last: try db.integer("SELECT MAX(seq) FROM changed") ?? forgotten)
    }

    /// Records up to a number that changed last behind one change, and no later than another.
    package func changes(after first: Int64, through last: Int64, upTo record: Int64) throws -> [Int64] {
        try db.rows("SELECT record FROM changed WHERE seq > ? AND seq <= ? AND record > 0 AND record <= ?", first, last, record) { $0.integer(0) }
    }

    /// Numbers of records behind one, and no later than another.
    package func records(after first: Int64, through last: Int64) throws -> [Int64] {
        try db.rows("SELECT id FROM record WHERE id > ? AND id <= ?", first, last) { $0.integer(0) }
    }
}

extension StoreWriter {
    /// Has changes noted from now on; safe to repeat.
    package func followChanges() throws {
        guard try reader.changeRange() == nil else { return }
        try changing(.changed, where: "record = 0") { try db.run("INSERT INTO changed (record, seq, at) VALUES (0, 0, 0)") }
    }

    /// Notes that records have changed, are gone, or may be used by others than before.
    func noteChanges(of records: [Int64]) throws {
        guard !records.isEmpty, var seq = try reader.changeRange()?.last else { return }
        let now = group.watch.now()
        for record in records {
            seq += 1
            try changing(.changed, where: "record = ?", record) {
                try db.run(
                    "INSERT INTO changed (record, seq, at) VALUES (?, ?, ?) ON CONFLICT (record) DO UPDATE SET seq = excluded.seq, at = excluded.at", record, seq, now)
            }
        }
    }

    /// The same of all records of these customers.
    func noteChanges(ofRecordsOf subjects: some Sequence<Int64>) throws {
        guard try reader.changeRange() != nil else { return }
        for subject in subjects { try noteChanges(of: reader.records(of: subject)) }
    }

    /// Notes that changes before a time are forgotten, which are about to be removed.
    func forgetChanges(before time: Int64) throws {
        guard let last = try db.integer("SELECT MAX(seq) FROM changed WHERE record > 0 AND at < ?", time) else { return }
        try changing(.changed, where: "record = 0") { try db.run("UPDATE changed SET seq = ? WHERE record = 0 AND seq < ?", last, last) }
    }
}
