/// Whom a record counts for.
///
/// Customers who are one person count as one. A record that comes without anything that says whose it is has a customer of its own, so that it can be erased. But many of them may be one
/// person's: they make no group look larger.
enum Attribution {
    /// Whose `record r` is, attributed or not.
    static let person = "COALESCE(r.person, r.subject)"
    /// The customer whom it counts for; null: nobody.
    static let customer = "CASE WHEN r.unattributed IS NULL THEN \(person) END"
    /// The same, where all records of nobody count as one customer's.
    static let somebody = "CASE WHEN r.unattributed IS NULL THEN \(person) ELSE 0 END"
}

extension StoreReader {
    /// In SQL, whose `record r` is.
    package static var countedPerson: String { Attribution.person }
    /// In SQL, the customer whom `record r` counts for; null: nobody.
    package static var countedCustomer: String { Attribution.customer }
}

extension StoreWriter {
    /// Something says now whose a customer's records are.
    package func attributeRecords(of subject: Int64) throws {
        let records = try db.rows("SELECT id FROM record WHERE subject = ? AND unattributed IS NOT NULL", subject) { $0.integer(0) }
        guard !records.isEmpty else { return }
        try changingRecords(records) { for record in records { try db.run("UPDATE record SET unattributed = NULL WHERE id = ?", record) } }
    }

    /// Marks records of customers who never had an id of the company's, and of whom no index that tells customers apart has anything; some at a time.
    ///
    /// - Parameter fields: the numbers of those indexes.
    /// - Returns: the last customer; nil: there are no more.
    package func markUnattributed(after subject: Int64, limit: Int, identifying fields: Set<Int>) throws -> Int64? {
        let subjects = try db.rows("SELECT id FROM subject WHERE id > ? AND erased_at IS NULL AND identified = 0 ORDER BY id LIMIT ?", subject, limit) { $0.integer(0) }
        let known = try reader.knownSubjects(subjects)
        for subject in subjects where known[subject]?.entries.contains(where: { fields.contains($0.field) }) != true {
            let records = try db.rows("SELECT id FROM record WHERE subject = ? AND unattributed IS NULL", subject) { $0.integer(0) }
            guard !records.isEmpty else { continue }
            try changingRecords(records) { for record in records { try db.run("UPDATE record SET unattributed = 1 WHERE id = ?", record) } }
        }
        return subjects.last
    }
}
