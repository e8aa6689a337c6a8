import Foundation
import GRDB

/// A customer, as the store knows one.
public struct SubjectRow: Sendable {
    public var id: Int64
    /// Whether the company's own customer id is known.
    public var identified: Bool
    /// Ground of a legal hold, when one is set.
    public var hold: String?
    public var createdAt: Int64
    public var erasedAt: Int64?
}

extension StoreReader {
    public func subject(_ identifier: Int64) throws -> SubjectRow? {
        let sql = "SELECT id, identified, hold, created_at, erased_at FROM subject WHERE id = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [identifier]).map {
            SubjectRow(id: $0[0], identified: $0[1], hold: $0[2], createdAt: $0[3], erasedAt: $0[4])
        }
    }

    /// Subjects found by blind-index tags; prepared once for a batch.
    public func subjectFinder() throws -> SubjectFinder { try SubjectFinder(db: db) }

    /// All subjects that an index tag points to.
    public func subjects(field: Int, tag: UInt128) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT subject FROM blind_index WHERE field = ? AND tag = ? ORDER BY subject",
            arguments: [field, tag.data])
    }

    /// Which of `subjects` have no record left.
    public func subjectsWithoutRecords(among subjects: Set<Int64>) throws -> [Int64] {
        let exists = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE subject = ?)")
        return try subjects.sorted().filter { try Bool.fetchOne(exists, arguments: [$0]) == false }
    }

    /// Which of `subjects` have no record left whose compartment `bit` is still there.
    public func subjectsWithout(compartment bit: Int, among subjects: Set<Int64>) throws -> [Int64] {
        let exists = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM record WHERE subject = ? AND purged & ? = 0)")
        return try subjects.sorted().filter { try Bool.fetchOne(exists, arguments: [$0, bit]) == false }
    }

    /// Subjects whose rows are gone while their key is still to be destroyed.
    public func pendingKeyErasures() throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT subject FROM pending_key_erasure ORDER BY subject")
    }

    /// Up to where the key store's log of erasures has been carried out here.
    public func erasuresApplied() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT erasures_applied FROM vault")!
    }
}

/// Finds subjects by their tags, for the ingest path.
public struct SubjectFinder {
    private let byTag: RowWriter
    private let identified: RowWriter

    fileprivate init(db: Database) throws {
        byTag = try RowWriter(db, "SELECT subject FROM blind_index WHERE field = ? AND tag = ? ORDER BY subject LIMIT 1")
        identified = try RowWriter(db, "SELECT identified FROM subject WHERE id = ?")
    }

    /// The first subject with `tag` in `field`.
    public func subject(field: Int, tag: UInt128) throws -> Int64? {
        byTag.bind(1, Int64(field))
        byTag.bind(2, tag)
        return try byTag.fetchInteger()
    }

    public func isIdentified(_ subject: Int64) throws -> Bool {
        identified.bind(1, subject)
        return try identified.fetchInteger() == 1
    }
}

/// Writes subjects and their index entries; prepared once for a batch.
public struct SubjectInserter {
    private let subject: RowWriter
    private let index: RowWriter
    private let identify: RowWriter

    fileprivate init(db: Database) throws {
        subject = try RowWriter(db, "INSERT INTO subject (id, identified, created_at) VALUES (?, ?, ?)")
        index = try RowWriter(db, "INSERT OR IGNORE INTO blind_index (field, tag, subject) VALUES (?, ?, ?)")
        identify = try RowWriter(db, "UPDATE subject SET identified = 1 WHERE id = ?")
    }

    public func insert(_ identifier: Int64, identified: Bool, at now: Int64) throws {
        subject.bind(1, identifier)
        subject.bind(2, identified ? 1 : 0 as Int64)
        subject.bind(3, now)
        try subject.run()
    }

    public func addIndex(field: Int, tag: UInt128, subject: Int64) throws {
        index.bind(1, Int64(field))
        index.bind(2, tag)
        index.bind(3, subject)
        try index.run()
    }

    public func markIdentified(_ identifier: Int64) throws {
        identify.bind(1, identifier)
        try identify.run()
    }
}

extension StoreWriter {
    public func subjectInserter() throws -> SubjectInserter { try SubjectInserter(db: db) }

    /// The number that stands for an indexed field, given out on first use.
    public func indexedField(_ name: String) throws -> Int {
        try db.execute(sql: "INSERT OR IGNORE INTO indexed_field (name) VALUES (?)", arguments: [name])
        return try Int.fetchOne(db, sql: "SELECT id FROM indexed_field WHERE name = ?", arguments: [name])!
    }

    /// Sets or lifts a legal hold.
    public func setHold(_ ground: String?, on subject: Int64) throws {
        try db.execute(sql: "UPDATE subject SET hold = ? WHERE id = ?", arguments: [ground, subject])
    }

    /// Deletes everything of these subjects but the note that they were erased, and marks their
    /// keys for destruction. Returns the number of records deleted.
    public func eraseSubjects(_ subjects: [Int64], at now: Int64) throws -> Int {
        guard !subjects.isEmpty else { return 0 }
        var deleted = 0
        for subject in subjects {
            let records = try Int64.fetchAll(db, sql: "SELECT id FROM record WHERE subject = ?", arguments: [subject])
            deleted += try deleteRecords(records)
            try db.execute(
                sql: "UPDATE subject SET erased_at = ?, hold = NULL WHERE id = ?", arguments: [now, subject])
            try db.execute(
                sql: "INSERT OR IGNORE INTO pending_key_erasure (subject) VALUES (?)", arguments: [subject])
        }
        try removeIndexEntries(of: subjects)
        return deleted
    }

    /// Removes every index entry of these subjects.
    ///
    /// One scan of the index for all of them: entries are ordered by tag, and a second index by
    /// subject would cost every ingest to speed up the rare erasure.
    public func removeIndexEntries(of subjects: [Int64]) throws {
        guard !subjects.isEmpty else { return }
        try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS leaving (subject INTEGER PRIMARY KEY)")
        let insert = try RowWriter(db, "INSERT OR IGNORE INTO temp.leaving (subject) VALUES (?)")
        for subject in subjects {
            insert.bind(1, subject)
            try insert.run()
        }
        try db.execute(sql: "DELETE FROM blind_index WHERE subject IN (SELECT subject FROM temp.leaving)")
        try db.execute(sql: "DELETE FROM temp.leaving")
    }

    /// Notes that these subjects' keys are destroyed.
    public func confirmKeyErasure(_ subjects: [Int64], upTo sequence: Int64) throws {
        for subject in subjects {
            try db.execute(sql: "DELETE FROM pending_key_erasure WHERE subject = ?", arguments: [subject])
        }
        try db.execute(sql: "UPDATE vault SET erasures_applied = MAX(erasures_applied, ?)", arguments: [sequence])
    }
}

extension StoreReader {
    /// Numbers of the indexed fields by name.
    public func indexedFields() throws -> [String: Int] {
        let rows = try Row.fetchAll(db, sql: "SELECT name, id FROM indexed_field")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
}
