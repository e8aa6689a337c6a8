/// What somebody else has to do for a customer's request: another system, or whoever checks the identity.
package struct CaseTaskRow: Sendable, Equatable {
    /// 0 for one that is not stored yet.
    package var id: Int64
    /// Number of the case.
    package var request: Int64
    package var subject: Int64
    /// Who has to do it, such as `crm`.
    package var system: String
    /// open, done, refused
    package var state: String
    /// Milliseconds since 1970, as all times here.
    package var askedAt: Int64
    package var answeredAt: Int64?
    /// What is to be done, then the answer.
    package var note: SealedNote

    package init(
        id: Int64 = 0, request: Int64, subject: Int64, system: String, state: String = "open", askedAt: Int64, answeredAt: Int64? = nil, note: SealedNote
    ) {
        (self.id, self.request, self.subject, self.system, self.state) = (id, request, subject, system, state)
        (self.askedAt, self.answeredAt, self.note) = (askedAt, answeredAt, note)
    }

    fileprivate static let columns = "id, request, subject, system, state, asked_at, answered_at, note"

    fileprivate init(_ row: any Row) {
        self.init(
            id: row.integer(0), request: row.integer(1), subject: row.integer(2), system: row.text(3), state: row.text(4), askedAt: row.integer(5),
            answeredAt: row.optionalInteger(6), note: SealedNote(row.text(7)))
    }
}

extension StoreReader {
    /// What all cases need, oldest first.
    package func caseTasks() throws -> [CaseTaskRow] {
        try requireUnaltered(.caseTask)
        return try db.rows("SELECT \(CaseTaskRow.columns) FROM case_task ORDER BY id", read: CaseTaskRow.init)
    }
}

extension StoreWriter {
    /// Returns the task's number.
    package func addCaseTask(_ row: CaseTaskRow) throws -> Int64 {
        try adding(.caseTask) {
            try db.integer(
                "INSERT INTO case_task (request, subject, system, state, asked_at, note) VALUES (?, ?, ?, ?, ?, ?) RETURNING id", row.request, row.subject, row.system,
                row.state, row.askedAt, row.note.text)!
        }
    }

    package func answerCaseTask(_ id: Int64, state: String, note: SealedNote, at now: Int64) throws {
        try changing(.caseTask, where: "id = ?", id) {
            try db.run("UPDATE case_task SET state = ?, note = ?, answered_at = ? WHERE id = ?", state, note.text, now, id)
        }
    }

    package func setNote(_ note: SealedNote, ofCaseTask id: Int64) throws {
        try changing(.caseTask, where: "id = ?", id) { try db.run("UPDATE case_task SET note = ? WHERE id = ?", note.text, id) }
    }

    /// What cases needed goes with them.
    func deleteCaseTasks(ofCases condition: String, _ values: [any Bindable]) throws {
        try reader.requireUnaltered(.caseTask)
        let isTheirs = "request IN (SELECT id FROM subject_case WHERE \(condition))"
        try changing(.caseTask, where: isTheirs, values) {
            let statement = try db.statement("DELETE FROM case_task WHERE \(isTheirs)")
            statement.bind(values)
            try statement.run()
        }
    }
}
