import Foundation
import GRDB

/// The state of the audit log's tree after its last entry.
public struct AuditHead: Sendable, Equatable {
    public var size: Int64
    /// Roots of the complete subtrees, left to right, 32 bytes each.
    public var frontier: [UInt8]
    /// Time of the last entry, ms since 1970: the log's clock never runs backwards.
    public var lastTime: Int64
    /// Number of the last entry whose action may have changed what queries show.
    public var changedBy: Int64
    /// The signed checkpoint of this size.
    public var checkpoint: String

    public init(size: Int64, frontier: [UInt8], lastTime: Int64, changedBy: Int64, checkpoint: String) {
        (self.size, self.frontier, self.lastTime) = (size, frontier, lastTime)
        (self.changedBy, self.checkpoint) = (changedBy, checkpoint)
    }
}

extension StoreReader {
    public func auditHead() throws -> AuditHead? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT size, frontier, last_time, changed_by, checkpoint FROM audit_head")).map {
            AuditHead(size: $0[0], frontier: [UInt8]($0[1] as Data), lastTime: $0[2], changedBy: $0[3], checkpoint: $0[4])
        }
    }

    /// Calls `body` with each entry in order, from `first` on, until it returns false.
    public func forEachAuditEntry(from first: Int64 = .min, _ body: (Int64, [UInt8]) throws -> Bool) throws {
        let query = try RowWriter(db, "SELECT seq, entry FROM audit WHERE seq >= ? ORDER BY seq")
        query.bind(1, first)
        try query.forEachRow { row in try body(row.integer(0), row.bytes(1)) }
    }

    /// The same from the end backwards.
    public func forEachAuditEntryBackwards(_ body: (Int64, [UInt8]) throws -> Bool) throws {
        let query = try RowWriter(db, "SELECT seq, entry FROM audit ORDER BY seq DESC")
        try query.forEachRow { row in try body(row.integer(0), row.bytes(1)) }
    }
}

/// What the audit log must account for.
public struct StoreCounts: Sendable, Equatable {
    public var records: Int64
    public var sealedBodies: Int64
    /// Customers who were not erased.
    public var customers: Int64
    /// Of those, customers whose key is gone.
    public var withoutKey: Int64
    public var erased: Int64
    public var onHold: Int64
    public var restricted: Int64
}

extension StoreReader {
    public func counts() throws -> StoreCounts {
        let row = try Row.fetchOne(
            db, sql: """
                SELECT (SELECT COUNT(*) FROM record), (SELECT COUNT(*) FROM sealed),
                    (SELECT COUNT(*) FROM subject WHERE erased_at IS NULL),
                    (SELECT COUNT(*) FROM subject WHERE erased_at IS NULL AND id NOT IN (SELECT subject FROM keystore.subject_key)),
                    (SELECT COUNT(*) FROM subject WHERE erased_at IS NOT NULL),
                    (SELECT COUNT(*) FROM subject WHERE hold IS NOT NULL),
                    (SELECT COUNT(*) FROM subject WHERE restriction IS NOT NULL AND erased_at IS NULL)
                """)!
        return StoreCounts(records: row[0], sealedBodies: row[1], customers: row[2], withoutKey: row[3], erased: row[4], onHold: row[5], restricted: row[6])
    }
}

extension StoreWriter {
    /// Adds entries; ``setAuditHead(_:)`` follows in the same transaction.
    public func appendAuditEntries(_ entries: [[UInt8]], from first: Int64) throws {
        let insert = try RowWriter(db, "INSERT INTO audit (seq, entry) VALUES (?, ?)")
        for (offset, entry) in entries.enumerated() {
            insert.bind(1, first + Int64(offset))
            insert.bind(2, entry)
            try insert.run()
        }
    }

    public func setAuditHead(_ head: AuditHead) throws {
        let replace = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO audit_head (one, size, frontier, last_time, changed_by, checkpoint) VALUES (1, ?, ?, ?, ?, ?)")
        try replace.execute(arguments: [head.size, Data(head.frontier), head.lastTime, head.changedBy, head.checkpoint])
    }
}

extension StoreReader {
    /// Size and root of the checkpoint of another log that was witnessed last.
    public func witnessed(origin: String) throws -> (size: Int64, root: [UInt8])? {
        try Row.fetchOne(db, sql: "SELECT size, root FROM witnessed WHERE origin = ?", arguments: [origin])
            .map { ($0[0], [UInt8]($0[1] as Data)) }
    }
}

extension StoreWriter {
    public func setWitnessed(origin: String, size: Int64, root: [UInt8], at now: Int64) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO witnessed (origin, size, root, at) VALUES (?, ?, ?, ?)",
            arguments: [origin, size, Data(root), now])
    }
}
