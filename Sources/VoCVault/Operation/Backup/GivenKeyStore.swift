import AuditLog
import Foundation
import Store
import StoreMove
import Wire

/// The key store that a restore or check is given: the folder of `backup --keystore`, or the file.
struct GivenKeyStore {
    let file: String
    var folder: String { URL(fileURLWithPath: file).deletingLastPathComponent().path }
    /// Its folder, if backups put it there and left their lock.
    var lockedFolders: [String] { BackupLock.isThere(folder) ? [folder] : [] }

    /// - Throws: ``VaultError/invalid(_:)`` if there is no key store.
    init(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw VaultError.invalid("\(path) does not exist") }
        file = isFolder.boolValue ? URL(fileURLWithPath: path).appendingPathComponent(VaultStore.keyFile).path : path
        guard FileManager.default.fileExists(atPath: file) else {
            throw VaultError.invalid("there is no \(VaultStore.keyFile) in \(path): give the folder of 'backup --keystore', or the file")
        }
        // On a read-only medium, only the copy can tell.
        if (try? KeyStore.isOne(file)) == false { throw isNone }
    }

    private var isNone: VaultError { .invalid("\(file) is not a key store, the file \(VaultStore.keyFile) of a vault") }

    /// Copies it into a new file.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` if it is not a key store.
    func copy(to path: String) throws {
        do {
            try KeyStore.copy(file, to: path)
        } catch StorageError.notAVault {
            throw isNone
        }
        guard try KeyStore.isOne(path) else { throw isNone }
    }

    /// The keys in a copy of it, and the log whose manifests they verify.
    ///
    /// - Parameter origins: of the logs whose manifests were found.
    func open(copy: String, keyFile: KeyFile, origins: [String], folder: String, now: Int64) throws -> (keyring: Keyring, origin: String, keys: [LogKey]) {
        let store = try KeyStore.open(copy: copy)
        var reasons: [String] = []
        for origin in origins {
            guard let vaultID = origin.split(separator: "/").last.flatMap({ UInt128($0, radix: 16) }) else { continue }
            do {
                let keyring = try Keyring(file: keyFile, store: store, vaultID: vaultID, now: now)
                guard !keyring.versions(.auditSigning).isEmpty else { throw VaultError.keys("\(file) has no key of an audit log") }
                return (keyring, origin, try keyring.auditKeys(now: now).logKeys)
            } catch VaultError.keys(let reason) {
                reasons.append(reason)
            }
        }
        let whose = origins.count == 1 ? "the vault whose snapshots are in \(folder)" : "one of the \(origins.count) vaults whose snapshots are in \(folder)"
        let why = reasons.first.map { " (\($0))" } ?? ""
        throw VaultError.keys("\(file) is not the key store of \(whose), or \(keyFile.path) is not its key file\(why)")
    }
}
