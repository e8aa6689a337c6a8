/// What was released about a period of data, and took of the budget of each of its days.
package struct ReleasedPeriod: Sendable, Equatable {
    /// Days since 1970, UTC; both included.
    package var days: ClosedRange<Int64>
    /// In thousandths of a figure with noise of the policy's deviation.
    package var cost: Int64
}

extension StoreReader {
    /// What was released so far: a row for each period, however many questions there were.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if the ledger is not as the vault left it.
    package func releasedPeriods() throws -> [ReleasedPeriod] {
        try checked(.release, read: { ReleasedPeriod(days: $0.integer(0)...max($0.integer(0), $0.integer(1)), cost: $0.integer(2)) }, collect: { $0 })
    }

    /// The sealed figures of a release; nil: it was not made.
    package func released(_ digest: [UInt8]) throws -> [UInt8]? {
        try db.rows("SELECT figures FROM released WHERE digest = ?", digest) { $0.bytes(0) }.first
    }
}

extension StoreWriter {
    /// Charges a release to a period.
    package func charge(_ cost: Int64, to days: ClosedRange<Int64>) throws {
        // A row of nothing would be taken for none when it is added to.
        guard cost > 0 else { return }
        let sql = """
            INSERT INTO release (first_day, last_day, cost) VALUES (?, ?, ?)
            ON CONFLICT (first_day, last_day) DO UPDATE SET cost = release.cost + excluded.cost
            """
        try accumulating(.release, adding: [cost], from: 2, sql, days.lowerBound, days.upperBound, cost)
    }

    /// Keeps figures that were released, so that they can be given again.
    ///
    /// - Parameter digest: of what was asked, under a key; one that is not there.
    package func keepReleased(_ figures: [UInt8], digest: [UInt8], lastDay: Int64) throws {
        try changing(.released, where: "digest = ?", digest) {
            try db.run("INSERT INTO released (digest, last_day, figures) VALUES (?, ?, ?)", digest, lastDay, figures)
        }
    }
}
