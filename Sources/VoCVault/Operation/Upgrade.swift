import AuditLog
import Foundation
import Policy
import Sealing
import Store
import StoreMove
import StorePostgres
import Wire

/// Result of an upgrade of the stored format.
package struct UpgradeReport: Sendable, Equatable {
    /// The vault's former and present format.
    package var from: Int
    package var to: Int
    /// Entries of the audit log, which has been verified.
    package var entries: Int64
    /// The folder with the former files; nil if none was made.
    package var copy: String?
}

extension Vault {
    /// Maximum age of a database's last backup before an upgrade, in milliseconds.
    private static let backupAge: Int64 = 86_400_000

    /// Upgrades a vault that nobody has open to this program's format.
    ///
    /// Before anything is changed, the policies are read, pages, keys and audit log are verified, and files are copied; a
    /// database must have been backed up within a day. Each file, or the database, is upgraded in one transaction. Then the vault
    /// is verified again, and its log records the upgrade. The next upgrade finishes one that was interrupted; until then the
    /// vault does not open.
    ///
    /// - Parameters:
    ///   - owner: address of the role that owns the tables, if the vault is in a PostgreSQL database.
    ///   - keysOwner: the same for the keys, if they have a database of their own.
    ///   - isBackedUp: whether somebody vouches for a backup; then no files are copied and no backup is required.
    /// - Returns: nil if there was nothing to do.
    package static func upgrade(
        at location: Location, owner: PostgresAddress?, keysOwner: PostgresAddress? = nil, isBackedUp: Bool = false, clock: (@Sendable () -> Int64)? = nil
    ) throws -> UpgradeReport? {
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        let formats = try VaultStore.formats(in: home)
        let (mark, copy) = (UpgradeMark(home: location.home), UpgradeCopy(home: location.home))
        guard let from = try mark.format() ?? (formats.oldest < VaultStore.format ? formats.oldest : nil) else { return nil }
        if formats.oldest < VaultStore.format {
            try VaultStore.requireOwner(owner, keys: keysOwner, in: home)
            try prepare(location, formats, copy, isBackedUp, now: clock?() ?? Int64(Date().timeIntervalSince1970 * 1000))
            try mark.write(from)
            _ = try VaultStore.upgrade(in: home, owner: owner, keys: keysOwner)
        }
        let vault = try openFinished(at: location, clock: clock, isUpgraded: true)
        try vault.bringCodesUpToDate(from: from)
        try vault.protectEverything()
        let entries = try vault.verifiedAudit(against: nil).entries
        let entry = AuditEntry(ofVault: .vault(.upgrade), rule: "upgrade", detail: [.fromFormat: String(from), .toFormat: String(VaultStore.format)])
        // Words that it seals must leave the write-ahead log, too.
        try vault.traces.deleting { if try !vault.store.hasAccount() { try vault.logBeginning(entry) } else { try vault.logUpgrade(entry) } }
        try mark.remove()
        return UpgradeReport(from: from, to: VaultStore.format, entries: entries + 1, copy: copy.isThere && !isBackedUp ? copy.path : nil)
    }

    /// Checks and copies to complete before anything is changed.
    private static func prepare(_ location: Location, _ formats: VaultStore.Formats, _ copy: UpgradeCopy, _ isBackedUp: Bool, now: Int64) throws {
        try PolicyCheck.requireValidExpressions(PolicySet.load(from: location.policies))
        let store = try VaultStore.openAnyFormat(in: URL(fileURLWithPath: location.home, isDirectory: true))
        if let damage = try store.condition().damage.first {
            throw VaultError.integrity("nothing was upgraded: the database is damaged (\(damage)); restore a backup, and upgrade that")
        }
        let keyring = try Keyring(file: KeyFile(path: location.keys), store: store.keys, vaultID: store.vaultID, now: now)
        try SubjectKeys(keyring: keyring, vaultID: store.vaultID).openAll(in: store.keys)
        try verifyLog(of: store, keyring.auditKeys(now: now).logKeys, location)
        try verifyState(of: store, keyring, formats, now: now)
        if isBackedUp { return }
        if store.isInFiles {
            // Once one of two files has been upgraded, the earlier copy is the one to go back to.
            if !formats.isMixed || !copy.isThere { try copy.make(of: store) }
        } else if try store.read({ try $0.backedUpAt() }) ?? .min < now - backupAge {
            throw VaultError.conflict(
                "nothing was upgraded: the last backup is more than a day old; back the vault up with the version that wrote it, or, if you have another backup, say --without-backup"
            )
        }
    }

    /// Holds the tables against the account that a vault of these formats keeps of them.
    private static func verifyState(of store: VaultStore, _ keyring: Keyring, _ formats: VaultStore.Formats, now: Int64) throws {
        guard let format = StoredFormat(rawValue: formats.data), format >= .state else { return }
        guard !keyring.versions(.state).isEmpty else { throw AuditError.alteredTables(["data_key"]) }
        let keeper = try StateKeys(keyring: keyring, vaultID: store.vaultID).keeperInForce(of: store, now: now)
        store.keepState(keeper)
        try store.read { reader in
            var check = try StateCheck(reader, format)
            try reader.forEachAuditEntry { sequence, bytes in
                check.add(sequence, bytes)
                return true
            }
            try check.finish(keeper, store.keys)
        }
    }

    /// Verifies every entry against the log's end, its published files and the kept head.
    private static func verifyLog(of store: VaultStore, _ keys: [LogKey], _ location: Location) throws {
        let tiles = AuditPublisher(home: location.home).tiles
        let published = try tiles.checkpoint().map { try Checkpoint(verifying: $0, keys: keys) }
        let kept = try LogWatch(KeptHead(location)).known.map { Checkpoint(origin: $0.head.origin, size: $0.head.size, root: $0.head.root) }
        try store.read { reader in
            guard let head = try reader.auditHead() else { throw AuditError.noLog }
            var verifier = try AuditVerifier(
                checkpoint: Checkpoint(verifying: head.checkpoint, keys: keys), older: [published, kept].compactMap { $0 }, published: published.map { tiles.reader(size: $0.size) }
            )
            try reader.forEachAuditEntry { sequence, entry in
                try verifier.add(sequence: sequence, entry)
                return true
            }
            guard try verifier.finish().frontierBytes == head.frontier else { throw AuditError.damagedHead }
        }
    }
}

/// States in the home that an upgrade is under way, from before the first change until after its audit entry.
struct UpgradeMark {
    static let fileName = "upgrade"
    private static let title = "vocvault upgrade v1\nfrom "

    private let path: String

    init(home: String) { path = "\(home)/\(Self.fileName)" }

    /// The vault's format when the upgrade began; nil if none is under way.
    func format() throws -> Int? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
        guard text.hasPrefix(Self.title), text.hasSuffix("\n"), let format = Int(text.dropFirst(Self.title.count).dropLast()) else {
            throw VaultError.integrity("\(path) is damaged: it should say from which format the vault is being upgraded")
        }
        return format
    }

    func write(_ format: Int) throws { try DurableFile.replace(path, with: Array("\(Self.title)\(format)\n".utf8)) }

    func remove() throws {
        var batch = FileBatch()
        try batch.remove(path)
        try batch.flush()
    }

    /// - Throws: ``VaultError/conflict(_:)`` while an upgrade is under way.
    func requireNone() throws {
        if try format() != nil { throw VaultError.conflict("the upgrade of this vault did not end: run 'vocvault upgrade' again") }
    }
}
