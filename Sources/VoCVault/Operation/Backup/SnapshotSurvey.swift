import AuditLog
import RedactedAPI
import Wire

/// What is under `snapshots`, as far as the available keys can tell.
///
/// Only verified manifests of this vault count. They are ordered by the size of the log that they were signed over, because names
/// and times are only what some clock said.
struct SnapshotSurvey {
    struct Own {
        var name: String
        var checkpoint: Checkpoint
        var time: String
    }

    /// In the order of their logs' sizes.
    var own: [Own] = []
    /// Those of other vaults, with the origins of their logs.
    var foreign: [(name: String, origin: String)] = []
    /// Those that cannot be trusted, and why.
    var damaged: [(name: String, reason: String)] = []

    init(_ folder: BackupFolder, origin: String, keys: [LogKey]) throws {
        for name in try folder.names() {
            do {
                let note = try folder.note(name)
                let manifest = try SnapshotManifest(note)
                guard manifest.origin == origin else {
                    foreign.append((name, manifest.origin))
                    continue
                }
                own.append(Own(name: name, checkpoint: try Checkpoint(verifying: note, keys: keys), time: manifest.time))
            } catch let error as AuditError {
                damaged.append((name, "\(error)"))
            } catch VaultError.integrity(let reason) {
                damaged.append((name, reason))
            } catch let fault as FileFault {
                damaged.append((name, "\(fault)"))
            }
        }
        own.sort { ($0.checkpoint.size, $0.name) < ($1.checkpoint.size, $1.name) }
    }

    /// Notices about the folder, for whoever runs the vault.
    func notes(at now: Int64) -> [String] {
        var notes = own.filter { $0.isAhead(of: now) }.map { "snapshot \($0.name) says it was taken at \($0.time), which is still to come: a clock was or is wrong" }
        notes += damaged.map { "the manifest of snapshot \($0.name) is not to be trusted and does not count: \($0.reason)" }
        if !foreign.isEmpty { notes.append("the folder has \(foreign.count.of("snapshot")) of \(Set(foreign.map(\.origin)).count.of("other vault")), which do not count") }
        return notes
    }
}

extension SnapshotSurvey.Own {
    /// How much the clocks of two machines may differ.
    private static let tolerance: Int64 = 60_000

    /// Whether its time is in the future.
    func isAhead(of now: Int64) -> Bool { Timestamp(time).map { $0.milliseconds > now + Self.tolerance } ?? false }
}

extension Int {
    /// Singular or plural: "1 snapshot", "2 snapshots".
    func of(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
