/// Figures that were released about some days of data, and what that took of each of these days' budget.
package struct Release: Sendable, Equatable {
    /// Of what was asked, under a key.
    package var digest: [UInt8]
    /// Days since 1970, UTC; both included.
    package var days: ClosedRange<Int64>
    /// In thousandths of a figure with noise of the policy's deviation.
    package var cost: Int64

    package init(digest: [UInt8], days: ClosedRange<Int64>, cost: Int64) { (self.digest, self.days, self.cost) = (digest, days, cost) }
}

extension StoreReader {
    /// Everything that was released.
    ///
    /// - Throws: ``StorageError/altered(what:)`` if the ledger is not as the vault left it.
    package func releases() throws -> [Release] {
        try checked(.release, read: { Release(digest: $0.bytes(0), days: $0.integer(1)...max($0.integer(1), $0.integer(2)), cost: $0.integer(3)) }, collect: { $0 })
    }

    /// The sealed figures of a release; nil: it was not made.
    package func released(_ digest: [UInt8]) throws -> [UInt8]? {
        try db.rows("SELECT figures FROM released WHERE digest = ?", digest) { $0.bytes(0) }.first
    }
}

extension StoreWriter {
    /// Adds a release that the ledger does not have, or figures that it lacks.
    package func add(_ release: Release, figures: [UInt8]?) throws {
        let digest = release.digest
        try changing(.release, where: "digest = ?", digest) {
            try db.run(
                "INSERT INTO release (digest, first_day, last_day, cost) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                digest, release.days.lowerBound, release.days.upperBound, release.cost)
        }
        guard let figures else { return }
        try changing(.released, where: "digest = ?", digest) {
            try db.run("INSERT INTO released (digest, last_day, figures) VALUES (?, ?, ?)", digest, release.days.upperBound, figures)
        }
    }
}
