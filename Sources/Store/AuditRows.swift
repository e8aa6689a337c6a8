/// The state of the audit log's tree after its last entry.
package struct AuditHead: Sendable, Equatable {
    package var size: Int64
    /// Roots of the complete subtrees, left to right, 32 bytes each.
    package var frontier: [UInt8]
    /// Time of the last entry, ms since 1970: the log's clock never runs backwards.
    package var lastTime: Int64
    /// Number of the last entry whose action may have changed what queries show.
    package var changedBy: Int64
    /// The signed checkpoint of this size.
    package var checkpoint: String

    package init(size: Int64, frontier: [UInt8], lastTime: Int64, changedBy: Int64, checkpoint: String) {
        (self.size, self.frontier, self.lastTime) = (size, frontier, lastTime)
        (self.changedBy, self.checkpoint) = (changedBy, checkpoint)
    }
}

extension StoreReader {
    package func auditHead() throws -> AuditHead? {
        try db.first("SELECT size, frontier, last_time, changed_by, checkpoint FROM audit_head") { row in
            AuditHead(size: row.integer(0), frontier: row.bytes(1), lastTime: row.integer(2), changedBy: row.integer(3), checkpoint: row.text(4))
        }
    }

    /// An entry of the log as it is kept; nil if there is none of this number.
    package func auditEntry(_ sequence: Int64) throws -> [UInt8]? { try db.first("SELECT entry FROM audit WHERE seq = ?", sequence) { $0.bytes(0) } }

    /// Calls `body` with each entry in order, from `first` on, until it returns false.
    package func forEachAuditEntry(from first: Int64 = .min, _ body: (Int64, [UInt8]) throws -> Bool) throws {
        let query = try db.statement("SELECT seq, entry FROM audit WHERE seq >= ? ORDER BY seq")
        query.bind(1, first)
        try query.forEachRow(isLarge: true) { row in try body(row.integer(0), row.bytes(1)) }
    }

    /// Calls `body` with each entry from `first` up to `end`, in order; needs no transaction.
    package func forEachAuditEntry(from first: Int64, until end: Int64, _ body: (Int64, [UInt8]) throws -> Void) throws {
        let portion: Int64 = 1000
        for start in stride(from: first, to: end, by: Int(portion)) {
            let query = try db.statement("SELECT seq, entry FROM audit WHERE seq >= ? AND seq < ? ORDER BY seq")
            query.bind(1, start)
            query.bind(2, min(start + portion, end))
            try query.forEachRow(isLarge: false) { row in
                try body(row.integer(0), row.bytes(1))
                return true
            }
        }
    }

    /// The same from the end backwards.
    package func forEachAuditEntryBackwards(_ body: (Int64, [UInt8]) throws -> Bool) throws {
        let query = try db.statement("SELECT seq, entry FROM audit ORDER BY seq DESC")
        try query.forEachRow(isLarge: true) { row in try body(row.integer(0), row.bytes(1)) }
    }
}

/// What the audit log must account for.
package struct StoreCounts: Sendable, Equatable {
    package var records: Int64
    package var sealedBodies: Int64
    /// Customers who were not erased.
    package var customers: Int64
    /// Of those, customers whose key is gone.
    package var withoutKey: Int64
    package var erased: Int64
    package var onHold: Int64
    package var restricted: Int64
}

extension StoreReader {
    /// - Parameter now: holds that are in force then count.
    package func counts(at now: Int64) throws -> StoreCounts {
        let sql = """
            SELECT (SELECT COUNT(*) FROM record), (SELECT COUNT(*) FROM sealed),
                (SELECT COUNT(*) FROM subject WHERE erased_at IS NULL),
                (SELECT COUNT(*) FROM subject WHERE erased_at IS NOT NULL),
                (SELECT COUNT(DISTINCT h.subject) FROM hold h JOIN subject u ON u.id = h.subject WHERE \(HoldRow.inForce)),
                (SELECT COUNT(*) FROM subject WHERE restriction IS NOT NULL AND erased_at IS NULL)
            """
        var counts = try db.first(sql, now) { row in
            StoreCounts(
                records: row.integer(0), sealedBodies: row.integer(1), customers: row.integer(2), withoutKey: 0, erased: row.integer(3),
                onHold: row.integer(4), restricted: row.integer(5))
        }!
        counts.withoutKey = try db.customerKeys.customersWithoutKey(db)
        return counts
    }
}

extension StoreWriter {
    /// Adds entries; ``setAuditHead(_:)`` follows in the same transaction.
    package func appendAuditEntries(_ entries: [[UInt8]], from first: Int64) throws {
        if entries.isEmpty { return }
        let inserter = try db.inserter(into: "audit", [BulkColumn("seq", .integer), BulkColumn("entry", .bytes)], ignoringPresent: false)
        for (offset, entry) in entries.enumerated() {
            inserter.add(first + Int64(offset))
            inserter.add(entry[...])
            try inserter.endRow()
        }
        try inserter.finish()
    }

    /// Puts `removed` of it in the place of each entry from `first` up to `end`.
    package func removeAuditBodies(from first: Int64, until end: Int64, removed: ([UInt8]) -> [UInt8]) throws -> Int {
        try db.removeEntryBodies(from: first, until: end, removed: removed)
    }

    /// Sets the log's end and, beside it, the state as of now.
    package func setAuditHead(_ head: AuditHead) throws {
        let sql = """
            INSERT INTO audit_head (one, size, frontier, last_time, changed_by, checkpoint, state) VALUES (1, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (one) DO UPDATE SET size = excluded.size, frontier = excluded.frontier, last_time = excluded.last_time,
                changed_by = excluded.changed_by, checkpoint = excluded.checkpoint, state = excluded.state
            """
        try db.run(sql, head.size, head.frontier, head.lastTime, head.changedBy, head.checkpoint, sealedState(beside: head))
    }
}

extension StoreReader {
    /// Size and root of the checkpoint of another log that was witnessed last.
    package func witnessed(origin: String) throws -> (size: Int64, root: [UInt8])? {
        try requireUnaltered(.witnessed)
        return try db.first("SELECT size, root FROM witnessed WHERE origin = ?", origin) { ($0.integer(0), $0.bytes(1)) }
    }
}

extension StoreWriter {
    package func setWitnessed(origin: String, size: Int64, root: [UInt8], at now: Int64) throws {
        let sql = """
            INSERT INTO witnessed (origin, size, root, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, at = excluded.at
            """
        try changing(.witnessed, where: "origin = ?", origin) { try db.run(sql, origin, size, root, now) }
    }
}
