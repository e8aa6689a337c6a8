import AuditLog
import Policy
import Store

/// Result of a rotation of the root key.
package struct RotationReport: Sendable, Equatable {
    /// Customers' keys that the active root key wraps now and did not before.
    package var subjectKeys = 0
    /// The same of the vault's own keys.
    package var dataKeys = 0
    /// Root keys that wrap nothing any more.
    package var retired: [String] = []
}

extension Session {
    /// Whether this principal may rotate keys; only asks.
    package func requireRotation() throws { _ = try authorize(.keysRotate, purpose: nil) }

    /// Wraps every key again under the active root key, in bounded batches while the vault is in use. Retires root keys that
    /// nothing refers to any more, once every key has been read back and opened. A killed run continues where it stopped.
    ///
    /// A process that opened the vault before the root key was added cannot read keys wrapped under it: restart it.
    ///
    /// - Parameters:
    ///   - batch: keys per transaction.
    ///   - progress: receives the number of customers' keys that have moved so far.
    package func rotateRootKey(batch: Int = 1000, progress: (Int) -> Void = { _ in }) throws -> RotationReport {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 key") }
            _ = try commit(access) { _ in ((), access.entry(detail: [.rotation: "begun"])) }
            let keys = SubjectKeys(keyring: vault.keyring, vaultID: store.vaultID)
            let root = vault.keyring.activeRoot
            var report = RotationReport()
            // The former wrapped keys must leave the write-ahead log, too.
            try vault.traces.deleting {
                while true {
                    var moved = 0
                    let done = try store.keys.rewrapSubjectKeys(to: root, limit: batch) { subject, key in
                        // A key for notes that is kept after a former key is not told of by itself.
                        if key.version > 0 { moved += 1 }
                        return try keys.rewrap(key, of: subject)
                    }
                    if done == 0 { break }
                    report.subjectKeys += moved
                    progress(report.subjectKeys)
                }
                report.dataKeys = try store.keys.rewrapDataKeys(to: root, rewrap: vault.keyring.rewrap)
                // Read back as stored: only then may the former root keys go.
                try keys.openAll(in: store.keys)
                try vault.keyring.reload()
                try KeyFileWriter.removeLeftovers(of: vault.location.keys)
                report.retired = try store.keys.retireRootKeys(except: root)
            }
            let detail: [AuditDetail: String] = [
                .rotation: "done", .dataKeys: String(report.dataKeys), .retired: report.retired.joined(separator: " "),
            ]
            _ = try commit(access) { [report] writer in
                try writer.note(store.keys.rootCounts())
                return ((), access.entry(rows: report.subjectKeys, detail: detail))
            }
            return report
        }
    }
}
