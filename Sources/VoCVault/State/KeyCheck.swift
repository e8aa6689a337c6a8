import AuditLog
import Sealing
import Store

extension Vault {
    /// Holds the key store against the data: it is as far as they tell, has every key that they need, and each opens.
    ///
    /// - Throws: ``AuditError/alteredTables(_:)``.
    func verifyKeys() throws {
        guard try !store.keysAreBehind() else { throw AuditError.alteredTables(["subject_key_state", "erasure", "protection_state"]) }
        // In this order: a key is there before what was made with it.
        let needed = try store.read { try neededKeys($0) }
        try keyring.reload()
        let missing = needed.contains { use, version in version.map { !keyring.versions(use).contains($0) } ?? keyring.versions(use).isEmpty }
        guard !missing else { throw AuditError.alteredTables(["data_key"]) }
        do {
            try SubjectKeys(keyring: keyring, vaultID: store.vaultID).openAll(in: store.keys)
        } catch VaultError.integrity {
            throw AuditError.alteredTables(["subject_key"])
        }
    }

    /// Keys of the vault's own that something was made with, each with its version if that is known.
    private func neededKeys(_ reader: StoreReader) throws -> [(use: Keyring.Use, version: Int?)] {
        let uses: [(use: Keyring.Use, table: StateTable)] = [(.recordID, .record), (.askedQueries, .asked), (.tasks, .task), (.tombstone, .tombstone)]
        let own = try uses.filter { try reader.hasRows($0.table) }.map { ($0.use, nil as Int?) }
        let indexes = try reader.indexedFields(.current).filter { try reader.hasEntries(ofField: $0.number) }
        return own + indexes.map { (.index($0.name), $0.version) }
    }
}
