/// An improvement task; what it says is sealed.
package struct TaskRow: Sendable, Equatable {
    package var id: Int64
    package var state: String
    package var owner: String
    /// Milliseconds since 1970.
    package var dueAt: Int64
    package var body: [UInt8]

    /// - Parameter id: 0 for one that is not stored yet.
    package init(id: Int64 = 0, state: String, owner: String, dueAt: Int64, body: [UInt8]) {
        (self.id, self.state, self.owner, self.dueAt, self.body) = (id, state, owner, dueAt, body)
    }
}

extension StoreReader {
    /// All tasks, the newest first.
    package func tasks() throws -> [TaskRow] {
        try requireUnaltered(.task)
        return try db.rows("SELECT id, state, owner, due_at, body FROM task ORDER BY id DESC") { row in
            TaskRow(id: row.integer(0), state: row.text(1), owner: row.text(2), dueAt: row.integer(3), body: row.bytes(4))
        }
    }
}

extension StoreWriter {
    /// A number that no task had.
    package func newTaskNumber() throws -> Int64 {
        try adding(.task) { try db.integer("INSERT INTO task (state, owner, due_at, body) VALUES ('', '', 0, ?) RETURNING id", [UInt8]())! }
    }

    package func setTask(_ row: TaskRow) throws {
        try changing(.task, where: "id = ?", row.id) {
            try db.run("UPDATE task SET state = ?, owner = ?, due_at = ?, body = ? WHERE id = ?", row.state, row.owner, row.dueAt, row.body, row.id)
        }
    }
}
