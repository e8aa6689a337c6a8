import AuditLog
import Foundation
import Policy
import Store
import Wire

/// The finding about one snapshot.
package struct SnapshotFinding: Sendable, Equatable {
    package enum State: String, Sendable {
        /// It can be restored with the available key store.
        case ok
        /// It is intact, but the key store lacks keys that it needs.
        case withoutKeys = "keys missing"
        /// Its manifest, a chunk or the assembled file is not what was written.
        case damaged
        /// It belongs to another vault and was not examined.
        case foreign
    }

    package var name: String
    /// When it says that it was taken; empty if it cannot be trusted.
    package var time: String
    /// Entries of its log.
    package var entries: Int64
    package var state: State
    /// What is wrong or worth knowing; may be empty.
    package var finding: String
}

extension Vault {
    /// Checks a folder's snapshots in the same way as a restore, without changing any.
    ///
    /// - Parameters:
    ///   - snapshot: the name of the only one to check; nil: all, shortest log first.
    ///   - keyStore: the file, or its folder; nil: that of the last backup into the folder, or the vault's own.
    ///   - scratch: for temporary copies of data and keys; nil: each is copied beside itself.
    ///   - report: receives each finding as soon as there is one.
    package static func verifyBackup(
        _ folder: String, snapshot: String? = nil, keyStore: String? = nil, scratch: String? = nil, at location: Location,
        clock: (@Sendable () -> Int64)? = nil, patience: Duration = backupPatience, progress: @escaping (BackupProgress) -> Void = { _ in },
        report: (SnapshotFinding) throws -> Void
    ) throws {
        let given = try GivenKeyStore(keyStore ?? knownKeyStore(of: folder, at: location))
        let backups = BackupFolder(folder)
        let origins = try backups.origins()
        let lock = try BackupLock.shared([folder] + given.lockedFolders + (scratch.map { [$0] } ?? []), patience: patience) { progress(.waiting(folder: $0)) }
        defer { withExtendedLifetime(lock) {} }
        let place = KeyFolder(scratch ?? given.folder)
        let (keyring, origin, keys) = try Temporaries.shared.withFile(in: place.temporary()) { copy in
            try given.copy(to: copy)
            return try given.open(copy: copy, keyFile: KeyFile(path: location.keys), origins: origins, folder: folder, now: (clock ?? systemClock)())
        }
        let survey = try SnapshotSurvey(backups, origin: origin, keys: keys)
        if let snapshot, !(try backups.names().contains(snapshot)) { throw VaultError.notFound("the snapshot \(snapshot)") }
        func isWanted(_ name: String) -> Bool { snapshot == nil || snapshot == name }

        for (name, origin) in survey.foreign where isWanted(name) {
            try report(SnapshotFinding(name: name, time: "", entries: 0, state: .foreign, finding: "of \(origin)"))
        }
        for (name, reason) in survey.damaged where isWanted(name) {
            try report(SnapshotFinding(name: name, time: "", entries: 0, state: .damaged, finding: reason))
        }
        let policy = try PolicySet.load(from: location.policies)
        try Temporaries.shared.withFile(in: BackupFolder(scratch ?? folder).temporary()) { data in
            let checker = SnapshotChecker(
                backups: backups, data: data, place: place, keyStore: given, keyring: keyring, location: location, policy: policy, clock: clock,
                progress: progress)
            // Each differs little from the next, so that most of the file stays the same.
            var whole: Set<String> = []
            for own in survey.own where isWanted(own.name) {
                try report(checker.finding(own, earlier: survey.own.filter { $0.checkpoint.size < own.checkpoint.size }, &whole))
            }
        }
    }

    private static func knownKeyStore(of folder: String, at location: Location) throws -> String {
        let path = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.path
        if let place = BackupPlaces.read(home: location.home).backups.first(where: { $0.folder == path }) { return place.keystore }
        let own = "\(location.home)/\(VaultStore.keyFile)"
        guard FileManager.default.fileExists(atPath: own) else { throw VaultError.invalid("give the key store, or the folder of 'backup --keystore', with --keystore") }
        return own
    }
}

/// Checks snapshots one after the other.
private struct SnapshotChecker {
    let backups: BackupFolder
    /// Where snapshots are assembled, and where copies of the key store may lie meanwhile.
    let data: String
    let place: KeyFolder
    let keyStore: GivenKeyStore
    let keyring: Keyring
    let location: Vault.Location
    let policy: PolicySet
    let clock: (@Sendable () -> Int64)?
    let progress: (BackupProgress) -> Void

    /// - Parameter earlier: snapshots with a shorter log.
    func finding(_ own: SnapshotSurvey.Own, earlier: [SnapshotSurvey.Own], _ whole: inout Set<String>) throws -> SnapshotFinding {
        var finding = SnapshotFinding(name: own.name, time: own.time, entries: own.checkpoint.size, state: .ok, finding: "")
        do {
            let note = try backups.note(own.name)
            // What the previous check wrote to them is not part of this snapshot.
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: data + suffix) }
            try backups.assemble(SnapshotManifest(note), into: data, whole: &whole) { progress(.assembling($0, of: $1)) }
            finding.finding = try Temporaries.shared.withFile(in: place.temporary()) { keys in
                try keyStore.copy(to: keys)
                return try remark(own, earlier, note, SnapshotFiles(data: data, keys: keys))
            }
        } catch VaultError.keys(let reason) {
            (finding.state, finding.finding) = (.withoutKeys, reason)
        } catch VaultError.integrity(let reason) {
            (finding.state, finding.finding) = (.damaged, reason)
        } catch let error as AuditError {
            (finding.state, finding.finding) = (.damaged, "\(error)")
        } catch let error as StorageError {
            switch error {
            case .corrupt, .notAVault: (finding.state, finding.finding) = (.damaged, "its data cannot be opened as a vault's")
            default: throw error
            }
        } catch let fault as FileFault {
            guard fault.path.hasPrefix(backups.path + "/chunks/") else { throw fault }
            (finding.state, finding.finding) = (.damaged, "\(fault)")
        }
        return finding
    }

    private func remark(_ own: SnapshotSurvey.Own, _ earlier: [SnapshotSurvey.Own], _ note: String, _ files: SnapshotFiles) throws -> String {
        var place = location
        // Nothing is created there.
        place.home = files.data + "-home"
        let vault = try Vault(files, keyring: keyring, at: place, policy: policy, clock: clock)
        _ = try vault.checkSnapshot(against: note, progress: progress)
        var remarks = own.isAhead(of: (clock ?? Vault.systemClock)()) ? ["its time is still to come: a clock was or is wrong"] : []
        let apart = try vault.checkpointsNotContinued(earlier.map(\.checkpoint))
        let names = earlier.filter { apart.contains($0.checkpoint) }.map(\.name)
        if !names.isEmpty { remarks.append("of another history than \(names.joined(separator: ", "))") }
        return remarks.joined(separator: "; ")
    }
}
