/// A field of the blind index under one key.
package struct IndexedField: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Not all customers are in it yet; nobody looks there.
        case building
        case current
        /// Another has taken its place.
        case former
    }

    /// What stands for it in index entries.
    package var number: Int
    package var name: String
    /// Of its key.
    package var version: Int
    package var state: State
    /// The last customer whose entries are in it, while it is built.
    package var built: Int64
    /// The last record that was there when building began, or caught up last.
    package var records: Int64
    /// The form of the handles in it; the first, where nothing says otherwise.
    package var form = 1
}

extension StoreReader {
    package func indexedFields(_ state: IndexedField.State? = nil) throws -> [IndexedField] {
        let forms = try checked(.indexForm, read: { ($0.int(0), $0.int(1)) }, collect: { Dictionary($0) { $1 } })
        var all = try checked(.indexedField) { row in
            IndexedField(
                number: row.int(0), name: row.text(1), version: row.int(2), state: IndexedField.State(rawValue: row.text(3)) ?? .former,
                built: row.integer(4), records: row.integer(5))
        } collect: {
            $0
        }
        for index in all.indices { all[index].form = forms[all[index].number] ?? 1 }
        return all.filter { state == nil || $0.state == state }
    }

    /// The number that was given to a record last.
    package func lastRecord() throws -> Int64 {
        try requireUnaltered(.vault)
        return try db.integer("SELECT last_record FROM vault")!
    }

    package func lastSubject() throws -> Int64 { try db.integer("SELECT MAX(id) FROM subject") ?? 0 }

    /// Customers behind `subject` who were not erased, in order.
    package func subjects(after subject: Int64, limit: Int) throws -> [Int64] {
        try db.rows("SELECT id FROM subject WHERE id > ? AND erased_at IS NULL ORDER BY id LIMIT ?", subject, limit) { $0.integer(0) }
    }

    /// Customers of up to `limit` records behind `record`, and the last of these.
    package func subjects(ofRecordsAfter record: Int64, limit: Int) throws -> (subjects: [Int64], last: Int64) {
        let rows = try db.rows("SELECT id, subject FROM record WHERE id > ? ORDER BY id LIMIT ?", record, limit) { ($0.integer(0), $0.integer(1)) }
        return (Set(rows.map(\.1)).sorted(), try rows.last?.0 ?? lastRecord())
    }
}

extension StoreWriter {
    /// Adds a field to the blind index.
    ///
    /// - Parameter form: of the handles in it.
    package func addIndexedField(_ name: String, version: Int, _ state: IndexedField.State, form: Int) throws {
        guard try db.integer("SELECT 1 FROM indexed_field WHERE name = ? AND version = ?", name, version) == nil else { return }
        try changing(.indexedField, where: "name = ? AND version = ?", name, version) {
            try db.run(
                "INSERT INTO indexed_field (name, version, state, records) VALUES (?, ?, ?, ?)", name, version, state.rawValue, try reader.lastRecord())
        }
        guard form > 1, let number = try db.integer("SELECT id FROM indexed_field WHERE name = ? AND version = ?", name, version) else { return }
        try changing(.indexForm, where: "field = ?", number) { try db.run("INSERT INTO index_form (field, form) VALUES (?, ?)", number, form) }
    }

    /// Notes how far the indexes that are being built have come.
    package func noteIndexing(built subject: Int64? = nil, records: Int64? = nil) throws {
        try changingFields {
            try db.run("UPDATE indexed_field SET built = COALESCE(?, built), records = COALESCE(?, records) WHERE state = 'building'", subject, records)
        }
    }

    /// Puts the indexes that were built in the place of the current ones.
    package func switchIndexes() throws {
        let replaced = "state = 'current' AND name IN (SELECT name FROM indexed_field WHERE state = 'building')"
        try changingFields {
            try db.run("UPDATE indexed_field SET state = 'former' WHERE \(replaced)")
            try db.run("UPDATE indexed_field SET state = 'current' WHERE state = 'building'")
        }
    }

    /// Takes the entries of former indexes from up to `limit` customers behind `subject`.
    ///
    /// - Returns: the last of them; nil when none was left.
    package func removeFormerEntries(after subject: Int64, limit: Int) throws -> Int64? {
        let former = Set(try reader.indexedFields(.former).map(\.number))
        let subjects = try reader.subjects(after: subject, limit: limit)
        let known = try reader.knownSubjects(subjects)
        for subject in subjects {
            let entries = known[subject]?.entries ?? []
            let gone = entries.filter { former.contains($0.indexedField) }
            guard !gone.isEmpty else { continue }
            try removeFromIndex(gone, of: subject)
            try setEntries(entries.filter { !former.contains($0.indexedField) }, of: subject)
        }
        return subjects.last
    }

    package func forgetFormerFields() throws {
        try changing(.indexForm, where: "TRUE") {
            try db.run("DELETE FROM index_form WHERE field IN (SELECT id FROM indexed_field WHERE state = 'former')")
        }
        try changingFields { try db.run("DELETE FROM indexed_field WHERE state = 'former'") }
    }

    private func changingFields(by change: () throws -> Void) throws { try changing(.indexedField, where: "TRUE", by: change) }
}
