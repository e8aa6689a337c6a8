/// Which texts are redacted anew: those that another edition of the detector redacted, unless a later version did.
package struct StaleTexts: Sendable {
    let edition: Int
    let version: Int
    let versions: Int

    /// - Parameters:
    ///   - edition: that of the detector in force, as records have it.
    ///   - version: its version.
    ///   - versions: by what an edition is divided, so that its version remains.
    package init(edition: Int, version: Int, versions: Int) { (self.edition, self.version, self.versions) = (edition, version, versions) }

    /// Every text.
    package static let all = StaleTexts(edition: -1, version: 0, versions: 1)
}

extension StoreReader {
    private static let condition = "redaction_version <> ? AND redaction_version % ? <= ?"

    /// Records behind `identifier` whose text is stale, in order of their numbers.
    package func sealedRecords(_ stale: StaleTexts, after identifier: Int64, limit: Int) throws -> [SealedRecord] {
        try sealedRecords(where: "\(Self.condition) AND r.id > ? ORDER BY r.id LIMIT ?", stale.edition, stale.versions, stale.version, identifier, limit)
    }

    package func recordCount(_ stale: StaleTexts) throws -> Int {
        Int(try db.integer("SELECT COUNT(*) FROM record WHERE \(Self.condition)", stale.edition, stale.versions, stale.version)!)
    }
}
