import Foundation
import Synchronization

/// A database of a PostgreSQL server, shared by any number of vault processes.
///
/// Who writes holds an advisory lock until the end of the transaction, so that processes write one after the other and
/// the audit log has one sequencer; readers see a snapshot (`REPEATABLE READ`). A commit that has returned is durable
/// (`synchronous_commit`).
final class PostgresDatabase: Database {
    let address: PostgresAddress
    private let schema: String
    private let lock: Int32
    private let idle = Mutex<[PostgresConnection]>([])
    private let readers: DispatchSemaphore
    private let writer = Mutex<PostgresConnection?>(nil)

    var name: String { address.name }

    /// - Parameters:
    ///   - schema: where tables without a schema's name lie.
    ///   - lock: of who writes in it.
    init(_ address: PostgresAddress, schema: String, lock: Int32, readers: Int = 8) throws {
        (self.address, self.schema, self.lock) = (address, schema, lock)
        self.readers = DispatchSemaphore(value: readers)
        let first = try naming { try connect() }
        idle.withLock { $0.append(first) }
    }

    private func connect() throws -> PostgresConnection { try PostgresConnection(address, schema: schema, lock: lock) }

    /// Lends a connection whose server is still there.
    private func lend<R>(_ body: (PostgresConnection) throws -> R) throws -> R {
        readers.wait()
        defer { readers.signal() }
        let connection = try idle.withLock { $0.popLast() }.flatMap { $0.isUsable ? $0 : nil } ?? connect()
        defer { if !connection.isBroken { idle.withLock { $0.append(connection) } } }
        return try body(connection)
    }

    func read<R>(_ body: (any Connection) throws -> R) throws -> R {
        try naming { try lend { connection in try connection.snapshot { try body(connection) } } }
    }

    func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try lend(body) } }

    func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R {
        try writer.withLock { writer in
            let connection = try writer.flatMap { $0.isUsable ? $0 : nil } ?? connect()
            writer = connection
            return try body(connection)
        }
    }

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
    func truncateLog() {}
}
