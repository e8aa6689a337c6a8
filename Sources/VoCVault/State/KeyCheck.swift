import AuditLog
import Sealing
import Store

extension Vault {
    /// Holds the key store against the data: it is as far as they tell, has every key that they need, and each opens.
    ///
    /// - Throws: ``AuditError/alteredTables(_:)``.
    func verifyKeys() throws {
        guard try !store.keysAreBehind() else { throw AuditError.alteredTables(["subject_key_state", "erasure", "protection_state"]) }
        try keyring.reload()
        guard try store.read({ try lacksKey($0) }) == false else { throw AuditError.alteredTables(["data_key"]) }
        do {
            try SubjectKeys(keyring: keyring, vaultID: store.vaultID).openAll(in: store.keys)
        } catch VaultError.integrity {
            throw AuditError.alteredTables(["subject_key"])
        }
    }

    /// Whether a key of the vault's own is missing that something was made with.
    private func lacksKey(_ reader: StoreReader) throws -> Bool {
        let uses: [(use: Keyring.Use, table: StateTable)] = [(.recordID, .record), (.askedQueries, .asked), (.tasks, .task), (.tombstone, .tombstone)]
        if try uses.contains(where: { use, table in try reader.hasRows(table) && keyring.versions(use).isEmpty }) { return true }
        return try reader.indexedFields(.current).contains { field in
            try !keyring.versions(.index(field.name)).contains(field.version) && reader.hasEntries(ofField: field.number)
        }
    }
}
