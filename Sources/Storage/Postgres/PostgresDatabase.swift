/// A database of a PostgreSQL server, shared by any number of vault processes.
///
/// Who writes holds an advisory lock until the end of the transaction, so that processes write one after the other and
/// the audit log has one sequencer; readers see a snapshot (`REPEATABLE READ`). A commit that has returned is durable
/// (`synchronous_commit`).
final class PostgresDatabase: Database {
    let address: PostgresAddress
    private let readers: PostgresPool
    /// For single rows, so that these wait for no long query.
    private let lookups: PostgresPool
    private let writers: PostgresPool

    var name: String { address.name }

    /// - Parameters:
    ///   - schema: where tables without a schema's name lie.
    ///   - lock: of who writes in it.
    init(_ address: PostgresAddress, schema: String, lock: Int32) throws {
        self.address = address
        let connect = { @Sendable in try PostgresConnection(address, schema: schema, lock: lock) }
        (readers, lookups) = (PostgresPool(count: 8, connect: connect), PostgresPool(count: 2, connect: connect))
        writers = PostgresPool(count: 1, connect: connect)
        // Whether it can be reached shows here.
        try naming { try lookups.lend { _ in } }
    }

    func read<R>(_ body: (any Connection) throws -> R) throws -> R {
        try naming { try readers.lend { connection in try connection.snapshot { try body(connection) } } }
    }

    func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try lookups.lend(body) } }

    func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R { try writers.lend(body) }

    func naming<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as PostgresError {
            throw StorageError(error, database: name)
        }
    }

    /// The server's own.
    func checkpoint() {}

    /// The server's own.
    func truncateLog(patience: Duration) {}
}
