import Store

/// An index whose keys come in random order is kept in two tables of one shape.
///
/// A batch of random keys touches most leaves of a large B-tree, so that storing it would rewrite
/// the index again and again (measured at 1,000,000 records: 5.7 KB of pages a record). New entries
/// gather in a small table instead, and with every ``stride`` records one of ``slices`` ranges of
/// keys moves on to the large one, neighbours together: the idea of a log-structured merge tree
/// (O'Neil, Cheng, Gawlick, O'Neil 1996) with two components. A view of the index's name shows both.
extension LookupIndex {
    private static let stride: Int64 = 8192
    private static let slices: Int64 = 16

    var recent: String { name + "_recent" }
    package var settled: String { name + "_settled" }

    /// Moves on what is due after records up to `last` were added to those up to `first`.
    static func settle(_ db: any Connection, from first: Int64, to last: Int64) throws {
        let due = Set((first / stride..<last / stride).suffix(Int(slices)).map { $0 % slices })
        guard !due.isEmpty else { return }
        let subjects = try db.integer("SELECT MAX(id) FROM subject") ?? 0
        for slice in due.sorted() {
            let isLast = slice == slices - 1
            try Self.subjects.move(db, from: subjects * slice / slices, to: isLast ? .max : subjects * (slice + 1) / slices)
            // A blob sorts after its own prefix.
            let width = UInt8(256 / slices)
            let lower = [UInt8(slice) * width]
            let upper = isLast ? [UInt8](repeating: 0xFF, count: 17) : [UInt8(slice + 1) * width]
            for index in [records, tags] { try index.move(db, from: lower, to: upper) }
        }
    }

    /// Moves on everything.
    package static func settleAll(_ db: any Connection) throws {
        for index in all { try index.moveAll(db) }
    }

    private func moveAll(_ db: any Connection) throws {
        try db.run("INSERT OR IGNORE INTO \(settled) SELECT * FROM \(recent)")
        try db.run("DELETE FROM \(recent)")
    }

    private func move(_ db: any Connection, from lower: any Bindable, to upper: any Bindable) throws {
        let range = "\(columns[0].name) >= ? AND \(columns[0].name) < ?"
        try db.run("INSERT OR IGNORE INTO \(settled) SELECT * FROM \(recent) WHERE \(range)", lower, upper)
        try db.run("DELETE FROM \(recent) WHERE \(range)", lower, upper)
    }
}
