import Foundation
import GRDB

/// An improvement task; what it says is sealed.
public struct TaskRow: Sendable, Equatable {
    public var id: Int64
    public var state: String
    public var owner: String
    /// Milliseconds since 1970.
    public var dueAt: Int64
    public var body: [UInt8]

    /// - Parameter id: 0 for one that is not stored yet.
    public init(id: Int64 = 0, state: String, owner: String, dueAt: Int64, body: [UInt8]) {
        (self.id, self.state, self.owner, self.dueAt, self.body) = (id, state, owner, dueAt, body)
    }
}

extension StoreReader {
    /// All tasks, the newest first.
    public func tasks() throws -> [TaskRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM task ORDER BY id DESC").map { row in
            TaskRow(id: row["id"], state: row["state"], owner: row["owner"], dueAt: row["due_at"], body: [UInt8](row["body"] as Data))
        }
    }
}

extension StoreWriter {
    /// A number that no task had.
    public func newTaskNumber() throws -> Int64 {
        try db.execute(sql: "INSERT INTO task (state, owner, due_at, body) VALUES ('', '', 0, x'')")
        return db.lastInsertedRowID
    }

    public func setTask(_ row: TaskRow) throws {
        try db.execute(
            sql: "UPDATE task SET state = ?, owner = ?, due_at = ?, body = ? WHERE id = ?",
            arguments: [row.state, row.owner, row.dueAt, Data(row.body), row.id])
    }
}
