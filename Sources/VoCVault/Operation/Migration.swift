import Foundation
import Policy
import StoreMove
import StorePostgres

extension Session {
    /// How many rows ``migrate(to:owner:keys:acceptsAsynchronous:progress:)`` would move. Also finds out whether it could begin.
    package func migrationForecast(to address: PostgresAddress, owner: PostgresAddress, keys: KeysPlace? = nil, acceptsAsynchronous: Bool = false) throws -> Int {
        let access = try authorize(.migrate, purpose: nil)
        return try logged(access) {
            _ = try ServerRisk.require([owner, keys?.owner], acceptsAsynchronous: acceptsAsynchronous)
            if try !store.isClosed { _ = try commit(access) { _ in ((), access.entry(detail: [.to: address.name]).planned) } }
            return try store.rowsToMigrate(owner: owner)
        }
    }

    /// Moves the vault from its files into a PostgreSQL database, compares every row, and records the new place in the home.
    ///
    /// Nobody can write meanwhile. An interrupted migration continues where it stopped. Open the vault again afterwards.
    ///
    /// - Parameters:
    ///   - address: of the database, as the vault will connect to it.
    ///   - owner: of the same database, as the role that owns the tables; used only for the migration.
    ///   - keys: a separate database for the keys; nil: the same one.
    ///   - acceptsAsynchronous: whether to accept a server whose standbys may lack the last acknowledged writes.
    /// - Returns: how many rows were compared.
    package func migrate(
        to address: PostgresAddress, owner: PostgresAddress, keys: KeysPlace? = nil, acceptsAsynchronous: Bool = false,
        progress: @escaping (MigrationProgress) -> Void
    ) throws -> Int {
        let access = try authorize(.migrate, purpose: nil)
        return try logged(access) {
            let standbys = try ServerRisk.require([owner, keys?.owner], acceptsAsynchronous: acceptsAsynchronous)
            // Before the move, as it has no part in what follows. A migration that is about to end has its entry already.
            if try !store.isClosed { _ = try commit(access) { _ in ((), access.entry(detail: [.to: address.name, .standbys: standbys])) } }
            let home = URL(fileURLWithPath: vault.location.home, isDirectory: true)
            return try store.migrate(to: address, owner: owner, keys: keys, home: home, at: vault.clock(), progress: progress)
        }
    }
}
