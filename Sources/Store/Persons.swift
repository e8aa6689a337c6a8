/// Which customers are one person.
///
/// A customer keeps its key and its records; a row of `person` says that it belongs to another, the head, and `record.person` says so of each record,
/// so that figures need not ask. The head has no row. Taking somebody out again restores exactly what was before.
struct Persons: Sendable {
    private var heads: [Int64: Int64] = [:]
    private var others: [Int64: [Int64]] = [:]

    fileprivate init(_ rows: [(subject: Int64, head: Int64)]) {
        for row in rows {
            heads[row.subject] = row.head
            others[row.head, default: []].append(row.subject)
        }
    }

    /// All customers who are one person with `subject`, the head first.
    func members(of subject: Int64) -> [Int64] {
        let head = heads[subject] ?? subject
        return [head] + (others[head] ?? [])
    }
}

extension StoreReader {
    package func hasPersons() throws -> Bool { try hasRows(.person) }

    /// The heads of those of `subjects` that belong to another.
    package func heads(of subjects: some Collection<Int64>) throws -> [Int64: Int64] {
        guard try hasPersons() else { return [:] }
        var heads: [Int64: Int64] = [:]
        try db.forEachRow("subject, head", from: "person", by: ["subject"], .integers(subjects.sorted())) { heads[$0.integer(0)] = $0.integer(1) }
        return heads
    }

    /// All customers who are one person with `subject`, the head first, the others ascending.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if somebody else has changed who is who.
    package func person(of subject: Int64) throws -> [Int64] {
        try requireUnaltered(.person)
        return try members(of: subject)
    }

    /// The same, where that was checked in this transaction, or nobody's rights depend on it.
    package func members(of subject: Int64) throws -> [Int64] {
        let head = try db.integer("SELECT head FROM person WHERE subject = ?", subject) ?? subject
        return try [head] + db.rows("SELECT subject FROM person WHERE head = ? ORDER BY subject", head) { $0.integer(0) }
    }

    /// Looks at who is who unless it is what this process has seen, which takes no time.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if somebody else has changed it.
    package func requirePersons() throws { _ = try persons() }

    /// Who is who, all of it.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    func persons() throws -> Persons { try checked(.person, read: { (subject: $0.integer(0), head: $0.integer(1)) }, collect: Persons.init) }

    /// Whether a time is no further than `gap` (milliseconds) from the time between a customer's first record and the last.
    package func hasRecord(of subject: Int64, near time: Int64, within gap: Int64) throws -> Bool {
        let newest = "SELECT occurred_at FROM record WHERE id = (SELECT MAX(record) FROM subject_record WHERE subject = ?)"
        if let last = try db.integer(newest, subject), abs(last - time) <= gap { return true }
        let sql = "SELECT MIN(r.occurred_at), MAX(r.occurred_at) FROM record r WHERE r.id IN (SELECT record FROM subject_record WHERE subject = ?)"
        let bounds = try db.first(sql, subject) { ($0.optionalInteger(0), $0.optionalInteger(1)) }
        guard let first = bounds?.0, let last = bounds?.1 else { return false }
        return (first - gap...last + gap).contains(time)
    }

    /// When the newest record of these customers occurred; nil: they have none.
    package func lastOccurred(of subjects: [Int64]) throws -> Int64? {
        try subjects.compactMap { subject in
            try db.integer("SELECT MAX(r.occurred_at) FROM record r WHERE r.id IN (SELECT record FROM subject_record WHERE subject = ?)", subject)
        }.max()
    }
}

extension StoreWriter {
    /// Makes two people one. The head is the customer with the lowest number. See that they are whom the vault wrote before (``StoreReader/requirePersons()``).
    package func join(_ one: Int64, _ other: Int64, at now: Int64, by principal: String) throws {
        let members = Set(try reader.members(of: one)).union(try reader.members(of: other)).sorted()
        guard let head = members.first else { return }
        for subject in members.dropFirst() { try put(subject, under: head, at: now, by: principal) }
        // Also of the head: what any of them decided counts for all.
        try noteChanges(ofRecordsOf: members)
    }

    /// Takes a customer out of a person: records, key and entries are as they came with it.
    package func separate(_ subject: Int64, at now: Int64, by principal: String) throws {
        let members = try reader.members(of: subject)
        guard members.count > 1 else { return }
        try noteChanges(ofRecordsOf: members)
        let others = members.filter { $0 != subject }.sorted()
        try release(subject)
        guard members[0] == subject else { return }
        // They need another head.
        try release(others[0])
        for other in others.dropFirst() { try put(other, under: others[0], at: now, by: principal) }
    }

    private func put(_ subject: Int64, under head: Int64, at now: Int64, by principal: String) throws {
        guard try db.integer("SELECT head FROM person WHERE subject = ?", subject) != head else { return }
        try changing(.person, where: "subject = ?", subject) {
            let (since, by) = try db.first("SELECT since, joined_by FROM person WHERE subject = ?", subject) { ($0.integer(0), $0.text(1)) } ?? (now, principal)
            try db.run("DELETE FROM person WHERE subject = ?", subject)
            try db.run("INSERT INTO person (subject, head, since, joined_by) VALUES (?, ?, ?, ?)", subject, head, since, by)
        }
        try setPerson(head, of: subject)
    }

    private func release(_ subject: Int64) throws {
        try changing(.person, where: "subject = ?", subject) { try db.run("DELETE FROM person WHERE subject = ?", subject) }
        try setPerson(nil, of: subject)
    }

    private func setPerson(_ head: Int64?, of subject: Int64) throws {
        try changingRecords(reader.records(of: subject)) {
            try db.run("UPDATE record SET person = ? WHERE id IN (SELECT record FROM subject_record WHERE subject = ?)", head, subject)
        }
    }

    /// Makes a record another customer's, with what was sealed anew, and notes with whom it came.
    package func moveRecord(_ record: Int64, from former: Int64, to subject: Int64, body: [UInt8], codes: [UInt8], keyVersion: Int) throws {
        let head = try reader.members(of: subject)[0]
        try changing(.coded, where: "record = ?", record) {
            try changingRecords([record]) {
                try db.run("UPDATE sealed SET subject = ?, body = ? WHERE record = ?", subject, body, record)
                try db.run(
                    "UPDATE record SET subject = ?, key_version = ?, person = ? WHERE id = ?", subject, keyVersion, head == subject ? nil : head, record)
            }
            try db.run("UPDATE coded SET subject = ?, codes = ? WHERE record = ?", subject, codes, record)
        }
        try noteChanges(of: [record])
        for deletion in try LookupIndex.subjects.deleters(db, where: "subject = ? AND record = ?") {
            deletion.bind(1, former)
            deletion.bind(2, record)
            try deletion.run()
        }
        if let inserter = try LookupIndex.subjects.inserter(db) {
            inserter.add(subject)
            inserter.add(record)
            try inserter.endRow()
            try inserter.finish()
        }
        let origin = try db.integer("SELECT subject FROM moved WHERE record = ?", record) ?? former
        try changing(.moved, where: "record = ?", record) {
            try db.run("DELETE FROM moved WHERE record = ?", record)
            if origin != subject { try db.run("INSERT INTO moved (record, subject) VALUES (?, ?)", record, origin) }
        }
    }

    /// Forgets who somebody was one person with, and what was proposed about them; their records are gone.
    ///
    /// - Parameter records: the customer's, which are deleted.
    func forgetPerson(_ subject: Int64, records: [Int64], at now: Int64) throws {
        if try reader.hasPersons() { try separate(subject, at: now, by: "vault") }
        guard try reader.hasRows(.link) else { return }
        try changing(.link, where: "subject = ? OR other = ?", subject, subject) { try db.run("DELETE FROM link WHERE subject = ? OR other = ?", subject, subject) }
        guard try reader.hasRows(.moved) else { return }
        try changing(.moved, where: "subject = ?", subject) { try db.run("DELETE FROM moved WHERE subject = ?", subject) }
        for record in records { try changing(.moved, where: "record = ?", record) { try db.run("DELETE FROM moved WHERE record = ?", record) } }
    }
}
