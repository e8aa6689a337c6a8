import Store
import StorePostgres

extension VaultStore {
    /// How many rows ``migrate(to:owner:keys:home:at:batch:progress:)`` would move and compare now; also finds out whether the
    /// database can be reached and has no other vault.
    package func rowsToMigrate(owner: PostgresAddress) throws -> Int {
        guard isInFiles else { throw StorageError.notFiles(database: database.name) }
        try Self.requireRoom(at: owner, for: vaultID)
        return try MigratedTable.all.reduce(0) { rows, table in
            let own = String(table.name.split(separator: ".")[1])
            let source = table.isInKeyStore ? keys.database : database
            return try rows + Int(source.read { try $0.integer("SELECT COUNT(*) FROM \(own)") ?? 0 })
        }
    }
}
