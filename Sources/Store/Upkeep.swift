/// When the vault was last looked after.
extension StoreWriter {
    /// Notes when records were last sealed under other keys.
    package func setResealed(at now: Int64) throws { try changingVault { try db.run("UPDATE vault SET resealed_at = ?", now) } }

    /// Notes when the vault was last backed up.
    package func setBackedUp(at now: Int64) throws { try changingVault { try db.run("UPDATE vault SET backed_up_at = ?", now) } }

    /// Runs a change of the row that is the vault's own.
    func changingVault(by change: () throws -> Void) throws { try changing(.vault, where: "TRUE", by: change) }
}

extension StoreReader {
    /// When records were last sealed under other keys; nil: never.
    package func resealedAt() throws -> Int64? { try db.integer("SELECT resealed_at FROM vault") }

    /// When the vault was last backed up; nil: never.
    package func backedUpAt() throws -> Int64? { try db.integer("SELECT backed_up_at FROM vault") }
}
