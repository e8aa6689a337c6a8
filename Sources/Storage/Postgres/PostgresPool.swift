import Foundation
import Synchronization

/// Connections that are lent out one at a time each.
final class PostgresPool: Sendable {
    private let connect: @Sendable () throws -> PostgresConnection
    private let idle = Mutex<[PostgresConnection]>([])
    private let places: DispatchSemaphore

    /// - Parameter count: most connections at once; who comes when all are lent waits.
    init(count: Int, connect: @escaping @Sendable () throws -> PostgresConnection) {
        (self.connect, places) = (connect, DispatchSemaphore(value: count))
    }

    /// Lends a connection whose server is still there.
    func lend<R>(_ body: (PostgresConnection) throws -> R) throws -> R {
        places.wait()
        defer { places.signal() }
        let connection = try idle.withLock { $0.popLast() }.flatMap { $0.isUsable ? $0 : nil } ?? connect()
        defer { if !connection.isBroken { idle.withLock { $0.append(connection) } } }
        try connection.forgetStatements()
        return try body(connection)
    }
}
