/// When the vault was last verified.
package struct VerifiedRow: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The log and all tables.
        case full
        /// All sealed records, too.
        case deep
        /// Some of them.
        case sample
    }

    package var kind: Kind
    /// Milliseconds since 1970.
    package var at: Int64
    /// How much of the records was opened.
    package var percent: Int

    package init(kind: Kind, at: Int64, percent: Int) { (self.kind, self.at, self.percent) = (kind, at, percent) }
}

/// What counts the wraps of a root key, beside those of customers' first keys.
package struct RootCount: Sendable, Equatable {
    package var id: String
    /// How many customers had a key before it.
    package var since: Int64
    /// How many keys moved to it.
    package var rewrapped: Int64

    fileprivate init(_ row: any Row) { (id, since, rewrapped) = (row.text(0), row.integer(1), row.integer(2)) }
}

extension StoreReader {
    /// The last of each kind.
    package func verifications() throws -> [VerifiedRow] {
        try checked(.verified) { row in
            VerifiedRow.Kind(rawValue: row.text(0)).map { VerifiedRow(kind: $0, at: row.integer(1), percent: row.int(2)) }
        } collect: {
            $0.compactMap { $0 }
        }
    }

    /// When the vault was made, in milliseconds since 1970.
    package func createdAt() throws -> Int64 { try db.integer("SELECT created_at FROM vault")! }

    /// What was last found beside the keys.
    package func knownRoots() throws -> [RootCount] { try checked(.knownRoot, read: { RootCount($0) }, collect: { $0 }) }
}

extension StoreWriter {
    package func note(_ row: VerifiedRow) throws {
        let sql = """
            INSERT INTO verified (kind, at, percent) VALUES (?, ?, ?)
            ON CONFLICT (kind) DO UPDATE SET at = excluded.at, percent = excluded.percent
            """
        try changing(.verified, where: "kind = ?", row.kind.rawValue) { try db.run(sql, row.kind.rawValue, row.at, row.percent) }
    }

    /// Notes what was found beside the keys, in place of what was found before.
    package func note(_ roots: [RootCount]) throws {
        guard try reader.knownRoots() != roots else { return }
        try changing(.knownRoot, where: "TRUE") {
            try db.run("DELETE FROM known_root")
            for root in roots { try db.run("INSERT INTO known_root (id, since, rewrapped) VALUES (?, ?, ?)", root.id, root.since, root.rewrapped) }
        }
    }
}

extension KeyStore {
    /// What counts the wraps of the root keys, in the order of their ids.
    package func rootCounts() throws -> [RootCount] { try database.read { try $0.rows("SELECT id, since, rewrapped FROM root_key") { RootCount($0) } }.sorted { $0.id < $1.id } }
}

extension VaultStore {
    /// Whether any root key has fewer wraps counted than were found before: keys that a provider still holds would be used beyond their limit.
    package func rootCountsAreBehind() throws -> Bool {
        // What is known was there before what is read afterwards.
        let known = try read { try $0.knownRoots() }
        let counts = Dictionary(try keys.rootCounts().map { ($0.id, $0) }) { first, _ in first }
        return known.contains { root in counts[root.id].map { $0.since != root.since || $0.rewrapped < root.rewrapped } ?? false }
    }
}
