import Synchronization

/// A database of a PostgreSQL server, shared by any number of vault processes.
///
/// Who writes holds an advisory lock until the end of the transaction, so that processes write one after the other and
/// the audit log has one sequencer; readers see a snapshot (`REPEATABLE READ`). A commit that has returned is durable
/// (`synchronous_commit`).
final class PostgresDatabase: Database {
    let address: PostgresAddress
    /// The keys of the data in it, where these are elsewhere.
    let keysApart: SeparateKeys?
    private let check: ConnectionCheck
    private let readers: PostgresPool
    /// For single rows, so that these wait for no long query.
    private let lookups: PostgresPool
    private let writers: PostgresPool

    var name: String { address.name }

    /// - Parameters:
    ///   - schema: where tables without a schema's name lie.
    ///   - lock: of who writes in it.
    ///   - keysApart: the keys of the data in it, where these are elsewhere.
    init(_ address: PostgresAddress, schema: String, lock: Int32, keysApart: SeparateKeys? = nil) throws {
        let check = ConnectionCheck()
        (self.address, self.keysApart, self.check) = (address, keysApart, check)
        func connecting(_ use: PostgresConnection.Use) -> @Sendable () throws -> PostgresConnection {
            {
                let connection = try PostgresConnection(address, schema: schema, lock: lock, use: use, keysApart: keysApart)
                try check.body?(connection)
                return connection
            }
        }
        (readers, lookups) = (PostgresPool(count: 8, connect: connecting(.reading)), PostgresPool(count: 2, connect: connecting(.reading)))
        writers = PostgresPool(count: 1, connect: connecting(.writing))
        // Whether it can be reached shows here.
        try naming { try lookups.lend { _ in } }
    }

    /// Has `body` look at each connection that is made from now on, before it is used.
    func check(connections body: @escaping @Sendable (PostgresConnection) throws -> Void) { check.body = body }

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

/// What is asked of a new connection.
private final class ConnectionCheck: Sendable {
    private struct State {
        var body: (@Sendable (PostgresConnection) throws -> Void)?
    }

    private let state = Mutex(State())

    var body: (@Sendable (PostgresConnection) throws -> Void)? {
        get { state.withLock { $0.body } }
        set { state.withLock { $0.body = newValue } }
    }
}
