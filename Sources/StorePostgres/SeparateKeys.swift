import Store

/// The keys of a vault whose data are in another database, for what the two have in common.
///
/// The two are read one after the other. Whatever is missing on one side is therefore looked for once more, as of then.
package final class SeparateKeys: CustomerKeys {
    package let database: PostgresDatabase
    /// The data as they are now, whatever snapshot the reader of the moment sees.
    private let data: PostgresPool
    private static let portion = 10_000

    init(_ database: PostgresDatabase, data: PostgresAddress) {
        self.database = database
        self.data = PostgresPool(count: 1) { try PostgresConnection(data, schema: VaultPart.data.schema, lock: VaultPart.data.lock, use: .reading) }
    }

    /// Nothing: they are fetched afterwards.
    package var columns: String { "CAST(NULL AS BIGINT), CAST(NULL AS BYTEA)" }

    package var join: String { "" }

    package func customersWithoutKey(_ db: any Connection) throws -> Int64 {
        try countWithout(db, "SELECT id, 0, 1 FROM subject WHERE erased_at IS NULL AND id > ? ORDER BY id LIMIT ?", matchingVersion: false) { missing in
            Int64(try living(Set(missing.map(\.subject))).count)
        }
    }

    package func recordsWithoutKey(_ db: any Connection) throws -> Int64 {
        try countWithout(
            db, """
                SELECT subject, key_version, COUNT(*) FROM record WHERE subject IN (
                    SELECT DISTINCT subject FROM record WHERE subject > ? ORDER BY subject LIMIT ?)
                GROUP BY subject, key_version ORDER BY subject
                """, matchingVersion: true, count: remaining)
    }

    private typealias Found = (subject: Int64, version: Int, count: Int64)

    /// - Parameter count: how many of those without a key are still so, as of now.
    private func countWithout(_ db: any Connection, _ sql: String, matchingVersion: Bool, count stillMissing: ([Found]) throws -> Int64) throws -> Int64 {
        var (last, count) = (Int64(-1), Int64(0))
        while true {
            let rows: [Found] = try db.rows(sql, last, Int64(Self.portion)) { ($0.integer(0), $0.int(1), $0.integer(2)) }
            guard let end = rows.last else { return count }
            let versions = try keyVersions(Set(rows.map(\.subject)))
            let missing = rows.filter { row in versions[row.subject].map { matchingVersion && !$0.contains(row.version) } ?? true }
            if !missing.isEmpty { count += try stillMissing(missing) }
            last = end.subject
        }
    }

    package func subjectsOfKeysOnly(_ db: any Connection) throws -> [Int64] {
        var (last, found) = (Int64(-1), [Int64]())
        while true {
            let subjects = try database.read { keys in
                try keys.rows("SELECT DISTINCT subject FROM subject_key WHERE subject > ? ORDER BY subject LIMIT ?", last, Int64(Self.portion)) { $0.integer(0) }
            }
            guard let end = subjects.last else { return found }
            let known = try present(subjects, db)
            let missing = subjects.filter { !known.contains($0) }
            // A snapshot may be older than they are.
            let here = try missing.isEmpty ? [] : data.lend { try present(missing, $0) }
            found += missing.filter { !here.contains($0) }
            last = end
        }
    }

    package func currentVersion(_ data: any Connection) throws -> Int { Int(try database.read { try $0.integer("SELECT version FROM subject_key_state")! }) }

    package func wrappedKeys(of subjects: @autoclosure () -> Set<Int64>) throws -> [KeyPlace: WrappedKey]? { try wrappedKeys(subjects()) }

    /// The keys of customers, by customer and version.
    func wrappedKeys(_ subjects: Set<Int64>) throws -> [KeyPlace: WrappedKey] {
        guard !subjects.isEmpty else { return [:] }
        return try database.read { keys in
            var found: [KeyPlace: WrappedKey] = [:]
            found.reserveCapacity(subjects.count)
            try keys.forEachRow("subject, version, root, wrapped", from: "subject_key", by: ["subject"], .integers(subjects.sorted())) { row in
                let place = KeyPlace(subject: row.integer(0), version: row.int(1))
                found[place] = WrappedKey(root: row.int(2), version: place.version, bytes: row.bytes(3))
            }
            return found
        }
    }

    private func keyVersions(_ subjects: Set<Int64>) throws -> [Int64: Set<Int>] {
        try database.read { keys in
            var versions: [Int64: Set<Int>] = [:]
            try keys.forEachRow("subject, version", from: "subject_key", by: ["subject"], .integers(subjects.sorted())) { if $0.int(1) > 0 { versions[$0.integer(0), default: []].insert($0.int(1)) } }
            return versions
        }
    }

    /// How many of these records are there, and their customer's key is not about to go, as of now.
    private func remaining(_ missing: [Found]) throws -> Int64 {
        let sql = """
            SELECT COUNT(*) FROM record WHERE subject = ? AND key_version = ? AND subject NOT IN (SELECT subject FROM pending_key_erasure)
            """
        return try data.lend { db in try missing.reduce(0) { try $0 + (db.integer(sql, $1.subject, $1.version) ?? 0) } }
    }

    /// Those who have a row and whose key is not about to go, as of now.
    private func living(_ subjects: Set<Int64>) throws -> Set<Int64> {
        try data.lend { db in
            var living: Set<Int64> = []
            try db.forEachRow("id, erased_at", from: "subject", by: ["id"], .integers(subjects.sorted())) { if $0.isNull(1) { living.insert($0.integer(0)) } }
            return living
        }
    }

    private func present(_ subjects: [Int64], _ db: any Connection) throws -> Set<Int64> {
        var present: Set<Int64> = []
        try db.forEachRow("id", from: "subject", by: ["id"], .integers(subjects)) { present.insert($0.integer(0)) }
        return present
    }
}
