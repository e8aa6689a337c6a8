import Store

/// Connections that are lent out one at a time each.
final class PostgresPool: Sendable {
    private let connections: LendingPool<PostgresConnection>

    /// - Parameter count: most connections at once; who comes when all are lent waits.
    init(count: Int, connect: @escaping @Sendable () throws -> PostgresConnection) { connections = LendingPool(count: count, make: connect) }

    /// Lends a connection whose server is still there.
    func lend<R>(_ body: (PostgresConnection) throws -> R) throws -> R {
        try connections.lend(isUsable: \.isUsable, isWhole: { !$0.isBroken }) { connection in
            try connection.forgetStatements()
            return try body(connection)
        }
    }
}
