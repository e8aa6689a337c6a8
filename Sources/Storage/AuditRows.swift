import Foundation
import GRDB

/// The state of the audit log's tree after its last entry.
public struct AuditHead: Sendable, Equatable {
    public var size: Int64
    /// Roots of the complete subtrees, left to right, 32 bytes each.
    public var frontier: [UInt8]
    /// Time of the last entry, ms since 1970: the log's clock never runs backwards.
    public var lastTime: Int64
    /// The signed checkpoint of this size.
    public var checkpoint: String

    public init(size: Int64, frontier: [UInt8], lastTime: Int64, checkpoint: String) {
        (self.size, self.frontier, self.lastTime, self.checkpoint) = (size, frontier, lastTime, checkpoint)
    }
}

extension StoreReader {
    public func auditHead() throws -> AuditHead? {
        try Row.fetchOne(db, sql: "SELECT size, frontier, last_time, checkpoint FROM audit_head").map {
            AuditHead(size: $0[0], frontier: [UInt8]($0[1] as Data), lastTime: $0[2], checkpoint: $0[3])
        }
    }

    /// Calls `body` with each entry in order, from `first` on, until it returns false.
    public func forEachAuditEntry(from first: Int64 = 0, _ body: (Int64, [UInt8]) throws -> Bool) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT seq, entry FROM audit WHERE seq >= ? ORDER BY seq", arguments: [first])
        while let row = try rows.next() {
            guard try body(row[0], [UInt8](row[1] as Data)) else { return }
        }
    }

    /// The same from the end backwards.
    public func forEachAuditEntryBackwards(_ body: (Int64, [UInt8]) throws -> Bool) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT seq, entry FROM audit ORDER BY seq DESC")
        while let row = try rows.next() {
            guard try body(row[0], [UInt8](row[1] as Data)) else { return }
        }
    }
}

extension StoreWriter {
    public func appendAuditEntries(_ entries: [[UInt8]], from first: Int64, head: AuditHead) throws {
        let insert = try RowWriter(db, "INSERT INTO audit (seq, entry) VALUES (?, ?)")
        for (offset, entry) in entries.enumerated() {
            insert.bind(1, first + Int64(offset))
            insert.bind(2, entry)
            try insert.run()
        }
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO audit_head (one, size, frontier, last_time, checkpoint) VALUES (1, ?, ?, ?, ?)
                """,
            arguments: [head.size, Data(head.frontier), head.lastTime, head.checkpoint])
    }
}
