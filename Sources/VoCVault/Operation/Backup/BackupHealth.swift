import Foundation
import VaultAPI
import Wire

extension Vault {
    /// The age of the last backup, and what killed backups and restores left behind.
    func examineBackup() throws -> HealthFinding {
        let advice = "vocvault backup DIR --keystore DIR2"
        let places = BackupPlaces.read(home: location.home).backups
        if let left = leftovers(places) { return left }
        guard let last = try store.read({ try $0.backedUpAt() }) else { return HealthFinding(check: "backup", state: .warning, finding: "there is none", advice: advice) }
        let age = clock() - last
        if age < -3_600_000 {
            return HealthFinding(
                check: "backup", state: .warning, finding: "the last is dated \(-age / 86_400_000) days ahead of the clock", advice: "set the clock, then: \(advice)")
        }
        let days = max(age, 0) / 86_400_000
        return HealthFinding(check: "backup", state: days < 7 ? .ok : days < 30 ? .warning : .failure, finding: "\(days) days old", advice: days < 7 ? "" : advice)
    }

    /// With a copy of the key store that is never replaced, customers who are erased later could be brought back.
    private func leftovers(_ places: [BackupPlaces.Place]) -> HealthFinding? {
        func failure(_ finding: String, _ advice: String) -> HealthFinding { HealthFinding(check: "backup", state: .failure, finding: finding, advice: advice) }
        for place in places where !BackupLock.isBusy(place.folder) && !BackupLock.isBusy(place.keystore) {
            let command = "vocvault backup \(place.folder) --keystore \(place.keystore)" + (place.scratch.map { " --scratch \($0)" } ?? "")
            if let copy = (KeyFolder(place.keystore).leftovers() + (place.scratch.map { KeyFolder($0).leftovers() } ?? [])).first {
                return failure("a backup that was stopped has left a copy of the customers' keys, \(copy)", "it goes with the next: \(command)")
            }
            if let file = (BackupFolder(place.folder).leftovers() + (place.scratch.map { BackupFolder($0).copies() } ?? [])).first {
                return HealthFinding(check: "backup", state: .warning, finding: "a backup that was stopped has left \(file)", advice: "it goes with the next: \(command)")
            }
        }
        let work = RestoreFolder(home: location.home)
        let others = KeyFolder(location.home).leftovers() + FileBatch.leftovers(of: location.keys) + (work.isLeft ? [work.path] : [])
        return others.first.map { failure("what was stopped has left a copy of keys, \($0)", "see that no restore and no backup verify is running, then delete it") }
    }
}
