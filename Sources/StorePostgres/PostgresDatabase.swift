import Store
import Synchronization

/// A database of a PostgreSQL server, shared by any number of vault processes.
///
/// Who writes holds an advisory lock until the end of the transaction, so that processes write one after the other and
/// the audit log has one sequencer; readers see a snapshot (`REPEATABLE READ`). A commit that has returned is durable
/// (`synchronous_commit`).
package final class PostgresDatabase: Database {
    let address: PostgresAddress
    /// The keys of the data in it, where these are elsewhere.
    let keysApart: SeparateKeys?
    private let check: ConnectionCheck
    private let readers: PostgresPool
    /// For single rows, so that these wait for no long query.
    private let lookups: PostgresPool
    private let writers: PostgresPool

    package var name: String { address.name }
    package var isInFiles: Bool { false }
    package var isReadOnly: Bool { false }
    package var hasKeysApart: Bool { keysApart != nil }

    /// - Parameters:
    ///   - part: what is written in it, one after the other.
    ///   - schema: where tables without a schema's name lie, if not in the part's own.
    ///   - keysApart: the keys of the data in it, where these are elsewhere.
    package init(_ address: PostgresAddress, _ part: VaultPart, schema: String? = nil, keysApart: SeparateKeys? = nil) throws {
        let (check, schema) = (ConnectionCheck(), schema ?? part.schema)
        (self.address, self.keysApart, self.check) = (address, keysApart, check)
        func connecting(_ use: PostgresConnection.Use) -> @Sendable () throws -> PostgresConnection {
            {
                let connection = try PostgresConnection(address, schema: schema, lock: part.lock, use: use, keysApart: keysApart)
                try check.body?(connection)
                return connection
            }
        }
        (readers, lookups) = (PostgresPool(count: 8, connect: connecting(.reading)), PostgresPool(count: 2, connect: connecting(.reading)))
        writers = PostgresPool(count: 1, connect: connecting(.writing))
        // Whether it can be reached shows here.
        try naming { try lookups.lend { _ in } }
    }

    package func check(connections body: @escaping @Sendable (any Connection) throws -> Void, reading part: VaultPart) {
        check.body = { connection in try connection.within(part.schema) { try body(connection) } }
    }

    package func read<R>(_ body: (any Connection) throws -> R) throws -> R {
        try naming { try readers.lend { connection in try connection.snapshot { try body(connection) } } }
    }

    package func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try lookups.lend(body) } }

    package func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R { try writers.lend(body) }

    /// The same for who works with tables as their owner.
    package func withOwner<R>(_ body: (PostgresConnection) throws -> R) throws -> R { try writers.lend(body) }

    package func naming<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as PostgresError {
            throw StorageError(error, database: name)
        }
    }

    /// The server's own.
    package func checkpoint() {}

    /// The server's own.
    package func truncateLog(patience: Duration) {}

    /// The server's disk is not ours to look after.
    package func withRoom<R>(_ room: Room, _ body: () throws -> R) throws -> R { try body() }

    /// The server's to say.
    package func damage() -> [String] { [] }

    /// Keys that lie beside the data are counted with these.
    package func size() throws -> DatabaseSize {
        let sql = """
            SELECT CASE WHEN current_schema() = 'keystore' AND EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'vault') THEN 0
                ELSE pg_database_size(current_database()) END
            """
        return DatabaseSize(bytes: try read { try $0.integer(sql)! }, logBytes: 0)
    }
}

extension VaultPart {
    /// Where its tables lie.
    package var schema: String { self == .data ? "vault" : "keystore" }
    /// Number of the advisory lock that who writes to it holds.
    var lock: Int32 { self == .data ? 1 : 2 }
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
