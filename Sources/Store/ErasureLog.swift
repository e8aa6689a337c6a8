/// The log of erased subjects.
extension KeyStore {
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
}
