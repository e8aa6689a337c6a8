import AuditLog
import Foundation
import Policy
import Store
import Wire

/// Result of a restore.
package struct RestoreReport: Sendable, Equatable {
    /// The snapshot's name.
    package var name: String
    /// Entries of its log.
    package var entries: Int64
    /// Notices for whoever runs the vault.
    package var notes: [String]
}

extension Vault {
    /// How long a backup, restore or check waits for another one in the same folder: longer than a small one takes.
    package static let backupPatience = Duration.seconds(30)

    /// Assembles a vault from a snapshot and a key store, in a home that must not exist yet.
    ///
    /// Everything is verified before anything appears: signature, chunks, pages, keys, the whole audit log. Customers who were
    /// erased after the snapshot, according to the key store's log of erasures, are deleted again.
    ///
    /// - Parameters:
    ///   - snapshot: its name; nil: of this vault's snapshots that verify, the one with the longest log.
    ///   - keyStore: the newest one, of the lost vault or a copy: the file, or its folder.
    ///   - acceptsOlderKeys: whether to go on although something that protects people came after the key store and is kept nowhere.
    ///   - patience: how long to wait for a backup that is working in the folder.
    package static func restore(
        from folder: String, snapshot: String? = nil, keyStore: String, acceptsOlderKeys: Bool = false, to location: Location,
        clock: (@Sendable () -> Int64)? = nil, patience: Duration = backupPatience, progress: (BackupProgress) -> Void = { _ in }
    ) throws -> RestoreReport {
        guard !FileManager.default.fileExists(atPath: location.home) else {
            throw VaultError.invalid("\(location.home) exists; a restore never overwrites")
        }
        let given = try GivenKeyStore(keyStore)
        let backups = BackupFolder(folder)
        let origins = try backups.origins(snapshot)
        let lock = try BackupLock.shared([folder] + given.lockedFolders, patience: patience) { progress(.waiting(folder: $0)) }
        defer { withExtendedLifetime(lock) {} }
        return try RestoreFolder(home: location.home).with { work in
            let files = SnapshotFiles(data: "\(work)/\(VaultStore.dataFile)", keys: "\(work)/\(VaultStore.keyFile)")
            var place = location
            place.home = work
            // The last head that the lost vault signed, as far as this machine knows.
            let file = KeptHead(location)
            let lost = Lost(head: ((try? file.read()) ?? nil)?.head, journal: ProtectionJournal(beside: file), acceptsOlderKeys: acceptsOlderKeys)
            let (report, head) = try assemble(files, from: backups, snapshot, given, origins, place, lost, clock, progress)
            try Temporaries.shared.undisturbed {
                for file in [files.data, files.keys] { try DurableFile.flush(file) }
                var batch = FileBatch()
                try batch.rename(work, to: location.home)
                try batch.flush()
                // Opened now, because it may be in the home.
                try KeptHead(location).decide(for: head, at: (clock ?? systemClock)())
            }
            return report
        }
    }

    /// What this machine still knows of the vault that is gone.
    private struct Lost {
        /// The last that it signed.
        let head: LogHead?
        let journal: ProtectionJournal
        let acceptsOlderKeys: Bool
    }

    /// Assembles the files and checks them. When this returns, nothing has them open.
    private static func assemble(
        _ files: SnapshotFiles, from backups: BackupFolder, _ snapshot: String?, _ given: GivenKeyStore, _ origins: [String], _ place: Location,
        _ lost: Lost, _ clock: (@Sendable () -> Int64)?, _ progress: (BackupProgress) -> Void
    ) throws -> (RestoreReport, LogHead) {
        try given.copy(to: files.keys)
        let (keyring, origin, keys) = try given.open(copy: files.keys, keyFile: KeyFile(path: place.keys), origins: origins, folder: backups.path, now: (clock ?? systemClock)())
        let survey = try SnapshotSurvey(backups, origin: origin, keys: keys)
        let name = try snapshot ?? survey.newest(in: backups.path)
        let note = try survey.note(name, in: backups)
        var whole: Set<String> = []
        try backups.assemble(SnapshotManifest(note), into: files.data, whole: &whole) { progress(.assembling($0, of: $1)) }
        let others = snapshot == nil ? survey.own.filter { $0.name != name } : []
        let (entries, head, notes) = try verified(files, keyring, note, place, others, lost, clock, progress)
        return (RestoreReport(name: name, entries: entries, notes: survey.notes(at: (clock ?? systemClock)()) + notes), head)
    }

    /// Opens the assembled files, brings the key store up to date, checks them against the manifest, and notes the restore in their
    /// log, with the kept head of the lost one. Returns the number of restored entries, the new head, and notices.
    private static func verified(
        _ files: SnapshotFiles, _ keyring: Keyring, _ note: String, _ place: Location, _ others: [SnapshotSurvey.Own], _ lost: Lost,
        _ clock: (@Sendable () -> Int64)?, _ progress: (BackupProgress) -> Void
    ) throws -> (Int64, LogHead, notes: [String]) {
        let format = try VaultStore.format(ofData: files.data)
        let vault = try Vault(files, keyring: keyring, at: place, policy: PolicySet.load(from: place.policies), clock: clock)
        // Facts that wait among the data are older than those in the journal.
        try vault.store.copyProtections()
        let journal = try lost.journal.known(of: vault)
        let later = try journal.replay(into: vault, acceptsGap: lost.acceptsOlderKeys)
        let checkpoint = try vault.checkSnapshot(against: note, progress: progress)
        // If there are two histories, the longer one need not be the wanted one.
        let apart = try vault.checkpointsNotContinued(others.map(\.checkpoint))
        guard apart.isEmpty else {
            let names = others.filter { apart.contains($0.checkpoint) }.map(\.name)
            throw VaultError.invalid(
                "the folder has snapshots of two histories of this vault, as after an earlier restore: the longest log does not continue "
                    + "\(names.suffix(5).joined(separator: ", ")); name the snapshot to restore with --snapshot")
        }
        var detail: [AuditDetail: String] = [.entries: String(checkpoint.size)]
        if !later.isNothing { detail[.journal] = later.description }
        if let kept = lost.head, kept.origin == vault.trail.origin {
            (detail[.keptEntries], detail[.keptRoot]) = (String(kept.size), Data(kept.root).base64EncodedString())
        }
        let entry = AuditEntry(ofVault: .vault(.restore), rule: "restore", detail: detail)
        try vault.bringCodesUpToDate(from: format)
        if try vault.store.hasAccount() { try vault.logUpgrade(entry, isRestored: true) } else { try vault.logBeginning(entry, isRestored: true) }
        _ = try vault.publisher.publish(vault)
        try vault.store.truncateLog()
        return (checkpoint.size, vault.trail.watch.known!.head, notes(later, from: journal, lost, restored: checkpoint))
    }
}

extension Vault {
    private static func notes(_ later: ProtectionJournal.Replayed, from journal: ProtectionJournal, _ lost: Lost, restored: Checkpoint) -> [String] {
        var notes: [String] = []
        if let kept = lost.head, kept.origin == restored.origin, kept.size > restored.size {
            notes.append("the lost log had \(kept.size - restored.size) more entries than the snapshot")
        }
        if !later.isNothing { notes.append("the key store was older than \(journal.path), from which it got what came later: \(later.description)") }
        return notes
    }
}

extension BackupFolder {
    /// The logs of the manifests that were found, or that of one snapshot.
    func origins(_ snapshot: String? = nil) throws -> [String] {
        if let snapshot { return [try SnapshotManifest(note(snapshot)).origin] }
        let names = try names()
        let origins = Set(names.compactMap { name in try? SnapshotManifest(note(name)).origin }).sorted()
        if origins.isEmpty { throw BackupError.noSnapshot(folder: path, others: names.count) }
        return origins
    }
}

extension SnapshotSurvey {
    /// The one with the longest log.
    func newest(in folder: String) throws -> String {
        guard let newest = own.last else { throw BackupError.noSnapshot(folder: folder, others: foreign.count + damaged.count) }
        return newest.name
    }

    /// The manifest of a valid snapshot.
    func note(_ name: String, in folder: BackupFolder) throws -> String {
        if own.contains(where: { $0.name == name }) { return try folder.note(name) }
        if let reason = damaged.first(where: { $0.name == name })?.reason { throw VaultError.integrity("snapshot \(name): \(reason)") }
        throw VaultError.notFound("the snapshot \(name)")
    }
}

/// The folder beside a home in which a vault is assembled. It contains a copy of the key store. A restore that is stopped removes
/// it, the next one removes what a killed one left, and `doctor` finds it.
struct RestoreFolder {
    let path: String

    init(home: String) {
        let home = URL(fileURLWithPath: home, isDirectory: true)
        path = home.deletingLastPathComponent().appendingPathComponent(".\(home.lastPathComponent)-restoring").path
    }

    /// Whether it exists and no restore is working in it.
    var isLeft: Bool {
        guard access(path, F_OK) == 0, let lock = try? FileLock.attempt(path) else { return false }
        return withExtendedLifetime(lock) { true }
    }

    /// Passes the empty folder to `body`, and afterwards removes it unless it has been renamed.
    func with<R>(_ body: (String) throws -> R) throws -> R {
        try DurableFile.makeFolder(path)
        guard let lock = try FileLock.attempt(path) else { throw BackupError.busy(folder: path) }
        defer { withExtendedLifetime(lock) {} }
        return try Temporaries.shared.withFolder(path) { path in
            for name in try FileReading.names(in: path) { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
            return try body(path)
        }
    }
}
