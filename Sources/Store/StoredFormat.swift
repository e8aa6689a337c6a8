/// The formats of what a vault stores, each a step in their history that begins where the one before ends.
///
/// One that has shipped never changes: what comes after is another step. What a step changes is each database's own.
package enum StoredFormat: Int, Sendable, CaseIterable, Comparable {
    /// That of version 0.1.0.
    case first = 1
    /// Holds with numbers of their own; what protects people is kept beside the keys as well, so that a restore does not
    /// undo it; and tombstones, so that the next export of a source does not bring back who was erased.
    ///
    /// `pending_protection` and what is not copied of `tombstone` wait for the key store. There, `seq` grows with every
    /// row that is written; `protections_applied` of the data says up to which of them the data have it.
    case protections = 2
    /// What the rows of the tables add up to stands sealed beside the log's head, and entries commit to it.
    case state = 3
    /// Who agreed to a token, whose records are restricted, which keys were ever made, and the policies that were in force, each in
    /// a table of its own; and what is written about customers is sealed under their keys.
    case agreements = 4
    /// Which customers are one person, what each agreed to, and which figures were released.
    case people = 5
    /// Whom others' texts mention: keyed tokens, sealed with the texts, and what was decided about them.
    case mentions = 6
    /// In which time zone the days are to which released figures were charged, and what came in from each source.
    case zones = 7

    /// The one that this program reads and writes.
    package static var current: StoredFormat { allCases.last! }

    /// Those that come after a format; all of them after none.
    package static func steps(after format: StoredFormat?) -> [StoredFormat] { allCases.filter { step in format.map { step > $0 } ?? true } }

    package static func < (one: StoredFormat, other: StoredFormat) -> Bool { one.rawValue < other.rawValue }
}

/// The two parts of a vault: its data, and the wrapped keys with the log of erasures.
package enum VaultPart: Sendable {
    case data, keys
}
