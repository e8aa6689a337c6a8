/// A read transaction. Its operations stand in extensions, one file a subject matter.
package struct StoreReader {
    package let db: any Connection
    /// What is known of the tables that decide; nil: they are not checked.
    let watch: StateWatch?
    /// Of the write transaction that it is in.
    let group: WriteGroup?

    package init(db: any Connection) { self.init(db: db, watch: nil) }

    init(db: any Connection, watch: StateWatch?, group: WriteGroup? = nil) { (self.db, self.watch, self.group) = (db, watch, group) }
}

/// What the bodies that share a transaction share besides.
final class WriteGroup {
    /// Of which source, and on which day since 1970 in the policy's time zone.
    struct Arrival: Hashable {
        var source: String
        var day: Int64
    }

    let watch: StateWatch
    var keeper: (any StateKeeper)?
    var account = StateAccount()
    var recordColumns: RecordColumns?
    var state: (any Sendable)?
    /// As it is in the transaction.
    var known = WriterKnowledge()
    /// Whether activity that is too old goes.
    var forgets = true
    /// What came in with requests, and when.
    var arrivals: [Arrival: (counts: IntakeCounts, at: Int64)] = [:]
    /// Takes back what the body that runs has counted.
    var undoing: [() -> Void] = []
    var beforeCommit: ((StoreWriter) throws -> Void)?
    var afterCommit: (() -> Void)?

    init(_ watch: StateWatch) { (self.watch, keeper) = (watch, watch.keeper) }
}

/// The write transaction. It can read what it has written.
package struct StoreWriter {
    let db: any Connection
    let group: WriteGroup

    /// What one body leaves for the next in the same transaction; put back when a body is undone.
    package var groupState: (any Sendable)? {
        get { group.state }
        nonmutating set { group.state = newValue }
    }

    /// Runs once at the end of the transaction, for all bodies in it; replaces what was to run before.
    package func beforeCommit(_ body: @escaping (StoreWriter) throws -> Void) { group.beforeCommit = body }

    /// Runs once what was written is durable; replaces what was to run before.
    package func afterCommit(_ body: @escaping () -> Void) { group.afterCommit = body }

    /// The same transaction, for reading.
    package var reader: StoreReader { StoreReader(db: db, watch: group.watch, group: group) }
}
