import Store
import StoreSQLite

/// Files of a vault that no vault has open: snapshots, and what a backup has put together.
extension VaultStore {
    /// Opens files that are no home yet.
    package static func openFiles(data: String, keys: String) throws -> VaultStore { try FileVault.open(data: data, keys: keys) }

    /// Readies files that were put together from a snapshot and a newer key store, before they are opened as a vault.
    package static func makeReady(restored data: String, keys: String) throws { try FileVault.makeReady(restored: data, keys: keys) }

    /// The format of a file with data, which no newer program may have written.
    package static func format(ofData path: String) throws -> Int { try FileVault.format(of: .data, path).rawValue }

    /// The signed checkpoint of the audit log in a copy of `vault.db`.
    package static func auditCheckpoint(inCopy path: String) throws -> String? { try FileCopies.auditCheckpoint(of: path) }
}

extension KeyStore {
    /// Opens a copy of a key store without its vault, in the present format.
    package static func open(copy path: String) throws -> KeyStore { try FileCopies.openKeys(path) }

    /// Whether a file is the key store of some vault.
    package static func isOne(_ path: String) throws -> Bool { try FileCopies.isKeyStore(path) }

    /// Ids of the root keys by number, and the vault's own keys, in a key store that no vault has open.
    package static func keys(inCopy path: String) throws -> (roots: [Int: String], keys: [DataKeyRow]) { try FileCopies.keys(of: path) }

    /// Copies a key store that no vault has open into a new file of mode 0600.
    package static func copy(_ source: String, to path: String) throws { try FileCopies.copyKeys(source, to: path) }
}
