/// What was released about a period of data, and took of the budget of each of its days.
package struct ReleasedPeriod: Sendable, Equatable {
    /// Whose days they are, by its IANA name.
    package var zone: String
    /// Days since 1970 there; both included.
    package var days: ClosedRange<Int64>
    /// In thousandths of a figure with noise of the policy's deviation.
    package var cost: Int64

    /// The zone of what was released up to format 6.
    package static let formerZone = "UTC"

    package init(zone: String, days: ClosedRange<Int64>, cost: Int64) { (self.zone, self.days, self.cost) = (zone, days, cost) }
}

extension StoreReader {
    /// What was released so far: a row for each period, however many questions there were.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if the ledger is not as the vault left it.
    package func releasedPeriods() throws -> [ReleasedPeriod] {
        func period(_ zone: String, _ first: Int64, _ last: Int64, _ cost: Int64) -> ReleasedPeriod { ReleasedPeriod(zone: zone, days: first...max(first, last), cost: cost) }
        let former = try checked(.release, read: { period(ReleasedPeriod.formerZone, $0.integer(0), $0.integer(1), $0.integer(2)) }, collect: { $0 })
        return try former + checked(.charged, read: { period($0.text(0), $0.integer(1), $0.integer(2), $0.integer(3)) }, collect: { $0 })
    }

    /// The sealed figures of a release; nil: it was not made.
    package func released(_ digest: [UInt8]) throws -> [UInt8]? {
        try db.rows("SELECT figures FROM released WHERE digest = ?", digest) { $0.bytes(0) }.first
    }
}

extension StoreWriter {
    /// Charges a release to a period.
    package func charge(_ release: ReleasedPeriod) throws {
        // A row of nothing would be taken for none when it is added to.
        guard release.cost > 0 else { return }
        let sql = """
            INSERT INTO charged (zone, first_day, last_day, cost) VALUES (?, ?, ?, ?)
            ON CONFLICT (zone, first_day, last_day) DO UPDATE SET cost = charged.cost + excluded.cost
            """
        try accumulating(.charged, adding: [release.cost], from: 3, sql, release.zone, release.days.lowerBound, release.days.upperBound, release.cost)
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
