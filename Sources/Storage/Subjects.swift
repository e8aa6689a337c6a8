import Foundation
import GRDB

/// A customer, as the store knows one.
public struct SubjectRow: Sendable {
    public var id: Int64
    /// Whether the company's own customer id is known.
    public var identified: Bool
    /// Ground of a legal hold, when one is set.
    public var hold: String?
    /// Ground on which processing is restricted, when it is.
    public var restriction: String?
    public var createdAt: Int64
    public var erasedAt: Int64?
}

/// An entry of the blind index: a field's number and the tag of a value.
public struct IndexEntry: Sendable, Hashable {
    public var field: Int
    public var tag: UInt128

    public init(field: Int, tag: UInt128) {
        (self.field, self.tag) = (field, tag)
    }

    static let width = 18

    /// `field (2) ‖ tag (16)`, big endian.
    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: field >> 8))
        bytes.append(UInt8(truncatingIfNeeded: field))
        withUnsafeBytes(of: tag.bigEndian) { bytes.append(contentsOf: $0) }
    }

    static func list(_ bytes: [UInt8]) -> [IndexEntry] {
        stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
            IndexEntry(
                field: Int(bytes[start]) << 8 | Int(bytes[start + 1]),
                tag: bytes[start + 2..<start + width].reduce(0) { $0 << 8 | UInt128($1) })
        }
    }
}

extension StoreReader {
    public func subject(_ identifier: Int64) throws -> SubjectRow? {
        let sql = "SELECT id, identified, hold, restriction, created_at, erased_at FROM subject WHERE id = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [identifier]).map {
            SubjectRow(id: $0[0], identified: $0[1], hold: $0[2], restriction: $0[3], createdAt: $0[4], erasedAt: $0[5])
        }
    }

    /// Subjects found by blind-index tags; prepared once for a batch.
    public func subjectFinder() throws -> SubjectFinder { try SubjectFinder(db: db) }

    /// All subjects that an index tag points to.
    public func subjects(field: Int, tag: UInt128) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT DISTINCT subject FROM blind_index WHERE field = ? AND tag = ? ORDER BY subject",
            arguments: [field, tag.data])
    }

    /// Which of `subjects` have no record left.
    public func subjectsWithoutRecords(among subjects: Set<Int64>) throws -> [Int64] {
        let exists = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM subject_record WHERE subject = ?)")
        return try subjects.sorted().filter { try Bool.fetchOne(exists, arguments: [$0]) == false }
    }

    /// Which of `subjects` have no record left whose compartment `bit` is still there.
    public func subjectsWithout(compartment bit: Int, among subjects: Set<Int64>) throws -> [Int64] {
        let exists = try db.cachedStatement(
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM subject_record i JOIN record r ON r.id = i.record
                    WHERE i.subject = ? AND r.purged & ? = 0)
                """)
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
    private let byTag: [RowWriter]
    private let known: RowWriter

    fileprivate init(db: Database) throws {
        // Each table by itself: over the view SQLite would sort for every tag.
        byTag = try LookupIndex.tags.finders(db, "subject", where: "tag = ? AND field = ?", order: "subject LIMIT 1")
        known = try RowWriter(db, "SELECT identified, entries, restriction IS NOT NULL FROM subject WHERE id = ?")
    }

    /// The first subject with this entry.
    public func subject(_ entry: IndexEntry) throws -> Int64? {
        var first: Int64?
        for table in byTag {
            table.bind(1, entry.tag)
            table.bind(2, Int64(entry.field))
            if let subject = try table.fetchInteger() { first = min(first ?? subject, subject) }
        }
        return first
    }

    /// Whether a subject has a customer id of the company's own, its entries in the index, and
    /// whether its processing is restricted.
    public func known(_ subject: Int64) throws -> (identified: Bool, entries: [IndexEntry], restricted: Bool) {
        known.bind(1, subject)
        var result: (Bool, [IndexEntry], Bool) = (false, [], false)
        try known.forEachRow { row in
            result = (row.integer(0) == 1, IndexEntry.list(row.bytes(1)), row.integer(2) == 1)
            return false
        }
        return result
    }
}

/// Writes subjects and their index entries; prepared once for a batch.
public struct SubjectInserter {
    private let subject: RowWriter
    private let index: RowWriter
    private let extend: RowWriter
    private let identify: RowWriter

    fileprivate init(db: Database) throws {
        subject = try RowWriter(db, "INSERT INTO subject (id, identified, created_at, entries) VALUES (?, ?, ?, ?)")
        index = try LookupIndex.tags.inserter(db)
        extend = try RowWriter(db, "UPDATE subject SET entries = CAST(entries || ? AS BLOB) WHERE id = ?")
        identify = try RowWriter(db, "UPDATE subject SET identified = 1 WHERE id = ?")
    }

    /// - Parameter entries: added with ``addToIndex(_:of:)`` as well.
    public func insert(_ identifier: Int64, identified: Bool, entries: [IndexEntry], at now: Int64) throws {
        subject.bind(1, identifier)
        subject.bind(2, identified ? 1 : 0 as Int64)
        subject.bind(3, now)
        subject.bind(4, Self.bytes(entries))
        try subject.run()
    }

    /// Notes further entries of a subject that is there; they are to be added to the index as well.
    public func extend(_ identifier: Int64, by entries: [IndexEntry]) throws {
        extend.bind(1, Self.bytes(entries))
        extend.bind(2, identifier)
        try extend.run()
    }

    public func addToIndex(_ entry: IndexEntry, of subject: Int64) throws {
        index.bind(1, entry.tag)
        index.bind(2, Int64(entry.field))
        index.bind(3, subject)
        try index.run()
    }

    private static func bytes(_ entries: [IndexEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * IndexEntry.width)
        for entry in entries { entry.append(to: &bytes) }
        return bytes
    }

    public func markIdentified(_ identifier: Int64) throws {
        identify.bind(1, identifier)
        try identify.run()
    }
}

extension StoreWriter {
    public func subjectInserter() throws -> SubjectInserter { try SubjectInserter(db: db) }

    /// Sets or lifts a legal hold.
    public func setHold(_ ground: String?, on subject: Int64) throws {
        try db.execute(sql: "UPDATE subject SET hold = ? WHERE id = ?", arguments: [ground, subject])
    }

    /// Restricts or frees the processing of a subject's records; returns how many there are.
    public func setRestriction(_ ground: String?, on subject: Int64) throws -> Int {
        try db.execute(sql: "UPDATE subject SET restriction = ? WHERE id = ?", arguments: [ground, subject])
        try db.execute(
            sql: "UPDATE record SET restricted = ? WHERE id IN (SELECT record FROM subject_record WHERE subject = ?)",
            arguments: [ground != nil, subject])
        return db.changesCount
    }

    /// Deletes everything of these subjects but the note that they were erased, and marks their
    /// keys for destruction. Returns the number of records deleted.
    public func eraseSubjects(_ subjects: [Int64], at now: Int64) throws -> Int {
        guard !subjects.isEmpty else { return 0 }
        var deleted = 0
        for subject in subjects {
            let records = try Int64.fetchAll(db, sql: "SELECT record FROM subject_record WHERE subject = ?", arguments: [subject])
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
    public func removeIndexEntries(of subjects: [Int64]) throws {
        guard !subjects.isEmpty else { return }
        let finder = try reader.subjectFinder()
        for subject in subjects { try removeFromIndex(try finder.known(subject).entries, of: subject) }
        let forget = try RowWriter(db, "UPDATE subject SET entries = x'' WHERE id = ?")
        for subject in subjects {
            forget.bind(1, subject)
            try forget.run()
        }
    }

    /// Makes `tags` a subject's only index entries of a field.
    public func setIndexEntries(of subject: Int64, field: Int, tags: [UInt128]) throws {
        let present = try reader.subjectFinder().known(subject).entries
        let wanted = tags.map { IndexEntry(field: field, tag: $0) }
        try removeFromIndex(present.filter { $0.field == field && !wanted.contains($0) }, of: subject)
        let inserter = try subjectInserter()
        for entry in wanted where !present.contains(entry) { try inserter.addToIndex(entry, of: subject) }
        try db.execute(sql: "UPDATE subject SET entries = x'' WHERE id = ?", arguments: [subject])
        try inserter.extend(subject, by: present.filter { $0.field != field } + wanted)
    }

    func removeFromIndex(_ entries: [IndexEntry], of subject: Int64) throws {
        let deleters = try LookupIndex.tags.deleters(db, where: "tag = ? AND field = ? AND subject = ?")
        for entry in entries {
            for table in deleters {
                table.bind(1, entry.tag)
                table.bind(2, Int64(entry.field))
                table.bind(3, subject)
                try table.run()
            }
        }
    }

    /// Notes that these subjects' keys are destroyed.
    public func confirmKeyErasure(_ subjects: [Int64], upTo sequence: Int64) throws {
        for subject in subjects {
            try db.execute(sql: "DELETE FROM pending_key_erasure WHERE subject = ?", arguments: [subject])
        }
        try db.execute(sql: "UPDATE vault SET erasures_applied = MAX(erasures_applied, ?)", arguments: [sequence])
    }
}
