/// A customer, as the store knows one.
package struct SubjectRow: Sendable {
    package var id: Int64
    /// Whether the company's own customer id is known.
    package var identified: Bool
    /// Ground on which processing is restricted, when it is.
    package var restriction: SealedNote?
    package var createdAt: Int64
    package var erasedAt: Int64?
}

/// An entry of the blind index: a field's number and the tag of a value.
package struct IndexEntry: Sendable, Hashable {
    package var field: Int
    package var tag: UInt128

    package init(field: Int, tag: UInt128) {
        (self.field, self.tag) = (field, tag)
    }

    /// Bit 15 of a field's number says that it is a mark: it stands with a customer's entries and in no index.
    package static let markBit = 0x8000
    package var isMark: Bool { field & Self.markBit != 0 }
    /// The field that it is an entry, or a mark, of.
    package var indexedField: Int { isMark ? field & 0x0FFF : field }

    /// Tags are uniform: half of one is hash enough.
    package func hash(into hasher: inout Hasher) { hasher.combine(UInt64(truncatingIfNeeded: tag)) }

    static let width = 18

    /// `field (2) ‖ tag (16)`, big endian.
    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: field >> 8))
        bytes.append(UInt8(truncatingIfNeeded: field))
        withUnsafeBytes(of: tag.bigEndian) { bytes.append(contentsOf: $0) }
    }

    static func bytes(_ entries: [IndexEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * width)
        for entry in entries { entry.append(to: &bytes) }
        return bytes
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
    package func subject(_ identifier: Int64) throws -> SubjectRow? {
        let sql = "SELECT id, identified, restriction, created_at, erased_at FROM subject WHERE id = ?"
        return try db.first(sql, identifier) { row in
            SubjectRow(
                id: row.integer(0), identified: row.bool(1), restriction: row.optionalText(2).map(SealedNote.init), createdAt: row.integer(3), erasedAt: row.optionalInteger(4))
        }
    }

    /// The first subject with each of these entries, and further ones where several have it, ascending and no more than `limit`; those of nobody
    /// are absent.
    package func subjects(with entries: [IndexEntry], limit: Int) throws -> (first: [IndexEntry: Int64], others: [IndexEntry: [Int64]]) {
        var (subjects, others): ([IndexEntry: Int64], [IndexEntry: [Int64]]) = ([:], [:])
        subjects.reserveCapacity(entries.count)
        let keys = LookupKeys.pairs(entries.map { ($0.tag, Int64($0.field)) })
        for table in db.tables(of: .tags) {
            try db.forEachRow("tag, field, subject", from: table, by: ["tag", "field"], keys) { row in
                let entry = IndexEntry(field: row.int(1), tag: row.identifier(0))
                let subject = row.integer(2)
                guard let first = subjects[entry], first != subject else {
                    subjects[entry] = subject
                    return
                }
                subjects[entry] = min(first, subject)
                others[entry, default: []].append(max(first, subject))
            }
        }
        return (subjects, others.mapValues { Array(Set($0).sorted().prefix(limit)) })
    }

    package func knownSubjects(_ subjects: [Int64]) throws -> [Int64: KnownSubject] {
        var known: [Int64: KnownSubject] = [:]
        known.reserveCapacity(subjects.count)
        try db.forEachRow("id, identified, entries, restriction", from: "subject", by: ["id"], .integers(subjects)) { row in
            known[row.integer(0)] = KnownSubject(identified: row.bool(1), entries: IndexEntry.list(row.bytes(2)), restricted: !row.isNull(3))
        }
        return known
    }

    /// Subjects whose processing is restricted, with the ground.
    package func restrictions() throws -> [(subject: Int64, ground: SealedNote)] {
        try db.rows("SELECT id, restriction FROM subject WHERE restriction IS NOT NULL AND erased_at IS NULL ORDER BY id") { ($0.integer(0), SealedNote($0.text(1))) }
    }

    /// Which of `subjects` were erased.
    package func erased(among subjects: [Int64]) throws -> [Int64] {
        var erased: [Int64] = []
        try db.forEachRow("id, erased_at", from: "subject", by: ["id"], .integers(subjects)) { if !$0.isNull(1) { erased.append($0.integer(0)) } }
        return erased
    }

    /// Subjects whose processing is restricted, all of them and no others.
    package func restricted() throws -> Set<Int64> { try checked(.restricted, read: { $0.integer(0) }, collect: { Set($0) }) }

    /// Whether the processing of a subject is restricted.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if its row does not say so.
    package func isRestricted(_ subject: SubjectRow) throws -> Bool {
        let isRestricted = try restricted().contains(subject.id)
        guard isRestricted == (subject.restriction != nil) else { throw StorageError.altered(what: "subject") }
        return isRestricted
    }

    /// - Throws: ``StorageError/altered(what:)`` if a record of a restricted subject is not marked: it would count in figures.
    package func requireRestrictionMarks() throws {
        guard try !restricted().isEmpty else { return }
        let sql = """
            SELECT 1 FROM restricted x
            WHERE EXISTS (SELECT 1 FROM record r WHERE r.restricted = 0 AND r.id IN (SELECT i.record FROM subject_record i WHERE i.subject = x.subject)) LIMIT 1
            """
        guard try db.integer(sql) == nil else { throw StorageError.altered(what: "record") }
    }

    /// All subjects that an index tag points to.
    package func subjects(field: Int, tag: UInt128) throws -> [Int64] {
        try db.rows("SELECT DISTINCT subject FROM blind_index WHERE field = ? AND tag = ? ORDER BY subject", field, tag) { $0.integer(0) }
    }

    /// Numbers of a subject's records, ascending.
    package func records(of subject: Int64) throws -> [Int64] {
        try db.rows("SELECT record FROM subject_record WHERE subject = ? ORDER BY record", subject) { $0.integer(0) }
    }

    /// Which of `subjects` have no record left.
    package func subjectsWithoutRecords(among subjects: Set<Int64>) throws -> [Int64] {
        try subjects.sorted().filter { try db.integer("SELECT 1 FROM subject_record WHERE subject = ? LIMIT 1", $0) == nil }
    }

    /// Which of `subjects` have no record left whose compartment `bit` is still there.
    package func subjectsWithout(compartment bit: Int, among subjects: Set<Int64>) throws -> [Int64] {
        let sql = """
            SELECT 1 FROM subject_record i JOIN record r ON r.id = i.record AND r.subject = i.subject
            WHERE i.subject = ? AND r.purged & ? = 0 LIMIT 1
            """
        return try subjects.sorted().filter { try db.integer(sql, $0, bit) == nil }
    }

    /// Subjects whose rows are gone while their key is still to be destroyed.
    package func pendingKeyErasures() throws -> [Int64] {
        try requireUnaltered(.pendingKeyErasure)
        return try db.rows("SELECT subject FROM pending_key_erasure ORDER BY subject") { $0.integer(0) }
    }

    /// Up to where the key store's log of erasures has been carried out here.
    package func erasuresApplied() throws -> Int64 {
        try requireUnaltered(.vault)
        return try db.integer("SELECT erasures_applied FROM vault")!
    }
}

/// What taking in further records of a subject needs to know of it.
package struct KnownSubject: Sendable, Equatable {
    /// Whether it has a customer id of the company's own.
    package var identified: Bool
    /// Its entries in the index.
    package var entries: [IndexEntry]
    /// Whether its processing is restricted.
    package var restricted: Bool
}

extension StoreWriter {
    /// Adds subjects; their entries are to be added with ``addToIndex(_:)`` as well.
    package func insertSubjects(_ subjects: [(subject: Int64, identified: Bool, entries: [IndexEntry])], at now: Int64) throws {
        let columns: [BulkColumn] = [
            BulkColumn("id", .integer), BulkColumn("identified", .integer), BulkColumn("created_at", .integer), BulkColumn("entries", .bytes),
        ]
        let inserter = try db.inserter(into: "subject", columns, ignoringPresent: false)
        for (subject, identified, entries) in subjects {
            inserter.add(subject)
            inserter.add(identified ? 1 : 0 as Int64)
            inserter.add(now)
            inserter.add(IndexEntry.bytes(entries)[...])
            try inserter.endRow()
            guard let keeper = group.keeper else { continue }
            var bytes = RowBytes(StateTable.subject.number)
            bytes.add(subject)
            bytes.add(identified ? 1 : 0 as Int64)
            bytes.add(IndexEntry.bytes(entries)[...])
            bytes.addNull()
            bytes.add(now)
            bytes.addNull()
            group.account.add(StateSum(of: try keeper.element(of: bytes.bytes)), .subject)
        }
        try inserter.finish()
    }

    /// Notes further entries of subjects that are there; they are to be added to the index as well.
    package func extendSubjects(_ added: [Int64: [IndexEntry]]) throws {
        let extend = try db.statement("UPDATE subject SET entries = \(db.forms.extended("entries")) WHERE id = ?")
        for (subject, entries) in added {
            try changing(.subject, where: "id = ?", subject) {
                extend.bind(1, IndexEntry.bytes(entries)[...])
                extend.bind(2, subject)
                try extend.run()
            }
        }
    }

    package func addToIndex(_ entries: [(entry: IndexEntry, subject: Int64)]) throws {
        guard !entries.isEmpty, let inserter = try LookupIndex.tags.inserter(db) else { return }
        for (entry, subject) in entries where !entry.isMark {
            inserter.add(entry.tag)
            inserter.add(Int64(entry.field))
            inserter.add(subject)
            try inserter.endRow()
        }
        try inserter.finish()
    }

    package func markIdentified(_ subjects: some Sequence<Int64>) throws {
        for subject in subjects { try changing(.subject, where: "id = ?", subject) { try db.run("UPDATE subject SET identified = 1 WHERE id = ?", subject) } }
    }

    /// Lists subjects that are restricted, in a vault of a format that had no such list; safe to repeat.
    package func listRestrictions() throws {
        let listed = try reader.restricted()
        for (subject, _) in try reader.restrictions() where !listed.contains(subject) {
            try changing(.restricted, where: "subject = ?", subject) { try db.run("INSERT INTO restricted (subject) VALUES (?)", subject) }
        }
    }

    /// Restricts or frees the processing of a subject's records; returns how many there are.
    package func setRestriction(_ ground: SealedNote?, on subject: Int64) throws -> Int {
        try changing(.subject, where: "id = ?", subject) { try db.run("UPDATE subject SET restriction = ? WHERE id = ?", ground?.text, subject) }
        try changing(.restricted, where: "subject = ?", subject) {
            try db.run("DELETE FROM restricted WHERE subject = ?", subject)
            if ground != nil { try db.run("INSERT INTO restricted (subject) VALUES (?)", subject) }
        }
        try noteChanges(ofRecordsOf: [subject])
        return try changingRecords(reader.records(of: subject)) {
            try db.change(
                "UPDATE record SET restricted = ? WHERE id IN (SELECT record FROM subject_record WHERE subject = ?)", ground != nil, subject)
        }
    }

    /// Puts another text in the place of a restriction's ground.
    package func setGround(_ ground: SealedNote, ofRestrictionOn subject: Int64) throws {
        try changing(.subject, where: "id = ? AND restriction IS NOT NULL", subject) {
            try db.run("UPDATE subject SET restriction = ? WHERE id = ? AND restriction IS NOT NULL", ground.text, subject)
        }
    }

    /// Deletes everything of these subjects but the note that they were erased, and marks their
    /// keys for destruction.
    ///
    /// - Returns: the idempotency keys of the records deleted.
    @discardableResult
    package func eraseSubjects(_ subjects: [Int64], at now: Int64) throws -> [UInt128] {
        guard !subjects.isEmpty else { return [] }
        var deleted: [UInt128] = []
        for subject in subjects {
            let records = try reader.records(of: subject)
            deleted += try deleteRecords(records)
            try forgetPerson(subject, records: records, at: now)
            try changing(.subject, where: "id = ?", subject) { try db.run("UPDATE subject SET erased_at = ?, restriction = NULL WHERE id = ?", now, subject) }
            try changing(.restricted, where: "subject = ?", subject) { try db.run("DELETE FROM restricted WHERE subject = ?", subject) }
            try changing(.hold, where: "subject = ?", subject) { try db.run("DELETE FROM hold WHERE subject = ?", subject) }
            try deleteConsents(of: subject)
            try deleteFormer(of: subject)
            try deleteMentions(of: subject)
            try changing(.pendingKeyErasure, where: "subject = ?", subject) {
                try db.run("INSERT INTO pending_key_erasure (subject) VALUES (?) ON CONFLICT DO NOTHING", subject)
            }
        }
        try removeIndexEntries(of: subjects)
        return deleted
    }

    /// Removes every index entry of these subjects.
    package func removeIndexEntries(of subjects: [Int64]) throws {
        let known = try reader.knownSubjects(subjects)
        for subject in subjects {
            try removeFromIndex(known[subject]?.entries ?? [], of: subject)
            try setEntries([], of: subject)
        }
    }

    /// Makes `tags` a subject's only index entries of a field, and `marks` what is noted with them.
    package func setIndexEntries(of subject: Int64, field: Int, tags: [UInt128], marks: [IndexEntry] = []) throws {
        let present = try reader.knownSubjects([subject])[subject]?.entries ?? []
        let wanted = tags.map { IndexEntry(field: field, tag: $0) }
        try removeFromIndex(present.filter { $0.field == field && !wanted.contains($0) }, of: subject)
        try addToIndex(wanted.filter { !present.contains($0) }.map { ($0, subject) })
        try setEntries(present.filter { $0.indexedField != field } + wanted + marks, of: subject)
    }

    /// Notes which entries of the index are a subject's.
    func setEntries(_ entries: [IndexEntry], of subject: Int64) throws {
        try changing(.subject, where: "id = ?", subject) { try db.run("UPDATE subject SET entries = ? WHERE id = ?", IndexEntry.bytes(entries), subject) }
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
    package func confirmKeyErasure(_ subjects: [Int64], upTo sequence: Int64) throws {
        for subject in subjects {
            try changing(.pendingKeyErasure, where: "subject = ?", subject) { try db.run("DELETE FROM pending_key_erasure WHERE subject = ?", subject) }
        }
        try changingVault { try db.run("UPDATE vault SET erasures_applied = ? WHERE erasures_applied < ?", sequence, sequence) }
    }
}
