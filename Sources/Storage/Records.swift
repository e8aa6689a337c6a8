import Foundation
import GRDB

/// A record ready to be stored: everything customers said or are is sealed in `body`.
public struct NewRecord: Sendable {
    public var uid: UInt128
    public var subject: Int64
    public var source: String
    public var channel: String
    public var occurredAt: Int64
    public var receivedAt: Int64
    public var redactionVersion: Int
    /// Whether processing of its subject is restricted.
    public var restricted = false
    /// Of the customer's key that seals it.
    public var keyVersion = 1
    /// Values of the columns given to ``StoreWriter/recordInserter(columns:)``, in their order.
    public var attributes: [StoredValue]
    /// The sealed compartments.
    public var body: ArraySlice<UInt8>

    public init(
        uid: UInt128, subject: Int64, source: String, channel: String, occurredAt: Int64, receivedAt: Int64,
        redactionVersion: Int, attributes: [StoredValue], body: ArraySlice<UInt8>
    ) {
        (self.uid, self.subject, self.source, self.channel) = (uid, subject, source, channel)
        (self.occurredAt, self.receivedAt) = (occurredAt, receivedAt)
        (self.redactionVersion, self.attributes, self.body) = (redactionVersion, attributes, body)
    }
}

/// A sealed record with the key that opens it.
public struct SealedRecord: Sendable {
    public var id: Int64
    public var uid: UInt128
    public var subject: Int64
    public var occurredAt: Int64
    public var purged: Int
    public var body: [UInt8]
    /// Nil when the subject's key was erased.
    public var key: WrappedKey?
}

/// Inserts records; prepared once for a batch.
public struct RecordInserter {
    private let record: RowWriter
    private let sealed: RowWriter
    private let uid: RowWriter
    private let subject: RowWriter
    private let db: Database

    fileprivate init(db: Database, columns: [PlainColumn]) throws {
        self.db = db
        let names = columns.map { ", \"\($0.name)\"" }.joined()
        let marks = String(repeating: ", ?", count: columns.count)
        record = try RowWriter(
            db, """
                INSERT INTO record (uid, subject, source, channel, occurred_at, received_at, redaction_version, restricted, key_version\(names))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?\(marks))
                """)
        sealed = try RowWriter(db, "INSERT INTO sealed (record, body) VALUES (?, ?)")
        uid = try LookupIndex.records.inserter(db)
        subject = try LookupIndex.subjects.inserter(db)
    }

    /// - Returns: the record's number.
    @discardableResult
    public func insert(_ new: NewRecord) throws -> Int64 {
        record.bind(1, new.uid)
        record.bind(2, new.subject)
        record.bind(3, new.source)
        record.bind(4, new.channel)
        record.bind(5, new.occurredAt)
        record.bind(6, new.receivedAt)
        record.bind(7, Int64(new.redactionVersion))
        record.bind(8, new.restricted ? 1 : 0 as Int64)
        record.bind(9, Int64(new.keyVersion))
        for (index, value) in new.attributes.enumerated() { record.bind(Int32(10 + index), value) }
        try record.run()
        let identifier = db.lastInsertedRowID
        sealed.bind(1, identifier)
        sealed.bind(2, new.body)
        try sealed.run()
        uid.bind(1, new.uid)
        try uid.run()
        subject.bind(1, new.subject)
        subject.bind(2, identifier)
        try subject.run()
        return identifier
    }
}

extension StoreWriter {
    public func recordInserter(columns: [PlainColumn]) throws -> RecordInserter {
        try RecordInserter(db: db, columns: columns)
    }

    /// Adds the columns that `record` lacks.
    public func ensureColumns(_ columns: [PlainColumn]) throws {
        let present = Set(try db.columns(in: "record").map(\.name))
        for column in columns where !present.contains(column.name) {
            try db.execute(sql: "ALTER TABLE record ADD COLUMN \"\(column.name)\" \(column.kind.rawValue)")
        }
    }

    /// Replaces a record's sealed body, notes which compartments are gone from it, and sets plain columns.
    public func replaceBody(
        of record: Int64, with body: [UInt8], purged: Int, setting columns: [(name: String, value: StoredValue)]
    ) throws {
        try db.execute(sql: "UPDATE sealed SET body = ? WHERE record = ?", arguments: [Data(body), record])
        let assignments = columns.map { ", \"\($0.name)\" = ?" }.joined()
        let values = [purged.databaseValue] + columns.map(\.value.databaseValue) + [record.databaseValue]
        try db.execute(sql: "UPDATE record SET purged = ?\(assignments) WHERE id = ?", arguments: StatementArguments(values))
    }

    /// Replaces a record's sealed body after its text was redacted anew.
    public func replaceBody(of record: Int64, with body: [UInt8], redactionVersion: Int) throws {
        try db.execute(sql: "UPDATE sealed SET body = ? WHERE record = ?", arguments: [Data(body), record])
        try db.execute(sql: "UPDATE record SET redaction_version = ? WHERE id = ?", arguments: [redactionVersion, record])
    }

    /// Replaces a record's sealed body after it was sealed under another key of its customer.
    public func replaceBody(of record: Int64, with body: [UInt8], keyVersion: Int) throws {
        try db.execute(sql: "UPDATE sealed SET body = ? WHERE record = ?", arguments: [Data(body), record])
        try db.execute(sql: "UPDATE record SET key_version = ? WHERE id = ?", arguments: [keyVersion, record])
    }

    /// Call once after records were added, with the numbers of the first and the last: keeps the indexes fast.
    public func settleIndexes(from first: Int64, to last: Int64) throws {
        try LookupIndex.settle(db, from: first, to: last)
    }

    /// Deletes records with their sealed bodies; returns how many there were.
    public func deleteRecords(_ identifiers: [Int64]) throws -> Int {
        let find = try RowWriter(db, "SELECT uid, subject FROM record WHERE id = ?")
        let uids = try LookupIndex.records.deleters(db, where: "uid = ?")
        let subjects = try LookupIndex.subjects.deleters(db, where: "subject = ? AND record = ?")
        let tables = try ["record WHERE id", "sealed WHERE record", "annotation WHERE record"].map { try RowWriter(db, "DELETE FROM \($0) = ?") }
        var deleted = 0
        for identifier in identifiers {
            find.bind(1, identifier)
            var found: (uid: UInt128, subject: Int64)?
            try find.forEachRow { row in
                found = (row.identifier(0), row.integer(1))
                return false
            }
            guard let found else { continue }
            deleted += 1
            for uid in uids {
                uid.bind(1, found.uid)
                try uid.run()
            }
            for subject in subjects {
                subject.bind(1, found.subject)
                subject.bind(2, identifier)
                try subject.run()
            }
            for table in tables {
                table.bind(1, identifier)
                try table.run()
            }
        }
        return deleted
    }
}

extension StoreReader {
    /// Looks up stored records by their idempotency key; prepared once for a batch.
    public func recordFinder() throws -> (UInt128) throws -> Bool {
        let find = try RowWriter(db, "SELECT 1 FROM record_uid WHERE uid = ?")
        return { uid in
            find.bind(1, uid)
            return try find.fetchInteger() != nil
        }
    }

    public func recordCount() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM record")!
    }

    /// Which of `columns` the record table has.
    public func presentColumns(among columns: [PlainColumn]) throws -> [PlainColumn] {
        let present = Set(try db.columns(in: "record").map(\.name))
        return columns.filter { present.contains($0.name) }
    }

    public func sealedRecord(_ identifier: Int64) throws -> SealedRecord? {
        try sealedRecords(where: "r.id = ?", [identifier]).first
    }

    public func sealedRecords(of subject: Int64) throws -> [SealedRecord] {
        try sealedRecords(where: "r.id IN (SELECT record FROM subject_record WHERE subject = ?) ORDER BY r.id", [subject])
    }

    /// Records behind `identifier` whose text was redacted by an older detector, in order of their numbers.
    public func sealedRecords(redactedBefore version: Int, after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "r.redaction_version < ? AND r.id > ? ORDER BY r.id LIMIT ?", [version, identifier, limit])
    }

    public func recordCount(redactedBefore version: Int) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM record WHERE redaction_version < ?", arguments: [version])!
    }

    /// Records behind `identifier` that an older key than that of `version` seals, in order of their numbers.
    public func sealedRecords(keyBefore version: Int, after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "r.key_version < ? AND r.id > ? ORDER BY r.id LIMIT ?", [version, identifier, limit])
    }

    public func recordCount(keyBefore version: Int) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM record WHERE key_version < ?", arguments: [version])!
    }

    /// Records whose customer was not erased and whose key is gone all the same.
    public func recordCountWithoutKey() throws -> Int {
        try Int.fetchOne(
            db, sql: """
                SELECT COUNT(*) FROM record r LEFT JOIN keystore.subject_key k ON k.subject = r.subject AND k.version = r.key_version
                WHERE k.subject IS NULL AND r.subject NOT IN (SELECT subject FROM pending_key_erasure)
                """)!
    }

    /// The version of the customers' keys that are made now.
    public func subjectKeyVersion() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT version FROM keystore.subject_key_state"))!
    }

    func sealedRecords(where condition: String, _ arguments: StatementArguments) throws -> [SealedRecord] {
        let sql = """
            SELECT r.id, r.uid, r.subject, r.occurred_at, r.purged, s.body, k.root, k.wrapped, r.key_version
            FROM record r\(Self.sealedJoin)
            WHERE \(condition)
            """
        return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
            let root: Int? = row[6]
            return SealedRecord(
                id: row[0], uid: UInt128(data: row[1]) ?? 0, subject: row[2], occurredAt: row[3], purged: row[4],
                body: [UInt8](row[5] as Data),
                key: root.map { WrappedKey(root: $0, version: row[8], bytes: [UInt8](row[7] as Data)) })
        }
    }
}

extension StoreReader {
    /// The plain columns of a subject's records, by record, for the subject's own copy.
    public func exportColumns(of subject: Int64) throws -> [Int64: [(column: String, value: StoredValue)]] {
        let internalColumns: Set = ["id", "uid", "subject", "redaction_version", "restricted", "purged"]
        let sql = "SELECT * FROM record WHERE id IN (SELECT record FROM subject_record WHERE subject = ?) ORDER BY id"
        let rows = try Row.fetchAll(db, sql: sql, arguments: [subject])
        return Dictionary(uniqueKeysWithValues: rows.map { row in
            let columns = row.filter { !internalColumns.contains($0.0) }.map { ($0.0, StoredValue($0.1)) }
            return (row["id"], columns)
        })
    }
}
