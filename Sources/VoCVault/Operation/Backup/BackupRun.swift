import AuditLog
import Foundation
import RedactedAPI
import Store
import StoreMove
import Wire

/// One backup.
struct BackupRun {
    private let vault: Vault
    private let backups: BackupFolder
    private let keys: KeyFolder
    /// The copy that is stored and checked, and the key store with which it is checked.
    private let scratch: String?
    private let progress: (BackupProgress) -> Void

    /// - Throws: ``VaultError/invalid(_:)`` if two of the folders are the same.
    init(_ vault: Vault, to folder: String, keysTo keyFolder: String, scratch: String?, progress: @escaping (BackupProgress) -> Void) throws {
        func path(_ folder: String) -> String { URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.path }
        (self.vault, self.progress) = (vault, progress)
        (backups, keys) = (BackupFolder(path(folder)), KeyFolder(path(keyFolder)))
        self.scratch = scratch.map(path)
        for path in folders { try DurableFile.makeFolder(path) }
        guard Set(folders.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }).count == folders.count else {
            throw VaultError.invalid("the copy of the key store needs a folder of its own, and so does --scratch")
        }
    }

    private var folders: [String] { [backups.path, keys.path] + (scratch.map { [$0] } ?? []) }

    /// - Parameter commit: logs what was done, before another backup can begin.
    func take(keep: Int?, patience: Duration, commit: (BackupReport) throws -> Void) throws -> BackupReport {
        let lock = try BackupLock.exclusive(folders, patience: patience) { progress(.waiting(folder: $0)) }
        defer { withExtendedLifetime(lock) {} }
        guard try !FileManager.default.fileExists(atPath: keys.copy) || isOurs(keys.copy) else {
            throw VaultError.invalid("\(keys.copy) is not a copy of this vault's key store: give each vault a folder of its own, or move that file away")
        }
        var notes = noteBeginning() + (try sweep())
        let survey = try SnapshotSurvey(backups, origin: vault.trail.origin, keys: vault.trail.logKeys)
        notes += survey.notes(at: vault.clock())

        let (report, apart) = try Temporaries.shared.withFile(in: BackupFolder(scratch ?? backups.path).temporary()) { copy in
            try snapshot(copy, survey)
        }
        let counted = survey.own.filter { !apart.contains($0.checkpoint) }
        if counted.count < survey.own.count {
            notes.append("the folder has \((survey.own.count - counted.count).of("snapshot")) of a history that this vault's log does not continue, which do not count")
        }
        var done = report
        if let keep {
            let (pruned, remark) = prune(counted, keeping: keep - 1, survey, lock)
            done.pruned = pruned
            notes += remark
        }
        done.notes = notes
        try commit(done)
        try? BackupPlaces.note(backups.path, keys.path, scratch, snapshot: done.name, at: Timestamp(milliseconds: vault.clock()).description, home: vault.location.home)
        return done
    }

    private func isOurs(_ copy: String) throws -> Bool { try KeyStore.isOne(copy) && vault.keyring.owns(copy: copy) }

    /// Notes where this backup goes, before it leaves anything there.
    private func noteBeginning() -> [String] {
        do {
            try BackupPlaces.note(backups.path, keys.path, scratch, at: Timestamp(milliseconds: vault.clock()).description, home: vault.location.home)
            return []
        } catch {
            return ["doctor will not look into these folders for what a backup that is killed leaves: \(error)"]
        }
    }

    /// Removes what killed backups left: with an old copy of the key store, customers who have been erased since could be brought
    /// back.
    private func sweep() throws -> [String] {
        let data = backups.leftovers() + (scratch.map { BackupFolder($0).copies() } ?? [])
        let copies = keys.leftovers() + (scratch.map { KeyFolder($0).leftovers() } ?? [])
        guard !data.isEmpty || !copies.isEmpty else { return [] }
        var batch = FileBatch()
        for file in copies + data { try batch.remove(file) }
        try batch.flush()
        return ["removed what a backup that was stopped had left: \(copies.count.of("item")) with the keys, \(data.count.of("item")) with the snapshots"]
    }

    /// Takes the snapshot.
    ///
    /// - Returns: what was done, and the checkpoints of earlier snapshots that the log does not continue.
    private func snapshot(_ copy: String, _ survey: SnapshotSurvey) throws -> (BackupReport, apart: [Checkpoint]) {
        if !vault.store.isInFiles { layGround(for: copy, survey) }
        try vault.store.copyData(to: copy) { copied in
            switch copied {
            case .pages(let done, let all): progress(.copying(done, of: all))
            case .rows(let rows): progress(.copyingRows(rows))
            }
        }
        guard let signed = try VaultStore.auditCheckpoint(inCopy: copy) else { throw AuditError.noLog }
        if Checkpoint.hasUnknownSigner(signed, keys: vault.trail.logKeys) { try vault.trail.reloadKeys() }
        let checkpoint = try Checkpoint(verifying: signed, keys: vault.trail.logKeys)
        let time = Timestamp(milliseconds: vault.clock()).description
        let stored = try backups.store(copy) { progress(.storing($0, of: $1)) }
        let note = try SnapshotManifest.note(checkpoint, time: time, bytes: stored.bytes, chunks: stored.chunks) { body in
            try Checkpoint.note(body, signedBy: vault.trail.signingKey, named: vault.trail.origin)
        }
        // The chunks are those of the copy, so that the copy can be checked in their place. The key store is copied last, so that
        // it has the keys of everybody in the snapshot, and has a temporary name only for a short time.
        let (name, apart) = try Temporaries.shared.withFile(in: keys.temporary()) { newKeys in
            let covered = try vault.store.keys.reached()
            try vault.store.copyKeys(to: newKeys)
            let apart = try Temporaries.shared.withFile(in: (scratch.map { KeyFolder($0) } ?? keys).temporary()) { trial in
                try KeyStore.copy(newKeys, to: trial)
                return try checked(SnapshotFiles(data: copy, keys: trial), against: note, survey)
            }
            let name = try Temporaries.shared.undisturbed {
                try keys.put(newKeys)
                return try backups.add(note, time: time, size: checkpoint.size)
            }
            vault.trail.watch.journal?.shorten(to: covered, vault)
            return (name, apart)
        }
        return (BackupReport(name: name, newChunks: stored.new, chunks: stored.chunks.count, pruned: 0), apart)
    }

    /// Checks the files in the same way as a restore.
    private func checked(_ files: SnapshotFiles, against note: String, _ survey: SnapshotSurvey) throws -> [Checkpoint] {
        var place = vault.location
        // Nothing is created there.
        place.home = files.data + "-home"
        func unrestorable(_ reason: String, isDamage: Bool) -> BackupError { .unrestorable(reason: reason, isDamage: isDamage) }
        do {
            let copy = try Vault(files, keyring: vault.keyring, at: place, policy: vault.policy, clock: { [vault] in vault.clock() })
            _ = try copy.checkSnapshot(against: note, progress: progress)
            return try copy.checkpointsNotContinued(survey.own.map(\.checkpoint))
        } catch VaultError.keys(let reason) {
            throw unrestorable(reason, isDamage: false)
        } catch VaultError.integrity(let reason) {
            throw unrestorable(reason, isDamage: true)
        } catch let error as AuditError {
            throw unrestorable("\(error)", isDamage: true)
        } catch StorageError.corrupt(_, let detail) {
            throw unrestorable("the database is damaged (\(detail))", isDamage: true)
        } catch StorageError.failed(let path, let code, _) {
            // For example, network file systems that cannot map files into memory.
            throw unrestorable("it cannot be checked, as the database fails on \(path) (\(code)): name a folder on a local disk with --scratch", isDamage: false)
        }
    }

    /// Assembles this vault's newest snapshot, if it is intact, so that the next one shares all unchanged chunks with it.
    private func layGround(for copy: String, _ survey: SnapshotSurvey) {
        guard let newest = survey.own.last else { return }
        do {
            var whole: Set<String> = []
            try backups.assemble(SnapshotManifest(backups.note(newest.name)), into: copy, whole: &whole) { progress(.assembling($0, of: $1)) }
        } catch {
            try? FileManager.default.removeItem(atPath: copy)
        }
    }

    /// Removes all but some of the earlier valid snapshots, and the chunks that no vault's manifest needs. The new snapshot
    /// exists, whatever happens here.
    ///
    /// - Returns: how many snapshots were removed, and what could not be removed.
    private func prune(_ counted: [SnapshotSurvey.Own], keeping count: Int, _ survey: SnapshotSurvey, _ lock: BackupLock) -> (Int, [String]) {
        var removed = 0
        do {
            for old in counted.dropLast(count) {
                try backups.remove(old.name)
                removed += 1
            }
        } catch {
            return (removed, ["not all older snapshots were removed: \(error)"])
        }
        guard survey.damaged.isEmpty else { return (removed, ["chunks that no snapshot needs were kept, as one may need them whose manifest is damaged"]) }
        do {
            if let beginning = lock.beginning { try backups.removeUnneededChunks(olderThan: beginning) }
            return (removed, [])
        } catch {
            return (removed, ["chunks that no snapshot needs were not all removed: \(error)"])
        }
    }
}
