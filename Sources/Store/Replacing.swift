/// The plain part of a record, as it is stored.
package struct PlainRecord: Sendable, Equatable {
    package var channel: String
    /// Milliseconds since 1970.
    package var occurredAt: Int64
    /// Of the columns that were asked for.
    package var values: [StoredValue]

    package init(channel: String, occurredAt: Int64, values: [StoredValue]) { (self.channel, self.occurredAt, self.values) = (channel, occurredAt, values) }
}

extension StoreReader {
    /// Where records are, by their idempotency keys.
    ///
    /// No index leads there. A record that did not change is found by its time, most others by their customer, and the rest by going
    /// through all records once.
    ///
    /// - Parameters:
    ///   - times: when the records occurred, as far as known.
    ///   - subjects: customers whose they may be.
    package func places(of uids: Set<UInt128>, times: Set<Int64>, subjects: Set<Int64>) throws -> [UInt128: (record: Int64, subject: Int64)] {
        var places: [UInt128: (record: Int64, subject: Int64)] = [:]
        func take(_ row: any Row) { if case let uid = row.identifier(1), uids.contains(uid) { places[uid] = (row.integer(0), row.integer(2)) } }
        try db.forEachRow("id, uid, subject", from: "record", by: ["occurred_at"], .integers(times.sorted()), take)
        guard places.count < uids.count else { return places }
        var records: [Int64] = []
        for table in db.tables(of: .subjects) {
            try db.forEachRow("record", from: table, by: ["subject"], .integers(subjects.sorted())) { records.append($0.integer(0)) }
        }
        if db.tables(of: .subjects).isEmpty {
            try db.forEachRow("id, uid, subject", from: "record", by: ["subject"], .integers(subjects.sorted()), take)
        } else {
            try db.forEachRow("id, uid, subject", from: "record", by: ["id"], .integers(records.sorted()), take)
        }
        guard places.count < uids.count else { return places }
        try db.statement("SELECT id, uid, subject FROM record").forEachRow(isLarge: true) { row in
            take(row)
            return places.count < uids.count
        }
        return places
    }

    /// Records by their numbers, with what opens them.
    ///
    /// - Throws: ``StorageError/altered(what:)`` for one that is not as the vault left it.
    package func sealedRecords(_ numbers: [Int64]) throws -> [SealedRecord] {
        let isAmong = db.forms.isAmong("r.id", numbers)
        return try sealedRecords(where: isAmong.sql, isAmong.value)
    }

    /// The plain parts of records.
    package func plainRecords(_ numbers: [Int64], columns: [PlainColumn]) throws -> [Int64: PlainRecord] {
        let isAmong = db.forms.isAmong("r.id", numbers)
        let list = columns.map { ", r.\"\($0.name)\"" }.joined()
        var found: [Int64: PlainRecord] = [:]
        for (id, record) in try db.rows(
            "SELECT r.id, r.channel, r.occurred_at\(list) FROM record r WHERE \(isAmong.sql)", isAmong.value,
            read: { row in (row.integer(0), PlainRecord(channel: row.text(1), occurredAt: row.integer(2), values: columns.indices.map { row.value($0 + 3) })) })
        {
            found[id] = record
        }
        return found
    }
}

extension StoreReader {
    /// Records behind `identifier` that have not lost a compartment, in order of their numbers.
    package func sealedRecords(withCompartment bit: Int, after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "r.purged & ? = 0 AND r.id > ? ORDER BY r.id LIMIT ?", bit, identifier, limit)
    }

    /// The source of a record; empty: there is no such record.
    package func source(of record: Int64) throws -> String {
        try db.first("SELECT source FROM record WHERE id = ?", record) { $0.text(0) } ?? ""
    }
}

extension StoreWriter {
    /// Sets plain columns of a record.
    package func setColumns(of record: Int64, to values: [(PlainColumn, StoredValue)]) throws {
        try changingRecords([record]) {
            for (column, value) in values { try db.run("UPDATE record SET \"\(column.name)\" = ? WHERE id = ?", column.stored(value), record) }
        }
        try noteChanges(of: [record])
    }

    /// Puts a record in the place of the one with its number; it stays its customer's, and as old as it was when it came.
    ///
    /// - Parameter purged: compartments that are gone from it.
    package func replaceRecord(_ id: Int64, with new: NewRecord, columns: [PlainColumn], purged: Int) throws {
        try changingRecords([id]) {
            try db.run("UPDATE sealed SET body = ? WHERE record = ?", Array(new.body), id)
            let list = columns.map { ", \"\($0.name)\" = ?" }.joined()
            let statement = try db.statement("UPDATE record SET channel = ?, occurred_at = ?, redaction_version = ?, key_version = ?, purged = ?\(list) WHERE id = ?")
            let fixed: [(any Bindable)?] = [new.channel, new.occurredAt, Int64(new.redactionVersion), Int64(new.keyVersion), Int64(purged)]
            let values: [(any Bindable)?] = zip(columns, new.attributes).map { $0.stored($1) }
            statement.bind(fixed + values + [id])
            try statement.run()
        }
        try setCodes(of: id, subject: new.subject, to: Array(new.codes))
        try noteChanges(of: [id])
    }
}
