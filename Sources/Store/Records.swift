/// A record ready to be stored: everything customers said or are is sealed in `body`.
package struct NewRecord: Sendable {
    package var uid: UInt128
    package var subject: Int64
    package var source: String
    package var channel: String
    package var occurredAt: Int64
    package var receivedAt: Int64
    package var redactionVersion: Int
    /// Whether processing of its subject is restricted.
    package var restricted = false
    /// Whether something says whose it is; otherwise it counts for no customer.
    package var isAttributed = true
    /// The head of its subject; nil: the subject itself.
    package var person: Int64?
    /// Of the customer's key that seals it.
    package var keyVersion = 1
    /// Values of the columns given to ``StoreWriter/recordInserter(columns:)``, in their order.
    package var attributes: [StoredValue]
    /// The sealed compartments.
    package var body: ArraySlice<UInt8>
    /// The sealed codes; empty: none.
    package var codes: ArraySlice<UInt8>

    package init(
        uid: UInt128, subject: Int64, source: String, channel: String, occurredAt: Int64, receivedAt: Int64,
        redactionVersion: Int, attributes: [StoredValue], body: ArraySlice<UInt8>, codes: ArraySlice<UInt8> = []
    ) {
        (self.uid, self.subject, self.source, self.channel) = (uid, subject, source, channel)
        (self.occurredAt, self.receivedAt) = (occurredAt, receivedAt)
        (self.redactionVersion, self.attributes, self.body, self.codes) = (redactionVersion, attributes, body, codes)
    }
}

/// A sealed record as the vault left it, with the key that opens it.
package struct SealedRecord: Sendable {
    package var id: Int64
    package var uid: UInt128
    package var subject: Int64
    package var occurredAt: Int64
    package var redactionVersion: Int
    package var purged: Int
    package var body: [UInt8]
    /// Empty: it has none.
    package var codes: [UInt8]
    /// Nil when the subject's key was erased.
    package var key: WrappedKey?
}

extension StoreWriter {
    /// Takes in records, whose attributes are values of `columns` in their order.
    ///
    /// - Returns: their numbers, ascending in the order given.
    @discardableResult
    package func insertRecords(_ records: some Sequence<NewRecord>, columns: [PlainColumn]) throws -> Range<Int64> {
        let fixed: [BulkColumn] = [
            BulkColumn("id", .integer), BulkColumn("uid", .bytes), BulkColumn("subject", .integer), BulkColumn("source", .text),
            BulkColumn("channel", .text), BulkColumn("occurred_at", .integer), BulkColumn("received_at", .integer),
            BulkColumn("redaction_version", .integer), BulkColumn("restricted", .integer), BulkColumn("key_version", .integer), BulkColumn("unattributed", .integer),
            BulkColumn("person", .integer),
        ]
        let record = try db.inserter(into: "record", fixed + columns.map { BulkColumn($0) } + [BulkColumn("mac", .bytes)], ignoringPresent: false)
        let seal = group.keeper.map { RecordSeal(keeper: $0) }
        let order = columns.indices.sorted { columns[$0].name < columns[$1].name }
        let sealed = try db.inserter(
            into: "sealed", [BulkColumn("record", .integer), BulkColumn("subject", .integer), BulkColumn("body", .bytes)], ignoringPresent: false)
        let coded = try db.inserter(
            into: "coded", [BulkColumn("record", .integer), BulkColumn("subject", .integer), BulkColumn("codes", .bytes)], ignoringPresent: false)
        let uid = try LookupIndex.records.inserter(db)
        let subject = try LookupIndex.subjects.inserter(db)
        let first = try reader.lastRecord() + 1
        var next = first
        for new in records {
            record.add(next)
            record.add(new.uid)
            record.add(new.subject)
            record.add(new.source)
            record.add(new.channel)
            record.add(new.occurredAt)
            record.add(new.receivedAt)
            record.add(Int64(new.redactionVersion))
            record.add(new.restricted ? 1 : 0 as Int64)
            record.add(Int64(new.keyVersion))
            record.add(new.isAttributed ? .null : StoredValue.integer(1))
            let person = new.person.map { StoredValue.integer($0) } ?? .null
            record.add(person)
            for value in new.attributes { record.add(value) }
            if let seal {
                let fixed = [
                    next, new.subject, new.occurredAt, new.receivedAt, Int64(new.redactionVersion), new.restricted ? 1 : 0, 0, Int64(new.keyVersion),
                ]
                let attribution = [
                    (name: RecordColumns.person, value: person), (name: RecordColumns.unattributed, value: new.isAttributed ? .null : StoredValue.integer(1)),
                ]
                let mac = try seal.mac(
                    uid: new.uid, fixed, source: new.source, channel: new.channel, order.map { (columns[$0].name, columns[$0].stored(new.attributes[$0])) } + attribution,
                    body: seal.tag(of: new.body, uid: new.uid))
                group.account.add(try seal.element(of: next, mac: mac), .record)
                record.add(mac[...])
            } else {
                record.add(StoredValue.null)
            }
            try record.endRow()
            sealed.add(next)
            sealed.add(new.subject)
            sealed.add(new.body)
            try sealed.endRow()
            if !new.codes.isEmpty {
                coded.add(next)
                coded.add(new.subject)
                coded.add(new.codes)
                try coded.endRow()
                if let keeper = group.keeper { group.account.add(StateSum(of: try keeper.element(of: StateTable.codes(new.codes, of: next, subject: new.subject))), .coded) }
            }
            uid?.add(new.uid)
            try uid?.endRow()
            subject?.add(new.subject)
            subject?.add(next)
            try subject?.endRow()
            next += 1
        }
        for inserter in [record, sealed, coded, uid, subject] { try inserter?.finish() }
        try changingVault { try db.run("UPDATE vault SET last_record = ?", next - 1) }
        return first..<next
    }

    /// Adds the columns that `record` lacks.
    package func ensureColumns(_ columns: [PlainColumn]) throws {
        let present = try db.columns(of: "record")
        for column in columns where !present.contains(column.name) { try db.addColumn(column) }
    }

    /// Replaces a record's sealed body, and notes which compartments are gone from it.
    package func replaceBody(of record: Int64, with body: [UInt8], purged: Int) throws {
        try changingRecords([record]) {
            try replaceBody(of: record, with: body)
            try db.run("UPDATE record SET purged = ? WHERE id = ?", purged, record)
        }
        try noteChanges(of: [record])
    }

    /// Replaces a record's sealed body after its text was redacted anew.
    package func replaceBody(of record: Int64, with body: [UInt8], redactionVersion: Int) throws {
        try changingRecords([record]) {
            try replaceBody(of: record, with: body)
            try db.run("UPDATE record SET redaction_version = ? WHERE id = ?", redactionVersion, record)
        }
        try noteChanges(of: [record])
    }

    /// Replaces a record's sealed body after it was sealed under another key of its customer.
    package func replaceBody(of record: Int64, with body: [UInt8], keyVersion: Int) throws {
        try changingRecords([record]) {
            try replaceBody(of: record, with: body)
            try db.run("UPDATE record SET key_version = ? WHERE id = ?", keyVersion, record)
        }
    }

    private func replaceBody(of record: Int64, with body: [UInt8]) throws { try db.run("UPDATE sealed SET body = ? WHERE record = ?", body, record) }

    /// Call once after records were added, with the numbers of the first and the last: keeps the indexes fast.
    package func settleIndexes(from first: Int64, to last: Int64) throws {
        try db.settleIndexes(from: first, to: last)
    }

    /// Deletes records with their sealed bodies; returns the idempotency keys of those that there were.
    @discardableResult
    package func deleteRecords(_ identifiers: [Int64]) throws -> [UInt128] {
        let tables = ["record WHERE id", "sealed WHERE record", "coded WHERE record"]
        let deletions = try tables.map { try db.statement("DELETE FROM \($0) = ? AND subject = ?") }
        let uids = try LookupIndex.records.deleters(db, where: "uid = ?")
        let subjects = try LookupIndex.subjects.deleters(db, where: "subject = ? AND record = ?")
        var found: [(record: Int64, uid: UInt128, subject: Int64)] = []
        let seal = group.keeper.map { RecordSeal(keeper: $0) }
        try db.forEachRow("id, uid, subject, mac", from: "record", by: ["id"], .integers(identifiers)) { row in
            found.append((row.integer(0), row.identifier(1), row.integer(2)))
            if let seal { group.account.subtract(try seal.element(of: row.integer(0), mac: row.bytes(3)), .record) }
        }
        if let keeper = group.keeper {
            try db.forEachRow(StateTable.coded.list, from: "coded", by: ["record"], .integers(identifiers)) { row in
                group.account.subtract(StateSum(of: try keeper.element(of: StateTable.coded.bytes(of: row))), .coded)
            }
        }
        try deleteFormer(ofRecords: identifiers)
        try deleteMentions(inRecords: identifiers)
        for (record, uid, subject) in found {
            for deletion in uids {
                deletion.bind(1, uid)
                try deletion.run()
            }
            for deletion in subjects {
                deletion.bind(1, subject)
                deletion.bind(2, record)
                try deletion.run()
            }
            for deletion in deletions {
                deletion.bind(1, record)
                deletion.bind(2, subject)
                try deletion.run()
            }
        }
        try noteChanges(of: found.map(\.record))
        return found.map(\.uid)
    }
}

extension StoreReader {
    /// Which idempotency keys are those of stored records.
    package func present(among uids: [UInt128]) throws -> Set<UInt128> {
        var present: Set<UInt128> = []
        for table in db.tables(of: .records) {
            try db.forEachRow("uid", from: table, by: ["uid"], .identifiers(uids)) { present.insert($0.identifier(0)) }
        }
        return present
    }

    /// Numbers of records by their idempotency keys, found by going through all records: for a few that are asked for seldom.
    package func records(withKeys uids: some Sequence<UInt128>) throws -> [Int64] {
        try uids.flatMap { try db.rows("SELECT id FROM record WHERE uid = ?", $0) { $0.integer(0) } }
    }

    package func recordCount() throws -> Int { Int(try db.integer("SELECT COUNT(*) FROM record")!) }

    /// Which of `columns` the record table has.
    package func presentColumns(among columns: [PlainColumn]) throws -> [PlainColumn] {
        let present = try db.columns(of: "record")
        return columns.filter { present.contains($0.name) }
    }

    package func sealedRecord(_ identifier: Int64) throws -> SealedRecord? {
        try sealedRecords(where: "r.id = ?", identifier).first
    }

    /// - Throws: ``StorageError/altered(what:)``, also if one of them is another customer's.
    package func sealedRecords(of subject: Int64) throws -> [SealedRecord] {
        let found = try sealedRecords(where: "r.id IN (SELECT record FROM subject_record WHERE subject = ?) ORDER BY r.id", subject)
        guard found.allSatisfy({ $0.subject == subject }) else { throw StorageError.altered(what: "subject_record") }
        return found
    }

    /// Records of the subjects with numbers from one to another.
    package func sealedRecords(ofSubjectsAfter first: Int64, through last: Int64) throws -> [SealedRecord] {
        try sealedRecords(where: "r.id IN (SELECT record FROM subject_record WHERE subject > ? AND subject <= ?) ORDER BY r.id", first, last)
    }

    /// Goes through all records for those of a subject, whatever says where they are: for what must miss none.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if there are others than ``sealedRecords(of:)`` finds.
    package func requireAllRecords(of subject: Int64) throws {
        let all = try db.rows("SELECT id FROM record WHERE subject = ? ORDER BY id", subject) { $0.integer(0) }
        guard try all == records(of: subject) else { throw StorageError.altered(what: "subject_record") }
        // Where no table lists them, the sealed bodies do.
        guard db.tables(of: .subjects).isEmpty else { return }
        let sealed = try db.rows("SELECT record FROM sealed WHERE subject = ? ORDER BY record", subject) { $0.integer(0) }
        guard all == sealed else { throw StorageError.altered(what: "subject_record") }
    }

    /// Records behind `identifier` that an older key than that of `version` seals, in order of their numbers.
    package func sealedRecords(keyBefore version: Int, after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "r.key_version < ? AND r.id > ? ORDER BY r.id LIMIT ?", version, identifier, limit)
    }

    package func recordCount(keyBefore version: Int) throws -> Int {
        Int(try db.integer("SELECT COUNT(*) FROM record WHERE key_version < ?", version)!)
    }

    /// Records whose key is gone, though it is not about to go with its customer.
    package func recordCountWithoutKey() throws -> Int {
        Int(try db.customerKeys.recordsWithoutKey(db))
    }

    /// The version of the customers' keys that are made now.
    package func subjectKeyVersion() throws -> Int {
        try db.customerKeys.currentVersion(db)
    }

    func sealedRecords(where condition: String, _ values: (any Bindable)?...) throws -> [SealedRecord] {
        do {
            return try sealedRecords(where: condition, values, recordEvidence(isFresh: false))
        } catch StorageError.altered {
            // Perhaps a column was added.
            return try sealedRecords(where: condition, values, recordEvidence())
        }
    }

    private func sealedRecords(
        where condition: String, _ values: [(any Bindable)?], _ check: (columns: RecordColumns, seal: RecordSeal)?
    ) throws -> [SealedRecord] {
        let sql = """
            SELECT r.id, r.uid, r.subject, r.occurred_at, r.purged, s.body, \(db.customerKeys.columns), r.key_version, c.codes, r.redaction_version\(check.map { ", \($0.columns.list)" } ?? "")
            FROM record r\(joins(sealed: true, codes: true))
            WHERE \(condition)
            """
        let found = try db.rows(sql, values: values) { row in
            let record = SealedRecord(
                id: row.integer(0), uid: row.identifier(1), subject: row.integer(2), occurredAt: row.integer(3), redactionVersion: row.int(10), purged: row.int(4),
                body: row.bytes(5),
                codes: row.bytes(9),
                key: row.isNull(6) ? nil : WrappedKey(root: row.int(6), version: row.int(8), bytes: row.bytes(7)))
            let evidence = check?.columns.evidence(of: row, from: 11, uid: record.uid)
            return (record: record, place: KeyPlace(subject: record.subject, version: row.int(8)), evidence: evidence)
        }
        if let seal = check?.seal {
            for (record, _, evidence) in found {
                guard try evidence.map({ try seal.agrees($0, uid: record.uid, body: record.body[...]) }) ?? false else { throw StorageError.altered(what: "record") }
            }
        }
        guard let wrapped = try db.customerKeys.wrappedKeys(of: Set(found.map(\.place.subject))) else { return found.map(\.record) }
        return found.map { found in
            var record = found.record
            record.key = wrapped[found.place]
            return record
        }
    }
}

extension StoreReader {
    /// The plain columns of a subject's records, by record, for the subject's own copy.
    package func exportColumns(of subject: Int64) throws -> [Int64: [(column: String, value: StoredValue)]] {
        // Not what the vault keeps for itself.
        let shown: Set = ["source", "channel", "occurred_at", "received_at"]
        let columns = try db.columns(of: "record").filter { shown.contains($0) || $0.hasPrefix("a_") }.sorted()
        let list = columns.map { ", \"\($0)\"" }.joined()
        let sql = "SELECT id\(list) FROM record WHERE id IN (SELECT record FROM subject_record WHERE subject = ?)"
        let rows = try db.rows(sql, subject) { row in (row.integer(0), columns.enumerated().map { ($1, row.value($0 + 1)) }) }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
